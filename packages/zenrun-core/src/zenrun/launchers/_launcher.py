"""The launcher: the jobs of a batch in, their JobReturns out, wherever they run.

It stands in for Hydra's basic launcher. This module must not know which jobs there are.
"""

from __future__ import annotations

import inspect
import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hydra.core.utils import JobReturn, JobStatus, setup_globals
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

from zenrun import _hydra, _nodes
from zenrun.job._logging import logging_form
from zenrun.job._return import returned
from zenrun.launchers._choose import make_workers
from zenrun.launchers._crew import BatchJob, Crew
from zenrun.launchers._frames import show_as_raised_here
from zenrun.launchers._options import LaunchOptions
from zenrun.launchers._prepare import JobPreparer
from zenrun.launchers._resumed import resumed_batch
from zenrun.launchers._schedule import Schedule
from zenrun.launchers._sweep_run import SweepRun
from zenrun.launchers._travel import Sender

if TYPE_CHECKING:
    _Base = _hydra.HydraLauncher
else:
    _Base = object

log = logging.getLogger("zenrun.sweep")


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
        if self.sweep is not None:
            return self._launch(self.sweep, job_overrides, initial_job_idx)
        sweep = SweepRun(self.options, {})
        try:
            made = self._launch(sweep, job_overrides, initial_job_idx)
        except BaseException as error:
            sweep.attach_to(error)
            sweep.close(error)
            raise
        sweep.close(None)
        for result in made:
            failure = returned(result)
            if result.status is JobStatus.FAILED and isinstance(failure, Exception):
                show_as_raised_here(failure, self._file())  # Hydra reports it
        return made

    def _file(self) -> str:
        """Give the file of the task function."""
        assert self.task_function is not None
        code = getattr(inspect.unwrap(self.task_function), "__code__", None)
        return "<worker>" if code is None else str(code.co_filename)

    def _launch(
        self, sweep: SweepRun, job_overrides: Sequence[Sequence[str]], first: int
    ) -> list[JobReturn]:
        context, config = self.hydra_context, self.config
        assert context is not None
        assert config is not None
        assert self.task_function is not None
        setup_globals()
        configure = self._hydra_logging(config)
        configure()
        sweep_dir = Path(os.path.abspath(str(config.hydra.sweep.dir)))
        sweep_dir.mkdir(parents=True, exist_ok=True)
        sweep.open(config, lambda: make_workers(sweep.options, sweep_dir))
        workers = sweep.workers
        assert workers is not None
        if workers.remote and self._sender is None:
            self._sender = Sender(self.task_function, context, str(sweep_dir), sweep.id)
        results: list[JobReturn | None] = [None] * len(job_overrides)
        assert sweep.progress is not None
        if sweep.total is None:
            sweep.progress.add_total(len(results))
        jobs = self._jobs(sweep, job_overrides, first, results)
        _hydra.launcher_log.info(f"Launching {len(jobs)} jobs {workers}")
        crew = Crew(
            sweep,
            workers,
            self._preparer,
            self.task_function,
            context,
            configure,
            results,
            self._sender,
        )
        schedule = Schedule(workers, sweep.options.limits(), crew, jobs)
        try:
            schedule.run()
        except BaseException:
            crew.cancelled(schedule.end_running())
            raise
        if crew.failure is not None:
            _ = crew.failure.return_value  # raises what the task function raised
        return [result for result in results if result is not None]

    def _hydra_logging(self, config: DictConfig) -> Callable[[], None]:
        """Give what configures logging as Hydra's own messages want it."""
        form = logging_form(_nodes.child(config, ("hydra",)), "hydra_logging", frozenset())
        if form is None or not _hydra.KNOWS_COMPOSING:
            context = self.hydra_context
            return lambda: _hydra.configure_log(config, context)
        return lambda: form.configure({})

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
