"""One job: folder, files, logging, callbacks, the task function, and the JobReturn.

What happens, and in which order, is what Hydra's ``run_job`` does; each thing is computed once, and
what nobody reads is not built. This module must not know which jobs there are.

Source: https://hydra.cc/docs/configure_hydra/workdir
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hydra.core.hydra_config import HydraConfig
from hydra.core.utils import JobReturn, JobStatus, configure_log, env_override
from hydra.types import HydraContext
from omegaconf import DictConfig, OmegaConf

from zenrun import _copies, _hydra, _nodes, _resolvers
from zenrun._isolation import will_be_verbose
from zenrun._isolation._hydra_config import RunHydraConfig
from zenrun.compose._blame import about_output_dir
from zenrun.compose._composition import NotSureError, graft_onto, grafted
from zenrun.compose._loader import JobPlan
from zenrun.job._return import LazyJobReturn
from zenrun.job._shape import JobShape
from zenrun.job._yaml_text import list_text


class PlannedJob:
    """One job, with all that is its own.

    Args:
        plan: How its config is composed.
        shape: What it has in common with other jobs.
        num: Its number in the sweep, from 0 on; None for a job that is no part of one.
    """

    def __init__(self, plan: JobPlan, shape: JobShape, num: int | None = None) -> None:
        self.plan = plan
        self.shape = shape
        self.known: dict[str, Any] = {
            "job.override_dirname": plan.changes.dirname,
            "runtime.cwd": plan.cwd,
        }
        if num is not None:
            self.known |= {"job.num": num, "job.id": str(num)}

    @property
    def output_dir(self) -> str | None:
        """The folder of the job's files, absolute; None before the job has one."""
        return self.known.get("runtime.output_dir")

    @output_dir.setter
    def output_dir(self, path: str) -> None:
        self.known["runtime.output_dir"] = path

    @property
    def chdir(self) -> bool:
        """Whether the job runs in its output folder."""
        return bool(self.shape.chdir)

    def keep_cache(self, cache: Any) -> None:
        """Take what resolvers have given where the job ran.

        Args:
            cache: Their results by resolver and arguments.
        """
        self.plan = dataclasses.replace(self.plan, cache=cache)

    def run(
        self,
        task_function: Callable[[DictConfig], Any],
        context: HydraContext,
        *,
        configures_logging: bool = True,
    ) -> JobReturn:
        """Run the job.

        Args:
            task_function: What it calls.
            context: Hydra's context, for its callbacks.
            configures_logging: Whether Python's logging is configured for it.

        Returns:
            Hydra's account of the job: also where the task function raised an exception.

        Raises:
            OutputDirError: The output folder cannot be written.
        """
        return _run_planned(self, task_function, context, configures_logging=configures_logging)

    def account(self) -> LazyJobReturn:
        """Give a JobReturn with the job's configs and overrides, and nothing that came of it."""
        made = LazyJobReturn.building(self.build)
        made.overrides = list(self.plan.task_overrides)
        return made

    def build(self, name: str) -> DictConfig:
        """Build a part of the job's JobReturn.

        Args:
            name: ``"cfg"`` or ``"hydra_cfg"``.
        """
        return self.task_config() if name == "cfg" else self.hydra_config()

    def task_config(self) -> DictConfig:
        """Build the config that the task gets."""
        made: DictConfig = _nodes.clone(self.shape.task_config)
        graft_onto(made, self.plan.changes.grafts)
        _resolvers.set_resolver_cache(made, self.plan.cache)
        return made

    def hydra_config(self) -> DictConfig:
        """Build the ``hydra`` node alone, as it stands in a JobReturn."""
        made: DictConfig = _nodes.clone(self.shape.hydra_config)
        self._fill(made)
        return made

    def config(self) -> DictConfig:
        """Build the whole config, as callbacks get it."""
        made: DictConfig = _nodes.clone(self.shape.config)
        graft_onto(made, self.plan.changes.grafts)
        self._fill(made)
        _resolvers.set_resolver_cache(made, self.plan.cache)
        return made

    def seen_by_task(self, config: DictConfig | None = None) -> DictConfig:
        """Build what HydraConfig holds while the job runs.

        Args:
            config: The job's whole config, if it is built already.
        """
        made = self.shape.own_hydra_config(self.config() if config is None else config)
        self._fill(made)
        return made

    def _fill(self, config: DictConfig) -> None:
        hydra = _nodes.child(config, ("hydra",))
        self.plan.fill_hydra(hydra)
        for path in ("job.num", "job.id", "runtime.output_dir"):
            if path in self.known:
                _nodes.set_raw_value(_nodes.child(hydra, path.split(".")), self.known[path])


