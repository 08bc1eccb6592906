"""zenrun: configure, run, sweep and search Hydra experiments without leaving Python.

The names below are imported when they are first used: ``import zenrun`` alone loads nothing else.
"""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers read it as True; `typing` itself takes time to load
if TYPE_CHECKING:
    from typing import Any

    from zenrun._instantiate import instantiate as instantiate
    from zenrun.compose._overrides import hydra_list as hydra_list
    from zenrun.compose._overrides import multirun as multirun
    from zenrun.compose._swept import grids as grids
    from zenrun.compose._swept import repeat as repeat
    from zenrun.compose._swept import zipped as zipped
    from zenrun.configs._builds import builds as builds
    from zenrun.configs._just import just as just
    from zenrun.configs._make_config import make_config as make_config
    from zenrun.configs._nodes import MISSING as MISSING
    from zenrun.results._load import load_sweep as load_sweep
    from zenrun.run import hydra_multirun as hydra_multirun
    from zenrun.run import hydra_run as hydra_run

_HOMES = {
    "MISSING": "zenrun.configs._nodes",
    "builds": "zenrun.configs._builds",
    "grids": "zenrun.compose._swept",
    "hydra_list": "zenrun.compose._overrides",
    "hydra_multirun": "zenrun.run",
    "hydra_run": "zenrun.run",
    "instantiate": "zenrun._instantiate",
    "just": "zenrun.configs._just",
    "load_sweep": "zenrun.results._load",
    "make_config": "zenrun.configs._make_config",
    "multirun": "zenrun.compose._overrides",
    "repeat": "zenrun.compose._swept",
    "zipped": "zenrun.compose._swept",
}

__all__ = [
    "MISSING",
    "builds",
    "grids",
    "hydra_list",
    "hydra_multirun",
    "hydra_run",
    "instantiate",
    "just",
    "load_sweep",
    "make_config",
    "multirun",
    "repeat",
    "zipped",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("zenrun-core")
    if name not in _HOMES:
        msg = f"module 'zenrun' has no attribute {name!r}"
        raise AttributeError(msg)
    from importlib import import_module

    found = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found  # found without this function from now on
    return found


def __dir__() -> list[str]:
    return __all__
