"""A run through Hydra itself: its composing, its sweeper and launcher, its files.

This module must not know what the arguments of the public functions look like.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hydra.core.utils import JobReturn
from omegaconf import DictConfig

from zenrun import _hydra
from zenrun._isolation import isolated_run
from zenrun.compose._explain import explained
from zenrun.compose._loader import SweepConfigLoader, ways_told
from zenrun.job._single import run_single
from zenrun.launchers._serial import SerialLauncher
from zenrun.sweep._basic import GridSweeper

# What is laid over Hydra's own plugins.
_MIXINS: dict[str, type] = {
    _hydra.LAUNCHER_PATH: SerialLauncher,
    _hydra.SWEEPER_PATH: GridSweeper,
}


@dataclass(frozen=True)
class RunRequest:
    """One run, all its arguments checked.

    Attributes:
        node: The run's config.
        task_function: What each job calls.
        overrides: The overrides in Hydra's grammar.
        config_name: The name of the config.
        job_name: The name of the job.
        config_dirs: Folders with further configs.
        with_log_configuration: Whether Hydra configures logging.
        version_base: Which Hydra version's defaults hold.
    """

    node: DictConfig
    task_function: Callable[[Any], Any]
    overrides: Sequence[str]
    config_name: str
    job_name: str
    config_dirs: Sequence[str]
    with_log_configuration: bool
    version_base: str | None


def run_job(request: RunRequest) -> JobReturn:
    """Run one job.

    Args:
        request: The run.

    Returns:
        Hydra's account of the job.
    """
    result = _run(request, "RUN")
    assert isinstance(result, JobReturn)
    return result


def run_sweep(request: RunRequest) -> Any:
    """Run the jobs that the configured sweeper asks for.

    Args:
        request: The run.

    Returns:
        What the sweeper returns.
    """
    return _run(request, "MULTIRUN")


def _run(request: RunRequest, mode: str) -> Any:
    mixins = _MIXINS if _hydra.KNOWS_COMPOSING else {}
    make_loader = SweepConfigLoader if _hydra.KNOWS_COMPOSING else None
    with isolated_run(request.config_name, request.node, mixins):
        _hydra.set_version_base(request.version_base)
        hydra = _hydra.start_hydra(request.job_name, request.config_dirs, make_loader)
        overrides = _hydra.mode_override(mode, request.overrides)
        start = hydra.run if mode == "RUN" else hydra.multirun
        if mode == "RUN" and _hydra.KNOWS_COMPOSING:
            start = functools.partial(run_single, hydra)
        with (
            explained(hydra.config_loader, request.config_name, request.node, request.overrides),
            ways_told(hydra.config_loader),
        ):
            return start(
                config_name=request.config_name,
                task_function=request.task_function,
                overrides=overrides,
                with_log_configuration=request.with_log_configuration,
            )
