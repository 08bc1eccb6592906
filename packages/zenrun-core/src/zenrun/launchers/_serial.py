"""The launcher that runs the jobs of a sweep one after the other, in this process.

It stands in for Hydra's basic launcher. This module must not know which jobs there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from hydra.core.hydra_config import HydraConfig
from hydra.core.utils import (
    JobReturn,
    configure_log,
    filter_overrides,
    run_job,
    setup_globals,
)
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, open_dict

from zenrun import _hydra, _nodes
from zenrun._isolation._hydra_config import RunHydraConfig
from zenrun.compose._composition import Composition, NotSureError
from zenrun.compose._loader import JobPlan, SweepConfigLoader
from zenrun.job._logging import logging_form
from zenrun.job._run import PlannedJob, run_planned_job
from zenrun.job._shape import JobShape

if TYPE_CHECKING:
    _Base = _hydra.HydraLauncher
else:
    _Base = object


class SerialLauncher(_Base):
    """Hydra's basic launcher, which works out once what its jobs have in common."""

    _shapes: WeakKeyDictionary[Composition, JobShape | NotSureError]

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        """Take what the launcher works with.

        Args:
            hydra_context: What jobs are composed with, and the callbacks.
            task_function: What each job calls.
            config: The sweep's config.
        """
        super().setup(hydra_context=hydra_context, task_function=task_function, config=config)
        self._shapes = WeakKeyDictionary()

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> Sequence[JobReturn]:
        """Run jobs.

        Args:
            job_overrides: The overrides of each job.
            initial_job_idx: The number of the first one.

        Returns:
            Hydra's account of each.
        """
        context = self.hydra_context
        assert context is not None
        assert self.config is not None
        loader = context.config_loader
        if not isinstance(loader, SweepConfigLoader) or not isinstance(
            HydraConfig.instance(), RunHydraConfig
        ):
            by_hydra: Sequence[JobReturn] = super().launch(job_overrides, initial_job_idx)
            return by_hydra
        setup_globals()
        configure = self._hydra_logging()
        configure()
        Path(str(self.config.hydra.sweep.dir)).mkdir(parents=True, exist_ok=True)
        _hydra.launcher_log.info(f"Launching {len(job_overrides)} jobs locally")
        runs: list[JobReturn] = []
        for num, overrides in enumerate(job_overrides, initial_job_idx):
            shown = " ".join(filter_overrides(overrides))
            _hydra.launcher_log.info(f"\t#{num} : {shown}")
            runs.append(self._run(loader, overrides, num))
            configure()
        return runs

    def _hydra_logging(self) -> Any:
        """Give what configures logging as Hydra's own messages want it."""
        assert self.config is not None
        config = self.config
        form = logging_form(_nodes.child(config, ("hydra",)), "hydra_logging", frozenset())
        if form is None:
            return lambda: configure_log(config.hydra.hydra_logging, config.hydra.verbose)
        return lambda: form.configure({})

    def _run(self, loader: SweepConfigLoader, overrides: Sequence[str], num: int) -> JobReturn:
        assert self.hydra_context is not None
        assert self.task_function is not None
        assert self.config is not None
        plan = loader.plan(self.config, overrides)
        if plan is None:
            return self._run_by_hydra(loader.composed_by_hydra(self.config, overrides), num)
        shape = self._shape(plan, loader)
        if shape is None:
            return self._run_by_hydra(plan.config(), num)
        job = PlannedJob(plan, shape, num)
        return run_planned_job(job, self.task_function, self.hydra_context)

    def _shape(self, plan: JobPlan, loader: SweepConfigLoader) -> JobShape | None:
        composition = plan.changes.composition
        shape = self._shapes.get(composition)
        if shape is None:
            try:
                shape = JobShape(composition)
            except NotSureError as error:
                shape = error
            self._shapes[composition] = shape
        if isinstance(shape, NotSureError):
            loader.counts["fast"] -= 1  # it was composed fast, and Hydra runs it
            loader.handed_over(str(shape))
            return None
        return shape

    def _run_by_hydra(self, config: DictConfig, num: int) -> JobReturn:
        assert self.hydra_context is not None
        assert self.task_function is not None
        with open_dict(config):
            config.hydra.job.id = num
            config.hydra.job.num = num
        return run_job(
            hydra_context=self.hydra_context,
            task_function=self.task_function,
            config=config,
            job_dir_key="hydra.sweep.dir",
            job_subdir_key="hydra.sweep.subdir",
        )
