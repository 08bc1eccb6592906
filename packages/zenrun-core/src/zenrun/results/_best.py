"""The best of what was tried.

This module must not know how a search is carried out, and loads no Hydra.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TypeVar

from zenrun.results._records import COMPLETED
from zenrun.results._rows import Row
from zenrun.results._scores import read_scores
from zenrun.results._search import SearchFacts

T = TypeVar("T")


def pareto(scored: Iterable[tuple[T, Sequence[float]]], directions: Sequence[str]) -> list[T]:
    """Give what nothing else is at least as good as in all objectives and better in one.

    Args:
        scored: What was tried, each with its value of each objective; NaN is worse than anything.
        directions: "minimize" or "maximize" for each objective.

    Returns:
        Those, in their order; of several with the same values the first.
    """
    front: dict[tuple[float, ...], T] = {}
    for item, values in scored:
        costs = costs_of(values, directions)
        if any(map(math.isnan, costs)) or any(_is_as_good(other, costs) for other in front):
            continue
        for other in [key for key in front if _is_as_good(costs, key)]:
            del front[other]
        front[costs] = item
    return list(front.values())


def costs_of(values: Sequence[float], directions: Sequence[str]) -> tuple[float, ...]:
    """Give values so that less is better in each.

    Args:
        values: One for each objective.
        directions: The direction of each.
    """
    return tuple(
        float(value) if direction == "minimize" else -float(value)
        for value, direction in zip(values, directions, strict=True)
    )


def _is_as_good(first: Sequence[float], second: Sequence[float]) -> bool:
    return all(map(float.__le__, first, second))


def best_rows(rows: Sequence[Row], search: SearchFacts) -> list[tuple[int, tuple[float, ...]]]:
    """Give the best jobs of a search; with several objectives each that no other one is better than.

    Args:
        rows: The jobs.
        search: What it was looking for.

    Returns:
        Their places among the rows, with their values of each objective.
    """
    scored = []
    for place, row in enumerate(rows):
        scores = _scores(row, search)
        if scores is not None:
            scored.append(((place, scores), scores))
    return pareto(scored, search.directions)


def _scores(row: Row, search: SearchFacts) -> tuple[float, ...] | None:
    if row.status != COMPLETED:
        return None
    count = len(search.directions)
    try:
        scores = read_scores(row.shown(), search.objective, count)
    except Exception:  # it has none, or is of a user's own class, or another program has written it
        return None
    return scores if len(scores) == count else None
