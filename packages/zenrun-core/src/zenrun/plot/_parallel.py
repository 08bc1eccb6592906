"""`parallel`: each job as a line over all the parameters, to what it returned.

This module must not know how the parameters' axes are chosen.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zenrun.errors import PlotError
from zenrun.plot._captions import captions_of
from zenrun.plot._scales import Scale, scale_of
from zenrun.plot._style import (
    GREY,
    MANY,
    axes_on,
    colour_map,
    needs_matplotlib,
)
from zenrun.plot._table import JobTable, is_seed, table_of
from zenrun.plot._text import distinct

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST = 10
_FEW_VALUES = 6
_MOST_TEXTS = 16
_ABSENT = -0.12


def parallel(
    jobs: Any,
    *,
    value: str | None = None,
    parameters: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw parallel coordinates: a vertical axis for each parameter and one for what jobs returned.

    Each job is a line, in the colour of what it returned; the best, where the direction of the search is known, else
    the lowest, lie on top. A job without a parameter passes below its axis.

    Args:
        jobs: What `zenrun.to_dataframe` takes.
        value: As for `zenrun.plot.value`.
        parameters: Overrides that vary, in the order of their axes. By default all but seeds, at most 10.
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
        >>> ax = plot.parallel(jobs)
        >>> [text.get_text() for text in ax.get_xticklabels()]
        ['a', 'b', 'value']
    """
    needs_matplotlib()
    from matplotlib.collections import LineCollection

    table = table_of(jobs)
    name, numbers = table.numbers(value)
    chosen, more = _chosen(table, parameters)
    drawn = [place for place in table.places if math.isfinite(numbers[place])]
    if not drawn:
        raise PlotError(table.about_nothing(f"a finite {name!r}"))
    downward = table.direction(name) != "maximize"
    drawn.sort(key=numbers.__getitem__, reverse=downward)  # the best is drawn last
    scales = [scale_of(table, key) for key in chosen]
    values = sorted({number for number in numbers if math.isfinite(number)})
    lines = [*map(_line_of, scales), _line_of(Scale(name, "linear", numbers, values))]
    ax = axes_on(ax, max(6.4, 1.3 * len(lines) + 1))
    paths = [[(n, line.height(place)) for n, line in enumerate(lines)] for place in drawn]
    colours = colour_map()
    ax.add_collection(
        LineCollection(
            paths,
            array=[numbers[place] for place in drawn],
            cmap=colours,
            clim=(values[0], values[-1]),
            linewidths=1.4 if len(drawn) < 100 else 0.8,
            alpha=max(0.25, min(0.85, 60 / len(drawn))),
            rasterized=len(drawn) * len(lines) > MANY,
        )
    )
    lacks = any(height == _ABSENT for path in paths for _, height in path)
    for n, line in enumerate(lines):
        _draw_axis(ax, n, line, lacks=any(path[n][1] == _ABSENT for path in paths))
    ax.set_xlim(-0.15, len(lines) - 0.6)
    ax.set_ylim(-0.18 if lacks else -0.05, 1.05)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    ax.set_yticks([])
    ax.tick_params(axis="x", length=0)
    labels = [*(scale.label for scale in scales), table.label(name)]
    ax.set_xticks(range(len(lines)), labels)
    if sum(map(len, labels)) > 11 * len(labels):
        for text in ax.get_xticklabels():
            text.set(rotation=20, ha="right", rotation_mode="anchor")
    captions_of(table.captions, ax).note(
        f"{more} more parameters" if more else "",
        drawn=len(drawn),
        count=len(table.places),
    )
    return ax


@dataclass(frozen=True)
class _Line:
    """A vertical axis from 0 to 1: where each job is, and its ticks."""

    height: Callable[[int], float]
    ticks: list[tuple[float, str]]


def _chosen(table: JobTable, parameters: Sequence[str] | None) -> tuple[list[str], int]:
    """Give the parameters, and how many are left out."""
    if isinstance(parameters, str):
        msg = f"parameters is a list of names; given was the text {parameters!r}"
        raise PlotError(msg)
    if parameters is not None:
        return list(parameters), 0
    found = [key for key in table.keys if not is_seed(key)] or table.keys
    return found[:_MOST], max(len(found) - _MOST, 0)


def _line_of(scale: Scale) -> _Line:
    if scale.kind == "categories":
        texts = scale.texts
        low, high = 0.0, float(len(texts) - 1)
        every = math.ceil(len(texts) / _MOST_TEXTS)
        ticks = [(float(n), text) for n, text in enumerate(texts) if n % every == 0]
    elif scale.values:
        low, high = scale.at(scale.values[0]), scale.at(scale.values[-1])
        ticks = [(scale.at(number), text) for number, text in _numbers(scale)]
    else:  # infinite in all jobs
        low, high, ticks = 0.0, 0.0, []

    def fraction(at: float) -> float:
        return 0.5 if high == low else (at - low) / (high - low)

    def height(place: int) -> float:
        number = scale.column[place]
        return fraction(scale.at(number)) if math.isfinite(number) else _ABSENT

    return _Line(height, [(fraction(at), text) for at, text in ticks])


def _numbers(scale: Scale) -> list[tuple[float, str]]:
    """Give the numbers that are written at an axis: the values themselves where there is room."""
    from matplotlib.ticker import LogLocator, MaxNLocator

    values = scale.values
    low, high = values[0], values[-1]
    span = scale.at(high) - scale.at(low)
    gaps = [scale.at(after) - scale.at(before) for before, after in itertools.pairwise(values)]
    if len(values) > _FEW_VALUES or min(gaps, default=1.0) < 0.05 * span:
        is_long_log = scale.kind == "log" and span >= 2
        locator = LogLocator(numticks=6) if is_long_log else MaxNLocator(5)
        values = [float(tick) for tick in locator.tick_values(low, high) if low <= tick <= high]
    return list(zip(values, distinct(values), strict=True))


def _draw_axis(ax: Axes, n: int, line: _Line, *, lacks: bool) -> None:
    ax.plot([n, n], [0, 1], color=GREY, linewidth=1, zorder=3)
    ticks = [*line.ticks, (_ABSENT, "not set")] if lacks else line.ticks
    for height, text in ticks:
        ax.plot([n, n + 0.03], [height, height], color=GREY, linewidth=1, zorder=3)
        ax.text(
            n + 0.05,
            height,
            text,
            fontsize="small",
            va="center",
            zorder=4,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.8},
        )
