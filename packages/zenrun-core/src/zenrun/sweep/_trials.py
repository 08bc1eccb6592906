"""What a search and its searcher tell each other: trials, their results, the outcome of all.

This module must not know how jobs are run.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from hydra.core.utils import JobReturn

from zenrun import errors
from zenrun.results._best import pareto
from zenrun.results._show import ROWS
from zenrun.sweep._space import SearchSpace
from zenrun.sweep._table import TrialTable


class Wait:
    """What `WAIT` is of."""

    def __repr__(self) -> str:
        return "zenrun.sweep.WAIT"


WAIT: Final = Wait()
"""What `Searcher.ask` gives where it wants to be asked again once a result has come."""


@dataclass(frozen=True)
class Suggestion:
    """What a searcher wants to know, with something of its own to find it by.

    Attributes:
        params: A value for each key, as `zenrun.sweep.space.SearchSpace.overrides` takes them.
        handle: Anything; it comes back as ``result.trial.handle``.
    """

    params: Mapping[str, Any]
    handle: Any = None


@dataclass(frozen=True)
class Trial:
    """One evaluation that a search has asked for: one job.

    Attributes:
        number: Counts the trials of the search from 0 on, in the order in which they were asked for.
        overrides: The job's overrides.
        params: The values by key, those that do not exist beside the others left out.
        handle: The searcher's own.
    """

    number: int
    overrides: tuple[str, ...]
    params: dict[str, Any]
    handle: Any = None


@dataclass(frozen=True)
class TrialResult:
    """What came of a trial.

    Attributes:
        trial: The trial.
        status: "COMPLETED", "FAILED", or another word that a sweeper has for trials that neither
            count as failed nor as the best, such as "PRUNED".
        values: What the job gave for each objective; None if it has not completed.
        job: Hydra's account of the job.
        duration: How many seconds passed from asking for the job to its end; 0 for one that had ended
            before the sweep went on.
    """

    trial: Trial
    status: str
    values: tuple[float, ...] | None
    job: JobReturn = field(repr=False, compare=False)
    duration: float = 0.0

    @property
    def params(self) -> dict[str, Any]:
        """The trial's values by key."""
        return self.trial.params

    @property
    def value(self) -> float | None:
        """The value of the first objective, or None."""
        return self.values[0] if self.values else None

    @property
    def counts(self) -> bool:
        """Whether it has completed with values of which none is NaN."""
        values = self.values
        return (
            self.status == "COMPLETED" and values is not None and not any(map(math.isnan, values))
        )


class Searcher(Protocol):
    """Says which values to try next, and hears what came of them.

    Any object with these two methods is one. It is called from one thread, with one call at a time.
    Several trials may be on their way at once: `ask` may be called before the results of earlier ones
    have been told, and with jobs beside each other results come in the order in which jobs end.
    """

    def ask(self) -> Mapping[str, Any] | Suggestion | Wait | None:
        """Say what to try next.

        Returns:
            A value for each key, or a `Suggestion`; None if there is nothing more to try; `WAIT` if the
            searcher has to hear a result first.
        """
        ...

    def tell(self, result: TrialResult) -> None:
        """Hear what came of a trial, also of one that has failed.

        Args:
            result: The result.
        """
        ...


@dataclass(frozen=True)
class SearchResult:
    """What came of a search.

    Attributes:
        trials: The result of each trial, in the order in which they were asked for. It is a list, and
            prints as a short table.
        directions: "minimize" or "maximize" for each objective.
        stopped_by: Why the search ended: "n_trials", "target", "patience", "time_budget", "searcher"
            (it had nothing more to try) or "error".
        space: What was searched, a `zenrun.sweep.space.SearchSpace`; None where that is not known.
        objective: Where the score of each objective is in what jobs return; None where it is all of it.
    """

    trials: TrialTable
    directions: tuple[str, ...] = ("minimize",)
    stopped_by: str = "n_trials"
    space: SearchSpace | None = field(default=None, compare=False)
    objective: tuple[str, ...] | None = field(default=None, compare=False)

    @property
    def best(self) -> TrialResult | None:
        """The best trial, of equal ones the first; None if no trial has a value.

        Raises:
            SweeperError: There are several objectives; see `pareto`.
        """
        if len(self.directions) > 1:
            msg = (
                f"The search has {len(self.directions)} objectives, so no trial alone is the best. See "
                "result.pareto"
            )
            raise errors.SweeperError(msg)
        return next(iter(self.pareto), None)

    @property
    def best_job(self) -> JobReturn | None:
        """Hydra's account of the best trial's job, or None.

        Raises:
            SweeperError: There are several objectives.
        """
        best = self.best
        return None if best is None else best.job

    @property
    def pareto(self) -> list[TrialResult]:
        """The trials that no other one is better than in every objective; with one, the best alone."""
        scored = ((item, item.values or ()) for item in self.trials if item.counts)
        return pareto(scored, self.directions)

    def __repr__(self) -> str:
        """Tell how many trials there were, and the best."""
        found = ", ".join(
            f"trial {item.trial.number}: {', '.join(map(repr, item.values or ()))} with {item.params!r}"
            for item in self.pareto[:3]
        )
        best = f"best is {found}" if found else "none has a value"
        return f"<SearchResult of {len(self.trials)} trials; {best}>"

    def _repr_html_(self) -> str:
        """Show the search in a notebook: the best first, then its trials."""
        return self.trials.shown(3 * ROWS, repr(self)[1:-1]).html()
