"""Trackers people already use, as Hydra callbacks: `MLflowCallback` and `TensorBoardCallback`.

They serve in zenrun's runs and in apps of ``@hydra.main``, with every launcher. Their libraries are extras
(``mlflow``, ``tensorboard``) and loaded when a run has chosen them: ``hydra/callbacks=mlflow``.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zenrun.trackers._mlflow import MLflowCallback as MLflowCallback
    from zenrun.trackers._tensorboard import TensorBoardCallback as TensorBoardCallback

__all__ = ["MLflowCallback", "TensorBoardCallback"]
_HOMES = {"MLflowCallback": "_mlflow", "TensorBoardCallback": "_tensorboard"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    found = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found  # found without this function from now on
    return found


def __dir__() -> list[str]:
    return __all__
