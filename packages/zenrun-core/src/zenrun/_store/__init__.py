"""Configs by group and name, kept aside until they are added to Hydra's ConfigStore.

This room must not know how configs are composed or run.
"""

from __future__ import annotations

from zenrun._store._to_config import default_to_config
from zenrun._store._zen_store import ZenStore

__all__ = ["ZenStore", "default_to_config", "store"]

store: ZenStore = ZenStore("zen_store")
"""The store that there is without making one."""
