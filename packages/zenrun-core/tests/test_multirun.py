"""Sweeps: Hydra's own, and sweepers and launchers that are plain classes."""

from __future__ import annotations

import logging
import random

import pytest
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from hydra.core.plugins import Plugins
from hydra.core.utils import JobReturn, JobStatus, run_job
from hydra.plugins.launcher import Launcher
from hydra.plugins.sweeper import Sweeper
from omegaconf import open_dict

from zenrun import builds, hydra_multirun, instantiate, make_config, multirun


def values(batches):
    return [[job.return_value for job in batch] for batch in batches]


def test_multirun_runs_every_combination():
    """The basic sweeper runs the product of the swept values and gives one batch."""
    jobs = hydra_multirun(builds(dict, a=1, b=1), instantiate, ["a=1,2", "b=range(2)"])

    assert all(isinstance(job, JobReturn) for job in jobs[0])
    assert values(jobs) == [
        [{"a": 1, "b": 0}, {"a": 1, "b": 1}, {"a": 2, "b": 0}, {"a": 2, "b": 1}]
    ]


def test_multirun_of_the_page_gives_squares():
    """The page's sweep over x squares the numbers from -2 to 2."""
    config = {"f": builds(pow, exp=2, hydra_partial=True), "x": 1}

    (jobs,) = hydra_multirun(config, lambda cfg: instantiate(cfg.f)(cfg.x), ["x=range(-2,3)"])

    assert [job.return_value for job in jobs] == [4, 1, 0, 1, 4]


def test_multirun_without_a_sweep_runs_one_job():
    """With nothing swept there is one job."""
    assert values(hydra_multirun({"a": 1}, lambda cfg: cfg.a)) == [[1]]


def test_multirun_sweeps_over_params_of_the_config():
    """hydra.sweeper.params in the config names what is swept."""
    config = {"a": 1, "hydra": {"sweeper": {"params": {"a": "5,6"}}}}

    assert values(hydra_multirun(config, lambda cfg: cfg.a)) == [[5, 6]]


def test_multirun_batches_as_asked():
    """max_batch_size splits the jobs into batches."""
    jobs = hydra_multirun(
        {"a": 1}, lambda cfg: cfg.a, ["a=1,2,3", "hydra.sweeper.max_batch_size=2"]
    )

    assert values(jobs) == [[1, 2], [3]]


def test_multirun_sweeps_over_config_groups():
    """A sweep over a config group runs a job for each option."""
    store = ConfigStore.instance()
    store.store(group="optim", name="sgd", node={"lr": 1})
    store.store(group="optim", name="adam", node={"lr": 2})

    jobs = hydra_multirun(make_config(optim=None), lambda cfg: cfg.optim.lr, ["+optim=sgd,adam"])

    assert values(jobs) == [[1, 2]]


def test_multirun_writes_hydras_files(tmp_path):
    """Each job has a folder with its files, and the sweep has multirun.yaml."""
    hydra_multirun({"a": 1}, lambda cfg: cfg.a, ["a=3,4", "hydra.sweep.dir=out"], job_name="study")

    out = tmp_path / "out"
    assert (out / "multirun.yaml").exists()
    for num, value in ((0, 3), (1, 4)):
        assert (out / str(num) / ".hydra/config.yaml").read_text() == f"a: {value}\n"
        assert (out / str(num) / "study.log").exists()


def test_multirun_numbers_its_jobs():
    """Each job knows its number."""
    jobs = hydra_multirun({"a": 1}, lambda _: HydraConfig.get().job.num, ["a=1,2,3"])

    assert values(jobs) == [[0, 1, 2]]


def test_multirun_logs_the_jobs_it_launches(capsys):
    """Hydra's own lines about the sweep are printed."""
    hydra_multirun({"a": 1}, lambda cfg: cfg.a, ["a=1,2"])

    out = capsys.readouterr().out
    assert "[HYDRA] Launching 2 jobs locally" in out
    assert "#1 : a=2" in out


def test_multirun_failing_job_lets_its_batch_finish():
    """The first failing job's error is raised when every job of the batch has run."""
    seen = []

    def task(cfg):
        seen.append(cfg.a)
        if cfg.a == 1:
            msg = "one"
            raise RuntimeError(msg)

    with pytest.raises(RuntimeError, match="one"):
        hydra_multirun({"a": 1}, task, ["a=1,2"])

    assert seen == [1, 2]


# --- classes outside hydra_plugins ---------------------------------------------------------------


class ListSweeper(Sweeper):
    """Runs one job for each of the values that its config lists."""

    def __init__(self, key, values, through_plugins=True):
        self.key, self.values, self.through_plugins = key, values, through_plugins

    def setup(self, *, hydra_context, task_function, config):
        self.config = config
        if self.through_plugins:
            self.launcher = Plugins.instance().instantiate_launcher(
                hydra_context=hydra_context, task_function=task_function, config=config
            )
        else:  # as the sweeper on the running-experiments page does
            self.launcher = instantiate(config.hydra.launcher)
            self.launcher.setup(
                hydra_context=hydra_context, task_function=task_function, config=config
            )

    def sweep(self, arguments):
        jobs = [[*arguments, f"{self.key}={value}"] for value in self.values]
        return [job.return_value for job in self.launcher.launch(jobs, initial_job_idx=0)]


