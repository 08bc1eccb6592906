"""Which run the code that is executing belongs to.

A run is found through the context (`contextvars`), so that nested runs, threads and async tasks
each find their own. A thread that a task starts by itself has an empty context: it is taken to
belong to the run that was entered last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
        ended: Whether the run is over. Its context may still be about, in a thread.
    """

    parent: Scope | None
    instances: dict[type, Any] = field(default_factory=dict)
    handlers: list[Any] = field(default_factory=list)
    configures_logging: bool = False
    ended: bool = False

    def lineage(self) -> Iterator[Scope]:
        """Give this run, the run it was started in, and so on, without those that are over."""
        scope: Scope | None = self
        while scope is not None:
            if not scope.ended:
                yield scope
            scope = scope.parent


CURRENT: ContextVar[Scope | None] = ContextVar("zenrun_scope", default=None)


def find_scope(active: Sequence[Scope]) -> Scope | None:
    """Find the run that the executing code belongs to.

    Args:
        active: The runs that are active, in the order in which they were entered.

    Returns:
        The run, or None where no run is active.
    """
    scope = CURRENT.get()
    if scope is not None:
        for living in scope.lineage():
            return living
    try:
        return active[-1]
    except IndexError:
        return None
