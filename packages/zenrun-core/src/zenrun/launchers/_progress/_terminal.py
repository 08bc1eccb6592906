r"""A bar's place in a terminal: its bottom row, kept from scrolling.

What jobs print goes straight to the terminal: by handlers made for each job, by ``print``, by C code and, in
workers, by other processes. None of that can be led through one stream of this process, so the bar does
not share the rows that they write to. The terminal itself is told to scroll only the rows above the last
(DECSTBM), and the bar is drawn in the last, with the cursor put back in the same write. Nobody's
``sys.stdout`` is touched.

A process that is killed cannot give the row back: ``printf '\e[r'`` or ``reset`` does.
This module must not know what the bar looks like.
"""

from __future__ import annotations

import contextlib
import os
from typing import Any, TextIO

from zenrun.launchers._progress._tally import Tally

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_LEAST_ROWS, _LEAST_COLUMNS = 5, 30
_SAVE, _RESTORE = "\x1b7", "\x1b8"
_ALL_ROWS = "\x1b[r"
# Down one row, scrolling if need be, in the same column; and up again.
_DOWN, _UP = "\x1bD", "\x1b[A"
_CLEAR_ROW, _CLEAR_REST = "\x1b[2K", "\x1b[K"


class BottomRow:
    """The bottom row of a terminal.

    Args:
        stream: The stream that leads to it.
        fd: What to write to.
        own: Whether the file descriptor was opened for this alone.
    """

    def __init__(self, stream: TextIO, fd: int, *, own: bool) -> None:
        self._stream = stream
        self._fd = fd
        self._is_own = own
        self._is_closed = False
        self._size: os.terminal_size | None = None  # with which the rows above were set to scroll
        self._console: Any = None

    def draw(self, tally: Tally, now: float) -> None:
        """Draw the bar in the bottom row."""
        from zenrun.launchers._progress._drawing import running_line

        size = self._size_now()
        if size is not None:
            before = "" if size == self._size else self._reserve(size)
            width = size.columns - 1
            row = self._text(running_line(tally, now, width), width)
            self._size = size
            self._write(f"{before}{_SAVE}\x1b[{size.lines};1H{row}{_CLEAR_REST}{_RESTORE}")

    def finish(self, tally: Tally, now: float) -> None:
        """Write how the sweep ended where the cursor stands."""
        from zenrun.launchers._progress._drawing import final_line

        size = self._size_now()
        if size is not None:
            width = size.columns - 1
            # Spaces go over the row's end unless they start in its first column: what a job left of a
            # line stays, and no row is left empty.
            fresh = " " * width + "\r" + _CLEAR_REST
            line = self._text(final_line(tally, now, width), width)
            self._write(f"{self._release()}{fresh}{line}\r\n")

    def give_back(self) -> None:
        """Let all rows scroll again."""
        self._write(self._release())
        if self._is_own and not self._is_closed:
            os.close(self._fd)
        self._is_closed = True

    def _size_now(self) -> os.terminal_size | None:
        try:
            return None if self._is_closed else os.get_terminal_size(self._fd)
        except OSError:
            return None

    def _reserve(self, size: os.terminal_size) -> str:
        above = f"\x1b[1;{size.lines - 1}r"
        again = "" if self._size is None else f"{_SAVE}{_ALL_ROWS}{_RESTORE}"
        return f"{again}{_DOWN}{_SAVE}{above}{_RESTORE}{_UP}"

    def _release(self) -> str:
        if self._size is None:
            return ""
        last, self._size = self._size.lines, None
        return f"{_SAVE}{_ALL_ROWS}\x1b[{last};1H{_CLEAR_ROW}{_RESTORE}"

    def _text(self, line: Any, width: int) -> str:
        from zenrun.launchers._progress._drawing import as_text, console_of

        if self._console is None:
            self._console = console_of(self._stream)
        return as_text(line, self._console, width)

    def _write(self, text: str) -> None:
        rest = text.encode(self._stream.encoding or "utf-8", "replace")
        # A terminal that has gone, as when a connection breaks, is no reason for the jobs to end.
        with contextlib.suppress(OSError):
            while rest and not self._is_closed:
                rest = rest[os.write(self._fd, rest) :]


def bottom_row(stream: TextIO | None) -> BottomRow | None:
    """Give the bottom row of the terminal that a stream leads to.

    Args:
        stream: The stream.

    Returns:
        The row, or None where there is no terminal that can keep one, or where it has a bar already.
    """
    if fcntl is None or stream is None or os.environ.get("TERM", "dumb") == "dumb":
        return None
    try:
        fd = stream.fileno()
        size = os.get_terminal_size(fd)
        if not stream.isatty() or size.lines < _LEAST_ROWS or size.columns < _LEAST_COLUMNS:
            return None
        if _in_background(fd):
            return None
    except (OSError, ValueError, AttributeError):
        return None
    try:
        own = os.open(os.ttyname(fd), os.O_WRONLY | os.O_NOCTTY)
    except OSError:  # a terminal of another user, as after `su`
        return BottomRow(stream, fd, own=False)
    try:
        # A job may be a sweep itself, here or in a worker: the terminal has one bar.
        fcntl.flock(own, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(own)
        return None
    return BottomRow(stream, own, own=True)


def _in_background(fd: int) -> bool:
    try:
        return os.tcgetpgrp(fd) != os.getpgrp()
    except OSError:  # it controls no session of ours
        return False
