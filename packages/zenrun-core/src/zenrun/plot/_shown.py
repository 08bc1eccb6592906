"""Several pictures in a dict, which a notebook shows.

This module must not know what is drawn.
"""

from __future__ import annotations

import base64
import html
import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class Panels(dict[str, Any]):
    """The Axes of one figure by name: as the last line of a notebook's cell they are the picture.

    Attributes:
        figure: Their figure.
    """

    figure: Figure

    if TYPE_CHECKING:

        def __getitem__(self, name: str) -> Axes: ...

    def _repr_png_(self) -> bytes:
        """Show the picture in a notebook."""
        return png_of(self.figure)


class Pictures(dict[str, Any]):
    """Figures by their titles: as the last line of a notebook's cell they are shown one below the other."""

    def _repr_html_(self) -> str:
        """Show the pictures in a notebook."""
        return "".join(
            f"<div>{html.escape(title)}</div>"
            f'<img src="data:image/png;base64,{base64.b64encode(png_of(figure)).decode()}">'
            for title, figure in self.items()
        )


def png_of(figure: Figure) -> bytes:
    """Give a figure as the content of a PNG file.

    Args:
        figure: The figure.
    """
    made = io.BytesIO()
    figure.savefig(made, format="png")
    return made.getvalue()
