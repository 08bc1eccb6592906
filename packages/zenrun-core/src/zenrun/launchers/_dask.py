"""Workers of a Dask cluster: one made for the sweep, or one that is there.

A job is one task of Dask's. Its reply comes back as an event, in the stream that tells of its end: so
nothing has to be fetched, and a job that has finished is not run again when its worker is lost.

Source: https://distributed.dask.org
"""

from __future__ import annotations

import contextlib
import itertools
import pickle
import threading
import time
import uuid
import warnings
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from operator import attrgetter
from typing import Any

from zenrun.launchers._claims import Claims, call_if_claimed
from zenrun.launchers._dask_places import DaskPlaces
from zenrun.launchers._dask_worker import REPLIED, STARTED, call_in_worker, distributed, end_process
from zenrun.launchers._travel import cloudpickle
from zenrun.launchers._workers import Workers

_LARGE = 1_000_000
_EXIT, _RESTART = 3.0, 60.0  # seconds
_GLANCE = 0.1
AHEAD = 8  # calls at a place; Dask takes several at once for little more than one


class _Call(Future[Any]):
    """A call on its way.

    Attributes:
        number: Which one it is.
        place: Where it is to run.
        packed: What is called, pickled.
        task: Dask's own future.
        worker: The one worker that may call it; None for any.
        address: The worker that has started it.
    """

    def __init__(self, number: int, place: int, packed: bytes) -> None:
        super().__init__()
        self.number = number
        self.place = place
        self.packed = packed
        self.task: Any = None
        self.worker: str | None = None
        self.address: str | None = None

    def settle(self, result: Any = None, error: BaseException | None = None) -> None:
        """Take what came of it, unless that is known; Dask need not keep it."""
        if self.task is not None:
            self.task.release()
        with contextlib.suppress(InvalidStateError):
            if error is None:
                self.set_result(result)
            else:
                self.set_exception(error)


class _LostError(Exception):
    """Dask has let go of a call."""


