"""One job that is no part of a sweep, sent to where jobs run.

This module must not know how its config was composed.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from hydra.core.utils import JobReturn
from hydra.types import HydraContext
from omegaconf import DictConfig

from zenrun import errors
from zenrun._isolation import isolated_job, sent_globals
from zenrun.launchers._choose import make_workers
from zenrun.launchers._options import LaunchOptions
from zenrun.launchers._outcomes import of_reply
from zenrun.launchers._prepare import Job
from zenrun.launchers._reply import Reply, ReplyFiles
from zenrun.launchers._travel import Sender
from zenrun.launchers._worker import run_parcel
from zenrun.launchers._workers import Workers

_LOOK = 0.1


class SingleLauncher:
    """Runs one job where a run's options say.

    Args:
        options: The options.
    """

    def __init__(self, options: LaunchOptions) -> None:
        self._options = options

    def __call__(
        self,
        job: Job,
        task_function: Callable[[DictConfig], Any],
        context: HydraContext,
        *,
        configures_logging: bool = True,
    ) -> JobReturn:
        """Run the job.

        Args:
            job: The job.
            task_function: What it calls.
            context: Hydra's context.
            configures_logging: Whether logging is configured for it.

        Returns:
            Hydra's account of it.

        Raises:
            JobTimeoutError: It ran longer than it may.
            WorkerDiedError: The process in which it ran is gone.
        """
        workers = make_workers(self._options)
        done = False
        try:
            if workers.remote:
                sender = Sender(task_function, context, None, configures_logging=configures_logging)
                with contextlib.closing(ReplyFiles()) as replies:
                    made = self._sent(workers, sender, job, replies)
            else:
                instances = sent_globals()

                def run() -> JobReturn:
                    with isolated_job(instances):
                        return job.run(
                            task_function, context, configures_logging=configures_logging
                        )

                made = workers.submit(0, run).result()
            done = True
            return made
        finally:
            if workers is not self._options.executor:
                workers.close(kill=not done)

    def _sent(self, workers: Workers, sender: Sender, job: Job, replies: ReplyFiles) -> JobReturn:
        parcel, parts = sender.parcel(job, None, (), 1)
        reply = Reply(missing=parcel.needs)
        while reply.missing:
            sent = parcel._replace(parts=parts, reply=replies.new())
            future = workers.submit(0, run_parcel, sent)
            workers.flush()
            try:
                reply = self._awaited(workers, future)
            except Exception as error:
                if not workers.has_died(error):
                    raise
                msg = f"The worker that ran the job has died: {type(error).__name__}: {error}"
                raise errors.WorkerDiedError(msg) from error
        return of_reply(job, reply, written=True).result

    def _awaited(self, workers: Workers, future: Future[Any]) -> Reply:
        left = self._options.timeout
        while True:
            try:
                reply: Reply = future.result(timeout=_LOOK)
            except concurrent.futures.TimeoutError:  # not Python's own before 3.11
                if future.done():  # in this moment; or the error is the job's own
                    ended: Reply = future.result()
                    return ended
            else:
                return reply
            if left is not None and workers.is_running(0, future):
                left -= _LOOK
                if left <= 0:
                    workers.kill(0, future)
                    msg = (
                        f"The job ran longer than the {self._options.timeout} seconds that timeout= "
                        "gives it, and was ended."
                    )
                    raise errors.JobTimeoutError(msg)
