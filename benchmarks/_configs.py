"""The configs that are measured: small, typical, large, a group of many options, a full store.

They are plain dataclasses and dicts, the same objects for every side. How they are run this module
must not know.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, make_dataclass
from itertools import count
from typing import Any

from hydra.core.config_store import ConfigStore
from omegaconf import MISSING

_SWEEPS = count()
GROUPS = ("data", "model", "optimizer", "trainer", "tracker")


@dataclass(frozen=True)
class Case:
    """One config, and the sweep that is run with it.

    Attributes:
        name: What it is called in the table, and under ``bench_<name>`` in the ConfigStore.
        config: The config.
        overrides: The overrides of a sweep with that many jobs.
    """

    name: str
    config: Any
    overrides: Callable[[int], list[str]]

    @property
    def stored(self) -> str:
        """The name in the ConfigStore, from which Hydra's command line composes."""
        return f"bench_{self.name}"


def small() -> Case:
    """Two fields."""
    config = make_dataclass(
        "Small", [("seed", int, field(default=1)), ("b", int, field(default=2))]
    )
    return _kept(Case("small", config, seeds))


def typical() -> Case:
    """Five groups of the ConfigStore, sixty values, interpolations."""
    for group in GROUPS:
        for option in ("base", "other"):
            _store(f"bench_{group}", option, part(group))
    return _kept(Case("typical", _experiment(*GROUPS), seeds))


def large() -> Case:
    """Two thousand values."""
    sections = {
        f"section_{number}": {
            f"part_{place}": {f"value_{item}": number + item / 8 for item in range(10)}
            for place in range(10)
        }
        for number in range(20)
    }
    return _kept(Case("large", {"seed": 1, **sections}, seeds))


def many_options(name: str, number: int) -> Case:
    """The typical config, one of its groups with many options, all of which are swept over.

    Args:
        name: Where the options are stored: under a new name, no side has seen them before.
        number: How many options there are.
    """
    options = [f"option_{place}" for place in range(number)]
    for place, option in enumerate(options):
        _store(f"bench_{name}", option, {**part("model"), "width": 64 + place})
    _store(f"bench_{name}", "base", part("model"))

    def overrides(jobs: int) -> list[str]:
        if jobs < number:
            return [f"bench_{name}@model={','.join(options[:jobs])}"]
        return [*seeds(jobs // number), f"bench_{name}@model={','.join(options)}"]

    others = [group for group in GROUPS if group != "model"]
    return _kept(Case(f"many_{name}", _experiment(*others, options=name), overrides))


def seeds(jobs: int) -> list[str]:
    """Give the overrides of a sweep over values that no sweep before had."""
    first = 1_000_000 + next(_SWEEPS) * 100_000
    return [f"seed=range({first},{first + jobs})"]


def part(group: str) -> dict[str, Any]:
    """Give ten values, as an option of a group has them."""
    return {
        "_target_": "builtins.dict",
        "name": group,
        "width": 64,
        "depth": 4,
        "rate": 0.01,
        "decay": "${rate_decay}",
        "seed": "${seed}",
        "shape": [64, 64],
        "active": True,
        "path": "${root}/${.name}",
    }


def _experiment(*groups: str, options: str = "") -> Any:
    """Make the config with the defaults list: ten values of its own and the groups'."""
    defaults: list[Any] = ["_self_", *({f"bench_{group}@{group}": "base"} for group in groups)]
    if options:
        defaults.append({f"bench_{options}@model": "base"})
    values: dict[str, Any] = {
        "seed": 1,
        "root": "/data",
        "name": "run-${seed}",
        "rate_decay": 0.1,
        "epochs": 10,
        "steps": "${epochs}",
        "device": "cpu",
        "precision": 32,
        "resume": None,
        "tags": ["a", "b"],
    }
    fields: list[Any] = [("defaults", list[Any], field(default_factory=lambda: list(defaults)))]
    for name, value in values.items():
        made = field(default_factory=lambda kept=value: kept)
        fields.append((name, Any, made))
    filled = ["model", *groups] if options else groups
    fields += [(group, Any, field(default=MISSING)) for group in filled]
    return make_dataclass("Experiment", fields)


def _store(group: str | None, name: str, node: Any) -> None:
    """Store a config once: Hydra 1.4 warns of names that are stored again."""
    store = ConfigStore.instance()
    there = store.repo.get(group, {}) if group else store.repo
    if f"{name}.yaml" not in there:
        store.store(group=group, name=name, node=node)


def _kept(case: Case) -> Case:
    _store(None, case.stored, case.config)
    return case


@contextlib.contextmanager
def without_group(name: str) -> Iterator[None]:
    """Drop a group of `many_options` when the block ends."""
    try:
        yield
    finally:
        repo = ConfigStore.instance().repo
        del repo[f"bench_{name}"], repo[f"bench_many_{name}.yaml"]


@contextlib.contextmanager
def full_store(configs: int) -> Iterator[None]:
    """Have many more configs in the ConfigStore, in groups of fifty, while the block runs."""
    repo = ConfigStore.instance().repo
    before = dict(repo)
    for number in range(configs):
        _store(f"bench_full_{number // 50}", f"option_{number % 50}", part("full"))
    try:
        yield
    finally:
        for name in set(repo) - set(before):
            del repo[name]
