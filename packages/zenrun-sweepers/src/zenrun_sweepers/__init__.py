"""zenrun-sweepers: sweepers that search, for zenrun and for any Hydra app.

The names below are imported when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zenrun_sweepers.random_search import RandomSearchSweeper as RandomSearchSweeper

_HOMES = {"RandomSearchSweeper": "zenrun_sweepers.random_search"}

__all__ = ["RandomSearchSweeper"]


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
