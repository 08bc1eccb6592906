"""`kwargs_of`: the arguments of a target as a config, which is instantiated as a dict.

This module must not know how a config is instantiated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Concatenate, Literal, ParamSpec, overload

from zenrun import errors
from zenrun.configs._build import argument_fields
from zenrun.configs._checks import check_hydras_own, check_reserved
from zenrun.configs._dataclass import make_config_class
from zenrun.configs._options import checked_options
from zenrun.configs._parameters import excluded, populated
from zenrun.configs._protocols import Exclude
from zenrun.configs._rules import RULES, Rules
from zenrun.configs._signature import check_arguments, signature_of
from zenrun.typing import Builds, BuildsWithSig, DataclassOptions

P = ParamSpec("P")

_OPTIONS = ("zen_dataclass", "zen_exclude")
_HIDDEN = frozenset({"_target_"})


@overload
def kwargs_of(
    target: Callable[P, Any], /, *, zen_dataclass: DataclassOptions | None = ...
) -> type[BuildsWithSig[type[dict[str, Any]], P]]: ...


@overload
def kwargs_of(
    target: Callable[Concatenate[Any, P], Any],
    /,
    *,
    zen_dataclass: DataclassOptions | None = ...,
    zen_exclude: tuple[Literal[0]],
) -> type[BuildsWithSig[type[dict[str, Any]], P]]: ...


@overload
def kwargs_of(
    target: Callable[Concatenate[Any, Any, P], Any],
    /,
    *,
    zen_dataclass: DataclassOptions | None = ...,
    zen_exclude: tuple[Literal[0], Literal[1]],
) -> type[BuildsWithSig[type[dict[str, Any]], P]]: ...


@overload
def kwargs_of(
    target: Callable[Concatenate[Any, Any, Any, P], Any],
    /,
    *,
    zen_dataclass: DataclassOptions | None = ...,
    zen_exclude: tuple[Literal[0], Literal[1], Literal[2]],
) -> type[BuildsWithSig[type[dict[str, Any]], P]]: ...


@overload
def kwargs_of(
    target: Callable[..., Any],
    /,
    *,
    zen_dataclass: DataclassOptions | None = ...,
    zen_exclude: Exclude | None = ...,
    **overrides: Any,
) -> type[Builds[type[dict[str, Any]]]]: ...


def kwargs_of(
    target: Any,
    /,
    *,
    zen_dataclass: DataclassOptions | None = None,
    zen_exclude: Exclude | None = None,
    **overrides: Any,
) -> Any:
    """Make a config of a target's arguments: `instantiate` gives them as a dict.

    Args:
        target: A function or a class that tells its signature; no path has to lead to it.
        zen_dataclass: How the config's class is made, as in `builds`.
        zen_exclude: Parameters that get no field, as in `builds`.
        **overrides: Other defaults for some of the parameters.

    Returns:
        A dataclass type whose arguments are the target's.

    Raises:
        ConfigTypeError: The target cannot be called, or an option has a value that it does not take.
        SignatureError: The target tells no signature, or has no parameter of that name.
        UnsupportedValueError: No config can hold an override.

    Example:
        >>> from zenrun import instantiate, kwargs_of
        >>> def train(lr, epochs=10): ...
        >>> instantiate(kwargs_of(train)(lr=0.1))
        {'lr': 0.1, 'epochs': 10}
    """
    options = {"zen_dataclass": zen_dataclass, "zen_exclude": zen_exclude or ()}
    return config_of_kwargs(target, overrides, options, RULES)


def config_of_kwargs(
    target: Any, overrides: Mapping[str, Any], options: Mapping[str, Any], rules: Rules
) -> Any:
    """Make the config.

    Args:
        target: The target.
        overrides: Other defaults.
        options: The options of `kwargs_of`.
        rules: How values and hints are turned into what stands in the config.

    Raises:
        ConfigTypeError: As `kwargs_of` raises it.
        SignatureError: As `kwargs_of` raises it.
        UnsupportedValueError: As `kwargs_of` raises it.
    """
    name = getattr(target, "__name__", type(target).__name__)
    if not callable(target):
        msg = f"kwargs_of takes a function or a class; given was {target!r}"
        raise errors.ConfigTypeError(msg)
    checked = checked_options(**options)
    check_reserved(overrides, "kwargs_of", _OPTIONS)
    check_hydras_own(overrides, "kwargs_of")
    signature = signature_of(target)
    if signature is None:
        msg = f"{name} tells no signature, so there are no arguments that kwargs_of could read from it"
        raise errors.SignatureError(msg, target=name)
    without = excluded(checked.exclude, signature, overrides) if checked.exclude else ()
    given = {key: item for key, item in overrides.items() if key not in without}
    check_arguments(name, signature, (), given, {})
    values = populated(
        target,
        signature,
        given,
        by_position=0,
        partial=False,
        without=without,
        inherited=(),
        rules=rules,
    )
    fields = [("_target_", str, "builtins.dict")]
    fields += argument_fields(target, signature, values, checked, rules)
    return make_config_class(
        f"kwargs_of_{name.strip('<>')}",
        fields,
        hidden=_HIDDEN,
        doc=f"A config of the arguments of {name}.",
        spec=checked.dataclass._replace(target_repr=False),
    )
