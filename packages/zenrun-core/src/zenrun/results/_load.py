"""A sweep as its directory tells it: finished, running, or dead.

This module must not know how jobs run.
"""

from __future__ import annotations

import dataclasses
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, overload

from zenrun.errors import JobFailedError, PickledValueError
from zenrun.results._lock import holder_of, is_held
from zenrun.results._reader import SweepJournal, read_journal
from zenrun.results._records import COMPLETED, LOST, RUNNING, JobRecord
from zenrun.results._show import ROWS, Shown, Table


@dataclass(frozen=True)
class SweepJob:
    """One job of a sweep, as the sweep's directory tells it.

    Attributes:
        num: Its number in the sweep.
        overrides: Its overrides.
        status: "COMPLETED", "FAILED", "TIMED_OUT", "LOST" (its worker died, or the sweep was
            killed), "CANCELLED" (it was ended with the sweep), or "RUNNING".
        attempt: How often it has been started.
        start: When it began, in seconds since 1970.
        end: When it ended, or None.
        duration: How many seconds it took, or None.
        host: The machine that it ran on.
        worker: The process there.
        directory: Its folder, or None if that is not known.
        error: Its exception in one line, or None.
        traceback: Where that came from, or None.
        shown: What it returned as text, cut where it is long; empty if it has not returned.
    """

    num: int
    overrides: tuple[str, ...]
    status: str
    attempt: int
    start: float
    end: float | None
    duration: float | None
    host: str
    worker: str
    directory: Path | None
    error: str | None
    traceback: str | None
    shown: str
    _record: JobRecord = field(repr=False, compare=False)
    _unpickle: bool = field(repr=False, compare=False)

    @property
    def return_value(self) -> Any:
        """What the task returned.

        Raises:
            JobFailedError: It has not returned.
            PickledValueError: It would have to be unpickled, and that was not asked for.
            JournalError: It is not on the disk as it was written.
        """
        value = self._record.value
        if self.status != COMPLETED or value is None:
            tail = (
                f"\n{self.traceback}" if self.traceback else f": {self.error}" if self.error else ""
            )
            msg = f"Job {self.num} ({' '.join(self.overrides)}) is {self.status}{tail}"
            raise JobFailedError(msg)
        if not value.is_plain and not self._unpickle:
            msg = (
                f"What job {self.num} returned, {value.shown}, is pickled, and unpickling runs whatever "
                "whoever wrote the file wants. If you trust the directory: "
                "load_sweep(directory, unpickle=True)"
            )
            raise PickledValueError(msg)
        return value.load()

    def seen_value(self) -> Any:
        """Give what the task returned so far as that is known without unpickling, else its text."""
        value = self._record.value
        if value is None:
            return None
        if value.is_plain:
            return value.load()
        known = value.number if value.form is None else value.form
        return Shown(value.shown) if known is None else known


class Sweep(Sequence[SweepJob]):
    """The jobs of a sweep, by their number, as the sweep's directory tells it.

    Args:
        directory: The directory.
        journal: What its journal says.
        unpickle: Whether values may be unpickled.

    Attributes:
        directory: The directory.
        status: "RUNNING", "FINISHED", "FAILED", "INTERRUPTED" (by Ctrl-C), "DEAD" (its process is gone and
            has not said how), or "UNKNOWN" (its process is, or was, on another machine, or the file
            system has no locks).
        config: The task's config as yaml, before any override.
        overrides: The sweep's overrides as they were given.
        notes: What its sweeper has written down.
        damaged: How many lines of the journal are not what was written.
    """

    def __init__(self, directory: Path, journal: SweepJournal, *, unpickle: bool) -> None:
        self.directory = directory
        header = journal.headers[-1] if journal.headers else None
        self.config = "" if header is None else header.config
        self.overrides = () if header is None else header.overrides
        self.notes = dict(journal.notes)
        self.damaged = journal.damaged
        self.status = _status(directory, journal)
        self._jobs = [
            _job(_seen(journal.jobs[num], self.status), directory, unpickle=unpickle)
            for num in sorted(journal.jobs)
        ]

    @overload
    def __getitem__(self, index: int) -> SweepJob: ...
    @overload
    def __getitem__(self, index: slice) -> list[SweepJob]: ...
    def __getitem__(self, index: int | slice) -> SweepJob | list[SweepJob]:
        """Give a job, or several, by their place among the jobs."""
        return self._jobs[index]

    def __len__(self) -> int:
        """Count the jobs that were started."""
        return len(self._jobs)

    def __repr__(self) -> str:
        """Show the sweep as a short table."""
        return self._table(ROWS).text()

    def _repr_html_(self) -> str:
        """Show the sweep in a notebook."""
        return self._table(3 * ROWS).html()

    def _table(self, rows: int) -> Table:
        from zenrun.results._job_table import shown_jobs  # which is above this module
        from zenrun.results._rows import rows_of

        title = f"{self.status} sweep of {len(self)} jobs in {self.directory}"
        notes = [f"{self.damaged} damaged lines were left out"] if self.damaged else []
        return shown_jobs(rows_of(self), rows, title, notes)


def load_sweep(directory: str | os.PathLike[str], *, unpickle: bool = False) -> Sweep:
    """Read what a sweep has left in its directory: also while it runs, and after it was killed.

    Args:
        directory: The sweep's directory: ``hydra.sweep.dir``.
        unpickle: Whether what jobs returned may be unpickled. Numbers, texts, lists and dicts are read
            without. Unpickling runs code that whoever wrote the file has chosen, so it is only done
            where you say that you trust the directory.

    Returns:
        The jobs that were started, each with its overrides, status, times and result.

    Raises:
        JournalError: No sweep is there, or none that this version of zenrun can read.

    Example:
        >>> from zenrun import hydra_multirun, load_sweep
        >>> _ = hydra_multirun(
        ...     {"x": 1}, lambda cfg: cfg.x**2, ["x=1,2,3", "hydra.sweep.dir=squares"]
        ... )
        >>> [job.return_value for job in load_sweep("squares")]
        [1, 4, 9]
    """
    path = Path(os.path.abspath(directory))
    return Sweep(path, read_journal(path), unpickle=unpickle)


def _seen(record: JobRecord, sweep: str) -> JobRecord:
    """Give a job's record as it is to be seen: a job that ran when its sweep was killed is lost."""
    gone = record.status == RUNNING and sweep not in {"RUNNING", "UNKNOWN"}
    return dataclasses.replace(record, status=LOST) if gone else record


def _job(record: JobRecord, sweep_dir: Path, *, unpickle: bool) -> SweepJob:
    return SweepJob(
        num=record.num,
        overrides=record.overrides,
        status=record.status,
        attempt=record.attempt,
        start=record.start,
        end=record.end,
        duration=record.duration,
        host=record.host,
        worker=record.worker,
        directory=sweep_dir / record.directory if record.directory else None,
        error=record.error,
        traceback=record.traceback,
        shown="" if record.value is None else record.value.shown,
        _record=record,
        _unpickle=unpickle,
    )


def _status(directory: Path, journal: SweepJournal) -> str:
    held = is_held(directory)
    if held:
        return "RUNNING"
    if journal.end is not None:
        return journal.end
    here = holder_of(directory).get("host") in {None, socket.gethostname()}
    return "DEAD" if here and held is not None else "UNKNOWN"
