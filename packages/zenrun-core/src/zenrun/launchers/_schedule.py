"""When each job starts: places, retries, time limits, and what a failure means for the others.

Results come back in the order in which jobs were given, whichever finished first. This module
must not know what a job is or how it is sent anywhere.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import queue
import time
from collections import deque
from collections.abc import Iterable
from concurrent import futures
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from zenrun.launchers._ahead import SHORT, Ahead
from zenrun.launchers._workers import Workers

T = TypeVar("T")
E = TypeVar("E", bound="Ended")
_LOOK_AROUND = 0.25  # seconds between looks at time limits and the progress view
_LONGEST_PAUSE = 300.0
_GRACE = 0.25  # seconds for what has ended when the sweep does


@dataclass
class Entry(Generic[T]):
    """One job, on its way through the schedule.

    Attributes:
        item: The job.
        attempt: How often it has been started, this time included.
    """

    item: T
    attempt: int = 0


@dataclass(frozen=True)
class Limits:
    """What bounds the running of jobs.

    Attributes:
        concurrent: How many run at once at most; None for as many as there are places.
        timeout: How many seconds one may run; None for no limit.
        retries: How often one that failed is started again.
        backoff: How many seconds pass before the first time; each further time takes twice as long.
        ahead: Whether the next job may be sent to a place where a short one still runs.
    """

    concurrent: int | None = None
    timeout: float | None = None
    retries: int = 0
    backoff: float = 0.0
    ahead: bool = True


class Ended(Protocol):
    """What came of a job."""

    @property
    def failed(self) -> bool:
        """Whether the job failed."""
        ...


class Crew(Protocol[T, E]):
    """Starts jobs, and says what came of them."""

    def start(self, entry: Entry[T], place: int) -> Future[Any]:
        """Send a job to a place."""
        ...

    def begins(self, entry: Entry[T]) -> None:
        """Hear that a job has its place to itself from now on."""
        ...

    def ended(self, entry: Entry[T], place: int, future: Future[Any]) -> E | None:
        """Say what came of a job; None where it has to be started once more, and was not run."""
        ...

    def timed_out(self, entry: Entry[T]) -> E:
        """Say what came of a job whose time was over."""
        ...

    def settle(self, entry: Entry[T], ended: E, *, again: bool) -> bool:
        """Take what came of a job; again says that it will be started once more.

        Returns:
            Whether further jobs may start.
        """
        ...

    def look_around(self) -> None:
        """Do what has to be done now and then."""
        ...


@dataclass
class _Sent(Generic[T]):
    entry: Entry[T]
    place: int
    since: float
    was_ahead: bool = False
    deadline: float | None = None


class Schedule(Generic[T, E]):
    """Runs jobs at the places there are; the next one starts the moment a place is free.

    While jobs are short, further ones are sent to each place ahead of time, so that a worker need not
    wait for them. Those that have come to wait for a longer job are taken back.

    Args:
        workers: Where they run.
        limits: What bounds them.
        crew: Starts them, and says what came of them.
        items: The jobs; each is asked for when there is a place for it. None among them means that there
            is none now, and that there may be others once a job has ended.
    """

    def __init__(
        self, workers: Workers, limits: Limits, crew: Crew[T, E], items: Iterable[T | None]
    ) -> None:
        self._workers = workers
        self._limits = limits
        self._crew = crew
        self._items = iter(items)
        self._again: deque[Entry[T]] = deque()
        self._paused: list[tuple[float, int, Entry[T]]] = []
        self._numbers = itertools.count()
        self._places = _Places(workers.places, limits.concurrent)
        self._running: dict[Future[Any], _Sent[T]] = {}
        self._ahead: Ahead[Future[Any]] = Ahead(workers.ahead if limits.ahead else 0)
        self._done: queue.SimpleQueue[Future[Any]] = queue.SimpleQueue()
        self._go_on = True

    def run(self) -> None:
        """Run jobs until all have ended, or no further one may start and those running have ended.

        Raises:
            BaseException: What the crew, or Ctrl-C, raises. Jobs that run then go on running.
        """
        while True:
            self._start_jobs()
            if not self._running and not self._paused:
                return
            future = self._next_done()
            while future is not None:
                self._take(future)
                future = None if self._done.empty() else self._done.get()
            self._end_overdue()
            self._take_back_overdue()
            self._crew.look_around()

    def end_running(self) -> list[Entry[T]]:
        """End the jobs that run now, where that can be done, and give them.

        What came of those that have ended meanwhile is still taken.
        """
        for place, future in self._ahead.all():
            self._taken_back(place, future)
        with contextlib.suppress(KeyboardInterrupt):  # a second one ends the waiting alone
            futures.wait(
                self._running, timeout=_GRACE
            )  # some have ended, and are on their way here
        running, self._running = self._running, {}
        over = {future: item for future, item in running.items() if future.done()}
        for future, item in running.items():
            future.cancel()
            if not future.done():
                self._workers.kill(item.place, future)
        for future, item in over.items():
            with contextlib.suppress(Exception):  # another error ends the sweep
                ended = self._crew.ended(item.entry, item.place, future)
                if ended is not None:
                    self._crew.settle(item.entry, ended, again=False)
        return [item.entry for future, item in running.items() if future not in over]

    def _start_jobs(self) -> None:
        remote = self._workers.remote
        # Where jobs run in this process, one is over when it has been started: see to it first.
        while self._go_on and (remote or self._done.empty()) and self._start_one():
            pass
        self._workers.flush()

    def _start_one(self) -> bool:
        if self._places.has_free():
            entry = self._next_entry() or self._any_taken_back()
            if entry is not None:
                self._crew.begins(entry)
                self._send(entry, self._places.take())
            return entry is not None
        place = self._ahead.place_for_one(self._places.number)
        entry = None if place is None else self._next_entry()
        if place is not None and entry is not None:
            self._ahead.add(place, self._send(entry, place, ahead=True))
        return entry is not None

    def _send(self, entry: Entry[T], place: int, *, ahead: bool = False) -> Future[Any]:
        entry.attempt += 1
        future = self._crew.start(entry, place)
        self._running[future] = _Sent(entry, place, time.monotonic(), was_ahead=ahead)
        future.add_done_callback(self._done.put)
        return future

    def _any_taken_back(self) -> Entry[T] | None:
        taken = (self._taken_back(place, future) for place, future in self._ahead.all())
        return next((entry for entry in taken if entry is not None), None)

    def _taken_back(self, place: int, future: Future[Any]) -> Entry[T] | None:
        """Take a job back that waits at a place, unless it has begun."""
        if not self._workers.take_back(place, future):
            return None
        self._ahead.drop(place, future)
        entry = self._running.pop(future).entry
        entry.attempt -= 1
        return entry

    def _take_back_overdue(self) -> None:
        now = time.monotonic()
        for place, future in self._ahead.all():
            if now - self._running[future].since > SHORT:
                entry = self._taken_back(place, future)
                if entry is not None:
                    self._again.appendleft(entry)

    def _next_entry(self) -> Entry[T] | None:
        if self._paused and self._paused[0][0] <= time.monotonic():
            return heapq.heappop(self._paused)[2]
        if self._again:
            return self._again.popleft()
        item = next(self._items, None)
        return None if item is None else Entry(item)

    def _next_done(self) -> Future[Any] | None:
        wait = _LOOK_AROUND
        if self._paused and self._places.has_free():
            wait = min(wait, max(0.0, self._paused[0][0] - time.monotonic()))
        try:
            return self._done.get(timeout=wait)
        except queue.Empty:
            return None

    def _take(self, future: Future[Any]) -> None:
        sent = self._running.pop(future, None)
        if sent is None:
            return  # its time was over before, or it was taken back
        self._ahead.job_took(time.monotonic() - sent.since)
        if not self._ahead.drop(sent.place, future):  # or else its worker died of the one before it
            self._leave(sent.place)
        if sent.was_ahead and future.exception() and self._workers.take_back(sent.place, future):
            ended = None
        else:
            ended = self._crew.ended(sent.entry, sent.place, future)
        if ended is None:
            sent.entry.attempt -= 1
            self._again.append(sent.entry)
        else:
            self._settle(sent.entry, ended)

    def _leave(self, place: int) -> None:
        """Give a place to the one that waits there, or free it."""
        future = self._ahead.next(place)
        if future is None:
            self._places.free(place)
        else:
            sent = self._running[future]
            sent.since = time.monotonic()
            self._crew.begins(sent.entry)

    def _settle(self, entry: Entry[T], ended: E) -> None:
        again = ended.failed and self._go_on and entry.attempt <= self._limits.retries
        if not self._crew.settle(entry, ended, again=again):
            self._go_on = False
            self._paused.clear()
            self._withdraw_waiting()
        if again and self._go_on:
            pause = min(self._limits.backoff * 2 ** (entry.attempt - 1), _LONGEST_PAUSE)
            heapq.heappush(self._paused, (time.monotonic() + pause, next(self._numbers), entry))

    def _withdraw_waiting(self) -> None:
        for future, sent in list(self._running.items()):
            if self._workers.withdraw(sent.place, future):
                self._running.pop(future)
                self._places.free(sent.place)

    def _end_overdue(self) -> None:
        if self._limits.timeout is None:
            return
        now = time.monotonic()
        for future, running in list(self._running.items()):
            if running.deadline is None:
                if self._workers.is_running(running.place, future):
                    running.deadline = now + self._limits.timeout
            elif now >= running.deadline and not future.done():
                del self._running[future]
                self._workers.kill(running.place, future)
                self._leave(running.place)
                self._settle(running.entry, self._crew.timed_out(running.entry))


class _Places:
    """The places that are free, the first ones first.

    Attributes:
        number: How many places there are, if that is limited.
    """

    def __init__(self, *limits: int | None) -> None:
        known = [limit for limit in limits if limit is not None]
        self.number = min(known, default=0)
        self._free = list(range(self.number)) if known else None
        self._next = 0

    def has_free(self) -> bool:
        return self._free is None or bool(self._free)

    def take(self) -> int:
        if self._free is not None:
            return heapq.heappop(self._free)
        self._next += 1
        return self._next - 1

    def free(self, place: int) -> None:
        if self._free is not None:
            heapq.heappush(self._free, place)
