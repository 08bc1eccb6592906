"""The callback for MLflow: a run for each job, and one above them for the sweep.

The sweep's run is opened and ended in the process that starts the sweep; its id travels with the callback to
workers, and is noted in the sweep's journal, where a sweep that goes on finds it. This module must not know
MLflow's limits, nor who runs the jobs.
"""

from __future__ import annotations

import atexit
import hashlib
import logging
import os
import re
import socket
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from omegaconf import DictConfig

from zenrun._extras import library
from zenrun._isolation import when_run_ends
from zenrun._isolation._plugins import current_overlay
from zenrun.trackers import _mlflow_runs as runs
from zenrun.trackers._account import JobFacts, Outcome, chosen_files, flat_config
from zenrun.trackers._tracker import Tracker
from zenrun.trackers.configured import ARTIFACTS

_SQLITE = "sqlite:///"
_WORDS = ("databricks", "uc")  # no paths, though they look like some


class MLflowCallback(Tracker):
    """Tracks jobs with MLflow, as a callback of Hydra's.

    Each job is a run: its config as parameters, its overrides as tags, the numbers that it returned as metrics, files
    of its folder as artefacts. The jobs of a sweep are children of one run that stands for the sweep; with ``resume=``
    it is the same one again. While a job runs, its run is the active one: ``mlflow.log_metric`` writes to it.

    What MLflow refuses, or a server that is away, costs a warning and never a job.

    Args:
        tracking_uri: Where MLflow keeps runs, such as ``sqlite:///mlflow.db`` or ``http://server:5000``. A path in it is
            taken from the directory that the program was started in. By default MLflow's own choice:
            ``MLFLOW_TRACKING_URI``, or what `mlflow.set_tracking_uri` was told.
        experiment: The name of the experiment, by default that of ``MLFLOW_EXPERIMENT_NAME`` or ``MLFLOW_EXPERIMENT_ID``
            where one is set, else the name of the job.
        artifacts: Which files of a job's folder are kept, as patterns such as ``*.pt`` or ``**/*.png``; by default
            those in ``.hydra`` and the logs.

    Raises:
        MissingExtraError: MLflow is not installed, or what it needs for SQLite.

    Example:
        >>> from zenrun import hydra_multirun
        >>> there = "hydra.callbacks.mlflow.tracking_uri=sqlite:///runs.db"
        >>> asked = ["lr=1,2", "hydra/callbacks=mlflow", there]
        >>> jobs = hydra_multirun({"lr": 0.1}, lambda cfg: {"loss": 1 / cfg.lr}, asked)
    """

    name = "MLflow"

    def __init__(
        self,
        tracking_uri: str | None = None,
        experiment: str | None = None,
        artifacts: Sequence[str] = ARTIFACTS,
    ) -> None:
        super().__init__()
        mlflow = _mlflow()
        if (tracking_uri or mlflow.get_tracking_uri()).startswith("sqlite:"):
            for name in ("sqlalchemy", "alembic"):
                library(name, extra="mlflow", what_for="MLflow with SQLite")
        self._uri = tracking_uri
        self._experiment = experiment
        self._artifacts = [str(item) for item in artifacts]
        self._experiment_id: str | None = None
        # The run that jobs are children of: the sweep's, the program's.
        self._above: str | None = None
        self._sweep_run: str | None = None  # until it is ended

    # --- the run, or the sweep -----------------------------------------------------------------

    def begin(self, config: DictConfig, *, sweep: bool) -> None:
        """Find the experiment, and open the sweep's run.

        Args:
            config: The run's config.
            sweep: Whether it is a sweep.
        """
        mlflow = _mlflow()
        self._above = runs.active_run(mlflow)
        before = mlflow.get_tracking_uri() if mlflow.is_tracking_uri_set() else None
        self._uri = _absolute(self._uri or mlflow.get_tracking_uri(), config.hydra.runtime.cwd)

        def leave(error: BaseException | None) -> None:
            self._leave(_status(error))
            mlflow.set_tracking_uri(before)

        if not when_run_ends(leave):  # in an app of Hydra's own
            atexit.register(self._leave, "FAILED")
        mlflow.set_tracking_uri(self._uri)
        client = mlflow.MlflowClient()
        found = runs.experiment(mlflow, client, self._experiment, str(config.hydra.job.name))
        self._experiment, self._experiment_id = found.name, found.experiment_id
        if sweep:
            self._above = self._sweep_run = self._opened(client, config)

    def finish(self, error: BaseException | None) -> None:
        """End the sweep's run.

        Args:
            error: What has ended the sweep before it was through, or None.
        """
        self._end_sweep("FINISHED" if error is None else _status(error))

    def _opened(self, client: Any, config: DictConfig) -> str:
        """Open the sweep's run, or the one that it had before it went on."""
        sweep = current_overlay().sweep
        if sweep is None:
            return self._made(client, config)
        # Not the address itself: there may be a password in it.
        store = hashlib.sha256(str(self._uri).encode()).hexdigest()[:16]
        key = f"mlflow {store} {self._experiment_id}"
        run_id: str = sweep.remember(key, lambda: self._made(client, config))
        if runs.goes_on(_mlflow(), client, run_id):
            return run_id
        return self._made(client, config)

    def _made(self, client: Any, config: DictConfig) -> str:
        from mlflow.tracking.context.registry import resolve_tags

        directory = os.path.abspath(str(config.hydra.sweep.dir))
        tags = {
            "zenrun.sweep_dir": directory,
            "zenrun.hostname": socket.gethostname(),
            "zenrun.overrides": runs.cut(" ".join(map(str, config.hydra.overrides.task)), 5000),
        }
        if self._above is not None:
            tags[runs.PARENT] = self._above
        run = client.create_run(
            self._experiment_id, tags=resolve_tags(tags), run_name=Path(directory).name
        )
        return str(run.info.run_id)

    def _end_sweep(self, status: str) -> None:
        sweep, self._sweep_run = self._sweep_run, None
        if sweep is None:
            return
        client = self._standing_in().MlflowClient()
        own = f"tags.`{runs.PARENT}` = '{sweep}' and attributes.status = 'RUNNING'"
        for run in client.search_runs([self._experiment_id], own, max_results=1000):
            client.set_terminated(run.info.run_id, "KILLED")  # its worker has died, or was ended
        client.set_terminated(sweep, status)

    def _leave(self, status: str) -> None:
        """End what is still open: the run was cut short."""
        while self._jobs:
            _, (_, run) = self._jobs.popitem()
            self._tried(partial(self._end_job, run, "KILLED"), "could not end a run")
        self._tried(partial(self._end_sweep, status), "could not end the sweep's run")

    def _standing_in(self) -> Any:
        """Give MLflow as it works for this run: what a task calls of it goes where the run goes."""
        mlflow = _mlflow()
        if mlflow.get_tracking_uri() != self._uri:
            mlflow.set_tracking_uri(self._uri)
        assert self._experiment is not None
        os.environ[runs.EXPERIMENT_NAME] = self._experiment
        os.environ.pop(runs.EXPERIMENT_ID, None)  # there may not be two answers
        return mlflow

    # --- a job ---------------------------------------------------------------------------------

    def start(self, config: DictConfig, facts: JobFacts) -> runs.OpenRun:
        """Open the job's run.

        Args:
            config: The job's config.
            facts: What is known of it.
        """
        mlflow = self._standing_in()
        assert self._experiment_id is not None
        tags = {
            **runs.override_tags(facts.params),
            "zenrun.directory": str(facts.directory),
            "zenrun.hostname": socket.gethostname(),
        }
        run = runs.open_run(mlflow, self._experiment_id, facts.name, tags, self._above)
        try:
            runs.log_params(mlflow.MlflowClient(), run.run_id, flat_config(config))
        except BaseException:
            self._end_job(run, "KILLED")
            raise
        return run

    def end(self, started: runs.OpenRun, facts: JobFacts, outcome: Outcome) -> None:
        """Write what came of the job to its run, and end that.

        Args:
            started: The job's run.
            facts: What was known of it.
            outcome: What came of it.
        """
        try:
            client = self._standing_in().MlflowClient()
            runs.log_metrics(client, started.run_id, outcome.scalars, outcome.series)
            if outcome.error is not None:
                client.set_tag(started.run_id, "zenrun.error", runs.cut(outcome.error, 5000))
            files = chosen_files(facts.directory, self._artifacts)
            runs.log_files(client, started.run_id, facts.directory, files)
        finally:
            failed = "KILLED" if outcome.interrupted else "FAILED"
            self._end_job(started, "FINISHED" if outcome.error is None else failed)

    def _end_job(self, run: runs.OpenRun, status: str) -> None:
        runs.end_run(self._standing_in(), run, status)


def _status(error: BaseException | None) -> str:
    """Give how something ended that was cut short."""
    return "FAILED" if isinstance(error, Exception) else "KILLED"


def _mlflow() -> Any:
    for name in ("alembic", "sqlalchemy"):
        logger = logging.getLogger(name)
        if logger.level == logging.NOTSET:  # with Hydra's INFO they tell of every statement
            logger.setLevel(logging.WARNING)
    return library("mlflow", extra="mlflow", what_for="zenrun.trackers.MLflowCallback")


def _absolute(uri: str, folder: str) -> str:
    """Give a URI whose path, if it has one of this machine, does not depend on where a process stands."""
    if uri.startswith(_SQLITE):
        path, question, options = uri.removeprefix(_SQLITE).partition("?")
        if not path or path == ":memory:" or re.match(r"[A-Za-z]:", path):
            return uri
        return f"{_SQLITE}{Path(folder, path).as_posix()}{question}{options}"
    if re.match(r"[A-Za-z][A-Za-z0-9+.\-]*:", uri) or uri.startswith(_WORDS):
        return uri
    return Path(os.path.abspath(Path(folder, uri))).as_uri()
