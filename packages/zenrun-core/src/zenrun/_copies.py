"""What has become of a copy of a config: whether it is still the same, and nobody holds it.

This module must not know what the configs are for.
"""

from __future__ import annotations

import sys
from typing import Any, NamedTuple
from weakref import getweakrefcount

from omegaconf import DictConfig, Node

from zenrun._nodes import clone


class _Held(NamedTuple):
    """How many references a node has while it is compared, if nobody outside holds it.

    A container has one more for each of its items, as each of them knows its parent. Its content is
    the dict or list that the items are in.
    """

    root: int
    container: int
    leaf: int
    content: int


def is_untouched(made: Any, source: Any) -> bool:
    """Say whether a copy made by `clone` is still what it was, and nobody else holds any of it.

    Args:
        made: The copy's root, held by one variable of the caller and by nothing else.
        source: What it was copied from.

    Returns:
        False also where it cannot be known.
    """
    return _HELD is not None and _is_same(made, source, None, _HELD.root, _HELD)


_COLLECTIONS = frozenset({dict, list})


def _is_same(made: Any, source: Any, parent: Any, held: int, usual: _Held) -> bool:
    state, wanted = made.__dict__, source.__dict__
    facts, known = state["_metadata"].__dict__, wanted["_metadata"].__dict__
    if (
        type(made) is not type(source)
        or state["_parent"] is not parent
        or getweakrefcount(made)
        or (facts["flags"] or {}) != (known["flags"] or {})
        or facts["ref_type"] is not known["ref_type"]
        or facts["object_type"] is not known["object_type"]
        or facts["optional"] is not known["optional"]
        or facts["key"] != known["key"]
    ):
        return False
    if "_val" in state:
        return state["_val"] is wanted["_val"] and sys.getrefcount(made) <= usual.leaf
    content, original = state["_content"], wanted["_content"]
    if type(content) is not type(original) or isinstance(content, Node):
        return False
    if type(content) in _COLLECTIONS and sys.getrefcount(content) > usual.content:
        return False
    if type(content) is dict:
        if list(content) != list(original):
            return False
        items: Any = content
    elif type(content) is list:
        if len(content) != len(original):
            return False
        items = range(len(content))
    else:
        return content is original and sys.getrefcount(made) <= held
    if sys.getrefcount(made) > held + len(content):
        return False
    for key in items:  # noqa: SIM110 - a generator would hold references of its own
        if not _is_same(content[key], original[key], made, usual.container, usual):
            return False
    return True


def _count_references() -> _Held | None:
    """Count on a copy that nobody holds: the numbers differ among Pythons."""
    if sys.implementation.name != "cpython":
        return None
    source = DictConfig({"leaf": 1, "inner": {"leaf": 1}, "list": [1]})
    found = _Held(50, 50, 50, 50)
    for name in _Held._fields:
        for count in range(1, 50):
            made = clone(source)
            usual = found._replace(**{name: count})
            if _copy_passes(made, source, usual):
                found = usual
                break
        else:
            return None
    return found


def _copy_passes(made: Any, source: Any, usual: _Held) -> bool:
    return _is_same(made, source, None, usual.root, usual)  # as deep a call as from is_untouched


_HELD = _count_references()


def dissolve(node: Any) -> None:
    """Take an unused config apart, so that its memory is free at once: nodes refer to each other."""
    content = node.__dict__.pop("_content", None)
    if type(content) is dict:
        for item in content.values():
            dissolve(item)
    elif type(content) is list:
        for item in content:
            dissolve(item)
    node.__dict__["_parent"] = None
