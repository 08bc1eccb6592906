"""Sweepers and launchers of others, which call what Hydra offers them, run as under Hydra."""

from __future__ import annotations

import random

import pytest
from hydra._internal.core_plugins.basic_launcher import BasicLauncher
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.plugins import Plugins
from hydra.core.utils import configure_log, filter_overrides, run_job, setup_globals
from hydra.plugins.launcher import Launcher
from omegaconf import OmegaConf, open_dict
from plugins import PACKAGE, Configured, OwnSweeper, put_in_package
from reference import Case, assert_as_hydra
from snapshots import config_of, tree
from spies import EVENTS, spy
from worlds import PLAIN, STORED


class RandomSearch(OwnSweeper):
    """A sweeper like the one of the running-experiments page: one job after the other."""

    def __init__(self, max_iter=2):
        self.max_iter = max_iter

    def sweep(self, arguments):
        chance = random.Random(3)
        parsed = OverridesParser.create().parse_overrides(arguments)
        bounds = {
            item.get_key_element(): [item.value().start, item.value().end]
            for item in parsed
            if item.is_interval_sweep()
        }
        tried = []
        for number in range(self.max_iter):
            chosen = {key: chance.uniform(*ends) for key, ends in bounds.items()}
            batch = [tuple(f"{key}={float(value)}" for key, value in chosen.items())]
            returns = self.launcher.launch(batch, initial_job_idx=number)
            tried.append((chosen, returns[0]))
        return {"best": tried[0][1], "all": tried}


class Validating(OwnSweeper):
    """A sweeper that validates, changes its config meanwhile, and numbers jobs as it likes."""

    def sweep(self, arguments):
        batch = [["a=1", *arguments], ["a=2", "+fresh=1"], ["a=3", "~s"]]
        self.validate_batch_is_legal(batch)
        with open_dict(self.config):
            self.config.hydra.sweep.dir = "changed"
            self.config.hydra.job.name = "seen by nobody"
        first = self.launcher.launch(batch[:1], initial_job_idx=40)
        return [*first, *self.launcher.launch(batch[1:], initial_job_idx=7)]


class Illegal(OwnSweeper):
    """A sweeper whose second job cannot be composed."""

    def sweep(self, arguments):
        return self.launcher.launch([["a=1"], ["nope=1"]], initial_job_idx=0)


class Strange(OwnSweeper):
    """A sweeper that gives Hydra's launcher what is no plain list of values."""

    def sweep(self, arguments):
        jobs = (("a=1", "hydra.job.name=by_sweeper"), ("+db=plain", "a=2", "db.opts.a=5"))
        return self.launcher.launch(jobs, initial_job_idx=0)


class Listening(OwnSweeper):
    """A sweeper whose jobs call what is no callback of the config."""

    def on_job_start(self, config, **kwargs):
        EVENTS.append(("start", config.a, sorted(kwargs)))

    def on_job_end(self, config, job_return, **kwargs):
        EVENTS.append(("end", config.a, job_return.cfg.a, sorted(kwargs)))

    def sweep(self, arguments):
        self.launcher.hydra_context.callbacks = self
        return self.launcher.launch([["a=1"], ["a=2"]], initial_job_idx=0)


class Halving(BasicSweeper):
    """A sweeper over Hydra's own, with batches of one and the last one left out."""

    def __init__(self):
        super().__init__(max_batch_size=1)

    def is_done(self):
        return super().is_done() or self.batch_index == 2


class Reversed(Configured, Launcher):
    """A launcher that runs the jobs backwards, by what Hydra gives launchers."""

    def __init__(self, configure=True):
        self.configure = configure

    def launch(self, job_overrides, initial_job_idx):
        setup_globals()
        configure_log(self.config.hydra.hydra_logging, self.config.hydra.verbose)
        returns = []
        for place, overrides in reversed(list(enumerate(job_overrides))):
            cfg = self.hydra_context.config_loader.load_sweep_config(self.config, list(overrides))
            with open_dict(cfg):
                cfg.hydra.job.id = f"job {place}"
                cfg.hydra.job.num = initial_job_idx + place
            EVENTS.append(("composed", config_of(cfg), filter_overrides(overrides)))
            HydraConfig.instance().set_config(cfg)
            returns.append(
                run_job(
                    hydra_context=self.hydra_context,
                    task_function=self.task_function,
                    config=cfg,
                    job_dir_key="hydra.sweep.dir",
                    job_subdir_key="hydra.sweep.subdir",
                    configure_logging=self.configure,
                )
            )
            EVENTS.append(("ran", tree(cfg)))
        return returns


class Twice(BasicLauncher):
    """A launcher over Hydra's own that runs each batch twice."""

    def launch(self, job_overrides, initial_job_idx):
        once = super().launch(job_overrides, initial_job_idx)
        with open_dict(self.config):
            self.config.hydra.sweep.dir = "again"
        return [*once, *super().launch(job_overrides, initial_job_idx + 10)]


SWEEPERS = (RandomSearch, Validating, Illegal, Strange, Listening, Halving)
LAUNCHERS = (Reversed, Twice)


@pytest.fixture(autouse=True)
def _in_the_package_of_plugins(monkeypatch):
    put_in_package(monkeypatch, SWEEPERS + LAUNCHERS)


def prepare():
    """Have Hydra know the plugins, as its search for them would."""
    for group, plugins in (("sweeper", SWEEPERS), ("launcher", LAUNCHERS)):
        for plugin in plugins:
            Plugins.instance().register(plugin)
            node = {"_target_": f"{PACKAGE}.{plugin.__name__}"}
            ConfigStore.instance().store(f"{plugin.__name__}", node, group=f"hydra/{group}")


@pytest.mark.parametrize(
    ("sweeper", "overrides"),
    [
        (RandomSearch, ("a=interval(0,1)", "x=interval(-1,1)", "s=fixed")),
        (Validating, ("s=fixed", "hydra.job.chdir=true")),
        (Illegal, ()),
        (Strange, ()),
        (Listening, ()),
        (Halving, ("a=1,2,3",)),
    ],
    ids=lambda item: getattr(item, "__name__", None),
)
def test_sweeper_of_others_is_as_under_hydra(sweeper, overrides):
    """Jobs that a sweeper asks for in its own way."""
    overrides = (f"hydra/sweeper={sweeper.__name__}", *overrides)
    assert_as_hydra(Case(PLAIN, overrides, stored=STORED, prepare=prepare))


@pytest.mark.parametrize(
    ("launcher", "overrides"),
    [(Reversed, ("a=1,2",)), (Reversed, ("a=1,2", "+hydra.launcher.configure=false")), (Twice, ())],
)
def test_launcher_of_others_is_as_under_hydra(launcher, overrides):
    """Jobs that a launcher composes and runs by itself."""
    overrides = (f"hydra/launcher={launcher.__name__}", "+hydra.job.env_set.X=1", *overrides)
    assert_as_hydra(Case(PLAIN, overrides, spy, stored=STORED, prepare=prepare))


def test_sweeper_and_launcher_of_others_are_as_under_hydra():
    """Both at once."""
    overrides = ("hydra/launcher=Reversed", "hydra/sweeper=RandomSearch", "a=interval(0,1)")
    result = assert_as_hydra(Case(PLAIN, overrides, stored=STORED, prepare=prepare))
    assert OmegaConf.is_dict(OmegaConf.create(result["all"][0][0]))
