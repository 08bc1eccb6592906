"""Where a study is kept, and the study itself.

This module must not know how trials are chosen or run.
"""

from __future__ import annotations

import contextlib
import logging
import os
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hydra.utils import instantiate
from omegaconf import DictConfig

from zenrun_sweepers._libraries import library
from zenrun_sweepers._optuna_parts import optuna_library
from zenrun_sweepers.errors import SweeperConfigError, SweeperError

MEMORY = "memory"
_TRIES = 4
_PATIENCE_S = 60.0  # how long SQLite waits where another process writes


def open_storage(given: Any, journal: Path | None) -> Any:
    """Open the storage of a study.

    Args:
        given: None for the journal, if there is one, else this process's memory; "memory"; the URL of a
            database; the path of a journal file; a config with ``_target_``; or one of Optuna's storages.
        journal: A journal file, where memory will not do.

    Raises:
        SweeperConfigError: It is none of these, or cannot be opened.
    """
    optuna = optuna_library()
    if given is None and journal is not None:
        given = str(journal)
    if given is None or given == MEMORY:
        return optuna.storages.InMemoryStorage()
    if isinstance(given, (Mapping, DictConfig)):
        given = instantiate(given)
    if isinstance(given, optuna.storages.BaseStorage):
        return given
    if not isinstance(given, (str, os.PathLike)):
        msg = (
            "storage is the URL of a database, such as sqlite:///study.db, the path of a journal file, "
            f"memory, or one of Optuna's storages; given was {given!r}"
        )
        raise SweeperConfigError(msg, "hydra.sweeper.storage")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            text = os.fspath(given)
            return _database(text) if "://" in text else _journal(text)
    except Exception as error:  # SQLAlchemy's errors have no common base with those of files
        msg = f"The storage {given!r} cannot be opened: {type(error).__name__}: {error}"
        raise SweeperConfigError(msg, "hydra.sweeper.storage") from error


def _journal(path: str) -> Any:
    journal = library("optuna.storages.journal", extra="optuna", what_for="A journal storage")
    Path(path).absolute().parent.mkdir(parents=True, exist_ok=True)
    return optuna_library().storages.JournalStorage(
        journal.JournalFileBackend(os.path.abspath(path))
    )


def _database(text: str) -> Any:
    sqlalchemy = library("sqlalchemy", extra="optuna", what_for="A database as storage")
    url = sqlalchemy.engine.make_url(text)
    more: dict[str, Any] = {}
    if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
        # A job may work in another folder, where the same relative path is another file.
        url = url.set(database=os.path.abspath(url.database))
        more = {"engine_kwargs": {"connect_args": {"timeout": _PATIENCE_S}}}
    whole = url.render_as_string(hide_password=False)
    for tried in range(_TRIES):
        # Several processes may make the tables at once, and then all but one fail.
        with contextlib.suppress(sqlalchemy.exc.DatabaseError):
            return optuna_library().storages.RDBStorage(whole, **more)
        time.sleep(0.1 * 2**tried)
    return optuna_library().storages.RDBStorage(whole, **more)


def is_in_memory(storage: Any) -> bool:
    """Say whether a storage is in this process's memory only.

    Args:
        storage: One of Optuna's storages.
    """
    return isinstance(storage, optuna_library().storages.InMemoryStorage)


def close_storage(storage: Any) -> None:
    """Let go of a database's connections; a storage that is used again makes new ones.

    Args:
        storage: One of Optuna's storages.
    """
    storage.remove_session()
    engine = getattr(storage, "engine", None)
    if engine is not None:
        engine.dispose()


def open_study(
    storage: Any,
    name: str,
    directions: Sequence[str],
    sampler: Any,
    pruner: Any,
    *,
    load_if_exists: bool,
) -> Any:
    """Make a study, or join one.

    Args:
        storage: Where it is.
        name: Its name.
        directions: The direction of each objective.
        sampler: Its sampler.
        pruner: Its pruner, or None.
        load_if_exists: Whether one of that name may be there.

    Raises:
        SweeperError: There is one of that name, and none may be.
        SweeperConfigError: There is one with other directions.
    """
    optuna = optuna_library()
    pruner = pruner or optuna.pruners.NopPruner()
    try:
        study = optuna.create_study(
            storage=storage,
            study_name=name,
            sampler=sampler,
            pruner=pruner,
            directions=list(directions),
            load_if_exists=load_if_exists,
        )
    except optuna.exceptions.DuplicatedStudyError as error:
        msg = (
            f"The storage has a study {name!r} already. Join it with hydra.sweeper.load_if_exists=true, "
            "or give the search another hydra.sweeper.study_name"
        )
        raise SweeperError(msg) from error
    found = tuple(item.name.lower() for item in study.directions)
    if found != tuple(directions):
        msg = (
            f"The study {name!r} has the directions {list(found)}, and this search {list(directions)}. "
            "Set hydra.sweeper.direction to those of the study, or name another study"
        )
        raise SweeperConfigError(msg, "hydra.sweeper.direction")
    return study


class StoredTrials:
    """The trials of one study, as its storage has them.

    Args:
        storage: The storage.
        name: The study's name.

    Attributes:
        storage: As given.
        study_id: What the storage calls the study.
    """

    def __init__(self, storage: Any, name: str) -> None:
        self.storage = storage
        self.study_id = storage.get_study_id_from_name(name)

    def id_of(self, number: int) -> Any:
        """Give what the storage calls a trial.

        Args:
            number: The trial's number in the study.
        """
        return self.storage.get_trial_id_from_study_id_trial_number(self.study_id, number)

    def trial(self, number: int) -> Any:
        """Give Optuna's account of a trial.

        Args:
            number: The trial's number in the study.
        """
        return self.storage.get_trial(self.id_of(number))

    def has(self, number: int) -> bool:
        """Say whether there is a trial.

        Args:
            number: Its number.
        """
        try:
            self.id_of(number)
        except KeyError:
            return False
        return True

    def add_like(self, trial: Any) -> int:
        """Add a trial that runs, with the values of another one.

        Args:
            trial: Optuna's account of the other one.

        Returns:
            The new trial's number.
        """
        made = optuna_library().trial
        again = made.create_trial(
            state=made.TrialState.RUNNING, params=trial.params, distributions=trial.distributions
        )
        trial_id = self.storage.create_new_trial(self.study_id, template_trial=again)
        return int(self.storage.get_trial(trial_id).number)


@contextlib.contextmanager
def quiet(verbose: Any) -> Iterator[None]:
    """Have Optuna tell warnings and errors alone, and nothing of each trial.

    Args:
        verbose: What ``hydra.verbose`` is: with true, or where it names optuna, nothing is changed.
    """
    named = [verbose] if isinstance(verbose, str) else verbose
    if verbose is True or (not isinstance(named, bool) and "optuna" in (named or ())):
        yield
        return
    optuna_library()
    # A sampler says of every trial which keys it has left to chance.
    wanted = {"optuna": logging.WARNING, "optuna.samplers": logging.ERROR}
    before = {name: logging.getLogger(name).level for name in wanted}
    for name, level in wanted.items():
        logging.getLogger(name).setLevel(max(level, before[name]))
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
