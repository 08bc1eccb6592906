"""What the bar looks like.

This module loads rich, and is therefore loaded at the first drawing. It must not know where the bar
stands.
"""

from __future__ import annotations

from typing import TextIO

from rich.console import Console, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from zenrun.launchers._progress._tally import Tally
from zenrun.launchers._progress._texts import final_parts, running_parts

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
        if len(", ".join(parts.values())) + _bar_width(width) + 1 > width:
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


def console_of(stream: TextIO) -> Console:
    """Give what knows the colours and characters of a terminal.

    Args:
        stream: A stream that leads to it.

    Returns:
        The console, for `as_text`.
    """
    return Console(file=stream, highlight=False)


def as_text(line: RenderableType, console: Console, width: int) -> str:
    """Give a line as the characters that a terminal understands.

    Args:
        line: The line.
        console: What knows the terminal.
        width: Its width.

    Returns:
        The characters, without the end of the line.
    """
    console.width = width  # rich goes by the streams of the process, which may lead elsewhere
    with console.capture() as caught:
        console.print(line, no_wrap=True, overflow="ellipsis")
    return caught.get().rstrip("\n")


def _bar_width(width: int) -> int:
    """Give the bar a width that does not depend on the words, with which it would shrink and grow."""
    return min(max(width // 5, 10), 40)


def _line(tally: Tally, parts: dict[str, str], width: int) -> RenderableType:
    words = Text(", ").join(Text(part, _STYLES.get(name, "")) for name, part in parts.items())
    room = _bar_width(width)
    if tally.total is None or len(words) + room + 1 > width:
        return words
    grid = Table.grid(padding=(0, 1, 0, 0), pad_edge=False)
    grid.add_column(width=room, no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_row(ProgressBar(max(tally.total, 1), tally.done, width=room), words)
    return grid
