"""Edges that a hostile review has found, each as Hydra has it."""

from __future__ import annotations

import dataclasses
import logging
import sys
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hydra import compose
from hydra.core.hydra_config import HydraConfig
from hydra.core.utils import JobRuntime
from hydra.experimental.callback import Callback
from omegaconf import OmegaConf
from omegaconf._utils import OmegaConfDumper
from reference import Case, assert_as_hydra
from snapshots import tree
from spies import EVENTS
from strategies import named

from zenrun import hydra_multirun
from zenrun.testing import isolated_hydra


def sweep(config, *overrides, **more):
    return Case(config, overrides, **more)


def single(config, *overrides, **more):
    return Case(config, overrides, many=False, **more)


ADDED = [
    sweep({"a": {"k": 1}}, "+z=1,2", "+a.x=5"),
    sweep({"a": {"k": {"d": 1}}}, "+z=0", "+a.z=1,2", "+a.k.x=5"),
]


@pytest.mark.parametrize("case", ADDED, ids=named)
def test_keys_added_where_mappings_end_together_stand_as_hydras(case):
    """A key added to an inner mapping is written in it, not in what follows."""
    assert_as_hydra(case)


def cuts_a_logger_off(cfg):
    logger = logging.getLogger("edges")
    print(logger.propagate)
    logger.propagate = False
    return cfg.a


NUMBERED = "hydra.job_logging.formatters.simple.format='[${hydra.job.num}] %(message)s'"
LOGGING = [
    sweep({"a": 1}, "a=1,2", NUMBERED),
    sweep({"a": 1}, "a=1,2", "hydra.job_logging.handlers.console.formatter=null"),
    single({"a": 1}, "hydra.hydra_logging.handlers.console.formatter=null"),
    sweep(
        {"a": 1, "hydra": {"job_logging": {"loggers": {"edges": {"level": "INFO"}}}}},
        "a=1,2",
        task=cuts_a_logger_off,
        prepare=lambda: setattr(logging.getLogger("edges"), "propagate", True),
    ),
]


@pytest.mark.parametrize("case", LOGGING, ids=named)
def test_logging_is_configured_as_hydras(case):
    """Formats that tell the job, handlers without a formatter, loggers that a task has changed."""
    assert_as_hydra(case)


def registers_hydras_resolver(cfg):
    OmegaConf.register_new_resolver("hydra", lambda path: f"not_{path}", replace=True)
    return cfg.a


def registers_another_time(cfg):
    OmegaConf.register_new_resolver("now", lambda _: 7, use_cache=True, replace=True)
    return cfg.a


FOLDERS = [
    sweep({"a": 1}, "a=1,2", "hydra.sweep.subdir=${hydra:runtime.output_dir}"),
    single({"a": 1}, "hydra.job_logging.handlers.file.filename='${hydra.job.num}.log'"),
    single({"a": 1}, "hydra.run.dir='???'"),
    sweep({"a": 1}, "a=1,2", "hydra.sweep.subdir='???'"),
    sweep(
        {"a": 1}, "a=1,2", "hydra.sweep.subdir=s${hydra:job.num}", task=registers_hydras_resolver
    ),
    sweep({"a": 1}, "a=1,2", "hydra.sweep.dir=out${now:%j}", task=registers_another_time),
]


@pytest.mark.parametrize("case", FOLDERS, ids=named)
def test_names_of_folders_and_logs_resolve_as_hydras(case):
    """Values that are missing or not known yet, and resolvers that somebody has replaced."""
    assert_as_hydra(case)


NAMES = [
    single({"a": 1}, "hydra.run.dir=''"),
    sweep({"a": 1}, "a=1", "hydra.sweep.dir=''", "hydra.sweep.subdir=''"),
    sweep({"a": 1}, "a=1,2", r"hydra.job.config.override_dirname.kv_sep='\\g<0>_'"),
]


@pytest.mark.parametrize("case", NAMES, ids=named)
def test_empty_and_odd_names_are_as_hydras(case):
    """An empty name is the folder where one is; a backslash means what `re.sub` takes it for."""
    assert_as_hydra(case)


def reads_hydra_config_in_threads(cfg):
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        barrier = threading.Barrier(8)

        def read(_):
            barrier.wait()
            return HydraConfig.get()

        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(read, range(8)))
    finally:
        sys.setswitchinterval(usual)
    return [item is found[0] for item in found]


def test_hydra_config_first_read_in_threads_is_as_hydras():
    """Threads of a task that read HydraConfig at the same moment find the same one."""
    assert_as_hydra(sweep({"a": 1}, "a=1,2,3,4,5", task=reads_hydra_config_in_threads))


KEPT = []


def keeps_weakly(cfg):
    KEPT.append(weakref.ref(cfg.inner))
    return [item() is not None for item in KEPT]


def keeps_content(cfg):
    KEPT.append(cfg._content)
    return [repr(item) for item in KEPT]


def keeps_views(cfg):
    KEPT.append((cfg.keys(), iter(cfg), cfg.inner.values()))
    return [list(map(list, item)) for item in KEPT]


