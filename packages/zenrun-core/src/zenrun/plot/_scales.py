"""The axis of a parameter: numbers, numbers of which the logarithm counts, or categories.

This module must not know which picture the axis is of.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from zenrun.plot._numbers import as_number
from zenrun.plot._style import whole_steps
from zenrun.plot._table import ABSENT, JobTable
from zenrun.plot._text import distinct, named
from zenrun.results._columns import alike

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_CATEGORIES = 30
_MOST_TICKS = 8
_DECADES = 2.0
_UNEVEN = 2.0
_ROOM = 44  # characters beside each other below an Axes of the usual width


@dataclass(frozen=True)
class Scale:
    """The axis of a parameter.

    Attributes:
        name: The parameter.
        kind: "linear", "log" or "categories".
        column: The parameter of each job: a number, or the place of its category; NaN where it has none.
        values: The different numbers in their order; or the categories: numbers in theirs, texts as the
            sweep first had them.
        left_out: How many categories there is no room for.
    """

    name: str
    kind: Literal["linear", "log", "categories"]
    column: list[float]
    values: list[Any]
    left_out: int = 0

    @property
    def label(self) -> str:
        """The label of the axis."""
        return named(self.name)

    @property
    def texts(self) -> list[str]:
        """The values as texts, with one more that says how many there is no room for."""
        more = [f"\N{HORIZONTAL ELLIPSIS} {self.left_out} more"] if self.left_out else []
        return [*distinct(self.values), *more]

    @property
    def size(self) -> tuple[float, float]:
        """The width and height of a figure with this axis below, in inches."""
        if self.kind != "categories":
            return 6.4, 4.0
        steep = _are_steep(self.texts)
        return max(6.4, 0.3 * len(self.texts) + 2), 4.0 + steep * 0.08 * max(map(len, self.texts))

    def at(self, number: float) -> float:
        """Give a number's place so that equal distances are equally long.

        Args:
            number: One of the column.
        """
        return math.log10(number) if self.kind == "log" else number

    def lay(self, ax: Axes) -> None:
        """Set the x axis up: its scale, ticks and label.

        Args:
            ax: The Axes.
        """
        ax.set_xlabel(self.label)
        if self.kind == "categories":
            lay_categories(ax, "x", self.texts)
        elif self.kind == "log":
            ax.set_xscale("log")
            if len(self.values) <= _MOST_TICKS:  # the values themselves say more than powers of ten
                ax.set_xticks(self.values, distinct(self.values))
                ax.set_xticks([], minor=True)
        elif all(value == round(value) for value in self.values):
            whole_steps(ax)


def lay_categories(ax: Axes, which: Literal["x", "y"], texts: Sequence[str]) -> None:
    """Put texts along an axis, at 0, 1, 2 and so on.

    Args:
        ax: The Axes.
        which: Its x or y axis.
        texts: The texts.
    """
    axis = ax.xaxis if which == "x" else ax.yaxis
    axis.set_ticks(range(len(texts)), list(texts))
    ends = (-0.5, max(len(texts), 1) - 0.5)
    if which == "y":
        ax.set_ylim(ends)
        return
    ax.set_xlim(ends)
    if len(texts) > 1 and max(map(len, texts)) * len(texts) > _ROOM:
        steep = _are_steep(texts)
        turned: dict[str, Any] = {"rotation": 90 if steep else 30, "rotation_mode": "anchor"}
        for label in ax.get_xticklabels():
            label.set(**turned, ha="right", va="center" if steep else "top")


def _are_steep(texts: Sequence[str]) -> bool:
    return len(texts) > 12


def scale_of(table: JobTable, name: str) -> Scale:
    """Give the axis of a parameter, for all the jobs, whichever of them are drawn.

    Args:
        table: The jobs.
        name: The parameter.

    Raises:
        PlotError: No job has it, or all have the same value.
    """
    column = table.parameter(name)
    there = [value for value in column if value is not ABSENT]
    if all(_is_plain_number(value) for value in there):
        numbers = [math.nan if value is ABSENT else as_number(value) for value in column]
        values = sorted({number for number in numbers if math.isfinite(number)})
        tagged = table.search is not None and name in table.search.log
        is_log = bool(values) and values[0] > 0 and (tagged or is_geometric(values))
        return Scale(name, "log" if is_log else "linear", numbers, values)
    places = _places(there)
    kept = [value for value, place in places.values() if place < MOST_CATEGORIES]
    at = [math.nan if value is ABSENT else float(places[alike(value)][1]) for value in column]
    shown = [place if place < MOST_CATEGORIES else math.nan for place in at]
    return Scale(name, "categories", shown, kept, max(len(places) - MOST_CATEGORIES, 0))


def is_geometric(values: Sequence[float]) -> bool:
    """Say whether numbers are meant for a logarithmic axis.

    Args:
        values: Different numbers above 0 in their order.

    Returns:
        Whether they span two decades or more, and no step between neighbours is, in logarithms, more than
        twice any other: as with 0.001, 0.003, 0.01, 0.03, 0.1.
    """
    logs = list(map(math.log10, values))
    if len(logs) < 2 or logs[-1] - logs[0] < _DECADES - 1e-9:
        return False
    steps = [after - before for before, after in itertools.pairwise(logs)]
    return max(steps) <= _UNEVEN * min(steps) * (1 + 1e-9)


def _is_plain_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _places(values: Iterable[Any]) -> dict[Any, tuple[Any, int]]:
    """Give each category with its place: null, false and true, numbers, then texts as they came."""
    found = {alike(value): value for value in reversed(list(values))}
    first_first = list(reversed(found.items()))
    ordered = sorted(first_first, key=lambda item: _rank(item[1]))
    return {told: (value, place) for place, (told, value) in enumerate(ordered)}


def _rank(value: Any) -> tuple[int, float]:
    if value is None:
        return 0, 0
    if isinstance(value, bool):
        return 1, value
    if isinstance(value, (int, float)):
        number = as_number(value)
        return (2, number) if not math.isnan(number) else (3, 0)
    return 4, 0
