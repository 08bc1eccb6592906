"""A cluster of Dask's on this machine, made for one sweep.

This module must not know what runs on it.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import signal
from collections.abc import Iterator, Mapping
from typing import Any

from zenrun import errors
from zenrun.launchers._claims import Claims
from zenrun.launchers._dask import AHEAD, DaskWorkers
from zenrun.launchers._dask_worker import distributed
from zenrun.launchers._resources import THREADS_VARIABLES, Resources, Shares

_START = 60.0  # seconds
_IN_WORKERS = {"distributed": {"worker": {"profile": {"enabled": False}}}}  # it takes time
_BATCH = 0.002  # seconds between messages; Dask's 10 ms are more than a short job takes


def on_local_cluster(
    concurrent: int | None, resources: Resources, settings: Mapping[str, Any]
) -> DaskWorkers:
    """Start a cluster of processes on this machine, which is closed with the workers.

    Args:
        concurrent: How many processes.
        resources: What each job needs.
        settings: What else Dask's LocalCluster takes.

    Raises:
        ExecutorError: It cannot be started.
    """
    dask = distributed()
    shares = Shares(resources)
    own = dict(settings)
    cores: int = importlib.import_module("dask.system").CPU_COUNT
    of_dask: Any = importlib.import_module("dask.config")
    places = shares.places(concurrent or own.pop("n_workers", None) or cores)
    own.pop("n_workers", None)
    kept = {name: os.environ[name] for name in THREADS_VARIABLES if name in os.environ}
    environments = [
        {**own.get("env", {}), **kept, **shares.environment(place, places, cores)}
        for place in range(places)
    ]

    config = of_dask.merge(of_dask.config, _IN_WORKERS)

    class Cluster(dask.LocalCluster):  # type: ignore[misc, name-defined]
        """Gives each worker an environment of its own."""

        def new_worker_spec(self) -> dict[Any, Any]:
            """Give the name and the options of the next worker."""
            more = {
                "env": environments[len(self.worker_spec) % places],
                "config": config,
                "preload": [__name__],
            }
            return {
                name: {**spec, "options": {**spec["options"], **more}}
                for name, spec in super().new_worker_spec().items()
            }

    scheduler = {"allowed_failures": 0, **own.pop("scheduler_kwargs", {})}
    with contextlib.ExitStack() as stack:
        stack.enter_context(_quiet())
        try:
            cluster = Cluster(
                n_workers=0,
                scheduler_kwargs=scheduler,  # who runs a job again is the sweep's to say
                **{
                    "threads_per_worker": 1,
                    "dashboard_address": ":0",
                    "memory_limit": 0,
                    "silence_logs": logging.CRITICAL,
                    **own,
                },
            )
            stack.callback(cluster.close)
            client = dask.Client(cluster, set_as_default=False)
            stack.callback(client.close)
            cluster.scale(places)
            client.wait_for_workers(places, timeout=_START)
        except Exception as error:
            msg = (
                f"Dask's LocalCluster with {places} workers could not be started: "
                f"{type(error).__name__}: {error}. In a script, what starts processes stands below "
                "if __name__ == '__main__':"
            )
            raise errors.ExecutorError(msg) from error
        _hurry(client, cluster)
        return DaskWorkers(client, places, owned=stack.pop_all(), claims=Claims(), ahead=AHEAD)
    raise AssertionError  # pragma: no cover - for the type checker: an ExitStack might swallow


def dask_setup(_worker: Any) -> None:
    """Prepare a worker process: Dask calls this there, by this name.

    Args:
        _worker: Dask's worker.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends Ctrl-C here, too


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep to itself what Dask says of a cluster's ups and downs: the sweep says what came of jobs."""
    loggers = [
        logging.getLogger(name) for name in list(logging.root.manager.loggerDict) if _is_dask(name)
    ]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def _is_dask(logger: str) -> bool:
    return logger.split(".", maxsplit=1)[0] == "distributed"


def _hurry(client: Any, cluster: Any) -> None:
    """Have messages of a cluster that is all in this machine sent at short intervals."""
    with contextlib.suppress(AttributeError):  # it is a matter of speed alone
        streams = [
            client.scheduler_comm,
            *cluster.scheduler.stream_comms.values(),
            *cluster.scheduler.client_comms.values(),
        ]
        for stream in streams:
            stream.interval = min(stream.interval, _BATCH)
