"""The count of a sweep's jobs, and how fast they end.

This module must not know what is shown of it.
"""

from __future__ import annotations

# The rate is that of about so many jobs that ended last.
_RECENT = 20
_FAILED = frozenset({"FAILED", "TIMED_OUT", "LOST"})


class Tally:
    """The count of a sweep's jobs.

    Args:
        total: How many there will be, or None.
        now: When the sweep started.

    Attributes:
        total: As given, and changed as more come to be known.
        began: When the sweep started.
        completed: How many jobs gave a result.
        failed: How many failed, were stopped for their time, or lost with their worker.
        cancelled: How many were called off.
        best: The best value of a search and its job, or None.
    """

    def __init__(self, total: int | None, now: float) -> None:
        self.total = total
        self.began = now
        self.completed = self.failed = self.cancelled = 0
        self.best: tuple[float, int] | None = None
        self._running: dict[int, float] = {}
        self._most = 0  # so many ran at once
        self._timed = 0  # so many ended that had been seen to start
        self._last: float | None = None  # when the last of them ended
        # Sums over those jobs, in which a job counts the less the longer ago it ended.
        self._count = self._gaps = self._durations = 0.0

    @property
    def done(self) -> int:
        """How many jobs ended with a result or an error."""
        return self.completed + self.failed

    @property
    def running(self) -> int:
        """How many jobs run."""
        return len(self._running)

    def started(self, num: int, now: float) -> None:
        """Count a job as running.

        Args:
            num: The job's number.
            now: The time.
        """
        if self._last is None:
            self._last = now
        self._running[num] = now
        self._most = max(self._most, len(self._running))

    def ended(self, num: int, status: str, now: float) -> None:
        """Count a job by how it ended.

        Args:
            num: The job's number.
            status: How it ended.
            now: The time.
        """
        start = self._running.pop(num, None)
        if status == "CANCELLED":
            self.cancelled += 1
            return
        if status in _FAILED:
            self.failed += 1
        else:
            self.completed += 1
        if start is None or self._last is None:
            return  # the work of an earlier run, which says nothing of this one's pace
        keep = 1 - 1 / max(_RECENT, 4 * self._most)
        self._count = self._count * keep + 1
        self._gaps = self._gaps * keep + now - self._last
        self._durations = self._durations * keep + now - start
        self._timed += 1
        self._last = now

    def rate(self, now: float) -> float | None:
        """Give the jobs that end in a second, by those that ended last.

        Args:
            now: The time.

        Returns:
            The rate, or None as long as nothing says it.
        """
        if self._last is None or not self._count:
            return None
        # Of several jobs that started together the first say nothing yet by the gaps between them.
        is_early = self._timed < self._most
        spent = self._durations / self._most if is_early else self._gaps
        overdue = (self._count + 1) / max(spent + now - self._last, 1e-9)
        return min(self._count / max(spent, 1e-9), overdue)

    def left(self, now: float) -> float | None:
        """Give the seconds until all jobs will have ended.

        Args:
            now: The time.

        Returns:
            The seconds, or None as long as nothing says it.
        """
        rate = self.rate(now)
        if rate is None or self.total is None or self._last is None:
            return None
        open_jobs = self.total - self.done - self.cancelled
        if open_jobs <= 0:
            return 0.0
        return max(open_jobs / rate - (now - self._last), 0.0)
