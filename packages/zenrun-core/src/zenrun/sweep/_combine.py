"""From overrides with several values to the overrides of each job.

What is not said otherwise is as in Hydra's basic sweeper: every combination, the last override changing
fastest. This module must not know how jobs run, nor where what is to be combined was said.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hydra.core.override_parser.types import Override

from zenrun import errors
from zenrun._nearest import did_you_mean
from zenrun.compose._parse import parse
from zenrun.compose._swept import Combination, Grid, Where
from zenrun.sweep._where import Condition

Parse = Callable[[list[str]], list[Override]]


@dataclass(frozen=True)
class Jobs:
    """The jobs of a sweep.

    Attributes:
        overrides: The overrides of each.
        examples: The overrides of a job of each grid.
        told: How many there are and why, in a sentence.
    """

    overrides: list[list[str]]
    examples: list[list[str]]
    told: str


class _Dimension:
    """One override and its values.

    Args:
        override: The override.

    Attributes:
        key: The override's key with what Hydra's grammar puts before it.
        name: The key alone.
        texts: An override of one value for each value.
    """

    def __init__(self, override: Override) -> None:
        self.key = override.get_key_element()
        self.name = self.key.lstrip("+~")
        if override.input_line == self.key:
            self.texts = [
                self.key
            ]  # ~key, where any value is to go; Hydra 1.4 takes ~key=null for null
        elif not override.is_sweep_override():
            self.texts = [f"{self.key}={override.get_value_element_as_str()}"]
        elif override.is_discrete_sweep():
            self.texts = [f"{self.key}={text}" for text in override.sweep_string_iterator()]
        else:
            kind = "" if override.value_type is None else override.value_type.name
            msg = (
                f"The override {override.input_line!r} is an {kind.removesuffix('_SWEEP').lower()}, "
                "of which nobody can run every value. List the values, as in x=1,2,3 or "
                "x=range(1,4), or choose a sweeper that searches, such as "
                "hydra/sweeper=random_search (pip install zenrun-sweepers)"
            )
            raise errors.CombinationError(msg)

    def values(self) -> list[Any]:
        """Give the values as Python has them."""
        return [parse(text).value() for text in self.texts]

    def merges(self) -> bool:
        """Say whether all values are dicts, which Hydra merges into what is there."""
        return all(isinstance(value, dict) for value in self.values())


def jobs_of(combination: Combination, overrides: Sequence[Override], parse_all: Parse) -> Jobs:
    """Give the jobs of a sweep.

    Args:
        combination: How the overrides are combined.
        overrides: Those that all jobs have.
        parse_all: Reads further overrides.

    Raises:
        CombinationError: There is no job, or what is to be combined does not fit together.
    """
    grids = combination.grids or (Grid(),)
    common = combination.common
    laid_out = [
        _Product(
            _dimensions(
                [*overrides, *parse_all(list(grid.overrides))], parse_all(list(common.overrides))
            ),
            common.pairs + grid.pairs,
            common.repeated + grid.repeated,
            f" of grid {number}" if len(grids) > 1 else "",
        )
        for number, grid in enumerate(grids, 1)
    ]
    _check_pairs(common.pairs, laid_out)
    filters = [_Filter(where, laid_out) for where in combination.where]
    several = [product.jobs(filters) for product in laid_out]
    count = sum(product.size for product in laid_out)
    kept = sum(map(len, several))
    if not count:
        msg = "The sweep has no job to run: one of its overrides has no value"
        raise errors.CombinationError(msg)
    if not kept:
        which = " and ".join(repr(item.text) for item in filters)
        msg = (
            f"The sweep has no job to run: where={which} leaves none of its {count} combinations. "
            f"The first is {' '.join(laid_out[0].first()) or 'without overrides'}"
        )
        raise errors.CombinationError(msg)
    every = [job for jobs in several for job in jobs for _ in range(combination.times)]
    return Jobs(
        every,
        [jobs[0] for jobs in several if jobs],
        _told(len(every), len(grids), count, kept, combination.times),
    )


def _told(jobs: int, grids: int, count: int, kept: int, times: int) -> str:
    parts = [f"{count} combination{'' if count == 1 else 's'}"]
    if grids > 1:
        parts[0] += f" in {grids} grids"
    if kept < count:
        parts.append(f"{count - kept} left out by where")
    if times > 1:
        parts.append(f"each run {times} times")
    return f"The sweep has {jobs} job{'' if jobs == 1 else 's'}: {', '.join(parts)}"


def _dimensions(overrides: Iterable[Override], repeats: Iterable[Override]) -> list[_Dimension]:
    """Give the dimensions: of several overrides with one key the last, in the first one's place.

    Hydra merges dicts, so these all count.
    """
    found: list[_Dimension] = []
    for override in overrides:
        made = _Dimension(override)
        same = [item for item in found if item.key == made.key]
        if not same or (made.merges() and all(item.merges() for item in same)):
            found.append(made)
            continue
        found[found.index(same[0])] = made
        found = [item for item in found if item not in same]
    for override in repeats:
        made = _Dimension(override)
        if any(item.name == made.name for item in found):
            msg = (
                f"hydra.sweeper.repeat gives {made.name!r} its values, and so does an override. "
                "Leave one of them out"
            )
            raise errors.CombinationError(msg)
        found.append(made)
    return found


def _position(dimensions: Sequence[_Dimension], key: str) -> int | None:
    """Give the position of the last dimension of a key, written with or without what is before it."""
    exact = [number for number, item in enumerate(dimensions) if item.key == key]
    alike = [number for number, item in enumerate(dimensions) if item.name == key.lstrip("+~")]
    found = exact or alike
    return found[-1] if found else None


class _Product:
    """The combinations of one grid.

    Args:
        dimensions: The overrides.
        pairs: Keys whose values step together, each with what those that do have in common.
        repeated: Keys whose values change fastest.
        whose: Which grid, for messages.

    Attributes:
        dimensions: As given.
        size: How many combinations there are.
        pairs: As given, but for those that have no key here.
    """

    def __init__(
        self,
        dimensions: list[_Dimension],
        pairs: Sequence[tuple[str, str]],
        repeated: Sequence[str],
        whose: str,
    ) -> None:
        self.dimensions = dimensions
        groups: dict[str, list[str]] = {}
        for key, group in pairs:
            groups.setdefault(group, []).append(key)
        self.pairs = {key for key, _ in pairs if _position(dimensions, key) is not None}
        axes: dict[int, list[int]] = {number: [number] for number in range(len(dimensions))}
        taken: set[int] = set()
        for keys in groups.values():
            members = self._members(keys, whose)
            if again := taken.intersection(members):
                name = dimensions[again.pop()].name
                msg = (
                    f"{name!r} is zipped twice{whose}: it can step together with one set of others"
                )
                raise errors.CombinationError(msg)
            taken.update(members)
            for number in members:
                del axes[number]
            if members:
                axes[members[0]] = members
        fast = {_position(dimensions, key) for key in repeated}
        order = sorted(axes, key=lambda number: (number in fast, number))
        self._axes = [axes[number] for number in order]
        self.size = math.prod(len(dimensions[axis[0]].texts) for axis in self._axes)

    def _members(self, keys: Sequence[str], whose: str) -> list[int]:
        found = {key: _position(self.dimensions, key) for key in keys}
        there = {key: number for key, number in found.items() if number is not None}
        lengths = {key: len(self.dimensions[number].texts) for key, number in there.items()}
        if len(set(lengths.values())) > 1:
            told = ", ".join(f"{key!r} has {length}" for key, length in lengths.items())
            msg = f"Zipped overrides have one number of values, and those{whose} do not: {told}"
            raise errors.CombinationError(msg)
        return sorted(there.values())

    def first(self) -> list[str]:
        """Give the first combination."""
        return [item.texts[0] for item in self.dimensions]

    def jobs(self, filters: Sequence[_Filter]) -> list[list[str]]:
        """Give the overrides of each combination for which all filters hold.

        Args:
            filters: The filters.
        """
        flat = [number for axis in self._axes for number in axis]
        places = [flat.index(number) for number in range(len(flat))]
        texts = self._every([item.texts for item in self.dimensions], places)
        if not filters:
            return [list(job) for job in texts]
        names = [item.name for item in self.dimensions]
        values = self._every([item.values() for item in self.dimensions], places)
        return [
            list(job)
            for job, given in zip(texts, values, strict=True)
            if all(item.holds(dict(zip(names, given, strict=True)), job) for item in filters)
        ]

    def _every(
        self, columns: Sequence[Sequence[Any]], places: Sequence[int]
    ) -> Iterable[Sequence[Any]]:
        rows = [
            list(zip(*(columns[number] for number in axis), strict=True)) for axis in self._axes
        ]
        for combined in itertools.product(*rows):
            flat = [item for row in combined for item in row]
            yield [flat[place] for place in places]


class _Filter:
    """Which jobs run.

    Args:
        where: A condition as text, or a function.
        products: All grids.

    Attributes:
        text: The condition, for messages.
    """

    def __init__(self, where: Where, products: Sequence[_Product]) -> None:
        self._ask: Callable[[Mapping[str, Any]], Any]
        if callable(where):
            self._ask, self.text, self._names = where, getattr(where, "__name__", str(where)), None
            return
        condition = Condition(where)
        self.text = where
        self._names = condition.names
        known = {_spoken(item.name) for product in products for item in product.dimensions}
        for name in condition.names:
            if name not in known:
                raise _about_unknown(
                    name, f"named in where={where!r}", products, ", which is all that it sees"
                )
        self._ask = lambda values: condition({_spoken(key): item for key, item in values.items()})

    def holds(self, values: dict[str, Any], job: Sequence[str]) -> bool:
        """Say whether a job runs.

        Args:
            values: The values of its overrides.
            job: Its overrides.

        Raises:
            CombinationError: Nobody can say.
        """
        try:
            return bool(self._ask(values))
        except Exception as error:
            msg = (
                f"where={self.text!r} cannot be told for the job {' '.join(job)}: "
                f"{type(error).__name__}: {error}"
            )
            absent = [name for name in self._names or () if name not in map(_spoken, values)]
            if absent:
                msg += f". That job has no override of {absent[0]!r}, which is None there"
            raise errors.CombinationError(msg) from error


def _spoken(name: str) -> str:
    """Give the name that a condition has for an override: config groups have dots there."""
    return name.replace("/", ".")


def _check_pairs(pairs: Sequence[tuple[str, str]], products: Sequence[_Product]) -> None:
    for key, _ in pairs:
        if not any(key in product.pairs for product in products):
            raise _about_unknown(key, "to be zipped", products)


def _about_unknown(
    key: str, what: str, products: Sequence[_Product], tail: str = ""
) -> errors.CombinationError:
    names = [item.name for product in products for item in product.dimensions]
    names = list(dict.fromkeys(names))
    msg = f"{key!r}, {what}, is no override of the sweep{tail}{did_you_mean(key, names)}"
    msg += f". Its overrides are {', '.join(names)}" if names else ". It has no overrides"
    return errors.CombinationError(msg)
