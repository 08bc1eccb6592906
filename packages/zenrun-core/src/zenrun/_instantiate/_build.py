"""The nodes that OmegaConf makes of dicts, lists and dataclasses, made without its detours.

It knows plain values, and fields whose values are what their hints say. For anything else it
gives up, and ``OmegaConf.structured`` is to be asked. It must not know what the nodes are for.
"""

from __future__ import annotations

import functools
import typing
from collections import defaultdict
from enum import Enum
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, ListConfig, Node, OmegaConf
from omegaconf.omegaconf import _node_wrap

from zenrun._instantiate._dataclasses import admits, field_values, fields_of, is_dataclass_config
from zenrun._instantiate._nodes import ATOMS, any_node

__all__ = ["build"]


class _Unknown(Exception):  # noqa: N818 - a way out, not an error
    """A value that OmegaConf may convert or refuse."""


def build(config: Any, *, objects: bool) -> Any:
    """Give what ``OmegaConf.structured`` makes of a config.

    Args:
        config: A dict, a list or a dataclass.
        objects: Whether any objects may be values: the flag ``allow_objects``.

    Returns:
        The DictConfig or ListConfig, or None where only OmegaConf can say what it makes.
    """
    flags = {"allow_objects": True} if objects else {}
    try:
        if type(config) is dict:
            return _dict(config, None, None, _root_sample("dict"), Any, objects, flags)
        if type(config) is list:
            return _list(config, None, None, _root_sample("list"), Any, objects, flags)
        if is_dataclass_config(config):
            return _dataclass(config, None, None, _root_sample("dict"), objects, flags)
    except _Unknown:
        pass
    return None


@functools.lru_cache(maxsize=2)
def _root_sample(kind: str) -> tuple[type, dict[str, Any], dict[str, Any]]:
    return _parts(OmegaConf.create({}) if kind == "dict" else OmegaConf.create([]))


def _parts(node: Any) -> tuple[type, dict[str, Any], dict[str, Any]]:
    """Give what nodes like this one are made of: the class of the metadata, both states."""
    rest = {
        key: value
        for key, value in node.__dict__.items()
        if key not in {"_metadata", "_parent", "_flags_cache", "_content", "_val"}
    }
    return type(node._metadata), dict(node._metadata.__dict__), rest


@functools.lru_cache(maxsize=1000)
def _sample(ref_type: Any, kind: Any, *, optional: bool) -> Any:
    """Give a node of OmegaConf's as it is made for a hint, and what it is made of."""
    value: Any = "???"
    if ref_type is Any and kind is not None:
        value = kind()
    node = _node_wrap(parent=None, is_optional=optional, value=value, key=None, ref_type=ref_type)
    return type(node), _parts(node)


def _new(
    cls: type,
    parts: tuple[type, dict[str, Any], dict[str, Any]],
    key: Any,
    parent: Any,
    held: tuple[str, Any],
    flags: dict[str, bool],
) -> Any:
    metadata: Any = object.__new__(parts[0])
    described = parts[1].copy()
    described["key"] = key
    described["flags"] = flags
    described["resolver_cache"] = defaultdict(dict)
    metadata.__dict__ = described
    node: Any = object.__new__(cls)
    state = parts[2].copy()
    state["_metadata"] = metadata
    state["_parent"] = parent
    state["_flags_cache"] = None
    state[held[0]] = held[1]
    object.__setattr__(node, "__dict__", state)
    return node


def _value(value: Any, key: Any, parent: Any, hint: Any, objects: bool) -> Any:
    cls = type(value)
    if hint is Any and (cls in ATOMS or (cls is str and "${" not in value)):
        return any_node(value, key, parent)
    optional = True
    inner = hint
    if hint is not Any:
        optional = type(hint) is tuple and hint[0] is None
        inner = hint[1] if optional else hint
    if cls is tuple and type(inner) is tuple and inner[0] is list:
        cls = list
    if cls is dict or cls is list:
        if inner is Any:
            kind, parts = _sample(Any, cls, optional=True)
            element = Any
        elif type(inner) is tuple and inner[0] is cls:
            kind, parts = _sample(_annotation(inner), cls, optional=optional)
            element = inner[1]
        else:
            raise _Unknown
        make = _dict if cls is dict else _list
        return make(value, key, parent, parts, element, objects, {})
    if is_dataclass_config(value):
        if inner is not Any and not isinstance(inner, type):
            raise _Unknown
        source = value if isinstance(value, type) else cls
        if inner is not Any and not issubclass(source, inner):
            raise _Unknown
        _, parts = _sample(inner, dict, optional=optional)
        return _dataclass(value, key, parent, parts, objects, {})
    if cls is str:
        if "${" in value:
            raise _Unknown
    elif cls not in ATOMS and not isinstance(value, (Enum, Path)):
        kind = value if isinstance(value, type) else cls
        if not objects or issubclass(kind, (str, dict, list, tuple, Node)):
            raise _Unknown
        if hasattr(kind, "__attrs_attrs__") or isinstance(value, Node):
            raise _Unknown
    if hint is Any:
        return any_node(value, key, parent)
    if type(inner) is tuple or not (admits(hint, value) or value == "???"):
        raise _Unknown
    kind, parts = _sample(inner, None, optional=optional)
    if kind is DictConfig or kind is ListConfig:
        raise _Unknown
    return _new(kind, parts, key, parent, ("_val", value), {})


def _annotation(hint: Any) -> Any:
    """Give back the type hint that a container's short form stands for."""
    kind, inner = hint
    if inner is not Any and inner not in {int, str, float, bool, bytes}:
        raise _Unknown
    made: Any = typing.List if kind is list else typing.Dict  # noqa: UP006
    return made[inner] if kind is list else made[str, inner]


def _dict(
    value: Any, key: Any, parent: Any, parts: Any, element: Any, objects: bool, flags: Any
) -> Any:
    content: dict[Any, Any] = {}
    made = _new(DictConfig, parts, key, parent, ("_content", content), flags)
    made.__dict__["_metadata"].object_type = dict
    for name, item in value.items():
        if type(name) is not str:
            raise _Unknown
        content[name] = _value(item, name, made, element, objects)
    return made


def _list(
    value: Any, key: Any, parent: Any, parts: Any, element: Any, objects: bool, flags: Any
) -> Any:
    content: list[Any] = []
    made = _new(ListConfig, parts, key, parent, ("_content", content), flags)
    made.__dict__["_metadata"].object_type = list
    for index, item in enumerate(value):
        content.append(_value(item, index, made, element, objects))
    return made


def _dataclass(config: Any, key: Any, parent: Any, parts: Any, objects: bool, flags: Any) -> Any:
    cls = config if isinstance(config, type) else type(config)
    fields = fields_of(cls)
    values = None if fields is None else field_values(config, fields)
    if fields is None or values is None or cls.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        raise _Unknown
    content: dict[Any, Any] = {}
    made = _new(DictConfig, parts, key, parent, ("_content", content), flags)
    made.__dict__["_metadata"].object_type = cls
    for (name, hint), value in zip(fields.hints, values, strict=True):
        content[name] = _value(value, name, made, hint, objects)
    return made
