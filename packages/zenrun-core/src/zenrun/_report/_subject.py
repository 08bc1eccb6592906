"""What a report is about: jobs, the sweep that they are of, and what that was looking for.

This module must not know how it is shown.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zenrun.errors import JournalError
from zenrun.results._best import best_rows
from zenrun.results._find import is_sweep
from zenrun.results._load import Sweep, SweepJob, load_sweep
from zenrun.results._rows import Row, rows_of
from zenrun.results._search import SearchFacts, search_of


@dataclass(frozen=True)
class Subject:
    """What a report is about.

    Attributes:
        jobs: The jobs as they were given, or the sweep that is in the directory that was given.
        rows: The same as rows.
        sweep: The sweep that they are of, or None if there is no journal of it.
        search: What the sweep was looking for, or None if it is no search.
        best: The places of the best jobs of a search: of several objectives those that no other job is better than.
    """

    jobs: Any
    rows: Sequence[Row]
    sweep: Sweep | None
    search: SearchFacts | None
    best: Sequence[int]


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
    search = search_of(jobs) or (None if sweep is None else search_of(sweep))
    best = [] if search is None else [place for place, _ in best_rows(rows, search)]
    return Subject(jobs, rows, sweep, search, best)


def _sweep_around(rows: Sequence[Row]) -> Sweep | None:
    """Give the sweep whose folders are those of the jobs, if it is on the disk still."""
    first = next((row.directory for row in rows if row.directory), None)
    for folder in () if first is None else Path(first).parents:
        if is_sweep(folder):
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
