"""The sweeper that runs every combination of the swept values.

It stands in for Hydra's basic sweeper. This module must not know how jobs run.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.core.utils import JobReturn
from hydra.plugins.launcher import Launcher

from zenrun import _hydra
from zenrun.compose._loader import SweepConfigLoader
from zenrun.compose._swept import Combination
from zenrun.launchers._sweep_run import SweepRun
from zenrun.sweep._combine import Jobs, jobs_of

if TYPE_CHECKING:
    _Base = _hydra.HydraSweeper
else:
    _Base = object

log = logging.getLogger("zenrun.sweep")


class GridSweeper(_Base):
    """Hydra's basic sweeper, which keeps for its launcher what the check of a batch has taken.

    Attributes:
        sweep_run: The sweep, where zenrun runs it; None in an app of ``@hydra.main``.
        combination: How the overrides are combined; None for every combination, as Hydra makes them.
    """

    sweep_run: SweepRun | None = None
    combination: Combination | None = None
    _jobs: Jobs | None = None

    def sweep(self, arguments: list[str]) -> Any:
        """Run every combination of the swept values.

        Args:
            arguments: The overrides.

        Returns:
            The JobReturns of each batch.
        """
        if self.sweep_run is None or self.sweep_run.options.on_failure != "return":
            return super().sweep(arguments)
        assert self.launcher is not None
        gathering = _Gathering(self.launcher)
        self.launcher = gathering
        super().sweep(arguments)
        return gathering.batches

    def split_arguments(  # type: ignore[override]
        self, overrides: list[Override], max_batch_size: int | None
    ) -> list[list[list[str]]]:
        """Give the overrides of each job, in batches.

        Args:
            overrides: The overrides of the sweep.
            max_batch_size: How many jobs a batch has at most, or None.

        Raises:
            CombinationError: There is no job, or what is to be combined does not fit together.
        """
        if self.combination is None:
            return super().split_arguments(overrides, max_batch_size)
        assert self.hydra_context is not None
        parser = OverridesParser.create(config_loader=self.hydra_context.config_loader)
        self._jobs = jobs_of(self.combination, overrides, parser.parse_overrides)
        chunks = _hydra.HydraSweeper.split_overrides_to_chunks(self._jobs.overrides, max_batch_size)
        return list(chunks)

    def get_job_batch(self) -> Sequence[Sequence[str]]:
        """Give the overrides of the next batch's jobs."""
        if self.batch_index == 0:
            self._begin()
        batch: Sequence[Sequence[str]] = super().get_job_batch()
        return batch

    def _begin(self) -> None:
        """See, before the first job runs, to what is about all of them."""
        assert self.overrides is not None
        every = [overrides for batch in self.overrides for overrides in batch]
        if self.sweep_run is not None:
            if self.sweep_run.resumed is not None:
                self.sweep_run.resumed.check_jobs(every)
            self.sweep_run.total = len(every)
        if self._jobs is not None:
            log.info("%s", self._jobs.told)
            if len(self.overrides) > 1:  # Hydra looks at the later batches when it comes to them
                self.validate_batch_is_legal(self._jobs.examples)

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
