"""A task function whose jobs can reach their trials, in this process and in workers.

This module must not know how trials are chosen.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hydra.core.hydra_config import HydraConfig

from zenrun_sweepers._optuna_parts import optuna_library
from zenrun_sweepers._optuna_records import optuna_number
from zenrun_sweepers._optuna_study import StoredTrials
from zenrun_sweepers.errors import ScoreError, SweeperError
from zenrun_sweepers.reports import Pruned, RunningTrial, TrialPruned, running


@dataclass
class StudyAddress:
    """Where the study of a search is.

    Attributes:
        storage: Optuna's storage.
        name: The study's name.
        pruner: Optuna's pruner, or None.
        records: The folder with the number of each job's trial; None if the study is only in the
            memory of the process that searches.
        studies: The study, once it has been loaded in this process.
        numbers: The trials of jobs, in the process that searches.
    """

    storage: Any
    name: str
    pruner: Any
    records: Path | None
    studies: list[Any] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)

    def __getstate__(self) -> dict[str, Any]:
        """Take to a worker what is of use there."""
        storage = None if self.records is None else self.storage
        return {**self.__dict__, "storage": storage, "studies": [], "numbers": {}}

    def trial_of(self, job: int) -> RunningTrial:
        """Find the trial of a job.

        Args:
            job: The job's number.
        """
        if self.storage is None:
            return UnreachableTrial(self.pruner is not None)
        number = self.numbers.get(job)
        if number is None and self.records is not None:
            number = optuna_number(self.records, job)
        return UnreachableTrial(False) if number is None else StoredTrial(self, number)

    def study(self) -> Any:
        """Give the study, as pruners look at it."""
        if not self.studies:
            optuna = optuna_library()
            sampler = optuna.samplers.RandomSampler()  # never asked
            found = optuna.load_study(
                study_name=self.name, storage=self.storage, sampler=sampler, pruner=self.pruner
            )
            self.studies.append(found)
        return self.studies[0]


class StoredTrial:
    """A trial in a study that can be reached.

    Args:
        address: Where the study is.
        number: The trial's number in it.
    """

    def __init__(self, address: StudyAddress, number: int) -> None:
        self._address = address
        self._number = number
        self._id: Any = None
        self.last: Pruned = Pruned()

    def report(self, value: float, step: int) -> None:
        """Keep an intermediate value."""
        if len(self._address.study().directions) > 1:
            msg = "report() is for a search with one objective, as Optuna prunes only those"
            raise SweeperError(msg)
        if isinstance(step, bool) or not hasattr(step, "__index__") or step < 0:
            msg = f"The step of report() is an int from 0 on; given was {step!r}"
            raise SweeperError(msg)
        try:
            number = float(value)
        except (TypeError, ValueError) as error:
            msg = f"report() takes a number; given was {value!r} of type {type(value).__name__}"
            raise ScoreError(msg, score=value) from error
        self.last = Pruned(number, int(step))
        storage, trial_id = self._stored()
        storage.set_trial_intermediate_value(trial_id, int(step), number)

    def should_prune(self) -> bool:
        """Ask the pruner."""
        if self._address.pruner is None:
            return False
        storage, trial_id = self._stored()
        trial = storage.get_trial(trial_id)
        return bool(self._address.pruner.prune(self._address.study(), trial))

    def set_user_attr(self, key: str, value: Any) -> None:
        """Keep an attribute."""
        storage, trial_id = self._stored()
        storage.set_trial_user_attr(trial_id, key, value)

    def _stored(self) -> tuple[Any, Any]:
        storage = self._address.storage
        if self._id is None:
            self._id = StoredTrials(storage, self._address.name).id_of(self._number)
        return storage, self._id


class UnreachableTrial:
    """A trial whose study is in the memory of another process.

    Args:
        matters: Whether something depends on it.
    """

    def __init__(self, matters: bool) -> None:
        self._matters = matters
        self.last = Pruned()

    def report(self, value: float, step: int) -> None:  # noqa: ARG002 - nobody hears it
        """Refuse, if anything depends on it."""
        self._refuse()

    def should_prune(self) -> bool:
        """Refuse, if anything depends on it."""
        self._refuse()
        return False

    def set_user_attr(self, key: str, value: Any) -> None:  # noqa: ARG002 - nobody hears it
        """Refuse, if anything depends on it."""
        self._refuse()

    def _refuse(self) -> None:
        if self._matters:
            msg = (
                "The study of this search is in the memory of the process that searches, and this job "
                "runs in another one, so nothing can be pruned. Leave hydra.sweeper.storage out, and a "
                "journal in the sweep's folder is the storage; or name one, such as sqlite:///study.db"
            )
            raise SweeperError(msg)


class ReportingTask:
    """A task function whose jobs can report, and be pruned.

    Args:
        task: What each job calls.

    Attributes:
        address: Where the study is; set when there is one.
    """

    def __init__(self, task: Callable[[Any], Any]) -> None:
        self.__wrapped__ = task
        self.address: StudyAddress | None = None

    def __call__(self, config: Any) -> Any:
        """Run as a job.

        Args:
            config: The job's config.

        Returns:
            What the task returns; a `Pruned` if it was.
        """
        if self.address is None:
            return self.__wrapped__(config)
        trial = self.address.trial_of(HydraConfig.get().job.num)
        token = running.set(trial)
        try:
            return self.__wrapped__(config)
        except Exception as error:
            if not _says_pruned(error):
                raise
            return trial.last  # type: ignore[attr-defined]
        finally:
            running.reset(token)


def _says_pruned(error: Exception) -> bool:
    optuna = sys.modules.get("optuna")
    known = (TrialPruned,) if optuna is None else (TrialPruned, optuna.TrialPruned)
    return isinstance(error, known)
