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
