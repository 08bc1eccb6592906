"""The base class of all searches: settings, space, jobs and results; a search adds its searcher.

This module knows Hydra's sweeper protocol, and must not know how values are chosen.
"""

from __future__ import annotations

import inspect
import logging
import random
import reprlib
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from hydra.core.plugins import Plugins
from hydra.core.utils import JobReturn, JobStatus
from hydra.plugins.launcher import Launcher
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

from zenrun import errors
from zenrun.results._scores import read_scores
from zenrun.results._search import NOTE, search_note
from zenrun.sweep import remembered, tell_best
from zenrun.sweep._engine import Search
from zenrun.sweep._notes import search_notes
from zenrun.sweep._order import ToldOrder
from zenrun.sweep._read_space import read_space
from zenrun.sweep._results_file import save, start_folder
from zenrun.sweep._running import end_with, report, run_search, tried
from zenrun.sweep._settings import SearchSettings, read_settings
from zenrun.sweep._space import SearchSpace
from zenrun.sweep._trials import Searcher, SearchResult, Trial, TrialResult


class SearchSweeper(Sweeper):
    """The base class of sweepers that search; a subclass says which values to try next.

    A subclass defines `make_searcher`. The settings below are those of every search.

    Args:
        n_trials: How many jobs there are at most. ``max_iter`` is another name for it.
        max_iter: As said.
        direction: "minimize" or "maximize"; for several objectives a list of them.
        seed: An int from 0 on; the same seed gives the same search, also with jobs beside each other if
            `batch_size` is set. None is another seed each time.
        batch_size: How many jobs are asked for, run, and told, before the next ones are asked for. None is
            as many as there are places, and the next one is asked for the moment a place is free, where
            the launcher is one of zenrun's; with any other it is 1. ``n_jobs`` is another name for it.
        n_jobs: As said.
        time_budget: After how many seconds no further job begins; those that run go on to their end.
        target: The search ends when a job has reached this value.
        patience: The search ends when so many jobs in a row have found nothing better.
        max_failure_rate: Which part of the jobs may fail, from 0 (the first failure ends the search with
            the job's own error) to 1. Failed jobs are told to the searcher as failed.
        objective: The key or attribute of what the task returns that is its score, with dots between several:
            ``"metrics.loss"``; for several objectives a list of them. None if the task returns
            the number itself, or a sequence of them.
        params: Overrides by key, as in Hydra's basic sweeper: ``{"x": "interval(-1, 1)"}``. An
            override of the same key that the run itself is given wins.
        when: Keys that exist only while another one has a certain value:
            ``{"optim.momentum": "optim=sgd"}``.
        **unknown: Nothing; what is here is refused with the nearest name that there is.

    Attributes:
        name: The name of the kind of search, for ``optimization_results.yaml``.
        endless: Whether the searcher always has something more to try.
        whole_bounds: Whether ``interval(1, 5)``, with bounds written as ints, is one of ints.
        log: Where the search tells what it has found.
        settings: The settings, checked.

    Example:
        >>> import random
        >>> from zenrun.sweep import SearchSweeper
        >>> from zenrun.sweep.space import read_space
        >>> class Draws(SearchSweeper):
        ...     def make_searcher(self, space, directions, seed):
        ...         self.space, self.rng = space, random.Random(seed)
        ...         return self
        ...
        ...     def ask(self):
        ...         return self.space.draw(self.rng)
        ...
        ...     def tell(self, result):
        ...         print(result.value)
        >>> space = read_space(["x=interval(1, 5)"])
        >>> Draws(n_trials=2).make_searcher(space, ("minimize",), 1).ask()
        {'x': 2}
    """

    name: ClassVar[str] = ""
    endless: ClassVar[bool] = True
    whole_bounds: ClassVar[bool] = True
    log: ClassVar[logging.Logger] = logging.getLogger("zenrun.sweep")
    settings: SearchSettings

    def __init__(
        self,
        n_trials: int | None = None,
        direction: str | Sequence[str] = "minimize",
        seed: int | None = None,
        batch_size: int | None = None,
        time_budget: float | None = None,
        target: float | None = None,
        patience: int | None = None,
        max_failure_rate: float = 0.0,
        objective: str | Sequence[str] | None = None,
        params: Mapping[str, Any] | None = None,
        when: Mapping[str, str] | None = None,
        max_iter: int | None = None,
        n_jobs: int | None = None,
        **unknown: Any,
    ) -> None:
        self.given: dict[str, Any] = {
            "n_trials": n_trials,
            "direction": direction,
            "seed": seed,
            "batch_size": batch_size,
            "time_budget": time_budget,
            "target": target,
            "patience": patience,
            "max_failure_rate": max_failure_rate,
            "objective": objective,
            "params": params,
            "when": when,
            "max_iter": max_iter,
            "n_jobs": n_jobs,
            **unknown,
        }
        self.config: DictConfig | None = None
        self.launcher: Launcher | None = None
        self.hydra_context: HydraContext | None = None

    # --- what a search may say for itself --------------------------------------------------------

    @abstractmethod
    def make_searcher(self, space: SearchSpace, directions: tuple[str, ...], seed: int) -> Searcher:
        """Make what says which values to try.

        Args:
            space: What is searched.
            directions: "minimize" or "maximize" for each objective.
            seed: Where chance begins. It is the same when the sweep goes on with ``resume``.

        Returns:
            The searcher; it may be the sweeper itself. If it has a method ``close``, that is called when
            the search is over, however it ends.
        """

    def read_settings(self) -> SearchSettings:
        """Check the settings.

        Raises:
            SweeperConfigError: A setting is missing, unknown or wrong.
        """
        named = inspect.signature(type(self)).parameters.values()
        own = [item.name for item in named if item.kind is not item.VAR_KEYWORD]
        return read_settings(self.given, endless=self.endless, own=own)

    def read_result(self, trial: Trial, job: JobReturn, duration: float) -> TrialResult:
        """Read what came of a trial.

        Args:
            trial: The trial.
            job: Hydra's account of its job.
            duration: How many seconds it took.

        Raises:
            ScoreError: The job returned something that is no score.
        """
        if job.status is not JobStatus.COMPLETED:
            return TrialResult(trial, "FAILED", None, job, duration)
        value, directions = job.return_value, self.settings.directions
        try:
            values = read_scores(value, self.settings.objective, len(directions))
        except ValueError as error:
            kind = f"{directions[0]}s the number" if len(directions) == 1 else "needs the numbers"
            msg = (
                f"The search {kind} that the task function returns, and job {trial.number} with "
                f"{trial.params!r} returned {reprlib.repr(value)} of type {type(value).__name__}: {error}. "
                "Return an int, a float or a scalar of numpy or torch, or say with objective which part "
                "of it is the score"
            )
            raise errors.ScoreError(msg, trial.number, trial.params, value) from None
        return TrialResult(trial, "COMPLETED", values, job, duration)

    def to_return(self, result: SearchResult) -> Any:
        """Give what the sweep returns.

        Args:
            result: What came of the search.
        """
        return result

    # --- Hydra's protocol ------------------------------------------------------------------------

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        """Check the settings and make the configured launcher.

        Args:
            hydra_context: What Hydra composes jobs with.
            task_function: What each job calls.
            config: The sweep's config, with its ``hydra`` node.

        Raises:
            SweeperConfigError: A setting is missing, unknown or wrong.
        """
        # Here and not in __init__: Hydra would wrap the error of a constructor in its own.
        self.settings = self.read_settings()
        self.config = config
        self.hydra_context = hydra_context
        self.launcher = Plugins.instance().instantiate_launcher(
            hydra_context=hydra_context, task_function=task_function, config=config
        )

    def sweep(self, arguments: list[str]) -> Any:
        """Run the search.

        Args:
            arguments: The run's overrides in Hydra's grammar, those of Hydra itself left out.

        Returns:
            A `SearchResult`, unless the sweeper says otherwise.

        Raises:
            SearchSpaceError: The overrides give nothing to search.
            ScoreError: A job returned something that is no number.
            OutputDirError: The sweep's folder cannot be written.
            Exception: What a job raised that is one failure too many.
        """
        assert self.config is not None
        assert self.hydra_context is not None
        settings = self.settings
        space = read_space(
            [*settings.params, *arguments],
            self.hydra_context.config_loader,
            settings.when,
            whole_bounds=self.whole_bounds,
        )
        folder = start_folder(self.config)
        searcher = self.make_searcher(space, settings.directions, self._seed())
        objective = settings.objective
        remembered(self.launcher, NOTE, lambda: search_note(space, settings.directions, objective))
        order = ToldOrder(search_notes(self.launcher))
        search = Search(space, searcher, settings, self.read_result, self._tell_better, order)
        assert self.launcher is not None
        try:
            run_search(search, self.launcher, settings)
            save(folder, self._name(), search.outcome(), tried(search, settings))
        except BaseException as error:
            end_with(error, search, settings, folder, self._name())
            raise
        finally:
            close = getattr(searcher, "close", None)
            if callable(close):
                close()
        result = search.outcome()
        report(self.log, result)
        return self.to_return(result)

    # --- how it goes -----------------------------------------------------------------------------

    def _seed(self) -> int:
        """Give the seed that was set; without one, the one that the sweep began with."""
        if self.settings.seed is not None:
            return self.settings.seed
        draw = random.SystemRandom()
        seed: int = remembered(self.launcher, f"{self._name()}.seed", lambda: draw.randrange(2**63))
        return seed

    def _tell_better(self, result: TrialResult) -> None:
        if len(self.settings.directions) == 1 and result.value is not None:
            tell_best(self.launcher, result.value, result.trial.number)

    def _name(self) -> str:
        return self.name or type(self).__name__
