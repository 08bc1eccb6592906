"""The jobs of one batch: each is composed, started where jobs run, and its outcome gathered.

This module must not know in which order jobs are started.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from hydra.core.utils import JobReturn, filter_overrides
from hydra.types import HydraContext
from omegaconf import DictConfig

from zenrun import _hydra, errors
from zenrun._isolation import isolated_job, sent_globals
from zenrun.job._return import returned
from zenrun.launchers._attempt import Attempted, attempted
from zenrun.launchers._outcomes import Outcome, of_error, of_reply, of_result
from zenrun.launchers._prepare import Job, JobPreparer
from zenrun.launchers._schedule import Entry
from zenrun.launchers._sweep_run import SweepRun
from zenrun.launchers._travel import Sender
from zenrun.launchers._worker import run_parcel
from zenrun.launchers._workers import Workers
from zenrun.results._facts import note_facts
from zenrun.results._records import told
from zenrun.results._writer import JournalWriter

log = logging.getLogger("zenrun.sweep")


@dataclass
class BatchJob:
    """One job of a batch.

    Attributes:
        position: Its place in the batch.
        num: Its number in the sweep.
        overrides: Its overrides.
        job: The job, once it is composed.
        started: When it was handed to a worker.
        worker_has_no: Whether the worker has said that it lacks what the job refers to.
        shown: The attempt that has been told of, and composed for.
        reply: The file for what a worker sends back, should that be large.
    """

    position: int
    num: int
    overrides: tuple[str, ...]
    job: Job | None = None
    started: float = 0.0
    worker_has_no: bool = False
    shown: int = 0
    reply: str = ""


class Crew:
    """Starts the jobs of a batch, and gathers what comes of them.

    Args:
        sweep: The sweep.
        workers: Where jobs run.
        preparer: Composes them.
        task_function: What each calls.
        context: Hydra's context.
        configure: Configures logging as Hydra's own messages want it.
        keep: Called with each JobReturn, and with the job's place in the batch before it.
        sender: Makes parcels, where jobs travel.

    Attributes:
        failure: The job whose failure let no further ones start.
    """

    def __init__(
        self,
        sweep: SweepRun,
        workers: Workers,
        preparer: JobPreparer,
        task_function: Callable[[DictConfig], Any],
        context: HydraContext,
        configure: Callable[[], None],
        keep: Callable[[int, JobReturn], None],
        sender: Sender | None,
    ) -> None:
        self._sweep = sweep
        self._workers = workers
        self._preparer = preparer
        self._task_function = task_function
        self._context = context
        self._configure = configure
        self._keep = keep
        self._sender = sender
        self._instances = sent_globals()
        self._sent: dict[int, set[str]] = {}
        self._seen: set[str] = set()
        self.failure: JobReturn | None = None
        assert sweep.journal is not None
        assert sweep.progress is not None
        self._journal: JournalWriter = sweep.journal
        self._progress = sweep.progress

    # --- what the schedule asks for ------------------------------------------------------------

    def start(self, entry: Entry[BatchJob], place: int) -> Future[Any]:
        """Send a job to a place."""
        item = entry.item
        if item.shown != entry.attempt:  # else it has been sent, and was not run
            item.shown = entry.attempt
            shown = " ".join(filter_overrides(item.overrides))
            again = f" (attempt {entry.attempt})" if entry.attempt > 1 else ""
            _hydra.launcher_log.info(f"\t#{item.num} : {shown}{again}")
            item.job = self._preparer.job(item.num, item.overrides)
        item.started = time.time()
        assert item.job is not None
        if self._sender is None:
            run = self._run_beside if self._workers.beside else self._run_here
            return self._workers.submit(place, run, item, entry.attempt)
        parcel, parts = self._sender.parcel(item.job, item.num, item.overrides, entry.attempt)
        lacking = {name: part for name, part in parts.items() if self._lacks(item, place, name)}
        item.reply = self._sweep.replies.new()
        sent = parcel._replace(parts=lacking, reply=item.reply)
        return self._workers.submit(place, run_parcel, sent)

    def begins(self, entry: Entry[BatchJob]) -> None:
        """Count a job as running."""
        self._progress.started(entry.item.num)

    def _lacks(self, item: BatchJob, place: int, part: str) -> bool:
        """Say whether a worker may lack a part; it says so itself if this is wrong."""
        known = self._sent.setdefault(place, set())
        lacks = item.worker_has_no or self._workers.forgets or part not in known
        known.add(part)
        return lacks

    def _run_here(self, item: BatchJob, attempt: int) -> Attempted:
        assert item.job is not None
        return attempted(
            item.job,
            self._task_function,
            self._context,
            num=item.num,
            attempt=attempt,
            overrides=item.overrides,
            journal=self._journal,
        )

    def _run_beside(self, item: BatchJob, attempt: int) -> Attempted:
        with isolated_job(self._instances):  # jobs on other threads have a HydraConfig of their own
            return self._run_here(item, attempt)

    def ended(self, entry: Entry[BatchJob], place: int, future: Future[Any]) -> Outcome | None:
        """Say what came of a job; None where its worker lacked something, and it was not run."""
        item, job = entry.item, entry.item.job
        assert job is not None
        try:
            answer = future.result()
        except KeyboardInterrupt:
            died = errors.WorkerDiedError(f"Job {item.num} was interrupted in its worker.")
            return of_error(job, died, "LOST")
        except Exception as error:
            if self._sender is not None and self._workers.has_died(error):
                return of_error(job, self._about_death(item, error), "LOST")
            # Hydra could not run it; the task function had no part in that. In this process that
            # ends the sweep, as it does in Hydra; elsewhere other jobs are on their way.
            here = self._sender is None and not self._workers.beside
            if here and self._sweep.options.on_failure in (None, "raise"):
                raise
            return of_error(job, error, "FAILED")
        if self._sender is None:
            if not self._workers.beside:  # other jobs have logging of their own meanwhile
                self._configure()
            return of_result(answer)
        if answer.missing:
            item.worker_has_no = True
            return None
        return of_reply(job, answer, written=self._has_written(answer.written))

    def timed_out(self, entry: Entry[BatchJob]) -> Outcome:
        """Say what came of a job whose time was over."""
        item = entry.item
        assert item.job is not None
        msg = (
            f"Job {item.num} ({' '.join(item.overrides)}) ran longer than the "
            f"{self._sweep.options.timeout} seconds that timeout= gives it, and was ended."
        )
        return of_error(item.job, errors.JobTimeoutError(msg), "TIMED_OUT")

    def settle(self, entry: Entry[BatchJob], ended: Outcome, *, again: bool) -> bool:
        """Take what came of a job; say whether further jobs may start."""
        item, options = entry.item, self._sweep.options
        item.worker_has_no = False
        self._sweep.replies.remove(item.reply)
        if not again:
            self._sweep.finished.append(ended.result)
        if not ended.written:  # an error of the journal has the job as well
            self._write(item, entry.attempt, ended)
        if again:
            log.warning("Job %s failed and is started again: %s", item.num, told(ended.error))
            return True
        self._progress.ended(item.num, ended.status)
        end = time.time() if ended.end is None else ended.end
        note_facts(
            ended.result,
            num=item.num,
            status=ended.status,
            duration=end - (item.started if ended.start is None else ended.start),
            directory=(item.job.output_dir if item.job is not None else None) or "",
        )
        item.job = None
        if options.on_job_end is not None:
            options.on_job_end(ended.result)
        self._keep(item.position, ended.result)
        if ended.failed and options.on_failure == "stop":
            self.failure = ended.result
            return False
        return True

    def look_around(self) -> None:
        """Have the progress view look at the time."""
        self._progress.tick()

    # --- the journal -----------------------------------------------------------------------------

    def cancelled(self, entries: Sequence[Entry[BatchJob]]) -> None:
        """Write down that jobs were ended before they had come to their end.

        Args:
            entries: The jobs.
        """
        if self._sender is None:
            return  # a job in this process has written so itself
        for entry in entries:
            if entry.item.job is not None:
                error = errors.WorkerDiedError(f"Job {entry.item.num} was ended with the sweep.")
                outcome = of_error(entry.item.job, error, "CANCELLED")
                with contextlib.suppress(errors.JournalError):  # another error ends the sweep
                    self._write(entry.item, entry.attempt, outcome)

    def _has_written(self, name: str | None) -> bool:
        """Say whether a worker's record has come where the sweep's journal is."""
        if name is None:
            return False
        if name not in self._seen:
            if not self._journal.has_file(name):
                return False
            self._seen.add(name)
        return True

    def _write(self, item: BatchJob, attempt: int, ended: Outcome) -> None:
        error = ended.error
        value = {} if ended.failed else {"value": returned(ended.result)}
        self._journal.job_ended(
            num=item.num,
            overrides=item.overrides,
            attempt=attempt,
            worker=ended.worker,
            status=ended.status,
            start=item.started if ended.start is None else ended.start,
            end=time.time() if ended.end is None else ended.end,
            directory=(item.job.output_dir if item.job is not None else None) or "",
            error=told(error) if ended.failed else None,
            traceback=ended.traceback or None,
            **value,
        )

    def _about_death(self, item: BatchJob, error: Exception) -> errors.WorkerDiedError:
        msg = (
            f"The worker that ran job {item.num} ({' '.join(item.overrides)}) has died: a crash, "
            f"os._exit, too much memory, or a kill. {type(error).__name__}: {error}"
        )
        made = errors.WorkerDiedError(msg)
        made.__cause__ = error
        return made
