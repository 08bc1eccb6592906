"""`builds`: a call of a target as a config.

This module must not know how a config is instantiated.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Optional, TypeVar

from omegaconf import MISSING

from zenrun.configs._make_config import checked_defaults
from zenrun.configs._signature import check_arguments, hints_of, signature_of
from zenrun.configs._targets import target_path
from zenrun.configs._types import Builds, config_hint, is_config
from zenrun.configs._values import config_value, make_config_class
from zenrun.errors import ConfigTypeError

T = TypeVar("T")

_CONVERT = ("none", "partial", "object", "all")
_OPTIONS = (
    "zen_partial",
    "hydra_partial",
    "populate_full_signature",
    "hydra_recursive",
    "hydra_convert",
    "hydra_defaults",
)
_NAMED_PARAMETERS = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def builds(
    target: Callable[..., T] | type[T],
    /,
    *args: Any,
    zen_partial: bool | None = None,
    hydra_partial: bool | None = None,
    populate_full_signature: bool = False,
    hydra_recursive: bool | None = None,
    hydra_convert: str | None = None,
    hydra_defaults: Sequence[str | Mapping[str, str | Sequence[str] | None]] | None = None,
    **kwargs: Any,
) -> type[Builds[T]]:
    """Make a config that `instantiate` turns into the result of calling a target.

    Args:
        target: The function or class to call. It must be found by a dotted path.
        *args: Its positional arguments; any values that `just` takes.
        zen_partial: Whether `instantiate` gives ``functools.partial(target, ...)`` instead.
        hydra_partial: The older name of ``zen_partial``.
        populate_full_signature: Whether the config gets a field for each parameter of the target,
            with the parameter's default, or mandatory if it has none.
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
    if not callable(target) or is_config(target) and not isinstance(target, type):
        target_path(target)  # says it better where the object has no path at all
        msg = f"builds makes a config of something that can be called; given was {target!r}"
        raise ConfigTypeError(msg)
    path = target_path(target)
    partial = _partial(zen_partial, hydra_partial)
    _check_options(kwargs, hydra_recursive, hydra_convert)
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
    made: type[Builds[T]] = make_config_class(f"{prefix}_{name}", fields, doc=f"A config of {path}.")
    return made


def _argument_fields(
    target: Any,
    signature: inspect.Signature | None,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    *,
    populate: bool,
) -> list[tuple[str, Any, Any]]:
    hints = {} if signature is None else hints_of(target, signature)
    values = dict(kwargs)
    if populate and signature is not None:
        parameters = list(signature.parameters.values())[len(args) :]
        populated = {
            item.name: MISSING if item.default is inspect.Parameter.empty else item.default
            for item in parameters
            if item.kind in _NAMED_PARAMETERS
        }
        values = {**populated, **kwargs}
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
    return found if _holds(found, value) else Any


def _holds(hint: Any, value: Any) -> bool:
    """Say whether OmegaConf takes the value in a field of that type."""
    if hint is Any or (isinstance(value, str) and (value == MISSING or "${" in value)):
        return True
    kinds = {item for item in getattr(hint, "__args__", ()) or (hint,) if isinstance(item, type)}
    origin = getattr(hint, "__origin__", None)
    if origin in (list, dict):
        items = value.values() if isinstance(value, dict) else value
        if not isinstance(value, origin) or any(is_config(item) for item in items):
            return False
        inner = hint.__args__[-1]
        return all(_holds(inner, item) and not isinstance(item, (list, dict)) for item in items)
    if float in kinds and isinstance(value, int) and not isinstance(value, bool):
        return True
    return isinstance(value, tuple(kinds)) and (bool in kinds or not isinstance(value, bool))


def _partial(zen_partial: Any, hydra_partial: Any) -> bool | None:
    for name, given in (("zen_partial", zen_partial), ("hydra_partial", hydra_partial)):
        if given is not None and not isinstance(given, bool):
            msg = f"builds takes {name}=True or False; given was {given!r}"
            raise ConfigTypeError(msg)
    if zen_partial is not None and hydra_partial is not None and zen_partial != hydra_partial:
        msg = "builds is given zen_partial and hydra_partial, two names of one option, and they differ"
        raise ConfigTypeError(msg)
    return zen_partial if zen_partial is not None else hydra_partial


def _check_options(kwargs: Mapping[str, Any], recursive: Any, convert: Any) -> None:
    if recursive is not None and not isinstance(recursive, bool):
        msg = f"builds takes hydra_recursive=True or False; given was {recursive!r}"
        raise ConfigTypeError(msg)
    if convert is not None and convert not in _CONVERT:
        msg = f"builds takes hydra_convert={', '.join(map(repr, _CONVERT))}; given was {convert!r}"
        raise ConfigTypeError(msg)
    for name in kwargs:
        if name.startswith(("zen_", "hydra_")):
            msg = (
                f"Names that begin with zen_ or hydra_ are builds' own options, and it has no "
                f"{name!r}. It has {', '.join(_OPTIONS)}"
            )
            raise ConfigTypeError(msg)
        if name in {"_target_", "_partial_", "_recursive_", "_convert_", "_args_"}:
            msg = f"{name!r} is Hydra's own field of a config; builds sets it from its options"
            raise ConfigTypeError(msg)
