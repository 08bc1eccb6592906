"""Each test works in a folder of its own and leaves Hydra's globals alone."""

from __future__ import annotations

import pytest

from zenrun.testing import isolated_hydra


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with isolated_hydra():
        yield