class DaskWorkers(Workers):
    """The workers that a client of Dask's reaches. A job has a worker process for itself.

    Args:
        client: The client.
        places: How many jobs run at once; None for all that Dask finds workers for.
        resources: What each job takes of Dask's own resources.
        owned: Closes what was made for the jobs.
        claims: The files of the calls, where the workers are on this machine. Without them nobody
            could say whether a call has begun that its worker has not told of.
        ahead: How many calls may wait at a place; there have to be claims then.
    """

    remote = True
    can_kill = True
    can_give = True

    def __init__(
        self,
        client: Any,
        places: int | None,
        resources: dict[str, float] | None = None,
        owned: contextlib.ExitStack | None = None,
        *,
        claims: Claims | None = None,
        ahead: int = 0,
    ) -> None:
        self.places = places
        self.ahead = ahead
        self._claims = claims
        self._client = client
        self._resources = resources or None
        self._owned = owned
        self._died: type[Exception] = distributed().scheduler.KilledWorker
        self._topic = f"zenrun-{uuid.uuid4().hex[:16]}"
        self._numbers = itertools.count()
        self._keys = itertools.count()
        self._calls: dict[int, _Call] = {}
        self._unsent: list[_Call] = []
        self._workers = DaskPlaces(client) if ahead else None
        self._fallen: set[str] = set()
        self._open = True
        self._look = threading.Event()
        client.subscribe_topic(self._topic, self._hear)
        threading.Thread(target=self._watch, name="zenrun-dask", daemon=True).start()

    def submit(self, place: int, function: Callable[..., Any], *args: Any) -> Future[Any]:
        """Have a worker call a function, once `flush` has sent it."""
        if self._claims is None:
            call = self._call(place, function, *args)
        else:
            claim = self._claims.new()
            call = self._call(place, call_if_claimed, claim, function, *args)
            self._claims.keep(claim, call)
        self._calls[call.number] = call
        self._unsent.append(call)
        return call

    def _call(self, place: int, function: Callable[..., Any], *args: Any) -> _Call:
        return _Call(next(self._numbers), place, cloudpickle().dumps((function, args)))

    def flush(self) -> None:
        """Send the calls that have been submitted: to Dask several at once are little more than one."""
        unsent, self._unsent = self._unsent, []
        for place, calls in itertools.groupby(unsent, key=attrgetter("place")):
            self._send(place, list(calls))

    def _send(self, place: int, calls: list[_Call]) -> None:
        worker = self._workers.worker(place) if self._workers is not None else None
        with contextlib.ExitStack() as stack:
            # A large part is sent once to each worker; Dask would advise on that.
            if sum(len(call.packed) for call in calls) > _LARGE:
                stack.enter_context(warnings.catch_warnings())
                warnings.simplefilter("ignore")
            tasks = self._client.map(
                call_in_worker,
                [self._topic] * len(calls),
                [call.number for call in calls],
                [call.packed for call in calls],
                [worker is None] * len(calls),
                # Of calls sent at once Dask has those whose keys sort first run first.
                key=[f"{self._topic}-{next(self._keys):012}" for _ in calls],
                pure=False,
                retries=0,
                resources=self._resources,
                workers=worker,
                fifo_timeout=0,  # those sent soon after others would run among them
            )
        for call, task in zip(calls, tasks, strict=True):
            call.task, call.worker = task, worker
            if call.done():
                task.release()

    def _hear(self, event: Any) -> None:
        """Take a worker's message."""
        number, kind, content = event[1]
        call = self._calls.get(number)
        if call is None:
            return
        if kind == STARTED:
            call.address = content
            if not call.running():
                call.set_running_or_notify_cancel()
        elif kind == REPLIED:
            self._take(call, content)
        else:
            self._look.set()

    def _take(self, call: _Call, packed: bytes) -> None:
        """Take a worker's reply."""
        if self._calls.pop(call.number, None) is None:
            return
        try:
            reply = pickle.loads(packed)  # noqa: S301 - from our own processes
        except Exception as error:
            call.settle(error=error)
            return
        if reply is None and self._claims is not None:
            msg = "its worker was lost, and Dask called it once more elsewhere"
            call.settle(error=_LostError(msg))
        else:
            call.settle(reply)

    def _watch(self) -> None:
        """Look for calls that Dask has more to say of than their workers have told."""
        while self._open:
            self._look.wait(_GLANCE)
            self._look.clear()
            for call in list(self._calls.values()):
                if call.task is not None and call.task.status != "pending":
                    self._see(call, call.task)
            with contextlib.suppress(Exception):  # the client is being closed
                self._look_for_gone_workers()

    def _look_for_gone_workers(self) -> None:
        """Look for calls whose worker is gone: Dask would have them wait for it."""
        if self._workers is None or not self._calls or not self._workers.are_due():
            return
        there = self._workers.look()
        for call in list(self._calls.values()):
            if call.worker is None or call.worker in there or self._claims is None:
                continue
            if not self._claims.has_begun(call):
                self._send_again(call)
            elif self._calls.pop(call.number, None) is not None:
                call.settle(error=_LostError(f"the worker at {call.worker} is gone"))

    def _send_again(self, call: _Call) -> None:
        call.task.release()
        self._send(call.place, [call])

    def _see(self, call: _Call, task: Any) -> None:
        """Take what Dask says of a call's end."""
        try:
            packed = task.result()
        except BaseException as error:  # Dask's cancelling may be an exception of either kind
            if isinstance(error, self._died) and self._is_bystander(call, error):
                if self._workers is not None:
                    self._workers.look()  # the place may be another worker by now
                self._send_again(call)
                return
            lost = not isinstance(error, Exception) or task.cancelled()
            made = _LostError(f"{type(error).__name__}: {error}") if lost else error
            if self._calls.pop(call.number, None) is not None:
                call.settle(error=made)
        else:
            self._take(call, packed)

    def _is_bystander(self, call: _Call, error: Any) -> bool:
        """Say whether a call only waited at a worker that has died of another one."""
        if self._claims is not None:
            return not self._claims.has_begun(call)
        last = error.last_worker.address
        if call.address is not None:
            self._fallen.add(call.address)
            return False
        others = [item.address for item in list(self._calls.values())]
        return last in self._fallen or last in others

    def take_back(self, place: int, future: Future[Any]) -> bool:
        """Take a call back that has not begun."""
        if self._claims is None or not isinstance(future, _Call):
            return False
        taken = self._claims.take_back(future)
        if taken:
            self._calls.pop(future.number, None)
            if future.task is not None:
                future.task.release()
        return taken

    def is_running(self, place: int, future: Future[Any]) -> bool:
        """Say whether a worker has begun with it."""
        return isinstance(future, _Call) and self._address(future) is not None

    def _address(self, call: _Call) -> str | None:
        """Give the worker that has begun with a call."""
        if call.worker is None or self._claims is None:
            return call.address
        return call.worker if self._claims.has_begun(call) else None

    def has_died(self, error: BaseException) -> bool:
        """Say whether Dask has lost the worker."""
        return isinstance(error, (self._died, _LostError))

    def kill(self, place: int, future: Future[Any]) -> None:
        """Have the worker process that calls a function started anew."""
        if isinstance(future, _Call):
            self._end([future])

    def _end(self, calls: list[_Call]) -> None:
        for call in calls:
            self._calls.pop(call.number, None)
        addresses = {found for call in calls if (found := self._address(call)) is not None}
        self._fallen |= addresses
        tasks = [call.task for call in calls if call.task is not None]
        with contextlib.suppress(Exception):  # where Dask is gone, the jobs are
            if tasks:
                self._client.cancel(tasks, force=True)
            if addresses:
                self._exit(addresses)

    def _exit(self, addresses: set[str]) -> None:
        """End worker processes. Their nannies start others."""
        client = self._client
        client.run(end_process, workers=sorted(addresses), wait=False, on_error="ignore")
        last = time.monotonic() + _EXIT
        while addresses & set(client.nthreads()):
            if time.monotonic() > last:  # a call that never lets go of the interpreter
                client.restart_workers(sorted(addresses), timeout=_RESTART, raise_for_error=False)
                return
            time.sleep(0.02)

    def close(self, *, kill: bool = False) -> None:
        """Give the cluster back, or end it if it was made for the jobs."""
        if not self._open:
            return
        self._open = False
        self._look.set()
        if self._owned is not None:
            self._calls.clear()
            self._owned.close()
            self._forget_claims()
            return
        if kill:
            self._end(list(self._calls.values()))
        with contextlib.suppress(Exception):
            self._client.unsubscribe_topic(self._topic)
        self._forget_claims()

    def _forget_claims(self) -> None:
        if self._claims is not None:
            self._claims.close()

    def __str__(self) -> str:
        if self.places is None:
            return "on Dask"
        return f"on {self.places} worker{'s' if self.places != 1 else ''} of Dask"
