"""Random search as a Hydra sweeper: draw, run the job, remember the best.

This module must not know how jobs are run.

Source: https://hydra.cc/docs/advanced/plugins/overview
"""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping
from typing import Any, ClassVar

from omegaconf import DictConfig

from zenrun.sweep import SearchResult, SearchSettings, SearchSweeper, TrialResult
from zenrun.sweep.space import SearchSpace
from zenrun_sweepers._settings import read_optim

__all__ = ["RandomSearchSweeper"]


class RandomSearchSweeper(SearchSweeper):
    """Search for the lowest value that the task function returns, by random draws.

    Each of ``max_iter`` jobs, as many at once as the launcher has places, is given a draw from every override that says
    ``interval(a, b)`` (uniform, as floats), and a random choice from every discrete sweep
    (``x=1,2``, ``choice``, ``range``, ``glob``). ``tag(log, interval(a, b))`` draws log-uniformly
    and ``int(interval(a, b))`` whole numbers. Overrides that are no sweep are passed on to
    every job as they are.

    A sweep returns ``({"best_evaluated_params": ..., "best_evaluated_result": ...}, [...])``: the
    best draw and its score, and the draws of all jobs. The sweep's folder gets
    ``multirun.yaml``, as Hydra's own sweeper writes it, and ``optimization_results.yaml`` with
    the best and every job's draw and score.

    What happens when things go wrong:

    - A score of NaN is never the best, and the search goes on. If no job has another score, both
      parts of the best are None and a warning is logged.
    - A return value that is no number raises `ScoreError`. Scalars of numpy and of torch are
      numbers; True and False are not.
    - A failing job ends the search with the job's own exception, as in Hydra. What had finished
      is in ``optimization_results.yaml``, and on the exception as ``finished_evaluations``.
    - With several objectives (a list as ``direction``) the sweep returns a
      `zenrun.sweep.SearchResult`, and the file has the Pareto front.
    - With ``resume`` a search goes on where it stopped, and gives what it would have given; without
      a seed of its own it has the one that it began with, from the sweep's journal.
    - ``max_iter`` of 0 runs nothing, and both parts of the best are None.
    - Overrides without any sweep raise `SearchSpaceError`.

    Args:
        optim: The settings: ``max_iter``, the number of jobs (int from 0 on), and ``seed``, an
            int from 0 on or None. With a seed the same overrides in the same order give the same
            draws. Python's global generator is neither used nor touched. Other keys are ignored.
        params: Overrides by key, as in Hydra's basic sweeper: ``{"x": "interval(-1, 1)"}``. An
            override of the same key that the run itself is given wins.
        **settings: Further settings that every search has: see `zenrun.sweep.SearchSweeper`.

    Raises:
        SweeperConfigError: When the sweep starts: a setting is missing or wrong.

    Example:
        >>> from hydra.core.config_store import ConfigStore
        >>> from zenrun import builds, hydra_multirun
        >>> from zenrun_sweepers import RandomSearchSweeper
        >>> conf = builds(RandomSearchSweeper, optim=dict(max_iter=3, seed=1))
        >>> ConfigStore.instance().store(group="hydra/sweeper", name="three_draws", node=conf)
        >>> best, solutions = hydra_multirun(
        ...     dict(x=1.0),
        ...     lambda cfg: (cfg.x - 2) ** 2,
        ...     overrides=[
        ...         "hydra/sweeper=three_draws",
        ...         "x=interval(-12, 12)",
        ...         "hydra/hydra_logging=disabled",
        ...     ],
        ... )
        >>> len(solutions), best["best_evaluated_params"] in solutions
        (3, True)

    Source: https://hydra.cc/docs/advanced/plugins/overview
    """

    name: ClassVar[str] = "random_search"
    whole_bounds: ClassVar[bool] = False
    log: ClassVar[logging.Logger] = logging.getLogger(__name__)

    def __init__(
        self,
        optim: Mapping[str, Any] | DictConfig,
        params: Mapping[str, Any] | None = None,
        **settings: Any,
    ) -> None:
        super().__init__(params=params, **settings)
        self.opt_config = optim

    def read_settings(self) -> SearchSettings:
        """Check the settings.

        Raises:
            SweeperConfigError: A setting is missing or wrong.
        """
        self.given["n_trials"], self.given["seed"] = read_optim(self.opt_config)
        return super().read_settings()

    def make_searcher(self, space: SearchSpace, directions: tuple[str, ...], seed: int) -> Draws:  # noqa: ARG002 - chance has none
        """Make what draws.

        Args:
            space: What is drawn from.
            directions: Nothing that matters to chance.
            seed: Where it begins.
        """
        return Draws(space, random.Random(seed))  # noqa: S311 - chance, not secrets

    def to_return(self, result: SearchResult) -> Any:
        """Give the best draw with its score, and the draws of all jobs.

        Args:
            result: What came of the search.
        """
        if len(result.directions) > 1:
            return result
        best = result.best
        found = {
            "best_evaluated_params": None if best is None else best.params,
            "best_evaluated_result": None if best is None else best.value,
        }
        return found, [item.params for item in result.trials]


class Draws:
    """Draws from a space, whatever has come of the draws before.

    Args:
        space: The space.
        rng: Where chance comes from.
    """

    def __init__(self, space: SearchSpace, rng: random.Random) -> None:
        self._space = space
        self._rng = rng

    def ask(self) -> dict[str, Any]:
        """Draw a value for each key."""
        return self._space.draw(self._rng)

    def tell(self, result: TrialResult) -> None:
        """Learn nothing."""
