"""Configs in, objects out.

This module must not know how configs are made or what runs them. Hydra is loaded by the first call.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any, TypeVar, overload

import zenrun.configs  # noqa: F401 - it lets dataclasses travel
from zenrun._ways import tell
from zenrun.typing import Builds, BuildsWithSig, Just, PartialBuilds

__all__ = ["instantiate"]

T = TypeVar("T")

_log = logging.getLogger("zenrun.instantiate")


@overload
def instantiate(config: Just[T] | type[Just[T]], *args: Any, **kwargs: Any) -> T: ...


@overload
def instantiate(
    config: PartialBuilds[Callable[..., T]] | type[PartialBuilds[Callable[..., T]]],
    *args: Any,
    **kwargs: Any,
) -> functools.partial[T]: ...


@overload
def instantiate(
    config: type[Builds[Callable[..., T]] | BuildsWithSig[Callable[..., T], ...]]
    | Builds[Callable[..., T]]
    | BuildsWithSig[Callable[..., T], ...],
    *args: Any,
    **kwargs: Any,
) -> T: ...


@overload
def instantiate(config: Any, *args: Any, **kwargs: Any) -> Any: ...


def instantiate(
    config: Any, *args: Any, _target_wrapper_: Callable[[Any], Any] | None = None, **kwargs: Any
) -> Any:
    """Make the object that a config describes, with everything nested in it.

    What Hydra's own ``instantiate`` promises holds: ``_target_``, ``_args_``, ``_partial_``,
    ``_recursive_`` and ``_convert_``, interpolations, and its refusal of unsafe targets.

    Args:
        config: A config made by `builds` or `just` (the class or an instance of it), or any
            dict, list, ``DictConfig`` or dataclass, with or without a ``_target_``.
        *args: Positional arguments for the target, in place of the config's own.
        _target_wrapper_: Called with each target, nested ones too; what it gives is called in the
            target's place. See `zenrun.third_party.pydantic.pydantic_parser`.
        **kwargs: Keyword arguments for the target, over the config's own.

    Returns:
        The object, or the config itself where it has no ``_target_``.

    Raises:
        hydra.errors.InstantiationException: The target cannot be found, is refused by Hydra,
            or raised an error when it was called (Hydra 1.4 lets that error through as it is).
        TypeError: ``_target_wrapper_`` cannot be called.

    Example:
        >>> from zenrun import builds, instantiate
        >>> instantiate(builds(dict, a=1), b=2)
        {'a': 1, 'b': 2}

    Source: https://hydra.cc/docs/advanced/instantiate_objects/overview
    """
    import hydra.utils

    from zenrun import _hydra
    from zenrun._instantiate._fast import materialized, prepared

    if not args and not kwargs and _hydra.is_core_plugin_config(config):
        return _hydra.instantiate_core_plugin(config)
    config = materialized(config)
    if _target_wrapper_ is not None:
        from zenrun._instantiate._wrapping import with_wrapped_targets

        config, kwargs = with_wrapped_targets(config, kwargs, _target_wrapper_)
        return hydra.utils.instantiate(config, *args, **kwargs)
    carry_out = None
    try:
        carry_out = prepared(config, args, kwargs)
    except Exception as reason:  # nothing has been called; mostly `Unsure`
        tell(_log, "Hydra instantiates %s: %s", type(config).__name__, reason)
    if carry_out is None:
        return hydra.utils.instantiate(config, *args, **kwargs)
    return carry_out()
