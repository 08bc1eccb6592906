"""One process at a time runs a sweep in a directory.

The system takes the lock away when the process is gone, however it went. This module must not know what a
sweep does.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from pathlib import Path
from typing import Any

from zenrun.errors import JournalError, SweepRunningError
from zenrun.results._writer import FOLDER

try:
    import fcntl
except ImportError:  # where there is none, nothing is locked
    fcntl = None  # type: ignore[assignment]

_NAME = "lock"


class SweepLock:
    """The lock of a sweep's directory.

    Args:
        sweep_dir: The directory.
    """

    def __init__(self, sweep_dir: Path) -> None:
        self._path = Path(sweep_dir, FOLDER, _NAME)
        self._file: int | None = None

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            SweepRunningError: Another process has it.
            JournalError: The file cannot be made.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
        except OSError as error:
            msg = (
                f"The sweep cannot write to its directory, {str(self._path.parent.parent)!r}: "
                f"{error.strerror or error}. No job has been run. The directory is hydra.sweep.dir: "
                "choose another by an override such as hydra.sweep.dir=/somewhere/else"
            )
            raise JournalError(msg, str(self._path)) from error
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                os.close(file)
                raise self._about() from error
            except OSError:
                pass  # a file system without locks
        holder = json.dumps({"host": socket.gethostname(), "pid": os.getpid()})
        with contextlib.suppress(OSError):  # it only helps the next one's message
            os.ftruncate(file, 0)
            os.write(file, holder.encode())
        self._file = file

    def check(self) -> None:
        """See that nobody has the lock.

        Raises:
            SweepRunningError: Another process has it.
        """
        if is_held(self._path.parent.parent):
            raise self._about()

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _about(self) -> SweepRunningError:
        holder = holder_of(self._path.parent.parent)
        who = f"process {holder.get('pid', '?')} on {holder.get('host', '?')}"
        msg = (
            f"A sweep is running in {str(self._path.parent.parent)!r} already ({who}). Two would overwrite "
            "each other's jobs: wait for it, or choose another directory by hydra.sweep.dir"
        )
        return SweepRunningError(msg)


def holder_of(sweep_dir: Path) -> dict[str, Any]:
    """Tell which process has, or last had, the lock of a directory.

    Args:
        sweep_dir: The directory.
    """
    with contextlib.suppress(OSError, ValueError):
        found = json.loads(Path(sweep_dir, FOLDER, _NAME).read_text())
        if isinstance(found, dict):
            return found
    return {}


def is_held(sweep_dir: Path) -> bool:
    """Say whether a process of this machine, or of one that shares its locks, has the lock.

    Args:
        sweep_dir: The directory.
    """
    if fcntl is None:
        return False
    try:
        file = os.open(Path(sweep_dir, FOLDER, _NAME), os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(file)
    return False
