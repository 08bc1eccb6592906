"""What the bar looks like.

This module loads rich, and is therefore loaded at the first drawing. It must not know where the bar
stands.
"""

from __future__ import annotations

from rich.console import Console, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from zenrun.launchers._progress._tally import Tally
from zenrun.launchers._progress._texts import final_parts, running_parts

_LEAST, _MOST = 10, 40  # the bar's own width
# Where the line is too short these go, in this order.
_LESS = ("rate", "running", "best", "time", "cancelled", "failed")
_STYLES = {"failed": "bold red", "cancelled": "yellow", "rate": "dim", "best": "bold green"}


def running_line(tally: Tally, now: float, width: int) -> RenderableType:
    """Draw how a sweep stands.

    Args:
        tally: Its tally.
        now: The time.
        width: How wide the line may be.

    Returns:
        The line, for rich.
    """
    parts = running_parts(tally, now)
    for name in _LESS:
        if _width(parts) + _LEAST + 1 > width:
            parts.pop(name, None)
    return _line(tally, parts, width)


def final_line(tally: Tally, now: float, width: int) -> RenderableType:
    """Draw how a sweep ended.

    Args:
        tally: Its tally.
        now: The time.
        width: How wide the line may be.

    Returns:
        The line, for rich.
    """
    return _line(tally, final_parts(tally, now), width)


def as_text(line: RenderableType, console: Console, width: int) -> str:
    """Give a line as the characters that a terminal understands.

    Args:
        line: The line.
        console: What knows the terminal.
        width: Its width.

    Returns:
        The characters, without the end of the line.
    """
    with console.capture() as caught:
        console.print(line, width=width, no_wrap=True, overflow="ellipsis")
    return caught.get().rstrip("\n")


def _width(parts: dict[str, str]) -> int:
    return len(", ".join(parts.values()))


def _line(tally: Tally, parts: dict[str, str], width: int) -> RenderableType:
    words = Text(", ").join(Text(part, _STYLES.get(name, "")) for name, part in parts.items())
    room = min(width - len(words) - 1, _MOST)
    if tally.total is None or room < _LEAST:
        return words
    grid = Table.grid(padding=(0, 1, 0, 0), pad_edge=False)
    grid.add_column(width=room, no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_row(ProgressBar(max(tally.total, 1), tally.done, width=room), words)
    return grid
