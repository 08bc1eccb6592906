"""For the tests of code that uses zenrun or Hydra, and of sweepers.

`isolated_hydra` puts everything global back after each test; zenrun's own suites use it for every test.
`check_sweeper` checks that a sweeper keeps to what every search promises.
"""

from __future__ import annotations

from zenrun.testing._check_sweeper import SWEEPER_CHECKS, check_sweeper
from zenrun.testing._isolated import isolated_hydra

__all__ = ["SWEEPER_CHECKS", "check_sweeper", "isolated_hydra"]
