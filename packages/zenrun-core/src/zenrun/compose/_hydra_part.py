"""Hydra's own part of a config, merged once per process: it opens every defaults list.

This module must not know what else is composed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from hydra.core.config_store import ConfigStore
from omegaconf import DictConfig

from zenrun import _hydra, _nodes

_KEPT = 16
# By the defaults list: the entries of the ConfigStore that count, and what was merged. A pure
# cache: an entry holds for as long as the ConfigStore's entries are the very same objects.
_merged: OrderedDict[tuple[Any, ...], tuple[list[Any], DictConfig]] = OrderedDict()


def entry_in_store(repo: Any, path: str) -> Any:
    """Give the ConfigStore's entry for a config, or None.

    Args:
        repo: The ConfigStore's tree.
        path: The group and the name, without ``.yaml``.
    """
    *groups, name = path.split("/")
    for group in groups:
        repo = repo.get(group)
        if not isinstance(repo, dict):
            return None
    return repo.get(f"{name}.yaml")


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
) -> DictConfig | None:
    """Give what Hydra's own part of a defaults list is merged to.

    Args:
        defaults: That part.
        repository: What the configs are read from.
        merge: Has Hydra merge it.

    Returns:
        A config of the caller's own, or None where the part is read from files of a user.
    """
    paths = [item.config_path.removesuffix(".yaml") for item in defaults]
    key = tuple((item.config_path, item.package, item.is_self) for item in defaults)
    if not all(_hydra.is_hydras_own(repository, path) for path in paths):
        return None
    repo = ConfigStore.instance().repo
    entries = [entry_in_store(repo, path) for path in paths]
    known = _merged.get(key)
    if known is None or not all([a is b for a, b in zip(known[0], entries, strict=True)]):
        known = (entries, merge())
        _merged[key] = known
        while len(_merged) > _KEPT:
            _merged.popitem(last=False)
    made: DictConfig = _nodes.clone(known[1])
    return made
