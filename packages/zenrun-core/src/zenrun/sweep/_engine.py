"""One search while it runs: trials are asked for, their jobs come back, the searcher is told.

The searcher hears of results only between two calls of `ask`, and in an order that the sweep's journal
knows: so a search that goes on with ``resume`` asks for what it asked for before.

This module must not know how jobs are run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from hydra.core.utils import JobReturn

from zenrun import errors
from zenrun.sweep._order import ToldOrder
from zenrun.sweep._settings import SearchSettings
from zenrun.sweep._space import SearchSpace
from zenrun.sweep._stop import StopRules
from zenrun.sweep._table import TrialTable
from zenrun.sweep._trials import Searcher, SearchResult, Suggestion, Trial, TrialResult, Wait

Read = Callable[[Trial, JobReturn, float], TrialResult]


class Search:
    """A search that is running.

    Args:
        space: What is searched.
        searcher: Says what to try.
        settings: What the search was told.
        read: Reads a trial's result from its job.
        on_better: Called with each result that is better than all before.
        order: In which order results are told where the search went before.

    Attributes:
        results: The results told so far, by the trial's number.
        stopped_by: What ended the search; None while it runs.
        error: What a result that cannot be read has raised.
        failed: The job that is one failure too many.
    """

    def __init__(
        self,
        space: SearchSpace,
        searcher: Searcher,
        settings: SearchSettings,
        read: Read,
        on_better: Callable[[TrialResult], None],
        order: ToldOrder,
    ) -> None:
        self._space = space
        self._searcher = searcher
        self._settings = settings
        self._read = read
        self._on_better = on_better
        self._order = order
        self._rules = StopRules(settings)
        self._asked = 0
        self._left_in_batch = 0
        self._running: dict[int, tuple[Trial, float]] = {}
        self._arrived: dict[int, tuple[JobReturn, float]] = {}  # in the order of their coming
        self.results: dict[int, TrialResult] = {}
        self.stopped_by: str | None = None
        self.error: Exception | None = None
        self.failed: JobReturn | None = None

    def asks(self) -> Iterator[tuple[str, ...] | None]:
        """Ask for jobs, as long as there is something to try.

        Yields:
            The overrides of the next job; None where results have to come before the next one.

        Raises:
            SweeperError: The searcher waits for results, and there are none to come.
            SearchSpaceError: The searcher has asked for what the space has not.
        """
        while True:
            if not self._tell_results():
                yield None
                continue
            self.stopped_by = self._stopped()
            if self.stopped_by is not None:
                return
            answer = self._searcher.ask()
            if answer is None:
                self.stopped_by = "searcher"
                return
            if isinstance(answer, Wait):
                self._left_in_batch = 0
                if len(self._arrived) < len(self._running):
                    yield None
                elif self._arrived:
                    self.finish()
                else:
                    msg = (
                        f"{type(self._searcher).__name__}.ask() waits for a result, and no job is "
                        "running. It may give WAIT only while results are to come"
                    )
                    raise errors.SweeperError(msg)
                continue
            trial = self._trial(answer)
            self._order.asked(trial.number)
            self._running[trial.number] = trial, time.monotonic()
            self._asked += 1
            self._left_in_batch -= 1
            yield trial.overrides

    def arrived(self, number: int, job: JobReturn) -> None:
        """Take the job of a trial.

        Args:
            number: The trial's number.
            job: Hydra's account of its job.
        """
        self._arrived[number] = job, time.monotonic()

    def finish(self) -> None:
        """Tell the searcher what has not been told yet."""
        for number in self._in_order():
            self._tell(number)

    def outcome(self) -> SearchResult:
        """Give what has come of the search so far."""
        told = TrialTable(self.results[number] for number in sorted(self.results))
        settings = self._settings
        return SearchResult(
            told,
            settings.directions,
            self.stopped_by or "error",
            space=self._space,
            objective=settings.objective,
        )

    def about_failures(self) -> str:
        """Tell how many trials have failed, for a message."""
        return self._rules.told()

    # --- results -----------------------------------------------------------------------------------

    def _tell_results(self) -> bool:
        """Tell the searcher what it is to know before the next trial; say whether all of it was there."""
        if self._settings.batch_size is not None:
            if self._left_in_batch > 0:
                return True
            if len(self._arrived) < len(self._running):
                return False
            self.finish()
            self._left_in_batch = self._settings.batch_size
            return True
        before = self._order.before(self._asked)
        if before is None:
            before = list(self._arrived)
        elif any(number in self._running and number not in self._arrived for number in before):
            return False
        for number in before:
            if number in self._arrived:
                self._tell(number)
        return True

    def _in_order(self) -> Sequence[int]:
        return sorted(self._arrived) if self._settings.batch_size else list(self._arrived)

    def _tell(self, number: int) -> None:
        job, end = self._arrived.pop(number)
        trial, start = self._running.pop(number)
        self._order.told(number)
        try:
            result = self._read(trial, job, end - start)
        except errors.ScoreError as error:
            self.error = self.error or error
            return
        self.results[number] = result
        better = self._rules.hear(result)
        self._searcher.tell(result)
        if better:
            self._on_better(result)
        if result.status == "FAILED" and self._rules.has_failed_too_often():
            self.failed = self.failed or job

    # --- trials ------------------------------------------------------------------------------------

    def _stopped(self) -> str | None:
        if self.error is not None or self.failed is not None:
            return "error"
        return self._rules.reached(self._asked)

    def _trial(self, answer: Mapping[str, Any] | Suggestion) -> Trial:
        suggestion = answer if isinstance(answer, Suggestion) else Suggestion(answer)
        if not isinstance(suggestion.params, Mapping):
            msg = (
                f"{type(self._searcher).__name__}.ask() gives a dict with a value for each key, a "
                f"Suggestion, WAIT or None; it gave {answer!r}"
            )
            raise errors.SweeperError(msg)
        overrides, params = self._space.job(suggestion.params)
        return Trial(self._asked, tuple(overrides), params, suggestion.handle)
