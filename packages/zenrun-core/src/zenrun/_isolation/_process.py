"""What belongs to the whole process: its working directory, its environment, and Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import warnings
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ProcessState:
    """A working directory and an environment as they were at one moment.

    Attributes:
        cwd: The working directory.
        environ: The environment variables, as `os.environ` keeps them.
    """

    cwd: str
    environ: dict[Any, Any]

    @classmethod
    def take(cls) -> ProcessState:
        """Keep what holds now."""
        return cls(os.getcwd(), dict(_kept_environ()))

    def restore(self) -> None:
        """Put back what held then. A folder that is gone meanwhile costs a warning."""
        if _kept_environ() != self.environ:
            key, value = os.environ.decodekey, os.environ.decodevalue
            _restore_mapping(os.environ, {key(k): value(v) for k, v in self.environ.items()})
        try:
            if os.getcwd() == self.cwd:
                return
        except FileNotFoundError:
            pass  # the task removed the folder that it was in
        try:
            os.chdir(self.cwd)
        except OSError as error:
            msg = f"The working directory cannot be put back to {self.cwd!r}: {error}"
            warnings.warn(msg, RuntimeWarning, stacklevel=2)


def _kept_environ() -> dict[Any, Any]:
    # The private name is there on every Python; to read the variables one by one decodes each.
    kept: dict[Any, Any] = os.environ._data  # type: ignore[attr-defined]  # noqa: SLF001
    return kept


def _restore_mapping(current: MutableMapping[str, str], saved: dict[str, str]) -> None:
    for name in [name for name in current if name not in saved]:
        del current[name]
    for name, value in saved.items():
        if current.get(name) != value:
            current[name] = value


@contextlib.contextmanager
def interrupts_held() -> Iterator[None]:
    """Let a Ctrl-C in the main thread wait until the block has ended, so that none is half done."""
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield
        return
    held: list[tuple[int, object]] = []
    signal.signal(signal.SIGINT, lambda number, frame: held.append((number, frame)))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if held:
            handler(signal.SIGINT, None)
