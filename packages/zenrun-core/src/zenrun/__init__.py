"""zenrun: configure, run, sweep and search Hydra experiments without leaving Python.

The names below are imported when they are first used: ``import zenrun`` alone loads nothing else.
"""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers read it as True; `typing` itself takes time to load
if TYPE_CHECKING:
    from typing import Any

    from zenrun._instantiate import instantiate as instantiate
    from zenrun._launch import launch as launch
    from zenrun._report import report as report
    from zenrun._store import ZenStore as ZenStore
    from zenrun._store import store as store
    from zenrun._zen import Zen as Zen
    from zenrun._zen import zen as zen
    from zenrun.compose._overrides import hydra_list as hydra_list
    from zenrun.compose._overrides import multirun as multirun
    from zenrun.compose._swept import grids as grids
    from zenrun.compose._swept import repeat as repeat
    from zenrun.compose._swept import zipped as zipped
    from zenrun.configs._builds import builds as builds
    from zenrun.configs._builds_fn import BuildsFn as BuildsFn
    from zenrun.configs._builds_fn import DefaultBuilds as DefaultBuilds
    from zenrun.configs._custom import make_custom_builds_fn as make_custom_builds_fn
    from zenrun.configs._fields import ZenField as ZenField
    from zenrun.configs._fields import mutable_value as mutable_value
    from zenrun.configs._hydrated import hydrated_dataclass as hydrated_dataclass
    from zenrun.configs._just import just as just
    from zenrun.configs._kwargs_of import kwargs_of as kwargs_of
    from zenrun.configs._make_config import make_config as make_config
    from zenrun.configs._nodes import MISSING as MISSING
    from zenrun.configs._reading import get_target as get_target
    from zenrun.configs._reading import is_partial_builds as is_partial_builds
    from zenrun.configs._reading import uses_zen_processing as uses_zen_processing
    from zenrun.configs._yaml import load_from_yaml as load_from_yaml
    from zenrun.configs._yaml import save_as_yaml as save_as_yaml
    from zenrun.configs._yaml import to_yaml as to_yaml
    from zenrun.results._compare import compare as compare
    from zenrun.results._frames import aggregate_repeats as aggregate_repeats
    from zenrun.results._frames import to_dataframe as to_dataframe
    from zenrun.results._frames import to_xarray as to_xarray
    from zenrun.results._load import load_sweep as load_sweep
    from zenrun.run import hydra_multirun as hydra_multirun
    from zenrun.run import hydra_run as hydra_run

_HOMES = {
    "BuildsFn": "zenrun.configs._builds_fn",
    "DefaultBuilds": "zenrun.configs._builds_fn",
    "MISSING": "zenrun.configs._nodes",
    "Zen": "zenrun._zen",
    "ZenField": "zenrun.configs._fields",
    "ZenStore": "zenrun._store",
    "aggregate_repeats": "zenrun.results._frames",
    "builds": "zenrun.configs._builds",
    "compare": "zenrun.results._compare",
    "get_target": "zenrun.configs._reading",
    "grids": "zenrun.compose._swept",
    "hydra_list": "zenrun.compose._overrides",
    "hydra_multirun": "zenrun.run",
    "hydra_run": "zenrun.run",
    "hydrated_dataclass": "zenrun.configs._hydrated",
    "instantiate": "zenrun._instantiate",
    "is_partial_builds": "zenrun.configs._reading",
    "just": "zenrun.configs._just",
    "kwargs_of": "zenrun.configs._kwargs_of",
    "launch": "zenrun._launch",
    "load_from_yaml": "zenrun.configs._yaml",
    "load_sweep": "zenrun.results._load",
    "make_config": "zenrun.configs._make_config",
    "make_custom_builds_fn": "zenrun.configs._custom",
    "multirun": "zenrun.compose._overrides",
    "mutable_value": "zenrun.configs._fields",
    "repeat": "zenrun.compose._swept",
    "report": "zenrun._report",
    "save_as_yaml": "zenrun.configs._yaml",
    "store": "zenrun._store",
    "to_dataframe": "zenrun.results._frames",
    "to_xarray": "zenrun.results._frames",
    "to_yaml": "zenrun.configs._yaml",
    "uses_zen_processing": "zenrun.configs._reading",
    "zen": "zenrun._zen",
    "zipped": "zenrun.compose._swept",
}

__all__ = [
    "MISSING",
    "BuildsFn",
    "DefaultBuilds",
    "Zen",
    "ZenField",
    "ZenStore",
    "aggregate_repeats",
    "builds",
    "compare",
    "get_target",
    "grids",
    "hydra_list",
    "hydra_multirun",
    "hydra_run",
    "hydrated_dataclass",
    "instantiate",
    "is_partial_builds",
    "just",
    "kwargs_of",
    "launch",
    "load_from_yaml",
    "load_sweep",
    "make_config",
    "make_custom_builds_fn",
    "multirun",
    "mutable_value",
    "repeat",
    "report",
    "save_as_yaml",
    "store",
    "to_dataframe",
    "to_xarray",
    "to_yaml",
    "uses_zen_processing",
    "zen",
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
