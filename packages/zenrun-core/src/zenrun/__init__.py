"""zenrun: configure, run, sweep and search Hydra experiments without leaving Python.

The names below are imported when they are first used: ``import zenrun`` alone loads nothing else.
"""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers read it as True; `typing` itself takes time to load
if TYPE_CHECKING:
    from typing import Any

    from zenrun._instantiate import instantiate as instantiate
    from zenrun._launch import launch as launch
    from zenrun._zen import Zen as Zen
    from zenrun._zen import zen as zen
    from zenrun.compose._overrides import hydra_list as hydra_list
    from zenrun.compose._overrides import multirun as multirun
    from zenrun.configs._builds import builds as builds
    from zenrun.configs._just import just as just
    from zenrun.configs._make_config import make_config as make_config
    from zenrun.configs._nodes import MISSING as MISSING
    from zenrun.results._load import load_sweep as load_sweep
    from zenrun.run import hydra_multirun as hydra_multirun
    from zenrun.run import hydra_run as hydra_run

_HOMES = {
    "MISSING": "zenrun.configs._nodes",
    "Zen": "zenrun._zen",
    "builds": "zenrun.configs._builds",
    "hydra_list": "zenrun.compose._overrides",
    "hydra_multirun": "zenrun.run",
    "hydra_run": "zenrun.run",
    "instantiate": "zenrun._instantiate",
    "just": "zenrun.configs._just",
    "launch": "zenrun._launch",
    "load_sweep": "zenrun.results._load",
    "make_config": "zenrun.configs._make_config",
    "multirun": "zenrun.compose._overrides",
    "zen": "zenrun._zen",
}

__all__ = [
    "MISSING",
    "Zen",
    "builds",
    "hydra_list",
    "hydra_multirun",
    "hydra_run",
    "instantiate",
    "just",
    "launch",
    "load_sweep",
    "make_config",
    "multirun",
    "zen",
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
