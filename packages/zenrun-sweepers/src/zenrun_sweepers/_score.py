"""What a job returned, read as a score.

This module must not know where a score comes from or what is done with it.
"""

from __future__ import annotations

import re
from typing import Any

_NUMERIC_DTYPE = re.compile(r"int|float")


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
