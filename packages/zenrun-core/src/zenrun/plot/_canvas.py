"""Figures that belong to nobody's global state, and show themselves in a notebook.

This is the one module that imports matplotlib, so it is imported by functions when they draw. It must not
know what is drawn.
"""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zenrun.plot._shown import png_of


class ShownFigure(Figure):
    """A figure that pyplot does not know of: nothing has to be closed, and no display is needed."""

    def _repr_png_(self) -> bytes:
        """Show the picture in a notebook."""
        return png_of(self)


class ShownAxes(Axes):
    """The Axes of such a figure: as the last line of a notebook's cell it is the picture."""

    def _repr_png_(self) -> Any:
        figure = self.figure
        return figure._repr_png_() if isinstance(figure, ShownFigure) else None
