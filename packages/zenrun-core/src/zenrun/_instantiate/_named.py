"""Targets that are named inside of a config's arguments, where Hydra does not look for any.

It must not know why they are named there.
"""

from __future__ import annotations

from typing import Any

import hydra.utils

from zenrun._instantiate._targets import is_known, open_targets

__all__ = ["called_target", "checked_target"]


def checked_target(path: str) -> Any:
    """Find a target, as if a config named it.

    Args:
        path: Its dotted path.

    Returns:
        The target, or Hydra's partial of it where arguments have to be checked when it is called.

    Raises:
        InstantiationException: Hydra finds no target there, or refuses it.
    """
    if not is_known():
        return hydra.utils.instantiate({"_target_": path, "_partial_": True})
    with open_targets() as targets:
        return targets.checked(path)


def called_target(path: str, argument: Any) -> Any:
    """Find a target and call it, as if a config named it.

    Args:
        path: Its dotted path.
        argument: The one argument that it is called with.

    Returns:
        What it returned.

    Raises:
        InstantiationException: Hydra finds no target there, or refuses it, its argument or its result; or
            the target raised an error (Hydra 1.4 lets that error through as it is).
    """
    if not is_known():
        return hydra.utils.instantiate({"_target_": path, "_partial_": True})(argument)
    with open_targets() as targets:
        return targets.call(path, lambda: ((argument,), {}), "", partial=False)
