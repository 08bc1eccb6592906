"""What configs made by zenrun name as their targets: these paths stand in yaml files and stay.

This module must not know how configs are made.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from zenrun import errors
from zenrun._instantiate import instantiate
from zenrun.configs._targets import find_object

__all__ = ["get_obj", "zen_processing"]


def get_obj(*, path: str) -> Any:
    """Give the object that a dotted path names. The target of configs made by `just`.

    Hydra checks what comes out of it, as it checks every target: a path that Hydra refuses as
    a target is refused here too.

    Args:
        path: A dotted path, such as ``"torch.optim.adam.Adam"``.

    Returns:
        The object itself.

    Raises:
        ImportError: No such object is found.

    Example:
        >>> from zenrun.funcs import get_obj
        >>> get_obj(path="builtins.dict")
        <class 'dict'>
    """
    return find_object(path)


def zen_processing(
    *args: Any,
    _zen_target: str,
    _zen_partial: bool = False,
    _zen_exclude: Sequence[str] = (),
    _zen_wrappers: Any = (),
    **kwargs: Any,
) -> Any:
    """Call a target in its wrappers, without the config's meta fields. The target of configs that have those.

    What Hydra refuses as ``_target_`` it refuses here too, be it the target or a wrapper.

    Args:
        *args: The target's positional arguments.
        _zen_target: The target's dotted path.
        _zen_partial: Whether a ``functools.partial`` of the wrapped target is given instead.
        _zen_exclude: Names of fields that are not given to the target.
        _zen_wrappers: A function, or its dotted path, or a sequence of these; None is passed over.
        **kwargs: The target's keyword arguments, and the meta fields.

    Returns:
        What the wrapped target returns.

    Raises:
        hydra.errors.InstantiationException: Hydra finds no target or wrapper, or refuses it.
        ConfigTypeError: The target is no path; or a wrapper, or what it gives, cannot be called.

    Example:
        >>> from zenrun.funcs import zen_processing
        >>> zen_processing(a=1, note="x", _zen_target="builtins.dict", _zen_exclude=["note"])
        {'a': 1}
    """
    if not isinstance(_zen_target, str):
        msg = f"_zen_target is the dotted path of what is called; given was {_zen_target!r}"
        raise errors.ConfigTypeError(msg)
    given = {name: item for name, item in kwargs.items() if name not in _zen_exclude}
    called = _checked(_zen_target)
    for wrapper in _several(_zen_wrappers):
        called = _wrapped(called, wrapper, _zen_target)
    if _zen_partial:
        return functools.partial(called, *args, **given)
    return called(*args, **given)


def _checked(path: str) -> Any:
    """Give what a path leads to, or a partial of it, if Hydra lets it through as a target."""
    from zenrun._instantiate._targets import checked_target

    return checked_target(path)


def _several(wrappers: Any) -> Iterable[Any]:
    if isinstance(wrappers, Sequence) and not isinstance(wrappers, str):
        return [item for item in wrappers if item is not None]
    return [] if wrappers is None else [wrappers]


def _wrapped(called: Any, wrapper: Any, target: str) -> Any:
    found = wrapper
    if isinstance(wrapper, str):
        found = _checked(wrapper)
    elif isinstance(wrapper, Mapping):  # a config that _recursive_=False has left as it is
        found = instantiate(wrapper)
    if not callable(found):
        msg = (
            f"A wrapper of {target} is a function, or a dotted path that leads to one; found in "
            f"_zen_wrappers was {found!r} of type {type(found).__name__}"
        )
        raise errors.ConfigTypeError(msg)
    made = found(called)
    if not callable(made):
        msg = (
            f"The wrapper {wrapper!r} of {target} has to give what is called in place of the target; it gave "
            f"{made!r}"
        )
        raise errors.ConfigTypeError(msg)
    return made
