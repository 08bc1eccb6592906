"""Which jobs a sweep runs, and what a sweeper may say to the sweep that it is part of.

`remembered` and `tell_best` work with the launcher that a sweeper has been given, and do no harm where
that is not one of zenrun's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

__all__ = ["remembered", "tell_best"]

T = TypeVar("T")


def remembered(launcher: Any, key: str, make: Callable[[], T]) -> T:
    """Give a value that a sweeper has to have again when its sweep goes on with ``resume``.

    A search that draws a seed by itself would ask for other jobs than before; with the seed
    remembered it asks for the same.

    Args:
        launcher: The sweeper's launcher.
        key: The value's name in the sweep's journal.
        make: Makes the value, for a sweep that begins: something that JSON can hold.

    Returns:
        What was made when the sweep began.

    Example:
        >>> from zenrun.sweep import remembered
        >>> remembered(None, "seed", lambda: 7)  # no launcher of zenrun's
        7
    """
    sweep = _sweep_of(launcher)
    return make() if sweep is None else sweep.remember(key, make)


def tell_best(launcher: Any, number: float, job_num: int) -> None:
    """Tell the best value of a search so far, for whoever watches the sweep.

    Args:
        launcher: The sweeper's launcher.
        number: The value.
        job_num: The number of the job that gave it.

    Example:
        >>> from zenrun.sweep import tell_best
        >>> tell_best(None, 0.5, 3)
    """
    sweep = _sweep_of(launcher)
    if sweep is not None and sweep.progress is not None:
        sweep.progress.best(number, job_num)


def _sweep_of(launcher: Any) -> Any:
    from zenrun.launchers._sweep_run import SweepRun

    sweep = getattr(launcher, "sweep", None)
    return sweep if isinstance(sweep, SweepRun) else None
