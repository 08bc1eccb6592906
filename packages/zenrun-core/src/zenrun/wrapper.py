"""The path by which hydra-zen's users know stores and what makes their configs.

This module must not know how any of it works.
"""

from __future__ import annotations

from zenrun._store import ZenStore, default_to_config, store

__all__ = ["ZenStore", "default_to_config", "store"]
