"""The launcher: the jobs of a batch in, their JobReturns out, wherever they run.

It stands in for Hydra's basic launcher. This module must not know which jobs there are.
"""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hydra.core.utils import JobReturn, JobStatus, setup_globals
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

from zenrun import _hydra, _nodes
from zenrun._isolation import will_be_verbose
from zenrun.job._logging import logging_form
from zenrun.job._return import returned
from zenrun.launchers._choose import make_workers
from zenrun.launchers._crew import BatchJob, Crew
from zenrun.launchers._frames import show_as_raised_here
from zenrun.launchers._options import LaunchOptions
from zenrun.launchers._prepare import JobPreparer
from zenrun.launchers._resumed import resumed_batch
from zenrun.launchers._schedule import Limits, Schedule
from zenrun.launchers._sweep_run import SweepRun
from zenrun.launchers._travel import Sender
from zenrun.launchers._workers import Workers

if TYPE_CHECKING:
    _Base = _hydra.HydraLauncher
else:
    _Base = object

log = logging.getLogger("zenrun.sweep")
_WHERE_NOBODY_KNOWS = 8  # jobs of a search at once, where the number of places is not known


class SweepLauncher(_Base):
    """Runs the jobs of a sweep where the sweep's options say.

    Attributes:
        options: What the launcher's own config says.
        sweep: The sweep, where zenrun runs it; in an app of ``@hydra.main`` each batch is one.
    """

    options = LaunchOptions()
    sweep: SweepRun | None = None

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        """Take what the launcher works with.

        Args:
            hydra_context: What jobs are composed with, and the callbacks.
            task_function: What each job calls.
            config: The sweep's config.
        """
        self.hydra_context = hydra_context
        self.task_function = task_function
        self.config = config
        self._preparer = JobPreparer(hydra_context.config_loader, config)
        self._sender: Sender | None = None

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> Sequence[JobReturn]:
        """Run jobs.

        Args:
            job_overrides: The overrides of each job.
            initial_job_idx: The number of the first one.

        Returns:
            Hydra's account of each, in the order of the overrides.

        Raises:
            ResumeError: The sweep goes on, and jobs that it had are not asked for any more.
            ExecutorError: Jobs cannot run where they should.
            Exception: A job failed, and no further one may start then.
        """
        made: list[JobReturn | None] = [None] * len(job_overrides)
        with self._in_sweep() as sweep:
            self._open(sweep, len(made))
            jobs = self._jobs(sweep, job_overrides, initial_job_idx, made)
            self._run(sweep, jobs, f"{len(jobs)} jobs", made.__setitem__, sweep.options.limits())
        results = [result for result in made if result is not None]
        if self.sweep is None:
            for result in results:
                self._show_failure(result)
        return results

    def launch_as_asked(
        self,
        asks: Iterator[Sequence[str] | None],
        told: Callable[[int, JobReturn], None],
        *,
        total: int | None = None,
        keep_failed: bool = False,
    ) -> None:
        """Run jobs of which each is asked for when there is a place for it.

        Args:
            asks: Gives the overrides of the next job, or None where a job that runs has to end first.
            told: Called with each job's place in the order of asking, and Hydra's account of it.
            total: How many jobs there are at most; None if nobody knows.
            keep_failed: Whether, in a sweep that goes on, a job that has failed does not run again.

        Raises:
            ResumeError: The sweep goes on, and another job is asked for than it had.
            ExecutorError: Jobs cannot run where they should.
            Exception: A job failed, and no further one may start then.
        """

        def tell(position: int, result: JobReturn) -> None:
            if self.sweep is None:
                self._show_failure(result)
            told(position, result)

        with self._in_sweep() as sweep:
            workers = self._open(sweep, total)
            limits = dataclasses.replace(sweep.options.limits(), ahead=False)
            if workers.places is None and limits.concurrent is None:
                limits = dataclasses.replace(limits, concurrent=_WHERE_NOBODY_KNOWS)
            jobs = self._asked(sweep, asks, tell, keep_failed=keep_failed)
            self._run(sweep, jobs, "the jobs of a search", tell, limits)

    @contextlib.contextmanager
    def _in_sweep(self) -> Iterator[SweepRun]:
        """Give the sweep; in an app of ``@hydra.main`` one that lasts for this call."""
        if self.sweep is not None:
            yield self.sweep
            return
        sweep = SweepRun(self.options, {})
        try:
            yield sweep
        except BaseException as error:
            sweep.attach_to(error)
            sweep.close(error)
            raise
        sweep.close(None)

    def _show_failure(self, result: JobReturn) -> None:
        """Have a failure look as if it were raised here, as Hydra reports it."""
        failure = returned(result)
        if result.status is JobStatus.FAILED and isinstance(failure, Exception):
            show_as_raised_here(failure, self._file())

    def _file(self) -> str:
        """Give the file of the task function."""
        assert self.task_function is not None
        code = getattr(inspect.unwrap(self.task_function), "__code__", None)
        return "<worker>" if code is None else str(code.co_filename)

    def _open(self, sweep: SweepRun, total: int | None) -> Workers:
        """Have the sweep's directory, journal and workers ready."""
        config = self.config
        assert config is not None
        assert self.task_function is not None
        assert self.hydra_context is not None
        setup_globals()
        self._configure = self._hydra_logging(config)
        self._configure()
        sweep_dir = Path(os.path.abspath(str(config.hydra.sweep.dir)))
        sweep_dir.mkdir(parents=True, exist_ok=True)
        sweep.open(config, lambda: make_workers(sweep.options, sweep_dir))
        workers = sweep.workers
        assert workers is not None
        if workers.remote and self._sender is None:
            self._sender = Sender(self.task_function, self.hydra_context, str(sweep_dir), sweep.id)
        assert sweep.progress is not None
        if total is not None and sweep.total is None:
            sweep.progress.add_total(total)
        return workers

    def _run(
        self,
        sweep: SweepRun,
        jobs: Iterable[BatchJob | None],
        which: str,
        keep: Callable[[int, JobReturn], None],
        limits: Limits,
    ) -> None:
        context, workers = self.hydra_context, sweep.workers
        assert context is not None
        assert workers is not None
        assert self.task_function is not None
        _hydra.launcher_log.info(f"Launching {which} {workers}")
        crew = Crew(
            sweep,
            workers,
            self._preparer,
            self.task_function,
            context,
            self._configure,
            keep,
            self._sender,
        )
        schedule = Schedule(workers, limits, crew, jobs)
        try:
            schedule.run()
        except BaseException:
            crew.cancelled(schedule.end_running())
            raise
        if crew.failure is not None:
            _ = crew.failure.return_value  # raises what the task function raised

    def _hydra_logging(self, config: DictConfig) -> Callable[[], None]:
        """Give what configures logging as Hydra's own messages want it."""
        form = logging_form(_nodes.child(config, ("hydra",)), "hydra_logging", frozenset())
        if form is None or not _hydra.KNOWS_COMPOSING:
            return lambda: self._configure_as_hydra(config)
        return lambda: form.configure({})

    def _configure_as_hydra(self, config: DictConfig) -> None:
        will_be_verbose(config.hydra.verbose)
        _hydra.configure_log(config, self.hydra_context)

    def _jobs(
        self,
        sweep: SweepRun,
        job_overrides: Sequence[Sequence[str]],
        first: int,
        results: list[JobReturn | None],
    ) -> list[BatchJob]:
        """Give the jobs that have to run; of those that have run before, the results."""
        if sweep.resumed is None:
            return [
                BatchJob(position, first + position, tuple(overrides))
                for position, overrides in enumerate(job_overrides)
            ]
        assert sweep.progress is not None
        jobs = []
        found = resumed_batch(sweep.resumed, self._preparer, job_overrides, first)
        for position, (num, result) in enumerate(found):
            results[position] = result
            if result is None:
                jobs.append(BatchJob(position, num, tuple(job_overrides[position])))
            else:
                sweep.finished.append(result)
                sweep.progress.ended(num, "COMPLETED")
        log.info("Going on: %s of %s jobs are finished", len(results) - len(jobs), len(results))
        return jobs

    def _asked(
        self,
        sweep: SweepRun,
        asks: Iterator[Sequence[str] | None],
        told: Callable[[int, JobReturn], None],
        *,
        keep_failed: bool,
    ) -> Iterator[BatchJob | None]:
        """Give jobs as they are asked for; of those that have run before, the results are told."""
        assert sweep.progress is not None
        position = -1
        for overrides in asks:
            if overrides is None:
                yield None
                continue
            position += 1
            num, result = position, None
            if sweep.resumed is not None:
                ((num, result),) = resumed_batch(
                    sweep.resumed, self._preparer, [overrides], position, keep_failed=keep_failed
                )
            if result is None:
                yield BatchJob(position, num, tuple(overrides))
                continue
            sweep.finished.append(result)
            sweep.progress.ended(num, result.status.name)
            told(position, result)
