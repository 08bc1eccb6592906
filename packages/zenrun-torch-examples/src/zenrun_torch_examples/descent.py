"""The loop: a starting point, an optimizer and a surface in, the path taken out.

This module must not know how it is configured or run.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from zenrun_torch_examples.errors import DescentArgumentError, DeviceError

__all__ = ["gradient_descent"]


def gradient_descent(
    *,
    starting_xy: Sequence[float],
    optim: Callable[[list[torch.Tensor]], torch.optim.Optimizer] | None,
    num_steps: int,
    landscape_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    device: str = "cpu",
) -> npt.NDArray[np.float32]:
    """Descend a surface and note each point on the way.

    A descent that diverges is no error: its points become infinite, then NaN, and are given back.

    Args:
        starting_xy: The point (x, y) to start from: two finite numbers.
        optim: Makes the optimizer of a list of tensors, such as
            ``functools.partial(torch.optim.SGD, lr=0.3)``. None stands for "not chosen yet".
        num_steps: How many steps to take; 0 gives the starting point alone.
        landscape_fn: The surface: of x and y, tensors of shape (), it gives the height, also of
            shape ().
        device: Where to compute, in torch's words: "cpu", "cuda", "cuda:1".

    Returns:
        The points, of shape (num_steps + 1, 2) and type float32, in the computer's memory.

    Raises:
        DescentArgumentError: The starting point is not two finite numbers, the number of steps is
            no integer or negative, or there is no optimizer.
        DeviceError: There is no such device.

    Example:
        >>> from functools import partial
        >>> import torch
        >>> from zenrun_torch_examples import gradient_descent, paraboloid
        >>> sgd = partial(torch.optim.SGD, lr=0.5)
        >>> path = gradient_descent(
        ...     starting_xy=(-1.5, 0.5), optim=sgd, num_steps=1, landscape_fn=paraboloid
        ... )
        >>> path.round(3).tolist()
        [[-1.5, 0.5], [-1.350000023841858, 0.4000000059604645]]

    Source: https://pytorch.org/docs/stable/optim.html
    """
    x, y = _checked_start(starting_xy)
    _check_steps(num_steps)
    if not callable(optim):
        msg = (
            f"optim makes the optimizer of a list of tensors; given was {optim!r}. Choose one of "
            "the config group by an override such as '+optim=sgd', once store_optimizers() has "
            "registered it, or pass functools.partial(torch.optim.SGD, lr=0.3)"
        )
        raise DescentArgumentError(msg, argument="optim")

    xy = _on_device(x, y, device).requires_grad_()
    trajectory = [_noted(xy)]
    optimizer = optim([xy])
    for _ in range(num_steps):
        height = landscape_fn(xy[0], xy[1])
        optimizer.zero_grad()
        height.backward()  # type: ignore[no-untyped-call, unused-ignore]
        optimizer.step()
        trajectory.append(_noted(xy))
    return np.stack(trajectory)


def _noted(xy: torch.Tensor) -> npt.NDArray[np.float32]:
    """Copy the point: on the CPU the array would share the tensor's memory and move with it."""
    point: npt.NDArray[np.float32] = xy.detach().cpu().numpy().copy()
    return point


def _checked_start(starting_xy: Any) -> tuple[float, float]:
    try:
        numbers = [float(item) for item in starting_xy]
    except (TypeError, ValueError):
        numbers = []
    # Numbers beyond float32's range would be infinite from the first step on.
    largest = torch.finfo(torch.float32).max
    if len(numbers) == 2 and all(math.isfinite(n) and abs(n) <= largest for n in numbers):
        return numbers[0], numbers[1]
    msg = (
        "starting_xy is a point: two finite numbers within float32's range, such as (-1.5, 0.5); "
        f"given was {starting_xy!r}"
    )
    raise DescentArgumentError(msg, argument="starting_xy")


def _check_steps(num_steps: Any) -> None:
    if isinstance(num_steps, bool) or not isinstance(num_steps, int) or num_steps < 0:
        msg = f"num_steps is how many steps to take, an integer from 0 on; given was {num_steps!r}"
        raise DescentArgumentError(msg, argument="num_steps")


def _on_device(x: float, y: float, device: str) -> torch.Tensor:
    try:
        return torch.tensor([x, y], dtype=torch.float32, device=device)
    # Torch built without CUDA says so by an AssertionError, other ways of failing by these.
    except (RuntimeError, AssertionError, TypeError) as error:
        available = _devices()
        reason = str(error).strip().partition("\n")[0]
        msg = (
            f"device={device!r} is not there: {reason.rstrip('.')}. This machine and this build of torch "
            f"({torch.__version__}) have {', '.join(available)}"
        )
        raise DeviceError(msg, device=str(device), available=available) from error


def _devices() -> tuple[str, ...]:
    gpus = [f"cuda:{index}" for index in range(torch.cuda.device_count())]
    return ("cpu", *gpus, *(["mps"] if torch.backends.mps.is_available() else []))
