"""MLflowCallback: a run for each job in a real store of SQLite, one above them for the sweep."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from zenrun import hydra_multirun, hydra_run, load_sweep
from zenrun.errors import MissingExtraError

# What MLflow's own code is warned of by the libraries below it.
pytestmark = [
    pytest.mark.filterwarnings("ignore:[\\s\\S]*noload"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
OUT = "hydra.sweep.dir=out"
PARENT = "mlflow.parentRunId"


def train(cfg):
    """Return numbers and a series, or fail; log something by itself."""
    import mlflow

    mlflow.log_metric("own", cfg.lr, step=3)
    Path("kept.txt").write_text("in the job's folder")
    if cfg.lr > 1:
        raise ValueError(f"diverged at {cfg.lr}\nwith more to say")
    return {"loss": cfg.lr**2, "best": {"epoch": 2}, "curve": [3.0, 2.5, 1.0], "name": "net"}


def children(parent, found):
    return [run for run in found if run.data.tags.get(PARENT) == parent.info.run_id]


def statuses(found):
    return [run.info.status for run in found]


# --- what is tracked -----------------------------------------------------------------------------


def test_mlflow_has_a_run_for_the_sweep_and_a_child_for_each_job(mlflow, tracked, runs):
    """Config, overrides, metrics, series, artefacts and errors of each job are below the sweep's run."""
    config = {"lr": 0.1, "optim": {"name": "sgd", "betas": [0.9, 0.99]}, "path": "${optim.name}/x"}
    asked = ["lr=0.5,2", "optim.name=adam", OUT, "hydra.job.chdir=True", *tracked]
    hydra_multirun(config, train, asked, on_failure="return")

    sweep, found = runs()
    good, bad = children(sweep, found)
    assert len(found) == 2
    assert (sweep.info.status, sweep.info.run_name) == ("FINISHED", "out")
    assert sweep.data.tags["zenrun.sweep_dir"] == os.path.abspath("out")
    assert sweep.data.tags["zenrun.overrides"] == "lr=0.5,2 optim.name=adam"
    assert (good.info.status, good.info.run_name) == ("FINISHED", "0 lr=0.5 optim.name=adam")
    assert good.data.params == {
        "lr": "0.5",
        "optim.name": "adam",
        "optim.betas": "[0.9, 0.99]",
        "path": "adam/x",
    }
    assert good.data.tags["override.lr"] == "0.5"
    assert good.data.tags["override.optim.name"] == "adam"
    assert good.data.metrics == {"loss": 0.25, "best.epoch": 2.0, "curve": 1.0, "own": 0.5}
    steps = runs.client.get_metric_history(good.info.run_id, "curve")
    assert [(item.step, item.value) for item in steps] == [(0, 3.0), (1, 2.5), (2, 1.0)]
    paths = {item.path for item in runs.client.list_artifacts(good.info.run_id)}
    inside = {item.path for item in runs.client.list_artifacts(good.info.run_id, ".hydra")}
    assert any(path.endswith(".log") for path in paths)
    assert "kept.txt" not in paths
    assert ".hydra/config.yaml" in inside
    assert ".hydra/overrides.yaml" in inside
    assert bad.info.status == "FAILED"
    assert bad.data.tags["zenrun.error"] == "ValueError: diverged at 2"
    assert bad.data.metrics == {"own": 2.0}
    assert mlflow.active_run() is None


def test_mlflow_tracks_a_job_by_itself_and_keeps_the_files_that_it_is_told(tracked, runs):
    """A job of hydra_run is a run without one above it; patterns choose files also of folders below."""

    def task(cfg):
        Path("deep").mkdir()
        Path("deep/model.pt").write_text(cfg.name)

    patterns = "hydra.callbacks.mlflow.artifacts=['**/*.pt','none*']"
    run = ["hydra.run.dir=one", "hydra.job.chdir=True", patterns]
    hydra_run({"name": "m"}, task, [*run, *tracked])

    sweep, (only,) = runs()
    assert sweep is None
    assert PARENT not in only.data.tags
    assert (only.info.run_name, only.info.status) == ("one", "FINISHED")
    (file,) = runs.client.list_artifacts(only.info.run_id, "deep")
    assert file.path == "deep/model.pt"
    assert [item.path for item in runs.client.list_artifacts(only.info.run_id)] == ["deep"]


