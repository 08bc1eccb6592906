"""`make_config`: a config without a target, from names and values.

This module must not know of targets.
"""

from __future__ import annotations

import keyword
from collections.abc import Sequence
from dataclasses import is_dataclass
from typing import Any

from zenrun import errors
from zenrun.configs._dataclass import make_config_class
from zenrun.configs._nodes import MISSING
from zenrun.configs._options import Defaults, check_reserved, checked_defaults
from zenrun.configs._values import Conversion, config_value


def make_config(
    *fields_as_args: str,
    hydra_defaults: Defaults | None = None,
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
        ConfigTypeError: A name is no Python name, begins with ``zen_`` or ``hydra_``, or is given
            twice; or a base is no dataclass type that can be inherited from.
        UnsupportedValueError: No config can hold a value.

    Example:
        >>> from zenrun import make_config
        >>> Config = make_config("lr", epochs=10)
        >>> Config(lr=0.1)
        Config(lr=0.1, epochs=10)
    """
    if not isinstance(config_name, str):
        msg = f"config_name is the name of the config's class; given was {config_name!r}"
        raise errors.ConfigTypeError(msg)
    names = [name for name in (*fields_as_args, *fields_as_kwargs) if isinstance(name, str)]
    check_reserved(names, "make_config", ("hydra_defaults",))
    fields: list[tuple[str, Any, Any]] = []
    for name in fields_as_args:
        if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name):
            msg = f"make_config takes names of fields by position; {name!r} is no Python name"
            raise errors.ConfigTypeError(msg)
        if name in fields_as_kwargs or any(name == field for field, _, _ in fields):
            msg = f"make_config is given the field {name!r} twice"
            raise errors.ConfigTypeError(msg)
        fields.append((name, Any, MISSING))
    for base in bases:
        if not isinstance(base, type) or not is_dataclass(base):
            msg = f"The bases of a config are dataclass types; given was {base!r}"
            raise errors.ConfigTypeError(msg)
    fields += [
        (name, Any, config_value(item, name, Conversion(dataclasses=False)))
        for name, item in fields_as_kwargs.items()
    ]
    if hydra_defaults is not None:
        fields.append(("defaults", list[Any], checked_defaults(hydra_defaults)))
    doc = f"A config of {', '.join(name for name, _, _ in fields)}."
    made: type[Any] = make_config_class(config_name, fields, bases=tuple(bases), doc=doc)
    return made
