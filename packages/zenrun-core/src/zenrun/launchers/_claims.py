"""Calls that wait in another process of this machine, and can be taken back until they begin.

Who makes the file of a call has it: the process that is to call, or the one that takes the call back.

This module must not know what is called.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from zenrun.launchers._temporary import TemporaryFiles


class Claims:
    """The files of the calls that one process has sent."""

    def __init__(self) -> None:
        self._temporary = TemporaryFiles()
        self._files: WeakKeyDictionary[Future[Any], Path] = WeakKeyDictionary()

    def new(self) -> Path:
        """Give the path of a file for another call."""
        return Path(self._temporary.new())

    def keep(self, claim: Path, future: Future[Any]) -> None:
        """Remember which call has which file.

        Args:
            claim: The path of the file.
            future: The call's future.
        """
        self._files[future] = claim
        future.add_done_callback(functools.partial(_remove, claim))

    def take_back(self, future: Future[Any]) -> bool:
        """Take a call back that has not begun.

        Args:
            future: The call's future.

        Returns:
            Whether it was taken back; if not, it has begun, or was never to be taken back.
        """
        claim = self._files.pop(future, None)
        if claim is None:
            return False
        try:
            claim.touch(exist_ok=False)
        except OSError:  # it has begun; or the folder is gone, and nobody takes back what may have
            return False
        return True

    def has_begun(self, future: Future[Any]) -> bool:
        """Say whether a call has begun, or may have: somebody may have removed the folder.

        Args:
            future: The call's future, which is not done.
        """
        claim = self._files.get(future)
        return claim is None or claim.exists() or not claim.parent.exists()

    def close(self) -> None:
        """Remove the files."""
        self._temporary.close()


def _remove(claim: Path, future: Future[Any]) -> None:
    """Remove the file of a call that is over; one whose process has died may not have begun."""
    if not future.cancelled() and future.exception() is None:
        with contextlib.suppress(OSError):
            claim.unlink()


def call_if_claimed(claim: Path, function: Callable[..., Any], *args: Any) -> Any:
    """Call a function, unless the call was taken back.

    Args:
        claim: The path of the call's file.
        function: The function.
        *args: Its arguments.

    Returns:
        What it gives; None where the call was taken back.
    """
    try:
        claim.touch(exist_ok=False)
    except FileExistsError:
        return None
    except OSError:
        pass  # somebody has emptied the folder for temporary files: nothing is taken back then
    return function(*args)
