"""The search space as Optuna's distributions, and values on their way between the two.

This module must not know what a study is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from zenrun.sweep.space import Choices, Dimension, Interval, SearchSpace
from zenrun_sweepers._nearest import nearest
from zenrun_sweepers.errors import SearchSpaceError


class Coding:
    """One key's values for Optuna.

    An interval is a float or an int distribution. A range is one with a step, its last value the upper end.
    Other values to choose from are categories: the values themselves, or their texts in Hydra's grammar where
    Optuna could not keep or tell them apart (lists, dicts, NaN, ``1`` beside ``true``).

    Args:
        key: The key.
        dimension: What it is searched over.
    """

    def __init__(self, key: str, dimension: Dimension) -> None:
        self.key = key
        self._dimension = dimension
        self.step: float | None = None
        self.values: tuple[Any, ...] = ()
        self.choices: tuple[Any, ...] = ()
        if isinstance(dimension, Choices):
            self._set_choices(dimension)

    @property
    def is_category(self) -> bool:
        """Whether Optuna sees categories, not numbers."""
        return self.step is None and bool(self.choices)

    def _set_choices(self, dimension: Choices) -> None:
        values = dimension.values
        if dimension.ordered and len(values) > 1:
            self.values = tuple(sorted(values))
            self.choices, self.step = _evenly(self.values)
            return
        self.values = values
        plain = all(_is_plain(value) for value in values)
        apart = (
            len(set(values)) == len({(type(value), value) for value in values}) if plain else False
        )
        self.choices = values if apart else dimension.texts

    def suggest(self, trial: Any) -> Any:
        """Have a trial choose a value.

        Args:
            trial: Optuna's trial.

        Returns:
            The value, as the space has it.
        """
        key, dimension = self.key, self._dimension
        if isinstance(dimension, Interval):
            suggest = trial.suggest_int if dimension.whole else trial.suggest_float
            return suggest(key, dimension.low, dimension.high, log=dimension.log)
        if self.step is None:
            return self.decode(trial.suggest_categorical(key, self.choices))
        suggest = trial.suggest_int if isinstance(self.step, int) else trial.suggest_float
        return self.decode(suggest(key, self.choices[0], self.choices[-1], step=self.step))

    def decode(self, value: Any) -> Any:
        """Give the space's value for one of Optuna's.

        Args:
            value: What Optuna has chosen, or kept.
        """
        if isinstance(self._dimension, Interval):
            return value
        if self.step is not None:  # floats of Optuna's may be a hair beside
            return self.values[round((value - self.choices[0]) / self.step)]
        return self.values[self.choices.index(value)]

    def encode(self, value: Any) -> Any:
        """Give Optuna's value for one of the space's.

        Args:
            value: The value, as a Python value or its text in Hydra's grammar.

        Raises:
            ValueError: It is none of the dimension's.
        """
        text, found = self._dimension.pair(value)
        if isinstance(self._dimension, Interval):
            return found
        if self.step is not None:
            return self.choices[self.values.index(found)]
        assert isinstance(self._dimension, Choices)
        return self.choices[self._dimension.texts.index(text)]


def _evenly(values: Sequence[float]) -> tuple[tuple[float, ...], float]:
    """Give numbers and their distance as Optuna wants them: a multiple of it apart, to the last digit."""
    if all(isinstance(value, int) for value in values):
        return tuple(values), values[1] - values[0]
    low, last = float(values[0]), len(values) - 1
    step = float(f"{(values[-1] - low) / last:.12g}")
    return tuple(float(Decimal(str(low)) + n * Decimal(str(step))) for n in range(last + 1)), step


def _is_plain(value: Any) -> bool:
    if isinstance(value, float):
        return not math.isnan(value)
    return value is None or isinstance(value, (bool, int, str))


def codings(space: SearchSpace) -> dict[str, Coding]:
    """Give each key's values for Optuna.

    Args:
        space: What is searched.
    """
    return {key: Coding(key, dimension) for key, dimension in space.dimensions.items()}


def read_points(
    points: Sequence[Mapping[str, Any]], space: SearchSpace, coded: Mapping[str, Coding]
) -> list[dict[str, Any]]:
    """Read points that are to be tried first.

    Args:
        points: Values by key, with the grammar's prefix or without; keys may be left out.
        space: What is searched.
        coded: Each key's values for Optuna.

    Returns:
        The points as Optuna has them.

    Raises:
        SearchSpaceError: A key is not searched, or has not the value.
    """
    bare = {key.lstrip("+~"): key for key in space.dimensions}
    found = []
    for number, point in enumerate(points):
        where = f"hydra.sweeper.enqueue[{number}]"
        read = {}
        for given, value in point.items():
            key = given if given in coded else bare.get(str(given).lstrip("+~"))
            if key is None:
                msg = (
                    f"{where} has {given!r}, which is not searched. Searched are "
                    f"{', '.join(map(repr, space.dimensions))}{nearest(str(given), bare)}"
                )
                raise SearchSpaceError(msg, str(given))
            try:
                read[key] = coded[key].encode(value)
            except ValueError as error:
                msg = f"{where} has a value for {given!r} that it cannot have: {error}"
                raise SearchSpaceError(msg, f"{given}={value}") from error
        found.append(read)
    return found
