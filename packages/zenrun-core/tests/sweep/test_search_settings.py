"""The settings of a search: what each takes, by its two names, and what is said of a wrong one."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import ClassVar

import pytest
from draws import Draws
from hydra.core.config_store import ConfigStore
from hydra.core.utils import run_job
from hydra.errors import HydraException
from hydra.plugins.launcher import Launcher
from omegaconf import open_dict

from zenrun import builds, hydra_multirun, make_config
from zenrun.errors import SweeperConfigError, ZenrunError

_numbers = itertools.count()


def search(settings, *overrides, node=None, task=lambda cfg: cfg.x):
    """Run a search with these settings."""
    name = f"set_{next(_numbers)}"
    node = {"_target_": f"{__name__}.Draws", **settings} if node is None else node
    ConfigStore.instance().store(group="hydra/sweeper", name=name, node=node)
    chosen = [
        f"hydra/sweeper={name}",
        "hydra.sweep.dir=out",
        *(overrides or ["x=interval(0.0, 1)"]),
    ]
    return hydra_multirun({"x": 0.0}, task, chosen)


@pytest.mark.parametrize(
    ("settings", "setting", "says"),
    [
        ({}, "n_trials", "n_trials=10"),
        ({"n_trials": -1}, "n_trials", "from 0 on.*-1"),
        ({"n_trials": 1.5}, "n_trials", "whole number.*1.5 of type float"),
        ({"max_iter": "ten"}, "max_iter", "'ten'"),
        ({"n_trials": 3, "max_iter": 4}, "n_trials", "n_trials is 3 and max_iter is 4"),
        ({"n_trials": 3, "n_trails": 4}, "n_trails", "Did you mean n_trials"),
        ({"n_trials": 3, "direction": "minimise"}, "direction", "Did you mean minimize"),
        ({"n_trials": 3, "direction": []}, "direction", "empty list"),
        ({"n_trials": 3, "direction": 1}, "direction", "minimize or maximize"),
        ({"n_trials": 3, "seed": True}, "seed", "bool"),
        ({"n_trials": 3, "batch_size": 0}, "batch_size", "from 1 on"),
        ({"n_trials": 3, "n_jobs": 2.5}, "n_jobs", "2.5"),
        ({"n_trials": 3, "time_budget": -1}, "time_budget", "from 0 on"),
        ({"n_trials": 3, "target": "low"}, "target", "a number"),
        ({"n_trials": 3, "target": float("nan")}, "target", "nan"),
        ({"n_trials": 3, "target": 1, "direction": ["minimize"] * 2}, "target", "one objective"),
        ({"n_trials": 3, "patience": 0}, "patience", "from 1 on"),
        ({"n_trials": 3, "max_failure_rate": 1.5}, "max_failure_rate", "from 0 to 1"),
        ({"n_trials": 3, "objective": 5}, "objective", "'loss'"),
        ({"n_trials": 3, "objective": ["a", "b"]}, "objective", "names 2 scores, and direction 1"),
        ({"n_trials": 3, "params": ["x=1,2"]}, "params", "interval"),
        ({"n_trials": 3, "when": "x=1"}, "when", "optim.momentum"),
    ],
)
def test_wrong_setting_is_an_error_that_names_it(settings, setting, says):
    """The error says which setting, what it takes, and what was given, before anything runs."""
    with pytest.raises(SweeperConfigError, match=says) as caught:
        search(settings)
    assert caught.value.setting == f"hydra.sweeper.{setting}"
    assert isinstance(caught.value, (ZenrunError, HydraException, ValueError))
    assert not Path("out").exists()


@pytest.mark.parametrize(
    "settings",
    [
        {"n_trials": 3},
        {"max_iter": 3},
        {"n_trials": 3, "max_iter": 3},
        {"n_trials": None, "max_iter": 3, "n_jobs": 2},
        {"n_trials": 3, "batch_size": 2, "direction": ["maximize"], "objective": None},
    ],
)
def test_settings_have_two_names_and_may_be_null(settings):
    """The aliases say the same, and null is as if a setting were not there."""
    assert len(search(settings).trials) == 3


def test_settings_are_all_overridable_where_the_config_has_the_whole_signature():
    """With populate_full_signature every setting is a key, and interpolations are resolved."""
    node = builds(Draws, n_trials="${hydra.sweeper.n_jobs}", populate_full_signature=True)

    result = search({}, "x=interval(0.0, 1)", "hydra.sweeper.n_jobs=2", node=node)

    assert len(result.trials) == 2


def test_params_and_conditions_stand_in_the_config():
    """The space may be in the config; an override of the run goes before, and conditions hold."""
    settings = {
        "n_trials": 8,
        "seed": 1,
        "params": {"x": "1,2", "+y": "interval(5, 6)", "+z": 3},
        "when": {"y": "x=1"},
    }
    config = make_config(x=0, defaults=["_self_", {"override hydra/sweeper": "conditional"}])
    node = {"_target_": f"{__name__}.Draws", **settings}
    ConfigStore.instance().store(group="hydra/sweeper", name="conditional", node=node)
    seen = []

    hydra_multirun(config, lambda cfg: seen.append(dict(cfg)) or 0, ["x=1,7"])

    assert {cfg["x"] for cfg in seen} == {1, 7}
    assert all((cfg["x"] == 1) == ("y" in cfg) and cfg["z"] == 3 for cfg in seen)
    assert {cfg["y"] for cfg in seen if "y" in cfg} <= {5, 6}


# --- launchers of others -----------------------------------------------------------------------------


class Recording(Launcher):
    """Somebody's launcher: runs jobs as Hydra's own does, and notes how many it was given at once."""

    given: ClassVar[list] = []

    def setup(self, **given):
        self.about = given

    def launch(self, job_overrides, initial_job_idx):
        self.given.append((initial_job_idx, len(job_overrides)))
        context, config = self.about["hydra_context"], self.about["config"]
        done = []
        for num, overrides in enumerate(job_overrides, initial_job_idx):
            job = context.config_loader.load_sweep_config(config, list(overrides))
            with open_dict(job):
                job.hydra.job.id, job.hydra.job.num = str(num), num
            made = run_job(
                hydra_context=context,
                task_function=self.about["task_function"],
                config=job,
                job_dir_key="hydra.sweep.dir",
                job_subdir_key="hydra.sweep.subdir",
            )
            done.append(made)
        return done


@pytest.mark.parametrize(
    ("settings", "given"),
    [
        ({}, [(n, 1) for n in range(5)]),
        ({"batch_size": 2}, [(0, 2), (2, 2), (4, 1)]),
        ({"batch_size": 9}, [(0, 5)]),
        ({"batch_size": 2, "target": 0}, [(0, 2)]),
    ],
)
def test_launcher_of_others_is_given_batches(settings, given):
    """A launcher that is not zenrun's gets batches of the given size, of one without it."""
    ConfigStore.instance().store(
        group="hydra/launcher", name="recording", node={"_target_": f"{__name__}.Recording"}
    )
    Recording.given.clear()

    search(
        {"n_trials": 5, **settings},
        "x=interval(0.0, 1)",
        "hydra/launcher=recording",
        task=lambda _: 0.0,
    )

    assert Recording.given == given
