"""`builds`: a call of a target as a config.

This module must not know how a config is instantiated.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Optional, TypeVar, overload

from zenrun import errors
from zenrun.configs._dataclass import make_config_class
from zenrun.configs._nodes import MISSING
from zenrun.configs._options import (
    OPTIONS_OF_BUILDS,
    Defaults,
    check_convert,
    check_hydras_own,
    check_recursive,
    check_reserved,
    checked_defaults,
    checked_partial,
)
from zenrun.configs._signature import check_arguments, hints_of, signature_of
from zenrun.configs._targets import target_path
from zenrun.configs._types import Builds, config_hint, fits_hint, is_config, is_special
from zenrun.configs._values import config_value

T = TypeVar("T")

_POSITIONAL_PARAMETERS = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
)
_NAMED_PARAMETERS = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


@overload
def builds(
    target: Callable[..., T] | type[T],
    /,
    *args: Any,
    zen_partial: Literal[True],
    hydra_partial: bool | None = None,
    populate_full_signature: bool = False,
    hydra_recursive: bool | None = None,
    hydra_convert: str | None = None,
    hydra_defaults: Defaults | None = None,
    **kwargs: Any,
) -> type[Builds[functools.partial[T]]]: ...


@overload
def builds(
    target: Callable[..., T] | type[T],
    /,
    *args: Any,
    zen_partial: bool | None = None,
    hydra_partial: Literal[True],
    populate_full_signature: bool = False,
    hydra_recursive: bool | None = None,
    hydra_convert: str | None = None,
    hydra_defaults: Defaults | None = None,
    **kwargs: Any,
) -> type[Builds[functools.partial[T]]]: ...


@overload
def builds(
    target: Callable[..., T] | type[T],
    /,
    *args: Any,
    zen_partial: Literal[False] | None = None,
    hydra_partial: Literal[False] | None = None,
    populate_full_signature: bool = False,
    hydra_recursive: bool | None = None,
    hydra_convert: str | None = None,
    hydra_defaults: Defaults | None = None,
    **kwargs: Any,
) -> type[Builds[T]]: ...


@overload
def builds(
    target: Callable[..., T] | type[T],
    /,
    *args: Any,
    zen_partial: bool | None = None,
    hydra_partial: bool | None = None,
    populate_full_signature: bool = False,
    hydra_recursive: bool | None = None,
    hydra_convert: str | None = None,
    hydra_defaults: Defaults | None = None,
    **kwargs: Any,
) -> type[Builds[Any]]: ...


def builds(
    target: Callable[..., T] | type[T],
    /,
    *args: Any,
    zen_partial: bool | None = None,
    hydra_partial: bool | None = None,
    populate_full_signature: bool = False,
    hydra_recursive: bool | None = None,
    hydra_convert: str | None = None,
    hydra_defaults: Defaults | None = None,
    **kwargs: Any,
) -> type[Builds[Any]]:
    """Make a config that `instantiate` turns into the result of calling a target.

    Args:
        target: The function or class to call. It must be found by a dotted path.
        *args: Its positional arguments; any values that `just` takes.
        zen_partial: Whether `instantiate` gives ``functools.partial(target, ...)`` instead.
        hydra_partial: The older name of ``zen_partial``.
        populate_full_signature: Whether the config gets a field for each parameter of the target,
            with the parameter's default, or mandatory if it has none. A default that no config
            can hold, such as a sentinel object, gets no field and stays the target's own.
        hydra_recursive: Hydra's ``_recursive_``: whether nested configs are instantiated too.
        hydra_convert: Hydra's ``_convert_``: "none", "partial", "object" or "all".
        hydra_defaults: The config's defaults list, in Hydra's form.
        **kwargs: The target's keyword arguments.

    Returns:
        A dataclass type; its instances, made with other values of the fields, are configs too.

    Raises:
        InvalidTargetError: No path leads to the target, or it cannot be called.
        SignatureError: The arguments do not fit the target's signature.
        ConfigTypeError: An option has a value that it does not take, or does not exist.
        UnsupportedValueError: No config can hold an argument.

    Example:
        >>> from zenrun import builds, instantiate
        >>> Conf = builds(dict, a=1, b=[2, 3])
        >>> instantiate(Conf)
        {'a': 1, 'b': [2, 3]}
        >>> square = instantiate(builds(pow, exp=2, zen_partial=True))
        >>> square(4)
        16
    """
    if not callable(target) or (is_config(target) and not isinstance(target, type)):
        target_path(target)  # says it better where the object has no path at all
        msg = f"builds makes a config of something that can be called; given was {target!r}"
        raise errors.ConfigTypeError(msg)
    path = target_path(target)
    partial = checked_partial(zen_partial, hydra_partial)
    check_recursive(hydra_recursive)
    check_convert(hydra_convert)
    check_reserved(kwargs, "builds", OPTIONS_OF_BUILDS)
    check_hydras_own(kwargs)
    signature = signature_of(target)
    check_arguments(path, signature, args, kwargs)

    fields: list[tuple[str, Any, Any]] = [("_target_", str, path)]
    if partial is not None:
        fields.append(("_partial_", bool, partial))
    if hydra_recursive is not None:
        fields.append(("_recursive_", bool, hydra_recursive))
    if hydra_convert is not None:
        fields.append(("_convert_", str, hydra_convert))
    if args:
        values = [config_value(item, f"_args_[{index}]") for index, item in enumerate(args)]
        fields.append(("_args_", list[Any], values))
    if hydra_defaults is not None:
        fields.append(("defaults", list[Any], checked_defaults(hydra_defaults)))
    fields += _argument_fields(target, signature, args, kwargs, populate=populate_full_signature)
    name = getattr(target, "__name__", "target")
    prefix = "PartialBuilds" if partial else "Builds"
    made: type[Builds[Any]] = make_config_class(
        f"{prefix}_{name}", fields, doc=f"A config of {path}."
    )
    return made


def _argument_fields(
    target: Any,
    signature: inspect.Signature | None,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    *,
    populate: bool,
) -> list[tuple[str, Any, Any]]:
    values = dict(kwargs)
    if populate and signature is not None:
        values = {**_populated(signature, len(args)), **kwargs}
    hints = {} if signature is None else hints_of(target, signature, values)
    return [
        (name, _field_hint(hints.get(name, Any), value), value)
        for name, value in ((key, config_value(item, key)) for key, item in values.items())
    ]


def _field_hint(hint: Any, value: Any) -> Any:
    """Give the hint by which overrides of the field are checked, wide enough for its value."""
    if is_config(value):
        return Any  # a config of the object stands where the object will
    found = config_hint(hint)
    if value is None and found is not Any:
        return Optional[found]  # noqa: UP045 - OmegaConf 2.2 does not know X | None
    return found if fits_hint(found, value) else Any


def _populated(signature: inspect.Signature, by_position: int) -> dict[str, Any]:
    """Give the parameters that take a keyword, but for the first ones, with their defaults."""
    parameters = list(signature.parameters.values())
    taken = [item.name for item in parameters if item.kind in _POSITIONAL_PARAMETERS][:by_position]
    values = {}
    for item in parameters:
        if item.kind not in _NAMED_PARAMETERS or item.name in taken:
            continue
        if item.default is inspect.Parameter.empty:
            values[item.name] = MISSING
        elif _can_be_held(item.default):
            values[item.name] = item.default
    return values


def _can_be_held(default: Any) -> bool:
    """Say whether a config holds a default as it is: sentinels and lambdas stay the target's."""
    try:
        return not is_special(config_value(default))
    except errors.ConfigError:
        return False
