"""A job that is no part of a sweep.

What happens is what Hydra's ``run`` does. This module must not know what the arguments of the public
functions look like.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hydra.core.hydra_config import HydraConfig
from hydra.core.utils import JobReturn
from hydra.types import HydraContext, RunMode
from omegaconf import DictConfig

from zenrun import _hydra, _nodes, _resolvers
from zenrun._isolation._hydra_config import RunHydraConfig
from zenrun.compose._composition import Composition, Fingerprint, NotSureError
from zenrun.compose._loader import Changes, JobPlan, SweepConfigLoader
from zenrun.job._hydra_job import HydraJob
from zenrun.job._logging import LoggingForm, logging_form
from zenrun.job._run import PlannedJob
from zenrun.job._shape import JobShape


def run_single(
    hydra: Any,
    config_name: str,
    task_function: Callable[[Any], Any],
    overrides: Sequence[str],
    *,
    with_log_configuration: bool,
    elsewhere: Callable[[DictConfig], Callable[..., JobReturn] | None],
) -> JobReturn:
    """Compose a config and run one job.

    Args:
        hydra: The started Hydra.
        config_name: The name of the run's config.
        task_function: What the job calls.
        overrides: The overrides in Hydra's grammar.
        with_log_configuration: Whether logging is configured.
        elsewhere: Says from the composed config what runs the job, called as `PlannedJob.run`
            is; None for here.

    Returns:
        Hydra's account of the job, which did not fail.

    Raises:
        Exception: What the task function raised.
    """
    if not _hydra.KNOWS_COMPOSING:
        return _run_by_hydra(
            hydra,
            config_name,
            task_function,
            overrides,
            elsewhere,
            with_log_configuration=with_log_configuration,
        )
    loader = hydra.config_loader
    config = loader.load_configuration(
        config_name=config_name, overrides=list(overrides), run_mode=RunMode.RUN
    )
    run = elsewhere(config)
    try:
        job, hydra_logging = _planned(config, loader)
    except NotSureError as error:
        _hand_over(loader, str(error))
        if run is not None:
            return _in_steps(
                hydra,
                config_name,
                task_function,
                overrides,
                run,
                with_log_configuration=with_log_configuration,
            )
        result: JobReturn = hydra.run(
            config_name=config_name,
            task_function=task_function,
            overrides=list(overrides),
            with_log_configuration=with_log_configuration,
        )
        return result
    if with_log_configuration:
        hydra_logging.configure({})
    loader.counts["fast"] += 1
    context = HydraContext(config_loader=loader, callbacks=_hydra.callbacks_of(None))
    result = (run or PlannedJob.run)(
        job, task_function, context, configures_logging=with_log_configuration
    )
    _ = result.return_value  # raises what the task function raised
    return result


class _ElsewhereError(Exception):
    """The job is to run somewhere else."""

    def __init__(self, run: Callable[..., JobReturn]) -> None:
        super().__init__()
        self.run = run


def _run_by_hydra(
    hydra: Any,
    config_name: str,
    task_function: Callable[[Any], Any],
    overrides: Sequence[str],
    elsewhere: Callable[[DictConfig], Callable[..., JobReturn] | None],
    *,
    with_log_configuration: bool,
) -> JobReturn:
    """Have Hydra compose and run; what runs the job is known when it has composed."""

    def look(config: DictConfig) -> None:
        run = elsewhere(config)
        if run is not None:
            raise _ElsewhereError(run)

    hydra.composed = look
    try:
        result: JobReturn = hydra.run(
            config_name=config_name,
            task_function=task_function,
            overrides=list(overrides),
            with_log_configuration=with_log_configuration,
        )
    except _ElsewhereError as found:
        return _in_steps(
            hydra,
            config_name,
            task_function,
            overrides,
            found.run,
            with_log_configuration=with_log_configuration,
        )
    return result


def _in_steps(
    hydra: Any,
    config_name: str,
    task_function: Callable[[Any], Any],
    overrides: Sequence[str],
    run: Callable[..., JobReturn],
    *,
    with_log_configuration: bool,
) -> JobReturn:
    """Do what ``Hydra.run`` does, and have the job itself run somewhere else."""
    config = hydra.compose_config(
        config_name=config_name,
        overrides=list(overrides),
        with_log_configuration=with_log_configuration,
        run_mode=RunMode.RUN,
    )
    if config.hydra.mode is None:
        config.hydra.mode = RunMode.RUN
    callbacks = _hydra.callbacks_of(config)
    callbacks.on_run_start(config=config, config_name=config_name)
    context = HydraContext(config_loader=hydra.config_loader, callbacks=callbacks)
    result = run(
        HydraJob(config), task_function, context, configures_logging=with_log_configuration
    )
    callbacks.on_run_end(config=config, config_name=config_name, job_return=result)
    _ = result.return_value  # raises what the task function raised
    return result


def _planned(config: DictConfig, loader: Any) -> tuple[PlannedJob, LoggingForm]:
    """Plan the job, and the logging of Hydra's own messages, if it is one of the usual kind.

    Raises:
        NotSureError: It is for Hydra to run.
    """
    usual = isinstance(loader, SweepConfigLoader)
    if not usual or not isinstance(HydraConfig.instance(), RunHydraConfig):
        msg = "the run is not one of zenrun's"
        raise NotSureError(msg)
    hydra = _nodes.child(config, ("hydra",))
    mode = _nodes.child(hydra, ("mode",))
    if mode is None or _nodes.value_of(mode) not in (None, RunMode.RUN):
        msg = "hydra.mode is set to another mode"
        raise NotSureError(msg)
    _nodes.set_raw_value(mode, RunMode.RUN)
    callbacks = _nodes.child(hydra, ("callbacks",))
    if not _nodes.is_plain_mapping(callbacks) or _nodes.content_of(callbacks):
        msg = "the run has callbacks"
        raise NotSureError(msg)
    # At the debug level Hydra tells all about itself.
    form = logging_form(hydra, "hydra_logging", frozenset())
    if form is None or _nodes.value_of(_nodes.child(hydra, ("verbose",))) is not False:
        msg = "hydra.verbose or hydra.hydra_logging is unusual"
        raise NotSureError(msg)
    cache = _resolvers.resolver_cache(config)
    task_overrides = _nodes.plain_list(_nodes.child(hydra, ("overrides", "task")))
    hydra_overrides = _nodes.plain_list(_nodes.child(hydra, ("overrides", "hydra")))
    if task_overrides is None or hydra_overrides is None or not _resolvers.cache_is_plain(cache):
        msg = "the run's config is unusual"
        raise NotSureError(msg)
    composition = Composition(config, Fingerprint((), ()))
    dirname = _nodes.value_of(_nodes.child(hydra, ("job", "override_dirname")))
    plan = JobPlan(
        changes=Changes(composition, (), dirname),
        task_overrides=task_overrides,
        hydra_overrides=hydra_overrides,
        cwd=_nodes.value_of(_nodes.child(hydra, ("runtime", "cwd"))),
        cache=cache,
    )
    return PlannedJob(plan, JobShape(composition)), form


def _hand_over(loader: Any, reason: str) -> None:
    if isinstance(loader, SweepConfigLoader):
        loader.handed_over(reason)
