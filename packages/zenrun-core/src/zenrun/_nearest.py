"""The name that was probably meant, for messages.

This module must not know what is named.
"""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Give the one of some names that was probably meant, if one is near.

    Args:
        name: The name that was given.
        known: The names there are.
    """
    import difflib  # takes long to load, and is for errors alone

    return next(iter(difflib.get_close_matches(name, list(known), n=1)), None)


def did_you_mean(name: str, allowed: Iterable[str]) -> str:
    """Give a question to put after an unknown name, or nothing where no name is near.

    Args:
        name: The name that was given.
        allowed: The names there are.
    """
    near = nearest(name, allowed)
    return "" if near is None else f" (did you mean {near!r}?)"
