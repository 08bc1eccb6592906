"""The option ``zen_wrappers``: what takes the target and gives what is called in its place.

This module must not know how a wrapper is called.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from zenrun import errors
from zenrun.configs._names import GET_OBJ
from zenrun.configs._nodes import is_node
from zenrun.configs._rules import Rules
from zenrun.configs._targets import find_object
from zenrun.configs._types import is_config


def wrapper_field(wrappers: Any, rules: Rules, partial_config: Callable[[Any], Any]) -> Any:
    """Give what stands for wrappers in a config: one, a tuple of several, or None for none.

    Args:
        wrappers: The option's value.
        rules: How targets are named.
        partial_config: Makes the config of a ``functools.partial``.

    Raises:
        ConfigTypeError: One is no wrapper.
        InvalidTargetError: No path leads to one.
    """
    several = isinstance(wrappers, Sequence) and not isinstance(wrappers, str)
    if several and is_node(wrappers) and "_target_" in wrappers:
        several = False
    given = list(wrappers) if several else [wrappers]
    found = [_checked(item, rules, partial_config) for item in given if item is not None]
    if not found:
        return None
    return found[0] if len(found) == 1 else tuple(found)


def _checked(wrapper: Any, rules: Rules, partial_config: Callable[[Any], Any]) -> Any:
    if isinstance(wrapper, str):
        return wrapper if "${" in wrapper else _checked_path(wrapper)
    if is_config(wrapper):
        target = getattr(wrapper, "_target_", None)
        if target == GET_OBJ:
            return wrapper.path
        if isinstance(target, str):
            return wrapper
    elif isinstance(wrapper, functools.partial):
        return partial_config(wrapper)
    if callable(wrapper):
        return rules.path(wrapper)
    msg = (
        "A wrapper is a function that takes the target and gives what is called, a config of one, or an "
        f"interpolation; given in zen_wrappers was {wrapper!r} of type {type(wrapper).__name__}"
    )
    raise errors.ConfigTypeError(msg)


def _checked_path(path: str) -> str:
    try:
        fine = callable(find_object(path))
    except ImportError as error:
        msg = f"zen_wrappers names {path!r}, which leads to nothing: {error}"
        raise errors.InvalidTargetError(msg) from error
    if not fine:
        msg = f"zen_wrappers names {path!r}, which cannot be called"
        raise errors.ConfigTypeError(msg)
    return path
