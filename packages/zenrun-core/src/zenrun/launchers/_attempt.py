"""One attempt to run a job, and its record in the journal.

This module must not know why a job is attempted, or in which process it is.
"""

from __future__ import annotations

import contextlib
import os
import time
import traceback
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from hydra.core.utils import JobReturn, JobStatus
from hydra.types import HydraContext
from omegaconf import DictConfig

from zenrun.errors import JournalError
from zenrun.job._return import returned
from zenrun.launchers._prepare import Job
from zenrun.results._records import told
from zenrun.results._writer import JournalWriter


class Attempted(NamedTuple):
    """What an attempt has come to.

    Attributes:
        result: Hydra's account of the job.
        written: Whether it is in the journal.
        start: When it began, in seconds since 1970; None where that was not written down.
        end: When it ended.
    """

    result: JobReturn
    written: bool
    start: float | None = None
    end: float | None = None


def attempted(
    job: Job,
    task_function: Callable[[DictConfig], Any],
    context: HydraContext,
    *,
    num: int | None,
    attempt: int,
    overrides: Sequence[str],
    journal: JournalWriter | None,
    configures_logging: bool = True,
) -> Attempted:
    """Run a job, and write down that it started and what came of it.

    Args:
        job: The job.
        task_function: What it calls.
        context: Hydra's context.
        num: Its number; None for a job that is no part of a sweep, of which nothing is written.
        attempt: How often it has been started, this time included.
        overrides: Its overrides.
        journal: Where it is written down.
        configures_logging: Whether logging is configured for it.

    Returns:
        Hydra's account of the job, and whether it is written down.

    Raises:
        JournalError: It cannot be written down that the job starts; it has not been run.
    """
    if journal is None or num is None:
        result = job.run(task_function, context, configures_logging=configures_logging)
        return Attempted(result, written=False)
    record: dict[str, Any] = {
        "num": num,
        "overrides": overrides,
        "attempt": attempt,
        "worker": str(os.getpid()),
    }
    start = time.time()
    journal.job_started(**record, start=start)
    try:
        result = job.run(task_function, context, configures_logging=configures_logging)
    except BaseException as error:
        status = "FAILED" if isinstance(error, Exception) else "CANCELLED"
        with contextlib.suppress(JournalError):  # this error is the one to be told
            journal.job_ended(
                **record,
                status=status,
                start=start,
                end=time.time(),
                directory=job.output_dir or "",
                error=told(error),
                traceback="".join(traceback.format_exception(error)),
            )
        raise
    end = time.time()
    try:
        journal.job_ended(
            **record,
            start=start,
            end=end,
            directory=job.output_dir or "",
            **outcome_of(result),
        )
    except JournalError:  # what the job has made must not go with it
        return Attempted(result, False, start, end)
    return Attempted(result, True, start, end)


def outcome_of(result: JobReturn) -> dict[str, Any]:
    """Give what the journal says of what came of a job.

    Args:
        result: Hydra's account of the job.
    """
    value = returned(result)
    if result.status is JobStatus.COMPLETED:
        return {"status": "COMPLETED", "value": value}
    lines = traceback.format_exception(value) if isinstance(value, BaseException) else []
    return {"status": "FAILED", "error": told(value), "traceback": "".join(lines) or None}
