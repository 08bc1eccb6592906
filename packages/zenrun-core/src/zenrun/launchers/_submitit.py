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
from typing import Any

from zenrun import errors
from zenrun._extras import library
from zenrun.launchers._slurm import Queue
from zenrun.launchers._submitted import answer
from zenrun.launchers._workers import Workers

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
        self._cancelled: list[Any] = []
        self._ended: dict[str, float] = {}
        self._news = threading.Event()
        self._poll: threading.Thread | None = None
        self._open = True
        self._took_any = False
        self._queue = Queue()

    def submit(self, place: int, function: Callable[..., Any], *args: Any) -> Future[Any]:
        """Have a process call a function."""
        environment = self._environments(place) if self._environments is not None else {}
        future: Future[Any] = Future()
        try:
            with self._as_on_login_node():
                job = self._executor.submit(answer, dict(environment), function, args)
        except Exception as error:  # the cluster's commands fail in their own ways
            refused = errors.ExecutorError(_about_refusal(error))
            if not self._took_any:  # nor will it take another
                raise refused from error
            refused.__cause__ = error
            future.set_exception(refused)
            return future
        self._took_any = True
        if job.num_tasks > 1:  # each of them would run the whole job, in the same folder
            job.cancel(check=False)
            msg = (
                f"submitit was told to start {job.num_tasks} processes for each job (tasks_per_node, nodes), "
                "and a job of a sweep is one. What a task needs of others it starts itself, as torchrun does; ask "
                "for their cores and GPUs with resources="
            )
            raise errors.ExecutorError(msg)
        if _is(job, "DebugJob"):  # it runs in this process, when it is waited for
            self._settle(future, job)
            return future
        self._jobs[future] = job
        if self._poll is None:
            self._poll = threading.Thread(target=self._watch, name="zenrun-submitit", daemon=True)
            self._poll.start()
        self._news.set()
        return future

    def _as_on_login_node(self) -> contextlib.AbstractContextManager[None]:
        """Hide what SLURM has told a sweep that is a job itself: its jobs would be told the same."""
        if "SLURM_JOB_ID" not in os.environ or not _is(self._executor, "SlurmExecutor"):
            return contextlib.nullcontext()
        return submitit().helpers.clean_env()  # type: ignore[no-any-return]

    def _watch(self) -> None:
        """Look at the jobs again and again, at longer intervals while nothing changes."""
        pause = _SHORTEST
        while self._open:
            if self._news.wait(pause):
                self._news.clear()
                pause = _SHORTEST
            on_slurm = [job for job in list(self._jobs.values()) if _is(job, "SlurmJob")]
            self._queue.look([job.job_id for job in on_slurm])
            for future, job in list(self._jobs.items()):
                if self._look(future, job):
                    pause = _SHORTEST
            pause = min(pause * 1.2, _LONGEST)

    def _look(self, future: Future[Any], job: Any) -> bool:
        """Look at a job; say whether anything is new."""
        try:
            done = self._is_done(job)
            queued = not (done or future.running() or future.cancelled())
            runs = queued and self._has_begun(job)
        except Exception as error:  # the cluster's commands fail in their own ways
            self._jobs.pop(future, None)
            _set(future, error=error)
            return True
        if runs:
            future.set_running_or_notify_cancel()
        if done and self._has_result(job) and self._jobs.pop(future, None) is not None:
            self._settle(future, job)
            return True
        return runs

    def _is_done(self, job: Any) -> bool:
        if not self._slurm_says(job):
            return bool(job.done())
        with contextlib.suppress(OSError):  # so that a network file system looks again
            job.paths.folder.chmod(job.paths.folder.stat().st_mode)
        return self._queue.is_over(job.job_id) or bool(job.paths.result_pickle.exists())

    def _has_begun(self, job: Any) -> bool:
        if _said_something(job):  # before SLURM is asked again, and after Python has started
            return True
        if self._slurm_says(job):
            return self._queue.states.get(job.job_id) == "RUNNING"
        return not _is(job, "LocalJob") and str(job.state).upper() == "RUNNING"

    def _slurm_says(self, job: Any) -> bool:
        return _is(job, "SlurmJob") and bool(self._queue.states)

    def _has_result(self, job: Any) -> bool:
        """Say whether there is something to read, or no more to wait for."""
        if job.paths.result_pickle.exists():
            return True
        # Between machines a file may show up later than the end of its writer.
        patience = 0.0 if _is(job, "LocalJob") else _LAG
        since = self._ended.setdefault(job.job_id, time.monotonic())
        return time.monotonic() - since >= patience

    def _settle(self, future: Future[Any], job: Any) -> None:
        if not _is(job, "DebugJob") and not job.paths.result_pickle.exists():
            _set(future, error=NoResultError(_about(job, self._queue.states.get(job.job_id))))
            return
        try:
            returned, value = job.result()
        except Exception as error:
            _set(future, error=error)
            return
        if returned:
            _set(future, value)
        else:
            _set(future, error=pickle.loads(value))  # noqa: S301 - from our own processes

    def withdraw(self, place: int, future: Future[Any]) -> bool:
        """Cancel a job that is in the queue."""
        queued = _is(self._jobs.get(future), "SlurmJob") and future.cancel()
        if queued:
            self.kill(place, future)
        return queued

    def has_died(self, error: BaseException) -> bool:
        """Say whether the cluster has ended the job, or lost it."""
        return isinstance(error, (self._unfinished, NoResultError))

    def kill(self, place: int, future: Future[Any]) -> None:
        """Cancel the job."""
        job = self._jobs.pop(future, None)
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
        local = [job for job in self._cancelled if _is(job, "LocalJob")]
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


def _is(thing: Any, kind: str) -> bool:
    thing = getattr(thing, "_executor", thing)  # an AutoExecutor has one that does the work
    return isinstance(thing, getattr(submitit(), kind))


def _said_something(job: Any) -> bool:
    output = job.paths.stdout
    return bool(output.exists() and output.stat().st_size)


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
