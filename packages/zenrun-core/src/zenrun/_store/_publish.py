"""Entries of a store, put into Hydra's ConfigStore.

This module must not know where the entries come from.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Iterable
from typing import Any

from zenrun import errors
from zenrun._store._entry import Entry, described

_ONE_AT_A_TIME = threading.RLock()  # Hydra's ConfigStore is the process's, and has no lock


def publish(
    waiting: Iterable[Entry],
    expected: Iterable[Entry],
    store: str,
    arrived: Callable[[Entry], None],
    *,
    overwrite_ok: bool,
) -> None:
    """Add entries to Hydra's ConfigStore: all of them, or where one must not be, none.

    Args:
        waiting: The entries to add.
        expected: Entries that were added earlier: those that are gone are added again.
        store: The name of the entries' store, for messages.
        arrived: Called with each entry that is there.
        overwrite_ok: Whether they may take the places of other configs.

    Raises:
        EntryExistsError: Hydra has another config of that group and name.
        ConfigTypeError: OmegaConf cannot hold an entry's config.
        ConfigError: No config can be made of what was stored.
    """
    from hydra.core.config_store import ConfigStore

    waiting, shared = list(waiting), ConfigStore.instance()
    nodes = {id(entry): entry.node(store) for entry in waiting}
    with _ONE_AT_A_TIME:
        tree = _tree_of(shared)
        gone = [entry for entry in expected if _found(tree, entry) is None]
        if not overwrite_ok:
            _refuse_twins(waiting, store)
            for entry in waiting:
                found = _found(tree, entry)
                if found is not None and not _may_replace(found, entry, nodes[id(entry)]):
                    raise _taken(found, entry, store)
        _put_all(shared, tree, [*waiting, *gone], store)
        for entry in [*waiting, *gone]:
            entry.added, entry.was_added = _found(tree, entry), True
            arrived(entry)


def _put_all(shared: Any, tree: Any, entries: list[Entry], store: str) -> None:
    replaced: list[tuple[Entry, Any]] = []
    try:
        for entry in entries:
            before = _found(tree, entry)
            if before is None or before is not entry.added:
                _put(shared, entry, store)
                replaced.append((entry, before))
    except BaseException:
        for entry, before in reversed(replaced):
            _take_back(tree, entry, before)
        raise


def _put(shared: Any, entry: Entry, store: str) -> None:
    node = entry.node(store)
    try:
        shared.store(
            name=entry.name,
            node=node,
            group=entry.group,
            package=entry.package,
            provider=entry.provider,
            **_replacing(shared),
        )
    except Exception as error:
        msg = (
            f"OmegaConf cannot hold {described(entry.key)} of the store {store!r}, whose config is "
            f"{node!r}: {error}"
        )
        raise errors.ConfigTypeError(msg) from error


def _take_back(tree: Any, entry: Entry, before: Any) -> None:
    """Let Hydra have at an entry's place what it had before."""
    folder = _folder(tree, entry)
    if before is None:
        del folder[_file_name(entry)]
    else:
        folder[_file_name(entry)] = before


def _replacing(shared: Any) -> dict[str, bool]:
    """Say that the place may be taken, as has been checked, to a Hydra that asks: 1.4 does."""
    asks = "replace" in inspect.signature(shared.store).parameters
    return {"replace": True} if asks else {}


def _tree_of(shared: Any) -> Any:
    """Give Hydra's tree, to be read: a run of zenrun's takes asking for ``repo`` as a change."""
    tree = getattr(shared, "tree", None)
    return shared.repo if tree is None else tree


def _folder(tree: Any, entry: Entry) -> Any:
    """Find the part of Hydra's tree that an entry's group is, or None."""
    for part in () if entry.group is None else entry.group.split("/"):
        tree = tree.get(part)
        if not isinstance(tree, dict):
            return None
    return tree


def _found(tree: Any, entry: Entry) -> Any:
    """Find what stands in Hydra's tree at an entry's place."""
    folder = _folder(tree, entry)
    return None if folder is None else folder.get(_file_name(entry))


def _file_name(entry: Entry) -> str:
    """Give the name by which Hydra keeps an entry."""
    return entry.name if entry.name.endswith(".yaml") else f"{entry.name}.yaml"


def _may_replace(found: Any, entry: Entry, node: Any) -> bool:
    """Say whether nothing is lost by adding an entry where Hydra has a config."""
    if found is entry.added or entry.configures_hydra:
        return True
    from omegaconf import OmegaConf

    if getattr(found, "package", None) != entry.package:
        return False
    try:
        made = OmegaConf.to_container(OmegaConf.structured(node))
        return bool(OmegaConf.to_container(found.node) == made)
    except Exception:  # a config that cannot be read is another one
        return False


def _taken(found: Any, entry: Entry, store: str) -> errors.EntryExistsError:
    provider = getattr(found, "provider", None)
    msg = (
        f"Hydra's ConfigStore has {described(entry.key)} already"
        f"{f' (of the provider {provider!r})' if provider else ''}, another than that of the store "
        f"{store!r}. Give one of them another name, or call add_to_hydra_store(overwrite_ok=True)"
    )
    return errors.EntryExistsError(msg, *entry.key)


def _refuse_twins(waiting: list[Entry], store: str) -> None:
    """Refuse two entries that Hydra does not tell apart."""
    seen: dict[tuple[str | None, str], Entry] = {}
    for entry in waiting:
        twin = seen.setdefault((entry.group, _file_name(entry)), entry)
        if twin is not entry:
            msg = (
                f"The store {store!r} has {described(twin.key)} and {described(entry.key)}, which are "
                "one for Hydra. Give one of them another name"
            )
            raise errors.EntryExistsError(msg, *entry.key)
