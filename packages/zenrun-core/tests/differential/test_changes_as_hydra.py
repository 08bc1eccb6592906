"""Tasks and callbacks that change what they are given, or what is global: as under Hydra."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest
from hydra import compose
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.experimental.callback import Callback
from omegaconf import OmegaConf, open_dict, read_write
from reference import Case, assert_as_hydra
from snapshots import config_of, tree, value_of
from spies import EVENTS, spy
from strategies import by_night
from worlds import PLAIN, STORED, Typed

KEPT = []


class TaskError(Exception):
    pass


def changes_values(cfg):
    cfg.a = 5
    cfg.inner.name = "changed"
    return spy(cfg)


def adds_and_pops(cfg):
    with open_dict(cfg):
        cfg.fresh = {"k": "${a}"}
        cfg.pop("s")
        cfg.inner.leaf = None
    return spy(cfg)


def adds_where_nothing_may_be(cfg):
    cfg.fresh = 1


def sets_flags(cfg):
    OmegaConf.set_readonly(cfg, True)
    OmegaConf.set_struct(cfg.inner, False)
    cfg._set_flag("allow_objects", True)
    return spy(cfg)


def resolves(cfg):
    OmegaConf.resolve(cfg)
    return spy(cfg)


def merges(cfg):
    OmegaConf.set_struct(cfg, False)
    cfg.merge_with({"inner": {"depth": 100}, "more": [1]})
    cfg.xs.append(3)
    return spy(cfg)


def keeps_nodes(cfg):
    KEPT.append((cfg.inner, cfg.xs, cfg))
    return [tree(item) for kept in KEPT for item in kept]


def changes_what_an_earlier_job_kept(cfg):
    KEPT.append(cfg)
    KEPT[0].a = cfg.a * 10
    KEPT[0].inner.depth = -1
    return [config_of(item) for item in KEPT]


def gives_its_config(cfg):
    return cfg


def gives_a_node(cfg):
    return {"inner": cfg.inner, "hydra": HydraConfig.get().job}


def writes_to_hydras_config(cfg):
    HydraConfig.get().job.name = "renamed"


def unlocks_hydras_config(cfg):
    hydra = HydraConfig.get()
    with read_write(hydra), open_dict(hydra):
        hydra.job.name = "renamed"
        hydra.job.fresh = 1
        hydra.runtime.output_dir = "moved"
        hydra.launcher.fresh = 1
    return spy(cfg)


def changes_above_hydras_config(cfg):
    root = HydraConfig.get()._get_root()
    with read_write(root), open_dict(root):
        root.a = 100
        root.hydra.job.config.override_dirname.kv_sep = "!"
    return spy(cfg)


def reads_hydras_config(cfg):
    hydra = HydraConfig.get()
    found = [str(hydra.sweep.subdir), hydra.job.num, hydra.job.id, hydra.job.override_dirname]
    return [*found, hydra.runtime.output_dir, hydra.job.config_name, list(hydra.overrides.task)]


def stores_configs(cfg):
    ConfigStore.instance().store(group="db", name="plain", node={"host": f"stored by {cfg.a}"})
    ConfigStore.instance().store(group="late", name=f"n{cfg.a}", node={"k": 1})
    return spy(cfg)


def changes_stored_nodes(cfg):
    ConfigStore.instance().repo["db"]["plain.yaml"].node.host = f"changed by {cfg.a}"
    return spy(cfg)


def rewrites_the_file(cfg):
    Path("../conf/server/one.yaml").write_text(f"port: {cfg.a * 100}\nnew: {cfg.a}\n")
    return spy(cfg)


def removes_the_file(cfg):
    Path("../conf/server/one.yaml").unlink()


def changes_logging(cfg):
    logger = logging.getLogger("task")
    handler = logging.StreamHandler(open(f"by_task_{cfg.a}.txt", "w"))
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        return spy(cfg)
    finally:
        handler.stream.close()
        logger.removeHandler(handler)


def removes_handlers(cfg):
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(logging.ERROR)
    return spy(cfg)


def goes_elsewhere(cfg):
    os.makedirs(f"elsewhere_{cfg.a}", exist_ok=True)
    os.chdir(f"elsewhere_{cfg.a}")
    Path("here.txt").write_text("written")
    return spy(cfg)


def changes_the_environment(cfg):
    before = os.environ.get("ZENRUN_DIFFERENTIAL")
    os.environ["ZENRUN_DIFFERENTIAL"] = f"by job {cfg.a}"
    os.environ.pop("ZENRUN_SET", None)
    return before, cfg.env


def registers_resolvers(cfg):
    OmegaConf.register_new_resolver("twice", lambda x: x * 2 + cfg.a, replace=True)
    with open_dict(cfg):
        cfg.doubled = "${twice:${a}}"
    return spy(cfg)


def replaces_hydras_resolvers(cfg):
    OmegaConf.register_new_resolver("now", lambda pattern: f"never {pattern}", replace=True)
    OmegaConf.register_new_resolver("hydra", lambda path: f"hydra's {path}", replace=True)
    return spy(cfg)


def composes(cfg):
    inner = compose("hydra_run", overrides=["a=99", "+db=plain"])
    whole = compose("hydra_run", overrides=[f"a={cfg.a}"], return_hydra_config=True)
    return [config_of(inner), config_of(whole.hydra.overrides), config_of(cfg)]


def loads_as_a_launcher_does(cfg):
    loader = GlobalHydra.instance().config_loader()
    again = loader.load_sweep_config(HydraConfig.get()._get_root(), ["a=7", "~s"])
    return [config_of(again), loader.list_groups(""), loader.get_group_options("db")]


def removes_its_folder(cfg):
    for path in (".hydra/config.yaml", ".hydra/hydra.yaml", ".hydra/overrides.yaml"):
        (Path(HydraConfig.get().runtime.output_dir) / path).unlink()
    return spy(cfg)


def writes_into_its_folder(cfg):
    folder = Path(HydraConfig.get().runtime.output_dir)
    (folder / ".hydra/config.yaml").write_text("by the task")
    beside = sorted(os.listdir(folder.parent))
    return sorted(os.listdir(folder)), [name for name in beside if name != ".zenrun"]


def replaces_the_globals(cfg):
    GlobalHydra.instance().clear()
    HydraConfig.instance().cfg = None


def raises_in_the_second(cfg):
    spy(cfg)
    if cfg.a == 2:
        raise TaskError(cfg.a)


def raises_from(cfg):
    try:
        cfg.inner.nothing
    except Exception as error:
        raise TaskError(cfg.a) from error


def reads_the_missing(cfg):
    return cfg.must


def is_interrupted(cfg):
    spy(cfg)
    if cfg.a == 2:
        raise KeyboardInterrupt


def exits(cfg):
    raise SystemExit(cfg.a)


def gives_an_error(cfg):
    return ValueError(cfg.a)


CHANGES = [
    *(changes_values, sets_flags, merges, changes_what_an_earlier_job_kept, gives_its_config),
    *(gives_a_node, unlocks_hydras_config, changes_above_hydras_config, goes_elsewhere),
    *(replaces_hydras_resolvers, loads_as_a_launcher_does, raises_in_the_second, is_interrupted),
    *by_night(adds_and_pops, adds_where_nothing_may_be, resolves, writes_to_hydras_config),
    *by_night(reads_hydras_config, removes_handlers, changes_the_environment),
    *by_night(registers_resolvers, removes_its_folder, replaces_the_globals, raises_from),
    *by_night(reads_the_missing, exits, gives_an_error, changes_logging, writes_into_its_folder),
]


def called(task):
    """Give the name of a task, for the ids of the tests."""
    return task.__name__


def case(*given, **more):
    """Make a case before each run of which nothing of the run before is kept."""
    return Case(*given, prepare=KEPT.clear, **more)


@pytest.mark.parametrize("task", CHANGES, ids=called)
def test_task_that_changes_something_is_as_under_hydra(task):
    """What a task changes is seen where it is under Hydra, and nowhere else."""
    assert_as_hydra(case(PLAIN, ("a=1,2", "hydra.sweep.dir=out"), task))


@pytest.mark.parametrize("task", [keeps_nodes, *by_night(changes_values, sets_flags)], ids=called)
def test_task_that_changes_a_typed_config_is_as_under_hydra(task):
    """As with a dict: the types go along with what is changed or kept."""
    overrides = ("inner.depth=1,2", "+hydra.callbacks.spy._target_=spies.Recorder")
    assert_as_hydra(case(Typed, overrides, task))


@pytest.mark.parametrize(
    "task", [composes, stores_configs, *by_night(changes_stored_nodes)], ids=called
)
def test_task_that_changes_the_groups_is_as_under_hydra(task):
    """The next job is composed of what is stored by then."""
    config = {"defaults": [{"db": "plain"}, "_self_"], "a": 0}
    assert_as_hydra(case(config, ("a=1,2",), task, stored=STORED))


@pytest.mark.parametrize("task", [rewrites_the_file, removes_the_file], ids=called)
def test_task_that_changes_a_yaml_file_is_as_under_hydra(task):
    """The next job is composed of what the file holds by then."""
    files = {"server/one.yaml": "port: 1\n", "server/two.yaml": "port: 2\n"}
    assert_as_hydra(case({"a": 1}, ("a=1,2", "+server=one"), task, files=files))


class Meddler(Callback):
    """A callback that changes the config of the job which is about to start."""

    def on_multirun_start(self, config, **kwargs):
        with read_write(config), open_dict(config):
            config.a = 77
            config.hydra.sweep.subdir = "s${hydra.job.num}"

    def on_job_start(self, config, **kwargs):
        with read_write(config), open_dict(config):
            config.a = 66
            config.hydra.job.name = "by callback"
        EVENTS.append(config_of(config))

    def on_job_end(self, config, job_return, **kwargs):
        job_return.return_value = ("replaced", value_of(job_return.return_value))
        with open_dict(job_return.cfg):
            job_return.cfg.by_callback = 1
        job_return.overrides.append("by=callback")
        job_return.working_dir = "nowhere"


def test_callback_that_changes_something_is_as_under_hydra():
    """What a callback changes is seen where it is under Hydra, and nowhere else."""
    target = f"+hydra.callbacks.m._target_={__name__}.Meddler"
    assert_as_hydra(Case({"a": 1, "b": "${a}"}, ("b=1,${a}", target)))
