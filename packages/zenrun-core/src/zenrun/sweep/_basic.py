"""The sweeper that runs every combination of the swept values.

It stands in for Hydra's basic sweeper. This module must not know how jobs run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from zenrun import _hydra
from zenrun.compose._loader import SweepConfigLoader

if TYPE_CHECKING:
    _Base = _hydra.HydraSweeper
else:
    _Base = object


class GridSweeper(_Base):
    """Hydra's basic sweeper, which keeps for its launcher what the check of a batch has taken."""

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
