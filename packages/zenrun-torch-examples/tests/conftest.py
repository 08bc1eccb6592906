"""Each test works in a folder of its own, leaves Hydra's globals alone and draws on no screen."""

from __future__ import annotations

import os

import pytest

from zenrun.testing import isolated_hydra

os.environ["MPLBACKEND"] = "Agg"


def pytest_configure(config):
    """Let matplotlib older than pyparsing use the names that pyparsing now advises against."""
    for module in ("matplotlib._fontconfig_pattern", "matplotlib._mathtext"):
        line = f"ignore:.*deprecated - use:DeprecationWarning:{module}"
        config.addinivalue_line("filterwarnings", line)


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
