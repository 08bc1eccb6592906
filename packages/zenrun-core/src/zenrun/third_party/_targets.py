"""Targets as functions whose signature tells the types of their arguments.

This module must not know which library reads the signature.
"""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable
from typing import Any, get_type_hints


def is_bare(target: Any) -> bool:
    """Say whether a target tells no hints that its arguments could be checked by.

    Args:
        target: Something that can be called.
    """
    if isinstance(target, (types.BuiltinFunctionType, types.MethodWrapperType)):
        return True
    try:
        inspect.signature(target)
    except (ValueError, TypeError):
        return True
    return False


def constructor_of(cls: type) -> Any:
    """Give the method by which a class takes its arguments: `__init__` or `__new__`."""
    by_new = inspect.getattr_static(cls, "__init__") is vars(object)["__init__"]
    return getattr(cls, "__new__" if by_new else "__init__")


def as_function(target: Any) -> Callable[..., Any]:
    """Give a function that calls a target, with the target's signature and hints.

    Args:
        target: Something that can be called and tells its signature.

    Returns:
        The target itself where it is a function, a method or a partial.
    """
    if isinstance(target, (types.FunctionType, types.MethodType, functools.partial)):
        return target
    is_class = isinstance(target, type)
    signature = inspect.signature(target)

    def construct(*args: Any, **kwargs: Any) -> Any:
        return target(*args, **kwargs)

    hints = _hints_of(constructor_of(target) if is_class else type(target).__call__)
    construct.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[
            item.replace(annotation=hints.get(name, item.annotation))
            for name, item in signature.parameters.items()
        ],
        return_annotation=inspect.Signature.empty,
    )
    named = ("__module__", "__name__", "__qualname__", "__doc__")
    functools.update_wrapper(construct, target, named, ())
    del construct.__wrapped__  # type: ignore[attr-defined]
    construct.__annotations__ = {
        name: hint for name, hint in hints.items() if name in signature.parameters
    }
    return construct


def _hints_of(method: Any) -> dict[str, Any]:
    function = inspect.unwrap(method)
    try:
        return get_type_hints(function, include_extras=True)
    except Exception:  # a hint that leads nowhere: the library that reads them says so
        return dict(getattr(function, "__annotations__", {}))
