"""`ZenStore`: what puts entries in, moves them and takes them out.

This module must not know how entries get into Hydra's ConfigStore.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, overload

from zenrun import errors
from zenrun._store._checks import check_flag, check_group, check_store_name, entry_names
from zenrun._store._entries import Entries
from zenrun._store._entry import (
    STORE_KEYWORDS,
    DeferredConfig,
    Entry,
    Key,
    Place,
    as_if_assigned,
)
from zenrun._store._publish import publish
from zenrun._store._reading import ReadableStore, no_key
from zenrun._store._to_config import (
    BUILDS_FN,
    check_keywords,
    default_to_config,
    is_hydra_conf,
    takes_no_keywords,
)

if TYPE_CHECKING:
    from typing_extensions import Self

F = TypeVar("F")


class ZenStore(ReadableStore):
    """Configs by group and name, of one's own until they are added to Hydra's ConfigStore.

    Calling a store with an object stores a config of it and gives the object back, so a store is a
    decorator too. Calling it with keywords alone gives a store that mirrors it: it has the same entries, and
    the keywords are its defaults.

    Args:
        name: The store's name, by which errors call it.
        deferred_to_config: Whether configs are made when they are first asked for, instead of at once.
        deferred_hydra_store: Whether configs wait for `add_to_hydra_store`, instead of being added
            to Hydra's ConfigStore at once.
        overwrite_ok: Whether an entry may take the place of another one.
        warn_node_kwarg: Whether ``store(node=...)``, which stores nothing, warns.

    Raises:
        ConfigTypeError: An argument is of the wrong type.

    Example:
        >>> from zenrun import ZenStore, instantiate
        >>> store = ZenStore("fruit")
        >>> pome = store(group="pome")
        >>> pome({"sugar": 10}, name="apple")
        {'sugar': 10}
        >>> pome(dict, name="pear", sugar=9)
        <class 'dict'>
        >>> store
        fruit
        {'pome': ['apple', 'pear']}
        >>> instantiate(store["pome", "pear"])
        {'sugar': 9}
    """

    def __init__(
        self,
        name: str | None = None,
        *,
        deferred_to_config: bool = True,
        deferred_hydra_store: bool = True,
        overwrite_ok: bool = False,
        warn_node_kwarg: bool = True,
    ) -> None:
        self._name = check_store_name("custom_store" if name is None else name)
        self._deferred_to_config = check_flag("deferred_to_config", deferred_to_config)
        self._deferred_hydra_store = check_flag("deferred_hydra_store", deferred_hydra_store)
        self._overwrite_ok = check_flag("overwrite_ok", overwrite_ok)
        self._warn_node_kwarg = check_flag("warn_node_kwarg", warn_node_kwarg)
        self._defaults: dict[str, Any] = {}
        self._entries = Entries()

    @overload
    def __call__(
        self,
        target: F,
        /,
        *,
        name: str | Callable[[Any], str] = ...,
        group: str | Callable[[Any], str | None] | None = ...,
        package: str | Callable[[Any], str | None] | None = ...,
        provider: str | None = ...,
        to_config: Callable[..., Any] = ...,
        **to_config_kw: Any,
    ) -> F: ...

    @overload
    def __call__(
        self,
        /,
        *,
        name: str | Callable[[Any], str] = ...,
        group: str | Callable[[Any], str | None] | None = ...,
        package: str | Callable[[Any], str | None] | None = ...,
        provider: str | None = ...,
        to_config: Callable[..., Any] = ...,
        **to_config_kw: Any,
    ) -> Self: ...

    def __call__(self, /, *targets: Any, **kw: Any) -> Any:
        """Store a config of an object, or give a mirrored store with other defaults.

        Args:
            *targets: The one object: a function, a class, a config, a dict, a list. Without it,
                the keywords become the defaults of the store that is returned.
            **kw: ``name``, ``group`` and ``package``, each a string or a function that gives it for the
                object; without a name, the object's ``__name__`` is it. ``provider``, a string.
                ``to_config``, called with the object and with all other keywords to make the
                config: `default_to_config`, if not given.

        Returns:
            The object itself; or a store of the same entries.

        Raises:
            ConfigTypeError: There is no name, or an argument is wrong.
            EntryExistsError: There is an entry of that group and name.
            ConfigError: No config can be made of the object, in a store that does it at once.
        """
        if len(targets) > 1:
            msg = (
                f"The store {self._name!r} takes one object by position; given were {len(targets)}. "
                f"All else has a keyword: {', '.join(STORE_KEYWORDS)}, or one of the object's arguments"
            )
            raise errors.ConfigTypeError(msg)
        if "to_config" in kw and not callable(kw["to_config"]):
            msg = f"to_config is called with what is stored; given was {kw['to_config']!r}"
            raise errors.ConfigTypeError(msg)
        if not targets or targets[0] is None:
            return self._mirrored(kw)
        target = targets[0]
        self._store(target, kw, sys._getframe(1))  # noqa: SLF001 - cheaper than what `inspect` has
        return target

    def _mirrored(self, defaults: Mapping[str, Any]) -> Self:
        if self._warn_node_kwarg and "node" in defaults:
            warnings.warn(
                f"{self._name}(node=...) stores nothing: it gives a store with other defaults. A config is "
                "stored by position: store(config, name=...). If a target has an argument of that name, "
                "make the store with ZenStore(warn_node_kwarg=False)",
                stacklevel=3,
            )
        made: Self = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        made._defaults = {**self._defaults, **defaults}
        return made

    def _store(self, target: Any, own: Mapping[str, Any], frame: Any) -> None:
        given = {**self._defaults, **own}
        names = entry_names(target, given, self._name)
        to_config = given.get("to_config", default_to_config)
        kw = {key: value for key, value in given.items() if key not in STORE_KEYWORDS}
        if to_config is default_to_config and takes_no_keywords(target):
            # A store's defaults are for the targets among what it stores.
            kw = {key: value for key, value in kw.items() if key in own or key == BUILDS_FN}
            check_keywords(target, kw)
        place = Place(frame.f_code.co_filename, frame.f_lineno)
        config = DeferredConfig(to_config, target, kw, place)
        entry = Entry(**names, config=config, configures_hydra=_is_hydras(names, target))
        if not (self._deferred_to_config and self._deferred_hydra_store):
            with as_if_assigned(target, frame.f_globals):
                entry.node(self._name)
        wait = self._deferred_hydra_store
        before = self._entries.add(entry, self._name, overwrite_ok=self._overwrite_ok, queued=wait)
        if not wait:
            try:
                self._publish([entry], [], overwrite_ok=self._overwrite_ok)
            except BaseException:
                self._entries.put_back(entry, before)
                raise

    def delete_entry(self, group: str | None, name: str) -> None:
        """Take an entry out. What was added to Hydra's ConfigStore stays there.

        Args:
            group: Its group, or None.
            name: Its name.

        Raises:
            EntryNotFoundError: There is none.
        """
        self._entries.remove((group, name), self._name)

    def enqueue_all(self) -> None:
        """Let all entries wait for `add_to_hydra_store`, also those that have been added."""
        self._entries.enqueue_all()

    def add_to_hydra_store(self, overwrite_ok: bool | None = None) -> None:
        """Add the entries that wait to Hydra's ConfigStore, where overrides find them.

        An entry that was added and that Hydra has no longer, as after `zenrun.testing.isolated_hydra`, is added
        again. One that Hydra has already, with the same content, is no error.

        Args:
            overwrite_ok: Whether entries may take the places of other configs of Hydra's; if not
                given, what the store was made with.

        Raises:
            EntryExistsError: Hydra has another config of that group and name; nothing was added.
            ConfigError: An entry cannot be made a config, or OmegaConf cannot hold it.

        Example:
            >>> from zenrun import ZenStore, hydra_run
            >>> store = ZenStore()
            >>> _ = store({"lr": 0.1}, name="sgd", group="optim")
            >>> store.add_to_hydra_store()
            >>> hydra_run({}, lambda cfg: cfg.optim.lr, ["+optim=sgd"]).return_value
            0.1
        """
        if overwrite_ok is None:
            overwrite_ok = self._overwrite_ok
        waiting, expected = self._entries.for_hydra()
        self._publish(waiting, expected, overwrite_ok=check_flag("overwrite_ok", overwrite_ok))

    def _publish(self, waiting: list[Entry], expected: list[Entry], *, overwrite_ok: bool) -> None:
        publish(waiting, expected, self._name, self._entries.arrived, overwrite_ok=overwrite_ok)

    def copy(self, store_name: str | None = None) -> Self:
        """Give a store with the same entries and defaults, which changes for itself.

        Args:
            store_name: Its name; the store's with ``_copy`` behind it, if not given.

        Returns:
            The copy. What waits for `add_to_hydra_store` in one waits in the other too.

        Raises:
            ConfigTypeError: The name is no string.
        """
        return self._with(self._entries.copy(), store_name)

    def copy_with_mapped_groups(
        self,
        old_group_to_new_group: (
            Mapping[str | None, str | None] | Callable[[str | None], str | None]
        ),
        *,
        store_name: str | None = None,
        overwrite_ok: bool | None = None,
    ) -> Self:
        """Give a copy whose entries are in other groups.

        Args:
            old_group_to_new_group: The new group of each old one: a mapping, where groups that are not in it
                stay, or a function.
            store_name: The copy's name; the store's with ``_copy`` behind it, if not given.
            overwrite_ok: Whether an entry may take the place of another one; if not given, what
                the store was made with.

        Returns:
            The copy. Entries that have moved wait for `add_to_hydra_store`.

        Raises:
            EntryExistsError: Two entries come to the same group and name.
            ConfigTypeError: An argument, or a new group, is of the wrong type.

        Example:
            >>> from zenrun import ZenStore
            >>> store = ZenStore("fruit")
            >>> _ = store({"x": 1}, name="a", group="pome")
            >>> store.copy_with_mapped_groups(lambda group: f"food/{group}")
            fruit_copy
            {'food/pome': ['a']}
        """
        mapping = old_group_to_new_group
        if not (isinstance(mapping, Mapping) or callable(mapping)):
            msg = f"Groups are mapped by a dict or a function; given was {mapping!r}"
            raise errors.ConfigTypeError(msg)

        def new_group(old: str | None) -> str | None:
            new = mapping.get(old, old) if isinstance(mapping, Mapping) else mapping(old)
            check_group(new, f"in the place of {old!r} in the store {self._name!r}")
            return new

        ok = (
            self._overwrite_ok if overwrite_ok is None else check_flag("overwrite_ok", overwrite_ok)
        )
        made = self._entries.mapped(new_group, self._name, overwrite_ok=ok)
        return self._with(made, store_name)

    def update(self, other: ZenStore, /) -> None:
        """Take in the entries of another store, also in the place of one's own; ``|=`` does it too.

        Args:
            other: The other store.

        Raises:
            ConfigTypeError: It is no store.
        """
        if not isinstance(other, ZenStore):
            msg = (
                f"The store {self._name!r} takes in the entries of a ZenStore; given was {other!r}"
            )
            raise errors.ConfigTypeError(msg)
        self._entries.update(other._entries)

    def merge(self, other: ZenStore, /, store_name: str | None = None) -> Self:
        """Give a copy that has the entries of another store too; ``|`` does it too.

        Args:
            other: The other store, whose entries take the places of this one's.
            store_name: The copy's name; the store's with ``_copy`` behind it, if not given.

        Returns:
            The copy.

        Raises:
            ConfigTypeError: It is no store.
        """
        made = self.copy(store_name)
        made.update(other)
        return made

    def _with(self, entries: Entries, name: str | None) -> Self:
        made = self._mirrored({})
        made.__dict__.update(
            _name=check_store_name(f"{self._name}_copy" if name is None else name),
            _entries=entries,
        )
        return made

    def __delitem__(self, key: Key) -> None:
        """Take the entry of ``(group, name)`` out."""
        if not isinstance(key, tuple) or len(key) != 2:
            raise errors.EntryNotFoundError(no_key(self._name, key))
        self._entries.remove(key, self._name)

    def __eq__(self, other: object) -> bool:
        """Say whether two stores have the same entries now and always: one mirrors the other."""
        return isinstance(other, ZenStore) and self._entries is other._entries

    __hash__ = None  # type: ignore[assignment]

    def __or__(self, other: ZenStore) -> Self:
        return self.merge(other) if isinstance(other, ZenStore) else NotImplemented

    def __ior__(self, other: ZenStore) -> Self:
        if not isinstance(other, ZenStore):
            return NotImplemented
        self.update(other)
        return self


def _is_hydras(names: Mapping[str, Any], target: Any) -> bool:
    return (names["group"], names["name"]) == ("hydra", "config") and is_hydra_conf(target)
