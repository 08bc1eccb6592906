"""A call of a target, worked out as the fields of a config.

This module must not know how a config is instantiated.
"""

from __future__ import annotations

import functools
import inspect
import types
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import MISSING
from enum import Enum
from pathlib import Path
from typing import Any, Optional, get_origin

from zenrun import errors
from zenrun.configs._bases import Inherited, inherited
from zenrun.configs._checks import HYDRAS_FIELDS, check_hydras_own, check_reserved
from zenrun.configs._dataclass import make_config_class
from zenrun.configs._dataclass_options import checked_dataclass_options
from zenrun.configs._names import ZEN_PROCESSING
from zenrun.configs._options import OPTIONS_OF_BUILDS, Options, checked_options
from zenrun.configs._parameters import NAMED, excluded, populated
from zenrun.configs._reading import get_target, has_target
from zenrun.configs._rules import RULES, Rules
from zenrun.configs._signature import check_arguments, hints_of, signature_of
from zenrun.configs._targets import target_path
from zenrun.configs._types import config_hint, fits_hint, is_config, is_special
from zenrun.configs._wrappers import wrapper_field

_USUAL = (type, types.FunctionType)
_FIXED = (type, bool, int, float, str, bytes, type(None), Enum, Path)
_HIDDEN_DEFAULTS = HYDRAS_FIELDS | {"defaults"}
_OLD_NAMES = {"frozen": "frozen", "dataclass_name": "cls_name"}


def build_config(
    target: Any,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    options: Options,
    rules: Rules = RULES,
) -> Any:
    """Make the config of a call.

    Args:
        target: What is called: also a partial, or a config of something else.
        args: Its positional arguments.
        kwargs: Its keyword arguments.
        options: The options of `builds`.
        rules: How values, hints and targets are turned into what stands in the config.

    Raises:
        ConfigTypeError: The target cannot be called, or an argument is none.
        InvalidTargetError: No path leads to the target.
        SignatureError: The arguments do not fit the target's signature.
        UnsupportedValueError: No config can hold an argument.
    """
    while isinstance(target, functools.partial):
        args, kwargs = (*target.args, *args), {**target.keywords, **kwargs}
        target = target.func
    if type(target) not in _USUAL:
        target = get_origin(target) or target  # list[int] is called as list is
    is_class = isinstance(target, type)
    if is_class and options.flat_target and is_config(target) and has_target(target):
        target = get_target(target)
    elif not callable(target) or (not is_class and is_config(target)):
        target_path(target)  # says it better where the object has no path at all
        msg = f"builds makes a config of something that can be called; given was {target!r}"
        raise errors.ConfigTypeError(msg)
    path = options.dataclass.target or rules.path(target)
    if is_class and (inspect.isabstract(target) or getattr(target, "_is_protocol", False)):
        _check_concrete(target, path)
    check_reserved(kwargs, "builds", OPTIONS_OF_BUILDS)
    check_hydras_own(kwargs)
    signature = signature_of(target)
    if not _OLD_NAMES.keys().isdisjoint(kwargs):
        kwargs = _without_old_names(kwargs, signature, options)
    without = excluded(options.exclude, signature, kwargs) if options.exclude else ()
    if without:
        kwargs = {name: item for name, item in kwargs.items() if name not in without}
    base = inherited(options.bases)
    positional = args or base.args or ()
    check_arguments(path, signature, positional, kwargs, base.names)
    if options.meta:
        _check_meta(path, signature, options.meta, {*kwargs, *base.names})
    partial = base.partial if options.partial is None else options.partial
    values = dict(kwargs)
    if options.populate and signature is not None:
        values = populated(
            target,
            signature,
            kwargs,
            by_position=len(positional),
            partial=bool(partial),
            without=without,
            inherited=base.names,
            rules=rules,
        )
    fields = _own_fields(path, args, options, base, rules)
    fields += argument_fields(target, signature, values, options, rules)
    fields += [
        (name, Any, rules.value(item, name, options.convert_dataclass))
        for name, item in options.meta.items()
    ]
    prefix = "PartialBuilds" if partial else "Builds"
    return make_config_class(
        f"{prefix}_{getattr(target, '__name__', 'target')}",
        fields,
        hidden=HYDRAS_FIELDS if options.defaults is None else _HIDDEN_DEFAULTS,
        bases=options.bases,
        doc=f"A config of {path}.",
        spec=options.dataclass,
    )


