"""`hydrated_dataclass`: a config written as a dataclass.

This module must not know how the fields of a config are worked out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from zenrun import errors
from zenrun.configs._build import build_config
from zenrun.configs._dataclass_options import DataclassSpec, checked_dataclass_options
from zenrun.configs._options import Options, checked_options
from zenrun.configs._protocols import Convert
from zenrun.configs._rules import RULES
from zenrun.typing import ZenConvert, ZenWrappers

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_: Any) -> Callable[[Any], Any]:
        """Tell type checkers alone that classes become dataclasses."""
        return lambda function: function


C = TypeVar("C", bound="type[Any]")


@dataclass_transform(field_specifiers=(dataclasses.field,))
def hydrated_dataclass(
    target: Callable[..., Any],
    *args: Any,
    zen_partial: bool | None = None,
    zen_wrappers: ZenWrappers[Any] = (),
    zen_meta: Mapping[str, Any] | None = None,
    populate_full_signature: bool = False,
    zen_convert: ZenConvert | None = None,
    hydra_recursive: bool | None = None,
    hydra_convert: Convert | None = None,
    init: bool = True,
    repr: bool = True,  # noqa: A002 - as of `dataclasses`
    eq: bool = True,
    order: bool = False,
    unsafe_hash: bool = False,
    frozen: bool = False,
    match_args: bool = True,
    kw_only: bool = False,
    slots: bool = False,
    weakref_slot: bool = False,
) -> Callable[[C], C]:
    """Turn a class, written as for ``dataclasses.dataclass``, into a config of a target.

    Args:
        target: The function or class to call, as in `builds`.
        *args: Its positional arguments.
        zen_partial: As in `builds`.
        zen_wrappers: As in `builds`.
        zen_meta: As in `builds`.
        populate_full_signature: As in `builds`; parameters that the class has a field for keep it.
        zen_convert: As in `builds`.
        hydra_recursive: As in `builds`.
        hydra_convert: As in `builds`.
        init: As of ``dataclasses.dataclass``, like all that follow.
        repr: As of ``dataclasses.dataclass``.
        eq: As of ``dataclasses.dataclass``.
        order: As of ``dataclasses.dataclass``.
        unsafe_hash: As of ``dataclasses.dataclass``.
        frozen: As of ``dataclasses.dataclass``.
        match_args: As of ``dataclasses.dataclass``.
        kw_only: As of ``dataclasses.dataclass``.
        slots: As of ``dataclasses.dataclass``.
        weakref_slot: As of ``dataclasses.dataclass``; ignored by Python 3.10.

    Returns:
        A decorator of classes.

    Raises:
        ConfigTypeError: An option has a value that it does not take, or what is decorated is no class or
            makes no dataclass.
        SignatureError: A field is no parameter of the target.
        InvalidTargetError: No path leads to the target.
        UnsupportedValueError: No config can hold a default.

    Example:
        >>> from zenrun import hydrated_dataclass, instantiate
        >>> @hydrated_dataclass(dict, frozen=True)
        ... class Conf:
        ...     x: int = 2
        ...     y: str = "hello"
        >>> instantiate(Conf(x=10))
        {'x': 10, 'y': 'hello'}
    """
    given = {
        "init": (init, True),
        "repr": (repr, True),
        "eq": (eq, True),
        "order": (order, False),
        "unsafe_hash": (unsafe_hash, False),
        "frozen": (frozen, False),
        "match_args": (match_args, True),
        "kw_only": (kw_only, False),
        "slots": (slots, False),
        "weakref_slot": (weakref_slot, False),
    }
    spec = checked_dataclass_options(
        {name: value for name, (value, usual) in given.items() if value is not usual}
    )
    options = checked_options(
        zen_partial=zen_partial,
        zen_wrappers=zen_wrappers,
        zen_meta=zen_meta,
        populate_full_signature=populate_full_signature,
        zen_convert=zen_convert,
        hydra_recursive=hydra_recursive,
        hydra_convert=hydra_convert,
    )

    def decorate(cls: C) -> C:
        return _hydrated(cls, target, args, options, spec)

    return decorate


def _hydrated(
    cls: C, target: Any, args: tuple[Any, ...], options: Options, spec: DataclassSpec
) -> C:
    if not isinstance(cls, type):
        msg = f"hydrated_dataclass decorates classes; given was {cls!r}"
        raise errors.ConfigTypeError(msg)
    try:
        written: Any = dataclasses.dataclass(**spec.flags)(cls)
    except (TypeError, ValueError) as error:
        msg = f"No dataclass can be made of {cls.__qualname__}: {error}"
        raise errors.ConfigTypeError(msg) from error
    converted = _converted(written, options)
    kept = [item.name for item in dataclasses.fields(written) if item.name not in converted]
    made: Any = build_config(
        target,
        args,
        converted,
        dataclasses.replace(
            options,
            bases=(written,),
            exclude=kept,
            dataclass=spec._replace(name=cls.__name__, module=cls.__module__),
        ),
    )
    made.__qualname__, made.__doc__ = cls.__qualname__, written.__doc__
    return made  # type: ignore[no-any-return]


def _converted(cls: type[Any], options: Options) -> dict[str, Any]:
    """Give the defaults that stand as something else in a config, such as functions."""
    found = {}
    for item in dataclasses.fields(cls):
        default = item.default
        if item.default_factory is not dataclasses.MISSING:
            default = item.default_factory()
        if default is dataclasses.MISSING or not item.init or item.name.startswith("_"):
            continue
        held = RULES.value(default, item.name, options.convert_dataclass)
        if type(held) is not type(default) or not _equal(held, default):
            found[item.name] = held
    return found


def _equal(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except Exception:  # an array's comparison has no one answer
        return False
