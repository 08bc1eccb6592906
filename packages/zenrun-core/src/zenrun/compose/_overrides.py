"""Overrides as Python values, written in Hydra's grammar so that each value arrives as it was.

This module knows Hydra's override grammar; it must not know what a run does with the overrides.

Source of the grammar: https://hydra.cc/docs/advanced/override_grammar/basic
"""

from __future__ import annotations

import math
import numbers
import os
import re
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Generic, TypeVar

from zenrun import errors
from zenrun.configs._nodes import is_node

T = TypeVar("T")

# Text that the grammar reads as this very string, so that it needs no quotes.
_PLAIN_TEXT = re.compile(r"[A-Za-z_/.][A-Za-z0-9_/.-]*", re.ASCII)
_KEYWORD_OR_NUMBER = re.compile(
    r"null|true|false|inf|nan|[.]\d.*|[+-]?[\d_.]+(e[+-]?\d+)?", re.IGNORECASE
)
_KEY = re.compile(r"(~|\+\+?)?[^\s=+~]+", re.ASCII)
# Hydra's grammar reads it, and trips over it later, by an assertion at worst.
_NO_KEY = re.compile(r"((?:~|\+\+?)?)[=@].*|([~+]+)", re.DOTALL)
_ESCAPED_IN_KEYS = re.compile(r"([\\()\[\]{}:=, \t])")


class multirun(list[T], Generic[T]):  # noqa: N801 - hydra-zen's name
    """Values of one override to sweep over: a job for each.

    Args:
        values: The values, each of which arrives in its job as it is.

    Example:
        >>> from zenrun import builds, hydra_multirun, instantiate, multirun
        >>> jobs, = hydra_multirun(builds(dict, a=1), instantiate, {"a": multirun([1, "1"])})
        >>> [job.return_value for job in jobs]
        [{'a': 1}, {'a': '1'}]
    """


class hydra_list(list[T], Generic[T]):  # noqa: N801 - hydra-zen's name
    """One list as the value of one override. A plain list or tuple means the same.

    Args:
        values: The items of the list.

    Example:
        >>> from zenrun import hydra_list, hydra_run
        >>> job = hydra_run({"xs": []}, lambda cfg: sum(cfg.xs), {"xs": hydra_list([1, 2])})
        >>> job.return_value
        3
    """


def override_strings(overrides: Any, keywords: Mapping[str, Any] | None = None) -> list[str]:
    """Write overrides in Hydra's grammar.

    Args:
        overrides: None, a sequence of strings in Hydra's grammar, or a mapping from keys (with
            the grammar's ``+``, ``++`` and ``~`` if wanted) to Python values.
        keywords: Further overrides by key.

    Returns:
        The overrides as a new list of strings.

    Raises:
        OverrideTypeError: The overrides have no such form, or a value has none in the grammar.
        OverrideSyntaxError: A string names no key.
    """
    if overrides is None:
        written = []
    elif isinstance(overrides, Mapping):
        written = [_override(key, value) for key, value in overrides.items()]
    elif isinstance(overrides, Sequence) and not isinstance(overrides, (str, bytes)):
        written = [_checked_string(item, position) for position, item in enumerate(overrides)]
    else:
        hint = f" Did you mean [{overrides!r}]?" if isinstance(overrides, str) else ""
        msg = (
            "overrides are a list of strings in Hydra's grammar, such as ['x=1', '+optim=sgd'], "
            f"or a dict, such as {{'x': 1}}; given was {overrides!r} "
            f"of type {type(overrides).__name__}.{hint}"
        )
        raise errors.OverrideTypeError(msg)
    return written + [_override(key, value) for key, value in (keywords or {}).items()]


def _checked_string(item: Any, position: int) -> str:
    if isinstance(item, str):
        if no_key := _NO_KEY.fullmatch(item):
            raise _about_no_key(item, no_key.end(1 if no_key[2] is None else 2))
        return str(item)
    msg = (
        f"overrides[{position}] is {item!r} of type {type(item).__name__}; each override of a "
        "list is a string in Hydra's grammar, such as 'x=1'. Python values go in a dict: {'x': 1}"
    )
    raise errors.OverrideTypeError(msg)


def _about_no_key(override: str, column: int) -> errors.OverrideSyntaxError:
    lines = (
        f"The override {override!r} names no key, at character {column + 1}",
        f"    {override}",
        "    " + " " * column + "^",
        "An override is key=value, +key=value, ++key=value or ~key",
    )
    return errors.OverrideSyntaxError(override, "\n".join(lines), column)


