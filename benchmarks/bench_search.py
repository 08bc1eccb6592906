"""What a trial of a random search costs: a whole job of zenrun's beside a trial of Optuna's alone.

Optuna's side is a bare loop: its RandomSampler, its study in memory, and a function that adds two numbers.
zenrun's trial is a job, with its folder, its files, its log and its line in the sweep's journal. Here the
figure is of all trials together, starting included, as a user waits for it.
"""

from __future__ import annotations

import importlib.util
import time
from functools import partial
from typing import Any

from _measure import Plan, alternate
from _sides import new_folder
from _table import Row, compared, main

from zenrun import hydra_multirun

ZENRUN, OPTUNA = "zenrun", "Optuna's RandomSampler in memory"
TARGETS = (20.0,)


def rows(plan: Plan) -> list[Row]:
    """Give the rows of the table."""
    if importlib.util.find_spec("zenrun_sweepers") is None:
        return []
    trials = max(plan.sizes)
    sides = {ZENRUN: partial(per_trial, ours, trials)}
    if plan.others and importlib.util.find_spec("optuna") is not None:
        sides[OPTUNA] = partial(per_trial, theirs, trials)
    taken = alternate(sides, plan.rounds)
    what = f"a trial of random search, {trials:,} trials"
    return [compared(what, taken, OPTUNA, targets=TARGETS)]


def per_trial(search: Any, trials: int) -> float:
    """Time a search.

    Args:
        search: What runs it.
        trials: How many trials it has.

    Returns:
        Seconds per trial.
    """
    with new_folder():
        start = time.perf_counter()
        kept = search(trials)
        taken = time.perf_counter() - start
        del kept
    return taken / trials


def ours(trials: int) -> Any:
    """Search with zenrun."""
    return hydra_multirun(
        {"x": 0.0, "y": 0.0},
        lambda cfg: cfg.x + cfg.y,
        [
            "hydra/sweeper=random_search",
            f"hydra.sweeper.optim.max_iter={trials}",
            "hydra.sweeper.optim.seed=1",
            "x=interval(-1, 1)",
            "y=interval(-1, 1)",
        ],
        progress=False,
    )


def theirs(trials: int) -> Any:
    """Search with Optuna."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
    study.optimize(
        lambda trial: trial.suggest_float("x", -1, 1) + trial.suggest_float("y", -1, 1),
        n_trials=trials,
    )
    return study


if __name__ == "__main__":
    main(rows)
