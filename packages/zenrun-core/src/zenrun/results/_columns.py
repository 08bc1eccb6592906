"""Which columns a table of jobs has: the overrides that vary, and the parts of what jobs returned.

This module must not know who draws the table, or with what.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from zenrun.results._rows import Row

FACTS = ("status", "duration", "directory")


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
