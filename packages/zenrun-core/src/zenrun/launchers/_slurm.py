"""Which jobs SLURM has in its queue, asked of SLURM itself.

submitit asks the accounting (``sacct``), which not every cluster has, and after an hour looks every ten minutes.
This module must not know what the jobs are for.
"""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterable

_PAUSE = 60.0  # seconds between questions
_PATIENCE = 30.0  # for an answer
_OVER = {
    "BOOT_FAIL",
    "CANCELLED",
    "COMPLETED",
    "DEADLINE",
    "FAILED",
    "NODE_FAIL",
    "OUT_OF_MEMORY",
    "PREEMPTED",
    "REVOKED",
    "TIMEOUT",
}


class Queue:
    """Tells which jobs have left the queue; it asks once a minute at most."""

    def __init__(self) -> None:
        self._next = 0.0
        self._knows_some = False

    def left(self, jobs: Iterable[str]) -> dict[str, str]:
        """Give the jobs that are queued and run no more, as far as that is known and new.

        Args:
            jobs: The numbers of the jobs that are not known to have ended.

        Returns:
            The state in which each of them was last, by its number.
        """
        numbers = list(jobs)
        if not numbers or time.monotonic() < self._next:
            return {}
        states = _states(numbers)
        self._next = time.monotonic() + _PAUSE
        if states is None:
            return {}
        self._knows_some = self._knows_some or bool(states)
        if not self._knows_some:  # they are jobs of another cluster than the one that was asked
            return {}
        last = {number: states.get(number, "UNKNOWN") for number in numbers}
        return {
            number: state
            for number, state in last.items()
            if state in _OVER or number not in states
        }


def _states(numbers: Iterable[str]) -> dict[str, str] | None:
    """Give the states of the jobs that SLURM knows; None if it does not say."""
    which = ("--jobs", ",".join(numbers), "--array", "--states=all", "--noheader", "--format=%i %T")
    try:
        found = subprocess.run(  # noqa: S603 - the numbers are SLURM's own
            ["squeue", *which],  # noqa: S607 - it is where sbatch is
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    # Of jobs that have been over for minutes SLURM knows nothing, not even their numbers.
    if found.returncode != 0 and not re.search(r"invalid job id", found.stderr, re.IGNORECASE):
        return None
    pairs = [line.split() for line in found.stdout.splitlines()]
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}
