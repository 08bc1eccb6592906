"""The options of `zen`, and the function it is given, checked when it wraps.

This module must not know what they are for.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from inspect import Parameter
from typing import Any

from zenrun import errors


def parameters_of(func: Any) -> dict[str, Parameter]:
    """Give the parameters of a function by name.

    Raises:
        TaskFunctionError: It cannot be called, or tells no signature.
    """
    try:
        if callable(func):
            return dict(inspect.signature(func).parameters)
    except (ValueError, TypeError):
        pass
    what = "tells no signature" if callable(func) else "cannot be called"
    msg = (
        f"zen takes the arguments of a function from a config, by the names in its signature; "
        f"{func!r} of type {type(func).__name__} {what}. Wrap a function of your own around it"
    )
    raise errors.TaskFunctionError(msg)


def name_of(func: Any) -> str:
    """Give the name by which messages tell a function."""
    return str(getattr(func, "__name__", None) or repr(func))


def is_async(func: Any) -> bool:
    """Say whether a function, or an object that can be called, is async."""
    return inspect.iscoroutinefunction(func) or inspect.iscoroutinefunction(
        getattr(type(func), "__call__", None)  # noqa: B004 - of an object, it may be async
    )


def names_of(exclude: Any) -> frozenset[str]:
    """Give the names in the option ``exclude``.

    Raises:
        TaskFunctionError: It is neither text nor a list of text.
    """
    if exclude is None:
        return frozenset()
    if isinstance(exclude, str):
        return frozenset(name.strip() for name in exclude.split(",") if name.strip())
    names = list(exclude) if isinstance(exclude, Iterable) else [exclude]
    if all(isinstance(name, str) for name in names):
        return frozenset(names)
    msg = (
        "exclude names parameters, as a list of strings or as text with commas such as 'x,y'; "
        f"given was {exclude!r}"
    )
    raise errors.TaskFunctionError(msg)


def functions_of(pre_call: Any) -> tuple[Callable[[Any], Any], ...]:
    """Give the functions in the option ``pre_call``.

    Raises:
        TaskFunctionError: One cannot be called.
    """
    if pre_call is None:
        return ()
    several = not callable(pre_call) and isinstance(pre_call, Iterable)
    functions = tuple(pre_call) if several else (pre_call,)
    for function in functions:
        if not callable(function):
            msg = (
                "pre_call is a function that is called with the config, or a list of such; "
                f"{function!r} of type {type(function).__name__} cannot be called"
            )
            raise errors.TaskFunctionError(msg)
    return functions


def truth(value: Any, option: str) -> bool:
    """Give the value of an option that is True or False.

    Raises:
        TaskFunctionError: It is something else.
    """
    if isinstance(value, bool):
        return value
    msg = f"{option} is True or False; given was {value!r} of type {type(value).__name__}"
    raise errors.TaskFunctionError(msg)
