"""The pictures of a sweep, as a page can hold them.

Each is an image of its own: ids in one cannot clash with those in another, and nothing in it can run. This module must
not know what is drawn.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zenrun.errors import MissingExtraError

_MOST_SVG = 400_000  # bytes: a cloud of thousands of points is smaller as pixels
_DPI = 160


@dataclass(frozen=True)
class Picture:
    """A picture.

    Attributes:
        title: What it shows.
        source: The image, as a URL that holds it.
        width: In pixels of a page.
        height: In pixels of a page.
    """

    title: str
    source: str
    width: int
    height: int


def pictures_of(jobs: Any) -> tuple[Sequence[Picture], str]:
    """Draw what suits some jobs.

    Args:
        jobs: The jobs, as `zenrun.plot.overview` takes them.

    Returns:
        The pictures, and why there are none where something was in the way.
    """
    from zenrun.plot import overview

    try:
        figures = overview(jobs)
        return [_picture(title, figure) for title, figure in figures.items()], ""
    except MissingExtraError as error:
        return [], str(error)
    except Exception as error:  # whatever jobs return: the table is worth having without pictures
        return [], f"The pictures could not be drawn: {type(error).__name__}: {error}"


def _picture(title: str, figure: Any) -> Picture:
    kind, content = "svg+xml", _saved(figure, format="svg", metadata={"Date": None})
    if len(content) > _MOST_SVG:
        kind, content = "png", _saved(figure, format="png", dpi=_DPI)
    source = f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
    width, height = figure.get_size_inches() * 96
    return Picture(title, source, round(width), round(height))


def _saved(figure: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, **options)
    return file.getvalue()
