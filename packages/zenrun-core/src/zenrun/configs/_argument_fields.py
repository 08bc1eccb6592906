"""The fields of a target's arguments, each with the type hint by which OmegaConf checks it.

This module must not know of the fields that Hydra reads.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import MISSING
from enum import Enum
from pathlib import Path
from typing import Any, Optional

from zenrun.configs._options import Options
from zenrun.configs._rules import Rules
from zenrun.configs._signature import hints_of
from zenrun.configs._types import config_hint, fits_hint, is_config, is_special

_FIXED = (type, bool, int, float, str, bytes, type(None), Enum, Path)


def argument_fields(
    target: Any,
    signature: inspect.Signature | None,
    values: Mapping[str, Any],
    options: Options,
    rules: Rules,
) -> list[tuple[str, Any, Any]]:
    """Give the fields of arguments, each with its type hint.

    Args:
        target: The target.
        signature: Its signature.
        values: The arguments; ``dataclasses.MISSING`` for those that are mandatory.
        options: The options of `builds`.
        rules: How values and hints are turned into what stands in the config.
    """
    hints = {} if signature is None else hints_of(target, signature, values)
    fields = []
    for name, item in values.items():
        value = item
        if item is not MISSING:
            value = held_value(item, name, options.convert_dataclass, rules)
        fields.append((name, field_hint(hints.get(name, Any), value, rules), value))
    return fields


def held_value(item: Any, place: str, convert_dataclass: bool, rules: Rules) -> Any:
    """Give what stands for a value in a field: a tuple stays one, for those who read the config's class.

    Args:
        item: The value.
        place: Where it stands.
        convert_dataclass: Whether dataclasses without a target become configs of themselves.
        rules: How values are turned into what stands in the config.
    """
    value = rules.value(item, place, convert_dataclass)
    if type(item) is tuple and type(value) is list and is_fixed(value):
        return tuple(value)
    return value


def is_fixed(values: Sequence[Any]) -> bool:
    """Say whether nothing in a sequence can change, so that all of a config's instances may share it.

    Args:
        values: What stands in a config.
    """
    return all(isinstance(item, _FIXED) for item in values)


def field_hint(hint: Any, value: Any, rules: Rules) -> Any:
    """Give the hint by which overrides of a field are checked, wide enough for its value.

    Args:
        hint: The type hint of a parameter, or of a field.
        value: The field's value, or ``dataclasses.MISSING``.
        rules: How hints are turned into those that OmegaConf can hold.
    """
    if is_config(value) or (hint is Any and rules.hint is config_hint):
        return Any  # a config of the object stands where the object will
    if isinstance(value, str) and "${" in value:
        return Any  # what it leads to may be a config of the object too
    found = rules.hint(hint)
    if value is MISSING or found is Any:
        return found
    if value is None:
        return Optional[found]  # noqa: UP045 - OmegaConf 2.2 does not know X | None
    if rules.hint is not config_hint and not is_special(value):
        return found  # the user's own hint: what it is worth is the user's to know
    return found if fits_hint(found, value) else Any
