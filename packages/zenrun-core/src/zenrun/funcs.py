"""What configs made by zenrun name as their targets: these paths stand in yaml files and stay.

This module must not know how configs are made.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from zenrun import errors
from zenrun._instantiate import instantiate
from zenrun.configs._targets import find_object

__all__ = ["get_obj", "numpy_array", "partial", "torch_tensor", "zen_processing"]

T = TypeVar("T")


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


def partial(*args: Any, _partial_target_: Callable[..., T], **kwargs: Any) -> functools.partial[T]:
    """Give a partial of a function. Yaml files of older hydra-zens name it; `builds` writes ``_partial_``.

    Args:
        *args: Its positional arguments.
        _partial_target_: The function.
        **kwargs: Its keyword arguments.

    Returns:
        What ``functools.partial`` gives.

    Example:
        >>> from zenrun.funcs import partial
        >>> partial(exp=2, _partial_target_=pow)(3)
        9
    """
    return functools.partial(_partial_target_, *args, **kwargs)


def numpy_array(values: Any, dtype: str, shape: Sequence[int] | None = None) -> Any:
    """Give a numpy array. The target of configs of arrays.

    Args:
        values: Its numbers, in nested lists: of complex numbers the two parts, of dates and times the
            integers that numpy counts them by.
        dtype: Its dtype, as numpy writes it, such as ``"<f8"``.
        shape: Its shape, which an empty array's lists do not tell.

    Returns:
        The array.

    Example:
        >>> from zenrun.funcs import numpy_array
        >>> numpy_array([[1, 2], [3, 4]], dtype="<i2")
        array([[1, 2],
               [3, 4]], dtype=int16)
    """
    np: Any = importlib.import_module("numpy")

    wanted = np.dtype(dtype)
    if shape is not None:
        return np.empty(tuple(shape), wanted)
    if wanted.kind in "Mm":
        return np.array(values, "int64").view(wanted.newbyteorder("=")).astype(wanted)
    if wanted.kind == "c":
        parts = np.array(values, f"f{wanted.itemsize // 2}")
        return np.ascontiguousarray(parts).view(wanted.newbyteorder("="))[..., 0].astype(wanted)
    return np.array(values, wanted)


def torch_tensor(
    values: Any,
    dtype: str,
    shape: Sequence[int] | None = None,
    device: str | None = None,
    *,
    requires_grad: bool | None = None,
    parameter: bool = False,
) -> Any:
    """Give a torch tensor. The target of configs of tensors.

    Args:
        values: Its numbers, in nested lists: of complex numbers the two parts.
        dtype: The name of its dtype, such as ``"float32"``.
        shape: Its shape, which an empty tensor's lists do not tell.
        device: Where it lives; the CPU if not given.
        requires_grad: Whether gradients are kept for it; if not given, for parameters alone.
        parameter: Whether it is a ``torch.nn.Parameter``.

    Returns:
        The tensor.

    Raises:
        ValueError: Torch has no such dtype.

    Example:
        >>> from zenrun.funcs import torch_tensor
        >>> torch_tensor([1.0, 2.0], dtype="float32")
        tensor([1., 2.])
    """
    torch: Any = importlib.import_module("torch")

    wanted: Any = getattr(torch, dtype, None)
    if not isinstance(wanted, torch.dtype):
        msg = f"torch has no dtype {dtype!r}"
        raise ValueError(msg)  # noqa: TRY004 - it is the value that is wrong
    if shape is not None:
        made = torch.empty(tuple(shape), dtype=wanted)
    elif wanted.is_complex:
        part = torch.empty((), dtype=wanted).real.dtype
        made = torch.view_as_complex(torch.tensor(values, dtype=part))
    else:
        made = torch.tensor(values, dtype=wanted)
    if device is not None:
        made = made.to(device)
    if parameter:
        grad = True if requires_grad is None else requires_grad
        return torch.nn.Parameter(made, requires_grad=grad)
    return made.requires_grad_() if requires_grad else made


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
    from zenrun._instantiate._named import checked_target

    return checked_target(path)


def _several(wrappers: Any) -> Iterable[Any]:
    if isinstance(wrappers, Sequence) and not isinstance(wrappers, str):
        return [item for item in wrappers if item is not None]
    return [] if wrappers is None else [wrappers]


def _wrapped(called: Any, wrapper: Any, target: str) -> Any:
    from zenrun._instantiate._named import called_target

    if isinstance(wrapper, str):
        made = called_target(wrapper, called)
    else:
        # A config is left as it is where _recursive_=False; Hydra has checked what it made of others.
        found = instantiate(wrapper) if isinstance(wrapper, Mapping) else wrapper
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
