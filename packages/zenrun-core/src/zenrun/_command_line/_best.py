"""The best that a search has found.

zenrun's searches note in the journal what they look for, so it is known while they run; other sweepers leave an
``optimization_results.yaml``. This module must not know how a search is carried out, and loads no Hydra.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zenrun.results._best import best_rows
from zenrun.results._columns import alike
from zenrun.results._load import Sweep
from zenrun.results._plain_yaml import NotPlainError, read_yaml
from zenrun.results._records import COMPLETED
from zenrun.results._rows import Row
from zenrun.results._search import SearchFacts, search_of

FILE = "optimization_results.yaml"
_NAMES = (
    ("best_evaluated_params", "best_evaluated_result"),
    ("best_params", "best_value"),
)
_MOST = 64 * 1024  # bytes, of what stands before the list of all evaluations


@dataclass(frozen=True)
class Best:
    """One of the best evaluations of a search.

    Attributes:
        params: The values that were searched for, by key.
        value: What they gave: a number, or a list of one for each objective.
        num: The number of the job, or None if it is not known.
    """

    params: Mapping[str, Any]
    value: Any
    num: int | None


def best_of(sweep: Sweep, rows: Sequence[Row]) -> list[Best]:
    """Give the best of a search; with several objectives each job that no other one is better than.

    Args:
        sweep: The sweep.
        rows: Its jobs.

    Returns:
        Nothing where the sweep is no search, or none of its jobs has a score yet.
    """
    search = search_of(sweep)
    return _of_file(sweep.directory / FILE, rows) if search is None else _of_jobs(rows, search)


def _of_jobs(rows: Sequence[Row], search: SearchFacts) -> list[Best]:
    several = len(search.directions) > 1
    return [
        Best(rows[place].params, list(scores) if several else scores[0], rows[place].num)
        for place, scores in best_rows(rows, search)
    ]


def _of_file(path: Path, rows: Sequence[Row]) -> list[Best]:
    found = _read(path)
    pairs = [(found.get(params), found.get(value)) for params, value in _NAMES]
    solutions = found.get("solutions")
    if isinstance(solutions, list):
        several = [item for item in solutions if isinstance(item, dict)]
        pairs += [(item.get("params"), item.get("values")) for item in several]
    return [
        Best(params, value, _num(params, rows))
        for params, value in pairs
        if isinstance(params, dict) and value is not None
    ]


def _read(path: Path) -> dict[Any, Any]:
    """Read what stands before the list of everything that was tried, which may be long."""
    try:
        with path.open("rb") as file:
            text = file.read(_MOST).partition(b"\nevaluations:")[0].decode()
    except (OSError, ValueError):
        return {}
    try:
        found = read_yaml(text)
    except NotPlainError:
        return {}
    return found if isinstance(found, dict) else {}


def _num(params: Mapping[Any, Any], rows: Sequence[Row]) -> int | None:
    wanted = {str(key): alike(value) for key, value in params.items()}
    for row in rows:
        if row.status == COMPLETED and all(
            key in row.params and alike(row.params[key]) == told for key, told in wanted.items()
        ):
            return row.num
    return None
