"""Workers of a Dask cluster that is there already: reached by a client, or at an address.

This module must not know what runs on them.
"""

from __future__ import annotations

import contextlib
import logging
from typing import Any

from zenrun import errors
from zenrun.launchers._claims import Claims
from zenrun.launchers._dask import AHEAD, DaskWorkers
from zenrun.launchers._dask_worker import distributed
from zenrun.launchers._resources import Resources

log = logging.getLogger("zenrun.sweep")


def over_client(
    client: Any,
    concurrent: int | None,
    resources: Resources,
    owned: contextlib.ExitStack | None = None,
) -> DaskWorkers:
    """Give the workers that a client reaches.

    Args:
        client: A client of Dask's.
        concurrent: How many jobs run at once at most.
        resources: What each job needs.
        owned: Closes the client, if it was made for the jobs.

    Raises:
        ExecutorError: They cannot be used.
    """
    if client.asynchronous:
        msg = (
            f"executor={client!r} is an asynchronous client, and a sweep waits for its jobs. Give a "
            "Client(...) without asynchronous=True, or the scheduler's address"
        )
        raise errors.ExecutorError(msg)
    threads = client.nthreads()
    if any(number > 1 for number in threads.values()):
        log.warning(
            "Dask's workers have up to %s threads each; a job has its worker process for itself, so "
            "%s jobs run at once. Workers with one thread each serve best (threads_per_worker=1)",
            max(threads.values()),
            len(threads),
        )
    # Workers of a queue come one after the other; those that were asked for will have places too.
    coming = getattr(client.cluster, "plan", ())
    places = concurrent or max(len(threads), len(coming)) or None
    is_here = isinstance(client.cluster, distributed().LocalCluster)
    return DaskWorkers(
        client,
        places,
        _of_dask(client, resources),
        owned,
        claims=Claims() if is_here else None,
        # With a limit Dask would run them beside the others.
        ahead=AHEAD if is_here and concurrent is None else 0,
    )


def at_address(address: Any, concurrent: int | None, resources: Resources) -> DaskWorkers:
    """Give the workers of a scheduler that runs somewhere.

    Args:
        address: Where, such as ``tcp://10.0.0.1:8786``; or Dask's own object of the cluster.
        concurrent: How many jobs run at once at most.
        resources: What each job needs.

    Raises:
        ExecutorError: There is none.
    """
    owned = contextlib.ExitStack()
    try:
        client = distributed().Client(address, set_as_default=False)
    except (OSError, ValueError) as error:
        msg = f"No scheduler of Dask's can be reached at address {address!r}: {error}"
        raise errors.ExecutorError(msg) from error
    owned.callback(client.close)
    try:
        return over_client(client, concurrent, resources, owned)
    except BaseException:
        owned.close()
        raise


def _of_dask(client: Any, resources: Resources) -> dict[str, float]:
    """Give what a job takes of the resources that running workers have been given."""
    if resources.threads is not None:
        msg = (
            "resources['threads'] cannot be given to workers of Dask that run already: start them "
            "with OMP_NUM_THREADS and the like set, or use executor='dask'"
        )
        raise errors.ExecutorError(msg)
    if not resources.gpus:
        return {}
    try:
        known = client.scheduler_info(n_workers=-1)["workers"].values()
    except TypeError:  # Dask before 2025.4 tells of all workers unasked
        known = client.scheduler_info()["workers"].values()
    most = max((worker["resources"].get("GPU", 0) for worker in known), default=None)
    if most is not None and most < resources.gpus:
        msg = (
            f"resources asks for gpus={resources.gpus} for each job, and none of Dask's {len(known)} "
            f"workers has as many (the most is {most}). Start them with dask worker --resources "
            "'GPU=1', each with its own CUDA_VISIBLE_DEVICES; dask-cuda does the latter"
        )
        raise errors.ExecutorError(msg)
    return {"GPU": resources.gpus}
