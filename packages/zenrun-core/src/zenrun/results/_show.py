"""Tables for people: as text of a terminal's width, and as HTML for a notebook.

Whatever a cell holds, it becomes one short line: no line breaks, no escape sequences of terminals, and no
markup. This module must not know what the rows are.
"""

from __future__ import annotations

import dataclasses
import html
import itertools
import os
import reprlib
import shutil
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

ROWS = 20
_NARROW, _WIDE = 14, 28  # of a cell, where a line is short, and at most
_WIDE_HTML = 40
_TITLE = 400
_GAP = "..."


class _Shorter(reprlib.Repr):
    """Shows what is in lists and dicts as it is shown alone."""

    def repr_float(self, value: float, _: int) -> str:
        return f"{value:.6g}"


_shorter = _Shorter()
_shorter.maxstring = _shorter.maxother = _TITLE
_shorter.maxlist = _shorter.maxtuple = _shorter.maxdict = _shorter.maxset = 6


class Shown(str):
    """A text that stands for a value, and is shown without quotes."""

    __slots__ = ()


class Amount(Shown):
    """One that stands at the right, as numbers do."""

    __slots__ = ()


@dataclass
class Table:
    """What is shown.

    Attributes:
        title: A line above it.
        names: The names of the columns.
        rows: The cells of each row that is shown: any values.
        left_out: How many rows are not shown.
        after: After how many rows those would come.
        last: Which columns give way last where the line is too short, in this order.
        notes: Lines below it.
        marked: The rows that are to stand out, by their place.
    """

    title: str
    names: list[str]
    rows: list[list[Any]]
    left_out: int = 0
    after: int = 0
    last: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    marked: set[int] = field(default_factory=set)

    def text(self, width: int | None = None, *, widest: int = _WIDE) -> str:
        """Give it as lines.

        Args:
            width: How long a line may be; None for the terminal's width.
            widest: How wide a cell may be, where there is room.
        """
        head = [_line(self.title)] if self.title else []
        notes = list(map(_line, self.notes))
        if not self.rows:
            return "\n".join([*head, *notes])
        cells = [[told(item) for item in row] for row in [self.names, *self.rows]]
        whole = [max(map(_width, column)) for column in zip(*cells, strict=True)]
        room = width or shutil.get_terminal_size().columns
        kept, limits = _shared(whole, self.last, room, widest)
        cells = [[_cut(text, limits[at]) for at, text in enumerate(row)] for row in cells]
        widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
        left = [_is_left(row[at] for row in self.rows) for at in range(len(self.names))]
        lines = []
        for row in cells:
            line: list[str] = []
            before = -1
            for at in kept:
                if at != before + 1:
                    line.append(_GAP)
                fill = " " * (widths[at] - _width(row[at]))
                line.append(row[at] + fill if left[at] else fill + row[at])
                before = at
            if before != len(widths) - 1:
                line.append(_GAP)
            lines.append("  ".join(line).rstrip())
        if self.left_out:
            lines.insert(1 + self.after, f"... {self.left_out} more ...")
        return "\n".join([*head, *lines, *notes])

    def chosen(self, places: Sequence[int]) -> Table:
        """Give a table of some of the rows, without columns that are empty then.

        Args:
            places: The rows, by their place and in their new order.
        """
        rows = [self.rows[at] for at in places]
        kept = [at for at in range(len(self.names)) if any(row[at] is not None for row in rows)]
        new = {at: place for place, at in enumerate(kept)}
        return dataclasses.replace(
            self,
            names=[self.names[at] for at in kept],
            rows=[[row[at] for at in kept] for row in rows],
            last=[new[at] for at in self.last if at in new],
            marked={place for place, at in enumerate(places) if at in self.marked},
        )

    def shortened(self, limit: int, *, ends: bool = True) -> Table:
        """Give a table of no more than so many of the rows.

        Args:
            limit: How many.
            ends: Whether to keep the first and the last ones, or the first ones alone.
        """
        left_out = len(self.rows) - limit
        if left_out <= 0:
            return self
        after = limit - limit // 2 if ends else limit
        kept = [*range(after), *range(len(self.rows) - (limit - after), len(self.rows))]
        return dataclasses.replace(self.chosen(kept), left_out=left_out, after=after)

    def html(self) -> str:
        """Give it as an HTML table, with nothing in it that a browser would run or load."""
        left = [_is_left(row[at] for row in self.rows) for at in range(len(self.names))]
        head = "".join(
            _cell_html(Shown(name), is_left=at_left, tag="th")
            for name, at_left in zip(self.names, left, strict=True)
        )
        rows = []
        for place, row in enumerate(self.rows):
            if self.left_out and place == self.after:
                rows.append(_more_html(self.left_out, len(self.names)))
            style = ' class="zenrun-marked"' if place in self.marked else ""
            cells = "".join(
                _cell_html(item, is_left=at_left) for item, at_left in zip(row, left, strict=True)
            )
            rows.append(f"<tr{style}>{cells}</tr>")
        if self.left_out and self.after >= len(self.rows):
            rows.append(_more_html(self.left_out, len(self.names)))
        notes = "".join(f"<div>{_escaped(note, _TITLE)}</div>" for note in self.notes)
        title = f"<div>{_escaped(self.title, _TITLE)}</div>" if self.title else ""
        table = (
            f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
            if self.rows
            else ""
        )
        return f'<div class="zenrun-table">{_STYLE}{title}{table}{notes}</div>'


