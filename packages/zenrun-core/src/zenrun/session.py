"""A run through Hydra itself: its composing, its sweeper and launcher, its files.

This module must not know what the arguments of the public functions look like.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hydra.core.utils import JobReturn
from hydra.plugins.launcher import Launcher
from hydra.plugins.plugin import Plugin
from hydra.plugins.sweeper import Sweeper
from omegaconf import DictConfig

from zenrun import _hydra, errors
from zenrun._isolation import isolated_run
from zenrun._isolation._plugins import PluginOverlay, mixed
from zenrun.compose._explain import explained
from zenrun.compose._loader import SweepConfigLoader, ways_told
from zenrun.compose._swept import Combination
from zenrun.job._single import run_single
from zenrun.launchers._launcher import SweepLauncher
from zenrun.launchers._options import LaunchOptions
from zenrun.launchers._recorded import RecordedLauncher
from zenrun.launchers._single import SingleLauncher
from zenrun.launchers._sweep_run import SweepRun
from zenrun.launchers.configured import ConfiguredLauncher, chosen
from zenrun.results._job_table import shows_itself
from zenrun.sweep._basic import GridSweeper
from zenrun.sweep.configured import ConfiguredSweeper


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
        options: Where and how jobs run.
        combination: How the overrides of a sweep are combined.
    """

    node: DictConfig
    task_function: Callable[[Any], Any]
    overrides: Sequence[str]
    config_name: str
    job_name: str
    config_dirs: Sequence[str]
    with_log_configuration: bool
    version_base: str | None
    options: LaunchOptions
    combination: Combination


class _SweepOverlay(PluginOverlay):
    """Lays zenrun's way of sweeping over Hydra's sweeper, and over whichever launcher there is.

    Args:
        sweep: The sweep.
        combination: How the caller wants its overrides combined.
    """

    def __init__(self, sweep: SweepRun, combination: Combination) -> None:
        self._sweep = sweep
        self._combination = combination

    @property
    def sweep(self) -> SweepRun:
        """The sweep."""
        return self._sweep

    def over(self, plugin: Plugin) -> Plugin:
        """Give what serves instead of a plugin that Hydra has looked up, checked and built.

        Args:
            plugin: The sweeper or launcher.

        Raises:
            CombinationError: The sweeper cannot combine overrides as the caller wants.
        """
        path = f"{type(plugin).__module__}.{type(plugin).__name__}"
        if isinstance(plugin, Sweeper):
            return self._over_sweeper(plugin, path)
        if not isinstance(plugin, Launcher):
            return plugin
        if isinstance(plugin, ConfiguredLauncher):
            plugin = plugin.working()
        if isinstance(plugin, SweepLauncher):
            self._sweep.options = self._sweep.options.over(plugin.options)
        elif path == _hydra.LAUNCHER_PATH:
            plugin = mixed(SweepLauncher, plugin)
        else:
            plugin = mixed(RecordedLauncher, plugin)
        return _with_sweep(plugin, "sweep", self._sweep)

    def _over_sweeper(self, plugin: Sweeper, path: str) -> Plugin:
        wanted = self._combination
        if isinstance(plugin, ConfiguredSweeper):
            made = plugin.working()
            made.combination = (made.combination or Combination()).and_then(wanted)
        elif path == _hydra.SWEEPER_PATH:
            laid = mixed(GridSweeper, plugin)
            assert isinstance(laid, GridSweeper)
            made = laid
            made.combination = None if wanted == Combination() else wanted
        elif wanted == Combination():
            return plugin
        else:
            msg = (
                "zipped, repeat, grids and where= are for Hydra's basic sweeper and for "
                f"hydra/sweeper=combinations, and the run has chosen {path}"
            )
            raise errors.CombinationError(msg)
        return _with_sweep(made, "sweep_run", self._sweep)


def _with_sweep(plugin: Plugin, name: str, sweep: SweepRun) -> Plugin:
    setattr(plugin, name, sweep)
    return plugin


def run_job(request: RunRequest) -> JobReturn:
    """Run one job.

    Args:
        request: The run.

    Returns:
        Hydra's account of the job.
    """

    def elsewhere(config: DictConfig) -> SingleLauncher | None:
        options, launcher = request.options, chosen(config)
        if launcher is not None:
            options = options.over(launcher.launch_options())
        return SingleLauncher(options) if options.about_workers() else None

    with _started(request, "RUN", PluginOverlay(), None) as (hydra, arguments):
        result = run_single(hydra, **arguments, elsewhere=elsewhere)
    assert isinstance(result, JobReturn)
    return result


def run_sweep(request: RunRequest) -> Any:
    """Run the jobs that the configured sweeper asks for.

    Args:
        request: The run.

    Returns:
        What the sweeper returns.
    """
    sweep = SweepRun(request.options, {"overrides": _asked(request)})
    try:
        overlay = _SweepOverlay(sweep, request.combination)
        # Its directory is taken before anything is put there, and callbacks learn where it is.
        with _started(request, "MULTIRUN", overlay, sweep.claim) as (hydra, arguments):
            returned = hydra.multirun(**arguments)
    except BaseException as error:
        sweep.attach_to(error)
        sweep.close(error)
        raise
    sweep.close(None)
    return shows_itself(returned)


def _asked(request: RunRequest) -> list[str]:
    """Give the overrides as they are written down: after the common ones those of each grid."""
    grids = request.combination.grids
    return [*request.overrides, *(text for grid in grids for text in grid.overrides)]


@contextlib.contextmanager
def _started(
    request: RunRequest,
    mode: str,
    overlay: PluginOverlay,
    composed: Callable[[DictConfig], None] | None,
) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Start Hydra with globals of its own; give it, and what to call it with."""
    make_loader = SweepConfigLoader if _hydra.KNOWS_COMPOSING else None
    with isolated_run(request.config_name, request.node, overlay):
        _hydra.set_version_base(request.version_base)
        hydra = _hydra.start_hydra(request.job_name, request.config_dirs, make_loader, composed)
        with (
            explained(hydra.config_loader, request.config_name, request.node, _asked(request)),
            ways_told(hydra.config_loader),
        ):
            yield (
                hydra,
                {
                    "config_name": request.config_name,
                    "task_function": request.task_function,
                    "overrides": _hydra.mode_override(mode, request.overrides),
                    "with_log_configuration": request.with_log_configuration,
                },
            )
