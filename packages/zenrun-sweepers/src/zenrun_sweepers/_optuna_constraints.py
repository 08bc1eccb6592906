"""Constraints: what of a task's result is to be 0 or less.

This module must not know how trials are chosen or run.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from zenrun.sweep import TrialResult
from zenrun_sweepers.errors import ScoreError

KEPT_AS = "constraints"


def read_constraints(result: TrialResult, paths: Sequence[str]) -> dict[str, float]:
    """Read the constraints of a trial.

    Args:
        result: What came of it.
        paths: The keys or attributes of what the task returned that are constraints, with dots between
            several.

    Returns:
        The constraints by their paths. A trial that was pruned has broken all of them.

    Raises:
        ScoreError: One is no number.
    """
    if result.status == "PRUNED":
        return dict.fromkeys(paths, math.inf)
    returned = result.job.return_value
    found = {}
    for path in paths:
        value: Any = returned
        for name in path.split("."):
            is_dict = isinstance(value, Mapping)
            value = value.get(name) if is_dict else getattr(value, name, None)
        try:
            found[path] = float(value)
        except (TypeError, ValueError):
            found[path] = math.nan
        if math.isnan(found[path]):
            trial = result.trial
            msg = (
                f"The constraint {path!r} of job {trial.number} with {trial.params!r} is {value!r}, which "
                f"is no number. The task returned {returned!r}; the names in hydra.sweeper.constraints "
                "are keys or attributes of it"
            )
            raise ScoreError(msg, trial.number, trial.params, returned)
    return found


def told_constraints(trial: Any) -> Sequence[float]:
    """Give the constraints of a trial to a sampler of Optuna 4.

    Args:
        trial: Optuna's account of the trial.
    """
    found: Sequence[float] = trial.user_attrs.get(KEPT_AS, (math.inf,))
    return found
