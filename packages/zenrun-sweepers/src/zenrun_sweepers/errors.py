"""Every error that zenrun-sweepers raises on purpose; they are zenrun's.

Each is a `zenrun.errors.ZenrunError`, one of Hydra's exceptions (so that a command line shows its
message without a traceback), and the built-in type that fits. This module only names them.
"""

from __future__ import annotations

from zenrun.errors import ScoreError, SearchSpaceError, SweeperConfigError, SweeperError

__all__ = ["ScoreError", "SearchSpaceError", "SweeperConfigError", "SweeperError"]
