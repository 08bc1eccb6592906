"""Which jobs a sweep runs: a search of your own, and what a sweeper may say to its sweep.

`SearchSweeper` is the base class of searches, and `zenrun.sweep.space` what they search. They are loaded
when they are first named. `remembered` and `tell_best` work with the launcher that any sweeper has been
given, and do no harm where that is not one of zenrun's.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from zenrun.sweep._settings import SearchSettings as SearchSettings
    from zenrun.sweep._sweeper import SearchSweeper as SearchSweeper
    from zenrun.sweep._trials import WAIT as WAIT
    from zenrun.sweep._trials import Searcher as Searcher
    from zenrun.sweep._trials import SearchResult as SearchResult
    from zenrun.sweep._trials import Suggestion as Suggestion
    from zenrun.sweep._trials import Trial as Trial
    from zenrun.sweep._trials import TrialResult as TrialResult

__all__ = [
    "WAIT",
    "SearchResult",
    "SearchSettings",
    "SearchSweeper",
    "Searcher",
    "Suggestion",
    "Trial",
    "TrialResult",
    "remembered",
    "tell_best",
]
_HOMES = {
    "SearchSettings": "_settings",
    "SearchSweeper": "_sweeper",
    "WAIT": "_trials",
    "SearchResult": "_trials",
    "Searcher": "_trials",
    "Suggestion": "_trials",
    "Trial": "_trials",
    "TrialResult": "_trials",
}

T = TypeVar("T")


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    found = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found  # found without this function from now on
    return found


def __dir__() -> list[str]:
    return __all__


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
