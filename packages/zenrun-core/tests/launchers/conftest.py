"""Where the launchers' tests run their jobs."""

from __future__ import annotations

import pytest

from zenrun.launchers import LokyWorkers


@pytest.fixture(scope="module")
def loky():
    """Two processes that serve all tests of a module."""
    pytest.importorskip("loky", reason="the extra 'parallel' is not installed")
    with LokyWorkers(2) as workers:
        yield workers


@pytest.fixture(params=["this process", "loky"])
def executor(request):
    """Where jobs run."""
    return None if request.param == "this process" else request.getfixturevalue("loky")
