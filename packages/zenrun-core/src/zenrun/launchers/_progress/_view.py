"""What every view can be told.

This module must not know what is shown.
"""

from __future__ import annotations

from collections.abc import Callable

from zenrun.launchers._progress._tally import Tally


class ProgressView:
    """A view of a sweep, and as such the one that shows nothing."""

    def started(self, num: int) -> None:
        """Hear that a job runs from now on; a further attempt may be told as well.

        Args:
            num: The job's number.
        """

    def ended(self, num: int, status: str) -> None:
        """Hear that a job is over, once for each job.

        Args:
            num: The job's number. One that never started was finished by an earlier run.
            status: How it ended, as the journal says it.
        """

    def best(self, number: float, num: int) -> None:
        """Hear what a search has found.

        Args:
            number: The best value so far.
            num: The job that gave it.
        """

    def add_total(self, number: int) -> None:
        """Hear of more jobs to come.

        Args:
            number: How many.
        """

    def tick(self) -> None:
        """Use the moment to show what is due, which is cheap where nothing is."""

    def close(self) -> None:
        """Show the end, and leave terminal and threads as they were. Later calls do nothing."""


class CountingView(ProgressView):
    """A view that keeps a tally, and shows it whenever that is due.

    Args:
        tally: The tally.
        clock: What tells the time.
        due: When to show it first.
    """

    def __init__(self, tally: Tally, clock: Callable[[], float], due: float) -> None:
        self._tally = tally
        self._clock = clock
        self._due = due

    def started(self, num: int) -> None:
        """Count a job as running."""
        now = self._clock()
        self._tally.started(num, now)
        if now >= self._due:
            self._show(now)

    def ended(self, num: int, status: str) -> None:
        """Count a job by how it ended."""
        now = self._clock()
        self._tally.ended(num, status, now)
        if now >= self._due:
            self._show(now)

    def best(self, number: float, num: int) -> None:
        """Keep what a search has found."""
        self._tally.best = (number, num)

    def add_total(self, number: int) -> None:
        """Count jobs to come."""
        self._tally.total = (self._tally.total or 0) + number

    def tick(self) -> None:
        """Show the tally if it is due."""
        now = self._clock()
        if now >= self._due:
            self._show(now)

    def _show(self, now: float) -> None:
        """Show the tally, and set when it is due again."""
        raise NotImplementedError
