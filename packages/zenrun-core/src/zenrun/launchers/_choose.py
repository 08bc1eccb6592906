"""From what a user calls an executor to where jobs run.

This module must not know how jobs are sent there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zenrun import errors
from zenrun.launchers._options import LaunchOptions
from zenrun.launchers._resources import Resources, Shares
from zenrun.launchers._workers import OnExecutor, OnThreads, Workers

_EXAMPLE = "executor='loky', or concurrent.futures.ProcessPoolExecutor(4)"


@dataclass(frozen=True)
class Named:
    """An executor by its name, with settings of its own.

    Attributes:
        name: The name.
        settings: The settings.
    """

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)


def make_workers(options: LaunchOptions, sweep_dir: Path | None = None) -> Workers:
    """Give where jobs run.

    Args:
        options: What the user said.
        sweep_dir: The sweep's directory; None for a job that is no part of one.

    Raises:
        ExecutorError: It is nothing that jobs can run on, or it cannot do what was asked for.
        MissingExtraError: A library that it needs is not installed.
    """
    resources = Resources.read(options.resources)
    workers = _workers(options, resources, sweep_dir or Path())
    if options.timeout is not None and not workers.can_kill:
        msg = (
            f"timeout= ends a job by ending its process, and jobs that run {workers} cannot be ended. "
            "Use executor='loky', 'dask' or 'submitit'"
        )
        raise errors.ExecutorError(msg)
    if options.resources is not None and not workers.can_give:
        msg = (
            f"resources= cannot be given out to jobs that run {workers}: zenrun has no say in what "
            "its processes get. Use executor='loky', 'dask' or 'submitit', or share the machine out "
            "where the executor is made"
        )
        raise errors.ExecutorError(msg)
    return workers


def _workers(options: LaunchOptions, resources: Resources, folder: Path) -> Workers:
    executor = options.executor
    if executor is None:
        return Workers()
    if isinstance(executor, Workers):
        return executor
    if isinstance(executor, str):
        is_address = "://" in executor
        executor = Named("dask", {"address": executor}) if is_address else Named(executor)
    if isinstance(executor, Named):
        make = _BY_NAME.get(executor.name)
        if make is None:
            names = ", ".join(map(repr, _BY_NAME))
            msg = (
                f"executor={executor.name!r} is not known; there are {names}, the address of a "
                f"scheduler of Dask's, such as 'tcp://10.0.0.1:8786', and objects: {_EXAMPLE}"
            )
            raise errors.ExecutorError(msg)
        return make(options, resources, folder, dict(executor.settings))
    if isinstance(executor, ThreadPoolExecutor):
        return OnThreads(executor)
    if _is_a(executor, "distributed", "Client"):
        from zenrun.launchers._dask_clients import over_client

        return over_client(executor, options.concurrent, resources)
    if _is_a(executor, "distributed", "Cluster"):
        from zenrun.launchers._dask_clients import at_address

        return at_address(executor, options.concurrent, resources)
    if _is_a(executor, "submitit", "Executor"):
        from zenrun.launchers._submitit_asked import over_executor

        return over_executor(executor, options.concurrent)
    if callable(getattr(executor, "submit", None)):
        return OnExecutor(executor)
    msg = (
        f"executor is a name, or an object with submit as in concurrent.futures.Executor; given was "
        f"{executor!r} of type {type(executor).__name__}. Examples: {_EXAMPLE}"
    )
    raise errors.ExecutorError(msg)


def _is_a(executor: Any, package: str, name: str) -> bool:
    """Say whether an object is of a class, of a package that need not be installed."""
    return any(
        base.__name__ == name and base.__module__.split(".")[0] == package
        for base in type(executor).__mro__
    )


def _on_loky(
    options: LaunchOptions, resources: Resources, _folder: Path, _settings: dict[str, Any]
) -> Workers:
    from zenrun.launchers._loky import LokyWorkers

    return LokyWorkers(options.concurrent, Shares(resources))


def _on_dask(
    options: LaunchOptions, resources: Resources, _folder: Path, settings: dict[str, Any]
) -> Workers:
    address = settings.get("address")
    if address is not None:
        from zenrun.launchers._dask_clients import at_address

        return at_address(address, options.concurrent, resources)
    from zenrun.launchers._dask_cluster import on_local_cluster

    return on_local_cluster(options.concurrent, resources, settings.get("cluster") or {})


def _on_submitit(
    options: LaunchOptions, resources: Resources, folder: Path, settings: dict[str, Any]
) -> Workers:
    from zenrun.launchers._submitit_asked import on_cluster

    return on_cluster(options, resources, folder, **settings)


_Make = Callable[[LaunchOptions, Resources, Path, dict[str, Any]], Workers]
_BY_NAME: dict[str, _Make] = {"loky": _on_loky, "dask": _on_dask, "submitit": _on_submitit}
