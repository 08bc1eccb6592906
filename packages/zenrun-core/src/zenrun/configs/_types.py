"""Which type hints OmegaConf checks, and what it reads as something special.

This module must not know how a config is made.
"""

from __future__ import annotations

import collections.abc
import pathlib
import types
from enum import Enum
from typing import Any, Union, get_args, get_origin

from zenrun.configs._nodes import MISSING, is_node

_PRIMITIVES = (int, float, bool, str, bytes, pathlib.Path)
_KEYS = (int, float, bool, str, bytes)
_EXACT_FLOAT = 2**53  # every int up to it is a float too


def config_hint(hint: Any) -> Any:
    """Give the hint that OmegaConf can hold in the place of a Python type hint.

    Args:
        hint: A type hint of a target's parameter.

    Returns:
        The hint itself where OmegaConf checks values by it, else a wider one, at last ``Any``.
    """
    if type(hint) is type and hint in _PRIMITIVES:
        return hint
    if isinstance(hint, type) and get_origin(hint) is None:
        enum = issubclass(hint, Enum) and hint is not Enum
        return hint if hint in _PRIMITIVES or enum else _bare_container(hint)
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _optional_hint(args)
    if origin in (list, collections.abc.Sequence):
        return list[_item_hint(args[0]) if args else Any]  # type: ignore[misc]
    if origin is tuple:
        kinds = {_item_hint(item) for item in args if item is not Ellipsis}
        return list[kinds.pop() if len(kinds) == 1 else Any]  # type: ignore[misc]
    if origin in (dict, collections.abc.Mapping):
        key, value = args or (Any, Any)  # typing.Dict alone has none
        enum = isinstance(key, type) and issubclass(key, Enum) and key is not Enum
        return dict[key if key in _KEYS or enum else Any, _item_hint(value)]  # type: ignore[misc]
    return Any


def _bare_container(hint: type) -> Any:
    if hint in (list, tuple):
        return list[Any]
    return dict[Any, Any] if hint is dict else Any


def _item_hint(hint: Any) -> Any:
    # Containers in containers are checked by OmegaConf to a depth that differs by version.
    found = config_hint(hint)
    return found if found in _PRIMITIVES else Any


def _optional_hint(args: tuple[Any, ...]) -> Any:
    others = [item for item in args if item is not type(None)]
    if len(others) != 1:
        return Any
    found = config_hint(others[0])
    if found is Any or len(others) == len(args):
        return Any
    return Union[found, None]  # noqa: UP007 - OmegaConf 2.2 does not know X | None


def fits_hint(hint: Any, value: Any) -> bool:
    """Say whether OmegaConf gives a value back unchanged from a field of that type.

    Args:
        hint: A type hint that `config_hint` gave.
        value: A value that stands in a config.
    """
    if hint is Any or type(value) is hint or is_special(value):
        return True
    origin, args = get_origin(hint), get_args(hint)
    if origin is Union:
        return any(fits_hint(item, value) for item in args)
    if origin is list:
        return isinstance(value, list) and all(fits_hint(args[0], item) for item in value)
    if origin is dict:
        return isinstance(value, dict) and all(
            _fits_key(args[0], key) and fits_hint(args[1], item) for key, item in value.items()
        )
    if issubclass(hint, (Enum, pathlib.Path)):
        return isinstance(value, hint)
    if hint is float and type(value) is int:  # as a type checker has it
        return abs(value) <= _EXACT_FLOAT
    return type(value) is hint


def _fits_key(hint: Any, key: Any) -> bool:
    if hint is Any or type(key) is hint:
        return True
    return isinstance(key, Enum) and isinstance(key, hint)


def is_special(value: Any) -> bool:
    """Say whether OmegaConf reads a value as an interpolation or as missing.

    Args:
        value: Any object.
    """
    return isinstance(value, str) and ("${" in value or value == MISSING)


def is_config(value: Any) -> bool:
    """Say whether a value is already a config: a dataclass, or a node of OmegaConf's.

    Args:
        value: Any object.
    """
    if type(value) in _PRIMITIVES:  # most values are
        return False
    return hasattr(value, "__dataclass_fields__") or is_node(value)
