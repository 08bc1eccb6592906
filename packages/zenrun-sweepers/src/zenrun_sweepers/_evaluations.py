"""What a search has found so far: every finished job's draw and score, and the best of them.

This module owns the file that a search leaves behind. It must not know how jobs are drawn or run.
"""

from __future__ import annotations

import contextlib
import math
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

RESULTS_FILE = "optimization_results.yaml"


class Evaluations:
    """The finished jobs of one search, in their order.

    Args:
        name: The name of the kind of search, for the results file.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.finished: list[dict[str, Any]] = []
        self.best_params: dict[str, Any] | None = None
        self.best_result: float | None = None

    def add(self, params: dict[str, Any], result: float) -> None:
        """Add a finished job. A score of NaN is kept, and is never the best.

        Args:
            params: What was drawn for the job.
            result: Its score.
        """
        self.finished.append({"params": params, "result": result})
        if math.isnan(result):
            return
        if self.best_result is None or result < self.best_result:
            self.best_params, self.best_result = params, result

    def best(self) -> dict[str, Any]:
        """Give the best draw and its score; None for both where no job has a score."""
        return {
            "best_evaluated_params": self.best_params,
            "best_evaluated_result": self.best_result,
        }

    def save(self, folder: Path) -> None:
        """Write the results file, whole or not at all.

        Args:
            folder: The sweep's folder.
        """
        results = {"name": self.name, **self.best(), "evaluations": self.finished}
        partial = folder / f".{RESULTS_FILE}.partial"
        OmegaConf.save(OmegaConf.create(results), partial)
        partial.replace(folder / RESULTS_FILE)

    def attach_to(self, error: BaseException, message: str) -> None:
        """Give an error that ends the search what had finished before it.

        Args:
            error: The error. It gets an attribute ``finished_evaluations``, a list of dicts with
                ``params`` and ``result``, and, from Python 3.11 on, the message as a note.
            message: What to note.
        """
        # The error is the task's own; its class need not take attributes.
        with contextlib.suppress(Exception):
            error.finished_evaluations = list(self.finished)  # type: ignore[attr-defined]
        add_note = getattr(error, "add_note", None)
        if add_note is not None:
            with contextlib.suppress(Exception):
                add_note(message)
