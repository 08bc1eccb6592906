"""How the dataclass of a config is made: the option ``zen_dataclass``.

This module must not know which fields the config has.
"""

from __future__ import annotations

import keyword
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

from zenrun import errors
from zenrun._nearest import did_you_mean

FLAGS = (
    "init",
    "repr",
    "eq",
    "order",
    "unsafe_hash",
    "frozen",
    "match_args",
    "kw_only",
    "slots",
    "weakref_slot",
)
_OTHERS = ("cls_name", "module", "namespace", "bases", "target", "target_repr")
_LATER = {"weakref_slot": (3, 11)}  # what an older Python does not know is left out


class DataclassSpec(NamedTuple):
    """The option, checked.

    Attributes:
        name: The name of the class, or None for the usual one.
        module: The module that the class says it is from, or None for the usual one.
        target: What stands as the target, or None for the target's own path.
        target_repr: Whether ``repr`` shows the target.
        namespace: Attributes of the class.
        bases: Classes that it inherits from.
        flags: What is left: the flags of `dataclasses` that were given.
    """

    name: str | None = None
    module: str | None = None
    target: str | None = None
    target_repr: bool = True
    namespace: Mapping[str, Any] = {}
    bases: tuple[type, ...] = ()
    flags: Mapping[str, bool] = {}


ORDINARY = DataclassSpec()


def checked_dataclass_options(given: Any) -> DataclassSpec:
    """Check ``zen_dataclass``.

    Args:
        given: The option's value.

    Raises:
        ConfigTypeError: It is no dict, has a key that no dataclass has, or a value that the key does not take.
    """
    if given is None:
        return ORDINARY
    if not isinstance(given, Mapping):
        msg = f"zen_dataclass is a dict such as {{'frozen': True}}; given was {given!r}"
        raise errors.ConfigTypeError(msg)
    for key, value in given.items():
        if key not in FLAGS and key not in _OTHERS:
            known = (*_OTHERS, *FLAGS)
            guess = did_you_mean(str(key), known)
            msg = f"zen_dataclass has no {key!r}{guess}. It has {', '.join(known)}"
            raise errors.ConfigTypeError(msg)
        expected = _expected(key, value)
        if expected is not None:
            msg = f"zen_dataclass takes as {key!r} {expected}; given was {value!r}"
            raise errors.ConfigTypeError(msg)
    flags = {
        key: given[key]
        for key in FLAGS
        if key in given and sys.version_info >= _LATER.get(key, (3, 10))
    }
    if given.get("weakref_slot") and not given.get("slots"):
        msg = "zen_dataclass takes 'weakref_slot': True only with 'slots': True"
        raise errors.ConfigTypeError(msg)
    return DataclassSpec(
        name=given.get("cls_name"),
        module=given.get("module"),
        target=given.get("target"),
        target_repr=given.get("target_repr", True),
        namespace=dict(given.get("namespace") or {}),
        bases=tuple(given.get("bases", ())),
        flags=flags,
    )


def _expected(key: str, value: Any) -> str | None:
    """Say what a key takes where the value is not that."""
    if key in FLAGS or key == "target_repr":
        return None if isinstance(value, bool) else "True or False"
    if key == "bases":
        fine = isinstance(value, (tuple, list)) and all(isinstance(item, type) for item in value)
        return None if fine else "a tuple of classes"
    if key == "namespace":
        fine = value is None or (
            isinstance(value, Mapping) and all(isinstance(name, str) for name in value)
        )
        return None if fine else "a dict of names"
    if value is None and key != "target":
        return None
    if key == "cls_name":
        return None if _is_name(value) else "a Python name"
    fine = isinstance(value, str) and all(map(_is_name, value.split(".")))
    return None if fine else "a dotted path"


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and value.isidentifier() and not keyword.iskeyword(value)
