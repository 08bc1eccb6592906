"""`heatmap`: what jobs returned over two parameters.

This module must not know how the parameters' axes are chosen.
"""

from __future__ import annotations

import bisect
import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from zenrun.errors import PlotError
from zenrun.plot._captions import captions_of
from zenrun.plot._scales import Scale, lay_categories, scale_of
from zenrun.plot._style import axes_on, colour_map, needs_matplotlib
from zenrun.plot._table import table_of
from zenrun.plot._text import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_NUMBERS = 24  # on an axis, each with cells of its own
_BINS = 12
_MOST_TOLD = 8  # cells on an axis, for them to have their numbers written in


def heatmap(jobs: Any, x: str, y: str, *, value: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw what jobs returned as the colours of cells, over two parameters.

    A cell is for one value of each parameter, or, where a parameter has more than 24 numbers, for one of 12
    equal stretches of it. Several jobs in a cell are averaged, and a note says so. A cell without a
    job that has a finite number is hatched.

    Args:
        jobs: What `zenrun.to_dataframe` takes.
        x: The key of an override that varies: numbers, or categories such as the choice of a config group.
        y: Another one.
        value: As for `zenrun.plot.value`.
        ax: Where to draw; by default a new figure.

    Returns:
        The Axes.

    Raises:
        PlotError: There is no such parameter that varies, or no such value, or no job to draw.
        TableError: `jobs` are no jobs.
        JournalError: No sweep is in the directory.
        MissingExtraError: Matplotlib is not installed.

    Example:
        >>> from zenrun import hydra_multirun, plot
        >>> jobs = hydra_multirun({"a": 1, "b": 1}, lambda cfg: cfg.a * cfg.b, ["a=1,2", "b=3,4"])
        >>> ax = plot.heatmap(jobs, "a", "b")
        >>> ax.collections[0].get_array().tolist()  # a row for each b
        [[3.0, 6.0], [4.0, 8.0]]
    """
    needs_matplotlib()
    import numpy as np

    table = table_of(jobs)
    if x == y:
        msg = f"A heat map is of two parameters, and both of those given are {x!r}"
        raise PlotError(msg)
    name, numbers = table.numbers(value)
    across, up = _steps_of(scale_of(table, x)), _steps_of(scale_of(table, y))
    cells: dict[tuple[int, int], list[float]] = {}
    for place in table.places:
        column, row, number = across.of[place], up.of[place], numbers[place]
        if column is not None and row is not None and math.isfinite(number):
            cells.setdefault((row, column), []).append(number)
    if not cells:
        raise PlotError(table.about_nothing(f"a finite {name!r}, a {x!r} and a {y!r}"))
    means = {cell: statistics.fmean(found) for cell, found in cells.items()}
    grid = np.full((up.count, across.count), math.nan)  # which is masked when it is drawn
    for cell, mean in means.items():
        grid[cell] = mean
    wide, high = max(6.4, 0.3 * across.count + 2), max(4.0, 0.22 * up.count + 1.5)
    ax = axes_on(ax, wide, high)
    ax.grid(visible=False)
    is_part = len(table.places) < len(table.rows)  # the others have the same colours
    of_all = [number for number in numbers if math.isfinite(number)] if is_part else means.values()
    mesh = ax.pcolormesh(
        np.arange(across.count + 1) - 0.5,
        np.arange(up.count + 1) - 0.5,
        grid,
        cmap=colour_map(),
        vmin=min(of_all),
        vmax=max(of_all),
        edgecolors="white",
        linewidth=0.5,
    )
    ax.patch.set(facecolor="white", hatch="////", edgecolor="0.8", linewidth=0)
    if max(across.count, up.count) <= _MOST_TOLD:
        _write(ax, means, mesh)
    across.lay(ax, "x")
    up.lay(ax, "y")
    captions = captions_of(table.captions, ax)
    captions.bar(mesh, table.label(name))
    most = max(map(len, cells.values()))
    drawn = [
        place
        for place in table.places
        if (up.of[place], across.of[place]) in cells and math.isfinite(numbers[place])
    ]
    over = ", ".join(table.differ(drawn, [x, y]))
    averaged = f"mean of up to {most} jobs in a cell{', over ' if over else ''}{over}"
    captions.note(
        averaged if most > 1 else "",
        "hatched: no job" if len(cells) < up.count * across.count else "",
        drawn=len(drawn),
        count=len(table.places),
    )
    return ax


@dataclass(frozen=True)
class _Steps:
    """An axis of cells: the cell of each job, None where it has none; and where the ticks are."""

    label: str
    of: list[int | None]
    count: int
    texts: list[str]
    is_text: bool = False
    edges: list[float] | None = None

    def lay(self, ax: Axes, which: Literal["x", "y"]) -> None:
        lay_categories(ax, which, self.texts)
        axis = ax.xaxis if which == "x" else ax.yaxis
        axis.set_label_text(self.label)
        axis.set_tick_params(length=0)
        if self.is_text and which == "y":
            ax.invert_yaxis()  # texts are read from the top
        if self.edges is not None:
            places = range(0, self.count + 1, self.count // 4)
            texts = [shown(float(f"{self.edges[place]:.2g}")) for place in places]
            axis.set_ticks([place - 0.5 for place in places], texts, rotation=0, ha="center")
            axis.set_tick_params(length=3.5)
            (ax.set_xlim if which == "x" else ax.set_ylim)(-0.5, self.count - 0.5)


def _steps_of(scale: Scale) -> _Steps:
    if scale.kind == "categories":
        found = [None if math.isnan(place) else int(place) for place in scale.column]
        return _Steps(scale.label, found, len(scale.texts), scale.texts, is_text=True)
    values = scale.values
    if len(values) <= _MOST_NUMBERS:
        places = {number: place for place, number in enumerate(values)}
        of = [places.get(number) for number in scale.column]
        return _Steps(scale.label, of, len(values), scale.texts)
    low, high = scale.at(values[0]), scale.at(values[-1])
    ends = [low + (high - low) * n / _BINS for n in range(_BINS + 1)]
    of = [
        min(bisect.bisect_right(ends, scale.at(number)) - 1, _BINS - 1)
        if math.isfinite(number)
        else None
        for number in scale.column
    ]
    of = [None if place is None else max(place, 0) for place in of]
    edges = [10**end if scale.kind == "log" else end for end in ends]
    return _Steps(scale.label, of, _BINS, [""] * _BINS, edges=edges)


def _write(ax: Axes, means: Mapping[tuple[int, int], float], mesh: Any) -> None:
    """Write its number into each cell, in a colour that stands out."""
    for (row, column), mean in means.items():
        light = float(mesh.norm(mean)) > 0.6
        colour = "black" if light else "white"
        text = f"{mean:.3g}"
        ax.text(column, row, text, ha="center", va="center", color=colour, fontsize="small")
