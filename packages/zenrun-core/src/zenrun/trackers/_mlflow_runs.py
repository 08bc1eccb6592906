"""MLflow's runs: opened, filled within MLflow's limits, and ended whatever the task did with them.

This module must not know of Hydra: what is put into a run, others have worked out.
"""

from __future__ import annotations

import os
import posixpath
import re
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

# What MLflow takes at most, its servers of older versions too.
_KEY, _PARAM, _TAG = 250, 6000, 5000  # characters
_PARAMS, _METRICS = 100, 1000  # in one call
_NO_KEY = re.compile(r"[^\w.\- /]")
PARENT = "mlflow.parentRunId"
EXPERIMENT_NAME, EXPERIMENT_ID = "MLFLOW_EXPERIMENT_NAME", "MLFLOW_EXPERIMENT_ID"


def experiment(mlflow: Any, client: Any, name: str | None, otherwise: str) -> Any:
    """Give an experiment of MLflow's, which is made where there is none yet.

    Args:
        mlflow: The module.
        client: MLflow's client.
        name: Its name; None for the one that the environment names.
        otherwise: Its name where the environment names none.
    """
    name = name or os.environ.get(EXPERIMENT_NAME)
    if name is None and EXPERIMENT_ID in os.environ:
        return client.get_experiment(os.environ[EXPERIMENT_ID])
    name = name or otherwise
    found = client.get_experiment_by_name(name)
    if found is None:
        try:
            client.create_experiment(name)
        except mlflow.MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":  # another process was quicker
                raise
        found = client.get_experiment_by_name(name)
    return found


def goes_on(mlflow: Any, client: Any, run_id: str) -> bool:
    """Have a run be one that runs; say whether there still is such a run.

    Args:
        mlflow: The module.
        client: MLflow's client.
        run_id: The run.
    """
    try:
        info = client.get_run(run_id).info
    except mlflow.MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        return False
    if info.lifecycle_stage != "active":
        return False
    if info.status != "RUNNING":
        client.update_run(run_id, status="RUNNING")
    return True


@dataclass
class OpenRun:
    """A run that a job has, and what was there when it was opened.

    Attributes:
        run_id: Its id.
        below: The id of the run that was active before in the thread, or None.
        thread: The thread.
    """

    run_id: str
    below: str | None
    thread: int


def open_run(
    mlflow: Any, experiment: str, name: str, tags: Mapping[str, str], parent: str | None
) -> OpenRun:
    """Start a run and make it the thread's active one.

    Args:
        mlflow: The module.
        experiment: The id of its experiment.
        name: What people see.
        tags: Its tags.
        parent: The id of the run that it is a child of; None for the one that is active, if any.
    """
    below = active_run(mlflow)
    own = dict(tags) if parent is None else {**tags, PARENT: parent}
    run = mlflow.start_run(
        experiment_id=experiment, run_name=cut(name, _KEY), nested=True, tags=own
    )
    run_id: str = run.info.run_id
    if parent is not None and below is not None:  # MLflow has made it a child of that one
        mlflow.MlflowClient().set_tag(run_id, PARENT, parent)
    return OpenRun(run_id, below, threading.get_ident())


def active_run(mlflow: Any) -> str | None:
    """Give the id of the thread's active run, or None.

    Args:
        mlflow: The module.
    """
    run = mlflow.active_run()
    return None if run is None else str(run.info.run_id)


def end_run(mlflow: Any, run: OpenRun, status: str) -> None:
    """End a run, and those that the task has started in it and left open.

    Args:
        mlflow: The module.
        run: The run. The task may have ended it.
        status: FINISHED, FAILED or KILLED.

    Raises:
        Exception: MLflow could not be told. None of them is active any more.
    """
    problem: Exception | None = None
    ended = False
    while threading.get_ident() == run.thread and active_run(mlflow) not in (run.below, None):
        ended |= active_run(mlflow) == run.run_id
        try:
            mlflow.end_run(status)
        except Exception as error:  # it is not active any more; the others must not stay so
            problem = error
    if problem is not None:
        raise problem
    if not ended:
        mlflow.MlflowClient().set_terminated(run.run_id, status)


def log_params(client: Any, run_id: str, values: Mapping[str, str]) -> None:
    """Write parameters.

    Args:
        client: MLflow's client.
        run_id: The run.
        values: Them by name.
    """
    from mlflow.entities import Param

    named = zip(keys(values).values(), values.values(), strict=True)
    params = (Param(name, cut(value, _PARAM)) for name, value in named)
    while batch := list(islice(params, _PARAMS)):
        client.log_batch(run_id, params=batch)


def log_metrics(
    client: Any, run_id: str, scalars: Mapping[str, float], series: Mapping[str, Sequence[float]]
) -> None:
    """Write metrics.

    Args:
        client: MLflow's client.
        run_id: The run.
        scalars: Single numbers by name.
        series: Series by name; a number's place is its step.
    """
    from mlflow.entities import Metric

    now = int(time.time() * 1000)
    named = keys([*scalars, *series])
    steps = {**{name: [number] for name, number in scalars.items()}, **series}
    metrics = (
        Metric(named[name], number, now, step)
        for name, numbers in steps.items()
        for step, number in enumerate(numbers)
    )
    while batch := list(islice(metrics, _METRICS)):
        client.log_batch(run_id, metrics=batch)


def log_files(client: Any, run_id: str, folder: Path, files: Iterable[Path]) -> None:
    """Keep files as artefacts, at the places that they have in a folder.

    Args:
        client: MLflow's client.
        run_id: The run.
        folder: The folder.
        files: Files in it.
    """
    for file in files:
        place = file.parent.relative_to(folder).as_posix()
        client.log_artifact(run_id, str(file), None if place == "." else place)


def override_tags(overrides: Mapping[str, Any]) -> dict[str, str]:
    """Give the tags that tell a job's overrides.

    Args:
        overrides: Their values by key.
    """
    named = keys(f"override.{key}" for key in overrides)
    values = [cut(str(value), _TAG) for value in overrides.values()]
    return dict(zip(named.values(), values, strict=True))


def keys(names: Iterable[str]) -> dict[str, str]:
    """Give names that MLflow takes.

    Args:
        names: The names as they are, each once.

    Returns:
        The new name of each; no two are the same.
    """
    made: dict[str, str] = {}
    used: set[str] = set()
    for name in names:
        new = base = _key(name)
        number = 1
        while new in used:
            number += 1
            new = f"{base[: _KEY - 8]}_{number}"
        used.add(new)
        made[name] = new
    return made


def _key(name: str) -> str:
    new = _NO_KEY.sub("_", name)[:_KEY]
    as_path = posixpath.normpath(new)
    if as_path != new or as_path.startswith(("/", "..")) or as_path == ".":
        new = new.replace("/", "_").strip(".") or "_"
    return new


def cut(text: str, most: int) -> str:
    """Cut a text.

    Args:
        text: The text.
        most: How many characters it may have.
    """
    return text if len(text) <= most else f"{text[: most - 3]}..."
