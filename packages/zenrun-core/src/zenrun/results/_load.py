"""A sweep as its directory tells it: finished, running, or dead.

This module must not know how jobs run.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

from zenrun.errors import JobFailedError, PickledValueError
from zenrun.results._lock import holder_of, is_held
from zenrun.results._reader import SweepJournal, read_journal
from zenrun.results._records import COMPLETED, JobRecord

_WIDE = 40
_ROWS = 20


@dataclass(frozen=True)
class SweepJob:
    """One job of a sweep, as the sweep's directory tells it.

    Attributes:
        num: Its number in the sweep.
        overrides: Its overrides.
        status: "COMPLETED", "FAILED", "TIMED_OUT", "LOST" (its worker died), "CANCELLED" (it was ended
            with the sweep), or "RUNNING" (also where the sweep was killed meanwhile).
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
    _record: JobRecord
    _unpickle: bool

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


class Sweep(Sequence[SweepJob]):
    """The jobs of a sweep, by their number, as the sweep's directory tells it.

    Args:
        directory: The directory.
        journal: What its journal says.
        unpickle: Whether values may be unpickled.

    Attributes:
        directory: The directory.
        status: "RUNNING", "FINISHED", "FAILED", "INTERRUPTED" (by Ctrl-C), "DEAD" (its process is gone and
            has not said how), or "UNKNOWN" (its process is, or was, on another machine).
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
            _job(journal.jobs[num], directory, unpickle=unpickle) for num in sorted(journal.jobs)
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
        head = f"{self.status} sweep of {len(self)} jobs in {self.directory}"
        rows = [
            (f"#{job.num}", job.status, _cut(" ".join(job.overrides)), _cut(job.shown or job.error))
            for job in self._jobs[:_ROWS]
        ]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)] if rows else []
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        more = [f"... and {len(self) - _ROWS} more"] if len(self) > _ROWS else []
        damaged = [f"{self.damaged} damaged lines were left out"] if self.damaged else []
        return "\n".join([head, *lines, *more, *damaged])


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
    if is_held(directory):
        return "RUNNING"
    if journal.end is not None:
        return journal.end
    here = holder_of(directory).get("host") in {None, socket.gethostname()}
    return "DEAD" if here else "UNKNOWN"


def _cut(text: str | None) -> str:
    line = " ".join((text or "").split())
    return line if len(line) <= _WIDE else f"{line[: _WIDE - 3]}..."
