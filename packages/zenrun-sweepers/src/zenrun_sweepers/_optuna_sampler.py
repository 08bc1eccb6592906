"""The sampler of one search: what it is given of the search beside its own settings.

This module must not know what a study is.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from typing import Any

from zenrun_sweepers._optuna_constraints import told_constraints
from zenrun_sweepers._optuna_parts import make_sampler, optuna_library
from zenrun_sweepers._optuna_space import Coding
from zenrun_sweepers.errors import SearchSpaceError

_MOST_SEEDS = 2**32  # numpy's old generator, which Optuna uses, has so many


def sampler_of_search(
    given: Any,
    coded: Mapping[str, Coding],
    seed: int,
    constraints: Sequence[str],
    log: logging.Logger,
) -> tuple[Any, int | None]:
    """Make the sampler of a search.

    Args:
        given: As `make_sampler` takes it.
        coded: Each key's values for Optuna.
        seed: Where chance begins.
        constraints: What is to be 0 or less.
        log: Where the user is told of what the sampler does not do.

    Returns:
        The sampler, and after how many trials it has tried everything; None if it never has.

    Raises:
        SearchSpaceError: A grid has an interval.
        SweeperConfigError: There is no such sampler, or its settings are wrong.
    """
    offers: dict[str, Any] = {"seed": seed % _MOST_SEEDS}
    most = None
    name = given.get("name") if hasattr(given, "get") else given
    if name == "cmaes":
        categories = [key for key, item in coded.items() if item.is_category]
        if categories:
            told = ", ".join(categories)
            log.warning("CMA-ES chooses numbers; it leaves these keys to chance: %s", told)
    if name == "grid":
        offers["search_space"] = {key: _choices(key, item) for key, item in coded.items()}
        most = math.prod(map(len, offers["search_space"].values()))
    # From Optuna 5 on a trial has its constraints, and samplers need no function for them.
    if constraints and not hasattr(optuna_library().Trial, "set_constraint"):
        offers["constraints_func"] = told_constraints
    return make_sampler(given, offers), most


def _choices(key: str, coding: Coding) -> list[Any]:
    if not coding.choices:
        msg = (
            f"The sampler grid needs values, and {key!r} has an interval. Give it values, such as "
            f"{key}=range(0, 10) or {key}=1,2,3, or use the sweeper grid with points"
        )
        raise SearchSpaceError(msg, key)
    return list(coding.choices)
