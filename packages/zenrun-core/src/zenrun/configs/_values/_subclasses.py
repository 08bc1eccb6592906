"""Values of subclasses of plain types, which keep their type.

This module must not know the plain types themselves.
"""

from __future__ import annotations

import copyreg
import functools
import types
from typing import Any

from zenrun.configs._values._made import literal, value_config
from zenrun.configs._values._parts import Parts
from zenrun.configs._values._standard import BUILTIN, standard


def of_subclass(value: Any, parts: Parts) -> Any:
    """Give the config of a value whose class differs from a plain one in its methods alone.

    Args:
        value: The value.
        parts: Makes configs of what it holds.

    Returns:
        The config, or None where its class comes from no plain type.

    Raises:
        UnsupportedValueError: Its class would not make it again of what a plain value holds.
        InvalidTargetError: No path leads to its class.
    """
    cls = type(value)
    if isinstance(value, functools.partial):  # such as those that Hydra itself makes
        return BUILTIN[functools.partial](value, parts)
    base = next((item for item in cls.__mro__[1:] if _way_of(item) is not None), None)
    if base is None:
        return None
    if cls.__new__ is not base.__new__ or cls.__init__ is not base.__init__:  # type: ignore[misc]
        parts.refuse(_other(value, base, "is made in a way of its own"))
    if _has_state(value, base):
        parts.refuse(_other(value, base, "has attributes of its own"))
    made = _way_of(base)(value, parts)
    method = made._target_.rpartition(".")[2]
    made._target_ = parts.target(cls)
    if method == "fromisoformat":
        made._target_ += f".{method}"
    return made


def _plain(base: type) -> Any:
    return lambda value, _: value_config("", [base(value)])


def _text(value: str, _: Parts) -> Any:
    return value_config("", [literal(str.__str__(value))])


_PLAIN: dict[type, Any] = {
    int: _plain(int),
    float: _plain(float),
    bytes: _plain(bytes),
    str: _text,
    list: lambda value, parts: value_config("", [parts.items(value)]),
    tuple: lambda value, parts: value_config("", [parts.items(value)]),
    dict: lambda value, parts: value_config("", [parts(dict(value))]),
}


def _way_of(base: type) -> Any:
    return _PLAIN.get(base) or BUILTIN.get(base) or standard(base)


def _has_state(value: Any, base: type) -> bool:
    if isinstance(value, types.SimpleNamespace):
        return False
    slots: Any = copyreg._slotnames(type(value))  # type: ignore[attr-defined]  # noqa: SLF001 - as pickle asks
    own = [name for name in slots or () if not hasattr(base, name)]
    return bool(getattr(value, "__dict__", None)) or any(hasattr(value, name) for name in own)


def _other(value: Any, base: type, what: str) -> str:
    cls = type(value)
    plain = f"give it as {base.__name__}(...)" if base in _PLAIN else "give a plain one"
    return (
        f"is of type {cls.__name__}, a {base.__name__} that {what}, so a config cannot tell how "
        f"to make it again. Say it: builds({cls.__name__}, ...), or {plain}"
    )
