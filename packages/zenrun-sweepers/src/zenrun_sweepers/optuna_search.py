"""Optuna's samplers and pruners as a Hydra sweeper.

This module must not know how jobs are run.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from hydra.core.utils import JobReturn, JobStatus
from omegaconf import OmegaConf

from zenrun.sweep import SearchSweeper, Trial, TrialResult, remembered
from zenrun.sweep.space import SearchSpace
from zenrun_sweepers._optuna_constraints import read_constraints
from zenrun_sweepers._optuna_parts import check_part, make_pruner, optuna_library
from zenrun_sweepers._optuna_records import Records
from zenrun_sweepers._optuna_sampler import sampler_of_search
from zenrun_sweepers._optuna_searcher import StudySearcher
from zenrun_sweepers._optuna_settings import OptunaSettings, read_optuna_settings
from zenrun_sweepers._optuna_space import codings, read_points
from zenrun_sweepers._optuna_study import (
    StoredTrials,
    close_storage,
    is_in_memory,
    open_storage,
    open_study,
    quiet,
)
from zenrun_sweepers._optuna_task import ReportingTask, StudyAddress
from zenrun_sweepers.reports import Pruned

__all__ = ["OptunaSweeper"]


class OptunaSweeper(SearchSweeper):
    """Search with Optuna, 4 or 5: its samplers choose the values, its pruners end jobs early.

    With the same seed it tries what plain Optuna tries that calls ``suggest_float``, ``suggest_int`` and
    ``suggest_categorical`` for the keys in their order.

    Args:
        sampler: "tpe", "gp", "cmaes", "nsgaii", "nsgaiii", "qmc", "random", "grid" or "brute_force"; a dict with
            such a ``name`` and the sampler's own settings; a config of any sampler, with ``_target_``; or a
            sampler. Where its settings have no seed, it gets the search's.
        pruner: "median", "percentile", "hyperband", "successive_halving", "threshold", "patient", "wilcoxon" or
            "nop", or as for the sampler; None prunes nothing. See `zenrun_sweepers.report`.
        storage: Where the study is: the URL of a database, such as ``sqlite:///study.db``, or the path of a journal
            file (both are open to ``optuna-dashboard``, and to several machines); "memory"; a
            config with ``_target_``; or one of Optuna's storages. None is memory, with a pruner the file
            ``optuna.journal`` in the sweep's folder.
        study_name: The study's name; None is one that no other has.
        load_if_exists: Whether the search joins a study of that name, and learns from the trials in it.
        enqueue: Points to try first: a list of dicts with values by key. Keys that are left out are chosen
            by the sampler.
        constraints: The keys or attributes of what the task returns that are to be 0 or less, with dots between
            several. A trial that has one above 0 is "INFEASIBLE" and never the best.
        user_attrs: Attributes that the study is given.
        **settings: The settings of every search: see `zenrun.sweep.SearchSweeper`.

    Raises:
        SweeperConfigError: When the sweep starts: a setting is missing or wrong.
        MissingExtraError: When the sweep starts: Optuna is not installed.

    Example:
        >>> from hydra.core.config_store import ConfigStore
        >>> from zenrun import builds, hydra_multirun
        >>> from zenrun_sweepers import OptunaSweeper
        >>> conf = builds(OptunaSweeper, n_trials=3, seed=1)
        >>> ConfigStore.instance().store(group="hydra/sweeper", name="three_of_tpe", node=conf)
    """

    name: ClassVar[str] = "optuna"

    def __init__(
        self,
        sampler: Any = "tpe",
        pruner: Any = None,
        storage: Any = None,
        study_name: str | None = None,
        *,
        load_if_exists: bool = False,
        enqueue: Sequence[Mapping[str, Any]] | None = None,
        constraints: Sequence[str] | None = None,
        user_attrs: Mapping[str, Any] | None = None,
        **settings: Any,
    ) -> None:
        super().__init__(**settings)
        self.sampler = sampler
        self.pruner = pruner
        self.own_given = {
            "storage": storage,
            "study_name": study_name,
            "load_if_exists": load_if_exists,
            "enqueue": enqueue,
            "constraints": constraints,
            "user_attrs": user_attrs,
        }
        self.own = OptunaSettings()
        self.task: ReportingTask | None = None

    def read_settings(self) -> Any:
        """Check the settings.

        Raises:
            SweeperConfigError: A setting is missing or wrong.
            MissingExtraError: Optuna is not installed.
        """
        optuna_library()
        check_part("sampler", self.sampler)
        check_part("pruner", self.pruner)
        self.own = read_optuna_settings(self.own_given)
        return super().read_settings()

    def setup(self, *, task_function: Any, **given: Any) -> None:
        """Check the settings and make the configured launcher.

        Args:
            task_function: What each job calls.
            **given: As for every sweeper.

        Raises:
            SweeperConfigError: A setting is missing or wrong.
            MissingExtraError: Optuna is not installed.
        """
        self.task = ReportingTask(task_function)
        super().setup(task_function=self.task, **given)

    def make_searcher(
        self, space: SearchSpace, directions: tuple[str, ...], seed: int
    ) -> StudySearcher:
        """Make the study, or join it, and what asks it.

        Args:
            space: What is searched.
            directions: The direction of each objective.
            seed: Where the sampler's chance begins.

        Raises:
            SearchSpaceError: A point to try first is none of the space's, or a grid has an interval.
            SweeperError: The study cannot be made or joined.
        """
        with contextlib.ExitStack() as ending:
            ending.enter_context(quiet(self._verbose()))
            searcher = self._searcher(space, directions, seed, ending)
            searcher.close = ending.pop_all().close
        return searcher

    def _searcher(
        self,
        space: SearchSpace,
        directions: tuple[str, ...],
        seed: int,
        ending: contextlib.ExitStack,
    ) -> StudySearcher:
        own = self.own
        coded = codings(space)
        points = read_points(own.enqueue, space, coded)
        sampler, most = sampler_of_search(self.sampler, coded, seed, own.constraints, self.log)
        pruner = make_pruner(self.pruner)
        folder = self._folder()
        run = remembered(self.launcher, "optuna.run", lambda: uuid.uuid4().hex[:12])
        storage = open_storage(own.storage, folder / "optuna.journal" if pruner else None)
        ending.callback(close_storage, storage)
        records = None
        if not is_in_memory(storage):
            records = Records(folder / ".optuna" / run)
        name = own.study_name or f"{folder.name}-{run}"
        study = open_study(
            storage,
            name,
            directions,
            sampler,
            pruner,
            load_if_exists=own.load_if_exists or (records is not None and records.goes_on),
        )
        trials = StoredTrials(storage, name)
        if records is not None:
            self.log.info("The study is called %s", name)
            self._go_on(study, trials, records)
        for key, value in own.user_attrs.items():
            study.set_user_attr(key, value)
        if records is None or not records.numbers:
            joins = bool(study.trials)
            for point in points:
                study.enqueue_trial(point, skip_if_exists=joins)
        address = StudyAddress(storage, name, pruner, records.folder if records else None)
        address.studies.append(study)
        if self.task is not None:
            self.task.address = address
        return StudySearcher(
            study,
            trials,
            space,
            coded,
            records,
            address.numbers,
            most,
            own.constraints,
        )

    def _go_on(self, study: Any, trials: StoredTrials, records: Records) -> None:
        if records.numbers and not trials.has(max(records.numbers.values())):
            self.log.warning(
                "The study %s has lost the trials of this sweep; it begins anew", study.study_name
            )
            records.forget()
        if records.sampler is not None:
            study.sampler = records.sampler

    def read_result(self, trial: Trial, job: JobReturn, duration: float) -> TrialResult:
        """Read what came of a trial.

        Args:
            trial: The trial.
            job: Hydra's account of its job.
            duration: How many seconds it took.

        Raises:
            ScoreError: The job returned something that is no score, or has no constraint.
        """
        if job.status is JobStatus.COMPLETED and isinstance(job.return_value, Pruned):
            return TrialResult(trial, "PRUNED", None, job, duration)
        result = super().read_result(trial, job, duration)
        if result.status == "COMPLETED" and any(
            value > 0 for value in read_constraints(result, self.own.constraints).values()
        ):
            return TrialResult(trial, "INFEASIBLE", result.values, job, duration)
        return result

    def _folder(self) -> Path:
        config = self.config
        return Path("." if config is None else str(config.hydra.sweep.dir)).absolute()

    def _verbose(self) -> Any:
        return None if self.config is None else OmegaConf.select(self.config, "hydra.verbose")
