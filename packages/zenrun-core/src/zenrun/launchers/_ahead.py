"""The jobs that have been sent to places that are busy still, and how many of them there may be.

While jobs are short, a worker that had to wait for its next one would wait longer than it works. This
module must not know what a job is.
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import Generic, TypeVar

F = TypeVar("F")
SHORT = 0.5  # seconds; behind a longer job none waits
_QUEUE = 0.1  # seconds of work that may wait at a place, where that is more than one job


class Ahead(Generic[F]):
    """What waits at each place, in the order in which it was sent.

    Args:
        most: How many jobs may wait at a place at most.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._depth = 0
        self._waiting: defaultdict[int, deque[F]] = defaultdict(deque)
        self._is_filling: set[int] = set()

    def job_took(self, seconds: float) -> None:
        """Hear how long a job has taken.

        Args:
            seconds: The time from when it had its place to itself.
        """
        longest = self._most if seconds <= 0 else int(_QUEUE / seconds)
        self._depth = min(self._most, max(1, longest)) if seconds < SHORT else 0

    def place_for_one(self, places: int) -> int | None:
        """Give a place that may be sent one more.

        It is sent several at once, when half of those that may wait there have gone.

        Args:
            places: How many there are, all of them busy.

        Returns:
            The place; None where no more are to wait.
        """
        for place in range(places):
            waits = len(self._waiting[place])
            if waits <= self._depth // 2:
                self._is_filling.add(place)
            if waits < self._depth and place in self._is_filling:
                return place
            self._is_filling.discard(place)
        return None

    def add(self, place: int, job: F) -> None:
        """Take note of a job that has been sent ahead.

        Args:
            place: Where it waits.
            job: What it is known by.
        """
        self._waiting[place].append(job)

    def drop(self, place: int, job: F) -> bool:
        """Forget a job that waits no more.

        Args:
            place: Where it was sent.
            job: What it is known by.

        Returns:
            Whether it did wait there.
        """
        waiting = self._waiting[place]
        if job not in waiting:
            return False
        waiting.remove(job)
        return True

    def next(self, place: int) -> F | None:
        """Give the job that has its place to itself from now on.

        Args:
            place: The place.

        Returns:
            The job; None where none waits.
        """
        waiting = self._waiting[place]
        return waiting.popleft() if waiting else None

    def all(self) -> list[tuple[int, F]]:
        """Give each job that waits, with its place, the last ones first."""
        return [(place, job) for place, jobs in self._waiting.items() for job in reversed(jobs)]
