"""Overrides in Hydra's grammar, read as a space to draw from.

This module knows Hydra's grammar and chance; it must not know what a job does with a draw, nor how
jobs are run.

Source of the grammar: https://hydra.cc/docs/advanced/override_grammar/extended
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hydra.core.config_loader import ConfigLoader
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import (
    ChoiceSweep,
    IntervalSweep,
    Override,
    RangeSweep,
)
from hydra.errors import HydraException

from zenrun_sweepers.errors import SearchSpaceError

__all__ = ["Choices", "Dimension", "Interval", "SearchSpace", "read_space"]


class Dimension(Protocol):
    """One key to search, and how its values are drawn."""

    def draw(self, rng: random.Random) -> tuple[str, Any]:
        """Draw a value.

        Args:
            rng: Where chance comes from.

        Returns:
            The value in Hydra's grammar, and as a Python value.
        """
        ...


@dataclass(frozen=True)
class Interval:
    """Numbers between two bounds, both finite.

    Attributes:
        low: The lower bound.
        high: The upper bound.
        log: Whether the logarithm is what is uniform, not the number itself.
        whole: Whether only whole numbers are drawn, both bounds among them.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False

    def draw(self, rng: random.Random) -> tuple[str, Any]:
        """Draw a number, uniformly or log-uniformly.

        Args:
            rng: Where chance comes from.

        Returns:
            The number in Hydra's grammar, and the number.
        """
        value = self._number(rng)
        # Rounding may put a number a hair outside its bounds.
        value = min(max(value, self.low), self.high)
        return repr(value), value

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


@dataclass(frozen=True)
class Choices:
    """Values to choose from, each as likely as the others.

    Attributes:
        texts: The values in Hydra's grammar.
        parser: Reads one of them.
    """

    texts: Sequence[str]
    parser: OverridesParser

    def draw(self, rng: random.Random) -> tuple[str, Any]:
        """Choose one of the values.

        Args:
            rng: Where chance comes from.

        Returns:
            The value in Hydra's grammar, and as a Python value.
        """
        text = rng.choice(self.texts)
        return text, self.parser.parse_override(f"key={text}").value()


@dataclass(frozen=True)
class SearchSpace:
    """What a search draws from, and what every job is given as it is.

    Attributes:
        parts: The overrides by key, in the order they were given: a dimension to draw from, or
            the text of an override that is the same for every job. A key has the grammar's
            prefix: ``"x"``, ``"+optim"``, ``"~y"``.
    """

    parts: dict[str, Dimension | str]

    def draw(self, rng: random.Random) -> tuple[list[str], dict[str, Any]]:
        """Draw one job.

        Args:
            rng: Where chance comes from; the keys draw from it in their order.

        Returns:
            The job's overrides in Hydra's grammar, and the drawn values by key.
        """
        overrides: list[str] = []
        params: dict[str, Any] = {}
        for key, part in self.parts.items():
            if isinstance(part, str):
                overrides.append(part)
            else:
                text, params[key] = part.draw(rng)
                overrides.append(f"{key}={text}")
        return overrides, params


def read_space(arguments: Sequence[str], config_loader: ConfigLoader | None) -> SearchSpace:
    """Read overrides as a space to search.

    ``interval(a, b)`` is drawn from uniformly, as floats; ``tag(log, interval(a, b))``
    log-uniformly; ``int(interval(a, b))`` gives whole numbers. Of ``a,b,c``, ``choice(...)``,
    ``range(...)`` and ``glob(...)`` each value is as likely as the others. Anything else is fixed.

    Args:
        arguments: Overrides in Hydra's grammar. Of two with the same key the later one holds.
        config_loader: Where ``glob(...)`` looks up the options of a config group.

    Returns:
        The space.

    Raises:
        SearchSpaceError: No override gives anything to search, or one gives nothing to draw.
        hydra.errors.OverrideParseException: An override does not follow Hydra's grammar.

    Example:
        >>> import random
        >>> from zenrun_sweepers.space import read_space
        >>> space = read_space(["x=interval(0, 1)", "+optim=sgd"], None)
        >>> overrides, params = space.draw(random.Random(0))
        >>> overrides
        ['x=0.8444218515250481', '+optim=sgd']
        >>> params
        {'x': 0.8444218515250481}
    """
    parser = OverridesParser.create(config_loader=config_loader)
    parts: dict[str, Dimension | str] = {}
    for override in parser.parse_overrides(list(arguments)):
        parts[override.get_key_element()] = _part(override, parser)
    if all(isinstance(part, str) for part in parts.values()):
        given = f"the overrides {list(arguments)!r}" if arguments else "no overrides"
        msg = (
            f"Random search has nothing to search: it was given {given}. Give at least one key an "
            "interval, such as 'x=interval(-1, 1)', or values to choose from, such as 'x=1,2,3'; "
            "in a config they go in hydra.sweeper.params, such as {'x': 'interval(-1, 1)'}"
        )
        raise SearchSpaceError(msg)
    return SearchSpace(parts)


def _part(override: Override, parser: OverridesParser) -> Dimension | str:
    text = str(override.input_line)
    value = override.value()
    if isinstance(value, IntervalSweep):
        return _interval(value, text)
    if not override.is_sweep_override():
        return text
    if isinstance(value, (ChoiceSweep, RangeSweep)):
        # Hydra would shuffle with Python's global generator. The order makes no difference to a
        # draw, and the caller's generator is not to be touched.
        value.shuffle = False
    try:
        texts = [str(item) for item in override.sweep_string_iterator()]
    except (HydraException, ValueError) as error:  # a step of 0
        msg = f"The override {text!r} cannot be read as values to choose from: {error}"
        raise SearchSpaceError(msg, text) from error
    if not texts:
        msg = f"The override {text!r} gives no value to choose from: it needs at least one"
        raise SearchSpaceError(msg, text)
    return Choices(texts, parser)


def _interval(sweep: IntervalSweep, text: str) -> Interval:
    start, end = sweep.start, sweep.end
    if start is None or end is None or not (math.isfinite(start) and math.isfinite(end)):
        msg = f"The override {text!r} has no two finite bounds, so nothing can be drawn from it"
        raise SearchSpaceError(msg, text)
    low, high = min(start, end), max(start, end)
    log = "log" in sweep.tags
    if log and low <= 0:
        msg = (
            f"The override {text!r} is tagged log, and a logarithm needs bounds above 0; its lower "
            f"bound is {low!r}"
        )
        raise SearchSpaceError(msg, text)
    # Hydra gives the bounds as floats, unless int(interval(...)) has made whole numbers of them.
    whole = isinstance(low, int) and isinstance(high, int)
    return Interval(low, high, log=log, whole=whole)
