"""A search carried out: its jobs go to the launcher and come back, and how it ends is told.

This module must not know how values are chosen.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from hydra.plugins.launcher import Launcher

from zenrun.sweep._engine import Search
from zenrun.sweep._results_file import RESULTS_FILE, attach, evaluations, save
from zenrun.sweep._settings import SearchSettings
from zenrun.sweep._trials import SearchResult


def run_search(search: Search, launcher: Launcher, settings: SearchSettings) -> None:
    """Run the jobs of a search until it ends.

    zenrun's launchers ask for each job when there is a place for it; any other is given batches.

    Args:
        search: The search.
        launcher: Where its jobs run.
        settings: What the search was told.

    Raises:
        ScoreError: A job returned something that is no score.
        Exception: What a job raised that is one failure too many.
    """
    as_asked = getattr(launcher, "launch_as_asked", None)
    if as_asked is not None:
        keep = settings.max_failure_rate > 0
        as_asked(search.asks(), search.arrived, total=settings.n_trials, keep_failed=keep)
    else:
        _run_in_batches(search, launcher, settings.batch_size or 1)
    search.finish()
    if search.error is not None:
        raise search.error
    if search.failed is None:
        return
    try:
        _ = search.failed.return_value  # raises what the task function raised
    except BaseException as error:
        if settings.max_failure_rate > 0:
            attach(error, [], search.about_failures())
        raise


def _run_in_batches(search: Search, launcher: Launcher, size: int) -> None:
    asks, first = search.asks(), 0
    while batch := _next_batch(asks, size):
        for number, job in enumerate(launcher.launch(batch, initial_job_idx=first), first):
            search.arrived(number, job)
        first += len(batch)


def _next_batch(asks: Iterator[Sequence[str] | None], size: int) -> list[list[str]]:
    """Give the jobs that are asked for next, until results have to come first."""
    asked = itertools.islice(asks, size)
    return [list(one) for one in itertools.takewhile(lambda one: one is not None, asked) if one]


def tried(search: Search, settings: SearchSettings) -> list[dict[str, Any]]:
    """Give what was tried as plain values; failed jobs are among it only where jobs may fail.

    Args:
        search: The search.
        settings: What it was told.
    """
    told = search.outcome().trials
    keep_failed = settings.max_failure_rate > 0
    return evaluations([item for item in told if keep_failed or item.status != "FAILED"])


def end_with(
    error: BaseException, search: Search, settings: SearchSettings, folder: Path, name: str
) -> None:
    """Keep what was tried before an error ended the search: on the error, and in the results file.

    Args:
        error: The error.
        search: The search.
        settings: What it was told.
        folder: The sweep's folder.
        name: The name of the kind of search.
    """
    with contextlib.suppress(Exception):  # the error itself matters more
        search.finish()
    before = tried(search, settings)
    total = "" if settings.n_trials is None else f" of {settings.n_trials}"
    msg = (
        f"The search ended at job {len(before)}{total}. What was tried in the jobs finished before "
        f"({len(before)}) and their scores are in {folder / RESULTS_FILE}"
    )
    attach(error, before, msg)
    with contextlib.suppress(Exception):
        save(folder, name, search.outcome(), before)


def report(log: logging.Logger, result: SearchResult) -> None:
    """Tell what a search has found.

    Args:
        log: Where.
        result: What came of it.
    """
    done, front = len(result.trials), result.pareto
    if len(result.directions) > 1:
        log.info("%d of %d jobs are on the Pareto front", len(front), done)
    elif front:
        log.info("Best of %d jobs: %s with %s", done, front[0].value, front[0].params)
    elif done:
        log.warning("None of the %d jobs gave a score: all of them returned NaN", done)
