"""What a single run costs once the process has done one: zenrun beside launch and Hydra's own.

The task does nothing; each run overrides a value with one that was not there before.
"""

from __future__ import annotations

from functools import partial
from itertools import count

from _configs import large, small, typical
from _measure import Plan, alternate
from _sides import HYDRA, LAUNCH, nothing, run_seconds, single_runs
from _table import Row, compared, main

TARGETS = {LAUNCH: (1 / 5,), HYDRA: (1.0,)}


def rows(plan: Plan) -> list[Row]:
    """Give the rows of the table."""
    found = []
    seeds = count()
    for case in (small(), typical(), large()):
        sides = {
            name: partial(_with_new_seed, partial(run_seconds, side, case, nothing), seeds)
            for name, side in single_runs(others=plan.others).items()
        }
        for side in sides.values():
            side()  # imports, plugins, caches
        taken = alternate(sides, 3 * plan.rounds)
        what = f"a single run, warm, {case.name} config"
        others = list(sides)[1:] or [""]
        found += [compared(what, taken, other, targets=TARGETS.get(other, ())) for other in others]
    return found


def _with_new_seed(seconds: partial[float], seeds: count[int]) -> float:
    return seconds(next(seeds))


if __name__ == "__main__":
    main(rows)
