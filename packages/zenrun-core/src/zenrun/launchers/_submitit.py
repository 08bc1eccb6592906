"""Jobs of SLURM's, or processes of this machine's, each by submitit.

Source: https://github.com/facebookincubator/submitit
"""

from __future__ import annotations

import contextlib
import os
import pickle
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, InvalidStateError
from math import ceil
from pathlib import Path
from typing import Any

from zenrun import errors
from zenrun._extras import library
from zenrun.launchers._options import LaunchOptions
from zenrun.launchers._resources import GPUS_VARIABLE, THREADS_VARIABLES, Resources, Shares
from zenrun.launchers._slurm import Queue
from zenrun.launchers._submitted import answer
from zenrun.launchers._workers import Workers

_DAY = 24 * 60  # minutes; submitit's own is 5
# SLURM tells a job of its end this many seconds before, or up to a minute earlier than that; zenrun's own
# timeout comes first where SLURM's limit is this many minutes more.
_NOTICE, _MARGIN = 30, 3
_LAG, _END = 15.0, 5.0  # seconds
_SHORTEST, _LONGEST = 0.05, 2.0  # seconds between looks at the jobs


def submitit() -> Any:
    """Give the module submitit.

    Raises:
        MissingExtraError: It is not installed.
    """
    return library("submitit", extra="submitit", what_for="executor='submitit'")


class NoResultError(Exception):
    """A job has ended without a result."""


