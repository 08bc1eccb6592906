"""What the journal says of a sweep and of its jobs.

This module must not know how it is written down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zenrun.results._values import StoredValue

FORMAT = 1  # the version of the journal's format, in the first line of each of its files

RUNNING, COMPLETED, FAILED = "RUNNING", "COMPLETED", "FAILED"
TIMED_OUT, LOST, CANCELLED = "TIMED_OUT", "LOST", "CANCELLED"
STATUSES = frozenset({RUNNING, COMPLETED, FAILED, TIMED_OUT, LOST, CANCELLED})


@dataclass(frozen=True)
class SweepHeader:
    """What a sweep was asked for, and by whom.

    Attributes:
        sweep: The id of the process's sweep.
        host: The machine that it was started on.
        pid: Its process there.
        time: When, in seconds since 1970.
        cwd: Its working directory.
        job_name: The name of its jobs.
        config_name: The name of its config.
        overrides: The overrides as they were given.
        config: The task's config as yaml, before any override.
        versions: The versions of zenrun, Hydra and Python.
    """

    sweep: str
    host: str
    pid: int
    time: float
    cwd: str
    job_name: str
    config_name: str
    overrides: tuple[str, ...]
    config: str
    versions: Mapping[str, str]

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> SweepHeader:
        """Read the first line of a file of the journal.

        Args:
            entry: The line.
        """
        texts = {
            name: str(entry.get(name, "")) for name in ("cwd", "job_name", "config_name", "config")
        }
        return cls(
            sweep=str(entry.get("sweep", "")),
            host=str(entry.get("host", "")),
            pid=int(entry.get("pid", 0)),
            time=float(entry.get("time", 0.0)),
            overrides=tuple(entry.get("overrides", ())),
            versions={name: str(entry.get(name, "")) for name in ("zenrun", "hydra", "python")},
            **texts,
        )


@dataclass(frozen=True)
class JobRecord:
    """What is known of a job.

    Attributes:
        num: Its number in the sweep.
        overrides: Its overrides.
        status: "RUNNING", "COMPLETED", "FAILED", "TIMED_OUT", "LOST" (its worker died) or
            "CANCELLED" (it was ended with the sweep).
        attempt: How often it had been started.
        start: When it began, in seconds since 1970.
        end: When it ended, or None.
        host: The machine that it ran on.
        worker: The process there.
        directory: Its folder: below the sweep's if it is relative; empty if it is not known.
        value: What it returned, or None.
        error: Its exception in one line, or None.
        traceback: Where that came from, or None.
    """

    num: int
    overrides: tuple[str, ...]
    status: str
    attempt: int
    start: float
    end: float | None
    host: str
    worker: str
    directory: str
    value: StoredValue | None
    error: str | None
    traceback: str | None

    @property
    def duration(self) -> float | None:
        """How many seconds it took, or None."""
        return None if self.end is None else self.end - self.start


def told(error: Any) -> str:
    """Give an error as one line of text."""
    try:
        text = str(error).strip().splitlines()
    except Exception:  # the class of a user's own
        text = []
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__
