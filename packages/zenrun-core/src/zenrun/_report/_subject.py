"""What a report is about: jobs, the sweep that they are of, and what that was looking for.

This module must not know how it is shown.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zenrun.errors import JournalError
from zenrun.results._load import Sweep, SweepJob, load_sweep
from zenrun.results._records import COMPLETED, SEARCH
from zenrun.results._rows import Row, rows_of
from zenrun.results._writer import FOLDER, JOURNAL


@dataclass(frozen=True)
class Search:
    """What a search was looking for, and what it has found.

    Attributes:
        directions: "minimize" or "maximize" for each objective.
        objective: What leads to the scores in what jobs return; None where that is the score, or is not known.
        best: The places of the best jobs, of several objectives those that no other job is better than.
    """

    directions: tuple[str, ...]
    objective: tuple[str, ...] | None
    best: tuple[int, ...]


@dataclass(frozen=True)
class Subject:
    """What a report is about.

    Attributes:
        jobs: The jobs as they were given, or the sweep that is in the directory that was given.
        rows: The same as rows.
        sweep: The sweep that they are of, or None if there is no journal of it.
        search: What the sweep was looking for, or None if it is no search.
    """

    jobs: Any
    rows: Sequence[Row]
    sweep: Sweep | None
    search: Search | None


def subject_of(jobs: Any) -> Subject:
    """Find out what there is to tell of jobs.

    Args:
        jobs: Jobs, or a sweep's directory, as `to_dataframe` takes them.

    Raises:
        TableError: It is neither.
        JournalError: In the directory there is no sweep.
    """
    if isinstance(jobs, (str, os.PathLike)):
        jobs = load_sweep(jobs)
    rows = rows_of(jobs)
    sweep = jobs if isinstance(jobs, Sweep) else _sweep_around(rows)
    return Subject(jobs, rows, sweep, _search(jobs, rows, sweep))


def _sweep_around(rows: Sequence[Row]) -> Sweep | None:
    """Give the sweep whose folders are those of the jobs, if it is on the disk still."""
    first = next((row.directory for row in rows if row.directory), None)
    for folder in () if first is None else Path(first).parents:
        if (folder / FOLDER / JOURNAL).is_dir():
            try:
                sweep = load_sweep(folder)
            except JournalError:
                return None
            there = {job.num: job for job in sweep}
            return sweep if all(_is_that(row, there.get(row.num)) for row in rows) else None
    return None


def _is_that(row: Row, job: SweepJob | None) -> bool:
    """Say whether a job of a sweep is that of a row, and not one of a later sweep in the same directory."""
    return (
        job is not None
        and tuple(row.overrides) == job.overrides
        and (row.directory is None or Path(row.directory) == job.directory)
    )


def _search(jobs: Any, rows: Sequence[Row], sweep: Sweep | None) -> Search | None:
    told, objective = ((), None) if sweep is None else _noted(sweep)
    directions = tuple(getattr(jobs, "directions", told))
    if not directions:
        return None
    return Search(directions, objective, tuple(_best(rows, directions, objective)))


def _noted(sweep: Sweep) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    """Give what the search has written down of its directions and its objective."""
    found = sweep.notes.get(SEARCH)
    if not isinstance(found, dict):
        return (), None
    directions, objective = _texts(found.get("directions")), _texts(found.get("objective"))
    if not set(directions) <= {"minimize", "maximize"}:
        return (), None
    return directions, objective or None


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _best(
    rows: Sequence[Row], directions: Sequence[str], objective: Sequence[str] | None
) -> Iterator[int]:
    # Loads Hydra, which other reports do without.
    from zenrun.sweep._score import read_scores
    from zenrun.sweep._trials import Trial, TrialResult, pareto

    found = []
    for place, row in enumerate(rows):
        if row.status == COMPLETED:
            try:
                scores = read_scores(row.shown(), objective, len(directions))
            except Exception:  # it has none, or is of a user's own class
                continue
            # A job has no place of its own in there: it is the trial's number.
            trial = Trial(place, tuple(row.overrides), {})
            found.append(TrialResult(trial, COMPLETED, scores, None))  # type: ignore[arg-type]
    return (result.trial.number for result in pareto(found, directions))
