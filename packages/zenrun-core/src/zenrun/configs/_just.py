"""`just`: a value as a config that gives that value back.

This module must not know of targets that are called.
"""

from __future__ import annotations

from typing import Any, TypeVar, overload

from zenrun.configs._checks import check_convert, check_recursive, checked_zen_convert
from zenrun.configs._protocols import Convert
from zenrun.configs._values import Conversion, config_value
from zenrun.typing import (
    Builds,
    BuildsWithSig,
    Importable,
    Just,
    ZenConvert,
)

C = TypeVar("C", bound="type[Builds[Any] | BuildsWithSig[Any, ...]]")


@overload
def just(  # type: ignore[overload-overlap]  # a config is a class: the first that fits holds
    obj: C,
    *,
    zen_convert: ZenConvert | None = ...,
    hydra_recursive: bool | None = ...,
    hydra_convert: Convert | None = ...,
) -> C: ...


@overload
def just(
    obj: Importable,
    *,
    zen_convert: ZenConvert | None = ...,
    hydra_recursive: bool | None = ...,
    hydra_convert: Convert | None = ...,
) -> type[Just[Importable]]: ...


@overload
def just(
    obj: Any,
    *,
    zen_convert: ZenConvert | None = ...,
    hydra_recursive: bool | None = ...,
    hydra_convert: Convert | None = ...,
) -> Any: ...


def just(
    obj: Any,
    *,
    zen_convert: ZenConvert | None = None,
    hydra_recursive: bool | None = None,
    hydra_convert: Convert | None = None,
) -> Any:
    """Make a config that `instantiate` turns back into the value itself.

    A value that OmegaConf holds (None, bool, int, float, str, bytes, Path, Enum) stays as it is. Lists,
    tuples and dicts are looked into; a tuple becomes a list, as OmegaConf has it, but for one inside of
    another value that becomes a config. The rest becomes a config: functions, classes, partials;
    dataclass, attrs, pydantic and named tuple instances; complex, set, frozenset, bytearray, range, slice, deque, Counter,
    OrderedDict, defaultdict, SimpleNamespace, dicts with any keys; dates, times and zones; Decimal,
    Fraction, UUID, patterns, pure paths, IP addresses; arrays, numbers and dtypes of numpy; tensors,
    dtypes, devices and sizes of torch; and values of classes that differ from these in their methods
    alone. `builds` and `make_config` do the same to every value they are given.

    Args:
        obj: The value. A config, which a dataclass with a ``_target_`` is, stays that config.
        zen_convert: What is made of some types: ``{"dataclass": False}`` leaves dataclasses as they are,
            and Hydra makes configs without a target of them.
        hydra_recursive: Hydra's ``_recursive_``, for configs of dataclass instances.
        hydra_convert: Hydra's ``_convert_``, for configs of dataclass instances.

    Returns:
        The value, or a config: a dataclass type for a function, a class or a dataclass instance, a
        dataclass instance for the rest.

    Raises:
        UnsupportedValueError: No config can hold the value.
        InvalidTargetError: No dotted path leads to a function or class.
        ConfigTypeError: An option has a value that it does not take, or does not exist.

    Example:
        >>> from zenrun import instantiate, just
        >>> instantiate(just(len))
        <built-in function len>
        >>> just(3)
        3
        >>> instantiate(just({"z": 1 + 2j, "steps": {3, 1}}), _convert_="all")
        {'z': (1+2j), 'steps': {1, 3}}
    """
    check_recursive(hydra_recursive)
    check_convert(hydra_convert)
    dataclasses, _ = checked_zen_convert(zen_convert, dataclass=True)
    return config_value(obj, conversion=Conversion(dataclasses, hydra_recursive, hydra_convert))
