"""The jobs by the choice of a parameter, with a colour for each.

This module must not know which picture the groups are drawn in.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from zenrun.plot._captions import Captions
from zenrun.plot._scales import Scale, scale_of
from zenrun.plot._style import BLUE, COLOURS, MARKERS, PALE, colour_map
from zenrun.plot._table import JobTable
from zenrun.plot._text import named

_MOST = len(COLOURS)
_MOST_NUMBERS = 7


@dataclass(frozen=True)
class Group:
    """Jobs that are drawn alike.

    Attributes:
        label: What they have in common, ready to be drawn.
        colour: Their colour.
        marker: Their marker.
        places: The jobs to draw, by their place among all.
        is_rest: Whether they are those that there is no colour for, and so have nothing else in common.
    """

    label: str
    colour: Any
    marker: str
    places: list[int]
    is_rest: bool = False


@dataclass(frozen=True)
class Groups:
    """All the groups of a picture.

    Attributes:
        name: The parameter; None where all jobs are one group.
        groups: Those with jobs to draw.
        scale: The axis of a parameter that has too many numbers for a legend: there is a colour bar.
        order: The labels of all that have a colour, with jobs to draw or without.
    """

    name: str | None
    groups: list[Group]
    scale: Scale | None = None
    order: Sequence[str] = ()

    def where(self, is_drawn: Callable[[int], bool]) -> Groups:
        """Give those with something to draw.

        Args:
            is_drawn: Says whether a job is drawn, of which its place is given.
        """
        found = [
            dataclasses.replace(group, places=[*filter(is_drawn, group.places)])
            for group in self.groups
        ]
        return dataclasses.replace(self, groups=[group for group in found if group.places])

    def explain(self, captions: Captions, handles: Sequence[Any]) -> None:
        """Say what the colours mean.

        Args:
            captions: Where it is said.
            handles: What was drawn of each group, in their order.
        """
        if self.name is None:
            return
        if self.scale is None:
            labels = [group.label for group in self.groups]
            captions.legend(handles, labels, named(self.name), self.order)
            return
        from matplotlib.cm import ScalarMappable

        captions.bar(ScalarMappable(norm_of(self.scale), colour_map()), named(self.name))


def groups_of(table: JobTable, by: str | None) -> Groups:
    """Give the groups of jobs. Colours do not depend on which of the jobs are drawn.

    Args:
        table: The jobs.
        by: The parameter; None for one group of all.

    Raises:
        PlotError: There is no such parameter that varies.
    """
    if by is None:
        return Groups(None, [Group("", BLUE, MARKERS[0], list(table.places))])
    scale = scale_of(table, by)
    if scale.kind != "categories" and len(scale.values) > _MOST_NUMBERS:
        return _of_numbers(table, by, scale)
    places: dict[float, list[int]] = {}
    order = range(len(scale.values)) if scale.kind == "categories" else scale.values
    for place in table.places:
        places.setdefault(scale.column[place], []).append(place)
    groups = []
    rest: list[int] = [place for key, found in places.items() if math.isnan(key) for place in found]
    left_out = scale.left_out
    colours = _colours(scale)
    for n, (key, text) in enumerate(zip(order, scale.texts, strict=False)):
        if n >= _MOST:
            rest += places.get(key, [])
            left_out += 1
        elif key in places:
            groups.append(Group(text, colours(n), MARKERS[n % len(MARKERS)], places[key]))
    if rest:
        text = f"\N{HORIZONTAL ELLIPSIS} {left_out} more" if left_out else "not set"
        groups.append(Group(text, PALE, ".", rest, is_rest=True))
    return Groups(by, groups, order=scale.texts[:_MOST])


def norm_of(scale: Scale) -> Any:
    """Give what turns a parameter's numbers into colours.

    Args:
        scale: The parameter's axis.
    """
    from matplotlib.colors import LogNorm, Normalize

    kind = LogNorm if scale.kind == "log" else Normalize
    return kind(scale.values[0], scale.values[-1])


def _of_numbers(table: JobTable, by: str, scale: Scale) -> Groups:
    colours, norm = colour_map(), norm_of(scale)
    places: dict[float, list[int]] = {}
    for place in table.places:
        if math.isfinite(scale.column[place]):
            places.setdefault(scale.column[place], []).append(place)
    groups = [
        Group("", colours(float(norm(number))), MARKERS[0], places[number])
        for number in scale.values
        if number in places
    ]
    return Groups(by, groups, scale)


def _colours(scale: Scale) -> Callable[[int], Any]:
    if scale.kind == "categories":
        return COLOURS.__getitem__
    map_, count = colour_map(), len(scale.values)
    return lambda n: map_(n / max(count - 1, 1))
