"""The config loader of a run: Hydra's own, which composes each choice of config groups only once.

Every sweeper and launcher gets it in the context that Hydra hands them. Where the fast way is not
certain to give what Hydra gives, it asks Hydra, counts that, and says why at the debug level.

This module must not know how jobs run.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from hydra.core.config_store import ConfigStore
from hydra.core.override_parser.types import Override
from omegaconf import DictConfig

from zenrun import _hydra, _nodes, _resolvers
from zenrun._ways import tell
from zenrun.compose._composition import (
    Composition,
    Fingerprint,
    Graft,
    NotSureError,
    graft_onto,
)
from zenrun.compose._hydra_part import entry_in_store, stored_configs
from zenrun.compose._parse import parse
from zenrun.compose._run_loader import RunConfigLoader

log = logging.getLogger("zenrun.compose")

# A composed config takes some hundred kilobytes; a sweep goes through its choices in turn.
_KEPT_COMPOSITIONS = 128


_UNUSUAL = "the sweep's config is unusual"

ResolverCache = Mapping[str, Mapping[Any, Any]]


class Changes(NamedTuple):
    """What the overrides of a job come to.

    Attributes:
        composition: The composed choice of groups.
        grafts: What the value overrides change in it.
        dirname: ``hydra.job.override_dirname``.
    """

    composition: Composition
    grafts: tuple[Graft, ...]
    dirname: str


@dataclass(frozen=True, eq=False)
class JobPlan:
    """The config of one job of a sweep, not yet built.

    Attributes:
        changes: What the job's overrides come to.
        task_overrides: ``hydra.overrides.task``.
        hydra_overrides: ``hydra.overrides.hydra``.
        cwd: ``hydra.runtime.cwd``.
        cache: What resolvers have given for the sweep's config so far.
    """

    changes: Changes
    task_overrides: list[str]
    hydra_overrides: list[str]
    cwd: str
    cache: ResolverCache

    def config(self) -> DictConfig:
        """Build the config that Hydra's ``load_sweep_config`` gives."""
        made: DictConfig = _nodes.clone(self.changes.composition.config)
        graft_onto(made, self.changes.grafts)
        self.fill_hydra(_nodes.child(made, ("hydra",)))
        _resolvers.set_resolver_cache(made, self.cache)
        return made

    def fill_hydra(self, hydra: Any) -> None:
        """Set in a copy of the ``hydra`` node what differs from job to job.

        Args:
            hydra: The node.
        """
        like = self.changes.composition.overrides_item
        _nodes.fill_list(_nodes.child(hydra, ("overrides", "task")), self.task_overrides, like)
        _nodes.fill_list(_nodes.child(hydra, ("overrides", "hydra")), self.hydra_overrides, like)
        _nodes.set_raw_value(_nodes.child(hydra, ("job", "override_dirname")), self.changes.dirname)
        _nodes.set_raw_value(_nodes.child(hydra, ("runtime", "cwd")), self.cwd)


