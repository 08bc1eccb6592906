"""zenrun.testing puts everything back."""

from __future__ import annotations

import logging
import os

import pytest
from hydra import initialize
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from omegaconf import OmegaConf

from zenrun import hydra_run
from zenrun.testing import isolated_hydra


def test_isolated_hydra_puts_everything_back(tmp_path):
    """What a block changes of Hydra's and Python's globals is undone, also after an error."""
    cwd, level = os.getcwd(), logging.getLogger().level

    with pytest.raises(ZeroDivisionError), isolated_hydra():
        ConfigStore.instance().store(group="g", name="only_here", node={"a": 1})
        ConfigStore.instance().store(group="hydra/launcher", name="mine", node={"a": 1})
        OmegaConf.register_new_resolver("only_here", lambda: 1)
        initialize(config_path=None, version_base="1.3").__enter__()
        os.chdir(tmp_path / "..")
        os.environ["ONLY_HERE"] = "1"
        logging.getLogger().setLevel(1)
        1 / 0

    repo = ConfigStore.instance().repo
    assert "g" not in repo
    assert "mine.yaml" not in repo["hydra"]["launcher"]
    assert not OmegaConf.has_resolver("only_here")
    assert not GlobalHydra.instance().is_initialized()
    assert (os.getcwd(), logging.getLogger().level) == (cwd, level)
    assert "ONLY_HERE" not in os.environ


def test_isolated_hydra_lets_runs_work():
    """Runs work inside the block, and after it."""
    with isolated_hydra():
        ConfigStore.instance().store(group="g", name="x", node={"a": 1})
        assert hydra_run({}, lambda cfg: cfg.g.a, ["+g=x"]).return_value == 1

    assert hydra_run({"a": 2}, lambda cfg: cfg.a).return_value == 2


def test_isolated_hydra_begins_uninitialized():
    """Inside the block Hydra can be initialized whatever went on before."""
    with initialize(config_path=None, version_base="1.3"):
        with isolated_hydra():
            assert not GlobalHydra.instance().is_initialized()
        assert GlobalHydra.instance().is_initialized()
