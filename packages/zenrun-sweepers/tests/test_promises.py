"""Random search keeps to what every search of zenrun's promises."""

from __future__ import annotations

import pytest

from zenrun import builds
from zenrun.testing import SWEEPER_CHECKS, check_sweeper
from zenrun_sweepers import RandomSearchSweeper


def random_search(n_trials, seed, **settings):
    """Make a random search's config from the settings that every search has."""
    return builds(RandomSearchSweeper, optim={"max_iter": n_trials, "seed": seed}, **settings)


@pytest.mark.parametrize("check", SWEEPER_CHECKS)
def test_random_search_keeps_its_promises(check):
    """Seeds, batches, failures, resume, conditions and the rest, as the shared checks have them."""
    check_sweeper(random_search, check)
