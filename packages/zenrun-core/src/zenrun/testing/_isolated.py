"""Everything global that Hydra knows, put back as it was.

This module must not know what is tested.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from hydra.core.config_store import ConfigStore

from zenrun import _hydra, _resolvers
from zenrun._isolation import ProcessGlobals, run_scoped_classes
from zenrun._isolation._plugins import discover_plugins


@contextlib.contextmanager
def isolated_hydra() -> Iterator[None]:
    """Put back everything global that Hydra knows when the block ends.

    Inside, Hydra is not initialized and the ConfigStore holds what it held before. Afterwards
    Hydra's globals, the ConfigStore, OmegaConf's resolvers, logging, the working directory and
    the environment are what they were. It is not for use in several threads at once.

    A module that stores configs when it is imported does so once in a process: import it
    before the block, or its configs are gone after it. A `zenrun.ZenStore` keeps its entries: those
    that were added to the ConfigStore inside are added again by the next ``add_to_hydra_store()``.

    Yields:
        Nothing.

    Example:
        >>> from hydra.core.config_store import ConfigStore
        >>> from zenrun.testing import isolated_hydra
        >>> with isolated_hydra():
        ...     ConfigStore.instance().store(name="only_here", node={"a": 1})
        >>> "only_here.yaml" in ConfigStore.instance().repo
        False
    """
    discover_plugins()  # they store their configs when they are imported, once
    table = _hydra.singletons()
    store = ConfigStore.instance()
    kept = {cls: item for cls, item in table.items() if cls is not ConfigStore}
    repo, resolvers, process = store.repo, _resolvers.all_resolvers(), ProcessGlobals()
    store.repo = _copied(repo)
    for cls in run_scoped_classes() - {ConfigStore}:
        table.pop(cls, None)
    try:
        yield
    finally:
        store.repo = repo
        for cls in [cls for cls in table if cls is not ConfigStore and cls not in kept]:
            del table[cls]
        for cls, item in kept.items():
            table[cls] = item
        _resolvers.set_resolvers(resolvers)
        process.restore()


def _copied(repo: dict[str, Any]) -> dict[str, Any]:
    """Copy the ConfigStore's tree; its configs are never changed in place."""
    return {name: _copied(item) if isinstance(item, dict) else item for name, item in repo.items()}
