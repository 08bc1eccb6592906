"""What differs between two sweeps: configs, overrides, and what the jobs with the same overrides gave.

This module must not know how jobs run, nor who draws what is found, and loads no Hydra.
"""

from __future__ import annotations

import math
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zenrun.errors import TableError
from zenrun.results._columns import alike
from zenrun.results._load import Sweep, load_sweep
from zenrun.results._plain_yaml import NotPlainError, read_yaml
from zenrun.results._rows import Row, rows_of
from zenrun.results._show import ROWS

# Where a sweep lies is no difference of what it does.
_PLACES = frozenset({"hydra.sweep.dir", "hydra.sweep.subdir", "hydra.run.dir"})


ABSENT: Any = ...  # stands for what is not there; no config and no journal holds it


@dataclass(frozen=True)
class Change:
    """A key that is not the same in both sweeps.

    Attributes:
        key: The key.
        first: Its value in the first sweep; ``...`` (Python's `Ellipsis`) if it is not there.
        second: Its value in the second one.
    """

    key: str
    first: Any
    second: Any


@dataclass(frozen=True, eq=False)
class JobPair:
    """A job that both sweeps had.

    Attributes:
        params: The overrides by which the two were found to be the same, by key.
        first: The first sweep's number of the job, its status, and what it returned.
        second: The second sweep's.
        changes: What it returned there and there, where that is not the same.
        differences: The second value minus the first one, of each number that both returned.
    """

    params: Mapping[str, Any]
    first: Row
    second: Row
    changes: list[Change]
    differences: dict[str, float]

    @property
    def is_same(self) -> bool:
        """Whether both ended the same way and returned the same."""
        return self.first.status == self.second.status and not self.changes


@dataclass(frozen=True, eq=False)
class Comparison:
    """What differs between two sweeps. It shows itself as text, and in a notebook as tables.

    Attributes:
        first: The first sweep.
        second: The second one.
        config: The keys of the config, before any override, that are not the same in both.
        overrides: The overrides of the sweeps that are not the same.
        pairs: The jobs that both had.
        only_first: The jobs that the first one alone had.
        only_second: The jobs that the second one alone had.
        keys: The overrides by which jobs were found to be the same.
    """

    first: Sweep
    second: Sweep
    config: list[Change]
    overrides: list[Change]
    pairs: list[JobPair]
    only_first: list[Row]
    only_second: list[Row]
    keys: list[str]

    @property
    def changed(self) -> list[JobPair]:
        """The jobs that both had and that did not end the same way or returned something else."""
        return [pair for pair in self.pairs if not pair.is_same]

    @property
    def differs(self) -> bool:
        """Whether there is any difference."""
        return bool(
            self.config or self.overrides or self.changed or self.only_first or self.only_second
        )

    def __repr__(self) -> str:
        """Show what differs."""
        from zenrun.results._compare_shown import tables_of  # which is above this module

        return "\n\n".join(table.text() for table in tables_of(self, ROWS))

    def _repr_html_(self) -> str:
        """Show it in a notebook."""
        from zenrun.results._compare_shown import tables_of

        return "".join(table.html() for table in tables_of(self, 3 * ROWS))


