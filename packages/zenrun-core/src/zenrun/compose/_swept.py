"""What the overrides of a sweep say about how their values are combined, from Python.

Values that step together, repeats and several grids are written as ordinary overrides in Hydra's grammar,
beside a `Combination` that says how a sweeper is to combine them. This module must not know what jobs
come of it.
"""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from zenrun import errors
from zenrun.compose._overrides import multirun, override_strings

T = TypeVar("T")

Where = str | Callable[[Mapping[str, Any]], Any]


class zipped(multirun[T]):  # noqa: N801 - as multirun
    """Values to sweep over in step with other zipped values: the first with the first, and so on.

    Args:
        values: The values, each of which arrives in its job as it is.
        name: Values with the same name step together; where none is given, they all do.

    Raises:
        OverrideTypeError: The values are no list, or the name is no text.

    Example:
        >>> from zenrun import hydra_multirun, zipped
        >>> pairs = {"lr": zipped([0.1, 0.2]), "width": zipped([8, 16])}
        >>> jobs, = hydra_multirun({"lr": 0, "width": 0}, lambda cfg: (cfg.lr, cfg.width), pairs)
        >>> [job.return_value for job in jobs]
        [(0.1, 8), (0.2, 16)]
    """

    def __init__(self, values: Iterable[T], name: str = "") -> None:
        if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
            msg = f"zipped takes a list of values, as in zipped([0.1, 0.2]); given was {values!r}"
            raise errors.OverrideTypeError(msg)
        if not isinstance(name, str):
            msg = (
                "zipped takes one list of values, as in zipped([0.1, 0.2]), and as its name a text; "
                f"given as name was {name!r}"
            )
            raise errors.OverrideTypeError(msg)
        super().__init__(values)
        self.name = name


class repeat(multirun[int]):  # noqa: N801 - as multirun
    """The numbers from 0 on, with each of which every combination of the other values runs.

    The repeats of a combination run one after the other.

    Args:
        times: How many there are.

    Raises:
        OverrideTypeError: It is no positive number.

    Example:
        >>> from zenrun import hydra_multirun, multirun, repeat
        >>> seeds = {"seed": repeat(2), "x": multirun([5, 6])}
        >>> jobs, = hydra_multirun({"seed": 0, "x": 0}, lambda cfg: (cfg.x, cfg.seed), seeds)
        >>> [job.return_value for job in jobs]
        [(5, 0), (5, 1), (6, 0), (6, 1)]
    """

    def __init__(self, times: int) -> None:
        super().__init__(range(_positive(times)))


@dataclass(frozen=True)
class Grid:
    """Overrides, every combination of whose values is a job.

    Attributes:
        overrides: In Hydra's grammar.
        pairs: Keys whose values step together, each with what those that do have in common.
        repeated: Keys whose values change fastest.
    """

    overrides: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    repeated: tuple[str, ...] = ()


class grids:  # noqa: N801 - as multirun
    """Several sweeps one after another, in one `hydra_multirun`: its overrides.

    Args:
        *overrides: The overrides of each, as `hydra_multirun` takes them.

    Raises:
        OverrideTypeError: There is none, or one is of another type.

    Example:
        >>> from zenrun import grids, hydra_multirun, multirun
        >>> both = grids({"x": multirun([1, 2])}, {"x": 9, "y": multirun([3, 4])})
        >>> jobs, = hydra_multirun({"x": 0, "y": 0}, lambda cfg: (cfg.x, cfg.y), both)
        >>> [job.return_value for job in jobs]
        [(1, 0), (2, 0), (9, 3), (9, 4)]
    """

    def __init__(self, *overrides: Mapping[str, Any] | Sequence[str] | Grid) -> None:
        if not overrides:
            msg = "grids() has no grid. Give it the overrides of each: grids({...}, {...})"
            raise errors.OverrideTypeError(msg)
        for number, item in enumerate(overrides, 1):
            if isinstance(item, (str, bytes)) or not isinstance(item, (Mapping, Sequence, Grid)):
                msg = (
                    "Each of the grids is a dict, or a list of strings in Hydra's grammar; number "
                    f"{number} is {item!r} of type {type(item).__name__}"
                )
                raise errors.OverrideTypeError(msg)
        self.overrides = overrides

    def __repr__(self) -> str:
        return f"grids({', '.join(map(repr, self.overrides))})"


