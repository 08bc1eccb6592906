"""zenrun-sweepers: sweepers that search, for zenrun and for any Hydra app.

The names below are imported when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zenrun_sweepers.grid_search import GridSearchSweeper as GridSearchSweeper
    from zenrun_sweepers.optuna_search import OptunaSweeper as OptunaSweeper
    from zenrun_sweepers.quasi_random import QuasiRandomSweeper as QuasiRandomSweeper
    from zenrun_sweepers.random_search import RandomSearchSweeper as RandomSearchSweeper
    from zenrun_sweepers.reports import Pruned as Pruned
    from zenrun_sweepers.reports import TrialPruned as TrialPruned
    from zenrun_sweepers.reports import report as report
    from zenrun_sweepers.reports import set_user_attr as set_user_attr
    from zenrun_sweepers.reports import should_prune as should_prune

_HOMES = {
    "GridSearchSweeper": "zenrun_sweepers.grid_search",
    "OptunaSweeper": "zenrun_sweepers.optuna_search",
    "Pruned": "zenrun_sweepers.reports",
    "QuasiRandomSweeper": "zenrun_sweepers.quasi_random",
    "RandomSearchSweeper": "zenrun_sweepers.random_search",
    "TrialPruned": "zenrun_sweepers.reports",
    "report": "zenrun_sweepers.reports",
    "set_user_attr": "zenrun_sweepers.reports",
    "should_prune": "zenrun_sweepers.reports",
}

__all__ = [
    "GridSearchSweeper",
    "OptunaSweeper",
    "Pruned",
    "QuasiRandomSweeper",
    "RandomSearchSweeper",
    "TrialPruned",
    "report",
    "set_user_attr",
    "should_prune",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("zenrun-sweepers")
    if name not in _HOMES:
        msg = f"module 'zenrun_sweepers' has no attribute {name!r}"
        raise AttributeError(msg)
    found = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = found  # found without this function from now on
    return found


def __dir__() -> list[str]:
    return __all__
