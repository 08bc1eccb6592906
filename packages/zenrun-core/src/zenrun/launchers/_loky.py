"""Processes on this machine, each a pool of one of loky's: one that dies takes no other along.

Source: https://loky.readthedocs.io
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future
from typing import Any

from zenrun._extras import library
from zenrun.launchers._claims import Claims, call_if_claimed
from zenrun.launchers._resources import Shares
from zenrun.launchers._worker import warm_up
from zenrun.launchers._workers import Workers

_LOOK_FOR_PARENT = 0.2  # seconds


class LokyWorkers(Workers):
    """Processes on this machine, started when they are needed.

    Args:
        places: How many; by default one for each core that this process may use.
        shares: What of the machine each of them gets.
    """

    remote = True
    can_kill = True
    can_give = True
    ahead = 1

    def __init__(self, places: int | None = None, shares: Shares | None = None) -> None:
        self._loky = library("loky", extra="parallel", what_for="executor='loky'")
        shares = shares or Shares()
        self.places: int = shares.places(places or self._loky.cpu_count())
        self._environments = [
            shares.environment(place, self.places, self._loky.cpu_count())
            for place in range(self.places)
        ]
        self._pools: dict[int, Any] = {}
        self._started: dict[int, Future[Any]] = {}
        self._latest: dict[int, Future[Any]] = {}
        self._claims = Claims()

    def submit(self, place: int, function: Callable[..., Any], *args: Any) -> Future[Any]:
        """Have a process call a function; it is started if it is not there."""
        latest = self._latest.get(place)
        if latest is None or latest.done():
            future = self._submit(place, function, *args)
        else:  # it waits for that one, and may be taken back
            claim = self._claims.new()
            future = self._submit(place, call_if_claimed, claim, function, *args)
            self._claims.keep(claim, future)
        self._latest[place] = future
        return future

    def _submit(self, place: int, function: Callable[..., Any], *args: Any) -> Future[Any]:
        if place not in self._pools:
            self._start(place)
        try:
            future: Future[Any] = self._pools[place].submit(function, *args)
        except BrokenExecutor:  # it died since its last job
            self._drop(place)
            self._start(place)
            future = self._pools[place].submit(function, *args)
        return future

    def _start(self, place: int) -> None:
        self._pools[place] = self._loky.ProcessPoolExecutor(
            max_workers=1, env=self._environments[place]
        )
        self._started[place] = self._pools[place].submit(_begin, os.getpid())

    def take_back(self, place: int, future: Future[Any]) -> bool:
        """Take a call back that has not begun."""
        return self._claims.take_back(future)

    def is_running(self, place: int, future: Future[Any]) -> bool:
        """Say whether the process is up, and has loaded what jobs need."""
        started = self._started.get(place)
        return started is not None and started.done()

    def has_died(self, error: BaseException) -> bool:
        """Say whether the process has died."""
        return isinstance(error, BrokenExecutor)

    def kill(self, place: int, future: Future[Any]) -> None:
        """End the process; the place's next call starts another one."""
        self._drop(place)

    def _drop(self, place: int) -> None:
        pool = self._pools.pop(place, None)
        self._started.pop(place, None)
        if pool is not None:
            with contextlib.suppress(Exception):  # what is broken may say so once more
                pool.shutdown(wait=True, kill_workers=True)

    def close(self, *, kill: bool = False) -> None:
        """End the processes."""
        for place in list(self._pools) if kill else ():
            self._drop(place)
        for pool in self._pools.values():
            pool.shutdown(wait=False)
        for pool in self._pools.values():
            pool.shutdown(wait=True)
        self._pools.clear()
        self._claims.close()

    def __str__(self) -> str:
        return f"on {self.places} process{'es' if self.places != 1 else ''} of this machine"


def _begin(parent: int) -> None:
    """Make a process ready for its first job.

    Args:
        parent: The process that has started it, without which it is of no use.
    """
    # A terminal sends Ctrl-C here too. What it means is the parent's to say: an error in the middle of
    # sending a result would have the parent wait for the other half. A handler, and not SIG_IGN, which
    # programs that jobs start would have as well.
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, lambda *_: None)
    threading.Thread(target=_leave_with, args=(parent,), name="zenrun-parent", daemon=True).start()
    warm_up()


def _leave_with(parent: int) -> None:
    """End this process when its parent is gone: loky's wait for ever for one that was killed."""
    while os.getppid() == parent:
        time.sleep(_LOOK_FOR_PARENT)
    os._exit(1)
