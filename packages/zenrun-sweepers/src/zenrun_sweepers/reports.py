"""What a task may say to the search while it runs: how good it is so far; and hear whether to stop.

These functions do nothing where no Optuna search has started the job, so a task can always call them.
This module must not know Optuna.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol

__all__ = ["Pruned", "TrialPruned", "report", "set_user_attr", "should_prune"]


class TrialPruned(Exception):  # noqa: N818 - Optuna's name for it
    """Raised by a task that ends early because its trial is not promising.

    Raised in a search of Optuna's it ends the job as completed, with a `Pruned` as what it returned.
    ``optuna.TrialPruned`` does the same.
    """


@dataclass(frozen=True)
class Pruned:
    """What a job that was pruned has returned.

    Attributes:
        value: What it reported last, or None.
        step: The step of that report, or None.
    """

    value: float | None = None
    step: int | None = None


class RunningTrial(Protocol):
    """The trial of a job that runs."""

    def report(self, value: float, step: int) -> None:
        """Take an intermediate value."""
        ...

    def should_prune(self) -> bool:
        """Say whether the job may end early."""
        ...

    def set_user_attr(self, key: str, value: Any) -> None:
        """Take an attribute."""
        ...


# What the job of this thread is a trial of.
running: ContextVar[RunningTrial | None] = ContextVar("running", default=None)


def report(value: float, step: int) -> None:
    """Report how good a job is after a step.

    Args:
        value: What the search looks at, as it is after the step.
        step: The step's number, such as the epoch; an int from 0 on. Of two reports of the same step the
            later one holds.

    Raises:
        ScoreError: The value is no number.
        SweeperError: The step is none, or the search has several objectives, or its study cannot be
            reached from here.

    Example:
        >>> from zenrun_sweepers import report, should_prune
        >>> report(0.5, step=0)  # no search has started this
        >>> should_prune()
        False
    """
    trial = running.get()
    if trial is not None:
        trial.report(value, step)


def should_prune() -> bool:
    """Say whether the job had better end, going by what it and other jobs have reported.

    A task that hears True raises `TrialPruned`.

    Returns:
        What the search's pruner says; False where there is no pruner or no search.

    Raises:
        SweeperError: The search's study cannot be reached from here.
    """
    trial = running.get()
    return trial is not None and trial.should_prune()


def set_user_attr(key: str, value: Any) -> None:
    """Have the job's trial keep something, for ``optuna-dashboard`` and others that read the study.

    Args:
        key: Its name.
        value: What JSON can hold.

    Raises:
        SweeperError: The search's study cannot be reached from here.
    """
    trial = running.get()
    if trial is not None:
        trial.set_user_attr(key, value)
