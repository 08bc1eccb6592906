"""`config_value`: which way a value goes into a config.

This module must not know how a config of a special type looks.
"""

from __future__ import annotations

import copy
import functools
import io
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
from zenrun.configs._values._classes import of_class
from zenrun.configs._values._libraries import of_library
from zenrun.configs._values._made import value_config
from zenrun.configs._values._parts import Conversion, Parts, at, path_of, refuse
from zenrun.configs._values._standard import BUILTIN, standard
from zenrun.configs._values._subclasses import of_subclass

_PLAIN = frozenset({bool, int, float, str, bytes, type(None), type(pathlib.Path())})
_KEYS = frozenset({bool, int, float, str, bytes})
_USUAL = Conversion()
_OF_CLASSES = ("__attrs_attrs__", "_fields", "__pydantic_fields__")
_ENDLESS = "goes on inside of itself for ever, or too deep for Python: a config is a tree"


def config_value(value: Any, path: str = "", conversion: Conversion = _USUAL) -> Any:
    """Give what stands for a value in a config.

    Args:
        value: The value.
        path: Where the value stands, for the message.
        conversion: How it becomes a config.

    Returns:
        The value itself, a config of it, or a new list, dict or config: never one that changes
        when the caller changes theirs.

    Raises:
        UnsupportedValueError: No config can hold the value.
        InvalidTargetError: It is a function or a class that no path leads to, or it holds one.
    """
    kind = type(value)
    if kind in _PLAIN:
        if kind is str and "${" in value:
            _check_closed(value, path)
        return value
    if kind is types.FunctionType:
        return _named(value, path)
    if kind is list:
        return _listed(value, path, conversion)
    if kind is dict:
        return _dict(value, path, conversion)
    if kind is tuple:
        if not conversion.exact:
            return _listed(value, path, conversion)
        return value_config("builtins.tuple", [_listed(value, path, conversion)])
    special = BUILTIN.get(kind) or standard(kind)
    if special is not None:
        return special(value, Parts(config_value, path, conversion))
    return _unusual(value, path, conversion)


def _unusual(value: Any, path: str, conversion: Conversion) -> Any:
    """Give what stands for a value whose type alone does not tell it."""
    if isinstance(value, Enum):
        return value
    parts = Parts(config_value, path, conversion)
    if is_config(value) or any(hasattr(value, name) for name in _OF_CLASSES):
        made = of_class(value, parts)
        if made is not None:
            return made
    if is_config(value):
        return value if isinstance(value, type) else copy.deepcopy(value)
    made = of_library(value, parts)
    if made is None:
        made = of_subclass(value, parts)
    if made is not None:
        return made
    if isinstance(value, Mapping):
        return _dict(value, path, conversion)
    if _is_named_callable(value):
        return _named(value, path)
    msg = (
        f"A config cannot hold {value!r} of type {type(value).__name__}{at(path)}. It holds what "
        "OmegaConf holds, functions, classes, partials, dataclass instances, the containers, numbers, "
        "dates and paths of the standard library, arrays of numpy, tensors of torch, other configs, "
        f"and lists, tuples and dicts of these. {_way_out(value)}"
    )
    raise errors.UnsupportedValueError(msg, path=path)


def _listed(value: Any, path: str, conversion: Conversion) -> list[Any]:
    convert = conversion.nested or config_value
    try:
        return [convert(item, f"{path}[{index}]", conversion) for index, item in enumerate(value)]
    except RecursionError:
        refuse(_ENDLESS, path[:80])


def _dict(value: Mapping[Any, Any], path: str, conversion: Conversion) -> Any:
    """Give a dict, or where OmegaConf takes not all keys, the config of one."""
    convert = conversion.nested or config_value
    try:
        if all(type(key) is str for key in value) or _have_keys_apart(value):
            return {
                key: convert(item, f"{path}.{key}" if path else str(key), conversion)
                for key, item in value.items()
            }
        return value_config(
            "builtins.dict", [pairs_of(value, Parts(config_value, path, conversion))]
        )
    except RecursionError:
        refuse(_ENDLESS, path[:80])


def pairs_of(value: Mapping[Any, Any], parts: Parts) -> list[list[Any]]:
    """Give the items of a dict as lists of two, which can hold any key.

    Args:
        value: The dict.
        parts: Makes configs of the parts.
    """
    return [[parts(key, ".keys()"), parts(item, f".{key}")] for key, item in value.items()]


def _have_keys_apart(value: Mapping[Any, Any]) -> bool:
    """Say whether OmegaConf takes all keys of a dict, and none for another: it may take 1 for "1"."""
    if not all(type(key) in _KEYS or isinstance(key, Enum) for key in value):
        return False
    return len({str(key) for key in value}) == len(value)


def _check_closed(text: str, path: str) -> None:
    """Refuse what OmegaConf would begin to read as an interpolation and never end."""
    if "}" in text[text.rindex("${") :]:
        return
    if text[: text.rindex("${")].endswith("\\"):
        return  # escaped, so it is text
    msg = (
        f"{text!r} begins an interpolation, ${{, that no }} ends. As text it is written \\${{ in a config "
        "that is read, and put together where Hydra instantiates it: builds(str.join, '', ['$', '{'])"
    )
    refuse(f"is no string that a config can hold: {msg}", path)


def _named(value: Any, path: str) -> Any:
    """Give the config of a function or a class that stands at a place in a config."""
    return _just_config(path_of(value, path), getattr(value, "__name__", "object"))


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
    if isinstance(value, io.IOBase):
        return "Give the file's path instead, and open it where it is read"
    return f"Describe how to make it instead: builds({type(value).__name__}, ...)"
