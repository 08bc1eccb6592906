"""The parts of what a job returned: the items of dicts, dataclasses and named tuples, and Python's own numbers.

This module must not know where they are shown or kept.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any

VALUE = "value"
_DEEPEST = 4
_MOST = 10_000  # items of a value of which anything is said
_NOTHING: Any = object()


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


def plain_form(value: Any, is_plain: Callable[[Any], bool]) -> Any:
    """Give what can be said of a value with plain ones alone.

    Args:
        value: Anything.
        is_plain: Says whether a value is plain, and may be kept.

    Returns:
        A dict for a dict, a dataclass or a named tuple, without the items of which nothing can be said; a list
        for a tuple of plain values; a number for one of numpy's or torch's; None where there is nothing to say.
    """
    form = _form(value, is_plain, 0)
    return None if form is _NOTHING else form


def _form(value: Any, is_plain: Callable[[Any], bool], depth: int) -> Any:
    if isinstance(value, (Mapping, list, tuple)) and len(value) > _MOST:
        return _NOTHING
    items = _items_of(value) if depth <= _DEEPEST else None
    if items is not None:
        forms = {str(name): _form(item, is_plain, depth + 1) for name, item in items}
        kept = {name: form for name, form in forms.items() if form is not _NOTHING}
        return kept or _NOTHING
    form = [*map(plain, value)] if isinstance(value, (list, tuple)) else plain(value)
    return form if is_plain(form) else _NOTHING
