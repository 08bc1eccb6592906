"""A Python value, and what stands for it in a config.

This module must not know which config the value goes into.
"""

from __future__ import annotations

import copy
import functools
import pathlib
import types
from collections.abc import Mapping
from enum import Enum
from typing import Any

from zenrun import errors
from zenrun.configs._dataclass import make_config_class
from zenrun.configs._names import GET_OBJ
from zenrun.configs._targets import target_path
from zenrun.configs._types import is_config

_PLAIN = (bool, int, float, str, bytes, type(None))
_KEYS = (bool, int, float, str, bytes, Enum)


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
    if type(value) is types.FunctionType:
        return _named(value, path)
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
    if _is_named_callable(value):
        return _named(value, path)
    where = f" at {path!r}" if path else ""
    msg = (
        f"A config cannot hold {value!r} of type {type(value).__name__}{where}. It holds None, "
        "bool, int, float, str, bytes, Path, Enum, functions, classes, other configs, and lists, "
        f"tuples and dicts of these. {_way_out(value)}"
    )
    raise errors.UnsupportedValueError(msg, path=path)


def _named(value: Any, path: str) -> Any:
    """Give the config of a function or a class that stands at a place in a config."""
    try:
        return just_config(value)
    except errors.InvalidTargetError as error:
        where = f" at {path!r}" if path else ""
        msg = f"The value{where} cannot stand in a config: {error}"
        raise errors.InvalidTargetError(msg) from error


def just_config(target: Any) -> Any:
    """Make a config that gives the object itself back, not what it returns.

    Args:
        target: A function or a class.

    Returns:
        A dataclass type.

    Raises:
        InvalidTargetError: No path leads to the object.
    """
    return _just_config(target_path(target), getattr(target, "__name__", "object"))


@functools.lru_cache(maxsize=1024)  # a pure cache: the config is of the path, not of the object
def _just_config(path: str, name: str) -> Any:
    return make_config_class(
        f"Just_{name}",
        [("_target_", str, GET_OBJ), ("path", str, path)],
        hidden=frozenset({"_target_"}),
        doc=f"A config of {path} itself.",
    )


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
