"""The sweeper that runs every combination of the swept values.

It stands in for Hydra's basic sweeper. This module must not know how jobs run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hydra.core.utils import JobReturn
from hydra.plugins.launcher import Launcher

from zenrun import _hydra
from zenrun.compose._loader import SweepConfigLoader
from zenrun.launchers._sweep_run import SweepRun

if TYPE_CHECKING:
    _Base = _hydra.HydraSweeper
else:
    _Base = object


class GridSweeper(_Base):
    """Hydra's basic sweeper, which keeps for its launcher what the check of a batch has taken.

    Attributes:
        sweep_run: The sweep.
    """

    sweep_run: SweepRun

    def sweep(self, arguments: list[str]) -> Any:
        """Run every combination of the swept values.

        Args:
            arguments: The overrides.

        Returns:
            The JobReturns of each batch.
        """
        if self.sweep_run.options.on_failure != "return":
            return super().sweep(arguments)
        assert self.launcher is not None
        gathering = _Gathering(self.launcher)
        self.launcher = gathering
        super().sweep(arguments)
        return gathering.batches

    def get_job_batch(self) -> Sequence[Sequence[str]]:
        """Give the overrides of the next batch's jobs."""
        if self.sweep_run.resumed is not None and self.batch_index == 0:
            assert self.overrides is not None
            every = [overrides for batch in self.overrides for overrides in batch]
            self.sweep_run.resumed.check_jobs(every)
        batch: Sequence[Sequence[str]] = super().get_job_batch()
        return batch

    def validate_batch_is_legal(self, batch: Sequence[Sequence[str]]) -> None:
        """See whether the configs of a batch can be composed, before the first job runs.

        Args:
            batch: The overrides of each job.
        """
        assert self.hydra_context is not None
        assert self.config is not None
        loader = self.hydra_context.config_loader
        if not isinstance(loader, SweepConfigLoader):
            super().validate_batch_is_legal(batch)
            return
        for overrides in batch:
            loader.check(self.config, overrides)


class _Gathering(Launcher):
    """Keeps the results of a launcher from Hydra's sweeper, which would raise for a failed job.

    Args:
        launcher: The launcher.
    """

    def __init__(self, launcher: Launcher) -> None:
        self._launcher = launcher
        self.batches: list[Sequence[JobReturn]] = []

    def setup(self, **_: Any) -> None:
        """Do nothing: the launcher has been set up."""

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> Sequence[JobReturn]:
        """Have the launcher run jobs.

        Args:
            job_overrides: The overrides of each job.
            initial_job_idx: The number of the first one.

        Returns:
            Nothing to look at.
        """
        self.batches.append(self._launcher.launch(job_overrides, initial_job_idx))
        return []
