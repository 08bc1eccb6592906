"""The same run twice: by Hydra itself, started as its command line starts it, and by zenrun.

Nothing of zenrun is in Hydra's way but `isolated_hydra`, which puts the globals back.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import hydra.version
from hydra._internal.hydra import Hydra
from hydra._internal.utils import create_config_search_path
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.plugins import Plugins
from hydra.core.singleton import Singleton
from hydra.core.utils import JobReturn
from snapshots import (
    differences,
    error_of,
    files_of,
    left_behind,
    own_frames,
    timeless,
    tree,
    value_of,
)
from spies import EVENTS, spy

from zenrun import hydra_multirun, hydra_run
from zenrun._isolation._plugins import discover_plugins
from zenrun.errors import ZenrunError
from zenrun.testing import isolated_hydra

IS_HYDRA_1_3 = hydra.__version__.startswith("1.3")


@dataclasses.dataclass(frozen=True)
class Case:
    """A run: what both are given.

    Attributes:
        config: The config.
        overrides: The overrides.
        task: The task function.
        stored: The arguments of `ConfigStore.store`, one dict for each config.
        files: The yaml files of the config_dir by their paths; none, no config_dir.
        many: Whether it is a sweep.
        log: What ``with_log_configuration`` is.
        env: Environment variables.
        prepare: Called before the run.
        name: The name of the config.
        job_name: The name of the job.
    """

    config: Any
    overrides: tuple[str, ...] = ()
    task: Callable[[Any], Any] = spy
    stored: tuple[Mapping[str, Any], ...] = ()
    files: Mapping[str, str] = dataclasses.field(default_factory=dict)
    many: bool = True
    log: bool = True
    env: Mapping[str, str] = dataclasses.field(default_factory=dict)
    prepare: Callable[[], None] | None = None
    name: str = "hydra_run"
    job_name: str = "a_job"


def run_by_hydra(case, config_dir):
    """Run a case as Hydra's command line does."""
    if IS_HYDRA_1_3:
        hydra.version.setbase("1.3")
    else:  # it would warn of the parameter
        hydra.version.VersionBase.instance().setbase("1.3")
    ConfigStore.instance().store(name=case.name, node=case.config)
    search_path = create_config_search_path(str(config_dir) if config_dir else None)
    started = Hydra.create_main_hydra2(task_name=case.job_name, config_search_path=search_path)
    overrides = list(case.overrides)
    cwd, environ = os.getcwd(), dict(os.environ)
    if case.many:
        overrides.append("hydra.mode=MULTIRUN")
    elif IS_HYDRA_1_3:
        overrides.append("hydra.mode=RUN")
    try:
        return (started.multirun if case.many else started.run)(
            config_name=case.name,
            task_function=case.task,
            overrides=overrides,
            with_log_configuration=case.log,
        )
    finally:
        GlobalHydra.instance().clear()
        # What a program would find afterwards is not part of the comparison: zenrun puts it back.
        HydraConfig.instance().cfg = None
        ConfigStore.instance().repo.pop(f"{case.name}.yaml")
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update(environ)
        _close_log_files()


def _close_log_files():
    """Close what Hydra leaves to the end of the process."""
    for ref in list(logging._handlerList):
        handler = ref()
        if isinstance(handler, logging.FileHandler) and handler.baseFilename.endswith(".log"):
            handler.close()


def _keep_to_itself(logger):
    """Let a logger tell nobody.

    The scheduler of a Dask cluster that other tests have speaks whenever a worker comes back, and to the root's
    handlers if there were some when Dask was imported: into what Hydra prints.
    """
    logger.handlers[:] = [logging.NullHandler()]
    logger.propagate = False


def run_by_zenrun(case, config_dir):
    """Run a case by zenrun's public functions."""
    return (hydra_multirun if case.many else hydra_run)(
        case.config,
        case.task,
        list(case.overrides),
        config_dir=config_dir,
        config_name=case.name,
        job_name=case.job_name,
        with_log_configuration=case.log,
    )


