"""One job: what goes in, what comes out, what is written."""

from __future__ import annotations

import enum
import functools
import logging
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import pytest
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from hydra.core.utils import JobReturn, JobStatus
from hydra.experimental.callback import Callback
from omegaconf import MISSING, DictConfig, OmegaConf

from zenrun import builds, hydra_run, instantiate, just, make_config


@dataclass
class Model:
    width: int = 3


@dataclass
class Experiment:
    foo: str = "hello"
    bar: str = "world"
    model: Model = field(default_factory=Model)


def greet(cfg):
    return f"{cfg.foo} {cfg.bar}"


def test_run_gives_hydras_job_return():
    """A run gives a JobReturn with the value, the config, the overrides and the folder."""
    job = hydra_run(Experiment, greet, overrides=["bar=mom"])

    assert isinstance(job, JobReturn)
    assert job.return_value == "hello mom"
    assert job.status is JobStatus.COMPLETED
    assert list(job.overrides) == ["bar=mom"]
    assert job.cfg == {"foo": "hello", "bar": "mom", "model": {"width": 3}}
    assert job.hydra_cfg.hydra.job.name == "hydra_run"
    assert job.task_name == "hydra_run"
    assert job.working_dir == os.getcwd()


@pytest.mark.parametrize(
    "config",
    [
        pytest.param(Experiment, id="dataclass type"),
        pytest.param(Experiment(), id="dataclass instance"),
        pytest.param({"foo": "hello", "bar": "world"}, id="dict"),
        pytest.param(OmegaConf.create({"foo": "hello", "bar": "world"}), id="DictConfig"),
        pytest.param(OmegaConf.structured(Experiment), id="structured DictConfig"),
        pytest.param(builds(dict, foo="hello", bar="world"), id="builds"),
        pytest.param(builds(dict, foo="hello", bar="world")(), id="instance of builds"),
        pytest.param(make_config("bar", foo="hello")(bar="world"), id="make_config"),
    ],
)
def test_run_takes_every_form_of_config(config):
    """A dataclass, its type, a dict, a DictConfig and what builds makes are configs."""
    assert hydra_run(config, greet, ["foo=bye"]).return_value == "bye world"


def test_run_leaves_the_config_as_it_was():
    """The config given to a run is copied, not changed."""
    config = OmegaConf.create({"a": 1, "b": {"c": 2}})

    hydra_run(config, lambda cfg: cfg, ["a=5", "+b.d=3"])

    assert config == {"a": 1, "b": {"c": 2}}


def test_run_hands_the_task_a_dict_config_in_struct_mode():
    """The task gets a DictConfig that refuses keys it does not have, as from Hydra."""
    job = hydra_run({"a": 1}, lambda cfg: (type(cfg), OmegaConf.is_struct(cfg)))

    assert job.return_value == (DictConfig, True)


def test_run_of_builds_instantiates():
    """With instantiate as the task, a run gives the object that the config describes."""
    assert hydra_run(builds(dict, a=1, b=1), instantiate).return_value == {"a": 1, "b": 1}


def test_run_of_dict_takes_functions_and_classes_as_values():
    """A dict config may hold functions and classes; the task instantiates them."""
    job = hydra_run(
        {"f": builds(pow, exp=2, hydra_partial=True), "g": len, "x": 10},
        lambda cfg: (instantiate(cfg.f)(cfg.x), instantiate(cfg.g)("abc")),
    )

    assert job.return_value == (100, 3)


class Colour(enum.Enum):
    RED = 1


@pytest.mark.parametrize(
    "value",
    [
        1,
        1.5,
        True,
        None,
        "text",
        b"raw",
        Colour.RED,
        Path("a/b"),
        [1, "a", None],
        {"k": [1, 2]},
        {},
    ],
)
def test_run_brings_each_value_through(value):
    """A value of any type that a config holds arrives in the task as it is."""

    def task(cfg):
        return OmegaConf.to_container(cfg, resolve=True)["x"]

    arrived = hydra_run({"x": value}, task).return_value

    assert arrived == value
    assert type(arrived) is type(value)


