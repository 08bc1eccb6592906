"""What the tests of the searches share: a way to run one, and standard test functions."""

from __future__ import annotations

import itertools
import math
import os
import subprocess
import sys

from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig

from zenrun import builds, hydra_multirun
from zenrun_sweepers import TrialPruned, report, set_user_attr, should_prune

_numbers = itertools.count()
HERE = "hydra.sweep.dir=sweep"


def search(sweeper, config, task, *overrides, given=None, **settings):
    """Run a search of a sweeper's class with some settings, and give what it returns."""
    # A name of its own each time: Hydra 1.4 warns of a config that is stored twice.
    name = f"searching_{next(_numbers)}"
    ConfigStore.instance().store(group="hydra/sweeper", name=name, node=builds(sweeper, **settings))
    chosen = [f"hydra/sweeper={name}", HERE, *overrides]
    if not any(item.startswith("hydra/hydra_logging") for item in overrides):
        chosen.append("hydra/hydra_logging=disabled")
    return hydra_multirun(config, task, chosen, progress=False, **(given or {}))


def branin(x, y):
    """Give Branin's function, whose lowest value is 0.397887."""
    b, c, t = 5.1 / (4 * math.pi**2), 5 / math.pi, 1 / (8 * math.pi)
    return (y - b * x**2 + c * x - 6) ** 2 + 10 * (1 - t) * math.cos(x) + 10


_HARTMANN_A = (
    (10, 3, 17, 3.5, 1.7, 8),
    (0.05, 10, 17, 0.1, 8, 14),
    (3, 3.5, 1.7, 10, 17, 8),
    (17, 8, 0.05, 10, 0.1, 14),
)
_HARTMANN_P = (
    (0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886),
    (0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991),
    (0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650),
    (0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381),
)


def hartmann(**x):
    """Give Hartmann's function of six numbers, whose lowest value is -3.32237."""
    point = [x[f"x{n}"] for n in range(6)]
    rows = zip((1.0, 1.2, 3.0, 3.2), _HARTMANN_A, _HARTMANN_P, strict=True)
    return -sum(
        weight
        * math.exp(-sum(a * (v - p) ** 2 for a, v, p in zip(row_a, point, row_p, strict=True)))
        for weight, row_a, row_p in rows
    )


def rosenbrock(x, y):
    """Give Rosenbrock's function, whose lowest value is 0, at (1, 1)."""
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def mixed(lr, layers, width, optim, **momentum):
    """Give a function of numbers of each kind, and of a choice with a number of its own."""
    base = (math.log10(lr) + 2) ** 2 + (layers - 3) ** 2 + width / 64
    return base + (momentum["momentum"] if optim == "sgd" else 0.5)


def called(function):
    """Make a task that calls a function with its config."""
    return lambda cfg: function(**cfg)


def learning(cfg):
    """Report a score that gets worse with each step, and stop when told to."""
    for step in range(4):
        report(abs(cfg.x) + step, step)
        if should_prune():
            raise TrialPruned
    return abs(cfg.x)


def other_python(code, *args):
    """Start another process that can import this module."""
    path = os.pathsep.join([os.path.dirname(__file__), *filter(None, sys.path)])
    return subprocess.Popen(
        [sys.executable, "-c", f"import sys, searching; {code}", *args],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
    )


def share(storage, who):
    """Search in a study that others search in as well."""

    def task(cfg):
        set_user_attr("who", who)
        return cfg.x**2

    overrides = [
        "hydra/sweeper=optuna",
        f"hydra.sweeper.storage='{storage}'",
        "hydra.sweeper.study_name=shared",
        "hydra.sweeper.load_if_exists=true",
        "hydra.sweeper.n_trials=4",
        f"hydra.sweep.dir=sweep_{who}",
        "hydra/hydra_logging=disabled",
        "x=interval(-1.0, 1.0)",
    ]
    return hydra_multirun({"x": 0.0}, task, overrides, progress=False)


def share_by_two(storage):
    """Search in this process and in another one at once, and give the trials of their study."""
    import optuna

    other = other_python("searching.share(sys.argv[1], 'other')", storage)
    try:
        share(storage, "this")
    finally:
        assert other.wait(timeout=60) == 0
    return optuna.load_study(study_name="shared", storage=storage).trials


def search_until(dies_at=None, **given):
    """Search, and die in a certain job as if by kill -9."""

    def task(cfg):
        if HydraConfig.get().job.num == dies_at:
            os._exit(9)
        return cfg.x**2

    overrides = [
        "hydra/sweeper=optuna",
        "hydra.sweeper.storage=study.journal",
        "hydra.sweeper.study_name=s",
        "hydra.sweeper.n_trials=13",
        "hydra.sweeper.seed=4",
        "hydra/hydra_logging=disabled",
        HERE,
        "x=interval(-1.0, 1.0)",
    ]
    return hydra_multirun({"x": 0.0}, task, overrides, progress=False, **given)
