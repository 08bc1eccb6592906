"""The fields of dataclasses that are configs, and which values of them OmegaConf takes as they are.

It must not know what a plan is.
"""

from __future__ import annotations

import dataclasses
import pathlib
import types
import typing
import weakref
from collections.abc import Callable
from enum import Enum
from typing import Any

from zenrun._instantiate._nodes import Node

__all__ = ["Fields", "field_values", "fields_of", "is_dataclass_config", "materialized"]

_PLAIN = {int, float, bool, str, bytes}
_PATHS = {pathlib.Path, type(pathlib.Path())}
# Factories that do nothing but make a new value.
_PURE: set[Any] = {list, dict}
_OURS = "zenrun.configs._values"
Hint = Any


class Fields:
    """What is known of a dataclass: its fields in order, each with what its hint admits."""

    __slots__ = ("hints", "source")

    def __init__(self, source: dict[str, Any], hints: list[tuple[str, Hint]]) -> None:
        self.source = source
        self.hints = hints


_known: weakref.WeakKeyDictionary[type, Fields | None] = weakref.WeakKeyDictionary()


def is_dataclass_config(value: Any) -> bool:
    """Say whether a value is a dataclass type or an instance of one.

    Args:
        value: The value.
    """
    return dataclasses.is_dataclass(value) and not isinstance(value, Node)


def fields_of(cls: type) -> Fields | None:
    """Give the fields of a dataclass, or None where only OmegaConf can say what they are.

    Args:
        cls: The dataclass type.
    """
    source = cls.__dict__.get("__dataclass_fields__")
    known = _known.get(cls)
    if known is not None and known.source is source:
        return known
    known = _known[cls] = _read(cls)
    return known


def _read(cls: type) -> Fields | None:
    source = cls.__dict__.get("__dataclass_fields__")
    if source is None or issubclass(cls, dict) or hasattr(cls, "__attrs_attrs__"):
        return None
    try:
        resolved = typing.get_type_hints(cls)
    except Exception:  # OmegaConf's own answer comes next
        return None
    hints = []
    for field in dataclasses.fields(cls):  # type: ignore[arg-type, unused-ignore]
        if "omegaconf_ignore" in field.metadata:
            return None
        hint = _hint(resolved[field.name])
        if hint is None:
            return None
        hints.append((field.name, hint))
    return Fields(source, hints)


def _hint(hint: Any) -> Hint:
    """Give what a hint admits: Any, a type, ``(list, hint)``, ``(dict, hint)``; None for others.

    Optional ones are ``(None, hint)``.
    """
    if hint is Any:
        return Any
    if hint in _PLAIN or hint is pathlib.Path:
        return hint
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Union or (
        hasattr(types, "UnionType") and isinstance(hint, types.UnionType)
    ):
        others = [item for item in inner if item is not type(None)]
        found = _hint(others[0]) if len(others) == 1 and len(inner) == 2 else None
        return None if found is None or found is Any else (None, found)
    if hint is list or hint is dict:
        return (hint, Any)
    if origin is list:
        found = _hint(inner[0])
        return None if found is None else (list, found)
    if origin is dict and inner[0] in {str, Any}:
        found = _hint(inner[1])
        return None if found is None else (dict, found)
    if isinstance(hint, type) and (issubclass(hint, Enum) or dataclasses.is_dataclass(hint)):
        return hint
    return None


def admits(hint: Hint, value: Any) -> bool:
    """Say whether a value that is neither list, dict nor dataclass is taken as it is.

    Args:
        hint: What `fields_of` gives for the field.
        value: The value.
    """
    if hint is Any:
        return True
    if type(hint) is tuple:
        kind, inner = hint
        return kind is None and (value is None or admits(inner, value))
    if hint is pathlib.Path:
        return type(value) in _PATHS
    return type(value) is hint


def field_values(config: Any, fields: Fields) -> list[Any] | None:
    """Give the values of a dataclass config in the order of its fields.

    Args:
        config: The type or the instance.
        fields: What `fields_of` gives for it.

    Returns:
        The values, or None where getting them would call code that is not known to be harmless.
    """
    if not isinstance(config, type):
        return [getattr(config, name) for name, _ in fields.hints]
    values = []
    for name, _ in fields.hints:
        field = fields.source[name]
        if field.default is not dataclasses.MISSING:
            values.append(field.default)
        elif field.default_factory is not dataclasses.MISSING:
            factory: Callable[[], Any] = field.default_factory
            if factory not in _PURE and getattr(factory, "__module__", None) != _OURS:
                return None
            values.append(factory())
        else:
            values.append("???")
    return values


def materialized(config: Any) -> Any:
    """Give an instance of a dataclass type that holds what OmegaConf would read from the type.

    The defaults that are made anew are made once, whoever reads them afterwards.

    Args:
        config: A dataclass type, or anything else, which is given back.
    """
    if not isinstance(config, type):
        return config
    fields = dataclasses.fields(config)
    made = [item for item in fields if item.default_factory is not dataclasses.MISSING]
    if all(
        item.default_factory in _PURE or getattr(item.default_factory, "__module__", None) == _OURS
        for item in made
    ):
        return config
    instance: Any = object.__new__(config)
    for item in fields:
        if item.default is not dataclasses.MISSING:
            value = item.default
        elif item.default_factory is not dataclasses.MISSING:
            value = item.default_factory()
        else:
            value = "???"
        object.__setattr__(instance, item.name, value)
    return instance
