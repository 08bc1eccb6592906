"""The view for where no bar can be drawn: a line in the log now and then.

This module must not know of terminals.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from zenrun.launchers._progress._tally import Tally
from zenrun.launchers._progress._texts import final_parts, running_parts
from zenrun.launchers._progress._view import CountingView

_FIRST = 30.0  # seconds between lines at first
_LAST = 600.0  # and in the end
_SHORT = 10.0  # a sweep that was over so soon needs no line


class LogView(CountingView):
    """Lines in the log, rarer the longer the sweep runs.

    Args:
        tally: The tally that is told.
        clock: What tells the time.
        log: Where the lines go.
    """

    def __init__(self, tally: Tally, clock: Callable[[], float], log: logging.Logger) -> None:
        super().__init__(tally, clock, tally.began + _FIRST)
        self._log = log
        self._is_open = True

    def close(self) -> None:
        """Say how the sweep ended, if it took its time."""
        now = self._clock()
        if self._is_open and now - self._tally.began >= _SHORT:
            self._log.info(", ".join(final_parts(self._tally, now).values()))
        self._is_open = False
        self._due = float("inf")

    def _show(self, now: float) -> None:
        self._due = now + min(max(_FIRST, (now - self._tally.began) / 10), _LAST)
        self._log.info(", ".join(running_parts(self._tally, now).values()))
