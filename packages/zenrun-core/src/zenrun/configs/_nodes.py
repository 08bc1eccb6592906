"""OmegaConf's nodes and its mark of a missing value, known without loading OmegaConf.

This module must not know what a node holds.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeGuard

if TYPE_CHECKING:
    from omegaconf import DictConfig, ListConfig

MISSING: Any = "???"  # OmegaConf's own: it stands in yaml files, so it stays


def is_node(value: Any) -> TypeGuard[DictConfig | ListConfig]:
    """Say whether a value is a ``DictConfig`` or a ``ListConfig``.

    Args:
        value: Any object.
    """
    omegaconf = sys.modules.get("omegaconf")
    if omegaconf is None:
        return False
    # While another thread is still loading OmegaConf, nobody has a node yet.
    found = getattr(omegaconf, "DictConfig", ()), getattr(omegaconf, "ListConfig", ())
    return isinstance(value, found)
