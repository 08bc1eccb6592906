"""What a user sees while a sweep runs: a bar, lines in the log, or nothing.

The launcher tells a view what happens to its jobs; the view decides what of it is shown, and when.
This package must not know how jobs run, nor load rich before there is something to draw.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec

from zenrun.errors import MissingExtraError
from zenrun.launchers._progress._bar import BarView
from zenrun.launchers._progress._log import LogView
from zenrun.launchers._progress._notebook import notebook_place
from zenrun.launchers._progress._tally import Tally
from zenrun.launchers._progress._terminal import bottom_row
from zenrun.launchers._progress._view import ProgressView

__all__ = ["ProgressView", "progress_view"]


def progress_view(
    wanted: bool | None,
    total: int | None,
    log: logging.Logger,
    clock: Callable[[], float] = time.monotonic,
) -> ProgressView:
    """Give the view of a sweep that fits where its user looks.

    A bar is drawn in a terminal (the one of stderr; stdout is left alone) and in a notebook. Where there is
    neither, and in a terminal where another sweep has its bar already, some lines are logged.

    Args:
        wanted: Whether to show anything. None is a bar if rich is installed, and else the lines.
        total: How many jobs there will be as far as one knows, or None.
        log: Where the lines go.
        clock: What tells the time, in seconds.

    Returns:
        The view, which is to be closed whatever happens.

    Raises:
        MissingExtraError: A bar is wanted and rich is not installed.

    Example:
        >>> import contextlib, logging
        >>> from zenrun.launchers._progress import progress_view
        >>> with contextlib.closing(progress_view(False, 1, logging.getLogger("sweep"))) as view:
        ...     view.started(0)
        ...     view.ended(0, "COMPLETED")
    """
    if wanted is False:
        return ProgressView()
    tally = Tally(total, clock())
    if find_spec("rich") is None:
        if wanted:
            what_for = "progress=True, which draws a bar,"
            raise MissingExtraError(extra="progress", package="rich", what_for=what_for)
    else:
        place = notebook_place() or bottom_row(sys.stderr)
        if place is not None:
            return BarView(tally, clock, place, always=wanted is True)
    return LogView(tally, clock, log)