class SweepConfigLoader(RunConfigLoader):
    """The config loader of a run, with a memory for the jobs of a sweep.

    Attributes:
        counts: How many configs of jobs were built in which way: "fast", or the reason for which
            Hydra was asked.
    """

    def __init__(self, config_search_path: Any) -> None:
        super().__init__(config_search_path)
        self.counts: Counter[str] = Counter()
        self._folders = [item.path for item in self.get_sources() if item.scheme() == "file"]
        self._forget()

    def _forget(self) -> None:
        self._compositions: OrderedDict[tuple[str, ...], Composition | NotSureError] = OrderedDict()
        self._is_group: dict[str, tuple[tuple[bool, ...], bool]] = {}
        self._state: tuple[Any, ...] | None = None
        self._checked: dict[tuple[str, ...], Changes] = {}
        self._last_cache: ResolverCache = {}
        self._looks = -1

    def __getstate__(self) -> dict[str, Any]:
        """Leave the memory behind: workers get the loader, and fill their own."""
        kept = self.__dict__.copy()
        memory = ("_compositions", "_is_group", "_state", "_checked", "_last_cache")
        for name in (*memory, "_one_at_a_time"):
            del kept[name]
        return kept

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take what `__getstate__` gave."""
        self.__dict__.update(state)
        self._one_at_a_time = threading.RLock()
        self._forget()

    # --- what Hydra, sweepers and launchers ask for ----------------------------------------------

    def load_sweep_config(
        self, master_config: DictConfig, sweep_overrides: list[str]
    ) -> DictConfig:
        """Give the config of a job of a sweep.

        Args:
            master_config: The sweep's config.
            sweep_overrides: The job's overrides.
        """
        plan = self.plan(master_config, sweep_overrides)
        if plan is None:
            return self.composed_by_hydra(master_config, sweep_overrides)
        return plan.config()

    def composed_by_hydra(
        self, master_config: DictConfig, sweep_overrides: Sequence[str]
    ) -> DictConfig:
        """Give the config of a job as Hydra itself composes it.

        Args:
            master_config: The sweep's config.
            sweep_overrides: The job's overrides.
        """
        return super().load_sweep_config(master_config, list(sweep_overrides))

    def check(self, master_config: DictConfig, sweep_overrides: Sequence[str]) -> None:
        """See whether the config of a job can be composed, and keep what that took.

        Args:
            master_config: The sweep's config.
            sweep_overrides: The job's overrides.
        """
        try:
            with self._one_at_a_time:
                plan = self._plan(master_config, sweep_overrides)
        except Exception:  # Hydra's own error is the one to raise
            self.composed_by_hydra(master_config, sweep_overrides)
        else:
            self._checked[tuple(sweep_overrides)] = plan.changes

    def plan(self, master_config: DictConfig, sweep_overrides: Sequence[str]) -> JobPlan | None:
        """Plan the config of a job, so that it can be built in part or later.

        Args:
            master_config: The sweep's config.
            sweep_overrides: The job's overrides.

        Returns:
            The plan; None where Hydra has to compose this one.
        """
        try:
            with self._one_at_a_time:
                plan = self._plan(master_config, sweep_overrides)
        except NotSureError as error:
            self.handed_over(str(error))
        except Exception as error:  # Hydra meets it as well, and says it in its own way
            self.handed_over(f"{type(error).__name__} while composing")
        else:
            self.counts["fast"] += 1
            return plan
        return None

    def handed_over(self, reason: str) -> None:
        """Count a job that Hydra has to see to.

        Args:
            reason: Why.
        """
        self.counts[reason] += 1
        tell(log, "Hydra sees to a job: %s", reason)

    # --- the fast way ----------------------------------------------------------------------------

    def _plan(self, master: DictConfig, sweep_overrides: Sequence[str]) -> JobPlan:
        _require(_hydra.KNOWS_COMPOSING, "this version of Hydra composes in a way of its own")
        hydra_node = _nodes.child(master, ("hydra",))
        of_hydra = _nodes.plain_list(_nodes.child(hydra_node, ("overrides", "hydra")))
        config_name = _nodes.child(hydra_node, ("job", "config_name"))
        if of_hydra is None or config_name is None:
            raise NotSureError(_UNUSUAL)
        self._forget_what_is_stale(_nodes.raw_value(config_name), of_hydra)
        changes = self._checked.pop(tuple(sweep_overrides), None)
        if (
            changes is None
            or not self._is_fresh(changes.composition)
            or any(known[0] != self._group_folders(key) for key, known in self._is_group.items())
        ):
            changes = self._changes(sweep_overrides, of_hydra)
        self._looks = _looks_into(ConfigStore.instance())  # composing looks, too
        return JobPlan(
            changes=changes,
            task_overrides=list(sweep_overrides),
            hydra_overrides=of_hydra,
            cwd=os.getcwd(),
            cache=self._snapshot(_resolvers.resolver_cache(master)),
        )

    def _changes(self, overrides: Sequence[str], of_hydra: Sequence[str]) -> Changes:
        choices, values = self._split(overrides, of_hydra)
        composition = self._composition([*of_hydra, *(item.input_line or "" for item in choices)])
        return Changes(
            composition,
            composition.grafts(values),
            composition.dirname([parse(line) for line in overrides]),
        )

    def _snapshot(self, cache: Mapping[str, Mapping[Any, Any]]) -> ResolverCache:
        """Keep what resolvers have given so far; the jobs of a sweep mostly share it."""
        if cache != self._last_cache:
            _require(_resolvers.cache_is_plain(cache), "a resolver has given the sweep an object")
            self._last_cache = {name: dict(results) for name, results in cache.items()}
        return self._last_cache

    def _split(
        self, overrides: Sequence[str], of_hydra: Sequence[str]
    ) -> tuple[list[Override], list[Override]]:
        """Tell the choices of config groups from the values."""
        choices: list[Override] = []
        values: list[Override] = []
        for line in overrides:
            override = parse(line)
            key = override.key_or_group
            _require(not override.is_sweep_override(), "an override of the job is a sweep")
            of_config = not (key == "hydra" or override.is_hydra_override())
            _require(of_config, "an override of the job changes Hydra's own config")
            if override.package is not None:
                choices.append(override)
            elif isinstance(override.value(), dict):
                values.append(override)
            else:
                (choices if self._names_group(key, of_hydra) else values).append(override)
        return choices, values

    def _names_group(self, key: str, of_hydra: Sequence[str]) -> bool:
        folders = self._group_folders(key)
        known = self._is_group.get(key)
        if known is None or known[0] != folders:
            assert self._state is not None
            _, repository = self._parse_overrides_and_create_caching_repo(
                self._state[0], list(of_hydra)
            )
            known = self._is_group[key] = (folders, bool(repository.group_exists(key)))
        return known[1]

    def _group_folders(self, key: str) -> tuple[bool, ...]:
        return tuple([os.path.isdir(os.path.join(path, key)) for path in self._folders])

    def _composition(self, overrides: Sequence[str]) -> Composition:
        key = tuple(overrides)
        known = self._compositions.get(key)
        if known is None or (isinstance(known, Composition) and not self._is_fresh(known)):
            try:
                known = self._compose(overrides)
            except NotSureError as error:
                known = error
            self._compositions[key] = known
            while len(self._compositions) > _KEPT_COMPOSITIONS:
                self._compositions.popitem(last=False)
        else:
            self._compositions.move_to_end(key)
        if isinstance(known, NotSureError):
            raise NotSureError(*known.args)
        return known

    def _compose(self, overrides: Sequence[str]) -> Composition:
        assert self._state is not None
        config, source = self.composed(self._state[0], overrides)
        if source is None or not source.is_static():
            msg = "what it is composed from may change from job to job"
            raise NotSureError(msg)
        return Composition(config, self._fingerprint(source))

    # --- what would make the memory wrong --------------------------------------------------------

    def _forget_what_is_stale(self, config_name: str, of_hydra: Sequence[str]) -> None:
        store = ConfigStore.instance()
        state = (config_name, tuple(of_hydra), id(store), _hydra.job_name())
        if state != self._state or _looks_into(store) != self._looks:
            self._forget()
            self._state = state

    def _fingerprint(self, source: _hydra.ComposedFrom) -> Fingerprint:
        paths, tree = source.config_paths(), stored_configs()
        folders = [found.path for found in source.sources() if found.scheme() == "file"]
        own = [folder for folder in folders if os.path.isdir(os.path.join(folder, "hydra"))]
        names = [os.path.join(folder, f"{path}.yaml") for folder in folders for path in paths]
        names += [
            os.path.join(folder, f"{path}.yaml") for folder in own for path in source.hydra_paths()
        ]
        return Fingerprint(
            stored=tuple((path, entry_in_store(tree, path)) for path in paths),
            files=tuple((name, _file_state(name)) for name in names),
        )

    @staticmethod
    def _is_fresh(composition: Composition) -> bool:
        tree, fingerprint = stored_configs(), composition.fingerprint
        for path, entry in fingerprint.stored:
            if entry_in_store(tree, path) is not entry:
                return False
        return all(_file_state(name) == state for name, state in fingerprint.files)


def _looks_into(store: ConfigStore) -> int:
    """Count who has looked into a run's ConfigStore, and may have changed what is stored."""
    return getattr(store, "looks", 0)


@contextlib.contextmanager
def ways_told(loader: object) -> Iterator[None]:
    """Say at the debug level how many jobs of a run took which way, when it is over.

    Args:
        loader: The run's config loader.
    """
    try:
        yield
    finally:
        if isinstance(loader, SweepConfigLoader):
            tell(log, "Jobs by the way they took: %s", dict((+loader.counts).most_common()))


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise NotSureError(otherwise)


def _file_state(name: str) -> tuple[int, int, int] | None:
    try:
        found = os.stat(name)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
