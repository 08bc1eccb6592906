"""The trackers as Hydra's config group chooses them: ``hydra/callbacks=mlflow`` and the like.

Hydra loads this module whenever an app starts, so it loads no more than it must. This module must not know
what the trackers do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional

# ruff: noqa: UP045 - OmegaConf reads these hints, and its older versions know Optional alone

ARTIFACTS = (".hydra/*", "*.log")


@dataclass
class MLflowConfig:
    """What `zenrun.trackers.MLflowCallback` can be told.

    Attributes:
        tracking_uri: Where MLflow keeps runs.
        experiment: The name of the experiment.
        artifacts: Which files of a job's folder are kept.
    """

    _target_: str = "zenrun.trackers.MLflowCallback"
    tracking_uri: Optional[str] = None
    experiment: Optional[str] = None
    artifacts: list[str] = field(default_factory=lambda: list(ARTIFACTS))


@dataclass
class TensorBoardConfig:
    """There is nothing that `zenrun.trackers.TensorBoardCallback` has to be told."""

    _target_: str = "zenrun.trackers.TensorBoardCallback"


CONFIGS = {"mlflow": {"mlflow": MLflowConfig}, "tensorboard": {"tensorboard": TensorBoardConfig}}
