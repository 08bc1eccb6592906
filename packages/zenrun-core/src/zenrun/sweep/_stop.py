"""When a search asks for no further trial.

This module must not know how trials are chosen or run.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from zenrun.results._best import costs_of
from zenrun.sweep._settings import SearchSettings
from zenrun.sweep._trials import TrialResult


class StopRules:
    """What ends a search, besides its searcher having nothing more to try.

    Args:
        settings: The settings of the search.
        clock: What tells the time, in seconds.
    """

    def __init__(
        self, settings: SearchSettings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._began: float | None = None  # when the first trial was asked for
        self._front: list[tuple[float, ...]] = []
        self._since_better = 0
        self._failed = 0
        self._heard = 0
        self._at_target = False

    def hear(self, result: TrialResult) -> bool:
        """Take the result of a trial.

        Args:
            result: The result.

        Returns:
            Whether no trial before was as good; with several objectives, in all of them at once.
        """
        self._heard += 1
        self._failed += result.status == "FAILED"
        better = result.counts and self._is_better(
            costs_of(result.values or (), self._settings.directions)
        )
        self._since_better = 0 if better else self._since_better + 1
        target = self._settings.target
        if better and target is not None:
            sign = 1.0 if self._settings.directions[0] == "minimize" else -1.0
            self._at_target = self._at_target or self._front[0][0] <= sign * target
        return better

    def _is_better(self, costs: tuple[float, ...]) -> bool:
        if any(all(map(float.__le__, other, costs)) for other in self._front):
            return False
        self._front = [other for other in self._front if not all(map(float.__le__, costs, other))]
        self._front.append(costs)
        return True

    def has_failed_too_often(self) -> bool:
        """Say whether more trials have failed than may."""
        rate = self._settings.max_failure_rate
        if not self._failed or rate >= 1:
            return False
        # Where the number of trials is not known, one may fail before there are many.
        total = self._settings.n_trials or max(self._heard, 1 / rate if rate else 0)
        return self._failed > rate * total

    def reached(self, asked: int) -> str | None:
        """Say what ends the search, if something does.

        Args:
            asked: How many trials have been asked for.
        """
        settings = self._settings
        if settings.n_trials is not None and asked >= settings.n_trials:
            return "n_trials"
        if self._at_target:
            return "target"
        if settings.patience is not None and self._since_better >= settings.patience:
            return "patience"
        now = self._clock()
        self._began = now if self._began is None else self._began
        if settings.time_budget is not None and now - self._began >= settings.time_budget:
            return "time_budget"
        return None

    def told(self) -> str:
        """Tell how many trials have failed, for a message."""
        return (
            f"{self._failed} of {self._heard} jobs have failed, and max_failure_rate is "
            f"{self._settings.max_failure_rate}"
        )
