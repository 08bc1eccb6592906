"""What importing costs: zenrun beside hydra-zen, each in fresh processes.

The sides take turns, and the medians of several rounds are compared, as ratios to `import hydra_zen`.
The time is that of the import alone; starting Python is not in it.

    python3 noxfile.py -s bench -- bench_imports
"""

from __future__ import annotations

import functools
import subprocess
import sys

from _measure import Plan, alternate, has_hydra_zen
from _table import Row, compared, main

REFERENCE = "import hydra_zen"
# Each statement, and what its time is to be at most, as a ratio.
OURS: dict[str, tuple[float, ...]] = {
    "import zenrun": (1 / 10,),
    "from zenrun import builds": (),
    "from zenrun import builds, instantiate": (1 / 2,),
    "from zenrun import hydra_run": (),
    "from zenrun import builds, instantiate; instantiate(builds(dict, a=1))": (),
}


def seconds(statement: str) -> float:
    """Time one statement in a process that has imported nothing yet."""
    timed = (
        f"import time; start = time.perf_counter()\n{statement}\nprint(time.perf_counter() - start)"
    )
    done = subprocess.run([sys.executable, "-c", timed], capture_output=True, text=True, check=True)
    return float(done.stdout)


def rows(plan: Plan) -> list[Row]:
    """Give the rows of the table."""
    statements = list(OURS)
    if plan.others and has_hydra_zen():
        statements.append(REFERENCE)
    for statement in statements:
        seconds(statement)  # byte code is written, files are in the system's cache
    sides = {statement: functools.partial(seconds, statement) for statement in statements}
    taken = alternate(sides, 2 * plan.rounds)
    return [
        compared(statement, taken, REFERENCE, ours=statement, targets=targets)
        for statement, targets in OURS.items()
    ]


if __name__ == "__main__":
    main(rows)