def _run_planned(
    job: PlannedJob,
    task_function: Callable[[DictConfig], Any],
    context: HydraContext,
    *,
    configures_logging: bool,
) -> JobReturn:
    shape, callbacks = job.shape, context.callbacks
    hydra_config = HydraConfig.instance()
    assert isinstance(hydra_config, RunHydraConfig)
    old_cwd, old_hydra_config = os.getcwd(), hydra_config.state()
    try:
        output_dir = _output_dir(job, hydra_config)
        job.known["runtime.output_dir"] = os.path.abspath(output_dir)
        config = None if _hydra.calls_nobody(callbacks) else job.config()
        hydra_config.build_later(lambda: job.seen_by_task(config))
        task_config = job.task_config()
        result = job.account() if config is None else JobReturn()
        if config is not None:  # callbacks may look at everything
            result.cfg, result.hydra_cfg = task_config, job.hydra_config()
            result.overrides = list(job.plan.task_overrides)
        with _writing(output_dir):
            _make_folder(output_dir)
        if shape.chdir:
            os.chdir(output_dir)
        result.working_dir = output_dir if shape.chdir else os.getcwd()
        if configures_logging:
            _configure_logging(job, config)
        if shape.subdir is not None:
            with _writing(output_dir):
                _write_files(job, task_config, shape.subdir)
        with _environment(result) if shape.has_env else _NOTHING:
            if config is not None:
                callbacks.on_job_start(config=config, task_function=task_function)
            _call(task_function, task_config, result)
        result.task_name = _hydra.job_name()
        _hydra.flush_loggers()
        if config is not None:
            callbacks.on_job_end(config=config, job_return=result)
            return result
        with grafted(shape.task_config, job.plan.changes.grafts):
            untouched = _copies.is_untouched(task_config, shape.task_config)
        untouched &= _resolvers.size_of_cache(task_config) == sum(map(len, job.plan.cache.values()))
        if untouched:
            _copies.dissolve(task_config)  # it is built again if somebody asks for it
        else:
            result.cfg = task_config
        return result
    finally:
        hydra_config.restore(old_hydra_config)
        if shape.chdir:
            os.chdir(old_cwd)


_NOTHING = contextlib.nullcontext()


def _call(task_function: Callable[[DictConfig], Any], config: DictConfig, job: JobReturn) -> None:
    try:
        job.return_value = task_function(config)
        job.status = JobStatus.COMPLETED
    except Exception as error:
        job.return_value = error
        job.status = JobStatus.FAILED


def _environment(job: JobReturn) -> Any:
    assert job.hydra_cfg is not None
    return env_override(job.hydra_cfg.hydra.job.env_set)


def _output_dir(job: PlannedJob, hydra_config: RunHydraConfig) -> str:
    """Resolve where the job's files go."""
    shape, cache = job.shape, job.plan.cache
    single = "job.num" not in job.known
    keys = ("run.dir",) if single else ("sweep.dir", "sweep.subdir")
    try:
        names = [shape.folder(keys[0], cache)]
        names += [str(shape.known_text(key).value(job.known)) for key in keys[1:]]
    except NotSureError:
        names = _selected(job, hydra_config, *(f"hydra.{key}" for key in keys))
    return os.path.join(*names)


def _selected(job: PlannedJob, hydra_config: RunHydraConfig, *keys: str) -> list[str]:
    """Have OmegaConf resolve values in the job's whole config; what resolvers gave is kept."""
    config = job.config()
    hydra_config.build_later(lambda: job.seen_by_task(config))
    values = [str(OmegaConf.select(config, key)) for key in keys]
    cache = {name: dict(found) for name, found in _resolvers.resolver_cache(config).items()}
    job.plan = dataclasses.replace(job.plan, cache=cache)
    return values


@contextlib.contextmanager
def _writing(folder: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise about_output_dir(error, folder) from error


def _make_folder(name: str) -> None:
    try:
        os.mkdir(name)
    except OSError:
        Path(name).mkdir(parents=True, exist_ok=True)


def _write_files(job: PlannedJob, task_config: DictConfig, subdir: str) -> None:
    shape, overrides = job.shape, job.plan.task_overrides
    folder = os.path.join(job.known["runtime.output_dir"], subdir)
    _make_folder(folder)
    config_yaml = shape.config_yaml(job.plan.changes.grafts)
    hydra_yaml = shape.hydra_yaml(job.known, overrides)
    texts = {
        "config.yaml": OmegaConf.to_yaml(task_config) if config_yaml is None else config_yaml,
        "hydra.yaml": OmegaConf.to_yaml(job.hydra_config()) if hydra_yaml is None else hydra_yaml,
        "overrides.yaml": list_text(overrides),
    }
    for name, text in texts.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)


def _configure_logging(job: PlannedJob, config: DictConfig | None) -> None:
    if job.shape.logging is not None:
        with contextlib.suppress(NotSureError):
            job.shape.logging.configure(job.known)
            return
    config = job.config() if config is None else config
    will_be_verbose(config.hydra.verbose)
    configure_log(config.hydra.job_logging, config.hydra.verbose)
