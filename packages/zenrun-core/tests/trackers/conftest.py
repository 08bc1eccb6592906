"""Where the trackers' tests keep what they track."""

from __future__ import annotations

import os
import shutil

import pytest

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"  # also in the processes that tests start


@pytest.fixture(scope="session")
def mlflow():
    """MLflow, if it is installed."""
    return pytest.importorskip("mlflow", reason="the extra 'mlflow' is not installed")


@pytest.fixture(scope="session")
def store(mlflow, tmp_path_factory):
    """A store of MLflow's in a file of SQLite, for all tests: making one takes a second."""
    return f"sqlite:///{tmp_path_factory.mktemp('mlflow')}/mlflow.db"


@pytest.fixture
def copy_store(mlflow, store):
    """Give a function that puts a store of MLflow's into a file, quicker than MLflow makes one."""

    def copy(path):
        mlflow.MlflowClient(store).search_experiments()  # which has MLflow make it
        shutil.copy(store.removeprefix("sqlite:///"), path)

    return copy


@pytest.fixture
def tracked(store, request):
    """The overrides that track a run in an experiment of the test's own."""
    return [
        "hydra/callbacks=mlflow",
        f"hydra.callbacks.mlflow.tracking_uri={store}",
        f"hydra.callbacks.mlflow.experiment={request.node.name}",
    ]


@pytest.fixture
def runs(mlflow, store, request):
    """Give a function that gives the test's runs: the sweep's, and those of jobs in their order."""
    client = mlflow.MlflowClient(store)

    def read(name=request.node.name):
        experiment = client.get_experiment_by_name(name)
        if experiment is None:
            return None, []
        found = client.search_runs([experiment.experiment_id], order_by=["attribute.start_time"])
        tops = [run for run in found if "zenrun.sweep_dir" in run.data.tags]
        others = [run for run in found if "zenrun.sweep_dir" not in run.data.tags]
        return (tops[0] if len(tops) == 1 else tops or None), others

    read.client = client
    return read
