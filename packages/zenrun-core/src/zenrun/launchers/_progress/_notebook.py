"""A bar's place in a notebook: an output of the cell that is shown anew.

This module must not know what the bar looks like.
"""

from __future__ import annotations

import sys
from typing import Any

from zenrun.launchers._progress._tally import Tally

_WIDTH = 100


class NotebookPlace:
    """An output of the cell that runs.

    Args:
        display: IPython's function of that name.
    """

    def __init__(self, display: Any) -> None:
        self._display = display
        self._handle: Any = None

    def draw(self, tally: Tally, now: float) -> None:
        """Draw the bar."""
        from zenrun.launchers._progress._drawing import running_line

        self._put(running_line(tally, now, _WIDTH))

    def finish(self, tally: Tally, now: float) -> None:
        """Draw how the sweep ended."""
        from zenrun.launchers._progress._drawing import final_line

        self._put(final_line(tally, now, _WIDTH))

    def give_back(self) -> None:
        """Do nothing: the output stays."""

    def _put(self, line: Any) -> None:
        if self._handle is None:
            self._handle = self._display(line, display_id=True)
        else:
            self._handle.update(line)


def notebook_place() -> NotebookPlace | None:
    """Give a place in the notebook that runs this.

    Returns:
        The place, or None if no notebook does.
    """
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    if not hasattr(shell, "kernel"):
        return None  # Python, or IPython in a terminal
    from IPython.display import display

    return NotebookPlace(display)
