"""Which jobs SLURM has in its queue, asked of SLURM itself.

submitit asks the accounting (``sacct``) instead, which not every cluster has, and in the end every ten minutes.
This module must not know what the jobs are for.
"""

from __future__ import annotations

import logging
import re
import subprocess
import time
from collections.abc import Mapping, Sequence

_SHORTEST, _LONGEST = 2.0, 60.0  # seconds between questions, the longer the older the jobs are
_PATIENCE = 30.0  # for an answer
# Reasons for which a job waits until somebody changes something.
_FOR_GOOD = {
    "BadConstraints",
    "DependencyNeverSatisfied",
    "InvalidAccount",
    "InvalidQOS",
    "JobHeldAdmin",
    "JobHeldUser",
    "PartitionConfig",
    "PartitionNodeLimit",
    "PartitionTimeLimit",
}
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

log = logging.getLogger("zenrun.sweep")


class Queue:
    """What SLURM says of jobs, now and then.

    Attributes:
        states: The state in which each job was last, by its number. It is empty where SLURM does not say, or
            knows none of them, as where they are on another cluster than the one that is asked.
    """

    def __init__(self) -> None:
        self.states: dict[str, str] = {}
        self._known: set[str] = set()
        self._told: set[str] = set()
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
        found = _found(numbers)
        self._asked = time.monotonic()
        states = None if found is None else {number: state for number, (state, _) in found.items()}
        self._tell_of_waiting(found or {})
        if states or (states is not None and self.states):
            # Of a job that has been over for minutes SLURM knows nothing.
            gone = {number: "UNKNOWN" for number in numbers if number not in states}
            self.states |= {**gone, **states}

    def _tell_of_waiting(self, found: Mapping[str, tuple[str, str]]) -> None:
        for number, (state, reason) in found.items():
            if state == "PENDING" and reason in _FOR_GOOD - self._told:
                self._told.add(reason)
                text = (
                    "SLURM does not start job %s, and perhaps others, as they are: %s. Cancel the sweep and ask for "
                    "something else (timeout=, resources=, hydra.launcher.parameters), or `scontrol update` it"
                )
                log.warning(text, number, reason)

    def is_over(self, number: str) -> bool:
        """Say whether a job has left the queue.

        Args:
            number: Its number.
        """
        return self.states.get(number) in {*_OVER, "UNKNOWN"}


def _found(numbers: Sequence[str]) -> dict[str, tuple[str, str]] | None:
    """Give the state of each job that SLURM knows, and the reason for it; None if it does not say."""
    form = ("--array", "--states=all", "--noheader", "--format=%i %T %r")
    try:
        found = subprocess.run(  # noqa: S603 - the numbers are SLURM's own
            ["squeue", "--jobs", ",".join(numbers), *form],  # noqa: S607 - it is where sbatch is
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    if found.returncode != 0 and not re.search(r"invalid job id", found.stderr, re.IGNORECASE):
        return None
    lines = [line.split() for line in found.stdout.splitlines()]
    return {line[0]: (line[1], " ".join(line[2:])) for line in lines if len(line) > 1}
