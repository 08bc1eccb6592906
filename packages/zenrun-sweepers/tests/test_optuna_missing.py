"""Optuna's search where Optuna is missing."""

from __future__ import annotations

import sys

import pytest

from zenrun import hydra_multirun
from zenrun.errors import MissingExtraError


def test_optuna_search_without_optuna_names_the_extra(monkeypatch):
    """The error says how to install it, and no job runs."""
    monkeypatch.setitem(sys.modules, "optuna", None)
    ran = []
    with pytest.raises(MissingExtraError, match=r'pip install "zenrun-sweepers\[optuna\]"'):
        hydra_multirun({"x": 0}, ran.append, ["hydra/sweeper=optuna", "x=interval(0, 1)"])
    assert ran == []


@pytest.mark.parametrize(
    ("sampler", "module", "extra"),
    [("gp", "torch", "gp"), ("cmaes", "cmaes", "optuna"), ("qmc", "scipy", "optuna")],
)
def test_optuna_sampler_without_its_library_names_the_extra(monkeypatch, sampler, module, extra):
    """What Optuna would import after some trials is missed before the first one."""
    pytest.importorskip("optuna")
    monkeypatch.setitem(sys.modules, module, None)
    ran = []
    overrides = ["hydra/sweeper=optuna", f"hydra.sweeper.sampler={sampler}", "x=interval(0, 1)"]
    with pytest.raises(MissingExtraError, match=rf"zenrun-sweepers\[{extra}\]"):
        hydra_multirun({"x": 0}, ran.append, overrides)
    assert ran == []
