"""Arguments checked by beartype before a target is called. Extra: ``beartype``.

This module must not know who calls the targets. Source: https://beartype.readthedocs.io
"""

from __future__ import annotations

import collections
import functools
import inspect
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, Union, cast, get_args, get_origin

from zenrun._extras import library
from zenrun.third_party._targets import constructor_of, is_bare

__all__ = ["validates_with_beartype"]

T = TypeVar("T")


def validates_with_beartype(obj: T) -> T:
    """Have beartype check what a target is called with by its type hints.

    For ``builds(..., zen_wrappers=validates_with_beartype)``, ``instantiate(...,
    _target_wrapper_=validates_with_beartype)`` and ``zen(..., instantiation_wrapper=...)``.

    Configs hold no tuples, so a list, or a ``ListConfig``, is converted where a parameter's hint is
    another kind of sequence: a tuple, a named tuple, a deque, and a list for a ``ListConfig``.
    Nothing else is converted.

    Args:
        obj: A function or a class. The class itself is not changed.

    Returns:
        A function that takes the target's arguments. A target that tells no signature is given back.

    Raises:
        MissingExtraError: beartype is not installed.

    Example:
        >>> from zenrun.third_party.beartype import validates_with_beartype
        >>> def first(pair: tuple[int, int]):
        ...     return pair
        >>> validates_with_beartype(first)([1, 2])
        (1, 2)
    """
    beartype = library("beartype", extra="beartype", what_for="validates_with_beartype")
    if not isinstance(obj, type):
        return cast("T", beartype.beartype(obj) if is_bare(obj) else _function(obj, beartype))
    constructor = constructor_of(obj)
    if is_bare(obj) or not isinstance(constructor, types.FunctionType):
        return obj
    return cast("T", _constructor(obj, constructor, beartype))


def _function(function: Any, beartype: Any) -> Callable[..., Any]:
    while isinstance(function, functools.partial):  # beartype does not look into them
        inner = _function(function.func, beartype)
        return functools.partial(inner, *function.args, **function.keywords)
    return _coercing(beartype.beartype(function), function, inspect.signature(function))


def _constructor(cls: type, constructor: Any, beartype: Any) -> Callable[..., Any]:
    checked = beartype.beartype(constructor)
    new: Any = cls.__new__
    by_new = constructor is new

    def construct(*args: Any, **kwargs: Any) -> Any:
        if by_new:
            return checked(cls, *args, **kwargs)
        made = new(cls) if new is object.__new__ else new(cls, *args, **kwargs)
        if isinstance(made, cls):
            checked(made, *args, **kwargs)
        return made

    return _coercing(construct, constructor, inspect.signature(cls), named_by=cls)


def _coercing(
    call: Callable[..., Any], hinted: Any, signature: inspect.Signature, named_by: Any = None
) -> Callable[..., Any]:
    """Give a function that converts lists as the hints say, and then calls."""
    kinds = _sequences(hinted, signature)

    @functools.wraps(hinted if named_by is None else named_by, updated=())
    def coerced(*args: Any, **kwargs: Any) -> Any:
        if kinds:
            try:
                bound = signature.bind_partial(*args, **kwargs)
            except TypeError:  # too many or unknown ones: the target says so
                return call(*args, **kwargs)
            for name, kind in kinds.items():
                if name in bound.arguments:
                    bound.arguments[name] = _coerce(bound.arguments[name], kind)
            return call(*bound.args, **bound.kwargs)
        return call(*args, **kwargs)

    coerced.__signature__ = signature  # type: ignore[attr-defined]
    return coerced


def _sequences(hinted: Any, signature: inspect.Signature) -> Mapping[str, Callable[[Any], Any]]:
    try:
        hints = typing.get_type_hints(inspect.unwrap(hinted))
    except Exception:  # beartype says what is wrong with the hints
        return {}
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    found = {}
    for name, parameter in signature.parameters.items():
        kind = _sequence(hints.get(name))
        if kind is not None and parameter.kind not in variadic:
            found[name] = kind
    return found


def _sequence(hint: Any) -> Callable[[Any], Any] | None:
    """Give what makes a list into what a hint asks for, or None where it is no other sequence."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        others = [item for item in get_args(hint) if item is not type(None)]
        return _sequence(others[0]) if len(others) == 1 else None
    kind = origin or hint
    if not isinstance(kind, type):
        return None
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return lambda values: kind(*values)
    return kind if issubclass(kind, (tuple, list, collections.deque)) else None


def _coerce(value: Any, kind: Callable[[Any], Any]) -> Any:
    is_list = type(value) is list or type(value).__name__ == "ListConfig"
    return kind(value) if is_list and type(value) is not kind else value