def test_run_of_tuple_value_arrives_as_omegaconf_has_it():
    """A tuple becomes a list, where OmegaConf has no tuples: before 2.4."""
    job = hydra_run(builds(dict, x=(1, 2), hydra_convert="all"), instantiate)

    assert job.return_value == OmegaConf.to_container(OmegaConf.create({"x": (1, 2)}))


def test_run_writes_hydras_files(tmp_path):
    """The output folder holds .hydra with three files, and the job's log."""

    def task(_):
        logging.getLogger("task").info("at work")

    job = hydra_run({"a": 1}, task, ["a=2", "hydra.run.dir=out"], job_name="study")

    out = tmp_path / "out"
    assert (out / ".hydra/config.yaml").read_text() == "a: 2\n"
    assert (out / ".hydra/overrides.yaml").read_text() == "- a=2\n"
    assert OmegaConf.load(out / ".hydra/hydra.yaml").hydra.job.name == "study"
    assert "[task][INFO] - at work" in (out / "study.log").read_text()
    assert job.hydra_cfg.hydra.runtime.output_dir == str(out)


def test_run_without_log_configuration_leaves_logging_alone(tmp_path):
    """with_log_configuration=False writes no log file and keeps the program's handlers."""
    seen = []
    handler = logging.Handler()
    handler.emit = lambda record: seen.append(record.getMessage())
    logging.getLogger().addHandler(handler)

    hydra_run(
        {"a": 1},
        lambda _: logging.getLogger("task").warning("heard"),
        ["hydra.run.dir=out"],
        with_log_configuration=False,
    )

    assert "heard" in seen
    assert not list((tmp_path / "out").glob("*.log"))


def test_run_composes_config_groups_of_the_config_store():
    """Config groups stored in Hydra's ConfigStore are chosen by overrides."""
    store = ConfigStore.instance()
    store.store(group="optim", name="sgd", node=builds(dict, lr=0.3))
    store.store(group="optim", name="adam", node=builds(dict, lr=0.1))

    job = hydra_run(make_config(optim=None), instantiate, ["+optim=adam"])

    assert job.return_value.optim == {"lr": 0.1}
    assert job.hydra_cfg.hydra.runtime.choices.optim == "adam"


def test_run_follows_the_defaults_list():
    """A config's own defaults list is composed, and its choice can be overridden."""
    store = ConfigStore.instance()
    store.store(group="db", name="mysql", node={"port": 3306})
    store.store(group="db", name="postgres", node={"port": 5432})
    config = make_config("db", hydra_defaults=["_self_", {"db": "mysql"}])

    assert hydra_run(config, lambda cfg: cfg.db.port).return_value == 3306
    assert hydra_run(config, lambda cfg: cfg.db.port, ["db=postgres"]).return_value == 5432


def test_run_searches_config_dir(tmp_path):
    """Yaml files of config_dir are config groups of the run."""
    for folder, port in (("one", 1), ("two", 2)):
        (tmp_path / folder / "db").mkdir(parents=True)
        (tmp_path / folder / "db" / f"{folder}.yaml").write_text(f"port: {port}\n")
        (tmp_path / folder / "db" / "both.yaml").write_text(f"port: {port}\n")

    def port(cfg):
        return cfg.db.port

    assert hydra_run({}, port, ["+db=one"], config_dir="one").return_value == 1
    assert hydra_run({}, port, ["+db=one"], config_dir=tmp_path / "one").return_value == 1
    both = ["one", "two"]
    assert hydra_run({}, port, ["+db=two"], config_dir=both).return_value == 2
    assert hydra_run({}, port, ["+db=both"], config_dir=both).return_value == 1
    assert hydra_run({}, port, ["+db=both"], config_dir=both[::-1]).return_value == 2


def test_run_knows_its_own_hydra_config():
    """HydraConfig gives the task its run's settings, and nothing once it is over."""
    job = hydra_run({}, lambda _: HydraConfig.get().job.name, job_name="mine")

    assert job.return_value == "mine"
    assert not HydraConfig.initialized()