# It is a notebook's own light or dark that is seen: no colours but one for failures.
_STYLE = (
    "<style>"
    ".zenrun-table{overflow-x:auto;font-size:0.9em}"
    ".zenrun-table table{border-collapse:collapse;margin:0.4em 0}"
    ".zenrun-table th,.zenrun-table td{padding:0.2em 0.8em;white-space:nowrap;text-align:right;"
    "font-variant-numeric:tabular-nums}"
    ".zenrun-table th{border-bottom:1px solid currentColor;font-weight:600}"
    ".zenrun-table tbody tr{border-bottom:1px solid rgba(128,128,128,0.2)}"
    ".zenrun-table .zenrun-left{text-align:left}"
    ".zenrun-table .zenrun-more{text-align:center;opacity:0.7}"
    ".zenrun-table .zenrun-marked{color:#d9534f}"
    "</style>"
)


def cut(value: Any, width: int) -> str:
    """Give a value as a short line.

    Args:
        value: Anything.
        width: How many characters it may have.
    """
    return _cut(told(value), width)


def _cut(line: str, width: int) -> str:
    if _width(line) <= width:
        return line
    if width <= len(_GAP):
        return line[:width] if line.isascii() else _GAP[:width]
    while _width(line) > width - len(_GAP):
        line = line[: width - len(_GAP)] if line.isascii() else line[:-1]
    return f"{line}{_GAP}"


def told(value: Any) -> str:
    """Give a value as one line: numbers with six digits, texts as they are, anything else by its repr.

    Args:
        value: Anything; also what raises when it is looked at.
    """
    if value is None:
        return ""
    try:
        if type(value) is float:
            text = f"{value:.6g}"
        elif isinstance(value, str):
            text = str.__str__(value)[: 2 * _TITLE]
        else:
            text = _shorter.repr(value)
    except Exception:  # its class says how it is shown
        text = f"<{type(value).__name__}>"
    return _line(text)[:_TITLE]


def seconds(duration: float | None) -> Amount | None:
    """Give a duration as people say it.

    Args:
        duration: In seconds, or None.
    """
    if duration is None:
        return None
    if duration < 0.9995:
        return Amount(f"{max(duration, 0) * 1000:.0f} ms")
    if round(duration) < 60:
        return Amount(f"{duration:.1f} s" if duration < 9.95 else f"{duration:.0f} s")
    minutes, rest = divmod(round(duration), 60)
    hours, minutes = divmod(minutes, 60)
    return Amount(f"{hours}:{minutes:02}:{rest:02} h" if hours else f"{minutes}:{rest:02} min")


def short_path(path: str | os.PathLike[str]) -> str:
    """Give the name of a file or folder as it is called from here.

    Args:
        path: Its full name.
    """
    try:
        near = os.path.relpath(path)
    except ValueError:  # on another drive
        return os.fspath(path)
    return os.fspath(path) if near.startswith("..") else near


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if line.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in line)


def plain_lines(text: str) -> str:
    """Give a text of several lines without anything that a terminal would take for a command.

    Args:
        text: The text. Its line breaks stay, and tabs become blanks.
    """
    lines = text.expandtabs().replace("\r\n", "\n").split("\n")
    return "\n".join("".join(c if c.isprintable() else "\ufffd" for c in line) for line in lines)


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def _is_left(column: Any) -> bool:
    """Say whether a column is of texts; numbers stand at the right."""
    found = [item for item in column if item is not None]
    return not found or any(
        isinstance(item, bool) or not isinstance(item, (int, float, Amount)) for item in found
    )


def _shared(
    whole: Sequence[int], last: Sequence[int], room: int, widest: int
) -> tuple[list[int], list[int]]:
    """Give the columns that a line has room for, and how wide each is: cells give way before columns do."""
    order = [*last, *(at for at in range(len(whole)) if at not in last)]
    widths = [min(width, _NARROW) for width in whole]
    kept = list(range(len(whole)))
    if _length(kept, widths) > room:
        kept = []
        for at in order:
            tried = sorted([*kept, at])
            if _length(tried, widths) <= room or not kept:
                kept = tried
    left = room - _length(kept, widths)
    for most in dict.fromkeys([_WIDE, widest]):
        for at in order:
            if at in kept and left > 0:
                more = max(min(whole[at], most) - widths[at], 0)
                widths[at] += min(more, left)
                left -= min(more, left)
    return kept, widths


def _length(kept: Sequence[int], widths: Sequence[int]) -> int:
    """Give the length of a line of some columns, with a mark wherever there are others."""
    places = [-1, *kept, len(widths)]
    gaps = sum(after != before + 1 for before, after in itertools.pairwise(places))
    return sum(widths[at] for at in kept) + 2 * (len(kept) - 1) + gaps * (len(_GAP) + 2)


def _cell_html(value: Any, *, is_left: bool, tag: str = "td") -> str:
    text = told(value)
    short = cut(value, _WIDE_HTML)
    kind = ' class="zenrun-left"' if is_left else ""
    title = f' title="{html.escape(text)}"' if text != short else ""
    return f"<{tag}{kind}{title}>{html.escape(short)}</{tag}>"


def _more_html(count: int, columns: int) -> str:
    return f'<tr><td class="zenrun-more" colspan="{columns}">... {count} more ...</td></tr>'


def _escaped(text: str, width: int) -> str:
    return html.escape(cut(Shown(text), width))
