"""What configs look like to a type checker, and which type hints OmegaConf can hold.

This module must not know how a config is made.
"""

from __future__ import annotations

import collections.abc
import pathlib
import types
from dataclasses import Field
from enum import Enum
from typing import Any, ClassVar, Protocol, TypeVar, Union, get_args, get_origin, runtime_checkable

from omegaconf import DictConfig, ListConfig

T_co = TypeVar("T_co", covariant=True)

_PRIMITIVES = (int, float, bool, str, bytes, pathlib.Path)
_KEYS = (int, float, bool, str, bytes)


@runtime_checkable
class ConfigClass(Protocol):
    """A dataclass that serves as a config."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


class Builds(Protocol[T_co]):
    """A config of a target: `instantiate` calls the target and gives a ``T_co``."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    _target_: str

    def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    @property
    def _zenrun_builds_(self) -> T_co:
        """There for type checkers alone: no config has it."""
        ...


def config_hint(hint: Any) -> Any:
    """Give the hint that OmegaConf can hold in the place of a Python type hint.

    Args:
        hint: A type hint of a target's parameter.

    Returns:
        The hint itself where OmegaConf checks values by it, else a wider one, at last ``Any``.
    """
    if isinstance(hint, type) and get_origin(hint) is None:
        enum = issubclass(hint, Enum) and hint is not Enum
        return hint if hint in _PRIMITIVES or enum else _bare_container(hint)
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _optional_hint(args)
    if origin in (list, collections.abc.Sequence):
        return list[_item_hint(args[0])]  # type: ignore[misc]
    if origin is tuple:
        kinds = {_item_hint(item) for item in args if item is not Ellipsis}
        return list[kinds.pop() if len(kinds) == 1 else Any]  # type: ignore[misc]
    if origin in (dict, collections.abc.Mapping):
        key, value = args
        enum = isinstance(key, type) and issubclass(key, Enum) and key is not Enum
        return dict[key, _item_hint(value)] if key in _KEYS or enum else Any  # type: ignore[valid-type]
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


def is_config(value: Any) -> bool:
    """Say whether a value is already a config: a dataclass, or a node of OmegaConf's.

    Args:
        value: Any object.
    """
    return hasattr(value, "__dataclass_fields__") or isinstance(value, (DictConfig, ListConfig))
