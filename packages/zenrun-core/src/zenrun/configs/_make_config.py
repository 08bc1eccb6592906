"""`make_config`: a config without a target, from names and values.

This module must not know of targets.
"""

from __future__ import annotations

import keyword
from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from typing import Any

from omegaconf import MISSING

from zenrun.configs._values import config_value, make_config_class
from zenrun.errors import ConfigTypeError


def make_config(
    *fields_as_args: str,
    hydra_defaults: Sequence[str | Mapping[str, str | Sequence[str] | None]] | None = None,
    config_name: str = "Config",
    bases: Sequence[type] = (),
    **fields_as_kwargs: Any,
) -> type[Any]:
    """Make a config with the given fields.

    Args:
        *fields_as_args: Names of fields without a value: a job must be given one.
        hydra_defaults: The config's defaults list, in Hydra's form.
        config_name: The name of the config's class.
        bases: Configs (dataclass types) whose fields are taken over.
        **fields_as_kwargs: Fields with their values; any value that `just` takes.

    Returns:
        A dataclass type.

    Raises:
        ConfigTypeError: A name is no Python name or is given twice, or a base is no dataclass type.
        UnsupportedValueError: No config can hold a value.

    Example:
        >>> from zenrun import make_config
        >>> Config = make_config("lr", epochs=10)
        >>> Config(lr=0.1)
        Config(lr=0.1, epochs=10)
    """
    fields: list[tuple[str, Any, Any]] = []
    for name in fields_as_args:
        if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name):
            msg = f"make_config takes names of fields by position; {name!r} is no Python name"
            raise ConfigTypeError(msg)
        if name in fields_as_kwargs or any(name == field for field, _, _ in fields):
            msg = f"make_config is given the field {name!r} twice"
            raise ConfigTypeError(msg)
        fields.append((name, Any, MISSING))
    for base in bases:
        if not isinstance(base, type) or not is_dataclass(base):
            msg = f"The bases of a config are dataclass types; given was {base!r}"
            raise ConfigTypeError(msg)
    fields += [(name, Any, config_value(item, name)) for name, item in fields_as_kwargs.items()]
    if hydra_defaults is not None:
        fields.append(("defaults", list[Any], checked_defaults(hydra_defaults)))
    made: type[Any] = make_config_class(config_name, fields, bases=tuple(bases))
    return made


def checked_defaults(defaults: Any) -> list[Any]:
    """Give a defaults list as a new list.

    Args:
        defaults: A sequence of strings, and of dicts from config group to choice.

    Returns:
        The list.

    Raises:
        ConfigTypeError: It is no such sequence.
    """
    fine = isinstance(defaults, Sequence) and not isinstance(defaults, str)
    if not fine or not all(isinstance(item, (str, Mapping)) for item in defaults):
        msg = (
            "hydra_defaults is a list of strings and of dicts from config group to choice, such "
            f"as ['_self_', {{'optim': 'sgd'}}]; given was {defaults!r}"
        )
        raise ConfigTypeError(msg)
    return [dict(item) if isinstance(item, Mapping) else item for item in defaults]
