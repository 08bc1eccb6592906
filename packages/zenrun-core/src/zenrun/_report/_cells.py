"""The table of a page: its columns, and the cells of each job as JSON has them.

A cell is None, a number, a text, or a pair of a text and the number that it is sorted by, which is None for NaN. This
module must not know how the table is drawn.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zenrun.results._columns import named_apart, varying
from zenrun.results._records import COMPLETED
from zenrun.results._rows import Row
from zenrun.results._show import Shown, seconds, told

Cell = Any
_LONGEST = 120  # characters of a cell; all of them are where the job is opened
_EXACT = 2**53  # whole numbers up to here are the same in JavaScript
_MOST = sys.float_info.max
_WORDS = {None: "null", True: "true", False: "false"}


@dataclass(frozen=True)
class JobsTable:
    """The table.

    Attributes:
        columns: The name of each column, and what it is of: "job" (the number, then the status), "time",
            "override", "value" or "error".
        rows: The cells of each job.
        long: Of each job the parts of its value that no cell shows in full, by their column's place.
    """

    columns: list[tuple[str, str]]
    rows: list[list[Cell]]
    long: list[dict[int, Any]]


def table_of(rows: Sequence[Row]) -> JobsTable:
    """Make the table: the overrides that vary, numbers that were returned, errors, and what else was returned.

    Args:
        rows: The jobs.
    """
    keys = varying(rows)
    parts = [row.seen_parts() for row in rows]
    facts = named_apart(["#", "status", "error", "time"], keys, "job.")
    names = list(dict.fromkeys(name for found in parts for name in found))
    shown = named_apart(names, [*facts.values(), *keys], "returned.")
    values = {name: [_cell(found.get(name)) for found in parts] for name in names}
    numbers = [name for name in names if _are_numbers(values[name])]
    others = [name for name in names if name not in numbers]
    cells: list[tuple[str, str, list[Cell]]] = [
        (facts["#"], "job", [row.num for row in rows]),
        (facts["status"], "job", [_short(row.status) for row in rows]),
        (facts["time"], "time", [_time(row.duration) for row in rows]),
        *((key, "override", [_param(row, key) for row in rows]) for key in keys),
        *((shown[name], "value", values[name]) for name in numbers),
        (facts["error"], "error", [_error(row) for row in rows]),
        *((shown[name], "value", values[name]) for name in others),
    ]
    kept = cells[:2] + [item for item in cells[2:] if any(cell is not None for cell in item[2])]
    places = {name: place for place, (name, kind, _) in enumerate(kept) if kind == "value"}
    return JobsTable(
        columns=[(_short(Shown(name)), kind) for name, kind, _ in kept],
        rows=[list(row) for row in zip(*(column for _, _, column in kept), strict=True)],
        long=[
            {
                places[shown[name]]: value
                for name, value in found.items()
                if _is_cut(value, values[name][at])
            }
            for at, found in enumerate(parts)
        ],
    )


def _param(row: Row, key: str) -> Cell:
    """Give the value of an override as it was written."""
    if key not in row.params:
        return None
    value = row.params[key]
    return _WORDS[value] if value is None or isinstance(value, bool) else _cell(value)


def _cell(value: Any) -> Cell:
    if value is None:
        return None
    if type(value) is int and abs(value) < _EXACT:
        return value
    if type(value) is float and math.isfinite(value):
        return value
    number = None if isinstance(value, (bool, str)) else _number(value)
    if number is None:
        return _short(value)
    # JSON has neither NaN nor infinities.
    return [_short(value), None if math.isnan(number) else max(-_MOST, min(number, _MOST))]


def _number(value: Any) -> float | None:
    """Give the number that a value is sorted by."""
    try:
        if hasattr(value, "__float__") and getattr(value, "ndim", 0) == 0:
            return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
    except Exception:  # the class of a user's own
        return None
    return None


def _short(value: Any) -> str:
    text = told(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _is_cut(value: Any, cell: Cell) -> bool:
    """Say whether a cell shows less than there is of a value."""
    if isinstance(value, str):
        return bool(cell != value)
    if isinstance(cell, list):
        return len(cell[0]) == _LONGEST
    return isinstance(cell, str) and not isinstance(value, bool)


def _error(row: Row) -> str | None:
    return _short(Shown(row.error)) if row.error and row.status != COMPLETED else None


def _time(duration: float | None) -> Cell:
    if duration is None or not math.isfinite(duration):  # a journal that somebody has written
        return None
    return [str(seconds(duration)), max(duration, 0.0)]


def _are_numbers(cells: Sequence[Cell]) -> bool:
    return not any(isinstance(cell, str) for cell in cells)
