"""One entry of a store: its names, and its config, made when somebody asks for it.

This module must not know of Hydra's ConfigStore.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from zenrun import errors
from zenrun._nearest import did_you_mean
from zenrun.configs._types import is_config
from zenrun.typing import StoreEntry

Key = tuple[str | None, str]  # group and name

STORE_KEYWORDS = ("name", "group", "package", "provider", "to_config")


class Place(NamedTuple):
    """The line of code that stored something."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class DeferredConfig:
    """A config that is made when it is first asked for, and once.

    Args:
        to_config: What makes it.
        target: What it is made of.
        kw: Keyword arguments of `to_config`.
        place: Who stored it.
    """

    __slots__ = ("_made", "_parts")

    def __init__(
        self, to_config: Callable[..., Any], target: Any, kw: Mapping[str, Any], place: Place
    ) -> None:
        self._parts: Any = (to_config, target, kw, place)
        self._made: dict[str, Any] = {}

    def get(self, name: str) -> Any:
        """Give the config.

        Args:
            name: What the entry is called, for messages.

        Raises:
            ConfigError: No config can be made; or whatever a `to_config` of the user's raises.
        """
        parts = self._parts
        if parts is not None:
            # Not under a lock: what makes a config may import modules, which store configs. Of two
            # threads that make it at once, the first one's is everybody's.
            to_config, target, kw, place = parts
            with _told_of(name, place, target, kw):
                self._made.setdefault("node", to_config(target, **kw))
            self._parts = None
        return self._made["node"]


class Entry:
    """One entry of a store. It is never changed: another one takes its place.

    Args:
        name: Its name.
        group: Its group.
        package: Its package.
        provider: Its provider.
        config: Its config.
        configures_hydra: Whether it is Hydra's own settings.

    Attributes:
        name: As given.
        group: As given.
        package: As given.
        provider: As given.
        config: As given.
        configures_hydra: As given.
        was_added: Whether it has been added to Hydra's ConfigStore.
        added: What stands for it there, as far as known.
    """

    __slots__ = (
        "added",
        "config",
        "configures_hydra",
        "group",
        "name",
        "package",
        "provider",
        "was_added",
    )

    def __init__(
        self,
        name: str,
        group: str | None,
        package: str | None,
        provider: str | None,
        config: DeferredConfig,
        *,
        configures_hydra: bool,
    ) -> None:
        self.name = name
        self.group = group
        self.package = package
        self.provider = provider
        self.config = config
        self.configures_hydra = configures_hydra
        self.was_added = False
        self.added: Any = None

    @property
    def key(self) -> Key:
        """By which a store finds it."""
        return self.group, self.name

    def node(self, store: str) -> Any:
        """Give its config.

        Args:
            store: The name of the store, for messages.

        Raises:
            ConfigError: No config can be made.
        """
        return self.config.get(f"{described(self.key)} of the store {store!r}")

    def told(self, store: str) -> StoreEntry:
        """Give what a user sees of it.

        Args:
            store: The name of the store, for messages.

        Raises:
            ConfigError: No config can be made.
        """
        return {
            "name": self.name,
            "group": self.group,
            "package": self.package,
            "provider": self.provider,
            "node": self.node(store),
        }

    def moved(self, group: str | None) -> Entry:
        """Give the same config as an entry of another group.

        Args:
            group: The group.
        """
        return Entry(
            self.name,
            group,
            self.package,
            self.provider,
            self.config,
            configures_hydra=self.configures_hydra,
        )

    def __getstate__(self) -> Any:
        # The copy in another process's ConfigStore is another one.
        return None, {**{name: getattr(self, name) for name in self.__slots__}, "added": None}


def described(key: Key) -> str:
    """Give what messages call an entry.

    Args:
        key: Its group and its name.
    """
    group, name = key
    return f"the entry name={name!r}" + ("" if group is None else f", group={group!r}")


@contextlib.contextmanager
def as_if_assigned(target: Any, names: Mapping[str, Any]) -> Iterator[None]:
    """Let a decorated object be found by its name, which it has only after the decorator.

    Args:
        target: The object.
        names: The variables of the module that is decorating it.
    """
    name = getattr(target, "__qualname__", None)
    module = sys.modules.get(getattr(target, "__module__", None) or "")
    its_own = getattr(module, "__dict__", {})
    fine = isinstance(name, str) and name.isidentifier() and its_own is names
    if not fine or its_own.get(name) is target:
        yield
        return
    missing = object()
    before = its_own.get(name, missing)
    its_own[name] = target
    try:
        yield
    finally:
        if before is missing:
            del its_own[name]
        else:
            its_own[name] = before


@contextlib.contextmanager
def _told_of(name: str, place: Place, target: Any, kw: Mapping[str, Any]) -> Iterator[None]:
    """Let errors say which entry they are about, and which line has stored it."""
    try:
        yield
    except Exception as error:
        about = f"{name}, stored at {place}"
        if isinstance(error, errors.ZenrunError):
            hint = _meant_for_store(target, kw) if isinstance(error, errors.SignatureError) else ""
            error.args = (f"No config of {about}: {error}{hint}", *error.args[1:])
        elif hasattr(error, "add_note"):  # the user's own error stays what it is
            error.add_note(f"While making the config of {about}")
        raise


def _meant_for_store(target: Any, kw: Mapping[str, Any]) -> str:
    if is_config(target):
        return ""
    hints = [did_you_mean(name, list(STORE_KEYWORDS)) for name in kw if name not in STORE_KEYWORDS]
    found = next((hint for hint in hints if hint), "")
    return f". The store's own keywords are {', '.join(STORE_KEYWORDS)}{found}" if found else ""
