"""Random search as a Hydra sweeper: draw, run the job, remember the best.

This module knows Hydra's sweeper protocol; how values are drawn is `zenrun_sweepers.space`'s.

Source: https://hydra.cc/docs/advanced/plugins/overview
"""

from __future__ import annotations

import contextlib
import logging
import random
import reprlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hydra.core.plugins import Plugins
from hydra.plugins.launcher import Launcher
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, OmegaConf

from zenrun.errors import OutputDirError
from zenrun.sweep import remembered, tell_best
from zenrun_sweepers._evaluations import RESULTS_FILE, Evaluations
from zenrun_sweepers._score import read_score
from zenrun_sweepers._settings import read_optim, read_params
from zenrun_sweepers.errors import ScoreError
from zenrun_sweepers.space import SearchSpace, read_space

__all__ = ["RandomSearchSweeper"]

log = logging.getLogger(__name__)


class RandomSearchSweeper(Sweeper):
    """Search for the lowest value that the task function returns, by random draws.

    Each of ``max_iter`` jobs, one after the other, is given a draw from every override that says
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

    def __init__(
        self, optim: Mapping[str, Any] | DictConfig, params: Mapping[str, Any] | None = None
    ) -> None:
        self.opt_config = optim
        self.params = params
        self.config: DictConfig | None = None
        self.launcher: Launcher | None = None
        self.hydra_context: HydraContext | None = None
        self.max_iter = 0
        self.seed: int | None = None

    def setup(
        self,
        *,
        hydra_context: HydraContext,
        task_function: TaskFunction,
        config: DictConfig,
    ) -> None:
        """Check the settings and make the configured launcher.

        Args:
            hydra_context: What Hydra composes jobs with.
            task_function: What each job calls.
            config: The sweep's config, with its ``hydra`` node.

        Raises:
            SweeperConfigError: A setting is missing or wrong.
        """
        # Here and not in __init__: Hydra would wrap the error of a constructor in its own.
        self.max_iter, self.seed = read_optim(self.opt_config)
        self.config = config
        self.hydra_context = hydra_context
        self.launcher = Plugins.instance().instantiate_launcher(
            hydra_context=hydra_context, task_function=task_function, config=config
        )

    def sweep(self, arguments: list[str]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Run the search.

        Args:
            arguments: The run's overrides in Hydra's grammar, those of Hydra itself left out.

        Returns:
            The best draw and its score, and the draws of all jobs in their order. Values are
            Python values; keys have the grammar's prefix, such as ``"+optim"``.

        Raises:
            SearchSpaceError: The overrides give nothing to search.
            ScoreError: A job returned something that is no number.
            OutputDirError: The sweep's folder cannot be written.
            Exception: What the first failing job raised.
        """
        assert self.config is not None
        assert self.hydra_context is not None
        space = read_space(
            [*read_params(self.params), *arguments], self.hydra_context.config_loader
        )
        folder = _start_folder(self.config)
        evaluations = Evaluations("random_search")
        rng = random.Random(self._seed())  # noqa: S311 - chance, not secrets
        try:
            for job_num in range(self.max_iter):
                params, score = self._run_job(job_num, space, rng)
                evaluations.add(params, score)
                if evaluations.best_params is params:
                    tell_best(self.launcher, score, job_num)
        except BaseException as error:
            done = len(evaluations.finished)
            message = (
                f"The random search ended at job {done} of {self.max_iter}. The draws and scores "
                f"of the jobs finished before ({done}) are in {folder / RESULTS_FILE}"
            )
            evaluations.attach_to(error, message)
            with contextlib.suppress(Exception):  # the error itself matters more
                evaluations.save(folder)
            raise
        _save(evaluations, folder)
        _report(evaluations)
        return evaluations.best(), [item["params"] for item in evaluations.finished]

    def _seed(self) -> int:
        """Give the seed that was set; without one, the one that the sweep began with."""
        if self.seed is not None:
            return self.seed
        draw = random.SystemRandom()
        seed: int = remembered(self.launcher, "random_search.seed", lambda: draw.randrange(2**63))
        return seed

    def _run_job(
        self, job_num: int, space: SearchSpace, rng: random.Random
    ) -> tuple[dict[str, Any], float]:
        assert self.launcher is not None
        overrides, params = space.draw(rng)
        (job,) = self.launcher.launch([overrides], initial_job_idx=job_num)
        value = job.return_value  # raises what a failed job has raised
        score = read_score(value)
        if score is None:
            msg = (
                f"Random search minimises the number that the task function returns, and job "
                f"{job_num} with {params!r} returned {reprlib.repr(value)} of type {type(value).__name__}. "
                "Return an int, a float or a scalar of numpy or torch"
            )
            raise ScoreError(msg, job_num, params, value)
        return params, score


def _start_folder(config: DictConfig) -> Path:
    """Make the sweep's folder, with the sweep's config in it."""
    folder = Path(str(config.hydra.sweep.dir)).absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        OmegaConf.save(config, folder / "multirun.yaml")
    except OSError as error:
        raise _unwritable(folder, error) from error
    return folder


def _save(evaluations: Evaluations, folder: Path) -> None:
    try:
        evaluations.save(folder)
    except OSError as error:
        wrapped = _unwritable(folder, error)
        evaluations.attach_to(wrapped, f"{len(evaluations.finished)} jobs had finished")
        raise wrapped from error


def _unwritable(folder: Path, error: OSError) -> OutputDirError:
    msg = (
        f"The sweep's folder {str(folder)!r} cannot be written: {error.strerror or error}. Set "
        "another one, such as hydra.sweep.dir=/somewhere/else"
    )
    return OutputDirError(msg, path=str(folder))


def _report(evaluations: Evaluations) -> None:
    done = len(evaluations.finished)
    if evaluations.best_params is not None:
        log.info(
            "Best of %d jobs: %s with %s",
            done,
            evaluations.best_result,
            evaluations.best_params,
        )
    elif done:
        log.warning("None of the %d jobs gave a score: all of them returned NaN", done)
