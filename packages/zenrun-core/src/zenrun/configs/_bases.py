"""What a config inherits from others: arguments, and how its target is called.

This module must not know the target.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, NamedTuple

from zenrun.configs._checks import HYDRAS_FIELDS

_HYDRAS = HYDRAS_FIELDS | {"defaults"}


class Inherited(NamedTuple):
    """What the bases of a config bring.

    Attributes:
        args: The positional arguments, or None.
        names: The names of the keyword arguments, each with the name of the base that has it.
        meta: The names of the fields that are no arguments.
        partial: What they say of partials, or None.
        hydra_partial: Whether Hydra itself is told.
        processed: Whether they have `zen_processing` call the target.
    """

    args: tuple[Any, ...] | None = None
    names: Mapping[str, str] = {}
    meta: tuple[str, ...] = ()
    partial: bool | None = None
    hydra_partial: bool = False
    processed: bool = False


NOTHING = Inherited()


def inherited(bases: tuple[type, ...]) -> Inherited:
    """Read the bases of a config.

    Args:
        bases: Dataclass types.
    """
    if not bases:
        return NOTHING
    fields: dict[str, tuple[str, dataclasses.Field[Any]]] = {}
    for base in reversed(bases):
        for item in dataclasses.fields(base):
            fields[item.name] = (base.__name__, item)

    def value(name: str) -> Any:
        _, item = fields.get(name, ("", None))
        if item is None:
            return None
        if item.default_factory is not dataclasses.MISSING:
            return item.default_factory()
        return None if item.default is dataclasses.MISSING else item.default

    args, meta, partial = value("_args_"), value("_zen_exclude"), value("_partial_")
    zen_partial = value("_zen_partial")
    return Inherited(
        args=None if args is None else tuple(args),
        names={
            name: base
            for name, (base, _) in fields.items()
            if name not in _HYDRAS and name not in (meta or ())
        },
        meta=tuple(meta or ()),
        partial=partial if zen_partial is None else zen_partial,
        hydra_partial=partial is True,
        processed="_zen_target" in fields,
    )
