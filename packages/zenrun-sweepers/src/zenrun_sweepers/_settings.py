"""The settings of random search that stand in its ``optim``, checked.

This module must not know what a search does with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from omegaconf import DictConfig

from zenrun_sweepers.errors import SweeperConfigError


def read_optim(optim: Any) -> tuple[int, int | None]:
    """Read the settings of a search.

    Args:
        optim: A mapping with ``max_iter`` and perhaps ``seed``; its other keys are not looked at.

    Returns:
        The number of jobs, and the seed or None.

    Raises:
        SweeperConfigError: A setting is missing or wrong, or it is no mapping.
    """
    if not isinstance(optim, (Mapping, DictConfig)):
        msg = (
            "The settings of random search are a dict such as {'max_iter': 10, 'seed': None}; "
            f"given as optim was {optim!r} of type {type(optim).__name__}"
        )
        raise SweeperConfigError(msg, "hydra.sweeper.optim")
    if "max_iter" not in optim:
        keys = ", ".join(map(str, optim)) or "no key"
        msg = (
            "Random search needs the number of jobs, optim.max_iter, and it is not set; optim has "
            f"{keys}. Write optim=dict(max_iter=10), or override hydra.sweeper.optim.max_iter=10"
        )
        raise SweeperConfigError(msg, "hydra.sweeper.optim.max_iter")
    max_iter = _checked(optim["max_iter"], "max_iter", "the number of jobs, a whole number")
    seed = optim.get("seed")
    if seed is not None:
        seed = _checked(seed, "seed", "None (null on a command line) or a whole number")
    return max_iter, seed


def _checked(value: Any, name: str, what: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    msg = (
        f"The optim.{name} of random search is {what} from 0 on; given was {value!r} of type "
        f"{type(value).__name__}"
    )
    raise SweeperConfigError(msg, f"hydra.sweeper.optim.{name}")
