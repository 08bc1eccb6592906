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
    # Where OmegaConf is not loaded, or another thread is still loading it, nobody has a node.
    omegaconf = sys.modules.get("omegaconf")
    kinds = (getattr(omegaconf, name, ()) for name in ("DictConfig", "ListConfig"))
    return isinstance(value, tuple(kinds))