def _own_fields(
    path: str, args: Sequence[Any], options: Options, base: Inherited, rules: Rules
) -> list[tuple[str, Any, Any]]:
    """Give the fields that are read by Hydra, and by `zen_processing` where it is needed."""
    wrappers = None
    if options.wrappers != ():
        wrappers = wrapper_field(
            options.wrappers, rules, functools.partial(_partial_config, rules=rules)
        )
    partial = options.partial
    fields: list[tuple[str, Any, Any]]
    if wrappers is not None or options.meta or base.processed:
        fields = [("_target_", str, ZEN_PROCESSING)]
        if base.hydra_partial and not base.processed:  # else Hydra makes a partial of the call
            fields.append(("_partial_", bool, False))
            partial = True if partial is None else partial
        fields.append(("_zen_target", str, path))
        if partial is not None:
            fields.append(("_zen_partial", bool, partial))
        if options.meta:
            fields.append(("_zen_exclude", list[str], (*base.meta, *options.meta)))
        if wrappers is not None:
            several = type(wrappers) is tuple
            fields.append(("_zen_wrappers", list[Any] if several else Any, wrappers))
    else:
        fields = [("_target_", str, path)]
        if partial is not None:
            fields.append(("_partial_", bool, partial))
    if options.recursive is not None:
        fields.append(("_recursive_", bool, options.recursive))
    if options.convert is not None:
        fields.append(("_convert_", str, options.convert))
    if options.defaults is not None:
        fields.append(("defaults", list[Any], options.defaults))
    if args:
        convert = options.convert_dataclass
        values = [rules.value(item, f"_args_[{index}]", convert) for index, item in enumerate(args)]
        # What cannot change is found in the class too.
        fixed = all(isinstance(item, _FIXED) for item in values)
        fields.append(("_args_", list[Any], tuple(values) if fixed else values))
    return fields


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
            value = rules.value(item, name, options.convert_dataclass)
        fields.append((name, field_hint(hints.get(name, Any), value, rules), value))
    return fields


def field_hint(hint: Any, value: Any, rules: Rules) -> Any:
    """Give the hint by which overrides of a field are checked, wide enough for its value.

    Args:
        hint: The type hint of a parameter, or of a field.
        value: The field's value, or ``dataclasses.MISSING``.
        rules: How hints are turned into those that OmegaConf can hold.
    """
    if is_config(value) or (hint is Any and rules.hint is config_hint):
        return Any  # a config of the object stands where the object will
    found = rules.hint(hint)
    if value is MISSING or found is Any:
        return found
    if value is None:
        return Optional[found]  # noqa: UP045 - OmegaConf 2.2 does not know X | None
    if rules.hint is not config_hint and not is_special(value):
        return found  # the user's own hint: what it is worth is the user's to know
    return found if fits_hint(found, value) else Any


def _partial_config(partial: functools.partial[Any], rules: Rules) -> Any:
    return build_config(partial, (), {}, checked_options(zen_partial=True), rules)


def _check_concrete(target: Any, path: str) -> None:
    """Refuse a class that has no objects, unless it makes objects of others."""
    if target.__new__ is not object.__new__ or type(target).__call__ is not type.__call__:
        return
    missing = ", ".join(sorted(getattr(target, "__abstractmethods__", ())))
    lacks = f" (it lacks {missing})" if missing else ""
    msg = (
        f"{path} is abstract{lacks}, so instantiate could make nothing of a config of it. Configure a class "
        "that inherits from it"
    )
    raise errors.InvalidTargetError(msg)


def _check_meta(
    path: str, signature: inspect.Signature | None, meta: Mapping[str, Any], given: set[str]
) -> None:
    """Refuse meta fields that are arguments: the target would not receive them."""
    parameters = {} if signature is None else signature.parameters
    named = {name for name, item in parameters.items() if item.kind in NAMED}
    for name in meta:
        if name in named or name in given:
            msg = (
                f"zen_meta has the name {name!r}, which is an argument of {path}: meta fields are not given "
                "to the target. Call it something else"
            )
            raise errors.ConfigTypeError(msg)


def _without_old_names(
    kwargs: Mapping[str, Any], signature: inspect.Signature | None, options: Options
) -> dict[str, Any]:
    """Take hydra-zen's older options out of the arguments, where they are no parameters."""
    parameters = {} if signature is None else signature.parameters
    kept, spec = dict(kwargs), {}
    for name, key in _OLD_NAMES.items():
        if name in kept and name not in parameters:
            spec[key] = kept.pop(name)
            msg = f"builds(..., {name}=...) is the older form of zen_dataclass={{{key!r}: ...}}"
            warnings.warn(msg, DeprecationWarning, stacklevel=4)
    found = checked_dataclass_options(spec)
    old = options.dataclass
    options.dataclass = old._replace(
        name=found.name or old.name, flags={**old.flags, **found.flags}
    )
    return kept
