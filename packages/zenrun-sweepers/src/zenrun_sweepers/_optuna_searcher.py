"""The searcher that asks a study and tells it.

This module must not know how jobs are run.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from zenrun.sweep import Suggestion, TrialResult
from zenrun.sweep.space import SearchSpace
from zenrun_sweepers._optuna_constraints import KEPT_AS, read_constraints
from zenrun_sweepers._optuna_parts import optuna_library
from zenrun_sweepers._optuna_records import Records
from zenrun_sweepers._optuna_space import Coding
from zenrun_sweepers._optuna_study import StoredTrials


class StudySearcher:
    """Asks a study what to try, and tells it what came of it.

    Args:
        study: The study.
        trials: Its trials.
        space: What is searched.
        coded: Each key's values for Optuna.
        records: Which trial each job is; None if the study does not outlive this process.
        numbers: Where the number of each running job's trial is kept for the jobs.
        most: How many trials there are at most; None if the sampler knows no end.
        constraints: The keys or attributes of what the task returned that are constraints.

    Attributes:
        close: Called when the search is over.
    """

    def __init__(
        self,
        study: Any,
        trials: StoredTrials,
        space: SearchSpace,
        coded: Mapping[str, Coding],
        records: Records | None,
        numbers: dict[int, int],
        most: int | None,
        constraints: Sequence[str],
    ) -> None:
        self._study = study
        self._trials = trials
        self._space = space
        self._coded = coded
        self._records = records
        self._numbers = numbers
        self._most = most
        self._constraints = constraints
        self._asked = 0
        self._stopped = False
        self.close: Callable[[], object] = _nothing
        # A sampler that has tried everything stops its study, which Optuna allows in its own loop only.
        study.stop = self._stop

    def ask(self) -> Suggestion | None:
        """Ask the study for a trial.

        Returns:
            The trial's values; None if the sampler has tried everything.
        """
        job = self._asked
        known = self._records.numbers.get(job) if self._records is not None else None
        if known is None and (self._stopped or job == self._most):
            return None
        self._asked += 1
        if known is not None:
            params = self._trials.trial(known).params
            found = {key: self._coded[key].decode(value) for key, value in params.items()}
            self._numbers[job] = known
            return Suggestion(found, known)
        trial = self._study.ask()
        params = self._space.fill(lambda key, _: self._coded[key].suggest(trial))
        self._numbers[job] = trial.number
        if self._records is not None:
            self._records.note(job, trial.number, self._study.sampler)
        return Suggestion(params, trial)

    def tell(self, result: TrialResult) -> None:
        """Tell the study what came of a trial.

        Args:
            result: The result.
        """
        trial, state = result.trial.handle, optuna_library().trial.TrialState
        self._numbers.pop(result.trial.number, None)
        values: Sequence[float] | None = None
        if result.status == "PRUNED":
            told = state.PRUNED
        elif result.values is None or any(map(math.isnan, result.values)):
            told = state.FAIL
        else:
            told, values = state.COMPLETE, result.values
        if isinstance(trial, int):
            before = self._trials.trial(trial)
            if before.state.is_finished():
                if before.state != state.FAIL or told == state.FAIL:
                    return
                # The job has run again: the failed trial stays what it is.
                trial = self._trials.add_like(before)
                assert self._records is not None
                self._records.renumber(result.trial.number, trial)
        if told != state.FAIL:
            self._set_constraints(trial, read_constraints(result, self._constraints))
        self._study.tell(trial, values, told)

    def _set_constraints(self, trial: Any, values: Mapping[str, float]) -> None:
        if not values:
            return
        if isinstance(trial, int):
            trial = self._trial(trial)
        if hasattr(trial, "set_constraint"):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that it was set before the job was killed
                for key, value in values.items():
                    trial.set_constraint(key, value)
            return
        trial.set_user_attr(KEPT_AS, list(values.values()))

    def _trial(self, number: int) -> Any:
        """Give Optuna's object for a trial that another process has asked for."""
        optuna = optuna_library()
        study = optuna.load_study(
            study_name=self._study.study_name,
            storage=self._trials.storage,
            sampler=optuna.samplers.RandomSampler(),  # has nothing to say to a trial that has its values
        )
        return optuna.trial.Trial(study, self._trials.id_of(number))

    def _stop(self) -> None:
        self._stopped = True


def _nothing() -> None:
    """Do nothing."""
