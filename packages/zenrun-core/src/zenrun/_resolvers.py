"""OmegaConf's resolvers, and what they have given for a config.

This module must not know what they resolve.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, cast

from omegaconf.basecontainer import BaseContainer

from zenrun._nodes import PLAIN

# The resolvers that Hydra registers when it starts.
_HYDRA_RESOLVERS = ("now", "hydra", "python_version")


# --- what is registered -----------------------------------------------------------------------------


def hydra_resolvers() -> dict[str, Any]:
    """Give what is registered with OmegaConf under the names that Hydra takes for itself."""
    return {
        name: BaseContainer._resolvers[name]
        for name in _HYDRA_RESOLVERS
        if name in BaseContainer._resolvers
    }


def has_hydra_resolvers() -> bool:
    """Say whether Hydra has registered its resolvers in this process."""
    return all(name in BaseContainer._resolvers for name in _HYDRA_RESOLVERS)


def restore_resolvers(saved: Mapping[str, Any]) -> None:
    """Register again what Hydra's start has replaced.

    Resolvers that only Hydra has registered stay: the configs that a run gave back still use them.

    Args:
        saved: What `hydra_resolvers` gave before.
    """
    BaseContainer._resolvers.update(saved)


def all_resolvers() -> dict[str, Any]:
    """Give every resolver registered with OmegaConf."""
    return dict(BaseContainer._resolvers)


def own_resolvers() -> dict[str, Any]:
    """Give the resolvers that programs have registered: OmegaConf's and Hydra's own are not."""
    return {
        name: item
        for name, item in BaseContainer._resolvers.items()
        if name not in _HYDRA_RESOLVERS and not name.startswith("oc.")
    }


def add_resolvers(resolvers: Mapping[str, Any]) -> None:
    """Register resolvers with OmegaConf beside those that are there.

    Args:
        resolvers: The resolvers by name.
    """
    BaseContainer._resolvers.update(resolvers)


def set_resolvers(saved: Mapping[str, Any]) -> None:
    """Make OmegaConf's resolvers exactly those that `all_resolvers` gave.

    Args:
        saved: The resolvers by name.
    """
    BaseContainer._resolvers.clear()
    BaseContainer._resolvers.update(saved)


# --- what a config remembers of them ----------------------------------------------------------------


def resolver_cache(config: Any) -> Mapping[str, Mapping[Any, Any]]:
    """Give what resolvers gave for a config, by resolver and arguments."""
    return cast("Mapping[str, Mapping[Any, Any]]", config.__dict__["_metadata"].resolver_cache)


def resolver_named(name: str) -> Any:
    """Give what is registered with OmegaConf under a name, or None."""
    return BaseContainer._resolvers.get(name)


def call_resolver(config: Any, name: str, arguments: tuple[str, ...]) -> None:
    """Call a resolver for a config, which remembers what it gave; what it remembers is not asked.

    Args:
        config: The config.
        name: The resolver's name.
        arguments: Its arguments as they are written, text without anything to resolve in it.
    """
    resolver = BaseContainer._resolvers[name]
    resolver(config, config, None, arguments, arguments)


def size_of_cache(config: Any) -> int:
    """Give how many results of resolvers a config remembers."""
    return sum(len(results) for results in resolver_cache(config).values())


def cache_is_plain(cache: Mapping[str, Mapping[Any, Any]]) -> bool:
    """Say whether the results in a cache need no deep copy of their own."""
    return all(type(item) in PLAIN for results in cache.values() for item in results.values())


def set_resolver_cache(config: Any, cache: Mapping[str, Mapping[Any, Any]]) -> None:
    """Have a config remember results of resolvers: plain values, see `cache_is_plain`."""
    copied: defaultdict[str, dict[Any, Any]] = defaultdict(dict)
    for name, results in cache.items():
        copied[name] = dict(results)
    config.__dict__["_metadata"].resolver_cache = copied
