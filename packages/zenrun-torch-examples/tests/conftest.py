"""Each test works in a folder of its own, leaves Hydra's globals alone and draws on no screen."""

from __future__ import annotations

import matplotlib as mpl
import pytest

from zenrun.testing import isolated_hydra

mpl.use("Agg")


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with isolated_hydra():
        yield


@pytest.fixture(autouse=True)
def _no_figures_left():
    from matplotlib import pyplot as plt

    yield
    plt.close("all")
