"""The fields of a config's class, as `dataclasses` has them.

This module must not know how a class is put together.
"""

from __future__ import annotations

import copy
import functools
from dataclasses import MISSING, Field, dataclass, field
from typing import Any

from zenrun.configs._nodes import MISSING as NO_VALUE
from zenrun.configs._travel import OF_FIELDS, ConfigType
from zenrun.configs._types import is_config

PARAMS = "__dataclass_params__"
FIELDS = "__dataclass_fields__"


@dataclass(unsafe_hash=True)
class Ordinary:
    """What every ordinary dataclass has in common is taken from this one."""

    value: Any = None


FIELD_TYPE: Any = vars(Ordinary)[FIELDS]["value"]._field_type  # noqa: SLF001 - by it `fields` knows fields
OF_ORDINARY_FIELD = {name: getattr(vars(Ordinary)[FIELDS]["value"], name) for name in OF_FIELDS}


def field_of(name: str, hint: Any, value: Any, *, init: bool) -> Field[Any]:
    """Give the field whose default is the value, a fresh copy for each config if it can change."""
    made: Any
    if value is MISSING:
        made = field(init=init, kw_only=False)
    # What has no hash can change, says `dataclasses`, and takes no such default.
    elif type(value).__hash__ is None or (is_config(value) and not isinstance(value, type)):
        factory = functools.partial(copy.deepcopy, value)
        made = field(default_factory=factory, init=init, kw_only=False)
    else:
        made = field(default=value, init=init, kw_only=False)
    made.name, made.type, made._field_type = name, hint, FIELD_TYPE  # noqa: SLF001
    return made  # type: ignore[no-any-return]


def give_defaults(own: dict[str, Field[Any]]) -> bool:
    """Let mandatory fields stand behind others that have defaults, and say whether there are any.

    To OmegaConf they are missing all the same.
    """
    mandatory = [
        item for item in own.values() if item.default is MISSING and item.default_factory is MISSING
    ]
    for item in mandatory:
        item.default = NO_VALUE
    return bool(mandatory)


def has_default(base: type) -> bool:
    return any(
        item.default is not MISSING or item.default_factory is not MISSING
        for item in getattr(base, FIELDS, {}).values()
    )


def inherited_fields(bases: tuple[type, ...]) -> dict[str, Field[Any]] | None:
    """Give the fields of the only base, or None where bases ask for more than fields."""
    if not bases:
        return {}
    if len(bases) > 1 or type(bases[0]) not in (type, ConfigType):
        return None
    found: dict[str, Field[Any]] = {}
    for base in reversed(bases[0].__mro__):
        params = getattr(base, PARAMS, None)
        if params is not None and params.frozen:
            return None
        found.update(getattr(base, FIELDS, {}))
    ordinary = all(
        item._field_type is FIELD_TYPE  # type: ignore[attr-defined]  # noqa: SLF001
        and not hasattr(item.default, "__set_name__")
        for item in found.values()
    )
    return found if ordinary else None


def defaults_come_last(every: dict[str, Field[Any]]) -> bool:
    mandatory = [
        item.default is MISSING and item.default_factory is MISSING for item in by_position(every)
    ]
    return mandatory == sorted(mandatory, reverse=True)


def by_position(every: dict[str, Field[Any]]) -> list[Field[Any]]:
    return [item for item in every.values() if item.init and not item.kw_only]