class BackwardLauncher(Launcher):
    """Runs the jobs from the last to the first."""

    def __init__(self, note):
        self.note = note

    def setup(self, *, hydra_context, task_function, config):
        self.hydra_context, self.task_function, self.config = hydra_context, task_function, config

    def launch(self, job_overrides, initial_job_idx):
        done = []
        for num, overrides in reversed(list(enumerate(job_overrides, initial_job_idx))):
            config = self.hydra_context.config_loader.load_sweep_config(
                self.config, list(overrides)
            )
            with open_dict(config):
                config.hydra.job.id, config.hydra.job.num = str(num), num
            done.append(
                run_job(
                    hydra_context=self.hydra_context,
                    task_function=self.task_function,
                    config=config,
                    job_dir_key="hydra.sweep.dir",
                    job_subdir_key="hydra.sweep.subdir",
                )
            )
        return done


class NoPlugin:
    """Something that is neither a sweeper nor a launcher."""

    made = 0

    def __init__(self, **_):
        type(self).made += 1


@pytest.mark.parametrize("through_plugins", [True, False])
def test_multirun_takes_a_sweeper_of_any_module(through_plugins):
    """A sweeper class that lives anywhere serves when it is stored in the ConfigStore."""
    ConfigStore.instance().store(
        group="hydra/sweeper",
        name="listed",
        node=builds(ListSweeper, key="a", values=[7, 8], through_plugins=through_plugins),
    )

    assert hydra_multirun(
        {"a": 1, "b": 2}, lambda cfg: (cfg.a, cfg.b), ["hydra/sweeper=listed", "b=3"]
    ) == [
        (7, 3),
        (8, 3),
    ]


def test_multirun_takes_a_launcher_of_any_module():
    """A launcher class that lives anywhere serves Hydra's own sweeper."""
    ConfigStore.instance().store(
        group="hydra/launcher", name="backward", node=builds(BackwardLauncher, note="n")
    )

    jobs = hydra_multirun({"a": 1}, lambda cfg: cfg.a, ["a=1,2,3", "hydra/launcher=backward"])

    assert values(jobs) == [[3, 2, 1]]


@pytest.mark.parametrize("through_plugins", [True, False])
def test_multirun_takes_own_sweeper_with_own_launcher(through_plugins):
    """A sweeper and a launcher of one's own work together."""
    store = ConfigStore.instance()
    store.store(
        group="hydra/sweeper",
        name="listed",
        node=builds(ListSweeper, key="a", values=[7, 8], through_plugins=through_plugins),
    )
    store.store(group="hydra/launcher", name="backward", node=builds(BackwardLauncher, note="n"))

    overrides = ["hydra/sweeper=listed", "hydra/launcher=backward"]

    assert hydra_multirun({"a": 1}, lambda cfg: cfg.a, overrides) == [8, 7]


def test_multirun_refuses_a_sweeper_that_is_none():
    """A class that is no sweeper is refused before anything is made of it."""
    ConfigStore.instance().store(group="hydra/sweeper", name="no", node=builds(NoPlugin))

    with pytest.raises(RuntimeError, match="NoPlugin"):
        hydra_multirun({"a": 1}, lambda cfg: cfg.a, ["hydra/sweeper=no"])

    assert NoPlugin.made == 0


def test_multirun_refuses_a_function_as_sweeper(tmp_path):
    """What Hydra blocks stays blocked: a config cannot have the sweeper's place call a function."""
    victim = tmp_path / "victim"
    victim.mkdir()

    with pytest.raises(RuntimeError, match="shutil.rmtree"):
        hydra_multirun(
            {"a": 1},
            lambda cfg: cfg.a,
            ["hydra.sweeper._target_=shutil.rmtree", f"+hydra.sweeper.path={victim}"],
        )

    assert victim.exists()


def test_multirun_says_what_hydra_says_of_a_plugin_that_is_not_there():
    """A plugin that cannot be found is Hydra's own error."""
    with pytest.raises((ImportError, RuntimeError), match="hydra_plugins.nowhere.Sweeper"):
        hydra_multirun(
            {"a": 1}, lambda cfg: cfg.a, ["hydra.sweeper._target_=hydra_plugins.nowhere.Sweeper"]
        )


def test_multirun_job_config_is_hydras_own_type():
    """A job's status and its config are Hydra's."""
    ((job,),) = hydra_multirun({"a": 1}, lambda cfg: cfg.a)

    assert job.status is JobStatus.COMPLETED
    assert job.cfg == {"a": 1}


def test_multirun_random_state_is_the_programs_own():
    """A sweep draws nothing from the program's random numbers."""
    random.seed(3)
    expected = random.random()
    random.seed(3)

    hydra_multirun({"a": 1}, lambda cfg: cfg.a, {"a": multirun([1, 2])})

    assert random.random() == expected


def test_multirun_keeps_handlers_of_the_program_open():
    """The program's handlers are as they were when a sweep is over."""
    before = list(logging.getLogger().handlers)

    hydra_multirun({"a": 1}, lambda cfg: cfg.a, ["a=1,2"])

    assert logging.getLogger().handlers == before
