"""The settings that every search has, checked.

This module must not know what a search does with them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zenrun import errors
from zenrun._nearest import nearest

DIRECTIONS = ("minimize", "maximize")
WHERE = "hydra.sweeper"


@dataclass(frozen=True)
class SearchSettings:
    """What a search was told.

    Attributes:
        n_trials: How many trials there are at most; None for no limit.
        directions: "minimize" or "maximize" for each objective.
        seed: The seed; None for another one each time.
        batch_size: How many trials are asked for at once, and run before the next ones are asked for;
            None for as many as there are places, asked for as places free up.
        time_budget: After how many seconds no further trial begins; None for no limit.
        target: The value at which the search ends; None for none.
        patience: After how many trials without a better one the search ends; None for never.
        max_failure_rate: Which part of the trials may fail.
        objective: The keys or attributes that lead to the scores; None where the value is the score.
        params: Overrides in Hydra's grammar.
        when: By key, the override that another key must have for it to exist.
    """

    n_trials: int | None = None
    directions: tuple[str, ...] = ("minimize",)
    seed: int | None = None
    batch_size: int | None = None
    time_budget: float | None = None
    target: float | None = None
    patience: int | None = None
    max_failure_rate: float = 0.0
    objective: tuple[str, ...] | None = None
    params: tuple[str, ...] = ()
    when: Mapping[str, str] | None = None


def read_settings(
    given: Mapping[str, Any], *, endless: bool, own: Sequence[str] = ()
) -> SearchSettings:
    """Check the settings of a search.

    Args:
        given: The settings by name, as a sweeper's config has them: those of `SearchSettings`, with
            ``direction`` for the directions and the aliases ``max_iter`` and ``n_jobs``.
        endless: Whether the searcher always has something more to try, so that something else has to
            end the search.
        own: The names of the sweeper's own settings, for the message about one that is unknown.

    Raises:
        SweeperConfigError: A setting is missing, unknown or wrong.
    """
    given = dict(given)
    unknown = sorted(set(given) - set(_KNOWN))
    if unknown:
        raise _unknown(unknown[0], tuple(dict.fromkeys((*own, *_KNOWN))))
    n_trials = _number(given, _alias(given, "n_trials", "max_iter"), whole=True, least=0)
    directions = _directions(given.get("direction"))
    settings = SearchSettings(
        n_trials=n_trials,
        directions=directions,
        seed=_number(given, "seed", whole=True, least=0),
        batch_size=_number(given, _alias(given, "batch_size", "n_jobs"), whole=True, least=1),
        time_budget=_number(given, "time_budget", least=0),
        target=_number(given, "target"),
        patience=_number(given, "patience", whole=True, least=1),
        max_failure_rate=_number(given, "max_failure_rate", least=0, most=1) or 0.0,
        objective=_objective(given.get("objective"), len(directions)),
        params=read_params(given.get("params")),
        when=_mapping("when", given.get("when"), "{'optim.momentum': 'optim=sgd'}"),
    )
    if settings.target is not None and len(directions) > 1:
        msg = f"target is for a search with one objective, and this one has {len(directions)}"
        raise errors.SweeperConfigError(msg, f"{WHERE}.target")
    ends = (n_trials, settings.time_budget, settings.patience)
    if endless and all(item is None for item in ends):
        msg = (
            "The search has no end: n_trials, the number of jobs, is not set. Write n_trials=10, or "
            "override hydra.sweeper.n_trials=10; time_budget or patience do as well"
        )
        raise errors.SweeperConfigError(msg, f"{WHERE}.n_trials")
    return settings


def read_params(params: Any) -> tuple[str, ...]:
    """Read the overrides that stand in a sweeper's config.

    Args:
        params: A mapping from keys to text in Hydra's grammar, or None.

    Returns:
        The overrides.

    Raises:
        SweeperConfigError: It is no mapping.
    """
    found = _mapping("params", params, "{'x': 'interval(-1, 1)'}") or {}
    return tuple(f"{key}={'null' if value is None else value}" for key, value in found.items())


_KNOWN = (
    "n_trials",
    "max_iter",
    "direction",
    "seed",
    "batch_size",
    "n_jobs",
    "time_budget",
    "target",
    "patience",
    "max_failure_rate",
    "objective",
    "params",
    "when",
)


def _unknown(name: str, known: Sequence[str]) -> errors.SweeperConfigError:
    near = nearest(name, known)
    hint = "" if near is None else f"Did you mean {near}? "
    msg = f"A search has no setting {name!r}. {hint}There are {', '.join(known)}"
    return errors.SweeperConfigError(msg, f"{WHERE}.{name}")


def _alias(given: Mapping[str, Any], name: str, alias: str) -> str:
    """Say by which of its two names a setting is given."""
    if given.get(alias) is None:
        return name
    if given.get(name) is not None and given[name] != given[alias]:
        msg = (
            f"{name} is {given[name]!r} and {alias} is {given[alias]!r}, which are the same setting"
        )
        raise errors.SweeperConfigError(msg, f"{WHERE}.{name}")
    return alias


def _number(
    given: Mapping[str, Any],
    name: str,
    *,
    whole: bool = False,
    least: float | None = None,
    most: float | None = None,
) -> Any:
    value = given.get(name)
    if value is None:
        return None
    kinds = int if whole else (int, float)
    is_number = isinstance(value, kinds) and not isinstance(value, bool) and not math.isnan(value)
    if is_number and (least is None or value >= least) and (most is None or value <= most):
        return value
    bounds = [f"from {least} on"] if least is not None and most is None else []
    bounds += [f"from {least} to {most}"] if most is not None else []
    kind = " ".join([f"a {'whole ' if whole else ''}number", *bounds])
    msg = (
        f"{name} is {_WHAT.get(name, 'a setting')}: {kind}, or None (null on a command line); given was "
        f"{value!r} of type {type(value).__name__}"
    )
    raise errors.SweeperConfigError(msg, f"{WHERE}.{name}")


_WHAT = {
    "n_trials": "the number of jobs at most",
    "max_iter": "the number of jobs at most",
    "batch_size": "how many jobs are asked for at once",
    "n_jobs": "how many jobs are asked for at once",
    "time_budget": "after how many seconds no further job begins",
    "target": "the value at which the search ends",
    "patience": "after how many jobs without a better value the search ends",
    "max_failure_rate": "which part of the jobs may fail",
    "seed": "where chance begins",
}


def _directions(given: Any) -> tuple[str, ...]:
    if given is None:
        return DIRECTIONS[:1]
    listed = [given] if isinstance(given, str) else list(given) if _is_list(given) else [given]
    named = [getattr(item, "name", item) for item in listed]  # Hydra's plugin has an enum
    for item in named:
        if item not in DIRECTIONS:
            near = nearest(str(item), DIRECTIONS)
            hint = "" if near is None else f". Did you mean {near}?"
            msg = (
                "direction is minimize or maximize, or a list of them, one for each objective; given was "
                f"{given!r}{hint}"
            )
            raise errors.SweeperConfigError(msg, f"{WHERE}.direction")
    if not named:
        msg = "direction is an empty list; it has minimize or maximize for each objective"
        raise errors.SweeperConfigError(msg, f"{WHERE}.direction")
    return tuple(named)


def _objective(given: Any, count: int) -> tuple[str, ...] | None:
    if given is None:
        return None
    paths = [given] if isinstance(given, str) else list(given) if _is_list(given) else [None]
    if not paths or any(not isinstance(item, str) or not item for item in paths):
        msg = (
            "objective is the key or attribute of what a task returns that is the score, such as 'loss' "
            f"or 'metrics.loss', or a list of them, one for each direction; given was {given!r}"
        )
        raise errors.SweeperConfigError(msg, f"{WHERE}.objective")
    if len(paths) not in (1, count):
        msg = f"objective names {len(paths)} scores, and direction {count}"
        raise errors.SweeperConfigError(msg, f"{WHERE}.objective")
    return tuple(paths)


def _is_list(given: Any) -> bool:
    return isinstance(given, Iterable) and not isinstance(given, (str, bytes, Mapping))


def _mapping(name: str, given: Any, example: str) -> dict[str, Any] | None:
    if given is None:
        return None
    if isinstance(given, Mapping) or hasattr(given, "items"):
        return {str(key): value for key, value in given.items()}
    msg = (
        f"The {name} of a search are a dict with text in Hydra's grammar, such as {example}; given was "
        f"{given!r} of type {type(given).__name__}"
    )
    raise errors.SweeperConfigError(msg, f"{WHERE}.{name}")
