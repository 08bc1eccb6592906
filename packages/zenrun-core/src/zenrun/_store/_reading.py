"""What is asked of a store: its entries, by group and name.

This module must not know how entries get in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zenrun import errors
from zenrun._store._entries import Entries
from zenrun._store._entry import Entry, Key
from zenrun.typing import StoreEntry


class ReadableStore:
    """The part of a store that changes nothing."""

    _name: str
    _entries: Entries

    @property
    def name(self) -> str:
        """The store's name."""
        return self._name

    @property
    def groups(self) -> list[str | None]:
        """The groups that have entries, sorted; None is that of entries without one."""
        found = {entry.group for entry in self._entries.all()}
        return sorted(found, key=lambda group: (group is not None, group or ""))

    def get_entry(self, group: str | None, name: str) -> StoreEntry:
        """Tell all of an entry.

        Args:
            group: Its group, or None.
            name: Its name.

        Returns:
            A new dict of ``name``, ``group``, ``package``, ``provider`` and ``node``.

        Raises:
            EntryNotFoundError: There is none.
            ConfigError: No config can be made of what was stored.

        Example:
            >>> from zenrun import ZenStore
            >>> store = ZenStore()
            >>> _ = store({"x": 1}, name="a", group="fruit")
            >>> store.get_entry("fruit", "a")["node"]
            {'x': 1}
        """
        return self._entries.find((group, name), self._name).told(self._name)

    def has_enqueued(self) -> bool:
        """Say whether entries wait for `add_to_hydra_store`."""
        return bool(self._entries.queued())

    def __getitem__(self, key: str | Key | None) -> Any:
        """Give the config of ``(group, name)``; of a group, those of all entries in it and below."""
        if isinstance(key, tuple) and len(key) == 2:
            return self._entries.find(key, self._name).node(self._name)
        if key is not None and not isinstance(key, str):
            raise errors.EntryNotFoundError(no_key(self._name, key))
        found = [entry for entry in self._entries.all() if _is_in(entry, key)]
        return {entry.key: entry.node(self._name) for entry in found}

    def __contains__(self, key: object) -> bool:
        """Say whether there is the entry ``(group, name)``, or an entry in the group or below it."""
        if isinstance(key, tuple):
            return key in self._entries
        if key is not None and not isinstance(key, str):
            return False
        return any(_is_in(entry, key) for entry in self._entries.all())

    def __iter__(self) -> Iterator[StoreEntry]:
        """Tell all of each entry, in the order in which they were stored."""
        for entry in self._entries.all():
            yield entry.told(self._name)

    def __len__(self) -> int:
        return len(self._entries)

    def __bool__(self) -> bool:
        return len(self) > 0

    def __repr__(self) -> str:
        names: dict[str | None, list[str]] = {}
        for entry in self._entries.all():
            names.setdefault(entry.group, []).append(entry.name)
        return f"{self._name}\n{names}"


def _is_in(entry: Entry, group: str | None) -> bool:
    if group is None or entry.group is None:
        return entry.group is group
    return entry.group == group or entry.group.startswith(f"{group}/")


def no_key(store: str, key: Any) -> str:
    """Give the message for a key that no entry can have.

    Args:
        store: The name of the store.
        key: The key.
    """
    return (
        f"{key!r} is no key of the store {store!r}: store[group, name] is a config, and store[group] the "
        "configs of a group, each with None for no group"
    )


def waits_for_hydra(store: ReadableStore, group: str, name: str | None = None) -> bool:
    """Say whether a store has an entry that has not been added to Hydra's ConfigStore.

    Args:
        store: The store.
        group: The entry's group.
        name: Its name; any, if not given.
    """
    waiting = store._entries.queued()  # noqa: SLF001 - what waits is of no use to users
    return any(key == (group, name or key[1]) for key in waiting)
