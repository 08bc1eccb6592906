"""A callback of Hydra's whose failure costs a warning, and never a job.

Hydra makes it in the process that starts the run, and sends it to workers as it is then. This module must not
know which tracker it is.
"""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Callable
from typing import Any

from hydra.core.utils import JobReturn
from hydra.experimental.callback import Callback
from hydra.types import TaskFunction
from omegaconf import DictConfig

from zenrun.results._records import told
from zenrun.trackers._account import JobFacts, Outcome, outcome_of

log = logging.getLogger("zenrun.trackers")
_LONGEST = 400  # characters of a reason
_GIVES_UP = 3  # jobs in a row


class Tracker(Callback):
    """What the trackers have in common.

    A subclass says what to do at the four moments below; whatever is raised there is told in one warning.

    Attributes:
        name: What people call it.
    """

    name: str

    def __init__(self) -> None:
        self._away = False
        self._failed = 0  # jobs in a row, in this process
        self._handled = id(None)  # the exception that the program was handling when the run began
        # Those that run here, by their config's id.
        self._jobs: dict[int, tuple[JobFacts, Any]] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_jobs": {}}

    # --- what a subclass does ------------------------------------------------------------------

    def begin(self, config: DictConfig, *, sweep: bool) -> None:
        """Get ready for a run, in the process that starts it.

        Args:
            config: The run's config.
            sweep: Whether it is a sweep.
        """

    def finish(self, error: BaseException | None) -> None:
        """End what was begun: the run has come to its end.

        Args:
            error: What has ended it before it was through, or None.
        """

    def start(self, config: DictConfig, facts: JobFacts) -> Any:
        """Note that a job starts, in the process that runs it.

        Args:
            config: The job's config, with its ``hydra`` node.
            facts: What is known of it.

        Returns:
            What `end` needs.
        """

    def end(self, started: Any, facts: JobFacts, outcome: Outcome) -> None:
        """Note what came of a job, in the process that has run it.

        Args:
            started: What `start` gave.
            facts: What was known of it then.
            outcome: What came of it.
        """

    # --- what Hydra calls ----------------------------------------------------------------------

    def on_run_start(self, config: DictConfig, **_: Any) -> None:
        """See that a job by itself is about to run."""
        self._begin(config, "this run", sweep=False)

    def on_multirun_start(self, config: DictConfig, **_: Any) -> None:
        """See that a sweep is about to run."""
        self._begin(config, "this sweep and its jobs", sweep=True)

    def on_run_end(self, config: DictConfig, **_: Any) -> None:  # noqa: ARG002 - Hydra's signature
        """See that a job by itself has run."""
        self._finish()

    def on_multirun_end(self, config: DictConfig, **_: Any) -> None:  # noqa: ARG002 - Hydra's signature
        """See that a sweep has run."""
        self._finish()

    def on_job_start(
        self,
        config: DictConfig,
        *,
        task_function: TaskFunction,  # noqa: ARG002 - Hydra's signature
        **_: Any,
    ) -> None:
        """See that a job starts."""
        if self._away:
            return

        def note() -> None:
            facts = JobFacts(config)
            self._jobs[id(config)] = facts, self.start(config, facts)

        what = _shown(config)
        self._count(self._tried(note, f"does not track {what}, which runs all the same"))

    def on_job_end(self, config: DictConfig, job_return: JobReturn, **_: Any) -> None:
        """See what came of a job."""
        known = self._jobs.pop(id(config), None)
        if known is None:
            return
        facts, started = known
        consequence = (
            f"has not kept all that came of {_shown(config)}; what it returned is in its JobReturn, and in "
            "the journal of a sweep of zenrun's"
        )
        self._count(
            self._tried(lambda: self.end(started, facts, outcome_of(job_return)), consequence)
        )

    # --- how failures are told -----------------------------------------------------------------

    def _begin(self, config: DictConfig, what: str, *, sweep: bool) -> None:
        self._handled = id(sys.exc_info()[1])
        self._away = not self._tried(
            lambda: self.begin(config, sweep=sweep), f"does not track {what}; all runs without it"
        )

    def _finish(self) -> None:
        # Hydra 1.4 comes here also on the way out of an exception; another may have been handled all the time.
        error = sys.exc_info()[1]
        cut_short = None if id(error) == self._handled else error
        self._tried(lambda: self.finish(cut_short), "could not be told that the run has ended")

    def _count(self, well: bool) -> None:
        self._failed = 0 if well else self._failed + 1
        if self._failed == _GIVES_UP:
            self._away = True
            log.warning(
                "%s has failed for %s jobs in a row, and is left alone by those that follow in this process",
                self.name,
                _GIVES_UP,
            )

    def _tried(self, action: Callable[[], None], consequence: str) -> bool:
        """Do something; say whether it went well, and warn where it did not."""
        try:
            action()
        except Exception as error:
            log.warning("%s %s: %s", self.name, consequence, told(error)[:_LONGEST])
            return False
        return True


def _shown(config: DictConfig) -> str:
    """Name a job as a warning does."""
    with contextlib.suppress(Exception):
        return f"job {JobFacts(config).name}"[:_LONGEST]
    return "a job"
