"""What a config asks for, read before anything is called.

A plan is made without side effects. Where it is not certain that carrying it out gives what Hydra
gives, `Unsure` is raised, and Hydra does the whole call. It must not know how targets are called.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any

from hydra.types import ConvertMode

__all__ = [
    "MISSING",
    "PLANS",
    "SPECIAL",
    "Call",
    "Given",
    "Mapping",
    "Sequence",
    "Unsure",
    "check_hidden",
    "check_key",
    "convert_mode",
    "flag",
    "target_path",
]

# The keys that a target does not receive.
SPECIAL = frozenset({"_target_", "_convert_", "_recursive_", "_partial_"})
MISSING = "???"


class Unsure(Exception):  # noqa: N818 - no error: Hydra takes over
    """A config that Hydra itself had better instantiate; says why."""


class Call:
    """A node with a target."""

    __slots__ = ("convert", "is_leaf", "items", "partial", "path")

    def __init__(
        self, path: str, items: list[Any], convert: str, *, partial: bool, is_leaf: bool
    ) -> None:
        self.path = path
        self.items = items  # key, value or plan, whether it is a plan
        self.convert = convert
        self.partial = partial
        self.is_leaf = is_leaf  # whether none of them is a plan


class Mapping:
    """A dict without a target."""

    __slots__ = ("items", "object_type", "plain", "source")

    def __init__(self, items: list[Any], source: Any, object_type: Any, *, plain: bool) -> None:
        self.items = items
        self.source = source  # the node, where the config has nodes
        self.object_type = object_type
        self.plain = plain  # whether it becomes a dict, not a DictConfig


class Sequence:
    """A list."""

    __slots__ = ("items", "plain", "source")

    def __init__(self, items: list[Any], source: Any, *, plain: bool) -> None:
        self.items = items  # value or plan, whether it is a plan
        self.source = source
        self.plain = plain


class Given:
    """A config that a target receives as it is."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


PLANS = frozenset({Call, Mapping, Sequence, Given})

_CONVERT = {mode.name: mode.name.lower() for mode in ConvertMode}


def convert_mode(value: Any) -> str:
    """Give the mode that Hydra takes a value of ``_convert_`` for.

    Args:
        value: The value.

    Raises:
        Unsure: It is neither a mode nor its name.
    """
    if type(value) is str and "${" not in value and value != MISSING:
        return _CONVERT.get(value.upper(), "none")
    if isinstance(value, ConvertMode):
        return value.name.lower()
    msg = "_convert_ is no string"
    raise Unsure(msg)


def flag(value: Any, key: str) -> bool:
    """Give the value of ``_recursive_`` or ``_partial_``.

    Args:
        value: The value.
        key: Its key, for the reason.

    Raises:
        Unsure: It is no bool.
    """
    if type(value) is bool:
        return value
    msg = f"{key} is no bool"
    raise Unsure(msg)


def target_path(value: Any) -> str:
    """Give the value of ``_target_``.

    Args:
        value: The value.

    Raises:
        Unsure: It is no string that a target can be looked up by.
    """
    if type(value) is str and value and value != MISSING and "${" not in value:
        return value
    msg = "_target_ is no plain string"
    raise Unsure(msg)


def check_key(key: Any) -> None:
    """Refuse keys that are not certain to be the same in the path of a node.

    Args:
        key: The key.

    Raises:
        Unsure: It is no string, or an empty one.
    """
    if type(key) is not str or not key or isinstance(key, Enum):
        msg = f"the key {key!r}"
        raise Unsure(msg)


def check_hidden(plans: Iterable[Any]) -> None:
    """Refuse configs in plain containers: what they came from stays their parent.

    Args:
        plans: The plans of what is in a container.

    Raises:
        Unsure: One makes a DictConfig or a ListConfig.
    """
    for plan in plans:
        if (type(plan) is Mapping or type(plan) is Sequence) and not plan.plain:
            msg = "a config in a plain container"
            raise Unsure(msg)
