"""Instances of dataclasses, attrs classes, pydantic models and named tuples as calls of their classes.

This module must not know how the values of their fields become configs.
"""

from __future__ import annotations

import sys
from typing import Any

from zenrun import errors
from zenrun.configs._dataclass import is_made_here
from zenrun.configs._names import GET_OBJ
from zenrun.configs._nodes import is_node
from zenrun.configs._signature import check_arguments, signature_of
from zenrun.configs._targets import target_path
from zenrun.configs._values._made import (
    call_config,
    instance_of,
    reserved_among,
)
from zenrun.configs._values._parts import Parts


def of_class(value: Any, parts: Parts) -> Any:
    """Give the config of an instance of one of these classes, or of a dataclass itself.

    Args:
        value: A type or an instance, which may be something else.
        parts: Makes configs of its fields.

    Returns:
        The config, or None where the value is none of them, or is a config itself.

    Raises:
        UnsupportedValueError: A call of the class would not make the instance again.
    """
    if isinstance(value, type):
        return _named_class(value, parts)
    if is_node(value):
        return None
    if isinstance(value, tuple):
        names = type(value)._fields  # type: ignore[attr-defined]
        return instance_of(_call(value, {name: name for name in names}, parts))
    if hasattr(value, "_target_") or not parts.conversion.dataclasses:
        return None
    if hasattr(value, "__dataclass_fields__"):
        return _of_dataclass(value, parts)
    if hasattr(value, "__attrs_attrs__"):
        return _of_attrs(value, parts)
    if hasattr(value, "__pydantic_fields__"):
        return _of_pydantic(value, parts)
    return None


def _named_class(value: type, parts: Parts) -> Any:
    """Give the config of a dataclass itself, where the class is no config and has a path."""
    if not hasattr(value, "__dataclass_fields__"):
        return None
    if hasattr(value, "_target_") or is_made_here(value) or not parts.conversion.dataclasses:
        return None
    try:
        path = target_path(value)
    except errors.InvalidTargetError:
        return None  # made by a function: what else could be meant than its fields?
    return call_config("Just", value.__name__, GET_OBJ, {"path": path})


def _of_dataclass(value: Any, parts: Parts) -> Any:
    cls = type(value)
    if is_made_here(cls) or not _has_path(cls):
        return None
    fields = cls.__dataclass_fields__.values()
    # Fields of classes, and arguments that are no fields, are told by markers of `dataclasses`.
    only_given = [item.name for item in fields if item._field_type.name == "_FIELD_INITVAR"]  # noqa: SLF001
    if only_given:
        msg = (
            f"is a {cls.__name__}, which forgets its argument {only_given[0]!r} (an InitVar). "
            f"Describe how to make it instead: builds({cls.__name__}, ...)"
        )
        parts.refuse(msg)
    names = {
        item.name: item.name
        for item in fields
        if item.init and item._field_type.name == "_FIELD"  # noqa: SLF001
    }
    return _call(value, names, parts)


def _of_attrs(value: Any, parts: Parts) -> Any:
    cls = type(value)
    names = {
        getattr(item, "alias", None) or item.name.lstrip("_"): item.name
        for item in cls.__attrs_attrs__
        if item.init
    }
    return _call(value, names, parts) if _has_path(cls) else None


def _of_pydantic(value: Any, parts: Parts) -> Any:
    cls = type(value)
    names = {}
    for name, item in cls.__pydantic_fields__.items():
        alias = item.validation_alias if item.validation_alias is not None else item.alias
        names[alias if isinstance(alias, str) else name] = name
    names.update({name: name for name in value.__pydantic_extra__ or ()})
    return _call(value, names, parts) if _has_path(cls) else None


def _has_path(cls: type) -> bool:
    module = sys.modules.get(cls.__module__)
    if "." not in cls.__qualname__:
        return getattr(module, cls.__qualname__, None) is cls
    try:
        target_path(cls)
    except errors.InvalidTargetError:
        return False
    return True


def _call(value: Any, names: dict[str, str], parts: Parts) -> Any:
    cls = type(value)
    target = parts.target(cls)
    taken = reserved_among(names)
    if taken is not None:
        parts.refuse(f"has a field {taken!r}, which Hydra would take for its own")
    check_arguments(target, signature_of(cls), (), names, {})
    kwargs = {
        parameter: parts(getattr(value, name), f".{name}") for parameter, name in names.items()
    }
    options: list[tuple[str, Any, Any]] = []
    if parts.conversion.recursive is not None:
        options.append(("_recursive_", bool, parts.conversion.recursive))
    if parts.conversion.convert is not None:
        options.append(("_convert_", str, parts.conversion.convert))
    return call_config("Builds", cls.__name__, target, kwargs, options)
