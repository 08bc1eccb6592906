"""What may be said of an entry when it is stored.

This module must not know what is done with it.
"""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from typing import Any

from zenrun import errors
from zenrun._store._to_config import is_hydra_conf

_PROVIDER = "zenrun"


def entry_names(target: Any, given: Mapping[str, Any], store: str) -> dict[str, Any]:
    """Give name, group, package and provider of an entry.

    Args:
        target: What is stored.
        given: What was said of it: strings, or callables that give them for the target.
        store: The name of the store, for messages.

    Returns:
        The four.

    Raises:
        ConfigTypeError: One of them is missing, or cannot be one.
    """
    named = dict(given)
    if is_hydra_conf(target):
        if "name" not in named:
            named.update(name="config", group="hydra")
        named.setdefault("provider", _PROVIDER)
    if "name" not in named:
        name = getattr(target, "__name__", None)
        if not isinstance(name, str):
            msg = (
                f"The store {store!r} cannot tell the name of {reprlib.repr(target)}, which has no __name__. "
                "Give it: store(..., name='a_name')"
            )
            raise errors.ConfigTypeError(msg)
        named["name"] = name
    found: dict[str, Any] = {}
    for key in ("name", "group", "package", "provider"):
        value = named.get(key)
        if key != "provider" and callable(value):
            value = value(target)
        found[key] = value
    about = f"for {reprlib.repr(target)} in the store {store!r}"
    check_name(found["name"], about)
    check_group(found["group"], about)
    for key in ("package", "provider"):
        if found[key] is not None and not isinstance(found[key], str):
            msg = f"{key} is a string or None; given was {found[key]!r} {about}"
            raise errors.ConfigTypeError(msg)
    return found


def check_name(name: Any, about: str) -> None:
    """Refuse what no entry can be called.

    Args:
        name: The name.
        about: What for, for the message.

    Raises:
        ConfigTypeError: It is no string, empty, or has a slash.
    """
    if not isinstance(name, str):
        msg = f"name is a string, or a function that gives one; given was {name!r} {about}"
        raise errors.ConfigTypeError(msg)
    group, slash, last = name.rpartition("/")
    if slash:
        msg = (
            f"name={name!r} {about} has a slash, and Hydra would never find it. Groups are given by "
            f"themselves: group={group!r}, name={last!r}"
        )
        raise errors.ConfigTypeError(msg)
    if not name:
        msg = f"name is empty {about}"
        raise errors.ConfigTypeError(msg)


def check_group(group: Any, about: str) -> None:
    """Refuse what no group can be called.

    Args:
        group: The group, or None.
        about: What for, for the message.

    Raises:
        ConfigTypeError: It is neither None nor names joined by single slashes.
    """
    if group is None:
        return
    if not isinstance(group, str):
        msg = (
            f"group is a string or None, or a function that gives one; given was {group!r} {about}"
        )
        raise errors.ConfigTypeError(msg)
    if not all(group.split("/")):
        plain = "/".join(part for part in group.split("/") if part)
        msg = (
            f"group={group!r} {about} is no group that Hydra could find: it begins or ends with a "
            f"slash, has two in a row, or is empty. Write group={plain or None!r}"
        )
        raise errors.ConfigTypeError(msg)


def check_flag(name: str, value: Any) -> bool:
    """Give a flag.

    Args:
        name: Its name.
        value: Its value.

    Raises:
        ConfigTypeError: It is no bool.
    """
    if not isinstance(value, bool):
        msg = f"{name} is True or False; given was {value!r}"
        raise errors.ConfigTypeError(msg)
    return value


def check_store_name(name: Any) -> str:
    """Give a store's name.

    Args:
        name: The name.

    Raises:
        ConfigTypeError: It is no string.
    """
    if not isinstance(name, str):
        msg = f"The name of a store is a string; given was {name!r}"
        raise errors.ConfigTypeError(msg)
    return name
