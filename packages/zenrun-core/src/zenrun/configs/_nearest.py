"""The name that was probably meant, for messages.

This module must not know what is named.
"""

from __future__ import annotations

from collections.abc import Iterable


def did_you_mean(name: str, allowed: Iterable[str]) -> str:
    """Give a question to put after an unknown name, or nothing where no name is near.

    Args:
        name: The name that was given.
        allowed: The names there are.
    """
    import difflib  # takes long to load, and is for errors alone

    near = difflib.get_close_matches(name, list(allowed), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""
