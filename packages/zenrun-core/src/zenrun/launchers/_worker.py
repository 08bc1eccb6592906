"""What happens to a parcel in a worker: the job is run there, with the sweep's world around it.

This module must not know which executor called it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hydra.core.utils import JobReturn, JobStatus, setup_globals

from zenrun import _resolvers, errors
from zenrun._isolation import isolated_job
from zenrun._isolation._plugins import discover_plugins
from zenrun.compose._blame import about_output_dir, failed_write
from zenrun.compose._composition import Composition
from zenrun.job._hydra_job import HydraJob
from zenrun.job._return import LazyJobReturn, returned
from zenrun.job._run import PlannedJob
from zenrun.job._shape import JobShape
from zenrun.launchers._attempt import attempted
from zenrun.launchers._main_module import put_into_main
from zenrun.launchers._prepare import Job
from zenrun.launchers._reply import Reply
from zenrun.launchers._travel import Parcel, Place, World, cloudpickle, loads
from zenrun.results._writer import JournalWriter

_KEPT_PARTS = 256
# What this process has been sent, by id. The ids are of one content each, so this is a cache.
_parts: OrderedDict[str, Any] = OrderedDict()
_journals: OrderedDict[tuple[str, str, int], JournalWriter] = OrderedDict()
# The working directory, the environment and the resolvers are the process's: where a worker has
# several threads, its jobs run one after the other.
ALONE = threading.RLock()


def worker_name() -> str:
    """Name this process among all that run jobs of a sweep."""
    return f"{socket.gethostname()}:{os.getpid()}"


def warm_up() -> None:
    """Load what the first job needs, so that its time is its own."""
    discover_plugins()


def run_parcel(parcel: Parcel) -> Reply:
    """Run a job that was sent here.

    Args:
        parcel: The job.

    Returns:
        What came of it, or which parts it lacks.

    Raises:
        Exception: Hydra could not run the job: its folder cannot be written, and the like.
    """
    with ALONE:
        return _run_alone(parcel)


def _run_alone(parcel: Parcel) -> Reply:
    missing = tuple(
        part for part in parcel.needs if part not in _parts and part not in parcel.parts
    )
    if missing:
        return Reply(missing=missing)
    with _at_home(parcel.place):
        world = _kept(parcel, parcel.world, loads)
        if not _resolvers.has_hydra_resolvers():  # new ones each time would make memories worthless
            setup_globals()
        before = _resolvers.all_resolvers()
        try:
            with isolated_job(world.instances):
                _resolvers.add_resolvers(world.resolvers)
                if parcel.main is not None:
                    _kept(parcel, parcel.main, _put_into_main)
                if parcel.composition is not None:
                    _kept(parcel, parcel.composition, _arrived)
                return _run(parcel, world)
        finally:
            _resolvers.set_resolvers(before)


def _kept(parcel: Parcel, part: str, arrived: Callable[[bytes], Any]) -> Any:
    """Give what a part has become here, and keep it."""
    if part not in _parts:
        _parts[part] = arrived(parcel.parts[part])
        while len(_parts) > _KEPT_PARTS:
            _parts.popitem(last=False)
    _parts.move_to_end(part)
    return _parts[part]


def _put_into_main(packed: bytes) -> None:
    put_into_main(loads(packed))


def _arrived(packed: bytes) -> tuple[Composition, JobShape]:
    """Give a composed config together with what is worked out of it."""
    composition = Composition(*loads(packed))
    return composition, JobShape(composition)


def _run(parcel: Parcel, world: World) -> Reply:
    job = _unpacked(parcel)
    journal = _journal(parcel.place)
    start = time.time()
    written = False
    try:
        result, written, _, _ = attempted(
            job,
            world.task_function,
            world.context,
            num=parcel.num,
            attempt=parcel.attempt,
            overrides=parcel.overrides,
            journal=journal,
            configures_logging=parcel.configures_logging,
        )
    except OSError as error:
        failed = failed_write(error)
        if failed is None:
            raise
        raise about_output_dir(failed) from error
    except SystemExit as error:  # here it is the job's end alone
        result = job.account()
        result.status = JobStatus.FAILED
        result.return_value = _told_of(error)
    value = _packed_value(result)
    assert isinstance(result.status, JobStatus)
    reply = Reply(
        status=result.status.name,
        value=value,
        fields=cloudpickle().dumps(_fields(job, result)),
        output_dir=job.output_dir,
        start=start,
        end=time.time(),
        worker=worker_name(),
        written=journal.name if journal is not None and written else None,
    )
    return reply.short(parcel.reply)


def _unpacked(parcel: Parcel) -> Job:
    content = loads(parcel.job, lambda part: _parts[part][0])
    if isinstance(content, HydraJob):
        return content
    plan, num = content
    assert parcel.composition is not None
    return PlannedJob(plan, _parts[parcel.composition][1], num)


def _fields(job: Job, result: JobReturn) -> dict[str, Any]:
    """Give what the parent cannot know of a JobReturn: of most jobs, next to nothing."""
    known: dict[str, Any] = {"working_dir": result.working_dir, "task_name": result.task_name}
    if not isinstance(result, LazyJobReturn) or not isinstance(job, PlannedJob):
        return {**known, "cfg": result.cfg, "hydra_cfg": result.hydra_cfg}
    own = result.__dict__
    changed: dict[str, Any] = {name: own[name] for name in own.keys() & {"cfg", "hydra_cfg"}}
    return {**known, **changed, "cache": job.plan.cache}


def _packed_value(result: JobReturn) -> bytes:
    value = returned(result)
    dumps, load = cloudpickle().dumps, cloudpickle().loads
    if isinstance(value, Exception) and result.status is JobStatus.FAILED:
        text = "".join(traceback.format_exception(value))
        try:
            packed: bytes = dumps((value, text))
            load(packed)  # many exceptions can be pickled, and not be unpickled
        except Exception:
            packed = dumps((_told_of(value), text))
        return packed
    try:
        return dumps((value, ""))  # type: ignore[no-any-return]
    except Exception as error:
        msg = (
            f"The job has run, and what it returned, of type {type(value).__name__}, cannot be sent "
            f"back from the worker: {type(error).__name__}: {error}. Return something that can be "
            "pickled, or save it in the job's folder and return where"
        )
        result.status = JobStatus.FAILED
        return dumps((errors.NotPicklableError(msg), ""))  # type: ignore[no-any-return]


def _journal(place: Place) -> JournalWriter | None:
    if place.sweep_dir is None:
        return None
    # A later sweep may have the same folder, and a forked process has what its parent had open.
    key = place.sweep_dir, place.sweep, os.getpid()
    found = _journals.get(key)
    if found is None:
        found = _journals[key] = JournalWriter(Path(place.sweep_dir), {"sweep": place.sweep})
        while len(_journals) > 8:
            _journals.popitem(last=False)[1].close()
    return found


@contextlib.contextmanager
def _at_home(place: Place) -> Iterator[None]:
    """Stand where the sweep stands, and find the modules that it finds."""
    sys.path += [item for item in place.sys_path if item not in sys.path]
    try:
        before = os.getcwd()
    except FileNotFoundError:  # the folder that the worker was started in is gone
        before = None
    try:
        os.chdir(place.cwd)
    except OSError as error:
        msg = (
            f"The sweep was started in {place.cwd!r}, and the worker {worker_name()} cannot go "
            f"there: {error.strerror}. Jobs write their folders there: workers on other machines "
            "need a file system that they share with it"
        )
        raise errors.OutputDirError(msg, place.cwd) from error
    try:
        yield
    finally:
        if before is not None:
            os.chdir(before)


def _told_of(error: BaseException) -> errors.RemoteJobError:
    """Tell of an exception that cannot travel itself."""
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    return errors.RemoteJobError(f"{name}: {error}", name)
