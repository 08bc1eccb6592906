"""Arguments read and checked by pydantic before a target is called. Extra: ``pydantic``.

This module must not know who calls the targets. Source: https://docs.pydantic.dev
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from zenrun._extras import library
from zenrun.third_party._targets import as_function, is_bare

__all__ = ["pydantic_parser", "validates_with_pydantic"]

T = TypeVar("T")


def pydantic_parser(target: T, *, parser: Callable[[Any], Any] | None = None) -> T:
    """Have pydantic read and check the arguments of a target by its type hints.

    For ``instantiate(..., _target_wrapper_=pydantic_parser)``, ``zen(...,
    instantiation_wrapper=pydantic_parser)`` and ``builds(..., zen_wrappers=pydantic_parser)``.
    Values that fit a hint are converted: a list for a ``tuple``, text for a `Path`.

    Args:
        target: A function or a class. The class itself is not changed.
        parser: What checks a function, in place of ``pydantic.validate_call`` with
            ``arbitrary_types_allowed``.

    Returns:
        A function that takes the target's arguments. What is no function or class, a target that
        tells no signature, and pydantic's own classes, which check by themselves, are given back.

    Raises:
        MissingExtraError: pydantic is not installed.

    Example:
        >>> from zenrun import builds, instantiate
        >>> from zenrun.third_party.pydantic import pydantic_parser
        >>> def scale(factor: int, by: tuple[float, float] = (1, 1)):
        ...     return factor, by
        >>> pydantic_parser(scale)("3", [1, 2])
        (3, (1.0, 2.0))
    """
    pydantic = library("pydantic", extra="pydantic", what_for="pydantic_parser")
    checks_itself = isinstance(target, type) and hasattr(target, "__pydantic_validator__")
    if not callable(target) or checks_itself or is_bare(target):
        return target
    if parser is None:
        parser = pydantic.validate_call(config={"arbitrary_types_allowed": True})
    return cast("T", parser(as_function(target)))


def validates_with_pydantic(obj: T, *, validator: Callable[[Any], Any] | None = None) -> T:
    """Do what `pydantic_parser` does: hydra-zen's older name.

    Args:
        obj: A function or a class.
        validator: As ``parser`` of `pydantic_parser`.

    Returns:
        What `pydantic_parser` gives.

    Raises:
        MissingExtraError: pydantic is not installed.

    Example:
        >>> from zenrun.third_party.pydantic import validates_with_pydantic
        >>> def double(x: int):
        ...     return 2 * x
        >>> validates_with_pydantic(double)("3")
        6
    """
    return pydantic_parser(obj, parser=validator)
