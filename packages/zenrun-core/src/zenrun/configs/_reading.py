"""What a config says of its target: read from classes, instances and nodes alike.

This module must not know how a config is made or instantiated.
"""

from __future__ import annotations

from typing import Any, TypeGuard, TypeVar, overload

from zenrun import errors
from zenrun.configs._names import GET_OBJ, ZEN_PROCESSING
from zenrun.configs._targets import find_object
from zenrun.typing import Builds, PartialBuilds

T = TypeVar("T")


def has_target(config: Any) -> bool:
    """Say whether a config names a target.

    Args:
        config: Any object.
    """
    return isinstance(_read(config, "_target_"), str)


@overload
def get_target(config: Builds[T] | type[Builds[T]]) -> T: ...


@overload
def get_target(config: Any) -> Any: ...


def get_target(config: Any) -> Any:
    """Give the target of a config, without instantiating anything.

    Args:
        config: A config that `builds` or `just` made, an instance of one, or what was loaded from its yaml.

    Returns:
        The object that the config is about: what `just` was given, what `builds` was given, whatever
        wraps it.

    Raises:
        ConfigTypeError: The config has no target.
        InvalidTargetError: Its path leads to nothing.

    Example:
        >>> from zenrun import builds, get_target, just
        >>> get_target(builds(dict, a=1))
        <class 'dict'>
        >>> get_target(just(len))
        <built-in function len>
    """
    path = _read(config, "_target_")
    if path == ZEN_PROCESSING:
        path = _read(config, "_zen_target")
    elif path == GET_OBJ:
        path = _read(config, "path")
    if not isinstance(path, str):
        msg = (
            "get_target takes a config with a target, such as builds(...) gives; given was "
            f"{config!r}, which has no _target_"
        )
        raise errors.ConfigTypeError(msg)
    try:
        return find_object(path)
    except ImportError as error:
        msg = f"The config's target cannot be found: {error}"
        raise errors.InvalidTargetError(msg) from error


def is_partial_builds(config: Any) -> TypeGuard[PartialBuilds[Any]]:
    """Say whether a config is instantiated as a ``functools.partial`` of its target.

    Args:
        config: Any object.

    Returns:
        True where it has a target and ``_partial_`` or ``_zen_partial`` is true.

    Example:
        >>> from zenrun import builds, is_partial_builds
        >>> is_partial_builds(builds(dict, zen_partial=True)), is_partial_builds(builds(dict))
        (True, False)
    """
    if not has_target(config):
        return False
    if _read(config, "_partial_") is True:
        return True
    return uses_zen_processing(config) and _read(config, "_zen_partial") is True


def uses_zen_processing(config: Any) -> TypeGuard[Builds[Any]]:
    """Say whether a config has its target called by `zenrun.funcs.zen_processing`.

    That is so of configs with meta fields or wrappers: their yaml needs zenrun to be instantiated.

    Args:
        config: Any object.

    Example:
        >>> from zenrun import builds, uses_zen_processing
        >>> uses_zen_processing(builds(dict, zen_meta={"note": "x"}))
        True
    """
    return _read(config, "_target_") == ZEN_PROCESSING and isinstance(
        _read(config, "_zen_target"), str
    )


def _read(config: Any, name: str) -> Any:
    try:
        return getattr(config, name, None)
    except Exception:  # a node's value may be missing, or an interpolation that leads nowhere
        return None
