"""The configs that values become: a target that makes the value, and what it is called with.

Their classes have a place in a module, so their instances travel by its name.

This module must not know any type of value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING as MISSING_VALUE
from dataclasses import dataclass
from typing import Any

from zenrun.configs._dataclass import make_config_class
from zenrun.configs._nodes import MISSING
from zenrun.configs._types import is_config

_JOIN = "builtins.str.join"
_HIDDEN = frozenset({"_target_"})
_RESERVED = ("_target_", "_partial_", "_recursive_", "_convert_", "_args_")


@dataclass
class ConfigValue:
    """A config of a value that its target makes of plain arguments."""

    _target_: str
    _args_: Any


@dataclass
class ConfigContainer:
    """A config of a value that its target makes of lists and dicts, which OmegaConf is kept out of."""

    _target_: str
    _args_: Any
    _convert_: str = "all"


@dataclass
class ConfigComplex:
    """A config of a complex number."""

    real: Any
    imag: Any
    _target_: str = "builtins.complex"


@dataclass
class ConfigTimeDelta:
    """A config of a span of time."""

    days: Any
    seconds: Any
    microseconds: Any
    _target_: str = "datetime.timedelta"


def value_config(target: str, args: Sequence[Any]) -> Any:
    """Give the config of a value that a target makes of positional arguments.

    Args:
        target: The target's path.
        args: The arguments, as they stand in configs.
    """
    return (ConfigContainer if hold_containers(args) else ConfigValue)(target, list(args))


def call_config(
    prefix: str,
    name: str,
    target: str,
    kwargs: Mapping[str, Any],
    options: Iterable[tuple[str, Any, Any]] = (),
) -> Any:
    """Give the config class of a call with keyword arguments.

    Args:
        prefix: What its name begins with.
        name: What its name ends with: the target's.
        target: The target's path.
        kwargs: The keyword arguments, as they stand in configs.
        options: Fields of Hydra's own: name, type and value.
    """
    own = list(options)
    if "_convert_" not in {key for key, _, _ in own} and hold_containers(
        [*kwargs.values(), *(item for key, _, item in own if key == "_args_")]
    ):
        own.append(("_convert_", str, "all"))
    fields = [
        ("_target_", str, target),
        *own,
        *((key, Any, item) for key, item in kwargs.items()),
    ]
    return make_config_class(
        f"{prefix}_{name}", fields, hidden=_HIDDEN, doc=f"A config of {target}."
    )


def instance_of(config: Any) -> Any:
    """Give an instance of a config class, all of whose fields have values; no method is compiled for it.

    Args:
        config: The class.
    """
    made = config.__new__(config)
    for item in config.__dataclass_fields__.values():
        value = item.default if item.default is not MISSING_VALUE else item.default_factory()
        setattr(made, item.name, value)
    return made


def hold_containers(values: Iterable[Any]) -> bool:
    """Say whether OmegaConf would make something of its own of some values.

    It makes containers of lists and dicts, and interpolations of what a `literal` gives.

    Args:
        values: Values as they stand in configs.
    """
    return any(
        isinstance(item, (list, dict))
        or (is_config(item) and (not hasattr(item, "_target_") or item._target_ == _JOIN))
        for item in values
    )


def reserved_among(names: Iterable[str]) -> str | None:
    """Give a name that Hydra would take for a field of its own.

    Args:
        names: The names of arguments.
    """
    return next((name for name in names if name in _RESERVED), None)


def literal(text: str) -> Any:
    """Give what stands for exactly a text, whatever it looks like.

    How often a backslash before an interpolation has to be escaped differs: Hydra reads some strings
    twice. So such a text is put together of pieces.

    Args:
        text: A text that is no interpolation and not missing.
    """
    if text == MISSING:
        return ConfigContainer(_JOIN, ["", ["??", "?"]])
    if "${" not in text:
        return text
    return ConfigContainer(_JOIN, ["", re.split(r"(?<=\$)(?=\{)", text)])
