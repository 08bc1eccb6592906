"""How each job of a sweep is composed: planned where that is certain, by Hydra where it is not.

This module must not know where jobs run.
"""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from hydra.core.config_loader import ConfigLoader
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from zenrun._isolation._hydra_config import RunHydraConfig
from zenrun.compose._composition import Composition, NotSureError
from zenrun.compose._loader import JobPlan, SweepConfigLoader
from zenrun.job._hydra_job import HydraJob
from zenrun.job._run import PlannedJob
from zenrun.job._shape import JobShape

Job = PlannedJob | HydraJob


class JobPreparer:
    """Composes the jobs of one sweep.

    Args:
        loader: The sweep's config loader.
        config: The sweep's config.
    """

    def __init__(self, loader: ConfigLoader, config: DictConfig) -> None:
        self._loader = loader
        self._config = config
        self._shapes: WeakKeyDictionary[Composition, JobShape | NotSureError] = WeakKeyDictionary()

    def job(self, num: int, overrides: Sequence[str]) -> Job:
        """Compose a job.

        Args:
            num: Its number.
            overrides: Its overrides.
        """
        loader = self._loader
        of_zenrun = isinstance(HydraConfig.instance(), RunHydraConfig)
        if not isinstance(loader, SweepConfigLoader) or not of_zenrun:
            return HydraJob(loader.load_sweep_config(self._config, list(overrides)), num)
        plan = loader.plan(self._config, overrides)
        if plan is None:
            return HydraJob(loader.composed_by_hydra(self._config, overrides), num)
        shape = self._shape(plan, loader)
        return HydraJob(plan.config(), num) if shape is None else PlannedJob(plan, shape, num)

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
