"""`overview`: the pictures that suit a sweep.

This module must not know how any of them is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from zenrun.errors import PlotError
from zenrun.plot._curves import curves
from zenrun.plot._heatmap import heatmap
from zenrun.plot._history import history
from zenrun.plot._parallel import parallel
from zenrun.plot._scales import scale_of
from zenrun.plot._shown import Pictures
from zenrun.plot._style import needs_matplotlib
from zenrun.plot._table import JobTable, is_seed, table_of
from zenrun.plot._value import value as draw_value

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST = 6
_MOST_COLOURS = 7


def overview(jobs: Any, *, value: str | None = None) -> dict[str, Figure]:
    """Draw the pictures that suit a sweep: at most six.

    A search has its `history`; series have their `curves`; a parameter has its `value`, two a `heatmap`, three
    and more `parallel` coordinates. A sweep that still runs, or was killed, is drawn as far as it got.

    Args:
        jobs: What `zenrun.to_dataframe` takes.
        value: As for `zenrun.plot.value`.

    Returns:
        A dict of the figures by their titles, such as "loss against lr", which a notebook shows; empty where no job has finished, or
        nothing that they returned is a number.

    Raises:
        PlotError: There is no such value.
        TableError: `jobs` are no jobs.
        JournalError: No sweep is in the directory.
        MissingExtraError: Matplotlib is not installed.

    Example:
        >>> from zenrun import hydra_multirun, plot
        >>> jobs = hydra_multirun({"a": 1, "b": 1}, lambda cfg: cfg.a * cfg.b, ["a=1,2", "b=3,4"])
        >>> list(plot.overview(jobs))
        ['value against a', 'value against b', 'value by a and b']
    """
    needs_matplotlib()
    table = table_of(jobs)
    whole = table.only(table.places)
    name = _number(table, value)
    keys = [key for key in table.keys if not is_seed(key)]
    drawings: list[tuple[str, Callable[[], Axes]]] = []

    def add(title: str, draw: Callable[..., Axes], *args: Any, **settings: Any) -> None:
        drawings.append((title, lambda: draw(whole, *args, **settings)))

    if name is not None and _finite(table, name) > 1:
        if table.search is not None:
            add(f"{name} of each trial", history, value=name)
        for key in keys[: 2 if len(keys) > 2 else 3]:
            by = _colours(table, [other for other in keys if other != key])
            add(f"{name} against {key}", draw_value, key, value=name, by=by)
        if len(keys) > 1:
            add(f"{name} by {keys[0]} and {keys[1]}", heatmap, *keys[:2], value=name)
        if len(keys) > 2:
            add(f"{name} and all parameters", parallel, value=name)
    if value is None or value in table.serial:
        for series in table.serial[:1] if value is None else [value]:
            add(f"{series} at each step", curves, value=series)
    made = Pictures()
    for title, draw in drawings:
        if len(made) < _MOST:
            try:
                made[title] = draw().figure
            except PlotError:  # the jobs that have finished have nothing for this one
                continue
    return made


def _number(table: JobTable, value: str | None) -> str | None:
    """Give the name of the number that is drawn; None where there is none."""
    if value is not None and value in table.serial:
        return None
    if not any(row.value is not None for row in table.rows):
        return None
    try:
        return table.numbers(value)[0]
    except PlotError:
        if value is not None:
            raise
        return table.objectives[0] if table.count > 1 else None


def _finite(table: JobTable, name: str) -> int:
    try:
        return sum(map(math.isfinite, table.numbers(name)[1]))
    except PlotError:  # an objective that is no number in what was returned
        return 0


def _colours(table: JobTable, keys: list[str]) -> str | None:
    """Give the first parameter that has few enough choices for a colour each."""
    for key in keys:
        scale = scale_of(table, key)
        if 1 < len(scale.values) <= _MOST_COLOURS and not scale.left_out:
            return key
    return None