def test_mlflow_takes_configs_of_any_size_and_shape(tracked, runs):
    """More than MLflow takes in one call, longer values, and keys that it refuses are written with care."""
    config = {f"k{num}": num for num in range(130)}
    config |= {"long": "x" * 7000, "a/../b": 1, "a": {"é": 2}, "pct%": 3, "pct&": 4, "l" * 300: 5}
    config |= {"lost": "${nowhere}", "todo": "???", "items": [{"x": 1}, {"x": 2}], "none": {}}
    value = {"a/../b": 1.0, "pct%": 2, "huge": 10**400, "flag": True, "nan": float("nan"), "w": []}
    hydra_run(config, lambda _: value, tracked)

    _, (only,) = runs()
    params = only.data.params
    assert params["k129"] == "129"
    assert len(params["long"]) == 6000
    assert params["long"].endswith("...")
    assert {params[name] for name in ("a_.._b", "a.é", "pct_", "pct__2")} == {"1", "2", "3", "4"}
    assert params["l" * 250] == "5"
    assert (params["lost"], params["todo"], params["none"]) == ("${nowhere}", "???", "{}")
    assert (params["items.0.x"], params["items.1.x"]) == ("1", "2")
    assert only.data.metrics.keys() == {"a_.._b", "pct_", "flag", "nan"}
    assert only.info.status == "FINISHED"


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.sets(st.text(st.characters(exclude_categories=["Cs"]), max_size=300)))
@example(names={"", ".", "..", "/", "a/", "/a", "a//b", "./a", "_", "%", "&", "x" * 251, "x" * 252})
def test_mlflow_has_a_metric_for_whatever_name(tracked, runs, names):
    """Names of any kind are written as ones that MLflow takes, and none takes another's place."""
    hydra_run({}, lambda _: {name: place for place, name in enumerate(names)}, tracked)

    _, found = runs()
    assert sorted(found[-1].data.metrics.values()) == list(range(len(names)))


# --- the task and its run --------------------------------------------------------------------------


def test_mlflow_runs_are_ended_whatever_the_task_did_with_them(mlflow, tracked, runs, store):
    """A run that the task has ended, or started and left open, leaves none active, and each its status."""

    def task(cfg):
        if cfg.what == "ends":
            mlflow.end_run()
            raise ValueError(cfg.what)
        mlflow.start_run(run_name="inner", nested=True)
        mlflow.log_metric("in", 1)

    mlflow.set_tracking_uri(store)
    with mlflow.start_run(run_name="users", experiment_id="0") as users:
        hydra_multirun({"what": 1}, task, ["what=ends,starts", *tracked], on_failure="return")
        assert mlflow.active_run().info.run_id == users.info.run_id

    sweep, found = runs()
    ends, starts = children(sweep, found)
    (inner,) = children(starts, found)
    assert statuses([sweep, ends, starts, inner]) == ["FINISHED", "FAILED", "FINISHED", "FINISHED"]
    assert inner.data.metrics == {"in": 1.0}
    assert mlflow.active_run() is None
    assert mlflow.get_tracking_uri() == store
    mlflow.set_tracking_uri(None)


def test_mlflow_is_as_it_was_after_a_run(mlflow, tracked, store):
    """Where MLflow writes to belongs to the run: afterwards it is the program's again."""
    inside = []
    before = mlflow.get_tracking_uri()
    hydra_run({}, lambda _: inside.append(mlflow.get_tracking_uri()), tracked)

    assert inside == [store]
    assert mlflow.get_tracking_uri() == before != store
    assert "MLFLOW_EXPERIMENT_NAME" not in os.environ


def test_mlflow_nests_runs_as_the_program_does(tracked, runs):
    """A run and a sweep that a task starts are children of the job's run."""

    def inner(cfg):
        return cfg.x

    def outer(cfg):
        hydra_run({"x": 1}, inner, ["x=5", "hydra.run.dir=nested", *tracked])
        hydra_multirun({"x": 1}, inner, ["x=7", "hydra.sweep.dir=below", *tracked])
        return cfg.y

    hydra_multirun({"y": 1}, outer, ["y=1", OUT, *tracked])

    sweeps, found = runs()
    sweep, below = sweeps
    (job,) = children(sweep, found)
    (nested,) = children(job, found)
    (last,) = children(below, found)
    assert children(job, sweeps) == [below]
    assert (below.info.run_name, nested.info.run_name) == ("below", "nested")
    assert statuses([*sweeps, *found]) == ["FINISHED"] * 5
    assert [run.data.metrics["value"] for run in (job, nested, last)] == [1.0, 5.0, 7.0]


