"""Trajectories drawn on their surface. Needs matplotlib, the extra ``plot``.

This module must not know where the trajectories came from.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from zenrun_torch_examples.errors import MissingExtraError, PlotDataError
from zenrun_torch_examples.functions import MINIMA

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_trajectories"]

# Colours that people with any of the common colour blindnesses tell apart; the palette's yellow is
# too light for a line. Source: Okabe and Ito, https://jfly.uni-koeln.de/color/
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
# Lines and marks differ too: paths that lie over one another stay visible, also in print.
_LINES = (("-", "o"), ("--", "s"), ("-.", "^"))
_GRID = 201  # points along each side on which the surface is evaluated
_BANDS = 12

Limits = tuple[float, float, float, float]
Points = npt.NDArray[np.float64]


def plot_trajectories(
    trajectories: Mapping[str, npt.ArrayLike],
    surface: Callable[[Any, Any], Any],
    *,
    ax: Axes | None = None,
    limits: Limits | None = None,
    title: str | None = None,
) -> Axes:
    """Draw trajectories over the contours of the surface that they descend.

    Points that are not finite are left out. Each start is a white disc, each known minimum of the
    surface a star, where they are within the limits; of a surface that is not one of this
    package's, the lowest point on the drawn grid is marked, and the legend says so.

    Args:
        trajectories: The points of each, an array of shape (number of points, 2), by the name
            that the legend gives it.
        surface: The height as a function of x and y, arrays of shape (201, 201).
        ax: Where to draw; None makes a figure.
        limits: The least and the greatest x, then y, to draw; None shows all points and minima, with
            x and y on one scale.
        title: A title for the picture.

    Returns:
        The axes drawn on.

    Raises:
        MissingExtraError: Matplotlib is not installed.
        PlotDataError: There is no trajectory, one has another shape or no finite point, the
            limits are no rectangle, or they were not given and the points reach beyond 1e12.

    Example:
        >>> from zenrun_torch_examples import paraboloid, plot_trajectories
        >>> ax = plot_trajectories({"straight": [[-1.5, 0.5], [0.0, 0.0]]}, paraboloid)
        >>> ax.get_xlabel(), ax.get_ylabel()
        ('x', 'y')
    """
    points = _checked_points(trajectories)
    minima = MINIMA.get(surface, ())
    x_low, x_high, y_low, y_high = _checked_limits(limits, list(points.values()), minima)
    if ax is None:
        ax = _new_axes()

    x, y = np.linspace(x_low, x_high, _GRID), np.linspace(y_low, y_high, _GRID)
    grid_x, grid_y = np.meshgrid(x, y)
    heights = np.asarray(surface(grid_x, grid_y), dtype=float)
    bottom = np.array([surface(*point) for point in minima], dtype=float)
    _draw_surface(ax, grid_x, grid_y, heights, bottom)

    # Their periods have no common divisor: 21 paths differ.
    styles = zip(itertools.cycle(_LINES), itertools.cycle(_COLOURS))
    for (label, path), ((line, marker), colour) in zip(points.items(), styles, strict=False):
        ax.plot(
            path[:, 0],
            path[:, 1],
            linestyle=line,
            marker=marker,
            color=colour,
            label=label,
            markersize=3.5,
            linewidth=1.5,
        )
    shown = (x_low, x_high, y_low, y_high)
    starts = np.unique([path[0] for path in points.values()], axis=0)
    _mark(ax, starts, shown, label="start", marker="o", s=70, facecolor="white")
    lowest, label = np.reshape(minima, (-1, 2)), "minimum"
    if not minima:
        row, column = np.unravel_index(np.nanargmin(heights), heights.shape)
        lowest, label = np.array([[x[column], y[row]]]), "lowest drawn point"
    _mark(ax, lowest, shown, label=label, marker="*", s=190, facecolor="#F0E442")

    ax.set(xlim=(x_low, x_high), ylim=(y_low, y_high), xlabel="x", ylabel="y")
    if limits is None:
        ax.set_aspect("equal")  # a gradient is then seen to be at right angles to its contour
    if title is not None:
        ax.set_title(title)
    # Beside the axes: no place inside is free for every surface.
    ax.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), borderaxespad=0.0, frameon=False)
    return ax


def _draw_surface(ax: Axes, x: Points, y: Points, heights: Points, bottom: Points) -> None:
    """Draw the bands of the surface, from its known bottom or else from the lowest drawn."""
    from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap

    finite = heights[np.isfinite(heights)]
    if not finite.size:
        msg = "The surface has no finite height within the limits; give others"
        raise PlotDataError(msg)
    low, high = float(np.append(bottom, finite).min()), float(finite.max())
    if high <= low:
        high = low + 1.0
    # Bands that are narrow near the bottom, where descents spend their steps.
    levels = low + (high - low) * np.linspace(0.0, 1.0, _BANDS + 1) ** 2
    # Greys that end early: the lines' colours stay clear on the darkest of them.
    greys = LinearSegmentedColormap.from_list("zenrun_greys", ["#FFFFFF", "#A8A8A8"], N=_BANDS)
    norm = BoundaryNorm(levels, _BANDS)
    drawn = ax.contourf(x, y, heights, levels=levels, cmap=greys, norm=norm)
    ax.contour(x, y, heights, levels=levels, colors="white", linewidths=0.7)
    bar = ax.figure.colorbar(
        drawn, ax=ax, location="bottom", aspect=40, shrink=0.8, pad=0.02, ticks=levels[::2]
    )
    bar.set_ticklabels([f"{float(f'{level:.2g}'):g}" for level in levels[::2]], size="small")
    bar.set_label("height", size="small")
    bar.outline.set(edgecolor="#A8A8A8", linewidth=0.7)


def _mark(ax: Axes, points: Points, limits: Limits, **style: Any) -> None:
    """Mark the points within the limits, whole even on the edge."""
    x_low, x_high, y_low, y_high = limits
    x, y = points[:, 0], points[:, 1]
    inside = (x >= x_low) & (x <= x_high) & (y >= y_low) & (y <= y_high)
    if inside.any():
        ax.scatter(x[inside], y[inside], edgecolor="black", zorder=4, clip_on=False, **style)


def _new_axes() -> Axes:
    try:
        from matplotlib import pyplot as plt
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "matplotlib":
            raise  # matplotlib is there, and lacks something that it imports itself
        msg = (
            "Pictures are drawn with matplotlib, which is not installed. Install it with: "
            "pip install 'zenrun-torch-examples[plot]'"
        )
        raise MissingExtraError(msg, name="matplotlib", extra="plot") from error
    _, ax = plt.subplots(figsize=(8.0, 4.8), layout="constrained")
    return ax


def _checked_points(trajectories: Mapping[str, npt.ArrayLike]) -> dict[str, Points]:
    if not trajectories:
        msg = "trajectories is empty: there is nothing to draw"
        raise PlotDataError(msg)
    points = {}
    for label, path in trajectories.items():
        array = np.asarray(path, dtype=float)
        if array.ndim != 2 or array.shape[1] != 2:
            msg = (
                f"trajectories[{label!r}] has the shape {array.shape}; a trajectory in the plane "
                "has the shape (number of points, 2)"
            )
            raise PlotDataError(msg)
        points[label] = array[np.isfinite(array).all(axis=1)]
        if not len(points[label]):
            msg = f"trajectories[{label!r}] has no finite point to draw"
            raise PlotDataError(msg)
    return points


def _checked_limits(
    limits: Limits | None, paths: list[Points], minima: tuple[tuple[float, float], ...]
) -> Limits:
    if limits is not None:
        x_low, x_high, y_low, y_high = limits
        if not (np.isfinite(limits).all() and x_low < x_high and y_low < y_high):
            msg = (
                f"limits are (x from, x to, y from, y to), finite and rising; given was {limits!r}"
            )
            raise PlotDataError(msg)
        return limits
    shown = np.concatenate([*paths, np.reshape(minima, (-1, 2))])
    if np.abs(shown).max() > 1e12:
        msg = (
            "A trajectory diverges: its points reach beyond 1e12, and a picture that shows them "
            "shows nothing else. Give limits=(x from, x to, y from, y to), or take a smaller "
            "learning rate"
        )
        raise PlotDataError(msg)
    low, high = shown.min(axis=0), shown.max(axis=0)
    size = 1.3 * (high - low)
    size = np.maximum(size, size.max() / 2 or 1.0)  # no strip, however straight the path
    middle = (low + high) / 2
    (x_low, y_low), (x_high, y_high) = middle - size / 2, middle + size / 2
    return float(x_low), float(x_high), float(y_low), float(y_high)
