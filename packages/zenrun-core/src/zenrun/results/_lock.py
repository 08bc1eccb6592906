"""One process at a time runs a sweep in a directory.

The system takes the lock away when the process is gone, however it went. This module must not know what a
sweep does.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
import weakref
from pathlib import Path
from typing import Any

from zenrun.errors import JournalError, SweepRunningError
from zenrun.results._writer import FOLDER

try:
    import fcntl
except ImportError:  # where there is none, nothing is locked
    fcntl = None  # type: ignore[assignment]

_NAME = "lock"
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
_WAITS = (0, 0.005, 0.02, 0.05, 0.1)  # seconds before each try


_held: weakref.WeakSet[SweepLock] = weakref.WeakSet()


def _forget_in_child() -> None:
    """Have processes that are forked while a sweep runs not keep its lock when it is gone."""
    for lock in list(_held):
        lock.drop()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_in_child)


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
            file = self._locked()
        except OSError as error:
            msg = (
                f"The sweep cannot write to its directory, {str(self._path.parent.parent)!r}: "
                f"{error.strerror or error}. No job has been run. The directory is hydra.sweep.dir: "
                "choose another by an override such as hydra.sweep.dir=/somewhere/else"
            )
            raise JournalError(msg, str(self._path)) from error
        holder = json.dumps({"host": socket.gethostname(), "pid": os.getpid()})
        with contextlib.suppress(OSError):  # it only helps the next one's message
            os.ftruncate(file, 0)
            os.write(file, holder.encode())
        self.drop()
        self._file = file
        _held.add(self)

    def _locked(self) -> int:
        """Open the file and lock it; that it is still the one of that name is seen afterwards."""
        for wait in _WAITS:
            time.sleep(wait)
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                file = os.open(self._path, _FLAGS, 0o666)
            except (FileExistsError, FileNotFoundError):  # another sweep puts the folder aside
                if wait == _WAITS[-1]:
                    raise
                continue
            try:
                if fcntl is not None:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:  # by a sweep, or for a moment by who looks whether there is one
                os.close(file)
                continue
            except OSError:
                pass  # a file system without locks
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file), self._path.stat()):
                    return file
            os.close(file)
        raise self._about()

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None and fcntl is not None:
            with contextlib.suppress(OSError):
                fcntl.flock(self._file, fcntl.LOCK_UN)
        self.drop()

    def drop(self) -> None:
        """Close the file: the lock stays with other processes that have it from this one."""
        _held.discard(self)
        if self._file is not None:
            file, self._file = self._file, None
            os.close(file)

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


def is_held(sweep_dir: Path) -> bool | None:
    """Say whether a process of this machine, or of one that shares its locks, has the lock.

    Args:
        sweep_dir: The directory.

    Returns:
        None where that cannot be known: the file system has no locks, or does not let one look.
    """
    if fcntl is None:
        return None
    try:
        file = os.open(Path(sweep_dir, FOLDER, _NAME), os.O_RDONLY)
    except FileNotFoundError:
        return False
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return None
    finally:
        os.close(file)
    return False