def compare(
    first: Sweep | str | os.PathLike[str], second: Sweep | str | os.PathLike[str]
) -> Comparison:
    """Say what differs between two sweeps: their configs, their overrides, and their jobs.

    Jobs are the same where they have the same values for all that varies in either sweep; what is not
    overridden has the value of its sweep's config. An override that each sweep has for all of its jobs
    tells no jobs apart: of two sweeps that differ in it, it is what is compared.

    Args:
        first: The directory of a sweep, or what `load_sweep` has given.
        second: That of the other one.

    Returns:
        The differences. They print as a short text.

    Raises:
        JournalError: In a directory there is no sweep.
        TableError: What was given is neither a directory nor a sweep.

    Example:
        >>> from zenrun import compare, hydra_multirun
        >>> for scale in (1, 2):
        ...     _ = hydra_multirun(
        ...         {"x": 0, "scale": scale},
        ...         lambda cfg: cfg.x * cfg.scale,
        ...         ["x=0,3", f"hydra.sweep.dir=by_{scale}"],
        ...     )
        >>> found = compare("by_1", "by_2")
        >>> [(change.key, change.first, change.second) for change in found.config]
        [('scale', 1, 2)]
        >>> [(pair.params, pair.differences) for pair in found.changed]
        [({'x': 3}, {'value': 3})]
    """
    sweeps = _sweep(first), _sweep(second)
    configs = [flat_config(sweep.config) for sweep in sweeps]
    jobs = [rows_of(sweep) for sweep in sweeps]
    overrides = [dict(map(_split, sweep.overrides)) for sweep in sweeps]
    for place in _PLACES:
        for given in overrides:
            given.pop(place, None)
    keys = _telling(jobs)
    waiting: defaultdict[Any, list[Row]] = defaultdict(list)
    for row in reversed(jobs[1]):
        waiting[_identity(row, keys, configs[1])].append(row)
    pairs, only_first = [], []
    for row in jobs[0]:
        same = waiting[_identity(row, keys, configs[0])]
        if same:
            pairs.append(_pair(row, same.pop(), keys, configs[0]))
        else:
            only_first.append(row)
    left = {row.num for rows in waiting.values() for row in rows}
    return Comparison(
        *sweeps,
        config=_changes(*configs),
        overrides=_changes(*overrides),
        pairs=pairs,
        only_first=only_first,
        only_second=[row for row in jobs[1] if row.num in left],
        keys=keys,
    )


def _sweep(given: Any) -> Sweep:
    if isinstance(given, Sweep):
        return given
    if isinstance(given, (str, os.PathLike)):
        return load_sweep(given)
    msg = (
        "compare takes the directories of two sweeps, or what load_sweep has given; given was "
        f"{given!r:.80} of type {type(given).__name__}. What hydra_multirun returned is in the sweep's "
        "directory, hydra.sweep.dir"
    )
    raise TableError(msg)


# --- which jobs are the same ---------------------------------------------------------------------------


def _telling(jobs: Sequence[Sequence[Row]]) -> list[str]:
    """Give the keys that tell the jobs of either sweep apart."""
    found: dict[str, None] = {}
    for rows in jobs:
        for key in dict.fromkeys(key for row in rows for key in row.params):
            if len({_told(row.params.get(key, ABSENT)) for row in rows}) > 1:
                found[key] = None
    return list(found)


def _value(row: Row, key: str, config: Mapping[str, Any]) -> Any:
    return row.params[key] if key in row.params else config.get(key, ABSENT)


def _identity(row: Row, keys: Sequence[str], config: Mapping[str, Any]) -> Any:
    return tuple(_told(_value(row, key, config)) for key in keys)


def _told(value: Any) -> Any:
    return ABSENT if value is ABSENT else alike(value)


def _pair(first: Row, second: Row, keys: Sequence[str], config: Mapping[str, Any]) -> JobPair:
    returned = [row.seen_parts() for row in (first, second)]
    numbers = [
        {name: value for name, value in parts.items() if type(value) in (int, float)}
        for parts in returned
    ]
    return JobPair(
        params={key: value for key in keys if (value := _value(first, key, config)) is not ABSENT},
        first=first,
        second=second,
        changes=_changes(*returned) if all(returned) else [],
        differences={
            name: _minus(numbers[1][name], value)
            for name, value in numbers[0].items()
            if name in numbers[1]
        },
    )


def _minus(second: float, first: float) -> float:
    try:
        return second - first
    except OverflowError:  # an int that no float can hold
        return math.nan


# --- what differs ---------------------------------------------------------------------------------------


def _changes(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[Change]:
    found = []
    for key in dict.fromkeys([*first, *second]):
        change = Change(key, first.get(key, ABSENT), second.get(key, ABSENT))
        if _told(change.first) != _told(change.second):
            found.append(change)
    return found


def _split(override: str) -> tuple[str, str]:
    """Give an override of a sweep as its key and the text of its values."""
    key, _, values = override.partition("=")
    return key.strip(), values.strip()


def flat_config(text: str) -> dict[str, Any]:
    """Give the values of a config by their full keys.

    Args:
        text: The config as yaml. Where it cannot be read, it is one value, by an empty key.
    """
    try:
        return dict(_flat(read_yaml(text), ""))
    except (NotPlainError, RecursionError):
        return {"": text}


def _flat(value: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _flat(item, f"{prefix}.{key}" if prefix else str(key))
    elif prefix or value:
        yield prefix, value
