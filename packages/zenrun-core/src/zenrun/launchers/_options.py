"""What a user says about where and how the jobs of a sweep run, checked.

This module must not know how any of it is done.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from zenrun import errors
from zenrun.launchers._resources import Resources
from zenrun.launchers._schedule import Limits

ON_FAILURE = ("raise", "stop", "return")


@dataclass(frozen=True)
class LaunchOptions:
    """What was said about the running of jobs; None where nothing was said.

    Attributes:
        executor: Where jobs run.
        concurrent: How many run at once at most.
        timeout: How many seconds one may run.
        retries: How often one that failed is started again.
        backoff: How many seconds pass before that.
        resources: What each needs.
        on_failure: What a failed job means for the others.
        progress: Whether progress is shown.
        on_job_end: Called with each job's JobReturn.
        resume: The sweep directory to go on with, or "last".
    """

    executor: Any = None
    concurrent: int | None = None
    timeout: float | None = None
    retries: int | None = None
    backoff: float | None = None
    resources: Any = None
    on_failure: str | None = None
    progress: bool | None = None
    on_job_end: Callable[[Any], Any] | None = None
    resume: Any = None

    def __post_init__(self) -> None:
        """Check each of them.

        Raises:
            ExecutorError: One has a value that it cannot have.
        """
        _check("concurrent", self.concurrent, (int,), 1, "how many jobs run at once")
        _check("timeout", self.timeout, (int, float), None, "how many seconds a job may run")
        _check("retries", self.retries, (int,), 0, "how often a failed job is started again")
        _check("backoff", self.backoff, (int, float), 0, "how many seconds pass before that")
        if self.on_failure not in (None, *ON_FAILURE):
            choices = ", ".join(map(repr, ON_FAILURE))
            msg = f"on_failure is one of {choices}; given was {self.on_failure!r}"
            raise errors.ExecutorError(msg)
        if self.progress not in (None, True, False):
            msg = f"progress is True, False or None; given was {self.progress!r}"
            raise errors.ExecutorError(msg)
        if self.on_job_end is not None and not callable(self.on_job_end):
            msg = f"on_job_end is called with each job's JobReturn; given was {self.on_job_end!r}"
            raise errors.ExecutorError(msg)
        Resources.read(self.resources)

    def over(self, others: LaunchOptions) -> LaunchOptions:
        """Give the options where these go before others.

        Args:
            others: What holds where these say nothing.
        """
        names = [field.name for field in dataclasses.fields(self)]
        said = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        return dataclasses.replace(others, **said)

    def limits(self) -> Limits:
        """Give what bounds the running of jobs."""
        return Limits(
            self.concurrent,
            self.timeout,
            self.retries or 0,
            self.backoff or 0.0,
            # The time of a job begins when it does, and after a failure none may: both are this
            # process's to say.
            ahead=self.timeout is None and self.on_failure != "stop",
        )

    def about_workers(self) -> list[str]:
        """Name the options given that only zenrun's own launchers serve."""
        names = ("executor", "concurrent", "timeout", "retries", "backoff", "resources")
        return [name for name in names if getattr(self, name) is not None]


def _check(name: str, value: Any, kinds: tuple[type, ...], least: float | None, what: str) -> None:
    if value is None:
        return
    of_kind = isinstance(value, kinds) and not isinstance(value, bool) and value == value  # noqa: PLR0124 - not NaN
    if not of_kind or (value < least if least is not None else value <= 0):
        bound = "above 0" if least is None else f"from {least} on"
        number = "a whole number" if kinds == (int,) else "a number"
        msg = f"{name} is {what}, {number} {bound}; given was {value!r}"
        raise errors.ExecutorError(msg)