def test_mlflow_keeps_jobs_of_threads_apart(mlflow, tracked, runs):
    """Jobs that run at once in threads each write to a run of their own."""

    def task(cfg):
        for step in range(3):
            mlflow.log_metric("x", cfg.x, step=step)
        return cfg.x

    with ThreadPoolExecutor(2) as pool:
        hydra_multirun({"x": 0}, task, ["x=1,2,3", *tracked], executor=pool)

    sweep, found = runs()
    seen = [(run.data.metrics["x"], run.data.metrics["value"]) for run in children(sweep, found)]
    assert sorted(seen) == [(1.0, 1.0), (2.0, 2.0), (3.0, 3.0)]


# --- ends before the end ---------------------------------------------------------------------------


def test_mlflow_tells_a_sweep_that_failed_from_one_that_was_interrupted(mlflow, tracked, runs):
    """A job's exception ends the sweep's run as FAILED, Ctrl-C it and the job's run as KILLED."""

    def task(cfg):
        raise (KeyboardInterrupt if cfg.kind == "stop" else ValueError)

    for kind, error in (("fail", ValueError), ("stop", KeyboardInterrupt)):
        with pytest.raises(error):
            hydra_multirun({"kind": ""}, task, [f"kind={kind}", *tracked])
        assert mlflow.active_run() is None

    failed, stopped = runs()[0]
    found = runs()[1]
    assert statuses([failed, *children(failed, found)]) == ["FAILED", "FAILED"]
    assert statuses([stopped, *children(stopped, found)]) == ["KILLED", "KILLED"]


def test_mlflow_finds_the_sweeps_run_in_workers_and_ends_that_of_one_that_died(tracked, runs):
    """Jobs in processes are children of the sweep's run; one whose process dies is KILLED."""
    pytest.importorskip("loky", reason="the extra 'parallel' is not installed")

    def task(cfg):
        if cfg.x == 2:
            os._exit(1)
        return {"pid": os.getpid()}

    asked = ["x=1,2", *tracked]
    hydra_multirun({"x": 0}, task, asked, executor="loky", concurrent=1, on_failure="return")

    sweep, found = runs()
    one, two = children(sweep, found)
    assert statuses([sweep, one, two]) == ["FINISHED", "FINISHED", "KILLED"]
    assert one.data.metrics["pid"] != os.getpid()


def test_mlflow_goes_on_with_the_sweeps_run(tracked, runs):
    """A sweep that goes on has the run that it had; jobs that run again have further ones below it."""

    def task(cfg):
        if cfg.x == 2 and not Path("mended").exists():
            raise ValueError
        return cfg.x

    asked = ["x=1,2", *tracked]
    hydra_multirun({"x": 0}, task, [OUT, *asked], on_failure="return")
    Path("mended").touch()
    hydra_multirun({"x": 0}, task, asked, resume="out")

    # What the libraries below MLflow tell of each statement is in no log, in no run of the process.
    logs = [path.read_text() for path in Path("out").glob("*/*.log")]
    assert len(logs) == 2
    assert not [log for log in logs if "sqlalchemy" in log or "alembic" in log]
    sweep, found = runs()
    assert statuses([sweep, *found]) == ["FINISHED", "FINISHED", "FAILED", "FINISHED"]
    assert children(sweep, found) == found
    hydra_multirun({"x": 0}, task, [OUT, *asked])  # the same name, another sweep
    assert len(runs()[0]) == 2


# --- the tracker is missing or away ----------------------------------------------------------------


def test_mlflow_that_is_away_costs_a_warning_and_no_job(monkeypatch, mlflow):
    """One warning says which tracker, what for and why; the sweep runs to its end untracked."""
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    away = ["hydra/callbacks=mlflow", "hydra.callbacks.mlflow.tracking_uri=http://127.0.0.1:9"]
    log = "hydra.hydra_logging.handlers.file={class:logging.FileHandler,filename:hydra.log}"
    root = "hydra.hydra_logging.root.handlers=[file]"
    (jobs,) = hydra_multirun({"x": 0}, lambda cfg: cfg.x, ["x=1,2", OUT, "+" + log, root, *away])

    assert [job.return_value for job in jobs] == [1, 2]
    lines = [line for line in Path("hydra.log").read_text().splitlines() if "MLflow" in line]
    assert len(lines) == 1
    assert "MLflow does not track this sweep and its jobs; all runs without it: " in lines[0]
    assert "127.0.0.1" in lines[0]
    assert not any("MLflow" in path.read_text() for path in Path("out").glob("*/*.log"))


