"""Which way jobs take: the fast one for what is common, Hydra's own where zenrun is not sure."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

import pytest
from hydra.core.config_store import ConfigStore
from hydra.experimental.callback import Callback
from hydra.version import __version__ as hydra_version

from zenrun import builds, hydra_multirun, hydra_run, make_config

pytestmark = pytest.mark.skipif(
    hydra_version.startswith("1.4"), reason="with Hydra 1.4 every job takes Hydra's way"
)


@dataclass
class Model:
    width: int = 3
    names: list[str] = field(default_factory=lambda: ["a"])


@dataclass
class Experiment:
    lr: float = 0.1
    text: str = "some text"
    derived: str = "${lr} of ${hydra:job.num}"
    model: Model = field(default_factory=Model)


class Ears(logging.Handler):
    def __init__(self):
        super().__init__(logging.DEBUG)
        self.heard = []

    def emit(self, record):
        self.heard.append(record.getMessage())


@pytest.fixture
def ways():
    """Give what the last run says of the ways its jobs took."""
    logger, ears = logging.getLogger("zenrun.compose"), Ears()
    level = logger.level
    logger.addHandler(ears)
    logger.setLevel(logging.DEBUG)

    def told():
        said = [line for line in ears.heard if line.startswith("Jobs by")]
        return said[-1].partition(": ")[2]

    yield told
    logger.removeHandler(ears)
    logger.setLevel(level)


def nothing(_):
    """Do nothing."""


@pytest.mark.parametrize(
    "overrides",
    [
        ["lr=0.1,0.2"],
        ["lr=range(2)"],
        ["text='with, commas and ${lr}',plain"],
        ["model.width=1,2", "+new.key=[1,2]"],
        ["++model.width=1,2", "~text"],
        ["model={width:5},{width:6}"],
        ["model.names=[a],[b,c]"],
        ["+model.names=[x],[y]"],
        ["lr=1,2", "hydra.job.chdir=true"],
        ["lr=1,2", "hydra.sweep.dir=out", "hydra.sweep.subdir=${hydra.job.override_dirname}"],
        ["lr=1,2", "hydra.sweep.dir=out/${text}", "hydra.sweep.subdir=${lr}"],
        ["lr=1,2", "hydra.output_subdir=null", "hydra/job_logging=disabled"],
        ["lr=1,2", "+hydra.job.env_set.NAME=value"],
    ],
    ids=" ".join,
)
def test_way_of_a_usual_sweep_is_the_fast_one(overrides, ways):
    """Values of every kind, and the usual settings of folders and logs, need no help of Hydra's."""
    hydra_multirun(Experiment, nothing, overrides)

    assert ways() == "{'fast': 2}"


def test_way_of_a_sweep_over_groups_is_the_fast_one(ways):
    """Choices of config groups, also in packages, are composed once each and then fast."""
    store = ConfigStore.instance()
    store.store(group="db", name="mysql", node={"port": 1})
    store.store(group="db", name="sqlite", node={"file": "x"})

    hydra_multirun({"lr": 1}, nothing, ["+db=mysql,sqlite", "+db@spare=mysql", "lr=1,2"])

    assert ways() == "{'fast': 4}"


def test_way_of_a_sweep_with_callbacks_is_the_fast_one(ways):
    """Callbacks are called by the fast way, too."""
    config = make_config(a=1, hydra={"callbacks": {"mine": builds(Callback)}})

    hydra_multirun(config, nothing, ["a=1,2"])

    assert ways() == "{'fast': 2}"


def test_way_of_a_single_run_is_the_fast_one(ways):
    """A run of one job takes the fast way as well."""
    hydra_run(Experiment, nothing, ["lr=2", "model.width=4"])

    assert ways() == "{'fast': 1}"


@pytest.mark.parametrize(
    ("overrides", "reason"),
    [
        (["lr=1,2", "hydra.verbose=[one]"], None),
        (["lr=1,2", "hydra.job.env_copy=[PATH]"], "environment"),
        (["lr=1,2", "~text", "+text=x"], "deleted"),
        (["lr=1,2", "hydra.output_subdir=${text}"], "output_subdir"),
    ],
)
def test_way_that_only_hydra_knows_is_hydras(overrides, reason, ways):
    """Where zenrun is not sure, Hydra sees to the jobs, and the reason is told."""
    (jobs,) = hydra_multirun(Experiment, lambda cfg: cfg.lr, overrides)

    assert [job.return_value for job in jobs] == [1, 2]
    if reason is None:
        assert ways() == "{'fast': 2}"
    else:
        assert "'fast'" not in ways()
        assert reason in ways()


@pytest.mark.parametrize("run", [1, 2])
def test_way_is_told_to_nobody_who_did_not_ask_by_name(run, capsys):
    """A verbose run prints what Hydra prints, also when it is not the first run of the process."""
    for _ in range(run):
        hydra_multirun(Experiment, nothing, ["lr=1,2", "hydra.verbose=true"])

    printed = capsys.readouterr().out
    assert "Installed Hydra Plugins" in printed
    assert "Jobs by" not in printed
