"""Jobs on their way to a worker: what is sent once, what is sent with each job.

A sweep's constant part and each composed config are *parts*: they have an id, are sent when a worker
has not got them yet, and are kept there. A job refers to them by id.

This module must not know which executor carries the bytes, or when.
"""

from __future__ import annotations

import dataclasses
import functools
import io
import itertools
import os
import pickle
import sys
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from hydra.types import HydraContext
from omegaconf import DictConfig

from zenrun import _nodes, _resolvers, errors
from zenrun._extras import library
from zenrun._isolation import sent_globals
from zenrun.compose._composition import Composition, Graft
from zenrun.compose._loader import JobPlan
from zenrun.job._run import PlannedJob
from zenrun.launchers._main_module import names_of_main, things_of_main
from zenrun.launchers._prepare import Job


@dataclass
class World:
    """A sweep's constant part: what is the same for each of its jobs, wherever they run.

    Attributes:
        task_function: What each job calls.
        context: Hydra's context: its config loader and callbacks.
        instances: The run's own of Hydra's globals.
        resolvers: The resolvers registered with OmegaConf that not every process has.
    """

    task_function: Callable[[DictConfig], Any]
    context: HydraContext
    instances: dict[type, Any]
    resolvers: dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Where a sweep is at home, as far as its workers have to know.

    Attributes:
        cwd: Its working directory.
        sys_path: Where its modules are found.
        sweep_dir: The sweep's folder, absolute, or None where nothing is written down.
        sweep: The sweep's id.
    """

    cwd: str
    sys_path: tuple[str, ...]
    sweep_dir: str | None
    sweep: str


class Parcel(NamedTuple):
    """One job on its way to a worker.

    Attributes:
        place: Where the sweep is at home.
        world: The id of the sweep's constant part.
        composition: The id of the composed config that the job refers to, or None.
        main: The id of what configs name of ``__main__``, or None.
        parts: Parts that are sent along, by id.
        job: The job, pickled.
        num: Its number, or None for a job that is no part of a sweep.
        attempt: How often it has been started, this time included.
        overrides: Its overrides.
        configures_logging: Whether logging is configured for it.
        reply: The file for what comes back of it, should that be large.
    """

    place: Place
    world: str
    composition: str | None
    main: str | None
    parts: Mapping[str, bytes]
    job: bytes
    num: int | None
    attempt: int
    overrides: tuple[str, ...]
    configures_logging: bool
    reply: str = ""

    @property
    def needs(self) -> tuple[str, ...]:
        """The ids of all parts that it refers to."""
        every = self.world, self.composition, self.main
        return tuple(part for part in every if part is not None)


def cloudpickle() -> Any:
    """Give the module cloudpickle.

    Raises:
        MissingExtraError: It is not installed.
    """
    return library("cloudpickle", extra="parallel", what_for="sending jobs to other processes")


@functools.lru_cache(maxsize=1)
def _pickler_class() -> Any:
    class Pickler(cloudpickle().Pickler):  # type: ignore[misc]
        """Puts the id of a composed config in its place."""

        def __init__(
            self, file: io.BytesIO, parts: Mapping[Composition, tuple[str, bytes]]
        ) -> None:
            super().__init__(file)
            self._parts = parts

        def persistent_id(self, item: Any) -> str | None:
            known = self._parts.get(item) if type(item) is Composition else None
            return None if known is None else known[0]

    return Pickler


class Sender:
    """Makes parcels of jobs.

    Args:
        task_function: What each job calls.
        context: Hydra's context.
        sweep_dir: The sweep's folder, or None.
        sweep: The sweep's id.
        configures_logging: Whether logging is configured for each job.
    """

    def __init__(
        self,
        task_function: Callable[[DictConfig], Any],
        context: HydraContext,
        sweep_dir: str | None,
        sweep: str = "",
        *,
        configures_logging: bool = True,
    ) -> None:
        self._pickler = _pickler_class()
        self._id = uuid.uuid4().hex[:16]
        self._configures_logging = configures_logging
        self.place = Place(
            cwd=os.getcwd(),
            sys_path=tuple(os.path.abspath(item) for item in sys.path),
            sweep_dir=sweep_dir,
            sweep=sweep,
        )
        self._numbers = itertools.count()
        # Each composed config's id and bytes, for as long as the config is kept.
        self._parts: WeakKeyDictionary[Composition, tuple[str, bytes]] = WeakKeyDictionary()
        self._packed_world = self._world(task_function, context)
        self._names_of_main: set[str] = set()
        self._main: tuple[str, bytes] | None = None
        self._look_for_main(self._packed_world)

    def parcel(
        self, job: Job, num: int | None, overrides: Sequence[str], attempt: int
    ) -> tuple[Parcel, dict[str, bytes]]:
        """Pack a job.

        Args:
            job: The job.
            num: Its number.
            overrides: Its overrides.
            attempt: How often it has been started, this time included.

        Returns:
            The parcel without any parts, and all the parts that it refers to.
        """
        needs = {self._id: self._packed_world}
        content: Any = job
        part = None
        if isinstance(job, PlannedJob):
            part, needs[part] = self._part_of(job.plan.changes.composition)
            content = (_sendable(job.plan), num)
        packed = self._dumps(content)
        self._look_for_main(packed)
        if self._main is not None:
            needs[self._main[0]] = self._main[1]
        parcel = Parcel(
            place=self.place,
            world=self._id,
            composition=part,
            main=None if self._main is None else self._main[0],
            parts={},
            job=packed,
            num=num,
            attempt=attempt,
            overrides=tuple(overrides),
            configures_logging=self._configures_logging,
        )
        return parcel, needs

    def _world(self, task_function: Callable[[DictConfig], Any], context: HydraContext) -> bytes:
        world = World(task_function, context, sent_globals(), _resolvers.own_resolvers())
        try:
            return self._dumps(world)
        except Exception as error:
            culprit, why = self._culprit(world, error)
            msg = (
                f"{culprit} cannot be sent to a worker: {type(why).__name__}: {why}. What travels "
                "is pickled by cloudpickle: open files, locks, connections and running generators "
                "are not; make them inside the task function, or run the jobs in this process "
                "(executor=None) or in threads"
            )
            raise errors.NotPicklableError(msg) from error

    def _culprit(self, world: World, error: Exception) -> tuple[str, Exception]:
        """Find which of the things that travel cannot."""
        parts = {
            f"The task function {world.task_function!r}": world.task_function,
            "A callback of Hydra's": world.context.callbacks,
            **{f"The resolver {name!r}": item for name, item in world.resolvers.items()},
            "What is in Hydra's ConfigStore": world.instances,
        }
        for name, part in parts.items():
            why = self._refusal(part)
            if why is not None:
                return name, why
        return "The sweep", error

    def _refusal(self, part: Any) -> Exception | None:
        try:
            self._dumps(part)
        except Exception as why:
            return why
        return None

    def _part_of(self, composition: Composition) -> tuple[str, bytes]:
        known = self._parts.get(composition)
        if known is None:
            name = f"{self._id}/{next(self._numbers)}"
            known = self._parts[composition] = name, self._dumps(composition.bare())
            self._look_for_main(known[1])
        return known

    def _look_for_main(self, packed: bytes) -> None:
        """Have what something names of ``__main__`` sent, too."""
        new = names_of_main(packed) - self._names_of_main
        if new:
            self._names_of_main |= new
            things = things_of_main(sorted(self._names_of_main), self._dumps)
            self._main = f"{self._id}/main/{next(self._numbers)}", self._dumps(things)

    def _dumps(self, content: Any) -> bytes:
        buffer = io.BytesIO()
        self._pickler(buffer, self._parts).dump(content)
        return buffer.getvalue()


def _sendable(plan: JobPlan) -> JobPlan:
    """Copy what a job's overrides change out of the config that it was found in."""
    grafts = tuple(
        Graft(path, None if node is None else _nodes.clone(node))
        for path, node in plan.changes.grafts
    )
    return dataclasses.replace(plan, changes=plan.changes._replace(grafts=grafts))


def loads(packed: bytes, parts: Callable[[str], Any] | None = None) -> Any:
    """Unpickle.

    Args:
        packed: What was pickled.
        parts: Gives the part with an id.
    """
    if parts is None:
        return pickle.loads(packed)  # noqa: S301 - from our own processes
    return _Unpickler(io.BytesIO(packed), parts).load()


class _Unpickler(pickle.Unpickler):
    """Puts parts in the place of their ids. Python 3.13.0 takes no function set from outside."""

    def __init__(self, file: io.BytesIO, parts: Callable[[str], Any]) -> None:
        super().__init__(file)
        self._parts = parts

    def persistent_load(self, pid: str) -> Any:
        return self._parts(pid)
