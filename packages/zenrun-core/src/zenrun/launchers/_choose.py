"""From what a user calls an executor to where jobs run.

This module must not know how jobs are sent there.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from zenrun import errors
from zenrun.launchers._options import LaunchOptions
from zenrun.launchers._resources import Resources, Shares
from zenrun.launchers._workers import OnExecutor, OnThreads, Workers

_EXAMPLE = "executor='loky', or concurrent.futures.ProcessPoolExecutor(4)"


def make_workers(options: LaunchOptions) -> Workers:
    """Give where jobs run.

    Args:
        options: What the user said.

    Raises:
        ExecutorError: It is nothing that jobs can run on, or it cannot do what was asked for.
        MissingExtraError: A library that it needs is not installed.
    """
    resources = Resources.read(options.resources)
    workers = _workers(options, resources)
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


def _workers(options: LaunchOptions, resources: Resources) -> Workers:
    executor = options.executor
    if executor is None:
        return Workers()
    if isinstance(executor, Workers):
        return executor
    if isinstance(executor, str):
        make = _BY_NAME.get(executor)
        if make is None:
            names = ", ".join(map(repr, _BY_NAME))
            msg = f"executor={executor!r} is not known; there are {names}, and objects: {_EXAMPLE}"
            raise errors.ExecutorError(msg)
        return make(options, resources)
    if isinstance(executor, ThreadPoolExecutor):
        return OnThreads(executor)
    if callable(getattr(executor, "submit", None)):
        return OnExecutor(executor)
    msg = (
        f"executor is a name, or an object with submit as in concurrent.futures.Executor; given was "
        f"{executor!r} of type {type(executor).__name__}. Examples: {_EXAMPLE}"
    )
    raise errors.ExecutorError(msg)


def _on_loky(options: LaunchOptions, resources: Resources) -> Workers:
    from zenrun.launchers._loky import LokyWorkers

    return LokyWorkers(options.concurrent, Shares(resources))


_BY_NAME: dict[str, Callable[[LaunchOptions, Resources], Workers]] = {"loky": _on_loky}