def test_mlflow_that_goes_away_loses_no_result(mlflow, copy_store):
    """What a job has returned is there although MLflow could not be told; the next job is tracked again."""
    copy_store("own.db")
    tracked = ["hydra/callbacks=mlflow", "hydra.callbacks.mlflow.tracking_uri=sqlite:///own.db"]

    def task(cfg):
        if cfg.x == 1:
            os.rename("own.db", "away.db")
        return cfg.x

    def comes_back(job):
        if job.return_value == 1:
            os.replace("away.db", "own.db")

    asked = ["x=1,2", OUT, *tracked]
    (jobs,) = hydra_multirun({"x": 0}, task, asked, job_name="goes", on_job_end=comes_back)

    assert [job.return_value for job in jobs] == [1, 2]
    assert [job.return_value for job in load_sweep("out")] == [1, 2]
    (log,) = Path("out/0").glob("*.log")
    told = [line for line in log.read_text().splitlines() if "zenrun.trackers" in line]
    assert len(told) == 1
    assert "MLflow has not kept all that came of job 0 x=1" in told[0]
    client = mlflow.MlflowClient("sqlite:///own.db")
    experiment = client.get_experiment_by_name("goes")
    found = client.search_runs([experiment.experiment_id], order_by=["attribute.start_time"])
    assert statuses(found) == ["FINISHED", "KILLED", "FINISHED"]
    assert found[2].data.metrics == {"value": 2.0}
    assert mlflow.active_run() is None


def test_mlflow_that_is_not_installed_is_an_error_before_any_job(monkeypatch):
    """The error names the extra, and is there before the first job."""
    monkeypatch.setitem(sys.modules, "mlflow", None)
    ran = []
    for run in (hydra_run, hydra_multirun):
        with pytest.raises(MissingExtraError, match=r'pip install "zenrun-core\[mlflow\]"'):
            run({}, ran.append, ["hydra/callbacks=mlflow", "+x=1"])
    assert ran == []


def test_mlflow_without_what_sqlite_needs_is_an_error_before_any_job(monkeypatch, tracked):
    """MLflow alone may be without the libraries for SQLite: the same error names the one that is missing."""
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    ran = []
    with pytest.raises(MissingExtraError, match="MLflow with SQLite needs sqlalchemy"):
        hydra_run({}, ran.append, tracked)
    assert ran == []


# --- apps of Hydra's own ---------------------------------------------------------------------------

APP = """
import hydra
from hydra.core.config_store import ConfigStore

ConfigStore.instance().store(name="config", node={"x": 0})

@hydra.main(version_base="1.3", config_path=None, config_name="config")
def main(cfg):
    import mlflow
    mlflow.log_metric("own", 7)
    if cfg.x == 2:
        raise ValueError("no luck")
    return {"y": cfg.x}

if __name__ == "__main__":
    main()
"""


def test_mlflow_serves_apps_of_hydras_own(tmp_path, mlflow, copy_store):
    """An app of @hydra.main is tracked by one override; a relative store is where the app was started."""
    (tmp_path / "app.py").write_text(APP, encoding="utf-8")
    copy_store(tmp_path / "app.db")
    tracked = ["hydra/callbacks=mlflow", "hydra.callbacks.mlflow.tracking_uri=sqlite:///app.db"]
    sweep = ["--multirun", "x=1,2", "hydra.sweep.dir=out", "hydra.job.chdir=True", *tracked]
    env = {**os.environ, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [sys.executable, "app.py", *sweep],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "ValueError: no luck" in done.stderr
    client = mlflow.MlflowClient(f"sqlite:///{tmp_path}/app.db")
    (experiment,) = [item for item in client.search_experiments() if item.name == "app"]
    found = client.search_runs([experiment.experiment_id], order_by=["attribute.start_time"])
    assert statuses(found) == ["FAILED", "FINISHED", "FAILED"]
    assert children(found[0], found) == found[1:]
    assert [run.data.metrics.get("y") for run in found] == [None, 1.0, None]
    assert found[1].data.metrics["own"] == 7.0
