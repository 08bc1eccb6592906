"""What came of a job: of one that ran to its end, and of one that did not.

This module must not know when a job is started.
"""

from __future__ import annotations

import dataclasses
import os
from dataclasses import dataclass
from typing import Any

from hydra.core.utils import JobReturn, JobStatus

from zenrun import errors
from zenrun.job._return import returned
from zenrun.job._run import PlannedJob
from zenrun.launchers._attempt import Attempted
from zenrun.launchers._prepare import Job
from zenrun.launchers._reply import Reply


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt to run a job.

    Attributes:
        result: Hydra's account of it.
        status: How the journal calls it.
        written: Whether it is in the journal already.
        start: When the job began, in seconds since 1970; None if that is not known.
        end: When it ended.
        worker: Where it ran.
        traceback: Where its exception came from, in a worker.
    """

    result: JobReturn
    status: str
    written: bool = True
    start: float | None = None
    end: float | None = None
    worker: str = ""
    traceback: str = ""

    @property
    def failed(self) -> bool:
        """Whether the job failed."""
        return self.status != "COMPLETED"

    @property
    def error(self) -> Any:
        """The job's exception, if it failed."""
        return returned(self.result) if self.failed else None


class WorkerTracebackError(Exception):
    """Shows where an exception was raised in a worker, as its cause."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


def of_result(attempted: Attempted) -> Outcome:
    """Give the outcome of a job that ran in this process.

    Args:
        attempted: What the attempt has come to.
    """
    result, written, start, end = attempted
    status = "COMPLETED" if result.status is JobStatus.COMPLETED else "FAILED"
    return Outcome(result, status, written, start, end, worker=str(os.getpid()))


def of_reply(job: Job, reply: Reply, *, written: bool) -> Outcome:
    """Give the outcome of a job that a worker has run.

    Args:
        job: The job as this process has it.
        reply: What the worker sent back.
        written: Whether the journal has it already.
    """
    if reply.output_dir is not None:
        job.output_dir = reply.output_dir
    try:
        fields, (value, text) = reply.content()
    except Exception as error:  # unpickling runs what the value's class says
        unread = of_error(job, _about_reply(error), "FAILED")
        return dataclasses.replace(
            unread, written=written, start=reply.start, end=reply.end, worker=reply.worker
        )
    cache = fields.pop("cache", None)
    if isinstance(job, PlannedJob) and cache is not None:
        job.keep_cache(cache)
    result = job.account()
    for name, item in fields.items():
        setattr(result, name, item)
    result.return_value = value
    result.status = JobStatus[reply.status]
    if text:
        value.__cause__ = WorkerTracebackError(text)
    return Outcome(
        result, reply.status, written, reply.start, reply.end, reply.worker, traceback=text
    )


def of_error(job: Job, error: Exception, status: str) -> Outcome:
    """Give the outcome of a job that did not run to its end.

    Args:
        job: The job.
        error: What there is to say of it.
        status: How the journal calls it.
    """
    result = job.account()
    result.status = JobStatus.FAILED
    result.return_value = error
    return Outcome(result, status, written=False)


def _about_reply(error: Exception) -> errors.NotPicklableError:
    msg = (
        "The job has run in a worker, and what it returned cannot be read in this process: "
        f"{type(error).__name__}: {error}. A sweep has it on disk all the same: zenrun.load_sweep gives it "
        "where it can be unpickled"
    )
    made = errors.NotPicklableError(msg)
    made.__cause__ = error
    return made
