"""One run's view of Hydra's ConfigStore: the shared configs, and the run's own config over them.

The run's config is seen by that run only and is gone when it ends. What a task stores goes to the
shared ConfigStore, as it would without zenrun.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hydra.core.config_store import ConfigNode, ConfigStore
from omegaconf import DictConfig

from zenrun import _nodes


class _OverlaidRepo(dict[str, Any]):
    """The ConfigStore's tree of configs, with one entry laid over its top level."""

    def __init__(self, shared: dict[str, Any], own: dict[str, Any]) -> None:
        super().__init__()
        self.shared = shared
        self.own = own

    def _merged(self) -> dict[str, Any]:
        return {**self.shared, **self.own}

    def __contains__(self, key: object) -> bool:
        return key in self.own or key in self.shared

    def __getitem__(self, key: str) -> Any:
        return self.own[key] if key in self.own else self.shared[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.shared[key] = value

    def __delitem__(self, key: str) -> None:
        del (self.own if key in self.own else self.shared)[key]

    def get(self, key: str, default: Any = None) -> Any:
        try:
            return self[key]
        except KeyError:
            return default

    def __iter__(self) -> Iterator[str]:
        return iter(self._merged())

    def __len__(self) -> int:
        return len(self._merged())

    def keys(self) -> Any:
        return self._merged().keys()

    def values(self) -> Any:
        return self._merged().values()

    def items(self) -> Any:
        return self._merged().items()

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        return copy.deepcopy(self._merged(), memo)

    def __reduce__(self) -> tuple[type, tuple[dict[str, Any]]]:
        return dict, (self._merged(),)


class RunConfigStore(ConfigStore):
    """A run's ConfigStore.

    Attributes:
        tree: The tree of configs.
        looks: How often the tree was asked for: whoever has it may change what is in it, so
            memories of what was read are good only for as long as nobody looks.
    """

    tree: dict[str, Any]
    looks: int

    @classmethod
    def over(cls, tree: dict[str, Any]) -> RunConfigStore:
        """Make one.

        Args:
            tree: The tree of configs.
        """
        store: RunConfigStore = object.__new__(cls)  # its metaclass would give the shared one
        store.tree = tree
        store.looks = 0
        return store

    @property
    def repo(self) -> dict[str, Any]:  # type: ignore[override, unused-ignore]
        """The tree of configs, as Hydra calls it."""
        self.looks += 1
        return self.tree

    @repo.setter
    def repo(self, tree: dict[str, Any]) -> None:
        self.looks += 1
        self.tree = tree

    def load(self, config_path: str) -> ConfigNode:
        """Give a copy of a stored config: as Hydra's ConfigStore does, only faster.

        Args:
            config_path: Its group and name.
        """
        found = copy.copy(self._load(config_path))
        found.node = _nodes.clone(found.node)
        return found

    def __deepcopy__(self, _: dict[int, Any]) -> RunConfigStore:
        # Hydra copies what it reads from for each config it composes, all stored configs with it.
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        # Launchers send it to their workers: what arrives is Hydra's own.
        return object.__new__, (ConfigStore,), {"repo": dict(self.tree)}


def overlay_config_store(shared: ConfigStore, config_name: str, node: DictConfig) -> ConfigStore:
    """Lay a run's config over the shared ConfigStore.

    Args:
        shared: The ConfigStore that every run sees.
        config_name: The name of the run's config.
        node: The run's config.

    Returns:
        A ConfigStore in which the config is found by its name.
    """
    file_name = f"{config_name}.yaml"
    entry = ConfigNode(name=file_name, node=node, group=None, package=None, provider="zenrun")
    return RunConfigStore.over(_OverlaidRepo(shared.repo, {file_name: entry}))
