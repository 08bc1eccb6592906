"""Which columns a table of jobs has: the overrides that vary, and the parts of what jobs returned.

This module must not know who draws the table, or with what.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from zenrun.results._rows import Row

VALUE = "value"
FACTS = ("status", "duration", "directory")
_DEEPEST = 4


def varying(rows: Sequence[Row]) -> list[str]:
    """Give the keys of the overrides that are not the same in all jobs; of a single job all of them.

    Args:
        rows: The jobs.
    """
    keys = list(dict.fromkeys(key for row in rows for key in row.params))
    if len(rows) == 1:
        return keys
    return [key for key in keys if not _same(row.params.get(key, _ABSENT) for row in rows)]


_ABSENT = object()


def _same(values: Iterable[Any]) -> bool:
    it = iter(values)
    first = next(it, None)
    told = alike(first)
    return all(item is first or alike(item) == told for item in it)


def alike(value: Any) -> tuple[str, str] | Any:
    """Give what equal values of one type have in common: 1, True and 1.0 are three values.

    Args:
        value: An override's value.
    """
    return _ABSENT if value is _ABSENT else (type(value).__name__, repr(value))


def parts_of(value: Any) -> dict[str, Any]:
    """Spread out what a job returned.

    Args:
        value: It. Dicts, dataclasses and named tuples have a part for each of their items, those inside
            of one another with dots between the names; anything else is one part.

    Returns:
        The parts by name; numbers of numpy's and torch's as Python's.
    """
    items = _items_of(value)
    return {VALUE: plain(value)} if items is None else _spread(items, "", 1)


def _spread(items: Iterable[tuple[Any, Any]], prefix: str, depth: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, item in items:
        inner = _items_of(item) if depth < _DEEPEST else None
        if inner:
            made.update(_spread(inner, f"{prefix}{name}.", depth + 1))
        else:
            made[f"{prefix}{name}"] = plain(item)
    return made


def _items_of(value: Any) -> list[tuple[Any, Any]] | None:
    if isinstance(value, Mapping):
        return list(value.items())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [
            (field.name, getattr(value, field.name, None)) for field in dataclasses.fields(value)
        ]
    names = getattr(value, "_fields", None)
    if isinstance(value, tuple) and isinstance(names, tuple) and len(names) == len(value):
        return list(zip(names, value, strict=True))
    return None


def plain(value: Any) -> Any:
    """Give the number that a numpy scalar, or an array or tensor without dimensions, holds.

    Args:
        value: Anything; what is no such number is given back as it is.
    """
    if isinstance(value, (int, float, str)) and type(value) in (int, float, str, bool):
        return value
    if getattr(value, "ndim", None) == 0 and not isinstance(value, type):
        try:
            return value.item()
        except Exception:  # a device is gone, or it is another library's
            return value
    return value


def names_beside(
    keys: Sequence[str], values: Iterable[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Give the names of the columns that are no overrides: two columns never have the same.

    Args:
        keys: The overrides that have columns.
        values: The parts of what jobs returned.

    Returns:
        The name of each fact of a job, and of each part.
    """
    facts = named_apart(FACTS, keys, "job.")
    return facts, named_apart(values, [*keys, *facts.values()], "returned.")


def named_apart(names: Iterable[str], taken: Iterable[str], prefix: str) -> dict[str, str]:
    """Give names that are not taken.

    Args:
        names: The names as they would be.
        taken: Those that there are.
        prefix: Put before a name that is taken.

    Returns:
        The new name of each.
    """
    made: dict[str, str] = {}
    used = set(taken)
    for name in names:
        new = name
        while new in used:
            new = f"{prefix}{new}"
        used.add(new)
        made[name] = new
    return made
