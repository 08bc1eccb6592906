"""What one key is searched over: numbers between two bounds, or values to choose from.

This module must not know of keys, overrides or Hydra.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

_HAIR = 1e-9  # how far off its bounds, relatively, rounding may put a number


class Dimension(Protocol):
    """What one key is searched over: an `Interval` or `Choices`."""

    def draw(self, rng: random.Random) -> Any:
        """Draw a value.

        Args:
            rng: Where chance comes from.
        """
        ...

    def pair(self, value: Any) -> tuple[str, Any]:
        """Give a value in Hydra's grammar, and as the Python value that a job reads from it.

        Args:
            value: The value, of any type that is equal to it; of choices also its text.

        Raises:
            ValueError: It is none of the dimension's; the message says what is.
        """
        ...


@dataclass(frozen=True)
class Interval:
    """Numbers between two bounds, both finite.

    Attributes:
        low: The lower bound.
        high: The upper bound.
        log: Whether the logarithm is what is uniform, not the number itself.
        whole: Whether only whole numbers count, both bounds among them.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False

    def draw(self, rng: random.Random) -> float:
        """Draw a number, uniformly or log-uniformly.

        Args:
            rng: Where chance comes from.

        Returns:
            An int where only whole numbers count, else a float.
        """
        value = self._number(rng)
        # Rounding may put a number a hair outside its bounds.
        return min(max(value, self.low), self.high)

    def _number(self, rng: random.Random) -> float:
        if self.whole and not self.log:
            return rng.randint(int(self.low), int(self.high))
        if self.log:
            # Each whole number stands for the stretch from itself to the next one.
            high = self.high + 1 if self.whole else self.high
            drawn = math.exp(rng.uniform(math.log(self.low), math.log(high)))
            return int(drawn) if self.whole else drawn
        if math.isinf(self.high - self.low):
            return 2 * rng.uniform(self.low / 2, self.high / 2)
        return rng.uniform(self.low, self.high)

    def pair(self, value: Any) -> tuple[str, float]:
        """Give a number in Hydra's grammar, and as an int or a float.

        Args:
            value: The number, of any type of number, also numpy's.

        Returns:
            Its digits, all of them, and the number.

        Raises:
            ValueError: It is no number between the bounds.
        """
        kind = "whole number" if self.whole else "number"
        try:
            number = float(value)
            if isinstance(value, (str, bool)) or (self.whole and number != int(value)):
                raise ValueError  # noqa: TRY301 - told below
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        near = min(max(number, self.low), self.high)
        if not math.isclose(number, near, rel_tol=_HAIR):  # NaN is close to nothing
            msg = f"{value!r} is no {kind} between {self.low!r} and {self.high!r}"
            raise ValueError(msg)
        found = int(value) if self.whole else float(near)
        return repr(found), found


@dataclass(frozen=True)
class Choices:
    """Values to choose from, each as likely as the others.

    Attributes:
        texts: The values in Hydra's grammar.
        values: The same as Python values.
        ordered: Whether they are numbers at equal distances, as ``range(...)`` gives them.
        shuffled: Whether they were asked for in an order that chance makes.
    """

    texts: tuple[str, ...]
    values: tuple[Any, ...]
    ordered: bool = False
    shuffled: bool = False

    def draw(self, rng: random.Random) -> Any:
        """Choose one of the values.

        Args:
            rng: Where chance comes from.
        """
        return rng.choice(self.values)

    def pair(self, value: Any) -> tuple[str, Any]:
        """Give one of the values in Hydra's grammar, and as a Python value.

        Args:
            value: The value; or, where no value is equal to it, its text.

        Returns:
            Its text, and the value.

        Raises:
            ValueError: It is none of the values.
        """
        found = self._find(value)
        if found is None:
            shown = ", ".join(self.texts[:10]) + (", ..." if len(self.texts) > 10 else "")
            msg = f"{value!r} is none of the {len(self.texts)} values: {shown}"
            raise ValueError(msg)
        return self.texts[found], self.values[found]

    def _find(self, value: Any) -> int | None:
        try:
            found = self._by_value.get((type(value), value))
        except TypeError:  # unhashable: a list or a dict
            found = None
        if found is not None:
            return found
        ways = (
            (type(item) is type(value) and item == value for item in self.values),
            (isinstance(value, str) and text == value for text in self.texts),
            (item == value and not isinstance(value, bool) for item in self.values),
        )
        return next((place for way in ways for place, holds in enumerate(way) if holds), None)

    @cached_property
    def _by_value(self) -> dict[tuple[type, Any], int]:
        known: dict[tuple[type, Any], int] = {}
        for place, value in enumerate(self.values):
            if not isinstance(value, (list, dict)):
                known.setdefault((type(value), value), place)
        return known
