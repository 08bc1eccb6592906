"""A job that Hydra itself runs, because only Hydra is sure of what it does.

This module must not know which jobs there are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hydra.core.utils import JobReturn, run_job
from hydra.types import HydraContext
from omegaconf import DictConfig, OmegaConf, open_dict

from zenrun import _nodes
from zenrun._isolation import will_be_verbose
from zenrun.job._return import LazyJobReturn


class HydraJob:
    """One job with its config as Hydra composed it.

    Args:
        config: The config, with its ``hydra`` node. The job sets what is its own in it.
        num: Its number in the sweep, from 0 on; None for a job that is no part of one.
    """

    def __init__(self, config: DictConfig, num: int | None = None) -> None:
        self.config = config
        self.num = num
        if num is not None:
            with open_dict(config):
                config.hydra.job.id = str(num)
                config.hydra.job.num = num

    @property
    def output_dir(self) -> str | None:
        """The folder of the job's files, absolute; None before the job has one."""
        leaf = _nodes.child(self.config, ("hydra", "runtime", "output_dir"))
        value = None if leaf is None else _nodes.value_of(leaf)
        return value if isinstance(value, str) and value != "???" else None

    @output_dir.setter
    def output_dir(self, path: str) -> None:
        with open_dict(self.config):
            self.config.hydra.runtime.output_dir = path

    @property
    def chdir(self) -> bool:
        """Whether the job runs in its output folder."""
        return bool(self.config.hydra.job.chdir)

    def run(
        self,
        task_function: Callable[[DictConfig], Any],
        context: HydraContext,
        *,
        configures_logging: bool = True,
    ) -> JobReturn:
        """Run the job, by Hydra's own function.

        Args:
            task_function: What it calls.
            context: Hydra's context.
            configures_logging: Whether Python's logging is configured for it.

        Returns:
            Hydra's account of the job.
        """
        single = self.num is None
        will_be_verbose(self.config.hydra.verbose)
        return run_job(
            hydra_context=context,
            task_function=task_function,
            config=self.config,
            job_dir_key="hydra.run.dir" if single else "hydra.sweep.dir",
            job_subdir_key=None if single else "hydra.sweep.subdir",
            configure_logging=configures_logging,
        )

    def account(self) -> LazyJobReturn:
        """Give a JobReturn with the job's configs and overrides, and nothing that came of it."""
        made = LazyJobReturn.building(self._build)
        overrides: Any = OmegaConf.to_container(self.config.hydra.overrides.task)
        made.overrides = list(overrides)
        return made

    def _build(self, name: str) -> DictConfig:
        made: DictConfig
        if name == "hydra_cfg":
            made = _nodes.alone(self.config, "hydra")
        else:
            made = _nodes.clone(self.config)
            _nodes.take(made, "hydra")
        return made