def sets_a_parent(cfg):
    cfg._set_parent(OmegaConf.create({"x": 1}))


@pytest.mark.parametrize("task", [keeps_weakly, keeps_content, keeps_views, sets_a_parent])
def test_config_of_which_a_task_keeps_something_stays_as_hydras(task):
    """A weak reference, what is inside a node, a view of it: all are as good as the node."""
    assert_as_hydra(sweep({"a": 1, "inner": {"b": 1}}, "a=1,2", task=task, prepare=KEPT.clear))


def composes_in_threads(cfg):
    def composed(number):
        return repr(compose("hydra_run", [f"a={number % 3}"], return_hydra_config=True))

    wanted = [composed(number) for number in range(3)]
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(6) as pool:
            return list(pool.map(composed, range(30))) == wanted * 10
    finally:
        sys.setswitchinterval(usual)


def test_composing_in_threads_of_a_task_is_as_hydras():
    """Configs that a task composes in several threads at once do not get into each other's way."""
    assert_as_hydra(single({"a": 1, "b": {"c": 2}}, task=composes_in_threads))


def names_the_job_by_a_number(cfg):
    JobRuntime.instance().set("name", 5)


def notes_messages():
    def note(record):
        EVENTS.append((record.msg, record.args))
        return True

    logging.getLogger("hydra._internal.core_plugins.basic_launcher").addFilter(note)


OTHERS = [
    sweep({"a": 1}, "a=1,2", task=names_the_job_by_a_number),
    sweep({"a": 1}, "a=1,2", prepare=notes_messages),
    sweep({"a": 1, "s": "half a pair: \ud800"}, "a=1,2", task=lambda cfg: cfg.a),
]


@pytest.mark.parametrize("case", OTHERS, ids=named)
def test_names_messages_and_escapes_are_as_hydras(case):
    """A task name that is no text, log records before they are formatted, text that yaml escapes."""
    assert_as_hydra(case)


def test_yaml_is_written_as_a_program_wants_it(monkeypatch):
    """What a program has taught PyYAML about None and numbers is in the files, as under Hydra."""

    def empty(dumper, _):
        return dumper.represent_scalar("tag:yaml.org,2002:null", "")

    def rounded(dumper, value):
        return dumper.represent_scalar("tag:yaml.org,2002:float", f"{value:.2f}")

    taught = {**OmegaConfDumper.yaml_representers, type(None): empty, float: rounded}
    case = sweep({"a": 1, "x": 0.125, "n": None}, "a=null,1.125", "+l=[null,2.125]")
    with monkeypatch.context() as patched:
        patched.setattr(OmegaConfDumper, "yaml_representers", taught)
        assert_as_hydra(case)
    assert_as_hydra(case)


def writes(path, text):
    def write(cfg):
        file = Path("../conf", path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return [repr(cfg), repr(HydraConfig.get().job_logging)]

    return write


QUIET = "version: 1\nroot:\n  level: {}\ndisable_existing_loggers: false\n"
CHANGING_FILES = [
    sweep(
        {"defaults": ["_self_", {"optional db": "extra"}], "a": 1},
        "a=1,2",
        task=writes("db/extra.yaml", "host: appeared\n"),
        files={"other/one.yaml": "k: 1\n"},
    ),
    sweep(
        {"a": 1},
        "a=1,2",
        "hydra/job_logging=mine",
        task=writes("hydra/job_logging/mine.yaml", QUIET.format("ERROR")),
        files={"hydra/job_logging/mine.yaml": QUIET.format("INFO")},
    ),
    sweep(
        {"a": "x"},
        "a=x,y",
        task=writes("a/y.yaml", "k: 1\n"),
        files={"other/one.yaml": "k: 1\n"},
    ),
]


@pytest.mark.parametrize("case", CHANGING_FILES, ids=named)
def test_files_that_change_during_a_sweep_are_read_as_hydras(case):
    """An optional config that appears, a config of Hydra's own, and a key that becomes a group."""
    assert_as_hydra(case)


class ReplacesJobs(Callback):
    """Does with a JobReturn what `dataclasses` and `vars` are for."""

    def on_job_end(self, config, job_return, **kwargs):
        EVENTS.append(tree(dataclasses.replace(job_return, task_name="other").cfg))
        EVENTS.append([list(vars(job_return)), list(dataclasses.asdict(job_return))])


def test_job_return_is_replaced_and_told_as_hydras(tmp_path, monkeypatch):
    """`dataclasses.replace` and `asdict`, and `vars` in a callback, see Hydra's own fields."""
    assert_as_hydra(
        sweep({"a": 1}, "a=1,2", f"+hydra.callbacks.c._target_={__name__}.ReplacesJobs")
    )
    monkeypatch.chdir(tmp_path)
    with isolated_hydra():
        (jobs,) = hydra_multirun({"a": 1}, lambda cfg: cfg.a, ["a=1,2"])
    assert [dataclasses.replace(job, task_name="other").cfg for job in jobs] == [{"a": 1}, {"a": 2}]
