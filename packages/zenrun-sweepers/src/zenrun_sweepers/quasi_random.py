"""Quasi-random search: points that fill the space more evenly than chance does.

This module must not know how jobs are run.
"""

from __future__ import annotations

import inspect
import math
from typing import Any, ClassVar

from zenrun.sweep import SearchSweeper, TrialResult
from zenrun.sweep.space import Choices, Dimension, Interval, SearchSpace
from zenrun_sweepers._libraries import library
from zenrun_sweepers._nearest import nearest
from zenrun_sweepers.errors import SweeperConfigError

__all__ = ["QuasiRandomSweeper", "value_at"]

_SEQUENCES = {"sobol": "Sobol", "halton": "Halton"}


class QuasiRandomSweeper(SearchSweeper):
    """Search by the points of a Sobol or Halton sequence, as `scipy.stats.qmc` gives them.

    Each key that is searched is a coordinate, in the order of the keys. A coordinate between 0 and 1 is
    stretched over an interval's bounds (over their logarithms for ``tag(log, ...)``), and cut into
    equal parts for whole numbers and values to choose from. A key that does not exist beside the
    others leaves its coordinate unused.

    Args:
        sequence: "sobol" or "halton".
        scramble: Whether the sequence is scrambled, as the seed says. Without it the seed does not
            matter, and the first point is the lower end of everything.
        **settings: The settings of every search: see `zenrun.sweep.SearchSweeper`. Sobol's points are
            most even for an ``n_trials`` that is a power of 2.

    Raises:
        SweeperConfigError: When the sweep starts: a setting is missing or wrong.
        MissingExtraError: When the sweep starts: scipy is not installed.

    Example:
        >>> from zenrun.sweep.space import read_space
        >>> from zenrun_sweepers import QuasiRandomSweeper
        >>> space = read_space(["x=interval(0.0, 4.0)", "optim=sgd,adam"])
        >>> sweeper = QuasiRandomSweeper(n_trials=2, scramble=False)
        >>> searcher = sweeper.make_searcher(space, ("minimize",), 0)
        >>> searcher.ask(), searcher.ask()
        ({'x': 0.0, 'optim': 'sgd'}, {'x': 2.0, 'optim': 'adam'})
    """

    name: ClassVar[str] = "quasi_random"

    def __init__(self, sequence: str = "sobol", *, scramble: bool = True, **settings: Any) -> None:
        super().__init__(**settings)
        self.sequence = sequence
        self.scramble = scramble

    def read_settings(self) -> Any:
        """Check the settings.

        Raises:
            SweeperConfigError: A setting is missing or wrong.
            MissingExtraError: Scipy is not installed.
        """
        if self.sequence not in _SEQUENCES:
            hint = nearest(str(self.sequence), _SEQUENCES)
            msg = f"sequence is sobol or halton; given was {self.sequence!r}{hint}"
            raise SweeperConfigError(msg, "hydra.sweeper.sequence")
        if not isinstance(self.scramble, bool):
            msg = f"scramble is true or false; given was {self.scramble!r}"
            raise SweeperConfigError(msg, "hydra.sweeper.scramble")
        library("scipy.stats", extra="quasi", what_for="Quasi-random search")
        return super().read_settings()

    def make_searcher(self, space: SearchSpace, directions: tuple[str, ...], seed: int) -> Points:  # noqa: ARG002 - points have none
        """Make what gives the points.

        Args:
            space: What is searched.
            directions: Nothing that matters to the points.
            seed: How the sequence is scrambled.
        """
        qmc = library("scipy.stats", extra="quasi", what_for="Quasi-random search").qmc
        numpy = library("numpy", extra="quasi", what_for="Quasi-random search")
        engine = getattr(qmc, _SEQUENCES[self.sequence])
        # Scipy 1.15 has another name for it; a generator is the same under both.
        name = "rng" if "rng" in inspect.signature(engine).parameters else "seed"
        given = {"scramble": self.scramble, name: numpy.random.default_rng(seed)}
        return Points(space, engine(len(space.dimensions), **given))


class Points:
    """Gives the points of a sequence, one after the other.

    Args:
        space: What is searched.
        engine: The sequence, one of scipy's.
    """

    def __init__(self, space: SearchSpace, engine: Any) -> None:
        self._space = space
        self._engine = engine
        self._place = {key: number for number, key in enumerate(space.dimensions)}

    def ask(self) -> dict[str, Any]:
        """Give the values of the next point."""
        point = self._engine.random(1)[0].tolist()
        return self._space.fill(lambda key, dimension: value_at(dimension, point[self._place[key]]))

    def tell(self, result: TrialResult) -> None:
        """Learn nothing."""


def value_at(dimension: Dimension, part: float) -> Any:
    """Give the value that has a certain part of a dimension below it.

    Args:
        dimension: The dimension.
        part: From 0 to 1.

    Returns:
        One of its values.

    Example:
        >>> from zenrun.sweep.space import Interval
        >>> from zenrun_sweepers.quasi_random import value_at
        >>> value_at(Interval(-2.0, 2.0), 0.75)
        1.0
    """
    if isinstance(dimension, Choices):
        count = len(dimension.values)
        return dimension.values[min(int(part * count), count - 1)]
    assert isinstance(dimension, Interval)
    low, high = dimension.low, dimension.high + dimension.whole
    if dimension.log:
        value = math.exp(math.log(low) + part * (math.log(high) - math.log(low)))
    else:
        value = (
            low * (1 - part) + high * part if math.isinf(high - low) else part * (high - low) + low
        )
    value = math.floor(value) if dimension.whole else value
    return min(max(value, dimension.low), dimension.high)
