"""What is known of the search that jobs were part of: which way is better, and which keys are logarithmic.

A search notes it in its sweep's journal, and its result has it. This module must not know how values are
chosen, and loads no Hydra.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zenrun.results._load import Sweep

NOTE = "search"  # its name in the journal


@dataclass(frozen=True)
class SearchFacts:
    """What a search was.

    Attributes:
        directions: "minimize" or "maximize" for each objective.
        objective: The part of what jobs return that each objective is; None where it is all of it.
        log: The keys of which the logarithm counts.
    """

    directions: tuple[str, ...]
    objective: tuple[str, ...] | None
    log: frozenset[str]


def search_note(space: Any, directions: Any, objective: Any) -> dict[str, Any]:
    """Give what a search notes in the journal.

    Args:
        space: What it searches.
        directions: "minimize" or "maximize" for each objective.
        objective: Where the scores are in what jobs return, or None.
    """
    dimensions = {} if space is None else space.dimensions
    return {
        "directions": list(directions),
        "objective": None if objective is None else list(objective),
        "log": [
            key.lstrip("+")
            for key, dimension in dimensions.items()
            if getattr(dimension, "log", False)
        ],
    }


def search_of(jobs: Any) -> SearchFacts | None:
    """Give what is known of the search.

    Args:
        jobs: A search's result, or a `Sweep`.

    Returns:
        It; None where the jobs were part of no search, or of one that says nothing.
    """
    if isinstance(jobs, Sweep):
        return _read(jobs.notes.get(NOTE))
    directions = getattr(jobs, "directions", None)
    if directions is None:
        return None
    space, objective = getattr(jobs, "space", None), getattr(jobs, "objective", None)
    return _read(search_note(space, directions, objective))


def _read(note: Any) -> SearchFacts | None:
    """Read a note, which another program may have written."""
    if not isinstance(note, dict):
        return None
    directions = _texts(note.get("directions"))
    if not directions or not {*directions} <= {"minimize", "maximize"}:
        return None
    objective, log = _texts(note.get("objective")), _texts(note.get("log"))
    return SearchFacts(directions, objective or None, frozenset(log))


def _texts(items: Any) -> tuple[str, ...]:
    """Give a list of texts; nothing where it is none."""
    fine = isinstance(items, list) and all(type(item) is str for item in items)
    return tuple(items) if fine else ()
