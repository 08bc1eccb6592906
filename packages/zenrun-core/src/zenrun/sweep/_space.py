"""What a search searches: its dimensions by key, and what every job is given as it is.

This module must not know how overrides are read or how values are chosen.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from zenrun import errors
from zenrun._nearest import nearest
from zenrun.sweep._dimensions import Dimension


@dataclass(frozen=True)
class Condition:
    """When a key exists: while another one has one of some values.

    Attributes:
        key: The other key, with its prefix; always one of the space's `Choices`.
        texts: The values in Hydra's grammar.
    """

    key: str
    texts: frozenset[str]


@dataclass(frozen=True)
class SearchSpace:
    """What a search chooses from, and what every job is given as it is.

    Keys have the prefix of Hydra's grammar: ``"x"``, ``"+optim"``, ``"~y"``.

    Attributes:
        parts: The overrides by key, in the order they were given: a dimension, or the text of an
            override that is the same for every job.
        conditions: By key, when it exists; one that is not named here always does.

    Example:
        >>> from zenrun.sweep.space import read_space
        >>> space = read_space(["x=interval(0.5, 1)", "optim=sgd,adam", "seed=3"])
        >>> space.dimensions["x"]
        Interval(low=0.5, high=1.0, log=False, whole=False)
        >>> space.fixed
        ['seed=3']
        >>> space.overrides({"x": 0.75, "optim": "adam"})
        ['x=0.75', 'optim=adam', 'seed=3']
    """

    parts: Mapping[str, Dimension | str]
    conditions: Mapping[str, Condition] = field(default_factory=dict)

    @cached_property
    def dimensions(self) -> dict[str, Dimension]:
        """The dimensions by key; one that depends on another comes after it."""
        found = {key: part for key, part in self.parts.items() if not isinstance(part, str)}
        if not self.conditions:
            return found
        ordered: dict[str, Dimension] = {}

        def put(key: str) -> None:
            if key in self.conditions:
                put(self.conditions[key].key)
            ordered.setdefault(key, found[key])

        for key in found:
            put(key)
        return ordered

    @cached_property
    def fixed(self) -> list[str]:
        """The overrides that are the same for every job that has them."""
        return [part for part in self.parts.values() if isinstance(part, str)]

    def exists(self, key: str, params: Mapping[str, Any]) -> bool:
        """Say whether a key exists beside the values that others have.

        Args:
            key: The key.
            params: Values by key, those of the keys that it depends on among them.
        """
        condition = self.conditions.get(key)
        if condition is None:
            return True
        if condition.key not in params or not self.exists(condition.key, params):
            return False
        dimension = self.dimensions[condition.key]
        return dimension.pair(params[condition.key])[0] in condition.texts

    def active(self, params: Mapping[str, Any]) -> dict[str, Dimension]:
        """Give the dimensions that exist, and have no value yet.

        Args:
            params: The values chosen so far, by key.

        Returns:
            The dimensions by key. With further values there may be others.
        """
        return {
            key: dimension
            for key, dimension in self.dimensions.items()
            if key not in params and self.exists(key, params)
        }

    def fill(self, choose: Callable[[str, Dimension], Any]) -> dict[str, Any]:
        """Choose a value for each dimension that exists beside the values chosen before.

        Args:
            choose: Gives the value of a key, for its dimension.

        Returns:
            The values by key.
        """
        params: dict[str, Any] = {}
        for key, dimension in self.dimensions.items():
            if not self.conditions or self.exists(key, params):
                params[key] = choose(key, dimension)
        return params

    def draw(self, rng: random.Random) -> dict[str, Any]:
        """Draw a value for each dimension that exists.

        Args:
            rng: Where chance comes from; the keys draw from it in their order.

        Returns:
            The values by key.
        """
        return self.fill(lambda _, dimension: dimension.draw(rng))

    def existing(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Leave out the values of keys that do not exist beside the others.

        Args:
            params: Values by key.

        Returns:
            Those that count.

        Raises:
            SearchSpaceError: A key is none of the space's.
        """
        for key in params:
            if key not in self.dimensions:
                raise self._unknown(key)
        if not self.conditions:
            return dict(params)
        try:
            return {key: value for key, value in params.items() if self.exists(key, params)}
        except ValueError as error:
            msg = (
                f"The search has chosen a value that decides on others and that cannot be: {error}"
            )
            raise errors.SearchSpaceError(msg) from error

    def overrides(self, params: Mapping[str, Any]) -> list[str]:
        """Write the overrides of a job.

        Args:
            params: A value for each dimension that exists, as a Python value; of choices also as
                text in Hydra's grammar. Values of keys that do not exist beside the others are
                left out.

        Returns:
            The overrides in Hydra's grammar, fixed ones among them, in the order of the space.

        Raises:
            SearchSpaceError: A value is missing, or is none of its dimension's.
        """
        return self.job(params)[0]

    def job(self, params: Mapping[str, Any]) -> tuple[list[str], dict[str, Any]]:
        """Write the overrides of a job, and give the values that it reads from them.

        Args:
            params: As for `overrides`.

        Returns:
            The overrides in Hydra's grammar; and the values by key, as Python values.

        Raises:
            SearchSpaceError: A value is missing, or is none of its dimension's.
        """
        params = self.existing(params)
        made, plain = [], dict(params)
        for key, part in self.parts.items():
            if self.conditions and not self.exists(key, params):
                continue
            if isinstance(part, str):
                made.append(part)
                continue
            if key not in params:
                msg = f"The search has chosen no value for {key!r}; it has chosen {params!r}"
                raise errors.SearchSpaceError(msg, key)
            try:
                text, plain[key] = part.pair(params[key])
            except ValueError as error:
                msg = f"The search has chosen a value for {key!r} that it cannot have: {error}"
                raise errors.SearchSpaceError(msg, f"{key}={params[key]!r}") from error
            made.append(f"{key}={text}")
        return made, plain

    def _unknown(self, key: str) -> errors.SearchSpaceError:
        near = nearest(key, self.dimensions)
        hint = "" if near is None else f"; the nearest is {near!r}"
        msg = (
            f"The search has chosen a value for {key!r}, which is not searched. Searched are "
            f"{', '.join(map(repr, self.dimensions))}{hint}"
        )
        return errors.SearchSpaceError(msg, key)
