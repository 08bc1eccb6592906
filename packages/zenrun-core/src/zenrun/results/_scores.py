"""What a job returned, read as the numbers that a search looks at.

This module must not know where they come from or what is done with them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_NUMERIC_DTYPE = re.compile(r"int|float")
_MISSING = object()


def read_score(value: Any) -> float | None:
    """Read a value as a score.

    A score is a real number: an int, a float, or anything with ``__float__``, such as
    ``Decimal``, a scalar of numpy, or a tensor of no dimension. Text is none, though
    ``float("1")`` would take it; True and False are none: they say whether, not how much.

    Args:
        value: What a job returned.

    Returns:
        The score, which may be NaN or infinite; None if the value is no score.
    """
    if type(value) is float:
        return value
    if isinstance(value, (bool, str, bytes, bytearray, complex)):
        return None
    dtype = getattr(value, "dtype", None)
    if dtype is not None and not _NUMERIC_DTYPE.search(str(dtype)):
        return None
    if getattr(value, "ndim", 0) != 0:
        return None
    # Torch warns where a tensor that still has its gradient is made a float.
    detach = getattr(value, "detach", None)
    try:
        return float(detach() if callable(detach) else value)
    except Exception:
        return None


def read_scores(value: Any, objective: Sequence[str] | None, count: int) -> tuple[float, ...]:
    """Read the score of each objective.

    Args:
        value: What a job returned.
        objective: The keys or attributes that lead to the scores, with dots between them; None where
            the value is the score itself, or a sequence of them.
        count: How many objectives there are.

    Returns:
        The scores.

    Raises:
        ValueError: There are none; the message says what there is.
    """
    if objective is not None:
        found = [_at(value, path) for path in objective]
        if len(found) == 1 and count > 1:
            return read_scores(found[0], None, count)
    elif count == 1:
        found = [value]
    elif isinstance(value, (str, bytes)) or not hasattr(value, "__len__"):
        msg = f"it is no sequence of {count} numbers"
        raise ValueError(msg)
    else:
        found = list(value)
        if len(found) != count:
            msg = f"it has {len(found)} items, and there are {count} objectives"
            raise ValueError(msg)
    scores = [read_score(item) for item in found]
    for item, score in zip(found, scores, strict=True):
        if score is None:
            msg = "it is no number" if item is value else f"{item!r} is no number"
            raise ValueError(msg)
    return tuple(score for score in scores if score is not None)


def _at(value: Any, path: str) -> Any:
    for name in path.split("."):
        inner = _step(value, name)
        if inner is _MISSING:
            keys = ", ".join(map(repr, value)) if isinstance(value, Mapping) else ""
            has = (
                f"it has the keys {keys}" if keys else f"a {type(value).__name__} has no such thing"
            )
            msg = f"objective is {path!r}, and there is no {name!r} in it: {has}"
            raise ValueError(msg)
        value = inner
    return value


def _step(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(name, _MISSING)
    if isinstance(value, (list, tuple)) and name.isdigit() and int(name) < len(value):
        return value[int(name)]
    return getattr(value, name, _MISSING)
