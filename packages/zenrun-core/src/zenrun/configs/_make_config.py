"""`make_config`: a config without a target, from names and values.

This module must not know of targets.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import MISSING
from typing import Any, Union, cast

from zenrun import errors
from zenrun.configs._build import field_hint
from zenrun.configs._checks import (
    HYDRAS_FIELDS,
    check_convert,
    check_field_name,
    check_hydras_own,
    check_recursive,
    check_reserved,
    checked_bases,
    checked_defaults,
    checked_zen_convert,
)
from zenrun.configs._dataclass import make_config_class
from zenrun.configs._dataclass_options import checked_dataclass_options
from zenrun.configs._fields import ZenField, field_default, misplaced
from zenrun.configs._protocols import Convert
from zenrun.configs._rules import RULES, Rules
from zenrun.typing import DataClass, DataclassOptions, DefaultsList, ZenConvert

MAKE_CONFIG_OPTIONS = (
    "hydra_defaults",
    "hydra_recursive",
    "hydra_convert",
    "zen_convert",
    "zen_dataclass",
    "config_name",
    "bases",
    "frozen",
)
_HIDDEN = HYDRAS_FIELDS | {"defaults"}


def make_config(
    *fields_as_args: Union[str, ZenField],  # noqa: UP007 - shown by help
    hydra_recursive: bool | None = None,
    hydra_convert: Convert | None = None,
    hydra_defaults: DefaultsList | None = None,
    config_name: str | None = None,
    bases: Sequence[type[Any]] = (),
    zen_convert: ZenConvert | None = None,
    zen_dataclass: DataclassOptions | None = None,
    frozen: bool | None = None,
    **fields_as_kwargs: Any,
) -> type[DataClass]:
    """Make a config with the given fields.

    Args:
        *fields_as_args: Names of fields without a value, which a job must be given; or `ZenField` objects
            with a name.
        hydra_recursive: Hydra's ``_recursive_``: whether nested configs are instantiated too.
        hydra_convert: Hydra's ``_convert_``: "none", "partial", "object" or "all".
        hydra_defaults: The config's defaults list, in Hydra's form.
        config_name: The name of the config's class; also ``zen_dataclass={"cls_name": ...}``.
        bases: Configs (dataclass types) whose fields are taken over.
        zen_convert: How values become configs: a dict with ``dataclass``, which is False here where it is
            not given.
        zen_dataclass: How the config's class is made, as in `builds`.
        frozen: The older form of ``zen_dataclass={"frozen": ...}``.
        **fields_as_kwargs: Fields with their values; any value that `just` takes, or a `ZenField`.

    Returns:
        A dataclass type. Fields without a default come first.

    Raises:
        ConfigTypeError: A name is no Python name, begins with ``zen_`` or ``hydra_``, is Hydra's own, or is
            given twice; a base is no dataclass type that can be inherited from; or an option has a value
            that it does not take.
        UnsupportedValueError: No config can hold a value.

    Example:
        >>> from zenrun import make_config
        >>> Config = make_config("lr", epochs=10)
        >>> Config(lr=0.1)
        Config(lr=0.1, epochs=10)
    """
    options = {
        "hydra_recursive": hydra_recursive,
        "hydra_convert": hydra_convert,
        "hydra_defaults": hydra_defaults,
        "config_name": config_name,
        "bases": bases,
        "zen_convert": zen_convert,
        "zen_dataclass": zen_dataclass,
        "frozen": frozen,
    }
    return config_of_fields(fields_as_args, fields_as_kwargs, options, RULES)


def config_of_fields(
    by_position: Sequence[Any],
    by_name: Mapping[str, Any],
    options: Mapping[str, Any],
    rules: Rules,
) -> type[DataClass]:
    """Make the config.

    Args:
        by_position: Names and `ZenField` objects.
        by_name: Names, with values and `ZenField` objects.
        options: The options of `make_config`.
        rules: How values and hints are turned into what stands in the config.

    Raises:
        ConfigTypeError: As `make_config` raises it.
        UnsupportedValueError: As `make_config` raises it.
    """
    name, defaults = options.get("config_name"), options.get("hydra_defaults")
    recursive, hydra_convert = options.get("hydra_recursive"), options.get("hydra_convert")
    if name is not None and not isinstance(name, str):
        msg = f"config_name is the name of the config's class; given was {name!r}"
        raise errors.ConfigTypeError(msg)
    check_recursive(recursive)
    check_convert(hydra_convert)
    convert_dataclass, _ = checked_zen_convert(options.get("zen_convert"), dataclass=False)
    spec = checked_dataclass_options(options.get("zen_dataclass"))
    if options.get("frozen") is not None:
        old = checked_dataclass_options({"frozen": options["frozen"]})
        msg = "make_config(frozen=...) is the older form of zen_dataclass={'frozen': ...}"
        warnings.warn(msg, DeprecationWarning, stacklevel=3)
        spec = spec._replace(flags={**spec.flags, **old.flags})
    if spec.target is not None:
        msg = "zen_dataclass takes no 'target' in make_config, whose configs have none"
        raise errors.ConfigTypeError(msg)
    bases = checked_bases(options.get("bases", ()), "bases") + spec.bases
    given = _given(by_position, by_name)
    check_reserved(given, "make_config", MAKE_CONFIG_OPTIONS)
    check_hydras_own(given, "make_config")
    if defaults is None and not isinstance(given.get("defaults"), (ZenField, type(None))):
        defaults = given.pop("defaults")
    mandatory: list[tuple[str, Any, Any]] = []
    fields: list[tuple[str, Any, Any]] = []
    for key, item in given.items():
        hint, value, convert = Any, item, convert_dataclass
        if isinstance(item, ZenField):
            hint, value = item.hint, item.default
            convert, _ = checked_zen_convert(item.zen_convert, dataclass=convert_dataclass)
        value = field_default(value)
        if value is MISSING:
            mandatory.append((key, field_hint(hint, MISSING, rules), MISSING))
        else:
            value = rules.value(value, key, convert)
            fields.append((key, field_hint(hint, value, rules), value))
    fields = mandatory + fields
    if recursive is not None:
        fields.append(("_recursive_", bool, recursive))
    if hydra_convert is not None:
        fields.append(("_convert_", str, hydra_convert))
    if defaults is not None:
        fields.append(("defaults", list[Any], checked_defaults(defaults)))
    made = make_config_class(
        name or "Config",
        fields,
        hidden=_HIDDEN if defaults is not None else HYDRAS_FIELDS,
        bases=bases,
        doc=f"A config of {', '.join(key for key, _, _ in fields)}.",
        spec=spec if name is None else spec._replace(name=name),
    )
    return cast("type[DataClass]", made)


def _given(by_position: Sequence[Any], by_name: Mapping[str, Any]) -> dict[str, Any]:
    """Give all fields by their names."""
    given: dict[str, Any] = {}
    for item in by_position:
        name = item.name if isinstance(item, ZenField) else item
        if name is None:
            msg = f"make_config takes a ZenField by position only with a name; given was {item!r}"
            raise errors.ConfigTypeError(msg)
        check_field_name(name, "make_config")
        if name in by_name or name in given:
            msg = f"make_config is given the field {name!r} twice"
            raise errors.ConfigTypeError(msg)
        given[name] = item if isinstance(item, ZenField) else MISSING
    for name, item in by_name.items():
        if isinstance(item, ZenField):
            misplaced(name, item)
        given[name] = item
    return given
