"""A sweep that goes on: which of its jobs are finished, and whether it is still the same sweep.

This module must not know how jobs run.
"""

from __future__ import annotations

import dataclasses
import difflib
import logging
import os
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from hydra.core.utils import JobReturn, JobStatus

from zenrun import _hydra, errors
from zenrun.launchers._prepare import JobPreparer
from zenrun.results._facts import note_facts
from zenrun.results._reader import SweepJournal
from zenrun.results._records import COMPLETED, FAILED, LOST, TIMED_OUT, JobRecord

log = logging.getLogger("zenrun.sweep")


class Resumed:
    """What an earlier process has left of a sweep.

    Args:
        journal: What it wrote down.
        sweep_dir: The sweep's directory, for messages.
    """

    def __init__(self, journal: SweepJournal, sweep_dir: Path) -> None:
        self._sweep_dir = Path(os.path.abspath(sweep_dir))
        self._headers = journal.headers
        self._jobs = dict(journal.jobs)
        self._by_overrides: defaultdict[tuple[str, ...], deque[JobRecord]] = defaultdict(deque)
        for num in sorted(self._jobs):
            record = self._jobs[num]
            self._by_overrides[record.overrides].append(record)
        self._used = set(self._jobs)
        self._next = max(self._used, default=-1) + 1
        self.notes = journal.notes

    def check_config(self, config: str) -> None:
        """See whether the sweep's config is the one that it began with.

        Args:
            config: The config as yaml.

        Raises:
            ResumeError: It is another one.
        """
        before = self._headers[-1].config if self._headers else None
        if before is None:
            msg = (
                f"The journal of the sweep in {str(self._sweep_dir)!r} has lost the part that says "
                "what its config was, so it cannot be gone on with. What its jobs returned is read "
                "by zenrun.load_sweep"
            )
            raise errors.ResumeError(msg)
        if before == config:
            return
        lines = difflib.unified_diff(
            before.splitlines(), config.splitlines(), "as it began", "now", lineterm="", n=1
        )
        msg = (
            f"The sweep in {str(self._sweep_dir)!r} began with another config, so its results would "
            "not belong together. Go on with the config that it had, or start another sweep:\n"
            + "\n".join(lines)
        )
        raise errors.ResumeError(msg)

    def check_jobs(self, jobs: Sequence[Sequence[str]], first: int | None = None) -> None:
        """See whether every job that was there is still asked for.

        Args:
            jobs: The overrides of the jobs asked for: all there are, or those of one batch.
            first: The number of the batch's first job; None where these are all there are.

        Raises:
            ResumeError: Jobs are gone: the sweep's overrides are others than they were.
        """
        asked = {tuple(overrides) for overrides in jobs}
        nums = self._jobs if first is None else range(first, first + len(jobs))
        known = [self._jobs[num] for num in nums if num in self._jobs]
        gone = [record for record in known if record.overrides not in asked]
        if not gone:
            return
        lines = [f"-#{record.num} {' '.join(record.overrides)}" for record in gone[:10]]
        there = {record.overrides for record in known}
        new = [overrides for overrides in jobs if tuple(overrides) not in there]
        lines += [f"+ {' '.join(overrides)}" for overrides in new[:10]]
        began = self._headers[-1].overrides if self._headers else ()
        msg = (
            f"The sweep in {str(self._sweep_dir)!r} has jobs that are not asked for any more. It "
            f"began with the overrides {list(began)!r}; going on with it may add jobs, and not "
            "change or leave out any. A search needs the seed and settings that it had. Jobs that were there (-), "
            "and that are asked for instead (+):\n" + "\n".join(lines)
        )
        raise errors.ResumeError(msg)

    def has(self, num: int) -> bool:
        """Say whether a job was there.

        Args:
            num: Its number.
        """
        return num in self._jobs

    def take(self, num: int, overrides: Sequence[str]) -> tuple[int, JobRecord | None]:
        """Find what is known of a job.

        Args:
            num: The number that it would have.
            overrides: Its overrides.

        Returns:
            The number that it has, and its record if there is one. A job that was not there before
            gets a number that no other has had.
        """
        found = self._by_overrides.get(tuple(overrides))
        if found:
            record = next((item for item in found if item.num == num), found[0])
            found.remove(record)
            directory = str(self._sweep_dir / record.directory) if record.directory else ""
            return record.num, dataclasses.replace(record, directory=directory)
        if num in self._used:
            num = self._next
        self._used.add(num)
        self._next = max(self._next, num + 1)
        return num, None


def resumed_batch(
    resumed: Resumed,
    preparer: JobPreparer,
    job_overrides: Sequence[Sequence[str]],
    first: int,
    *,
    keep_failed: bool = False,
) -> Iterator[tuple[int, JobReturn | None]]:
    """Give each job of a batch its number, and its JobReturn if it has finished before.

    Args:
        resumed: What an earlier process has left.
        preparer: Composes jobs, of which only what is read is built.
        job_overrides: The overrides of each job.
        first: The number that the first job would have.
        keep_failed: Whether a job that has failed is over, and does not run again.

    Yields:
        For each job, in the order of the overrides, its number, and None if it has to run again.

    Raises:
        ResumeError: Jobs of the batch that were there are not asked for any more.
    """
    resumed.check_jobs(job_overrides, first)
    for asked, overrides in enumerate(job_overrides, first):
        num, record = resumed.take(asked, overrides)
        if record is None:
            yield num, None
        elif keep_failed and record.status in _FAILED:
            yield num, _failed(preparer, num, record)
        else:
            yield num, _finished(preparer, num, record)


_FAILED = frozenset({FAILED, TIMED_OUT, LOST})


def _failed(preparer: JobPreparer, num: int, record: JobRecord) -> JobReturn:
    """Give the JobReturn of a job that has failed before."""
    result = _account(preparer, num, record)
    result.status = JobStatus.FAILED
    shown = " ".join(record.overrides)
    msg = f"Job {num} ({shown}) is {record.status}, since before the sweep went on: {record.error}"
    result.return_value = errors.JobFailedError(msg)
    return result


def _finished(preparer: JobPreparer, num: int, record: JobRecord) -> JobReturn | None:
    """Give the JobReturn of a job that has finished before; None if it has to run again."""
    if record.status != COMPLETED or record.value is None:
        return None
    try:
        value = record.value.load()
    except Exception as error:  # unpickling raises anything
        log.warning("Job %s runs again, as what it returned cannot be read: %s", num, error)
        return None
    result = _account(preparer, num, record)
    result.status = JobStatus.COMPLETED
    result.return_value = value
    return result


def _account(preparer: JobPreparer, num: int, record: JobRecord) -> JobReturn:
    job = preparer.job(num, record.overrides)
    if record.directory:
        job.output_dir = record.directory
    result = job.account()
    result.working_dir = record.directory if job.chdir else os.getcwd()
    result.task_name = _hydra.job_name()
    note_facts(
        result,
        num=num,
        status=record.status,
        duration=record.duration,
        directory=record.directory,
    )
    return result
