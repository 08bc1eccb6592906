"""The nearest name that there is, for messages.

This module must not know what is named.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str:
    """Give the nearest of some names, as the end of a sentence.

    Args:
        name: The name that was given.
        known: The names that there are.

    Returns:
        Text that begins with a full stop; an empty one if none is near.
    """
    near = difflib.get_close_matches(name, list(known), 1)
    return f". Did you mean {near[0]}?" if near else ""
