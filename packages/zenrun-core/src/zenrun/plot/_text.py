"""Names and values as the short texts that stand in a picture.

What comes from jobs becomes one line, cut where it is long, and is never read as mathematics by matplotlib.
This module must not know what is drawn.
"""

from __future__ import annotations

import itertools
from typing import Any

from zenrun.results._show import told

NAME_WIDTH = 40
VALUE_WIDTH = 24
_GAP = "\N{HORIZONTAL ELLIPSIS}"
# What a name's end says of its unit. An end that is often something else is not here: `min` is a minimum,
# `h` a height, `m` metres or millions, `us` a country, `db` a database.
_UNITS = {
    "ns": "ns",
    "ms": "ms",
    "s": "s",
    "sec": "s",
    "secs": "s",
    "seconds": "s",
    "minutes": "min",
    "hours": "h",
    "days": "days",
    "bytes": "bytes",
    "kb": "kB",
    "mb": "MB",
    "gb": "GB",
    "tb": "TB",
    "kib": "KiB",
    "mib": "MiB",
    "gib": "GiB",
    "hz": "Hz",
    "khz": "kHz",
    "mhz": "MHz",
    "ghz": "GHz",
    "px": "px",
    "percent": "%",
    "pct": "%",
    "mm": "mm",
    "cm": "cm",
    "km": "km",
    "kg": "kg",
}
_WORDS: dict[Any, str] = {None: "null", True: "true", False: "false"}


def named(name: str) -> str:
    """Give a name as the label of an axis, with its unit where its end says one: `time_s` is "time (s)".

    Args:
        name: The name of a parameter or of a value.
    """
    stem, _, end = name.rpartition("_")
    unit = _UNITS.get(end.lower())
    if unit is None or len(stem.rpartition(".")[2].strip("_")) < 2:  # `t_s` may be anything
        return shown(name, NAME_WIDTH)
    return f"{shown(stem, NAME_WIDTH)} ({unit})"


def shown(value: Any, width: int = VALUE_WIDTH) -> str:
    """Give a value as a text to be drawn.

    Args:
        value: Anything.
        width: How many characters it may have; a longer one loses its middle, as paths and names
            differ at their ends.
    """
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    if isinstance(value, str) and not value:
        return "''"
    line = told(value)
    if len(line) > width:
        tail = width // 2
        line = line[: width - tail - 1] + _GAP + line[-tail:]
    return line.replace("$", r"\$")


def distinct(values: list[Any], width: int = VALUE_WIDTH) -> list[str]:
    """Give the texts of different values; those that would look the same lose what they have
    in common at their ends, or get a number.

    Args:
        values: The values.
        width: As for `shown`.
    """
    texts = [shown(value, width) for value in values]
    if len(set(texts)) < len(texts):
        texts = _without_common(values, texts, width)
    return [
        f"{text} #{place}" if text in texts[:place] else text for place, text in enumerate(texts)
    ]


def _without_common(values: list[Any], texts: list[str], width: int) -> list[str]:
    """Leave out how all the long texts begin and end."""
    long = [told(value) for value in values if isinstance(value, str) and len(value) > width]
    start = _common(long)
    shortest = min(map(len, long), default=0)
    end = min(_common([text[::-1] for text in long]), shortest - start)
    return [
        f"{_GAP}{shown(told(value)[start : len(told(value)) - end], width)}{_GAP if end else ''}"
        if isinstance(value, str) and len(value) > width
        else text
        for value, text in zip(values, texts, strict=True)
    ]


def _common(texts: list[str]) -> int:
    """Count the characters that all of some texts begin with."""
    same = (len(set(found)) == 1 for found in zip(*texts, strict=False))
    return sum(1 for _ in itertools.takewhile(bool, same))
