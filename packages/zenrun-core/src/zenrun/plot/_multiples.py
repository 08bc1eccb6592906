"""`multiples`: the same picture for each choice of a parameter, side by side.

This module must not know which picture it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from zenrun.errors import PlotError
from zenrun.plot._captions import SharedCaptions
from zenrun.plot._scales import scale_of
from zenrun.plot._shown import Panels
from zenrun.plot._style import GREY, needs_matplotlib, new_axes, new_figure
from zenrun.plot._table import table_of
from zenrun.plot._text import distinct, shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST = 12
_SHORTEST_ROW = 4


def multiples(jobs: Any, draw: Callable[..., Any], by: str) -> Panels:
    """Draw one picture for each choice of a parameter, all with the same axes and colours.

    Args:
        jobs: What `zenrun.to_dataframe` takes.
        draw: Draws one of them. It is called with the jobs of a choice and `ax`, the Axes to draw on: a function
            of `zenrun.plot` with its other arguments filled in, or any of yours.
        by: The parameter, such as a config group. Of more than 12 choices the first 12 are drawn, and the
            figure says so.

    Returns:
        A dict of the Axes by their choice as text, with the figure that all are in as its ``.figure``.

    Raises:
        PlotError: There is no such parameter that varies, or `draw` has raised it for every choice.
        TableError: `jobs` are no jobs.
        JournalError: No sweep is in the directory.
        MissingExtraError: Matplotlib is not installed.

    Example:
        >>> from functools import partial
        >>> from zenrun import hydra_multirun, plot
        >>> jobs = hydra_multirun({"a": 1, "b": 1}, lambda cfg: cfg.a * cfg.b, ["a=1,2", "b=3,4"])
        >>> axes = plot.multiples(jobs, partial(plot.value, parameter="a"), "b")
        >>> axes["3"].lines[0].get_ydata().tolist(), axes["4"].lines[0].get_ydata().tolist()
        ([3.0, 6.0], [4.0, 8.0])
    """
    needs_matplotlib()
    table = table_of(jobs)
    scale = scale_of(table, by)
    keys = (
        list(map(float, range(len(scale.values)))) if scale.kind == "categories" else scale.values
    )
    texts = distinct(scale.values[:_MOST])
    count = len(texts)
    if not count:
        raise PlotError(table.about_nothing(f"a finite {by!r}"))
    columns = count if count <= _SHORTEST_ROW else 3 if count in {5, 6, 9} else _SHORTEST_ROW
    rows = math.ceil(count / columns)
    figure = new_figure(max(2.7 * columns + 1.2, 4.5), 2.6 * rows + 0.6)
    captions = SharedCaptions()
    made = Panels()
    made.figure = figure
    first: Axes | None = None
    errors: list[PlotError] = []
    for n, (key, text) in enumerate(zip(keys, texts, strict=False)):
        ax = new_axes(figure, rows, columns, n + 1, sharex=first, sharey=first)
        first = first or ax
        made[text.replace(r"\$", "$")] = ax
        places = [place for place in table.places if scale.column[place] == key]
        try:
            draw(table.only(places, captions), ax=ax)
        except PlotError as error:
            errors.append(error)
            middle: dict[str, Any] = {
                "ha": "center",
                "va": "center",
                "transform": ax.transAxes,
                "color": GREY,
            }
            ax.text(0.5, 0.5, "nothing to draw", **middle)
        ax.set_title(f"{shown(by)} = {text}", fontsize="medium")
        if n % columns:
            ax.set_ylabel("")
            ax.tick_params(labelleft=False)
        if n + columns < count:
            ax.set_xlabel("")
            ax.tick_params(labelbottom=False)
    if len(errors) == count:  # no choice lacks anything by itself
        raise errors[0]
    more = len(keys) - count + scale.left_out
    told = f"\N{HORIZONTAL ELLIPSIS} {more} more of {by}" if more else ""
    lack = sum(math.isnan(scale.column[place]) for place in table.places)
    if lack and not scale.left_out:
        told = f"{told}; {lack} job{' has' if lack == 1 else 's have'} no {by}".removeprefix("; ")
    captions.put(figure, list(made.values()), told)
    return made
