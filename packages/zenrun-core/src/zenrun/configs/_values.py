"""A Python value, and what stands for it in a config.

This module must not know which config the value goes into.
"""

from __future__ import annotations

import copy
import functools
import pathlib
from collections.abc import Mapping
from dataclasses import Field, field, make_dataclass
from enum import Enum
from typing import Any

from zenrun import errors
from zenrun.configs._targets import target_path
from zenrun.configs._types import is_config

_PLAIN = (bool, int, float, str, bytes, type(None))
_KEYS = (bool, int, float, str, bytes, Enum)
_GET_OBJ = "zenrun.funcs.get_obj"


def config_value(value: Any, path: str = "") -> Any:
    """Give what stands for a value in a config.

    Args:
        value: The value: something that OmegaConf holds as it is, a config, a function or a class,
            or a list, tuple or dict of values.
        path: Where the value stands, for the message.

    Returns:
        The value itself, a config of it, or a new list, dict or config: never one that changes
        when the caller changes theirs.

    Raises:
        UnsupportedValueError: No config can hold the value.
        InvalidTargetError: It is a function or a class that no path leads to.
    """
    # OmegaConf takes no subclasses of the plain types, such as numpy.float64.
    if type(value) in _PLAIN or isinstance(value, (Enum, pathlib.Path)):
        return value
    if is_config(value):
        return value if isinstance(value, type) else copy.deepcopy(value)
    if isinstance(value, (list, tuple)):
        return [config_value(item, f"{path}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, Mapping):
        return {
            _config_key(key, path): config_value(item, f"{path}.{key}" if path else str(key))
            for key, item in value.items()
        }
    where = f" at {path!r}" if path else ""
    if _is_named_callable(value):
        try:
            return just_config(value)
        except errors.InvalidTargetError as error:
            msg = f"The value{where} cannot stand in a config: {error}"
            raise errors.InvalidTargetError(msg) from error
    msg = (
        f"A config cannot hold {value!r} of type {type(value).__name__}{where}. It holds None, "
        "bool, int, float, str, bytes, Path, Enum, functions, classes, other configs, and lists, "
        f"tuples and dicts of these. {_way_out(value)}"
    )
    raise errors.UnsupportedValueError(msg, path=path)


def just_config(target: Any) -> Any:
    """Make a config that gives the object itself back, not what it returns.

    Args:
        target: A function or a class.

    Returns:
        A dataclass type.

    Raises:
        InvalidTargetError: No path leads to the object.
    """
    path = target_path(target)
    return make_config_class(
        f"Just_{getattr(target, '__name__', 'object')}",
        [("_target_", str, _GET_OBJ), ("path", str, path)],
        doc=f"A config of {path} itself.",
    )


def make_config_class(
    name: str,
    fields: list[tuple[str, Any, Any]],
    *,
    bases: tuple[type, ...] = (),
    doc: str = "",
) -> Any:
    """Make the dataclass that is a config.

    Args:
        name: The name of the class.
        fields: Name, type hint and default value of each field.
        bases: Configs to inherit from.
        doc: The class's docstring.

    Returns:
        The dataclass type.

    Raises:
        ConfigTypeError: The names or the bases make no dataclass.
    """
    specs = [(key, hint, _with_default(value)) for key, hint, value in fields]
    try:
        made = make_dataclass(name, specs, bases=bases, namespace={"__doc__": doc})
    except TypeError as error:
        msg = f"The config {name} cannot be made of these fields: {error}"
        raise errors.ConfigTypeError(msg) from error
    made.__module__ = "zenrun.configs"  # the same on every Python; its path leads nowhere
    return made


def _with_default(value: Any) -> Field[Any]:
    """Give the field whose default is the value, a fresh copy for each config if it can change."""
    changes = isinstance(value, (list, dict)) or (is_config(value) and not isinstance(value, type))
    if not changes:
        result: Field[Any] = field(default=value)
        return result
    return field(default_factory=lambda: copy.deepcopy(value))


def _is_named_callable(value: Any) -> bool:
    """Say whether it is a class, a function, or another callable with a name, such as a ufunc."""
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    return callable(value) and isinstance(name, str)


def _way_out(value: Any) -> str:
    kind = type(value).__name__
    if isinstance(value, functools.partial):
        return "Configure the partial's function instead: builds(function, ..., zen_partial=True)"
    import numbers

    plain = {numbers.Integral: "int", numbers.Real: "float", str: "str", bytes: "bytes"}
    for base, name in plain.items():
        if isinstance(value, base):
            return f"Give it as {name}(...), or describe how to make it: builds({kind}, ...)"
    return f"Describe how to make it instead: builds({kind}, ...)"


def _config_key(key: Any, path: str) -> Any:
    if isinstance(key, _KEYS):
        return key
    where = f" at {path!r}" if path else ""
    msg = (
        f"A config cannot hold the key {key!r} of type {type(key).__name__}{where}: keys are "
        "str, int, float, bool, bytes or Enum"
    )
    raise errors.UnsupportedValueError(msg, path=path)
