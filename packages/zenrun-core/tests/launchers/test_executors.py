"""Jobs run on any executor, and nobody sees a difference but the clock."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from hydra.core.utils import JobReturn, JobStatus
from omegaconf import OmegaConf

from zenrun import builds, hydra_multirun, hydra_run, instantiate
from zenrun.errors import ExecutorError, NotPicklableError, RemoteJobError
from zenrun.launchers import LokyWorkers

pytest.importorskip("loky", reason="the extra 'parallel' is not installed")


@pytest.fixture(params=["this process", "threads", "loky", "a process pool"])
def executor(request):
    """Each kind of place where jobs can run."""
    if request.param == "loky":
        yield request.getfixturevalue("loky")
    elif request.param == "threads":
        with ThreadPoolExecutor(2) as pool:
            yield pool
    elif request.param == "a process pool":
        with ProcessPoolExecutor(2) as pool:
            yield pool
    else:
        yield None


def files_below(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(Path(folder).rglob("*"))
        if path.is_file() and ".zenrun" not in path.parts
    }


def sees_hydra(cfg):
    found = HydraConfig.get()
    logging.getLogger("task").info("job %s", found.job.num)
    return cfg.x, found.job.num, sorted(found.overrides.task)


def test_executor_gives_what_this_process_gives(executor, tmp_path):
    """Values, JobReturns, files and logs are those of a sweep without an executor."""
    config = {"x": 1, "inner": {"y": "${x}"}}
    plain = ["hydra.sweep.dir=out", "hydra.run.dir=run", "x=5,3,4,1"]
    here = hydra_multirun(config, sees_hydra, plain)
    files = files_below("out")
    OmegaConf.clear_resolvers()
    os.rename("out", "before")

    there = hydra_multirun(config, sees_hydra, plain, executor=executor)

    (jobs,), (expected,) = there, here
    assert [job.return_value for job in jobs] == [job.return_value for job in expected]
    assert jobs == expected
    assert all(isinstance(job, JobReturn) for job in jobs)
    again = files_below("out")
    assert again.keys() == files.keys()
    for name, content in again.items():
        if name.endswith(".yaml"):
            assert content == files[name]
        else:
            assert content.split(b"]", 1)[1:] == files[name].split(b"]", 1)[1:]


def test_executor_keeps_the_order_of_jobs(executor):
    """Results stand in the order of the overrides, whichever job finishes first."""

    def sleeps(cfg):
        time.sleep(cfg.t)
        return cfg.t

    (jobs,) = hydra_multirun({"t": 0.0}, sleeps, ["t=0.3,0.0,0.1,0.05"], executor=executor)

    assert [job.return_value for job in jobs] == [0.3, 0.0, 0.1, 0.05]


def test_loky_runs_jobs_beside_each_other(loky):
    """Two jobs that wait for each other both end."""

    def meets(cfg):
        Path(cfg.dir, str(cfg.x)).touch()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if Path(cfg.dir, str(1 - cfg.x)).exists():
                return os.getpid()
            time.sleep(0.01)
        return None

    (jobs,) = hydra_multirun({"x": 0, "dir": os.getcwd()}, meets, ["x=0,1"], executor=loky)

    pids = {job.return_value for job in jobs}
    assert len(pids) == 2
    assert os.getpid() not in pids


def test_loky_takes_closures_lambdas_and_classes_made_in_functions(loky):
    """What cloudpickle can send travels there, and comes back as the same class."""
    offset = 10

    @dataclass
    class Result:
        value: int

    (jobs,) = hydra_multirun({"x": 1}, lambda cfg: Result(cfg.x + offset), ["x=1,2"], executor=loky)

    assert [job.return_value for job in jobs] == [Result(11), Result(12)]


def test_loky_has_the_config_store_resolvers_and_environment_of_the_sweep(loky):
    """ConfigStore entries, resolvers and hydra.job.env_set hold in the workers, and not after."""
    ConfigStore.instance().store(group="db", name="mysql", node={"port": 3306})
    OmegaConf.register_new_resolver("twice", lambda x: 2 * x)
    config = {"x": 1, "y": "${twice:${x}}", "hydra": {"job": {"env_set": {"SEEN": "yes"}}}}
    config["defaults"] = ["_self_", {"db": "mysql"}]

    def looks(cfg):
        from hydra.core.config_store import ConfigStore

        options = ConfigStore.instance().list("db")
        return cfg.y, cfg.db.port, os.environ["SEEN"], "mysql.yaml" in options

    (jobs,) = hydra_multirun(config, looks, ["x=1,2"], executor=loky)

    assert [job.return_value for job in jobs] == [(2, 3306, "yes", True), (4, 3306, "yes", True)]

    def after(cfg):
        return OmegaConf.has_resolver("twice"), "SEEN" in os.environ

    OmegaConf.clear_resolver("twice")
    (jobs,) = hydra_multirun({"x": 1}, after, ["x=1,2,3,4"], executor=loky)

    assert {job.return_value for job in jobs} == {(False, False)}


def test_executor_puts_back_what_a_task_changes(executor):
    """A task that changes the working directory, the environment and logging harms no other job."""

    def messes(cfg):
        before = os.getcwd(), os.environ.get("MESS"), logging.getLogger().disabled
        os.makedirs("elsewhere", exist_ok=True)
        os.chdir("elsewhere")
        os.environ["MESS"] = "yes"
        logging.getLogger().disabled = True
        return before

    cwd = os.getcwd()
    if isinstance(executor, ThreadPoolExecutor):
        pytest.skip("threads share one working directory")
    if executor is None:
        pytest.skip("in one process Hydra's jobs share the environment")

    (jobs,) = hydra_multirun({"x": 1}, messes, ["x=1,2,3,4"], executor=executor)

    assert {job.return_value for job in jobs} == {(cwd, None, False)}
    assert os.getcwd() == cwd


def test_executor_follows_hydra_job_chdir(loky):
    """With hydra.job.chdir each job stands in its own folder, and working_dir says so."""
    overrides = ["hydra.job.chdir=true", "hydra.sweep.dir=out", "x=1,2"]

    (jobs,) = hydra_multirun({"x": 1}, lambda cfg: os.getcwd(), overrides, executor=loky)

    assert [job.return_value for job in jobs] == [os.path.abspath(f"out/{num}") for num in (0, 1)]
    assert [job.working_dir for job in jobs] == ["out/0", "out/1"]


def test_loky_gives_back_a_config_that_the_task_has_changed(loky):
    """JobReturn.cfg is the config as the task left it."""

    def changes(cfg):
        cfg.x = 99

    (jobs,) = hydra_multirun({"x": 1}, changes, ["x=1,2"], executor=loky)

    assert [job.cfg for job in jobs] == [{"x": 99}, {"x": 99}]


def test_loky_shows_where_an_exception_was_raised(loky):
    """A job's exception is the task's own, and its cause tells the traceback of the worker."""

    def fails(cfg):
        raise LookupError(f"no {cfg.x}")

    with pytest.raises(LookupError, match="no 1") as caught:
        hydra_multirun({"x": 1}, fails, ["x=1,2"], executor=loky)

    assert "in fails" in str(caught.value.__cause__)
    assert [job.status for job in caught.value.finished_jobs] == [JobStatus.FAILED] * 2


def test_loky_tells_of_an_exception_that_cannot_travel(loky):
    """An exception that cannot be pickled, or not unpickled, comes back as RemoteJobError."""

    class TwoArgumentsError(Exception):
        def __init__(self, one, two):
            super().__init__(f"{one} and {two}")

    def fails(cfg):
        raise TwoArgumentsError("this", "that")

    with pytest.raises(RemoteJobError, match="this and that") as caught:
        hydra_multirun({"x": 1}, fails, ["x=1,2"], executor=loky)

    assert caught.value.type_name.endswith("TwoArgumentsError")


def test_loky_refuses_a_task_that_cannot_travel(loky):
    """The error names the task before any job runs."""
    lock = threading.Lock()

    with pytest.raises(NotPicklableError, match=r"task function .*lock"):
        hydra_multirun({"x": 1}, lambda cfg: lock.locked(), ["x=1,2"], executor=loky)


def test_loky_tells_of_a_result_that_cannot_travel(loky):
    """The job counts as failed, and the others come back."""

    def returns(cfg):
        return threading.Lock() if cfg.x == 2 else cfg.x

    (jobs,) = hydra_multirun({"x": 1}, returns, ["x=1,2,3"], executor=loky, on_failure="return")

    assert [job.status.name for job in jobs] == ["COMPLETED", "FAILED", "COMPLETED"]
    with pytest.raises(NotPicklableError, match="has run, and what it returned, of type lock"):
        _ = jobs[1].return_value


def test_single_run_goes_to_the_executor(executor):
    """hydra_run sends its job there, and the JobReturn is as that of a run in this process."""
    conf = builds(dict, a=1)
    # The sweep's folder is named by the time, which two runs have a second apart.
    overrides = ["a=2", "hydra.run.dir=out", "hydra.sweep.dir=swept"]

    job = hydra_run(conf, instantiate, overrides, executor=executor)

    assert job.return_value == {"a": 2}
    assert job == hydra_run(conf, instantiate, overrides)


def test_single_run_raises_what_the_task_raised_in_a_worker(loky):
    """As in this process."""

    def fails(cfg):
        raise KeyError("gone")

    with pytest.raises(KeyError, match="gone"):
        hydra_run({"x": 1}, fails, executor=loky)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"executor": "lokky"}, "'lokky' is not known; there are 'loky'"),
        ({"executor": 3}, "an object with submit"),
        ({"executor": object}, "an object with submit"),
        ({"concurrent": 0}, "concurrent is how many jobs run at once, a whole number from 1 on"),
        ({"retries": -1}, "retries is how often"),
        ({"timeout": 0}, "timeout is how many seconds a job may run, a number above 0"),
        ({"timeout": float("nan")}, "timeout is how many seconds"),
        ({"backoff": "1"}, "backoff is how many seconds"),
        ({"on_failure": "ignore"}, "on_failure is one of 'raise', 'stop', 'return'"),
        ({"resources": {"gpu": 1}}, "'gpus'"),
        ({"resources": {"gpus": 1.5}}, "a whole number, or a part of one GPU"),
        ({"resources": {"threads": 0}}, "a whole number from 1 on"),
        ({"resources": {"threads": 2}}, "cannot be given out to jobs that run locally"),
        ({"timeout": 3}, "jobs that run locally cannot be ended"),
        ({"on_job_end": 1}, "on_job_end is called with"),
        ({"progress": "bar"}, "progress is True, False or None"),
    ],
    ids=str,
)
def test_multirun_refuses_options_that_make_no_sense(given, says):
    """Each has one error that says what is allowed; no job runs."""
    with pytest.raises(ExecutorError, match=says):
        hydra_multirun({"x": 1}, print, ["x=1,2"], **given)


def test_multirun_gives_each_finished_job_to_on_job_end(executor):
    """The hook sees each JobReturn, in this process, when its job has ended."""
    seen = []

    (jobs,) = hydra_multirun(
        {"x": 1}, lambda cfg: cfg.x, ["x=1,2,3"], executor=executor, on_job_end=seen.append
    )

    assert sorted(job.return_value for job in seen) == [1, 2, 3]
    assert {id(job) for job in seen} == {id(job) for job in jobs}


def test_worker_that_was_started_in_a_folder_that_is_gone_runs_jobs(tmp_path, monkeypatch):
    """Workers stand where the sweep stands, wherever they were started."""
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    with LokyWorkers(1) as workers:
        hydra_multirun({"x": 1}, lambda cfg: cfg.x, ["x=1,2"], executor=workers)
        monkeypatch.chdir(tmp_path)
        shutil.rmtree(folder)

        (jobs,) = hydra_multirun({"x": 1}, lambda _: os.getcwd(), ["x=1,2"], executor=workers)

    assert [job.return_value for job in jobs] == [str(tmp_path)] * 2


SCRIPT = """
from zenrun import builds, hydra_multirun, instantiate, just, make_config


class Model:
    def __init__(self, width=3):
        self.width = width


def double(number):
    return 2 * number


def train(cfg):
    made = instantiate(cfg)
    assert type(made.model) is Model
    return made.f(made.model.width)


if __name__ == "__main__":
    config = make_config(model=builds(Model, populate_full_signature=True), f=just(double))
    for launcher in ("loky", "basic"):
        (jobs,) = hydra_multirun(config, train, ["model.width=1,2", f"hydra/launcher={launcher}"])
        print(*(job.return_value for job in jobs))
"""


def test_target_of_a_script_is_found_in_the_workers(tmp_path):
    """What a config names of __main__ travels with it, and is the same class there."""
    pytest.importorskip("loky", reason="the extra 'parallel' is not installed")
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False, cwd=tmp_path
    )

    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if "HYDRA" not in line] == ["2 4", "2 4"]
