"""The dataclass that is a config.

An ordinary config's class is put together here, of the parts that `dataclasses` would give it: its methods are compiled
when one is first used, which most never are. Whatever is not ordinary is left to `dataclasses`.

This module must not know which values a config can hold.
"""

from __future__ import annotations

import copy
import functools
import keyword
import types
from collections.abc import Sequence
from dataclasses import MISSING, Field, dataclass, field
from typing import Any

from zenrun import errors
from zenrun.configs._class_fields import (
    OF_ORDINARY_FIELD,
    defaults_come_last,
    field_of,
    give_defaults,
    has_default,
    inherited_fields,
)
from zenrun.configs._dataclass_options import ORDINARY, DataclassSpec
from zenrun.configs._late_methods import MODULE, OPTIONS_OF_ORDINARY, namespace_of
from zenrun.configs._travel import ConfigType, travelling_type

_NOTHING: frozenset[str] = frozenset()


def make_config_class(
    name: str,
    specs: Sequence[tuple[str, Any, Any]],
    *,
    hidden: frozenset[str] = _NOTHING,
    bases: tuple[type, ...] = (),
    doc: str,
    spec: DataclassSpec = ORDINARY,
) -> Any:
    """Make the dataclass that is a config.

    Args:
        name: The name of the class, where its options give none.
        specs: Name, type hint and default value of each field; ``dataclasses.MISSING`` where there is no
            default.
        hidden: The fields that are no arguments of ``__init__``.
        bases: Configs to inherit from.
        doc: The class's docstring.
        spec: The options of the class, but for its bases and its target.

    Returns:
        The dataclass type.

    Raises:
        ConfigTypeError: The names, the bases or the options make no dataclass.
    """
    name = spec.name or name
    try:
        made = _made(name, specs, hidden, bases, doc, spec)
    except (TypeError, ValueError) as error:
        msg = f"The config {name} cannot be made of these fields: {error}"
        raise errors.ConfigTypeError(msg) from error
    if spec.module is not None:
        made.__module__ = spec.module
    return made


def _made(
    name: str,
    specs: Sequence[tuple[str, Any, Any]],
    hidden: frozenset[str],
    bases: tuple[type, ...],
    doc: str,
    spec: DataclassSpec,
) -> type:
    own = {key: field_of(key, hint, value, init=key not in hidden) for key, hint, value in specs}
    if not spec.target_repr and "_target_" in own:
        own["_target_"].repr = False
    ordinary = not spec.flags and not spec.namespace
    if len(own) == len(specs) and all(map(_is_ordinary_name, own)):
        inherited = inherited_fields(bases)
        if inherited is not None and ordinary:
            every = {**inherited, **own}
            if defaults_come_last(every) or (give_defaults(own) and defaults_come_last(every)):
                return ConfigType(name, bases, namespace_of(own, every, doc))
    if not spec.flags.get("kw_only") and any(has_default(base) for base in bases):
        give_defaults(own)
    if spec.flags.get("kw_only"):
        for item in own.values():
            item.kw_only = True
    flags = {"unsafe_hash": "__hash__" not in {*own, *spec.namespace}, **spec.flags}
    items = [(key, hint, own[key]) for key, hint, _ in specs]
    space = {"__doc__": doc, "__module__": MODULE, **spec.namespace}
    return _by_dataclasses(name, items, bases, space, **flags)


def _by_dataclasses(
    name: str,
    items: Sequence[tuple[str, Any, Field[Any]]],
    bases: tuple[type, ...],
    space: dict[str, Any],
    **options: Any,
) -> type:
    """Do what `make_dataclass` does, which takes no type for the class."""
    hints: dict[str, Any] = {}
    for key, hint, _ in items:
        if not key.isidentifier():
            msg = f"Field names must be valid identifiers: {key!r}"
            raise TypeError(msg)
        if keyword.iskeyword(key):
            msg = f"Field names must not be keywords: {key!r}"
            raise TypeError(msg)
        if key in hints:
            msg = f"Field name duplicated: {key!r}"
            raise TypeError(msg)
        hints[key] = hint
    filled = {**space, **{key: item for key, _, item in items}, "__annotations__": hints}
    made = types.new_class(
        name, bases, {"metaclass": travelling_type(bases)}, lambda inner: inner.update(filled)
    )
    return dataclass(made, **options)


def is_made_here(cls: type) -> bool:
    """Say whether a class is a config that zenrun has made, or comes from one.

    Args:
        cls: The class.
    """
    return isinstance(cls, ConfigType)


def remade(
    name: str,
    bases: tuple[type, ...],
    told: Sequence[tuple[str, Any, dict[str, Any], dict[str, Any]]],
    doc: str,
    module: str,
    options: dict[str, Any],
    more: dict[str, Any],
) -> type:
    """Make a config class again of what was told of it in another process.

    Args:
        name: Its name.
        bases: Its bases.
        told: Name, type hint, value and options of each field.
        doc: Its docstring.
        module: The module that it names.
        options: Those of `dataclasses.dataclass`.
        more: What else was in it.
    """
    hidden = frozenset(key for key, _, _, of_field in told if not of_field["init"])
    ordinary = options == OPTIONS_OF_ORDINARY and module == MODULE and not more
    if ordinary and all(
        _is_simple(value) and {**of_field, "init": True} == OF_ORDINARY_FIELD
        for _, _, value, of_field in told
    ):
        specs = [(key, hint, _value_of(value)) for key, hint, value, _ in told]
        return _made(name, specs, hidden, bases, doc, ORDINARY)
    items = [(key, hint, field(**value, **of_field)) for key, hint, value, of_field in told]
    return _by_dataclasses(
        name, items, bases, {"__doc__": doc, "__module__": module, **more}, **options
    )


def _is_simple(value: dict[str, Any]) -> bool:
    """Say whether `field_of` makes a field's default of a value."""
    factory = value.get("default_factory")
    if factory is not None:
        return isinstance(factory, functools.partial) and factory.func is copy.deepcopy
    return "metadata" not in value


def _value_of(value: dict[str, Any]) -> Any:
    """Give the value of which `field_of` makes a field's default."""
    if "default_factory" in value:
        return value["default_factory"].args[0]
    return value.get("default", MISSING)


def _is_ordinary_name(name: str) -> bool:
    return name.isidentifier() and not keyword.iskeyword(name) and name[:2] != "__"
