"""`value`: what jobs returned against one parameter.

This module must not know how the parameter's axis or its colours are chosen.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zenrun.errors import PlotError
from zenrun.plot._captions import captions_of
from zenrun.plot._groups import Group, Groups, groups_of, norm_of
from zenrun.plot._scales import Scale, scale_of
from zenrun.plot._style import MANY, axes_on, colour_map, needs_matplotlib
from zenrun.plot._table import JobTable, table_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_JOINED = 20


def value(
    jobs: Any,
    parameter: str,
    *,
    value: str | None = None,
    by: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw what jobs returned against a parameter.

    Each job is a point. Jobs with the same parameter, and the same `by`, have their mean drawn too, with one
    standard deviation to each side; a note says over what. The means of a parameter of few numbers are joined
    by a line. Jobs without a finite number are left out, and counted in the note.

    Args:
        jobs: What `zenrun.to_dataframe` takes.
        parameter: The key of an override that varies: numbers, or categories such as the choice of a config group.
        value: Which of the things that jobs returned is drawn, named as `to_dataframe` names its columns;
            also ``"duration"``, in seconds. By default the objective of a search, or the first number.
        by: A parameter that gives the colours: each choice its own, and more than 7 numbers a colour bar.
        ax: Where to draw; by default a new figure, which is ``.figure`` of what is returned.

    Returns:
        The Axes.

    Raises:
        PlotError: There is no such parameter that varies, or no such value, or no job to draw.
        TableError: `jobs` are no jobs.
        JournalError: No sweep is in the directory.
        MissingExtraError: Matplotlib is not installed.

    Example:
        >>> from zenrun import hydra_multirun, plot
        >>> jobs = hydra_multirun({"lr": 1.0}, lambda cfg: {"loss": cfg.lr**2}, ["lr=0.5,1,2"])
        >>> ax = plot.value(jobs, "lr")
        >>> ax.get_ylabel(), ax.lines[0].get_xydata().tolist()
        ('loss', [[0.5, 0.25], [1.0, 1.0], [2.0, 4.0]])
    """
    needs_matplotlib()
    table = table_of(jobs)
    name, numbers = table.numbers(value)
    scale = scale_of(table, parameter)
    groups = groups_of(table, by).where(
        lambda place: math.isfinite(numbers[place]) and math.isfinite(scale.column[place])
    )
    drawn = [place for group in groups.groups for place in group.places]
    if not drawn:
        raise PlotError(table.about_nothing(f"a finite {name!r} and a {parameter!r}"))
    is_text = scale.kind == "categories"
    ax = axes_on(ax, *scale.size)
    cells = [_cells(group, scale, numbers) for group in groups.groups]
    if groups.scale is not None:
        handles = [_coloured(ax, groups.scale, scale, numbers, drawn)]
    elif is_text:
        handles = _beside(ax, groups, cells)
    else:
        joined = _is_joined(table, scale)
        pairs = zip(groups.groups, cells, strict=True)
        handles = [_along(ax, group, found, joined=joined) for group, found in pairs]
    scale.lay(ax)
    ax.set_ylabel(table.label(name))
    captions = captions_of(table.captions, ax)
    groups.explain(captions, handles)
    repeated = groups.scale is None and any(
        cell.count > 1
        for group, found in zip(groups.groups, cells, strict=True)
        for cell in found
        if not group.is_rest
    )
    over = ", ".join(table.differ(drawn, [parameter, by])) or "repeats"
    said = f"mean and standard deviation over {over}"
    captions.note(
        said if repeated and (is_text or _is_joined(table, scale)) else "",
        drawn=len(drawn),
        count=len(table.places),
    )
    return ax


@dataclass(frozen=True)
class _Cell:
    """Jobs of a group with the same parameter."""

    at: float
    numbers: list[float]

    @property
    def count(self) -> int:
        return len(self.numbers)

    @property
    def mean(self) -> float:
        return statistics.fmean(self.numbers)

    @property
    def deviation(self) -> float:
        """The standard deviation of a sample; 0 of one job alone."""
        mean = self.mean
        away = math.hypot(*(number - mean for number in self.numbers))
        return away / math.sqrt(max(self.count - 1, 1))


def _cells(group: Group, scale: Scale, numbers: Sequence[float]) -> list[_Cell]:
    found: dict[float, list[float]] = {}
    for place in group.places:
        found.setdefault(scale.column[place], []).append(numbers[place])
    return [_Cell(at, found[at]) for at in sorted(found)]


def _is_joined(table: JobTable, scale: Scale) -> bool:
    """Say whether a line joins the means: not where chance has put each job somewhere else."""
    repeated = 2 * len(scale.values) <= len(table.rows)
    return len(scale.values) <= _MOST_JOINED and (repeated or table.search is None)


def _along(ax: Axes, group: Group, cells: Sequence[_Cell], *, joined: bool) -> Any:
    """Draw a group along an axis of numbers."""
    xs = [cell.at for cell in cells for _ in cell.numbers]
    ys = [number for cell in cells for number in cell.numbers]
    is_repeated = len(ys) > len(cells)
    look: dict[str, Any] = {"color": group.colour, "marker": group.marker}
    if not joined or group.is_rest:
        fast = len(ys) > MANY
        return ax.scatter(xs, ys, s=22, alpha=0.7, linewidths=0, rasterized=fast, **look)
    means = [cell.mean for cell in cells]
    places = [cell.at for cell in cells]
    if is_repeated:
        fast = len(ys) > MANY
        ax.scatter(xs, ys, s=12, alpha=0.35, linewidths=0, rasterized=fast, **look)
        low = [cell.mean - cell.deviation for cell in cells]
        high = [cell.mean + cell.deviation for cell in cells]
        ax.fill_between(places, low, high, color=group.colour, alpha=0.18, linewidth=0)
    (line,) = ax.plot(places, means, markersize=5, **look)
    return line


def _beside(ax: Axes, groups: Groups, cells: Sequence[Sequence[_Cell]]) -> list[Any]:
    """Draw the groups beside each other in each category."""
    handles: list[Any] = []
    count = len(groups.groups)
    step = min(0.8 / max(count, 1), 0.2)
    for n, (group, found) in enumerate(zip(groups.groups, cells, strict=True)):
        shift = (n - (count - 1) / 2) * step
        look: dict[str, Any] = {"color": group.colour, "marker": group.marker}
        alone = group.is_rest or all(cell.count == 1 for cell in found)
        xs = [cell.at + shift for cell in found for _ in cell.numbers]
        ys = [number for cell in found for number in cell.numbers]
        fast = len(ys) > MANY
        size, alpha = (30, 1.0) if alone else (12, 0.35)
        points = ax.scatter(xs, ys, s=size, alpha=alpha, linewidths=0, rasterized=fast, **look)
        if alone:
            handles.append(points)
            continue
        bars = ax.errorbar(
            [cell.at + shift for cell in found],
            [cell.mean for cell in found],
            [cell.deviation for cell in found],
            linestyle="none",
            capsize=3,
            markersize=6,
            **look,
        )
        handles.append(bars.lines[0])
    return handles


def _coloured(
    ax: Axes, colours: Scale, scale: Scale, numbers: Sequence[float], drawn: Sequence[int]
) -> Any:
    """Draw each job in the colour of its number."""
    return ax.scatter(
        [scale.column[place] for place in drawn],
        [numbers[place] for place in drawn],
        c=[colours.column[place] for place in drawn],
        cmap=colour_map(),
        norm=norm_of(colours),
        s=22,
        linewidths=0,
        rasterized=len(drawn) > MANY,
    )