def _account(run, case, work):
    """Run a case in a fresh folder and tell everything that can be seen of it."""
    work.mkdir()
    config_dir = None
    for path, text in case.files.items():
        config_dir = work.parent / "conf"
        (config_dir / path).parent.mkdir(parents=True, exist_ok=True)
        (config_dir / path).write_text(text)
    out, err = io.StringIO(), io.StringIO()
    account, told = {}, {}
    before = os.getcwd()
    with isolated_hydra(), contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stdout(out))
        stack.enter_context(contextlib.redirect_stderr(err))
        warned = stack.enter_context(warnings.catch_warnings(record=True))
        warnings.simplefilter("always")
        # Hydra's own search for plugins runs their modules anew and makes new classes each time:
        # both sides are given those that were found before.
        Singleton._instances[Plugins] = discover_plugins()
        _keep_to_itself(logging.getLogger("distributed"))
        os.chdir(work)
        os.environ.update(case.env)
        for stored in case.stored:
            ConfigStore.instance().store(**stored)
        if case.prepare is not None:
            case.prepare()
        EVENTS.clear()
        around = left_behind()
        try:
            result = run(case, config_dir)
        except BaseException as error:
            account["error"] = error
            told["frames"] = own_frames(_of_hydra(error))
        else:
            told["result"] = value_of(result)
        account["around"] = (around, left_behind())
        told["stored"] = sorted(ConfigStore.instance().repo)
        told["events"] = list(EVENTS)
        EVENTS.clear()
    os.chdir(before)
    told["printed"] = out.getvalue()
    told["printed to stderr"] = err.getvalue()
    # How often a warning is given depends on how often something is composed. Hydra leaves its log
    # files to the garbage collector.
    told["warnings"] = list(
        dict.fromkeys(
            (item.category.__name__, str(item.message))
            for item in warned
            if item.category is not ResourceWarning
        )
    )
    told["files"] = files_of(work)
    shutil.rmtree(work)
    shutil.rmtree(work.parent / "conf", ignore_errors=True)
    account["told"] = timeless(told)
    return account


def assert_as_hydra(case):
    """Run a case by both and find no difference.

    Returns:
        What Hydra made of it, for tests that want to know that it was what they meant.
    """
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder).resolve() / "work"
        theirs = _account(run_by_hydra, case, work)
        ours = _account(run_by_zenrun, case, work)
    _assert_same_error(ours.get("error"), theirs.get("error"))
    found = differences(ours["told"], theirs["told"])
    assert not found, "zenrun and Hydra differ:\n" + "\n".join(found[:20])
    before, after = ours["around"]
    found = differences(after, before)
    assert not found, "not put back:\n" + "\n".join(found[:20])
    if "error" in theirs:
        return theirs["error"]
    return theirs["told"]["result"]


def _assert_same_error(ours, theirs):
    """See that an error is Hydra's own, or one of zenrun's which is of its type and came from it."""
    if ours is None or theirs is None:
        assert ours is theirs, f"zenrun: {ours!r}, Hydra: {theirs!r}"
        return
    assert isinstance(ours, type(theirs))
    ours = _of_hydra(ours)
    assert type(ours) is type(theirs), f"zenrun: {ours!r}, Hydra: {theirs!r}"
    found = differences(timeless(error_of(ours)), timeless(error_of(theirs)))
    assert not found, "\n".join(found)
    found = differences(_attributes(ours), _attributes(theirs))
    assert not found, "\n".join(found)


def _of_hydra(error):
    """Give the error that zenrun's own was made of."""
    if not isinstance(error, ZenrunError):
        return error
    assert error.__cause__ is not None
    return error.__cause__


# What zenrun attaches to the error that ends a sweep.
_OURS = {"finished_jobs", "__notes__"}


def _attributes(error):
    theirs = {key: item for key, item in sorted(vars(error).items()) if key not in _OURS}
    return timeless({key: _attribute(item) for key, item in theirs.items()})


def _attribute(item):
    if isinstance(item, (list, tuple)):
        return [_attribute(part) for part in item]
    if isinstance(item, JobReturn):  # Hydra 1.4 hands it on so, where Ctrl-C ended a job
        return [repr(item.overrides), repr(item.status), tree(item.cfg), tree(item.hydra_cfg)]
    return (
        item if isinstance(item, (str, int, float, bool, dict, type(None))) else type(item).__name__
    )