class SubmititWorkers(Workers):
    """Where an executor of submitit's runs jobs: each is a process of its own.

    Args:
        executor: The executor.
        places: How many jobs there are at once; None where they queue at the cluster.
        environments: What environment variables each place's jobs have; None unsets one.
    """

    remote = True
    forgets = True
    can_kill = True

    def __init__(
        self,
        executor: Any,
        places: int | None,
        environments: Callable[[int], Mapping[str, str | None]] | None = None,
    ) -> None:
        self.places = places
        self.can_give = environments is not None
        self._executor = executor
        self._environments = environments
        self._unfinished: type[Exception] = submitit().core.utils.UncompletedJobError
        self._jobs: dict[Future[Any], Any] = {}
        self._running: set[Future[Any]] = set()
        self._cancelled: list[Any] = []
        self._ended: dict[str, float] = {}
        self._news = threading.Event()
        self._poll: threading.Thread | None = None
        self._open = True
        self._took_any = False
        self._queue = Queue()
        self._last_states: dict[str, str] = {}

    def submit(self, place: int, function: Callable[..., Any], *args: Any) -> Future[Any]:
        """Have a process call a function."""
        environment = self._environments(place) if self._environments is not None else {}
        future: Future[Any] = Future()
        try:
            job = self._executor.submit(answer, dict(environment), function, args)
        except Exception as error:  # the cluster's commands fail in their own ways
            refused = errors.ExecutorError(_about_refusal(error))
            if not self._took_any:  # nor will it take another
                raise refused from error
            refused.__cause__ = error
            future.set_exception(refused)
            return future
        self._took_any = True
        if self._in_process(job):  # it runs in this process, when it is waited for
            self._settle(future, job)
            return future
        self._jobs[future] = job
        if self._poll is None:
            self._poll = threading.Thread(target=self._watch, name="zenrun-submitit", daemon=True)
            self._poll.start()
        self._news.set()
        return future

    def _watch(self) -> None:
        """Look at the jobs again and again, at longer intervals while nothing changes."""
        pause = _SHORTEST
        while self._open:
            if self._news.wait(pause):
                self._news.clear()
                pause = _SHORTEST
            for future, job in list(self._jobs.items()):
                if self._look(future, job):
                    pause = _SHORTEST
            self._look_at_queue()
            pause = min(pause * 1.2, _LONGEST)

    def _look(self, future: Future[Any], job: Any) -> bool:
        """Look at a job; say whether anything is new."""
        try:
            done = job.job_id in self._ended or job.done()
            runs = not done and future not in self._running and _has_begun(job)
        except Exception as error:  # the cluster's commands fail in their own ways
            self._jobs.pop(future, None)
            _set(future, error=error)
            return True
        if runs:
            self._running.add(future)
            future.set_running_or_notify_cancel()
        if done and self._has_result(job) and self._jobs.pop(future, None) is not None:
            self._running.discard(future)
            self._settle(future, job)
            return True
        return bool(runs)

    def _look_at_queue(self) -> None:
        on_slurm = [
            job for job in list(self._jobs.values()) if isinstance(job, submitit().SlurmJob)
        ]
        left = self._queue.left([job.job_id for job in on_slurm if job.job_id not in self._ended])
        self._ended |= dict.fromkeys(left, time.monotonic())
        self._last_states |= left

    def _has_result(self, job: Any) -> bool:
        """Say whether there is something to read, or no more to wait for."""
        if job.paths.result_pickle.exists():
            return True
        # Between machines a file may show up later than the end of its writer.
        patience = 0.0 if isinstance(job, submitit().LocalJob) else _LAG
        since = self._ended.setdefault(job.job_id, time.monotonic())
        return time.monotonic() - since >= patience

    def _settle(self, future: Future[Any], job: Any) -> None:
        if not self._in_process(job) and not job.paths.result_pickle.exists():
            _set(future, error=NoResultError(_about(job, self._last_states.get(job.job_id))))
            return
        try:
            returned, answer = job.result()
        except Exception as error:
            _set(future, error=error)
            return
        if returned:
            _set(future, answer)
        else:
            _set(future, error=pickle.loads(answer))  # noqa: S301 - from our own processes

    @staticmethod
    def _in_process(job: Any) -> bool:
        return isinstance(job, submitit().DebugJob)

    def is_running(self, place: int, future: Future[Any]) -> bool:
        """Say whether the job has left the queue."""
        return future in self._running

    def has_died(self, error: BaseException) -> bool:
        """Say whether the cluster has ended the job, or lost it."""
        return isinstance(error, (self._unfinished, NoResultError))

    def kill(self, place: int, future: Future[Any]) -> None:
        """Cancel the job."""
        job = self._jobs.pop(future, None)
        self._running.discard(future)
        if job is not None:
            with contextlib.suppress(Exception):  # it may have ended
                job.cancel(check=False)
            self._cancelled.append(job)

    def close(self, *, kill: bool = False) -> None:
        """Look no further at the jobs."""
        if kill:
            for future in list(self._jobs):
                self.kill(0, future)
        self._open = False
        self._news.set()
        if self._poll is not None:
            self._poll.join()
        local = [job for job in self._cancelled if isinstance(job, submitit().LocalJob)]
        last = time.monotonic() + _END
        while not all(job.done() for job in local) and time.monotonic() < last:
            time.sleep(_SHORTEST)

    def __str__(self) -> str:
        cluster = getattr(self._executor, "cluster", type(self._executor).__name__)
        return f"by submitit ({cluster})"


def _set(future: Future[Any], result: Any = None, error: BaseException | None = None) -> None:
    with contextlib.suppress(InvalidStateError):  # nobody waits for it any more
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)


def _has_begun(job: Any) -> bool:
    # A job's own output is there as soon as it runs; the accounting may be asked minutes later.
    return bool(job.paths.stdout.exists() or job.state.upper() == "RUNNING")


def _about_refusal(error: Exception) -> str:
    return (
        f"submitit could not hand a job over: {type(error).__name__}: {str(error).strip()}\nWhat SLURM is asked "
        "for are resources=, timeout= and hydra.launcher.parameters; where it takes so many jobs at once and no "
        "more, concurrent= bounds how many are in its queue"
    )


def _about(job: Any, state: str | None) -> str:
    state = state or job.state
    text = f"job {job.job_id} ended without a result, in the state {state}; its output is in "
    text += str(job.paths.folder)
    with contextlib.suppress(Exception):
        text += f"\n{(job.stderr() or '')[-2000:]}"
    return text


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
