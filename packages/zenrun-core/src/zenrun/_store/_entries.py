"""The entries of a store and of all stores that mirror it, and which of them wait for Hydra.

This module must not know what the entries' configs are.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

from zenrun import errors
from zenrun._nearest import did_you_mean
from zenrun._store._entry import Entry, Key, described


class Entries:
    """Entries by group and name, safe to use from several threads.

    Args:
        entries: The entries to begin with.
        queue: The keys of those that wait to be added to Hydra's ConfigStore.
    """

    def __init__(self, entries: Iterable[Entry] = (), queue: Iterable[Key] = ()) -> None:
        self._lock = threading.RLock()
        self._entries = {entry.key: entry for entry in entries}
        self._queue = dict.fromkeys(queue)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def add(self, entry: Entry, store: str, *, overwrite_ok: bool, queued: bool) -> Entry | None:
        """Take an entry in.

        Args:
            entry: The entry.
            store: The name of the store, for the message.
            overwrite_ok: Whether it may take another one's place.
            queued: Whether it waits for Hydra.

        Returns:
            The entry whose place it has taken, if any.

        Raises:
            EntryExistsError: There is one already.
        """
        with self._lock:
            before = self._entries.get(entry.key)
            if not overwrite_ok and before is not None and not entry.configures_hydra:
                msg = (
                    f"The store {store!r} has {described(entry.key)} already. Give the new one another "
                    "name, delete the old one with delete_entry, or make the store with "
                    "ZenStore(overwrite_ok=True)"
                )
                raise errors.EntryExistsError(msg, *entry.key)
            self._entries[entry.key] = entry
            if queued:
                self._queue[entry.key] = None
            else:
                self._queue.pop(entry.key, None)
            return before

    def put_back(self, entry: Entry, before: Entry | None) -> None:
        """Undo the adding of an entry.

        Args:
            entry: The entry.
            before: What stood in its place.
        """
        with self._lock:
            if self._entries.get(entry.key) is entry:
                del self._entries[entry.key]
                if before is not None:
                    self._entries[entry.key] = before

    def find(self, key: Key, store: str) -> Entry:
        """Give an entry.

        Args:
            key: Its group and name.
            store: The name of the store, for the message.

        Raises:
            EntryNotFoundError: There is none.
        """
        with self._lock:
            found = self._entries.get(key)
            if found is None:
                raise errors.EntryNotFoundError(self._not_found(key, store), *key)
            return found

    def remove(self, key: Key, store: str) -> None:
        """Take an entry out.

        Args:
            key: Its group and name.
            store: The name of the store, for the message.

        Raises:
            EntryNotFoundError: There is none.
        """
        with self._lock:
            self.find(key, store)
            del self._entries[key]
            self._queue.pop(key, None)

    def all(self) -> list[Entry]:
        """Give the entries, in the order in which they were stored."""
        with self._lock:
            return list(self._entries.values())

    def queued(self) -> list[Key]:
        """Give the keys of the entries that wait for Hydra."""
        with self._lock:
            return list(self._queue)

    def enqueue_all(self) -> None:
        """Let every entry wait for Hydra."""
        with self._lock:
            self._queue.update(dict.fromkeys(self._entries))

    def for_hydra(self) -> tuple[list[Entry], list[Entry]]:
        """Give the entries that wait for Hydra, and those that it should have."""
        with self._lock:
            waiting = [self._entries[key] for key in self._queue]
            return waiting, [
                entry
                for entry in self._entries.values()
                if entry.was_added and entry.key not in self._queue
            ]

    def arrived(self, entry: Entry) -> None:
        """Note that an entry is in Hydra's ConfigStore.

        Args:
            entry: The entry.
        """
        with self._lock:
            if self._entries.get(entry.key) is entry:
                self._queue.pop(entry.key, None)

    def update(self, other: Entries) -> None:
        """Take in all entries of another, also in the place of one's own.

        Args:
            other: The other.
        """
        with other._lock:
            entries, queue = dict(other._entries), dict(other._queue)
        with self._lock:
            self._entries.update(entries)
            self._queue.update(queue)

    def copy(self) -> Entries:
        """Give entries of one's own: the same, for now."""
        with self._lock:
            return Entries(self._entries.values(), self._queue)

    def mapped(
        self, new_group: Callable[[str | None], str | None], store: str, *, overwrite_ok: bool
    ) -> Entries:
        """Give the same entries in other groups; those that move wait for Hydra.

        Args:
            new_group: Gives the new group of a group.
            store: The name of the store, for the message.
            overwrite_ok: Whether an entry may take another one's place.

        Raises:
            EntryExistsError: Two entries end up in one place.
        """
        with self._lock:
            entries, queue = self.all(), dict(self._queue)
        made = Entries()
        for entry in entries:
            group = new_group(entry.group)
            moves = group != entry.group
            made.add(
                entry.moved(group) if moves else entry,
                store,
                overwrite_ok=overwrite_ok,
                queued=moves or entry.key in queue,
            )
        return made

    def _not_found(self, key: Key, store: str) -> str:
        group, name = key
        names = [item for owner, item in self._entries if owner == group]
        elsewhere = [repr(owner) for owner, item in self._entries if item == name]
        if elsewhere:
            hint = f". There is one of that name in the group {', '.join(elsewhere)}"
        elif names:
            hint = f". The group has {', '.join(map(repr, names))}{did_you_mean(name, names)}"
        else:
            groups = sorted({str(owner) for owner, _ in self._entries if owner is not None})
            hint = f". Its groups are {', '.join(map(repr, groups)) or 'none'}"
            hint += did_you_mean(group or "", groups)
        return f"The store {store!r} does not have {described(key)}{hint}"

    def __getstate__(self) -> dict[str, Any]:
        with self._lock:
            return {"_entries": dict(self._entries), "_queue": dict(self._queue)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.RLock()
