"""Each test works in a folder of its own and leaves Hydra's globals alone."""

from __future__ import annotations

import os

import pytest

from zenrun.testing import isolated_hydra

# As the core's: what takes many jobs to see runs once, with one set of versions.
if os.environ.get("ZENRUN_HYPOTHESIS") == "quick":
    collect_ignore = [
        f"test_{name}.py" for name in ("promises", "random_search", "sweeper_failures")
    ]


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with isolated_hydra():
        yield
