"""The journal of a sweep, written by one of its processes.

Each process has a file of its own, which nobody else writes to: so many machines can share a sweep's
directory. A line is written by one call, and never changed. This module must not know what the jobs are.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zenrun.errors import JournalError
from zenrun.results._lines import encode_line
from zenrun.results._records import FORMAT, RUNNING
from zenrun.results._values import store_value

FOLDER = ".zenrun"
JOURNAL = "journal"
# A file system that has to put one file on the disk puts all the jobs' new files there as well, which
# costs more than the jobs. The end of a process loses nothing; a crash of the machine, the last half minute.
_SYNC_EVERY = 30.0  # seconds
_NO_VALUE = object()


class JournalWriter:
    """Writes down what happens to the jobs of a sweep.

    Args:
        sweep_dir: The sweep's directory.
        head: What the first line says besides the format's version, the host and the process.

    Attributes:
        name: The name of the process's file.
    """

    def __init__(self, sweep_dir: Path, head: Mapping[str, Any]) -> None:
        self._sweep_dir = os.path.abspath(sweep_dir)
        self._folder = Path(self._sweep_dir, FOLDER)
        self._host = socket.gethostname()
        self.name = f"{self._host}-{os.getpid()}-{uuid.uuid4().hex[:8]}.jsonl"
        self._path = self._folder / JOURNAL / self.name
        self._head = dict(head)
        self._file: int | None = None
        self._synced = time.monotonic()

    def job_started(
        self, num: int, overrides: Sequence[str], attempt: int, worker: str, start: float
    ) -> None:
        """Write down that a job runs.

        Args:
            num: Its number.
            overrides: Its overrides.
            attempt: How often it has been started, this time included.
            worker: The process that runs it.
            start: When it began, in seconds since 1970.

        Raises:
            JournalError: It cannot be written.
        """
        self._write(
            {
                "job": num,
                "overrides": list(overrides),
                "status": RUNNING,
                "attempt": attempt,
                "start": start,
                "host": self._host,
                "worker": worker,
            }
        )

    def job_ended(
        self,
        num: int,
        overrides: Sequence[str],
        attempt: int,
        worker: str,
        status: str,
        start: float,
        end: float,
        directory: str = "",
        value: Any = _NO_VALUE,
        error: str | None = None,
        traceback: str | None = None,
    ) -> None:
        """Write down what came of a job.

        Args:
            num: Its number.
            overrides: Its overrides.
            attempt: How often it had been started.
            worker: The process that ran it.
            status: How it ended.
            start: When it began, in seconds since 1970.
            end: When it ended.
            directory: Its folder, if that is known.
            value: What it returned, if it returned.
            error: Its exception in one line.
            traceback: Where that came from.

        Raises:
            JournalError: It cannot be written.
        """
        entry: dict[str, Any] = {
            "job": num,
            "overrides": list(overrides),
            "status": status,
            "attempt": attempt,
            "start": start,
            "end": end,
            "host": self._host,
            "worker": worker,
            "directory": self._relative(directory),
        }
        if value is not _NO_VALUE:
            try:
                entry["value"] = store_value(value, self._folder, num, attempt)
            except OSError as problem:
                raise self._about(problem, f"what job {num} returned") from problem
        if error is not None:
            entry["error"] = error
        if traceback is not None:
            entry["traceback"] = traceback
        self._write(entry)

    def note(self, key: str, value: Any) -> None:
        """Write down something that the sweep has to know when it goes on.

        Args:
            key: Its name.
            value: What JSON can hold.

        Raises:
            JournalError: It cannot be written.
        """
        self._write({"note": key, "value": value})

    def end(self, status: str) -> None:
        """Write down how the sweep ended.

        Args:
            status: "FINISHED", "FAILED" or "INTERRUPTED".

        Raises:
            JournalError: It cannot be written.
        """
        self._write({"end": status, "time": time.time()})

    def has_file(self, name: str) -> bool:
        """Say whether another process's file is in the same journal.

        Args:
            name: The file's name.
        """
        return (self._path.parent / name).exists()

    def open(self) -> None:
        """Begin the process's file, if that has not been done.

        Raises:
            JournalError: It cannot be made.
        """
        if self._file is not None:
            return
        first = {
            "zenrun_journal": FORMAT,
            **self._head,
            "host": self._host,
            "pid": os.getpid(),
            "time": time.time(),
        }
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(
                self._path,
                os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0),
                0o666,
            )
            self._append(encode_line(first))
        except OSError as error:
            raise self._about(error, "its first line") from error

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._sync()
            os.close(self._file)
            self._file = None

    def _relative(self, directory: str) -> str:
        inside = self._sweep_dir + os.sep
        return directory.removeprefix(inside)

    def _write(self, entry: dict[str, Any]) -> None:
        self.open()
        try:
            self._append(encode_line(entry))
            self._sync()
        except OSError as error:
            raise self._about(error, f"the entry of job {entry.get('job', '-')}") from error

    def _append(self, line: bytes) -> None:
        assert self._file is not None
        before = os.fstat(self._file).st_size
        try:
            written = os.write(self._file, line)
            if written < len(line):  # the disk is full: the rest says why
                os.write(self._file, line[written:])
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, before)
            raise

    def _sync(self) -> None:
        now = time.monotonic()
        if now - self._synced >= _SYNC_EVERY:
            self._synced = now
            assert self._file is not None
            with contextlib.suppress(OSError):  # some file systems have no fsync
                os.fsync(self._file)

    def _about(self, error: OSError, what: str) -> JournalError:
        msg = (
            f"The journal of the sweep cannot be written to {str(self._path)!r} ({what}): "
            f"{error.strerror or error}. What is in it stays readable, by zenrun.load_sweep; once there is "
            "room again, resume= goes on with the jobs that are not in it"
        )
        return JournalError(msg, str(self._path))
