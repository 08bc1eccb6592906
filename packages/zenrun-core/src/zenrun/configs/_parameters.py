"""Which parameters of a target a config has fields for, and with which defaults.

This module must not know how configs are stored.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Collection, Mapping
from inspect import Parameter, Signature
from typing import Any

from zenrun import errors
from zenrun.configs._rules import Rules
from zenrun.configs._types import is_special

POSITIONAL = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
NAMED = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
_OF_THE_OBJECT = object()  # a default that only the object itself can make: no config holds it
_PLAIN = frozenset((bool, int, float, str, bytes, type(None)))
# The mark that signatures of dataclasses show for a default that is made anew.
_FACTORY = getattr(dataclasses, "_HAS_DEFAULT_FACTORY", None)


def excluded(exclude: Any, signature: Signature | None, names: Collection[str]) -> set[str]:
    """Give the names that ``zen_exclude`` speaks of.

    Args:
        exclude: The option's value, checked.
        signature: The target's signature.
        names: Names of arguments that were given.
    """
    parameters = list(signature.parameters) if signature is not None else []
    if callable(exclude):
        return {name for name in {*parameters, *names} if exclude(name)}
    found = set()
    for item in exclude:
        if isinstance(item, str):
            found.add(item)
        elif -len(parameters) <= item < len(parameters):
            found.add(parameters[item])
    return found


def populated(
    target: Any,
    signature: Signature,
    given: Mapping[str, Any],
    *,
    by_position: int,
    partial: bool,
    without: Collection[str],
    inherited: Collection[str],
    rules: Rules,
) -> dict[str, Any]:
    """Give the arguments that a config has for each parameter that takes a keyword.

    Args:
        target: The target.
        signature: Its signature.
        given: The keyword arguments so far.
        by_position: How many parameters have a positional argument.
        partial: Whether parameters without a default may stay without an argument.
        without: Parameters that get no field.
        inherited: Parameters that another config has a field for: theirs are not made mandatory again.
        rules: How values are turned into what stands in a config.

    Returns:
        The arguments in the order of the parameters, the mandatory ones (``dataclasses.MISSING``) first.
    """
    mandatory: dict[str, Any] = {}
    values: dict[str, Any] = {}
    position = 0
    for item in signature.parameters.values():
        taken = item.kind in POSITIONAL and position < by_position
        position += item.kind in POSITIONAL
        name = item.name
        if taken or item.kind not in NAMED or (name in without and name not in given):
            continue
        if name in given:
            values[name] = given[name]
        elif item.default is Parameter.empty:
            if not partial and name not in inherited:
                mandatory[name] = dataclasses.MISSING
        else:
            default = _made_default(target, item)
            if _can_be_held(default, rules):
                values[name] = default
    return {**mandatory, **values, **given}


def _made_default(target: Any, parameter: inspect.Parameter) -> Any:
    """Give a parameter's default; of dataclasses, attrs and pydantic also one that is made anew."""
    default, name = parameter.default, parameter.name
    if not isinstance(target, type):
        return default
    factory: Any = None
    if default is _FACTORY:
        factory = getattr(target, "__dataclass_fields__", {})[name].default_factory
    elif hasattr(target, "__attrs_attrs__"):
        defaults = {item.alias: item.default for item in target.__attrs_attrs__ if item.init}
        found: Any = defaults.get(name)
        if hasattr(found, "takes_self"):
            if found.takes_self:
                return _OF_THE_OBJECT
            factory = found.factory
    elif hasattr(target, "__pydantic_fields__"):
        factory = getattr(target.__pydantic_fields__.get(name), "default_factory", None)
    if factory is None:
        return default
    try:
        return factory()
    except Exception:  # it may ask for more than there is
        return _OF_THE_OBJECT


def _can_be_held(default: Any, rules: Rules) -> bool:
    """Say whether a config holds a default as it is: sentinels and lambdas stay the target's."""
    if type(default) in _PLAIN:
        return not is_special(default)
    try:
        return not is_special(rules.value(default, "", True))
    except errors.ConfigError:
        return False
