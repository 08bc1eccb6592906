"""Sweeps on Dask: on a client's cluster, on one made for the sweep, at an address."""

from __future__ import annotations

import os
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hydra.core.utils import JobStatus

from zenrun import hydra_multirun, hydra_run
from zenrun.errors import ExecutorError, JobTimeoutError, NotPicklableError, WorkerDiedError

distributed = pytest.importorskip("distributed", reason="the extra dask is not installed")


def cluster_of(**settings):
    return distributed.LocalCluster(
        dashboard_address=":0", memory_limit=0, silence_logs=50, **settings
    )


@pytest.fixture
def client(dask_client):
    """Two workers, which do not run a job again."""
    return dask_client


def statuses(jobs):
    return [job.status for job in jobs]


def test_client_runs_jobs_in_its_workers_and_stays_open(client):
    """Results come in the order of the jobs, from other processes; the client goes on to work."""
    offset = 10  # a closure travels
    (jobs,) = hydra_multirun(
        {"x": 0}, lambda cfg: (cfg.x + offset, os.getpid()), ["x=range(6)"], executor=client
    )
    assert [job.return_value[0] for job in jobs] == list(range(10, 16))
    pids = {job.return_value[1] for job in jobs}
    assert os.getpid() not in pids
    assert len(pids) == 2
    assert client.submit(sum, [1, 2]).result() == 3
    assert hydra_run({"x": 1}, lambda _: os.getpid(), executor=client).return_value in pids


def test_client_gives_the_exception_of_a_job_with_the_finished_jobs(client):
    """A failing job raises what it raised, and the results of the others are attached."""

    def task(cfg):
        if cfg.x == 1:
            raise KeyError("no luck")
        return cfg.x

    with pytest.raises(KeyError, match="no luck") as caught:
        hydra_multirun({"x": 0}, task, ["x=0,1,2"], executor=client)
    done = [job for job in caught.value.finished_jobs if job.status is JobStatus.COMPLETED]
    assert sorted(job.return_value for job in done) == [0, 2]


def test_client_brings_back_results_of_any_size_or_says_why_not(client):
    """A large result arrives whole; one that cannot be pickled is that job's failure."""

    def task(cfg):
        return b"x" * 3_000_000 if cfg.x == 0 else (item for item in "ab")

    (jobs,) = hydra_multirun({"x": 0}, task, ["x=0,1"], executor=client, on_failure="return")
    assert jobs[0].return_value == b"x" * 3_000_000
    with pytest.raises(NotPicklableError, match="generator"):
        _ = jobs[1].return_value


def test_dying_worker_takes_no_other_job_along(client):
    """Jobs that wait at a worker that dies of another job are run, once; the one job is lost."""

    def task(cfg):
        time.sleep(0.15)
        if cfg.x == 1:
            os._exit(3)
        with Path(f"ran-{cfg.x}").open("a") as file:
            file.write("once ")
        return cfg.x

    (jobs,) = hydra_multirun(
        {"x": 0}, task, ["x=range(7)"], executor=client, concurrent=4, on_failure="return"
    )
    lost = [job for job in jobs if job.status is JobStatus.FAILED]
    assert lost == [jobs[1]]
    with pytest.raises(WorkerDiedError, match="os._exit"):
        _ = jobs[1].return_value
    assert {file.read_text() for file in Path.cwd().glob("ran-*")} == {"once "}


def test_job_whose_worker_died_is_started_again_as_often_as_asked(client):
    """Dask does not run a job again; retries= does."""

    def task(cfg):
        with Path("tries").open("a") as file:
            file.write("x")
        if len(Path("tries").read_text()) == 1:
            os._exit(3)
        return cfg.x

    (jobs,) = hydra_multirun({"x": 5}, task, ["x=5"], executor=client, retries=2)
    assert jobs[0].return_value == 5
    assert Path("tries").read_text() == "xx"


