"""Which jobs SLURM has in its queue, asked of SLURM itself.

submitit asks the accounting (``sacct``) instead, which not every cluster has, and in the end every ten minutes.
This module must not know what the jobs are for.
"""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Sequence

_SHORTEST, _LONGEST = 2.0, 60.0  # seconds between questions, the longer the older the jobs are
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
    """What SLURM says of jobs, now and then.

    Attributes:
        states: The state in which each job was last, by its number. It is empty where SLURM does not say, or
            knows none of them, as where they are on another cluster than the one that is asked.
    """

    def __init__(self) -> None:
        self.states: dict[str, str] = {}
        self._known: set[str] = set()
        self._newest = self._asked = float("-inf")

    def look(self, numbers: Sequence[str]) -> None:
        """Ask for the states of jobs, unless that was done a moment ago.

        Args:
            numbers: The numbers of the jobs that are not known to be over.
        """
        now = time.monotonic()
        if not self._known.issuperset(numbers):
            self._known.update(numbers)
            self._newest = now
        pause = min(_LONGEST, max(_SHORTEST, (now - self._newest) / 2))
        if not numbers or now < self._asked + pause:
            return
        states = _states(numbers)
        self._asked = time.monotonic()
        if states or (states is not None and self.states):
            # Of a job that has been over for minutes SLURM knows nothing.
            gone = {number: "UNKNOWN" for number in numbers if number not in states}
            self.states |= {**gone, **states}

    def is_over(self, number: str) -> bool:
        """Say whether a job has left the queue.

        Args:
            number: Its number.
        """
        return self.states.get(number) in {*_OVER, "UNKNOWN"}


def _states(numbers: Sequence[str]) -> dict[str, str] | None:
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
    if found.returncode != 0 and not re.search(r"invalid job id", found.stderr, re.IGNORECASE):
        return None
    pairs = [line.split() for line in found.stdout.splitlines()]
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}
