"""What is kept in memory for each job while the returned jobs are held.

Each figure is of a process of its own, which runs a small sweep and then a large one, whose growth
is counted: Python's objects as tracemalloc counts them, and the resident memory of the process,
which has the allocators' gaps as well.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from pathlib import Path

from _measure import Plan, alternate, has_hydra_zen
from _sides import LAUNCH, ZENRUN
from _table import Row, compared, main

CHILD = Path(__file__).with_name("_memory_child.py")
CASES = (
    ("small", "objects"),
    ("small", "resident"),
    ("typical", "objects"),
    ("typical", "resident"),
    ("typical", "objects, each job's configs read"),
    ("large", "objects"),
)
ENOUGH = 500  # of fewer jobs the resident memory tells nothing
KB_AT_MOST = 10.0
FLAT = (1.25,)


def rows(plan: Plan) -> list[Row]:
    """Give the rows of the table."""
    many = min(1_000, 5 * max(plan.sizes))
    found = []
    for case, kind in CASES if many >= ENOUGH else CASES[:1]:
        jobs = many if case != "large" else max(2, many // 10)
        found.append(_row(case, kind, jobs, plan))
    return [*found, *_flat(plan, many)]


def _row(case: str, kind: str, jobs: int, plan: Plan) -> Row:
    ran: dict[str, int] = {}
    turns = {ZENRUN: partial(kept, ZENRUN, case, kind, jobs, plan, ran)}
    if plan.others and has_hydra_zen():
        turns[LAUNCH] = partial(kept, LAUNCH, case, kind, plan.slow_jobs, plan, ran)
    taken = alternate(turns, max(1, plan.rounds // 3))
    return compared(
        f"kept per job, {case} config, {kind}, {ran[ZENRUN]:,} jobs",
        taken,
        LAUNCH,
        unit="KB",
        beside=f"{LAUNCH}, {ran.get(LAUNCH, 0)} jobs",
        at_most=KB_AT_MOST if case != "large" and "read" not in kind else None,
    )


def _flat(plan: Plan, many: int) -> list[Row]:
    """Compare the most jobs with fewer: is what is kept for each the same?"""
    ran: dict[str, int] = {}
    most = max(plan.sizes)
    if most <= many:
        return []
    turns = {
        ZENRUN: partial(kept, ZENRUN, "typical", "objects", most, plan, ran),
        "fewer": partial(kept, ZENRUN, "typical", "objects", many // 10, plan, {}),
    }
    what = "flat? kept per job, typical config, objects, {:,} jobs"
    taken = alternate(turns, max(1, plan.rounds // 3))
    beside = f"zenrun, {many // 10:,} jobs"
    return [
        compared(what.format(ran[ZENRUN]), taken, "fewer", unit="KB", beside=beside, targets=FLAT)
    ]


def kept(side: str, case: str, kind: str, jobs: int, plan: Plan, ran: dict[str, int]) -> float:
    """Give the KB kept for each job, as a process of its own finds them.

    Args:
        side: Which side runs the sweep.
        case: Which config.
        kind: What is counted.
        jobs: How many jobs, if that does not take too long.
        plan: What is too long.
        ran: Told how many jobs were run.

    Returns:
        KB per job.
    """
    asked = {
        "side": side,
        "case": case,
        "kind": kind,
        "jobs": jobs,
        "seconds": plan.seconds_at_most,
    }
    command = [sys.executable, str(CHILD), json.dumps(asked)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found = json.loads(said.splitlines()[-1])
    ran[side] = found["jobs"]
    return max(float(found["kb"]), 1e-3)


if __name__ == "__main__":
    main(rows)
