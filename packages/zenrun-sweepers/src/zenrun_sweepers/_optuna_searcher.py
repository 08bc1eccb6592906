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
from zenrun_sweepers._optuna_parts import optuna_library
from zenrun_sweepers._optuna_records import Records
from zenrun_sweepers._optuna_space import Coding

CONSTRAINTS = "constraints"


class StudySearcher:
    """Asks a study what to try, and tells it what came of it.

    Args:
        study: The study.
        space: What is searched.
        coded: Each key's values for Optuna.
        records: Which trial each job is; None if the study does not outlive this process.
        numbers: Where the number of each running job's trial is kept for the jobs.
        most: How many trials there are at most; None if the sampler knows no end.
        constraints: Reads the constraints of a result; empty if there are none.
        at_end: Called when the search is over.
    """

    def __init__(
        self,
        study: Any,
        space: SearchSpace,
        coded: Mapping[str, Coding],
        records: Records | None,
        numbers: dict[int, int],
        most: int | None,
        constraints: Callable[[TrialResult], Mapping[str, float]],
        at_end: Callable[[], None],
    ) -> None:
        self._study = study
        self._space = space
        self._coded = coded
        self._records = records
        self._numbers = numbers
        self._most = most
        self._constraints = constraints
        self._asked = 0
        self._stopped = False
        self.close = at_end
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
            params = frozen_trial(self._study, known).params
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
            before = frozen_trial(self._study, trial)
            if before.state.is_finished():
                if before.state != state.FAIL or told == state.FAIL:
                    return
                trial = self._tried_again(result.trial.number, before)
        if told != state.FAIL:
            self._set_constraints(trial, self._constraints(result))
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
        trial.set_user_attr(CONSTRAINTS, list(values.values()))

    def _tried_again(self, job: int, before: Any) -> int:
        """Give a failed trial's values to another one, for its job has run again."""
        assert self._records is not None
        optuna, storage = optuna_library(), self._study._storage
        again = optuna.trial.create_trial(
            state=optuna.trial.TrialState.RUNNING,
            params=before.params,
            distributions=before.distributions,
        )
        trial_id = storage.create_new_trial(self._study._study_id, template_trial=again)
        number = int(storage.get_trial(trial_id).number)
        self._records.renumber(job, number)
        return number

    def _trial(self, number: int) -> Any:
        """Give Optuna's object for a trial that another process has asked for."""
        optuna = optuna_library()
        study = optuna.load_study(
            study_name=self._study.study_name,
            storage=self._study._storage,
            sampler=optuna.samplers.RandomSampler(),  # has nothing to say to a trial that has its values
        )
        return optuna.trial.Trial(study, frozen_trial(study, number)._trial_id)

    def _stop(self) -> None:
        self._stopped = True


def frozen_trial(study: Any, number: int) -> Any:
    """Give Optuna's account of a trial.

    Args:
        study: The study.
        number: The trial's number.
    """
    storage = study._storage
    return storage.get_trial(
        storage.get_trial_id_from_study_id_trial_number(study._study_id, number)
    )


def told_constraints(trial: Any) -> Sequence[float]:
    """Give the constraints of a trial to a sampler of Optuna 4.

    Args:
        trial: Optuna's account of the trial.
    """
    found: Sequence[float] = trial.user_attrs.get(CONSTRAINTS, (math.inf,))
    return found