def test_dask_that_would_run_a_job_again_is_kept_from_it():
    """On a cluster of Dask's usual settings, too, a job whose worker dies has run once."""

    def task(cfg):
        with Path(f"ran-{cfg.x}").open("a") as file:
            file.write("once ")
        if cfg.x == 1:
            os._exit(3)
        return cfg.x

    with (
        cluster_of(n_workers=1, threads_per_worker=1) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        (jobs,) = hydra_multirun(
            {"x": 0}, task, ["x=range(4)"], executor=client, on_failure="return"
        )
    assert [job.status.name for job in jobs] == ["COMPLETED", "FAILED", "COMPLETED", "COMPLETED"]
    with pytest.raises(WorkerDiedError, match="os._exit"):
        _ = jobs[1].return_value
    assert {file.read_text() for file in Path.cwd().glob("ran-*")} == {"once "}


def test_job_that_hangs_is_ended_with_its_worker_process(client):
    """timeout= ends the process of the job that hangs; the others finish."""

    def task(cfg):
        if cfg.x == 1:
            Path("pid").write_text(str(os.getpid()))
            time.sleep(60)
        return cfg.x

    (jobs,) = hydra_multirun(
        {"x": 0}, task, ["x=range(4)"], executor=client, timeout=1, on_failure="return"
    )
    assert [job.return_value for job in jobs if job is not jobs[1]] == [0, 2, 3]
    with pytest.raises(JobTimeoutError, match="longer than the 1 seconds"):
        _ = jobs[1].return_value
    with pytest.raises(ProcessLookupError):
        os.kill(int(Path("pid").read_text()), 0)


@pytest.mark.parametrize("said", ["in the config group", "as executor", "by its cluster"])
def test_address_reaches_a_running_scheduler(client, said):
    """An address, or Dask's object of the cluster, uses the cluster there, and leaves it running."""
    pids = set(client.run(os.getpid).values())
    address = client.scheduler.address
    executor = {"as executor": address, "by its cluster": client.cluster}.get(said)
    chosen = [] if executor else ["hydra/launcher=dask", f"hydra.launcher.address={address}"]
    (jobs,) = hydra_multirun({"x": 0}, lambda _: os.getpid(), ["x=0,1", *chosen], executor=executor)
    assert {job.return_value for job in jobs} <= pids
    assert set(client.run(os.getpid).values()) == pids


def test_resources_that_no_worker_has_are_refused(client):
    """GPUs are Dask's to give out where workers run already, and the error says how to."""
    with pytest.raises(ExecutorError, match=r"dask worker --resources 'GPU=1'.*dask-cuda"):
        hydra_multirun({"x": 0}, print, ["x=0"], executor=client, resources={"gpus": 1})
    with pytest.raises(ExecutorError, match="OMP_NUM_THREADS"):
        hydra_multirun({"x": 0}, print, ["x=0"], executor=client, resources={"threads": 1})


def test_cluster_is_started_for_the_sweep_and_closed_after_it(monkeypatch):
    """executor='dask' gives each job's process its share of the machine, and ends it."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,4")

    def task(cfg):
        time.sleep(0.3)
        return os.getpid(), os.environ["CUDA_VISIBLE_DEVICES"], os.environ["OMP_NUM_THREADS"]

    (jobs,) = hydra_multirun(
        {"x": 0},
        task,
        ["x=range(4)"],
        executor="dask",
        concurrent=8,
        resources={"gpus": 1, "threads": 3},
    )
    found = [job.return_value for job in jobs]
    assert {gpu for _, gpu, _ in found} == {"3", "4"}
    assert {threads for _, _, threads in found} == {"3"}
    assert len({pid for pid, _, _ in found}) == 2
    for pid in {pid for pid, _, _ in found}:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_worker_with_several_threads_runs_one_job_at_a_time(caplog):
    """A job has its process for itself, and zenrun says so."""

    def task(cfg):
        start, place = time.time(), os.getcwd()
        time.sleep(0.1)
        assert os.getcwd() == place
        return start, time.time()

    with (
        cluster_of(n_workers=1, threads_per_worker=3) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        (jobs,) = hydra_multirun(
            {"x": 0}, task, ["x=range(3)", "hydra.job.chdir=true"], executor=client, concurrent=3
        )
    spans = sorted(job.return_value for job in jobs)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_scheduler_that_is_not_there_is_an_error():
    """An address at which nothing listens is named."""
    dask = pytest.importorskip("dask")
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "0.3s"}),
        pytest.raises(ExecutorError, match=r"tcp://127\.0\.0\.1:9 *'"),
    ):
        hydra_multirun(
            {"x": 0},
            print,
            ["x=0", "hydra/launcher=dask", "hydra.launcher.address='tcp://127.0.0.1:9'"],
        )


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Dask's, of itself
def test_cluster_settings_that_dask_does_not_know_are_an_error():
    """What LocalCluster refuses is told with its own words."""
    with pytest.raises(ExecutorError, match="LocalCluster.*security must be"):
        hydra_multirun(
            {"x": 0},
            print,
            ["x=0", "hydra/launcher=dask", "+hydra.launcher.cluster.security=colour"],
        )


def test_cluster_has_places_for_the_workers_that_it_was_asked_for(capsys):
    """Workers of a queue come when the sweep has begun: they too are given jobs."""
    with (
        cluster_of(n_workers=0, threads_per_worker=1) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        cluster.scale(1)
        (jobs,) = hydra_multirun({"x": 0}, lambda cfg: cfg.x, ["x=0,1"], executor=client)
    assert [job.return_value for job in jobs] == [0, 1]
    assert "on 1 worker of Dask" in capsys.readouterr().out
