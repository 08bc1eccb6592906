"""Hydra's globals, one set for each active run.

Hydra keeps one instance of each of its global classes in one table. While runs are active a
router stands in for that table and sends each look-up to the run that asks. Nothing is locked,
so runs in several threads, and runs inside a task of another run, do not see each other.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.plugins import Plugins
from hydra.core.utils import JobRuntime
from hydra.version import VersionBase

from zenrun._isolation._plugins import discover_plugins
from zenrun._isolation._scope import Scope, find_scope

RUN_SCOPED = frozenset({GlobalHydra, HydraConfig, JobRuntime, ConfigStore, VersionBase, Plugins})


class SingletonRouter(dict[type, Any]):
    """Stands in for Hydra's table of singletons while runs are active.

    Args:
        shared: Hydra's own table, used for every class that is not a run's own, and for all
            of them where no run asks.
    """

    def __init__(self, shared: dict[type, Any]) -> None:
        super().__init__()
        self.shared = shared
        self.active: list[Scope] = []

    def _table(self, cls: type) -> dict[type, Any]:
        scope = find_scope(self.active) if cls in RUN_SCOPED else None
        return self.shared if scope is None else scope.instances

    def _effective(self) -> dict[type, Any]:
        scope = find_scope(self.active)
        if scope is None:
            return self.shared
        others = {cls: item for cls, item in self.shared.items() if cls not in RUN_SCOPED}
        return {**others, **scope.instances}

    def __contains__(self, cls: object) -> bool:
        return isinstance(cls, type) and cls in self._table(cls)

    def __getitem__(self, cls: type) -> Any:
        return self._table(cls)[cls]

    def __setitem__(self, cls: type, instance: Any) -> None:
        self._table(cls)[cls] = instance

    def __delitem__(self, cls: type) -> None:
        del self._table(cls)[cls]

    def get(self, cls: type, default: Any = None) -> Any:
        """Give the asking run's instance, or the default."""
        return self._table(cls).get(cls, default)

    def pop(self, cls: type, *default: Any) -> Any:
        """Take out the asking run's instance and give it."""
        return self._table(cls).pop(cls, *default)

    def __iter__(self) -> Iterator[type]:
        return iter(self._effective())

    def __len__(self) -> int:
        return len(self._effective())

    def keys(self) -> Any:
        """Give the classes that the asking run sees an instance of."""
        return self._effective().keys()

    def values(self) -> Any:
        """Give the instances that the asking run sees."""
        return self._effective().values()

    def items(self) -> Any:
        """Give the classes and the instances that the asking run sees."""
        return self._effective().items()

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[type, Any]:
        """Copy what the asking run sees: launchers send it to their workers."""
        kept = {cls: item for cls, item in self._effective().items() if cls is not Plugins}
        return _SentTable(copy.deepcopy(kept, memo))


class _SentTable(dict[type, Any]):
    """A plain table, that finds the plugins of the process in which it arrives.

    Hydra would look for them there itself, and a broken one would end the job.
    """

    def __reduce__(self) -> Any:
        return _arrived, (dict(self),)


def _arrived(table: dict[type, Any]) -> dict[type, Any]:
    return {**table, Plugins: discover_plugins()}
