"""The config group ``optim``: the optimizers of torch that take plain parameters.

They are found in ``torch.optim`` itself, so that each version of torch gives those that it has.
This module must not know what the optimizers are used for.
"""

from __future__ import annotations

from inspect import signature
from types import MappingProxyType
from typing import Any

import torch
from hydra.core.config_store import ConfigStore

from zenrun import builds

__all__ = ["optimizer_configs", "store_optimizers"]

_LEARNING_RATE = 0.3
# Two optimizers do not take steps of about the size of the learning rate in the beginning:
# Adadelta's are some thousandth of it, RMSprop's ten times it.
_OTHER_LEARNING_RATES = MappingProxyType({"Adadelta": 30.0, "RMSprop": 0.03})
# Hydra 1.4 wants to be told what Hydra 1.3 does unasked.
_REPLACE = {"replace": True} if "replace" in signature(ConfigStore.store).parameters else {}
_OTHER_ARGUMENTS = MappingProxyType({"SGD": {"momentum": 0.0}})


def optimizer_configs() -> dict[str, Any]:
    """Make a config of each optimizer of torch that can move a plain vector.

    An optimizer is left out if it fails to take one step on a vector of two numbers: LBFGS wants
    a function to evaluate, SparseAdam sparse gradients, Muon matrices.

    Returns:
        The configs by name, the class's name in small letters, in the order of the alphabet. Each
        instantiates to a partial that makes the optimizer of a list of tensors.

    Example:
        >>> from zenrun import instantiate
        >>> from zenrun_torch_examples import optimizer_configs
        >>> sgd = instantiate(optimizer_configs()["sgd"])
        >>> sgd.func, sgd.keywords
        (<class 'torch.optim.sgd.SGD'>, {'lr': 0.3, 'momentum': 0.0})
    """
    found = {}
    for name, cls in vars(torch.optim).items():
        if not (isinstance(cls, type) and issubclass(cls, torch.optim.Optimizer)):
            continue
        arguments: dict[str, Any] = {
            "lr": _OTHER_LEARNING_RATES.get(name, _LEARNING_RATE),
            **_OTHER_ARGUMENTS.get(name, {}),
        }
        if _moves_a_vector(cls, arguments):
            found[name.lower()] = builds(cls, zen_partial=True, **arguments)
    return dict(sorted(found.items()))


def store_optimizers(group: str = "optim") -> tuple[str, ...]:
    """Register the optimizers' configs with Hydra, as the options of a config group.

    Options of the same names that the group already has are replaced.

    Args:
        group: The name of the group.

    Returns:
        The names of the options.

    Example:
        >>> from hydra.core.config_store import ConfigStore
        >>> from zenrun.testing import isolated_hydra
        >>> from zenrun_torch_examples import store_optimizers
        >>> with isolated_hydra():
        ...     names = store_optimizers()
        ...     stored = ConfigStore.instance().list("optim")
        >>> "adam" in names, "adam.yaml" in stored
        (True, True)

    Source: https://hydra.cc/docs/tutorials/structured_config/config_groups
    """
    configs = optimizer_configs()
    store: Any = ConfigStore.instance().store
    for name, node in configs.items():
        store(group=group, name=name, node=node, provider="zenrun-torch-examples", **_REPLACE)
    return tuple(configs)


def _moves_a_vector(cls: type[torch.optim.Optimizer], arguments: dict[str, float]) -> bool:
    """Say whether one step can be taken, by taking it."""
    xy = torch.ones(2, requires_grad=True)
    xy.grad = torch.ones(2)
    make: Any = cls  # each has arguments of its own
    try:
        make([xy], **arguments).step()
    except (RuntimeError, TypeError, ValueError):
        return False
    return True
