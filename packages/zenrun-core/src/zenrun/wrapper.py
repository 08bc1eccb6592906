"""The path by which hydra-zen's users know stores, what makes their configs, and `zen`.

This module must not know how any of it works.
"""

from __future__ import annotations

from zenrun._store import ZenStore, default_to_config, store
from zenrun._zen import Zen, zen

__all__ = ["Zen", "ZenStore", "default_to_config", "store", "zen"]
