"""Surfaces to descend, each with its minima.

They are plain arithmetic, so that torch's tensors, numpy's arrays and Python's numbers all go
through. This module must not know which of these it is given.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

__all__ = ["MINIMA", "himmelblau", "paraboloid", "rosenbrock"]


def paraboloid(x: Any, y: Any) -> Any:
    """Give the height of a bowl that is twice as steep along y as along x.

    Args:
        x: A number, or an array or tensor of any shape.
        y: The same, of a shape that goes with x's.

    Returns:
        ``0.1 * x**2 + 0.2 * y**2``, of the shape and type of the arguments. The minimum is 0, at
        (0, 0).

    Example:
        >>> paraboloid(10.0, 0.0)
        10.0
    """
    return 0.1 * x**2 + 0.2 * y**2


def rosenbrock(x: Any, y: Any) -> Any:
    """Give the height of a narrow curved valley, easy to find and slow to follow.

    Args:
        x: A number, or an array or tensor of any shape.
        y: The same, of a shape that goes with x's.

    Returns:
        ``(1 - x)**2 + 100 * (y - x**2)**2``. The minimum is 0, at (1, 1).

    Example:
        >>> rosenbrock(1.0, 1.0)
        0.0

    Source: H. H. Rosenbrock, "An automatic method for finding the greatest or least value of a
        function", The Computer Journal 3 (1960), 175-184.
    """
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def himmelblau(x: Any, y: Any) -> Any:
    """Give the height of a surface with four minima of equal depth.

    Args:
        x: A number, or an array or tensor of any shape.
        y: The same, of a shape that goes with x's.

    Returns:
        ``(x**2 + y - 11)**2 + (x + y**2 - 7)**2``. The minima are 0; one is at (3, 2).

    Example:
        >>> himmelblau(3.0, 2.0)
        0.0

    Source: D. M. Himmelblau, Applied Nonlinear Programming, McGraw-Hill (1972).
    """
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


MINIMA = MappingProxyType[Callable[..., Any], tuple[tuple[float, float], ...]](
    {
        paraboloid: ((0.0, 0.0),),
        rosenbrock: ((1.0, 1.0),),
        himmelblau: (
            (3.0, 2.0),
            (-2.805118086952745, 3.131312518250573),
            (-3.779310253377747, -3.283185991286170),
            (3.584428340330492, -1.848126526964404),
        ),
    }
)
"""The points (x, y) where each surface of this module is lowest."""
