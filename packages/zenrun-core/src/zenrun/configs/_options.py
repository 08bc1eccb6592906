"""The options of `builds` and `make_config`, which stand beside a config's own fields.

This module must not know how a config is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from zenrun import errors
from zenrun.configs._checks import (
    check_convert,
    check_field_name,
    check_hydras_own,
    check_recursive,
    check_reserved,
    checked_bases,
    checked_defaults,
    checked_partial,
    checked_zen_convert,
)
from zenrun.configs._dataclass_options import ORDINARY, DataclassSpec, checked_dataclass_options

OPTIONS_OF_BUILDS = (
    "zen_partial",
    "zen_wrappers",
    "zen_meta",
    "zen_exclude",
    "zen_convert",
    "zen_dataclass",
    "hydra_partial",
    "hydra_recursive",
    "hydra_convert",
    "hydra_defaults",
    "populate_full_signature",
    "builds_bases",
)


@dataclass(slots=True)
class Options:
    """The options of one call of `builds`, checked."""

    partial: bool | None
    wrappers: Any
    meta: Mapping[str, Any]
    populate: bool
    exclude: Any
    flat_target: bool
    convert_dataclass: bool
    dataclass: DataclassSpec
    recursive: bool | None
    convert: str | None
    defaults: list[Any] | None
    bases: tuple[type, ...]


def checked_options(
    *,
    zen_partial: Any = None,
    zen_wrappers: Any = (),
    zen_meta: Any = None,
    zen_exclude: Any = (),
    zen_convert: Any = None,
    zen_dataclass: Any = None,
    hydra_partial: Any = None,
    hydra_recursive: Any = None,
    hydra_convert: Any = None,
    hydra_defaults: Any = None,
    populate_full_signature: Any = False,
    builds_bases: Any = (),
) -> Options:
    """Check the options of `builds`, which are its arguments of the same names.

    What ``zen_wrappers`` holds is looked at when it is turned into a field.

    Raises:
        ConfigTypeError: One has a value that it does not take.
    """
    if not isinstance(populate_full_signature, bool):
        msg = f"builds takes populate_full_signature=True or False; given was {populate_full_signature!r}"
        raise errors.ConfigTypeError(msg)
    check_recursive(hydra_recursive)
    check_convert(hydra_convert)
    convert_dataclass = flat_target = True
    if zen_convert is not None:
        convert_dataclass, flat_target = checked_zen_convert(zen_convert, dataclass=True)
    spec = ORDINARY if zen_dataclass is None else checked_dataclass_options(zen_dataclass)
    partial = zen_partial
    if zen_partial is not None or hydra_partial is not None:
        partial = checked_partial(zen_partial, hydra_partial)
    return Options(
        partial=partial,
        wrappers=zen_wrappers,
        meta=_NO_META if zen_meta is None else _checked_meta(zen_meta),
        populate=populate_full_signature,
        exclude=_checked_exclude(zen_exclude) if zen_exclude != () else (),
        flat_target=flat_target,
        convert_dataclass=convert_dataclass,
        dataclass=spec,
        recursive=hydra_recursive,
        convert=hydra_convert,
        defaults=None if hydra_defaults is None else checked_defaults(hydra_defaults),
        bases=checked_bases(builds_bases, "builds_bases") + spec.bases,
    )


def split_options(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Tell the options of `builds` from the arguments of the target.

    Args:
        given: Both.

    Returns:
        The options, and the arguments.
    """
    options = {name: given[name] for name in OPTIONS_OF_BUILDS if name in given}
    return options, {name: item for name, item in given.items() if name not in options}


_NO_META: Mapping[str, Any] = {}


def _checked_meta(meta: Any) -> Mapping[str, Any]:
    if not isinstance(meta, Mapping) or not all(isinstance(name, str) for name in meta):
        msg = f"zen_meta is a dict from names of fields to their values; given was {meta!r}"
        raise errors.ConfigTypeError(msg)
    for name in meta:
        check_field_name(name, "zen_meta")
    check_reserved(meta, "builds", OPTIONS_OF_BUILDS)
    check_hydras_own(meta)
    return dict(meta)


def _checked_exclude(exclude: Any) -> Any:
    if callable(exclude):
        return exclude
    fine = isinstance(exclude, Iterable) and not isinstance(exclude, (str, bytes))
    items = list(exclude) if fine else []
    if not fine or not all(
        isinstance(item, (str, int)) and not isinstance(item, bool) for item in items
    ):
        msg = (
            "zen_exclude is a list of names and positions of parameters, such as ['lr', 0, -1], or a "
            f"function that is given a name and says whether to leave it out; given was {exclude!r}"
        )
        raise errors.ConfigTypeError(msg)
    return items
