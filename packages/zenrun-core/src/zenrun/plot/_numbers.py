"""What jobs returned, read as numbers and as series of numbers.

This module must not know what is drawn.
"""

from __future__ import annotations

import math
from typing import Any

# Beyond it matplotlib's own arithmetic overflows: it is drawn as little as infinity is.
FARTHEST = 1e150


def is_number(item: Any) -> bool:
    """Say whether something is a number that has a place on an axis, or NaN.

    Args:
        item: Anything; True and False count as 1 and 0.
    """
    return isinstance(item, (int, float)) or not math.isnan(as_number(item))


def as_number(item: Any) -> float:
    """Give something as a number; NaN where it is none.

    Args:
        item: Anything. What is farther away than `FARTHEST` is infinite.
    """
    if item is None or isinstance(item, (str, bytes, complex)) or getattr(item, "ndim", 0) != 0:
        return math.nan
    try:
        number = float(item)
    except OverflowError:  # a large int
        return math.inf
    except Exception:  # it is no number, or its class says something else
        return math.nan
    return math.copysign(math.inf, number) if abs(number) > FARTHEST else number


def as_series(item: Any) -> list[float] | None:
    """Give something as a series of numbers, infinite ones as NaN; None where it is none.

    Args:
        item: A list, a tuple, or an array or tensor of one dimension.
    """
    if getattr(item, "ndim", None) == 1 and not isinstance(item, type):
        try:
            item = item.tolist()
        except Exception:  # a device is gone, or it is another library's
            return None
    if not isinstance(item, (list, tuple)) or not item:
        return None
    if not any(map(is_number, item)) or not all(one is None or is_number(one) for one in item):
        return None
    numbers = map(as_number, item)
    return [number if math.isfinite(number) else math.nan for number in numbers]
