"""Hydra's own part of a config, worked out once per process: it opens every defaults list.

This module must not know what else is composed.
"""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from hydra.core.config_store import ConfigStore
from hydra.core.override_parser.types import Override
from omegaconf import DictConfig

from zenrun import _hydra, _nodes, _resolvers
from zenrun.compose._repository import is_hydras_own, reads_hydras_own_alone

_KEPT = 16


class _Stored(NamedTuple):
    """A config of the ConfigStore as it was at one moment.

    Attributes:
        path: Its group and name.
        entry: The ConfigStore's entry, or None.
        content: What is in it, as it can be changed in place.
    """

    path: str
    entry: Any
    content: Any

    @classmethod
    def now(cls, path: str) -> _Stored:
        """Look at a config."""
        entry = entry_in_store(stored_configs(), path)
        try:
            return cls(path, entry, None if entry is None else _nodes.to_plain(entry.node))
        except _nodes.NotPlainError:
            return cls(path, entry, object())  # equal to no other

    def is_same(self, other: _Stored) -> bool:
        """Say whether the config is still what it was."""
        return self.entry is other.entry and bool(self.content == other.content)


class HydraPart(NamedTuple):
    """What Hydra's own part of a defaults list is merged to.

    Attributes:
        config: The config.
        clock: The formats in which Hydra asked for the time when it merged the part: it resolves
            the names of folders then, and remembers them.
    """

    config: DictConfig
    clock: list[tuple[str, ...]]


_CLOCK = "now"
# By config name and the like: the ConfigStore's entries that count, and the defaults list.
_defaults: OrderedDict[tuple[Any, ...], tuple[list[_Stored], _hydra.Defaults]] = OrderedDict()
# By the defaults list: the entries of the ConfigStore that count, what was merged, and what Hydra
# asked the clock for meanwhile. A pure cache: an entry holds for as long as the ConfigStore's
# entries are the very same objects.
_merged: OrderedDict[tuple[Any, ...], tuple[list[_Stored], HydraPart]] = OrderedDict()


def stored_configs() -> Any:
    """Give the ConfigStore's tree of configs, to look at and not to change."""
    store = ConfigStore.instance()
    # A run's ConfigStore counts who looks into it; this look changes nothing.
    tree = getattr(store, "tree", None)
    return store.repo if tree is None else tree


def entry_in_store(tree: Any, path: str) -> Any:
    """Give the ConfigStore's entry for a config, or None.

    Args:
        tree: The ConfigStore's tree of configs.
        path: The group and the name, without ``.yaml``.
    """
    *groups, name = path.split("/")
    for group in groups:
        tree = tree.get(group)
        if not isinstance(tree, dict):
            return None
    return tree.get(f"{name}.yaml")


def length_of_hydra_part(defaults: Sequence[Any]) -> int:
    """Count the configs at the beginning of a defaults list that are Hydra's own.

    Args:
        defaults: The defaults list.
    """
    for length, item in enumerate(defaults):
        if item.primary or not (item.config_path or "").startswith("hydra/"):
            return length
    return len(defaults)


def hydra_part(
    defaults: Sequence[Any], repository: Any, merge: Callable[[], DictConfig]
) -> HydraPart | None:
    """Give what Hydra's own part of a defaults list is merged to.

    Args:
        defaults: That part.
        repository: What the configs are read from.
        merge: Has Hydra merge it.

    Returns:
        It, with a config of the caller's own; None where the part is read from files of a user,
        or resolvers have a say in it.
    """
    paths = [item.config_path.removesuffix(".yaml") for item in defaults]
    key = tuple((item.config_path, item.package, item.is_self) for item in defaults)
    if not all(is_hydras_own(repository, path) for path in paths):
        return None
    entries = [_Stored.now(path) for path in paths]
    known = _merged.get(key)
    if known is None or not all(map(_Stored.is_same, known[0], entries)):
        config = merge()
        cache = _resolvers.resolver_cache(config)
        if any(cache[name] for name in cache if name != _CLOCK):
            return None
        known = (entries, HydraPart(config, list(cache.get(_CLOCK, ()))))
        _merged[key] = known
        while len(_merged) > _KEPT:
            _merged.popitem(last=False)
    return known[1]._replace(config=_nodes.clone(known[1].config))


def known_defaults(
    repository: Any, config_name: str | None, overrides: Sequence[Override], *, skip_missing: bool
) -> _hydra.Defaults | None:
    """Give the defaults list of a config that has none of its own, with no group chosen anew.

    Args:
        repository: What configs are read from.
        config_name: The name of the config.
        overrides: All overrides.
        skip_missing: Whether groups without a choice are passed over.

    Returns:
        The defaults list; None where it is of another kind, or not known yet.
    """
    key = _key_of_plain(repository, config_name, overrides, skip_missing=skip_missing)
    known = None if key is None else _defaults.get(key)
    if known is None:
        return None
    entries, defaults = known
    if not all(stored.is_same(_Stored.now(stored.path)) for stored in entries):
        return None
    return _hydra.Defaults(
        [copy.copy(item) for item in defaults.defaults],
        list(overrides),
        dict(defaults.known_choices),
    )


def remember_defaults(
    repository: Any,
    config_name: str | None,
    overrides: Sequence[Override],
    defaults: _hydra.Defaults,
    *,
    skip_missing: bool,
) -> None:
    """Keep a defaults list for `known_defaults`, if it is of that kind.

    Args:
        repository: What configs were read from.
        config_name: The name of the config.
        overrides: All overrides.
        defaults: The defaults list.
        skip_missing: Whether groups without a choice were passed over.
    """
    key = _key_of_plain(repository, config_name, overrides, skip_missing=skip_missing)
    if key is None:
        return
    own = defaults.defaults[: length_of_hydra_part(defaults.defaults)]
    paths = [(item.config_path or "").removesuffix(".yaml") for item in own]
    _defaults[key] = (
        [_Stored.now(path) for path in paths],
        defaults._replace(defaults=[copy.copy(item) for item in defaults.defaults]),
    )
    while len(_defaults) > _KEPT:
        _defaults.popitem(last=False)


def _key_of_plain(
    repository: Any, config_name: str | None, overrides: Sequence[Override], *, skip_missing: bool
) -> tuple[Any, ...] | None:
    if config_name is None or not reads_hydras_own_alone(repository):
        return None
    primary = repository.load_config(config_path=config_name)
    if primary is None or primary.defaults_list or primary.header.get("package"):
        return None
    if not isinstance(primary.config, DictConfig):
        return None
    for override in overrides:
        key = override.key_or_group
        if override.package is not None or override.is_sweep_override() or "/" in key:
            return None
        if not isinstance(override.value(), dict) and repository.group_exists(key):
            return None
    return config_name, len(primary.config) > 0, skip_missing
