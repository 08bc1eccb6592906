"""Where jobs can run: what the scheduling of jobs needs to know of it.

This module must not know what a job is, or when one is started.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, Protocol

from zenrun import errors

if TYPE_CHECKING:
    from typing_extensions import Self


class HasSubmit(Protocol):
    """The part of `concurrent.futures.Executor` that is used."""

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> Any:
        """Have a function called somewhere, and give a future of its result."""
        ...


class Workers:
    """Where jobs run. This class is their plan, and runs each call at once, in this process.

    Attributes:
        places: How many jobs run at once; None where there is no limit that is known.
        remote: Whether jobs are sent as bytes to another process.
        beside: Whether calls run beside each other in this process.
        forgets: Whether each call has a process of its own, that keeps nothing.
        can_kill: Whether a job that runs can be ended.
        can_give: Whether GPUs and threads can be given out to places.
        ahead: How many calls may wait at a place while it is busy with one.
    """

    places: int | None = 1
    remote = False
    beside = False
    forgets = False
    can_kill = False
    can_give = False
    ahead = 0

    def submit(self, place: int, function: Callable[..., Any], *args: Any) -> Future[Any]:
        """Have a function called, at the next `flush` at the latest.

        Args:
            place: Which of the places is to call it, from 0 on.
            function: The function.
            *args: Its arguments.

        Returns:
            A future of its result.
        """
        future: Future[Any] = Future()
        try:
            future.set_result(function(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    def flush(self) -> None:
        """Send the calls that have been submitted, where they are sent several at once."""

    def take_back(self, place: int, future: Future[Any]) -> bool:
        """Take a call back that has not begun; its future is of no use then.

        Args:
            place: The place.
            future: What `submit` gave for a call that was sent while the place was busy.

        Returns:
            Whether it was taken back; if not, it has begun.
        """
        return False

    def withdraw(self, place: int, future: Future[Any]) -> bool:
        """Cancel a call that waits in a queue still; one that has begun goes on.

        Args:
            place: The place.
            future: What `submit` gave.

        Returns:
            Whether it is certain that it was not called, and will not be.
        """
        return False

    def is_running(self, place: int, future: Future[Any]) -> bool:
        """Say whether the function is being called by now, and not waiting for a worker.

        Args:
            place: The place.
            future: What `submit` gave.
        """
        return future.running()

    def has_died(self, error: BaseException) -> bool:
        """Say whether an error means that the worker has died, and not that the function raised it.

        Args:
            error: What the future raised.
        """
        return False

    def kill(self, place: int, future: Future[Any]) -> None:
        """End a call that is running. The place is good for another one afterwards.

        Args:
            place: The place.
            future: What `submit` gave.
        """

    def close(self, *, kill: bool = False) -> None:
        """Give back what was made for the jobs.

        Args:
            kill: Whether calls that are running are ended.
        """

    def __enter__(self) -> Self:
        """Give itself, to be closed when the block is left."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Close it; calls that are running are ended if the block was left by an error."""
        self.close(kill=kind is not None)

    def __str__(self) -> str:
        return "locally"


class OnThreads(Workers):
    """Threads of this process.

    Args:
        executor: The caller's pool.
    """

    beside = True

    def __init__(self, executor: ThreadPoolExecutor) -> None:
        self._executor = executor
        self.places = executor._max_workers  # noqa: SLF001 - there is no public name

    def submit(self, place: int, function: Callable[..., Any], *args: Any) -> Future[Any]:
        """Have a thread call a function, in the run of the code that asks."""
        return self._executor.submit(copy_context().run, function, *args)

    def __str__(self) -> str:
        return f"on {self.places} threads"


class OnExecutor(Workers):
    """An executor that the caller has made and goes on to own.

    Args:
        executor: Anything with ``submit``, after `concurrent.futures.Executor`.
    """

    remote = True

    def __init__(self, executor: HasSubmit) -> None:
        self._executor = executor
        known = getattr(executor, "_max_workers", None)
        self.places = known if isinstance(known, int) and known > 0 else None

    def submit(self, place: int, function: Callable[..., Any], *args: Any) -> Future[Any]:
        """Have the executor call a function."""
        try:
            future = self._executor.submit(function, *args)
        except Exception as error:
            future = Future()  # a pool that has lost a process says so here, for each call
            future.set_exception(error)
            return future
        if not callable(getattr(future, "add_done_callback", None)):
            msg = (
                f"executor.submit of {self._executor!r} gives {type(future).__name__} objects, which "
                "are no futures: they have no add_done_callback. An executor is used as "
                "concurrent.futures.Executor says"
            )
            raise errors.ExecutorError(msg)
        made: Future[Any] = future
        return made

    def withdraw(self, place: int, future: Future[Any]) -> bool:
        """Cancel a call that waits for a worker."""
        return bool(future.cancel())

    def has_died(self, error: BaseException) -> bool:
        """Say whether the executor has lost a process."""
        return isinstance(error, BrokenExecutor)

    def __str__(self) -> str:
        name = type(self._executor).__name__
        return f"on {name}" if self.places is None else f"on {name} with {self.places} workers"
