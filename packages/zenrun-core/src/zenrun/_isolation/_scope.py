"""Which run the code that is executing belongs to.

A run is found through the context (`contextvars`), so that nested runs, threads and async tasks
each find their own. `ThreadStarts` hands the run on to the threads that its task starts. Code with
an empty context that is neither in such a thread nor in the main one (a pool that is older than the
run, a thread that a C library started) is taken to belong to the run that was entered last.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False)
class Scope:
    """What is one run's own while it is active.

    Attributes:
        parent: The run whose task started this one, if any.
        instances: Hydra's globals of this run by their class.
        handlers: The logging handlers that this run has configured.
        configures_logging: Whether this run has configured logging.
        loggers: The names of the loggers that this run's configuration of logging speaks of.
        ended: Whether the run is over. Its context may still be about, in a thread.
        endings: What is called when it ends, with the exception that ends it, or None.
    """

    parent: Scope | None
    instances: dict[type, Any] = field(default_factory=dict)
    handlers: list[Any] = field(default_factory=list)
    configures_logging: bool = False
    loggers: set[str] = field(default_factory=set)
    ended: bool = False
    endings: list[Callable[[BaseException | None], None]] = field(default_factory=list)

    def lineage(self) -> Iterator[Scope]:
        """Give this run, the run it was started in, and so on, without those that are over."""
        scope: Scope | None = self
        while scope is not None:
            if not scope.ended:
                yield scope
            scope = scope.parent


CURRENT: ContextVar[Scope | None] = ContextVar("zenrun_scope", default=None)


# In the place of a run in threads that were started outside of every run.
_OUTSIDE = Scope(parent=None)


def find_scope(active: Sequence[Scope]) -> Scope | None:
    """Find the run that the executing code belongs to.

    Args:
        active: The runs that are active, in the order in which they were entered.

    Returns:
        The run, or None where no run is active or the code is in none.
    """
    scope = CURRENT.get()
    if scope is _OUTSIDE:
        return None
    if scope is not None:
        for living in scope.lineage():
            return living
    # The main thread is in a run by its context alone: it may go on while others run jobs.
    elif threading.current_thread() is threading.main_thread():
        return None
    try:
        return active[-1]
    except IndexError:
        return None


class ThreadStarts:
    """Hands the run of the code that starts a thread on to the thread, while runs are active.

    Args:
        active: The runs that are active; the list is read each time.
    """

    def __init__(self, active: Sequence[Scope]) -> None:
        self.active = active
        self._original: Callable[..., None] = threading.Thread.start
        self._installed: Callable[..., None] = self._original

    def install(self) -> None:
        """Stand before `threading.Thread.start`."""
        original, active = self._original, self.active

        def start(thread: threading.Thread) -> None:
            scope, run = find_scope(active) or _OUTSIDE, thread.run

            def run_in_scope() -> None:
                CURRENT.set(scope)
                del thread.run  # what it hides is the class's own
                run()

            thread.run = run_in_scope  # type: ignore[method-assign]
            original(thread)

        self._installed = start
        threading.Thread.start = start  # type: ignore[method-assign, assignment]

    def uninstall(self) -> None:
        """Leave the place before `threading.Thread.start`."""
        if threading.Thread.start is self._installed:
            threading.Thread.start = self._original  # type: ignore[method-assign]
