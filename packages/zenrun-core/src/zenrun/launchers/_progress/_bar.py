"""The view that draws a bar.

The bar is drawn anew as jobs start and end, but not more often than an eye needs; a thread draws it while
a job that runs in this process keeps the launcher from telling anything. This module must not know where
the bar stands, nor what it looks like.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Protocol

from zenrun.launchers._progress._tally import Tally
from zenrun.launchers._progress._view import CountingView

_EACH = 0.2  # seconds from one drawing to the next
_ALONE = 0.5  # the same, if only the thread draws
_SHORT = 0.5  # what is over so soon was no sight


class Place(Protocol):
    """Where a bar stands."""

    def draw(self, tally: Tally, now: float) -> None:
        """Draw the bar, in place of the one before."""

    def finish(self, tally: Tally, now: float) -> None:
        """Leave the last words in place of the bar."""

    def give_back(self) -> None:
        """Leave everything as it was found."""


class BarView(CountingView):
    """A bar.

    Args:
        tally: The tally that is drawn.
        clock: What tells the time.
        place: Where it is drawn.
        always: Whether a sweep that was over before the bar stood gets its last words too.
    """

    def __init__(
        self, tally: Tally, clock: Callable[[], float], place: Place, *, always: bool
    ) -> None:
        super().__init__(tally, clock, tally.began + _SHORT)
        self._place = place
        self._has_words = always
        self._is_open = True
        self._drawing = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(
            target=_draw_alone, args=(self, self._over), name="zenrun-progress", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Take the bar away, and leave how the sweep ended."""
        if not self._is_open:
            return
        self._is_open = False
        self._due = float("inf")
        self._over.set()
        try:
            self._thread.join()
            if self._has_words:
                self._place.finish(self._tally, self._clock())
        finally:  # an interrupt while waiting must not cost the terminal
            self._place.give_back()

    def _show(self, now: float) -> None:
        if not self._drawing.acquire(blocking=False):
            return  # the other thread is at it
        try:
            if self._is_open:
                self._due = now + _EACH
                self._has_words = True
                self._place.draw(self._tally, now)
        finally:
            self._drawing.release()


def _draw_alone(view: Any, over: threading.Event) -> None:
    while not over.wait(_ALONE):
        view.tick()
