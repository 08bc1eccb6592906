"""Gradient descent under every optimizer of torch: zenrun's demonstration.

The names below are imported when they are first used: importing the package loads neither torch
nor matplotlib, and registers nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zenrun_torch_examples.configs import ConfigGradDesc as ConfigGradDesc
    from zenrun_torch_examples.descent import gradient_descent as gradient_descent
    from zenrun_torch_examples.functions import himmelblau as himmelblau
    from zenrun_torch_examples.functions import paraboloid as paraboloid
    from zenrun_torch_examples.functions import rosenbrock as rosenbrock
    from zenrun_torch_examples.optimizers import optimizer_configs as optimizer_configs
    from zenrun_torch_examples.optimizers import store_optimizers as store_optimizers
    from zenrun_torch_examples.plot import plot_trajectories as plot_trajectories

_HOMES = {
    "ConfigGradDesc": "zenrun_torch_examples.configs",
    "gradient_descent": "zenrun_torch_examples.descent",
    "himmelblau": "zenrun_torch_examples.functions",
    "optimizer_configs": "zenrun_torch_examples.optimizers",
    "paraboloid": "zenrun_torch_examples.functions",
    "plot_trajectories": "zenrun_torch_examples.plot",
    "rosenbrock": "zenrun_torch_examples.functions",
    "store_optimizers": "zenrun_torch_examples.optimizers",
}

__all__ = [
    "ConfigGradDesc",
    "gradient_descent",
    "himmelblau",
    "optimizer_configs",
    "paraboloid",
    "plot_trajectories",
    "rosenbrock",
    "store_optimizers",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("zenrun-torch-examples")
    if name not in _HOMES:
        msg = f"module 'zenrun_torch_examples' has no attribute {name!r}"
        raise AttributeError(msg)
    found = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = found  # found without this function from now on
    return found


def __dir__() -> list[str]:
    return __all__
