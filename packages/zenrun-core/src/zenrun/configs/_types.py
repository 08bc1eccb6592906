"""Which type hints OmegaConf checks, and what it reads as something special.

This module must not know how a config is made.
"""

from __future__ import annotations

import dataclasses
import functools
import pathlib
import types
from enum import Enum, EnumMeta
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

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
    if _is_class(hint):
        if hint in _PRIMITIVES or _is_enum(hint) or _is_read_dataclass(hint):
            return hint
        return _bare_container(hint)
    if isinstance(hint, NewType):
        return config_hint(hint.__supertype__)
    if isinstance(hint, dataclasses.InitVar):
        return config_hint(hint.type)
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _optional_hint(args)
    if origin is list:
        return list[_item_hint(args[0]) if args else Any]  # type: ignore[misc]
    if origin is tuple:
        kinds = {_item_hint(item) for item in args if item is not Ellipsis}
        return list[kinds.pop() if len(kinds) == 1 else Any]  # type: ignore[misc]
    if origin is dict:
        key, value = args or (Any, Any)  # typing.Dict alone has none
        return dict[key if key in _KEYS or _is_enum(key) else Any, _item_hint(value)]  # type: ignore[misc]
    return Any  # also for Sequence and Mapping, which objects of any class may be


def _bare_container(hint: type) -> Any:
    if hint in (list, tuple):
        return list[Any]
    return dict[Any, Any] if hint is dict else Any


def _is_enum(hint: Any) -> bool:
    return isinstance(hint, EnumMeta) and hint is not Enum


def _is_read_dataclass(hint: Any) -> bool:
    """Say whether a hint is a dataclass that OmegaConf reads: some hints of fields it refuses."""
    if not hasattr(hint, "__dataclass_fields__") or not _is_class(hint):
        return False
    try:
        return _has_fields_to_read(hint)
    except (
        Exception
    ):  # names that hold for type checkers alone fail as they like, and later may not
        return False


@functools.lru_cache(maxsize=256)  # a pure cache: the hints of a class stay what they are
def _has_fields_to_read(cls: type) -> bool:
    return _are_fields_read(cls, ())


def _are_fields_read(cls: Any, above: tuple[Any, ...]) -> bool:
    hints = get_type_hints(cls)
    return all(_is_read(hints[item.name], (*above, cls)) for item in dataclasses.fields(cls))


def _is_read(hint: Any, above: tuple[Any, ...]) -> bool:
    if hint in (Any, list, tuple, dict, *_PRIMITIVES) or _is_enum(hint):
        return True
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        others = [item for item in args if item is not type(None)]
        return all(item in _PRIMITIVES for item in others) or (
            len(others) == 1 and _is_read(others[0], above)
        )
    if origin in (list, tuple, dict):
        return all(item is Ellipsis or _is_read(item, above) for item in args)
    if not _is_class(hint) or not dataclasses.is_dataclass(hint):
        return False
    return hint in above or _are_fields_read(hint, above)


def _is_class(hint: Any) -> bool:
    return isinstance(hint, type) and get_origin(hint) is None  # list[int] is a type to Python 3.10


def _item_hint(hint: Any) -> Any:
    # Containers in containers are checked by OmegaConf to a depth that differs by version.
    found = config_hint(hint)
    return found if _is_class(found) else Any


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
        return isinstance(value, (list, tuple)) and all(fits_hint(args[0], item) for item in value)
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
