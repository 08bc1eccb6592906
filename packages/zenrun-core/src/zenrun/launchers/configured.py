"""zenrun's launchers as Hydra's config groups choose them: ``hydra/launcher=loky`` and the like.

Hydra loads this module whenever an app starts, so it loads no more than it must: what runs jobs is
loaded when a sweep is. This module must not know how jobs run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Optional

from hydra.core.utils import JobReturn
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

if TYPE_CHECKING:
    from zenrun.launchers._options import LaunchOptions

TARGET = "hydra_plugins.zenrun_core.ZenrunLauncher"

# ruff: noqa: UP045 - OmegaConf reads these hints, and its older versions know Optional alone


@dataclass
class LauncherConfig:
    """What every launcher of zenrun's can be told.

    Attributes:
        executor: Where jobs run.
        concurrent: How many jobs run at once at most.
        timeout: How many seconds a job may run.
        retries: How often a job that failed is started again.
        backoff: How many seconds pass before that.
        resources: What each job needs: gpus, threads.
        on_failure: What a failed job means for the others: raise, stop or return.
        progress: Whether progress is shown.
    """

    _target_: str = TARGET
    executor: str = "???"
    concurrent: Optional[int] = None
    timeout: Optional[float] = None
    retries: Optional[int] = None
    backoff: Optional[float] = None
    resources: Optional[dict[str, Any]] = None
    on_failure: Optional[str] = None
    progress: Optional[bool] = None


@dataclass
class LokyConfig(LauncherConfig):
    """Processes of this machine."""

    executor: str = "loky"


@dataclass
class DaskConfig(LauncherConfig):
    """Dask.

    Attributes:
        address: The address of a scheduler; without it a cluster is started for the sweep.
        cluster: What Dask's LocalCluster takes, for the one that is started.
    """

    executor: str = "dask"
    address: Optional[str] = None
    cluster: dict[str, Any] = field(default_factory=dict)


@dataclass
class SubmititConfig(LauncherConfig):
    """SLURM, by submitit.

    Attributes:
        cluster: "slurm", "local" or "debug"; without it submitit looks what there is.
        folder: Where submitit keeps its files; by default .submitit in the sweep's directory.
        parameters: What submitit's executor takes: mem_gb, slurm_partition, ...
    """

    executor: str = "submitit"
    cluster: Optional[str] = None
    folder: Optional[str] = None
    parameters: dict[str, Any] = field(default_factory=dict)


CONFIGS = {"loky": LokyConfig, "dask": DaskConfig, "submitit": SubmititConfig}


class ConfiguredLauncher(Launcher):
    """Runs jobs where the config says.

    Args:
        executor: The name of where.
        concurrent: As in `LauncherConfig`, as are those that follow.
        timeout: As said.
        retries: As said.
        backoff: As said.
        resources: As said.
        on_failure: As said.
        progress: As said.
        **settings: What that executor alone can be told.
    """

    def __init__(
        self,
        executor: str,
        concurrent: int | None = None,
        timeout: float | None = None,
        retries: int | None = None,
        backoff: float | None = None,
        resources: Any = None,
        on_failure: str | None = None,
        progress: bool | None = None,
        **settings: Any,
    ) -> None:
        self._executor = executor
        self._settings = settings
        self._said = {
            "concurrent": concurrent,
            "timeout": timeout,
            "retries": retries,
            "backoff": backoff,
            "resources": resources,
            "on_failure": on_failure,
            "progress": progress,
        }

    def launch_options(self) -> LaunchOptions:
        """Give what the config says, checked.

        Raises:
            ExecutorError: It cannot be done.
        """
        from omegaconf import OmegaConf

        from zenrun.launchers._choose import Named
        from zenrun.launchers._options import LaunchOptions

        given = OmegaConf.to_container(
            OmegaConf.create({"said": self._said, "settings": self._settings}), resolve=True
        )
        assert isinstance(given, dict)
        return LaunchOptions(executor=Named(self._executor, given["settings"]), **given["said"])

    def working(self) -> Launcher:
        """Give the launcher that does the work."""
        from zenrun._isolation._plugins import mixed
        from zenrun.launchers._launcher import SweepLauncher

        made = mixed(SweepLauncher, self)
        made.options = self.launch_options()  # type: ignore[attr-defined]
        assert isinstance(made, Launcher)
        return made

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        """Take what the launcher works with.

        Args:
            hydra_context: What jobs are composed with, and the callbacks.
            task_function: What each job calls.
            config: The sweep's config.
        """
        self._working = self.working()
        self._working.setup(hydra_context=hydra_context, task_function=task_function, config=config)

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> Sequence[JobReturn]:
        """Run jobs.

        Args:
            job_overrides: The overrides of each job.
            initial_job_idx: The number of the first one.

        Returns:
            Hydra's account of each, in the order of the overrides.
        """
        return self._working.launch(job_overrides, initial_job_idx)

    def launch_as_asked(self, *args: Any, **settings: Any) -> None:
        """Run jobs of which each is asked for when there is a place for it.

        Args:
            *args: As for zenrun's launcher.
            **settings: As for zenrun's launcher.
        """
        self._working.launch_as_asked(*args, **settings)  # type: ignore[attr-defined]


def chosen(config: DictConfig) -> ConfiguredLauncher | None:
    """Give the launcher that a run's config has chosen, if it is one of zenrun's.

    Args:
        config: The config, with its ``hydra`` node.
    """
    from zenrun import _hydra, _nodes

    target = _nodes.child(config, ("hydra", "launcher", "_target_"))
    if target is None or _nodes.value_of(target) != TARGET:
        return None
    made = _hydra.instantiate_core_plugin(config.hydra.launcher)
    assert isinstance(made, ConfiguredLauncher)
    return made