@dataclass(frozen=True)
class Combination:
    """How the overrides of a sweep are combined.

    Attributes:
        common: What holds for every grid, beside the overrides that Hydra hands over.
        grids: The grids, one after another; where there is none, the common overrides are the one.
        where: Which jobs run: those for which each of these holds.
        times: How often each runs.
    """

    common: Grid = Grid()
    grids: tuple[Grid, ...] = ()
    where: tuple[Where, ...] = ()
    times: int = 1

    def and_then(self, other: Combination) -> Combination:
        """Give what both say: of the grids the other's, where it has any.

        Args:
            other: What is said with more right.
        """
        common = Grid(
            self.common.overrides + other.common.overrides,
            self.common.pairs + other.common.pairs,
            self.common.repeated + other.common.repeated,
        )
        return Combination(
            common,
            other.grids or self.grids,
            self.where + other.where,
            self.times * other.times,
        )


def sweep_overrides(
    overrides: Any, keywords: Mapping[str, Any], where: Any
) -> tuple[list[str], Combination]:
    """Write the overrides of a sweep in Hydra's grammar, and say how they are combined.

    Args:
        overrides: As for `override_strings`, or `grids`; or a `Grid`, which has been written.
        keywords: Further overrides by key.
        where: A condition as text, a function, or None.

    Returns:
        The overrides that all jobs have, and the rest.

    Raises:
        OverrideTypeError: The overrides have no such form, or a value has none in the grammar.
        OverrideSyntaxError: A string names no key.
        CombinationError: The condition is neither text nor a function.
    """
    if where is not None and not isinstance(where, str) and not callable(where):
        msg = (
            "where is a condition as text, such as 'lr * width < 1', or a function that is called "
            f"with a dict of a job's overrides; given was {where!r} of type {type(where).__name__}"
        )
        raise errors.CombinationError(msg)
    several: tuple[Grid, ...] = ()
    if isinstance(overrides, grids):
        several = tuple(
            item if isinstance(item, Grid) else grid_of(override_strings(item), item)
            for item in overrides.overrides
        )
        overrides = None
    conditions = () if where is None else (where,)
    if isinstance(overrides, Grid):
        common = dataclasses.replace(overrides, overrides=())
        return list(overrides.overrides), Combination(common, several, conditions)
    common = grid_of([], overrides, keywords)
    return override_strings(overrides, keywords), Combination(common, several, conditions)


def job_overrides(overrides: Any, keywords: Mapping[str, Any]) -> list[str]:
    """Write the overrides of one job in Hydra's grammar.

    Args:
        overrides: As for `override_strings`, or a `Grid`, which has been written.
        keywords: Further overrides by key.

    Raises:
        OverrideTypeError: They are those of a sweep, or have no form in the grammar.
        OverrideSyntaxError: A string names no key.
    """
    if isinstance(overrides, grids):
        msg = "grids(...) is for hydra_multirun: hydra_run runs one job"
        raise errors.OverrideTypeError(msg)
    if isinstance(overrides, Grid):
        return list(overrides.overrides)
    return override_strings(overrides, keywords)


def grid_of(written: Sequence[str], *given: Any) -> Grid:
    """Give overrides that have been written, and what the values that they were written from say.

    Args:
        written: The overrides in Hydra's grammar.
        *given: What they were written from; what is no dict says nothing.
    """
    values = [item for source in given if isinstance(source, Mapping) for item in source.items()]
    return Grid(
        tuple(written),
        tuple((key, value.name) for key, value in values if isinstance(value, zipped)),
        tuple(key for key, value in values if isinstance(value, repeat)),
    )


def _positive(times: Any) -> int:
    try:
        number = operator.index(times)
    except TypeError:
        number = 0
    if isinstance(times, bool) or number < 1:
        msg = f"repeat takes how often a job runs, as in repeat(3); given was {times!r}"
        raise errors.OverrideTypeError(msg)
    return number