def _override(key: Any, value: Any) -> str:
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        msg = (
            f"{key!r} is no key of an override: a key is a string such as 'x', 'model.lr', "
            "'+optim', '++x' or '~x', without '=' or spaces"
        )
        raise errors.OverrideTypeError(msg, key=str(key))
    if key.startswith("~") and value is None:
        return key
    if isinstance(value, multirun):
        if not value:
            name = type(value).__name__
            msg = f"The override {key!r} sweeps over no value: {name}([]) gives no job to run"
            raise errors.OverrideTypeError(msg, key=key)
        return f"{key}=" + ",".join(_written(item, key) for item in value)
    return f"{key}={_written(value, key)}"


def _written(value: Any, key: str, *, of_node: bool = False) -> str:
    """Write one value in Hydra's grammar.

    Text out of a node of OmegaConf's is as OmegaConf writes it: what looks like an interpolation is
    one, and what is none is escaped already.
    """
    if value is None:
        return "null"
    if isinstance(value, Enum):
        return _quoted(value.name)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(str(value), escaped=of_node)
    if isinstance(value, os.PathLike):
        return _quoted(os.fsdecode(value))
    if isinstance(value, numbers.Integral):
        return str(int(value))
    if isinstance(value, numbers.Real):
        return _float(float(value))
    if is_node(value):
        from omegaconf import OmegaConf

        return _written(OmegaConf.to_container(value, resolve=False), key, of_node=True)
    if isinstance(value, multirun):
        msg = (
            f"The override {key!r} has a {type(value).__name__} inside another value. A sweep is over "
            "whole values: give multirun([...]) the lists or dicts to sweep over"
        )
        raise errors.OverrideTypeError(msg, key=key)
    if isinstance(value, Mapping):
        items = (
            f"{_dict_key(k, key)}:{_written(v, key, of_node=of_node)}" for k, v in value.items()
        )
        return "{" + ",".join(items) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_written(item, key, of_node=of_node) for item in value) + "]"
    if type(value).__name__ in {"bool_", "bool"} and hasattr(value, "item"):  # numpy's truth values
        return _written(value.item(), key)
    msg = (
        f"The override {key!r} has the value {value!r} of type {type(value).__name__}, which "
        "Hydra's grammar cannot express. It takes None, bool, int, float, str, Path, Enum, lists "
        "and dicts of these, and multirun([...]) to sweep over them. Objects go in the config: "
        "store configs of them as a config group and override the group's choice"
    )
    raise errors.OverrideTypeError(msg, key=key)


def _float(value: float) -> str:
    if math.isnan(value):
        return "nan"
    return repr(value)


def _quoted(text: str, *, escaped: bool = False) -> str:
    """Write text so that it arrives as it is, in quotes where the grammar needs them."""
    if _PLAIN_TEXT.fullmatch(text) and not _KEYWORD_OR_NUMBER.fullmatch(text):
        return text
    # OmegaConf reads ${ in a string as an interpolation, unless a backslash stands before it,
    # and backslashes directly before that one are themselves escaped.
    if not escaped:
        text = re.sub(r"(\\*)\$\{", r"\1\1\\${", text)
    # In quotes only a quote, and the backslashes directly before one, are escaped.
    text = re.sub(r"(\\*)'", r"\1\1\\'", text)
    return "'" + re.sub(r"(\\+)\Z", r"\1\1", text) + "'"


def _dict_key(name: Any, key: str) -> str:
    """Write the key of a dict: the grammar has no quotes there."""
    if isinstance(name, Enum):
        name = name.name
    if isinstance(name, bool):
        return "true" if name else "false"
    if isinstance(name, numbers.Integral):
        return str(int(name))
    if isinstance(name, numbers.Real):
        return _float(float(name))
    looks_like_another = not isinstance(name, str) or _KEYWORD_OR_NUMBER.fullmatch(name)
    if looks_like_another or not name or name != name.strip() or not _key_is_clean(name):
        msg = (
            f"The override {key!r} has a dict with the key {name!r}, which Hydra's grammar cannot "
            "express: a key is a number or text that does not look like a number, without quotes, "
            "'$', or blanks at its ends"
        )
        raise errors.OverrideTypeError(msg, key=key)
    return _ESCAPED_IN_KEYS.sub(r"\\\1", name)


def _key_is_clean(name: str) -> bool:
    return not re.search(r"['\"$&<>^`;!#~\n\r\f\v]", name) and name.isascii() and name.isprintable()
