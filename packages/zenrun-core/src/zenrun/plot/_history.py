"""`history`: how a search went, job by job, with the best so far.

This module must not know how values are chosen.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from zenrun._nearest import did_you_mean
from zenrun.errors import PlotError
from zenrun.plot._captions import captions_of
from zenrun.plot._style import (
    BLUE,
    COLOURS,
    GREY,
    MANY,
    RED,
    axes_on,
    needs_matplotlib,
    whole_steps,
)
from zenrun.plot._table import JobTable, table_of
from zenrun.results._records import COMPLETED, RUNNING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DIRECTIONS = {"minimize": ("lowest", min), "maximize": ("highest", max)}
_PRUNED = "PRUNED"


def history(
    jobs: Any, *, value: str | None = None, direction: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw what jobs returned in the order of their numbers, and the best so far.

    Jobs that have failed, were pruned or gave no finite number are marked at the bottom.

    Args:
        jobs: What `zenrun.to_dataframe` takes: mostly a search's result or its sweep's directory.
        value: As for `zenrun.plot.value`.
        direction: "minimize" or "maximize": which way is better. By default that of the search, where `value` is
            an objective of it; else "minimize". The legend says which.
        ax: Where to draw; by default a new figure.

    Returns:
        The Axes.

    Raises:
        PlotError: There is no such value, no job to draw, or no such direction.
        TableError: `jobs` are no jobs.
        JournalError: No sweep is in the directory.
        MissingExtraError: Matplotlib is not installed.

    Example:
        >>> from zenrun import hydra_multirun, plot
        >>> jobs = hydra_multirun({"x": 0}, lambda cfg: (cfg.x - 2) ** 2, ["x=0,4,1,2"])
        >>> ax = plot.history(jobs)
        >>> best = ax.lines[0]
        >>> best.get_label(), best.get_ydata().tolist()
        ('best so far (lowest)', [4.0, 4.0, 1.0, 0.0])
    """
    needs_matplotlib()
    table = table_of(jobs)
    name, numbers = table.numbers(value)
    chosen = direction or table.direction(name) or "minimize"
    if chosen not in _DIRECTIONS:
        msg = (
            f"direction={direction!r} is neither 'minimize' nor 'maximize'"
            f"{did_you_mean(str(direction), _DIRECTIONS)}"
        )
        raise PlotError(msg)
    word, better = _DIRECTIONS[chosen]
    at = _numbered(table)
    drawn = [place for place in table.places if math.isfinite(numbers[place])]
    if not drawn:
        raise PlotError(table.about_nothing(f"a finite {name!r}"))
    each = "job" if table.search is None else "trial"
    ax = axes_on(ax)
    xs = [at[place] for place in drawn]
    ys = [numbers[place] for place in drawn]
    points = ax.scatter(
        xs, ys, s=22, color=COLOURS[4], linewidths=0, label=each, rasterized=len(xs) > MANY
    )
    best = list(itertools.accumulate(ys, better))
    last = max(at[place] for place in table.places)
    if last > xs[-1]:  # it holds to the end, whatever came of the last jobs
        xs, best = [*xs, last], [*best, best[-1]]
    label = f"best so far ({word})"
    (line,) = ax.step(xs, best, where="post", color=BLUE, linewidth=1.8, label=label)
    handles: list[Any] = [points, line]
    labels = [each, label]
    for text, marker, colour, places in _marked(table, numbers):
        (mark,) = ax.plot(
            [at[place] for place in places],
            [0.02] * len(places),
            transform=ax.get_xaxis_transform(),
            linestyle="none",
            marker=marker,
            color=colour,
            label=text,
            clip_on=False,
        )
        handles.append(mark)
        labels.append(text)
    ax.set_xlabel(each)
    ax.set_ylabel(table.label(name))
    whole_steps(ax)
    captions_of(table.captions, ax).legend(handles, labels)
    return ax


def _numbered(table: JobTable) -> list[int]:
    """Give the place of each job along the axis: its number, where each has one of its own."""
    numbers = [row.num for row in table.rows]
    rising = all(before < after for before, after in itertools.pairwise(numbers))
    return numbers if rising else list(range(len(numbers)))


def _marked(table: JobTable, numbers: Sequence[float]) -> list[tuple[str, str, str, list[int]]]:
    """Give what is said of jobs without a number, with a marker, a colour and the jobs."""
    found: dict[str, list[int]] = {"failed": [], "pruned": [], "no number": []}
    for place in table.places:
        status = table.rows[place].status
        if math.isfinite(numbers[place]) or status == RUNNING:
            continue
        kind = {COMPLETED: "no number", _PRUNED: "pruned"}.get(status, "failed")
        found[kind].append(place)
    looks = {"failed": ("x", RED), "pruned": ("|", GREY), "no number": ("+", COLOURS[5])}
    return [(kind, *looks[kind], places) for kind, places in found.items() if places]
