"""Grid search: every combination of the values, with a limit, and an order that chance may make.

This module must not know how jobs are run.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
import random
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from zenrun.sweep import SearchSweeper, TrialResult
from zenrun.sweep.space import Choices, Interval, SearchSpace
from zenrun_sweepers.errors import SearchSpaceError, SweeperConfigError
from zenrun_sweepers.quasi_random import value_at

__all__ = ["GridSearchSweeper"]

_MOST_SHUFFLED = 1_000_000


class GridSearchSweeper(SearchSweeper):
    """Search every combination of the values, the last key's values changing fastest, as in Hydra's sweeps.

    Unlike Hydra's basic sweeper it knows the best job, keeps a table of the results, stops at a target,
    passes over failed jobs, and leaves out the keys that do not exist beside others. A key that is
    asked for as ``shuffle(...)`` has its values in an order that the seed makes.

    Args:
        limit: How many combinations are run at most; None is all. Of a larger grid the first ones are run,
            which ``shuffle`` makes an even sample of all.
        shuffle: Whether the combinations come in an order that chance makes, as the seed says.
        points: How many values an interval has: as many at equal distances, its bounds among them (at equal
            distances of the logarithm for ``tag(log, ...)``). None refuses intervals.
        **settings: The settings of every search: see `zenrun.sweep.SearchSweeper`.

    Raises:
        SweeperConfigError: When the sweep starts: a setting is wrong.
        SearchSpaceError: When the sweep starts: there is an interval, and no ``points``.

    Example:
        >>> from zenrun.sweep.space import read_space
        >>> from zenrun_sweepers import GridSearchSweeper
        >>> space = read_space(["x=interval(0.0, 1.0)", "optim=sgd,adam"])
        >>> sweeper = GridSearchSweeper(points=3)
        >>> sweeper.settings = sweeper.read_settings()
        >>> searcher = sweeper.make_searcher(space, ("minimize",), 0)
        >>> searcher.ask(), searcher.ask(), searcher.ask()
        ({'x': 0.0, 'optim': 'sgd'}, {'x': 0.0, 'optim': 'adam'}, {'x': 0.5, 'optim': 'sgd'})
    """

    name: ClassVar[str] = "grid"
    endless: ClassVar[bool] = False

    def __init__(
        self,
        limit: int | None = None,
        *,
        shuffle: bool = False,
        points: int | None = None,
        **settings: Any,
    ) -> None:
        super().__init__(**settings)
        self.limit = limit
        self.shuffle = shuffle
        self.points = points

    def read_settings(self) -> Any:
        """Check the settings.

        Raises:
            SweeperConfigError: A setting is wrong.
        """
        for name, what, least in (
            ("limit", "how many combinations are run at most", 0),
            ("points", "how many values an interval has", 1),
        ):
            value = getattr(self, name)
            whole = isinstance(value, int) and not isinstance(value, bool)
            if value is not None and not (whole and value >= least):
                msg = (
                    f"{name} is {what}: a whole number from {least} on, or None (null on a command "
                    f"line); given was {value!r} of type {type(value).__name__}"
                )
                raise SweeperConfigError(msg, f"hydra.sweeper.{name}")
        if not isinstance(self.shuffle, bool):
            msg = f"shuffle is true or false; given was {self.shuffle!r}"
            raise SweeperConfigError(msg, "hydra.sweeper.shuffle")
        return super().read_settings()

    def make_searcher(
        self,
        space: SearchSpace,
        directions: tuple[str, ...],  # noqa: ARG002 - a grid has none
        seed: int,
    ) -> Combinations:
        """Make what gives the combinations, and settle how many there are.

        Args:
            space: What is searched.
            directions: Nothing that matters to a grid.
            seed: What order chance makes.

        Raises:
            SearchSpaceError: There is an interval, and no ``points``.
        """
        rng = random.Random(seed)  # noqa: S311 - chance, not secrets
        values = {key: self._values(key, space, rng) for key in space.dimensions}
        count = _count(space, values)
        most = [item for item in (count, self.limit, self.settings.n_trials) if item is not None]
        self.settings = dataclasses.replace(self.settings, n_trials=min(most))
        if min(most) < count:
            self.log.info("The grid has %d combinations; %d of them are run", count, min(most))
        combinations = _combinations(space, values)
        if self.shuffle:
            if count > _MOST_SHUFFLED:
                msg = (
                    f"The grid has {count} combinations, and no more than {_MOST_SHUFFLED} are shuffled. "
                    "Use random_search, or shuffle=false"
                )
                raise SearchSpaceError(msg)
            every = list(combinations)
            rng.shuffle(every)
            combinations = iter(every)
        return Combinations(itertools.islice(combinations, min(most)))

    def _values(self, key: str, space: SearchSpace, rng: random.Random) -> Sequence[Any]:
        dimension = space.dimensions[key]
        if isinstance(dimension, Choices):
            values = list(dimension.values)
            if dimension.shuffled:
                rng.shuffle(values)
            return values
        assert isinstance(dimension, Interval)
        if self.points is None:
            msg = (
                f"A grid needs values, and {key!r} has an interval from {dimension.low!r} to "
                f"{dimension.high!r}. Give it values, such as {key}=range(0, 10) or {key}=1,2,3, or say "
                "how many an interval has: hydra.sweeper.points=5"
            )
            raise SearchSpaceError(msg, key)
        last = max(self.points - 1, 1)
        # Whole numbers have their bounds in the middle of what they stand for.
        plain = dataclasses.replace(dimension, whole=False)
        found = [value_at(plain, number / last) for number in range(self.points)]
        if dimension.whole:
            found = [round(value) for value in found]
        return list(dict.fromkeys(found))


class Combinations:
    """Gives one combination after the other.

    Args:
        combinations: The combinations.
    """

    def __init__(self, combinations: Iterator[dict[str, Any]]) -> None:
        self._combinations = combinations

    def ask(self) -> dict[str, Any] | None:
        """Give the next combination, or None."""
        return next(self._combinations, None)

    def tell(self, result: TrialResult) -> None:
        """Learn nothing."""


def _combinations(space: SearchSpace, values: dict[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Give every combination of the values that exist beside each other."""
    keys = list(space.dimensions)

    def further(params: dict[str, Any], at: int) -> Iterator[dict[str, Any]]:
        if at == len(keys):
            yield params
        elif not space.exists(keys[at], params):
            yield from further(params, at + 1)
        else:
            for value in values[keys[at]]:
                yield from further({**params, keys[at]: value}, at + 1)

    return further({}, 0)


def _count(space: SearchSpace, values: dict[str, Sequence[Any]]) -> int:
    """Count the combinations; without conditions they need not be made for that."""
    if space.conditions:
        return sum(1 for _ in _combinations(space, values))
    return math.prod(map(len, values.values()))
