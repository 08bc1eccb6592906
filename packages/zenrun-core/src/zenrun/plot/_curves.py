"""`curves`: learning curves, where jobs return a series of numbers.

This module must not know how colours are chosen.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from zenrun.errors import PlotError
from zenrun.plot._captions import Captions, captions_of
from zenrun.plot._groups import Group, groups_of
from zenrun.plot._style import COLOURS, MANY, axes_on, needs_matplotlib, whole_steps
from zenrun.plot._table import JobTable, is_seed, table_of
from zenrun.plot._text import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FEW_STEPS = 20
_LEGEND_WIDTH = 36


def curves(
    jobs: Any, *, value: str | None = None, by: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw a series of numbers that each job returned, such as the loss after each epoch.

    Jobs with the same `by` have one colour: each is a thin line, and their mean a thick one, with one standard
    deviation to each side. Series may differ in length; what is not finite is a gap, and counts in no mean.

    Args:
        jobs: What `zenrun.to_dataframe` takes.
        value: Which of the things that jobs returned is drawn: a list, a tuple, or an array or tensor of one
            dimension. By default the first that is one.
        by: A parameter that gives the colours. By default the only one that varies beside seeds; of several
            none, and each job is a line of its own.
        ax: Where to draw; by default a new figure.

    Returns:
        The Axes.

    Raises:
        PlotError: There is no such parameter that varies, or no such series, or no job to draw.
        TableError: `jobs` are no jobs.
        JournalError: No sweep is in the directory.
        MissingExtraError: Matplotlib is not installed.

    Example:
        >>> from zenrun import hydra_multirun, plot
        >>> def train(cfg):
        ...     return {"loss": [cfg.lr**step for step in range(3)]}
        >>> jobs = hydra_multirun({"lr": 0.5}, train, ["lr=0.5,0.25"])
        >>> ax = plot.curves(jobs)
        >>> [line.get_ydata().tolist() for line in ax.lines]
        [[1.0, 0.25, 0.0625], [1.0, 0.5, 0.25]]
    """
    needs_matplotlib()
    table = table_of(jobs)
    name, series = table.series(value)
    drawn = {
        place: found
        for place in table.places
        if (found := series[place]) is not None and any(map(math.isfinite, found))
    }
    vary = [key for key in table.differ(table.places) if not is_seed(key)]
    alone = by is None and len(vary) > 1
    by = by or (None if alone else next(iter(vary), None))
    groups = groups_of(table, by).where(drawn.__contains__)
    drawn = {place: drawn[place] for group in groups.groups for place in group.places}
    if not drawn:
        raise PlotError(table.about_nothing(f"a series {name!r} with a finite number"))
    ax = axes_on(ax)
    captions = captions_of(table.captions, ax)
    averaged = ""
    if alone:
        _alone(ax, table, drawn, captions)
    else:
        groups.explain(captions, [_group(ax, group, drawn) for group in groups.groups])
        over = ", ".join(table.differ(drawn, [by])) or "repeats"
        repeated = any(len(group.places) > 1 for group in groups.groups if not group.is_rest)
        averaged = f"mean and standard deviation over {over}" if repeated else ""
    ax.set_xlabel("step")
    ax.set_ylabel(table.label(name))
    if max(map(len, drawn.values())) <= _FEW_STEPS:
        whole_steps(ax)
    captions.note(averaged, drawn=len(drawn), count=len(table.places))
    return ax


def _alone(ax: Axes, table: JobTable, drawn: dict[int, list[float]], captions: Captions) -> None:
    """Draw each job as a line of its own: few with a colour each, many in one.

    Beside others a colour would have to mean the same job in all of them, and no job is in two.
    """
    if len(drawn) > len(COLOURS) or table.captions is not None:
        _faintly(ax, drawn.values(), COLOURS[0], max(0.1, min(0.6, 10 / len(drawn))))
        return
    handles, labels = [], []
    keys = table.differ(drawn)
    for colour, (place, found) in zip(COLOURS, drawn.items(), strict=False):
        handles.append(_line(ax, found, colour))
        params = table.rows[place].params
        told = ", ".join(f"{key}={shown(params[key])}" for key in keys if key in params)
        labels.append(shown(told.replace(r"\$", "$"), _LEGEND_WIDTH))
    captions.legend(handles, labels)


def _group(ax: Axes, group: Group, drawn: dict[int, list[float]]) -> Any:
    """Draw the jobs of a group, with their mean if they are several; give what the legend shows."""
    mine = [drawn[place] for place in group.places]
    if len(mine) == 1:
        return _line(ax, mine[0], group.colour)
    faint = _faintly(ax, mine, group.colour, 0.25)
    if group.is_rest:
        return faint
    import numpy as np

    longest = max(map(len, mine))
    table = np.full((len(mine), longest), np.nan)
    for row, found in enumerate(mine):
        table[row, : len(found)] = found
    counts = np.isfinite(table).sum(axis=0)
    steps = np.flatnonzero(counts)
    table, counts = table[:, steps], counts[steps]
    scale = np.nanmax(np.abs(table)) or 1.0  # squares of large numbers would overflow
    means = np.nansum(table / scale, axis=0) / counts
    squares = np.nansum((table / scale - means) ** 2, axis=0)
    deviations = np.sqrt(squares / np.maximum(counts - 1, 1)) * scale
    means = means * scale
    low, high = means - deviations, means + deviations
    ax.fill_between(steps, low, high, color=group.colour, alpha=0.18, linewidth=0)
    (line,) = ax.plot(steps, means, color=group.colour, marker=_marker(mine), linewidth=2)
    return line


def _line(ax: Axes, found: Sequence[float], colour: Any) -> Any:
    """Draw one series."""
    (line,) = ax.plot(range(len(found)), found, color=colour, marker=_marker([found]))
    return line


def _faintly(ax: Axes, series: Collection[Sequence[float]], colour: Any, alpha: float) -> Any:
    """Draw many series at once, so that where they lie close together it is darker."""
    from matplotlib.collections import LineCollection

    pieces = [piece for found in series for piece in _pieces(found)]
    many = sum(map(len, pieces)) > 10 * MANY
    made = LineCollection(pieces, colors=[colour], alpha=alpha, linewidths=0.8, rasterized=many)
    ax.add_collection(made)
    ax.autoscale_view()
    return made


def _pieces(found: Sequence[float]) -> list[list[tuple[int, float]]]:
    """Give the points of a series between its gaps."""
    steps = itertools.groupby(enumerate(found), lambda point: math.isfinite(point[1]))
    return [list(points) for finite, points in steps if finite]


def _marker(series: Sequence[Sequence[float]]) -> str | None:
    """Give the marker of a line that is short, and may be one point."""
    return "." if max(map(len, series), default=0) <= _FEW_STEPS else None
