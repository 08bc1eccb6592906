"""How all pictures look: sizes, colours, and how many marks are many.

The colours are those of Okabe and Ito, which people who are colour-blind tell apart, and viridis for numbers.
Source: https://jfly.uni-koeln.de/color/. This module must not know what is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zenrun._extras import library

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's yellow is too light for a line on white.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#000000")
BLUE, RED, GREY, PALE = COLOURS[0], COLOURS[3], "0.35", "0.75"
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
MANY = 1500  # marks from which on a vector picture would be slow to show
_LIGHTEST = 0.87  # of viridis, whose end is as light as that yellow


def needs_matplotlib() -> None:
    """Check that matplotlib is there.

    Raises:
        MissingExtraError: It is not.
    """
    library("matplotlib", extra="plot", what_for="zenrun.plot")


def new_figure(width: float = 6.4, height: float = 4.0) -> Figure:
    """Make a figure of its own.

    Args:
        width: In inches.
        height: Likewise.
    """
    from zenrun.plot._canvas import ShownFigure

    return ShownFigure(figsize=(width, height), layout="constrained")


def axes_on(ax: Axes | None, width: float = 6.4, height: float = 4.0) -> Axes:
    """Give the Axes to draw on: the given one as it is, or a new one.

    Args:
        ax: The given one, or None.
        width: Of a new figure, in inches.
        height: Likewise.
    """
    if ax is not None:
        return ax
    return new_axes(new_figure(width, height))


def new_axes(figure: Figure, *place: int, **shared: Any) -> Axes:
    """Put an Axes into a figure.

    Args:
        figure: The figure.
        *place: Rows, columns and the place among them.
        **shared: The Axes that it has an axis in common with.
    """
    from zenrun.plot._canvas import ShownAxes

    made: Axes = figure.add_subplot(*place, axes_class=ShownAxes, **shared)
    made.spines[["top", "right"]].set_visible(False)
    made.grid(visible=True, color="0.9", linewidth=0.8)
    made.set_axisbelow(True)
    return made


def is_ours(ax: Axes) -> bool:
    """Say whether an Axes is of a figure that was made here, so that there is room to be made.

    Args:
        ax: The Axes.
    """
    from zenrun.plot._canvas import ShownAxes

    return isinstance(ax, ShownAxes)


def colour_map() -> Any:
    """Give the colours for numbers."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    return ListedColormap([colormaps["viridis"](_LIGHTEST * n / 255) for n in range(256)])


def whole_steps(ax: Axes) -> None:
    """Put ticks at whole numbers along x alone.

    Args:
        ax: The Axes.
    """
    from matplotlib.ticker import MaxNLocator

    ax.xaxis.set_major_locator(MaxNLocator("auto", integer=True, steps=[1, 2, 2.5, 5, 10]))
