"""What is printed: for a terminal as wide as it is, for a pipe in full, for programs as JSON.

This module must not know what is printed.
"""

from __future__ import annotations

import json
import math
import shutil
import sys
from collections.abc import Mapping
from typing import Any

from zenrun.results._show import Table, plain_lines

_ENDLESS = 1_000_000  # columns


def is_terminal() -> bool:
    """Say whether somebody looks at what is printed."""
    return sys.stdout is not None and sys.stdout.isatty()


def line_width() -> int:
    """Give how long a line may be: endless where no terminal breaks it."""
    return shutil.get_terminal_size().columns if is_terminal() else _ENDLESS


def say(text: str) -> None:
    """Print a text, with nothing in it that a terminal would take for a command.

    Args:
        text: The text.
    """
    _write(sys.stdout, plain_lines(text))


def complain(message: str) -> None:
    """Print what went wrong.

    Args:
        message: It.
    """
    _write(sys.stderr, plain_lines(f"zenrun: error: {message}"))


def say_table(table: Table) -> None:
    """Print a table.

    Args:
        table: The table.
    """
    width = line_width()
    say(table.text(width, widest=width))


def say_json(value: Any) -> None:
    """Print a value as JSON.

    Args:
        value: Dicts, lists, texts, numbers; NaN and infinities become null, anything else its text.
    """
    _write(sys.stdout, json.dumps(_plain(value), indent=2))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, (str, bool, int, float)) else str(value)


def _write(stream: Any, text: str) -> None:
    if stream is not None:  # there is none where the process was started without
        known = getattr(stream, "encoding", None) or "utf-8"
        print(text.encode(known, "replace").decode(known), file=stream)