def test_run_resolves_interpolations_of_hydra():
    """The hydra resolver works in the config and in hydra.run.dir."""
    job = hydra_run(
        {"name": "${hydra:job.name}"}, lambda cfg: cfg.name, ["hydra.run.dir=o/${hydra:job.name}"]
    )

    assert job.return_value == "hydra_run"
    assert Path("o/hydra_run/.hydra").is_dir()


class Recorder(Callback):
    """Notes which of its methods are called."""

    calls: ClassVar[list[str]] = []

    def on_run_start(self, config, **_):
        self.calls.append("run start")

    def on_job_start(self, config, **_):
        self.calls.append("job start")

    def on_job_end(self, config, job_return, **_):
        self.calls.append("job end")

    def on_run_end(self, config, **_):
        self.calls.append("run end")


def test_run_calls_callbacks():
    """Callbacks configured under hydra.callbacks are called in Hydra's order."""
    Recorder.calls.clear()
    config = {"hydra": {"callbacks": {"recorder": builds(Recorder)}}}

    hydra_run(config, lambda _: Recorder.calls.append("task"))

    assert Recorder.calls == ["run start", "job start", "task", "job end", "run end"]


@pytest.mark.parametrize("version_base", ["1.1", "1.2", "1.3", None])
def test_run_takes_version_base(version_base):
    """Hydra 1.3 serves "1.1" to "1.3" and None; "1.1" changes the working directory."""
    import hydra

    if hydra.__version__ >= "1.4" and version_base in ("1.1", "1.2"):
        pytest.skip("Hydra 1.4 refuses it: see test_run_errors")
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Hydra calls some of them outdated
        job = hydra_run({}, lambda _: os.getcwd(), ["hydra.run.dir=out"], version_base=version_base)

    changed = Path(job.return_value).name == "out"
    assert changed == (version_base == "1.1")


def test_run_to_dictconfig_drops_types():
    """to_dictconfig=True lets an override change a value's type."""
    job = hydra_run(Experiment, lambda cfg: cfg.foo, {"foo": [1]}, to_dictconfig=True)

    assert job.return_value == [1]
    assert OmegaConf.get_type(job.cfg) is dict


def test_run_keeps_missing_values_until_they_are_given():
    """A mandatory value may stay open in the config and be given by an override."""
    assert hydra_run({"x": MISSING}, lambda cfg: cfg.x, ["x=3"]).return_value == 3


def test_run_takes_a_function_decorated_for_the_command_line():
    """A task function decorated with @hydra.main is called with the config."""
    import hydra

    @hydra.main(config_path=None, version_base="1.3")
    def task(cfg):
        return cfg.a

    assert hydra_run({"a": 4}, task).return_value == 4


def test_run_takes_a_task_whose_decorator_gives_further_arguments():
    """What counts is how the task can be called, not the signature of what it wraps."""

    def with_rate(function):
        @functools.wraps(function)
        def task(cfg):
            return function(cfg, 0.5)

        return task

    @with_rate
    def train(cfg, rate):
        return cfg.a * rate

    assert hydra_run({"a": 4}, train).return_value == 2


def test_run_gives_just_objects_back():
    """A config made by just gives its object back in the job."""
    assert hydra_run({"f": just(len)}, lambda cfg: instantiate(cfg.f)).return_value is len


def test_run_raises_what_the_task_raised():
    """An error of the task's own arrives as it is, with its own type and attributes."""

    class OwnError(Exception):
        pass

    error = OwnError("broken")

    def task(_):
        raise error

    with pytest.raises(OwnError) as caught:
        hydra_run({}, task)

    assert caught.value is error


def test_run_twice_sees_nothing_of_the_first():
    """A second run has neither the config nor the overrides nor the globals of the first."""
    hydra_run({"a": 1, "only_first": 2}, lambda cfg: cfg, ["a=7"])
    job = hydra_run({"a": 1}, lambda cfg: cfg)

    assert job.return_value == {"a": 1}
    assert list(job.overrides) == []
    assert "hydra_run.yaml" not in ConfigStore.instance().repo
