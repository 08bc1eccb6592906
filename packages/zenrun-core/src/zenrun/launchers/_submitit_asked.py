"""From what a user says of an executor of submitit's to where jobs run.

This module must not know how a job is followed once it is submitted.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from math import ceil
from pathlib import Path
from typing import Any

from zenrun import errors
from zenrun.launchers._options import LaunchOptions
from zenrun.launchers._resources import GPUS_VARIABLE, THREADS_VARIABLES, Resources, Shares
from zenrun.launchers._submitit import SubmititWorkers, submitit

_DAY = 24 * 60  # minutes; submitit's own is 5
# SLURM tells a job of its end this many seconds before, or up to a minute earlier than that; zenrun's own
# timeout comes first where SLURM's limit is this many minutes more.
_NOTICE, _MARGIN = 30, 3


def over_executor(executor: Any, concurrent: int | None) -> SubmititWorkers:
    """Give where a user's executor runs jobs.

    Args:
        executor: An executor of submitit's.
        concurrent: How many jobs there are at once at most.
    """
    local = getattr(executor, "cluster", "") == "local" or isinstance(
        executor, submitit().LocalExecutor
    )
    return SubmititWorkers(executor, concurrent or (_cores() if local else None))


def on_cluster(
    options: LaunchOptions,
    resources: Resources,
    sweep_dir: Path,
    *,
    cluster: str | None = None,
    folder: str | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> SubmititWorkers:
    """Give where submitit's own executor runs jobs.

    Args:
        options: What was said about the running of jobs.
        resources: What each needs.
        sweep_dir: The sweep's directory.
        cluster: Which cluster; None for the one that there is.
        folder: Where submitit keeps its files.
        parameters: What else submitit is told of each job.

    Raises:
        ExecutorError: It cannot be done.
    """
    places = folder or str(sweep_dir / ".submitit" / "%j")
    try:
        executor = submitit().AutoExecutor(places, cluster=cluster)
        local = executor.cluster == "local"
        asked = _asked(options, resources, local=local)
        executor.update_parameters(**{**asked, **(parameters or {})})
    except errors.ExecutorError:
        raise
    except (NameError, ValueError, TypeError, AssertionError, RuntimeError) as error:
        msg = f"submitit does not take what it is told: {type(error).__name__}: {error}"
        raise errors.ExecutorError(msg) from error
    if not local:
        threads = {} if resources.threads is None else _threads(resources.threads)
        return SubmititWorkers(executor, options.concurrent, lambda _: threads)
    shares = Shares(resources)
    count = shares.places(options.concurrent or _cores())
    gpus = {GPUS_VARIABLE: os.environ.get(GPUS_VARIABLE)}  # submitit hides them unasked
    return SubmititWorkers(
        executor, count, lambda place: {**gpus, **shares.environment(place, count, _cores())}
    )


def _asked(options: LaunchOptions, resources: Resources, *, local: bool) -> dict[str, Any]:
    """Give what zenrun's options are called by submitit."""
    minutes = _DAY if options.timeout is None else ceil(options.timeout / 60) + _MARGIN
    if local:  # where it takes places, and no queue, to share the machine
        return {"timeout_min": max(minutes, 365 * _DAY)}
    asked: dict[str, Any] = {"timeout_min": minutes, "slurm_signal_delay_s": _NOTICE}
    if resources.gpus:
        if resources.gpus != int(resources.gpus):
            msg = (
                f"resources['gpus'] is {resources.gpus}, and SLURM gives out whole GPUs: ask for 1"
            )
            raise errors.ExecutorError(msg)
        asked["gpus_per_node"] = int(resources.gpus)
    if resources.threads is not None:
        asked["cpus_per_task"] = resources.threads
    return asked


def _threads(number: int) -> dict[str, str]:
    return dict.fromkeys(THREADS_VARIABLES, str(number))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
