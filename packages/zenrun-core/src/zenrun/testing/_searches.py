"""Searches that the checks of a sweeper run, each in a folder of its own, and what came of them.

This module must not know what is checked.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from zenrun.configs._builds import builds
from zenrun.run import hydra_multirun
from zenrun.testing._isolated import isolated_hydra

# What each kind of dimension is called, and an override of that kind.
KINDS = {
    "float": "x=interval(-1.0, 1.0)",
    "int": "n=int(interval(1, 4))",
    "log": "lr=tag(log, interval(0.001, 1.0))",
    "choice": "kind=a,'b c',null",
    "range": "step=range(0, 10, 5)",
    "group": "+optim=sgd,adam",
    "condition": "+optim.momentum=interval(0.5, 0.75)",
}
CONFIG = {"x": 0.0, "n": 1, "lr": 1.0, "kind": "a", "step": 0}
GROUP = {"sgd": {"name": "sgd"}, "adam": {"name": "adam"}}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SLOW = frozenset({"group", "condition"})
WHEN = {"optim.momentum": "optim=sgd"}


class TaskError(Exception):
    """What the task of a check raises."""


@dataclass
class Task:
    """What a job does: a task function that notes what it was called with.

    Attributes:
        fails: The numbers of the jobs that fail.
        stops: The number of the job that is interrupted, or None.
        seen: The config of each job that ran, by its number.
        runs: The numbers of the jobs that ran, in their order.
    """

    fails: frozenset[int] = frozenset()
    stops: int | None = None
    seen: dict[int, dict[str, Any]] = field(default_factory=dict)
    runs: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Have jobs on threads note one after the other."""
        self._one_at_a_time = threading.Lock()

    def __call__(self, cfg: DictConfig) -> float:
        """Run as a job."""
        number = HydraConfig.get().job.num
        plain = OmegaConf.to_container(cfg, resolve=True)
        assert isinstance(plain, dict)
        with self._one_at_a_time:
            self.runs.append(number)
            self.seen[number] = {str(key): value for key, value in plain.items()}
        if number == self.stops:
            raise KeyboardInterrupt
        if number in self.fails:
            msg = f"job {number} fails, as the check wants it"
            raise TaskError(msg)
        return float((cfg.x - 0.25) ** 2 + 0.125 * cfg.n + abs(cfg.lr - 0.125))


class Searches:
    """Runs searches of one sweeper.

    Args:
        make: Makes the sweeper's config, from settings; or a sweeper's class.
        kinds: The kinds of dimensions that are searched.
    """

    def __init__(self, make: Callable[..., Any], kinds: tuple[str, ...]) -> None:
        self._make = make
        self.kinds = kinds
        self._count = 0

    def run(
        self,
        task: Task,
        settings: Mapping[str, Any],
        *,
        every_kind: bool = False,
        **given: Any,
    ) -> list[dict[str, Any]]:
        """Run a search.

        Args:
            task: What each job does.
            settings: The sweeper's settings.
            every_kind: Whether config groups, which cost the most time, are searched as well.
            **given: For `hydra_multirun`.

        Returns:
            The evaluations, as the results file has them.
        """
        chosen = [kind for kind in self.kinds if every_kind or kind not in _SLOW]
        if "condition" in chosen:
            settings = {**settings, "when": WHEN}
        store = ConfigStore.instance()
        self._count += 1
        name = f"checked_{self._count}"
        node = (
            builds(self._make, **settings)
            if isinstance(self._make, type)
            else self._make(**settings)
        )
        store.store(group="hydra/sweeper", name=name, node=node)
        given.setdefault("resume", None)
        folder = Path(given["resume"] or f"search_{self._count}")
        overrides = [
            f"hydra/sweeper={name}",
            f"hydra.sweep.dir={folder}",
            "hydra/hydra_logging=disabled",
            *(KINDS[kind] for kind in chosen),
        ]
        self.folder = folder
        hydra_multirun(CONFIG, task, overrides, progress=False, **given)
        return self.saved()

    def saved(self) -> list[dict[str, Any]]:
        """Read the evaluations of the last search."""
        return list(self.results()["evaluations"])

    def results(self) -> dict[str, Any]:
        """Read the results file of the last search."""
        path = self.folder / "optimization_results.yaml"
        if not path.is_file():
            msg = f"the sweep's folder has no {path.name}"
            raise AssertionError(msg)
        found = yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # type: ignore[no-untyped-call, unused-ignore]  # noqa: S506 - a safe one
        assert isinstance(found, dict)
        return {str(key): value for key, value in found.items()}


@contextlib.contextmanager
def searches(make: Callable[..., Any], kinds: tuple[str, ...]) -> Iterator[Searches]:
    """Give a place to run searches in: a folder of its own, and Hydra's globals put back after it.

    Args:
        make: Makes the sweeper's config, from settings.
        kinds: The kinds of dimensions that it takes.
    """
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder, isolated_hydra():
        os.chdir(folder)
        try:
            for name, node in GROUP.items():
                ConfigStore.instance().store(group="optim", name=name, node=node)
            yield Searches(make, kinds)
        finally:
            os.chdir(before)
