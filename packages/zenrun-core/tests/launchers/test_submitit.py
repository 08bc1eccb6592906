"""Sweeps by submitit, with its local executor, or commands of this module's, in the place of SLURM."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from hydra.core.utils import JobStatus

from zenrun import hydra_multirun, hydra_run
from zenrun.errors import ExecutorError, JobTimeoutError, WorkerDiedError
from zenrun.launchers import _slurm, _submitit

submitit = pytest.importorskip("submitit", reason="the extra submitit is not installed")

# submitit leaves files of its own to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

# A SLURM that takes one job and no more, tells nothing of those that are over, and keeps no accounts.
COMMANDS = {
    "sbatch": """
[ -e job -o -e closed ] && { echo "sbatch: error: QOSMaxSubmitJobPerUserLimit" >&2; exit 1; }
cp "$1" job
SLURM_JOB_ID=7 setsid bash "$1" > /dev/null 2>&1 &
echo $! > pid
echo "Submitted batch job 7"
""",
    "srun": 'shift 5; exec "$@"',  # --unbuffered --output ... --error ...
    "squeue": 'kill -0 $(cat pid) 2> /dev/null && echo "7 RUNNING" || true',
    "sacct": 'echo "Slurm accounting storage is disabled" >&2; exit 1',
}


@pytest.fixture
def slurm(tmp_path, monkeypatch):
    """The commands of a SLURM."""
    for name, script in COMMANDS.items():
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\ncd '{tmp_path}'\n{script}\n")
        path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


@pytest.mark.usefixtures("no_slurm")
def test_jobs_run_in_processes_of_their_own_with_files_in_the_sweeps_directory(monkeypatch):
    """executor='submitit' gives each job a process, and submitit's files a folder of the sweep."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,4")

    def task(cfg):
        return cfg.x, os.getpid(), os.environ["CUDA_VISIBLE_DEVICES"], os.environ["OMP_NUM_THREADS"]

    (jobs,) = hydra_multirun(
        {"x": 0},
        task,
        ["x=0,1", "hydra.sweep.dir=sweep"],
        executor="submitit",
        concurrent=2,
        resources={"gpus": 1, "threads": 3},
    )
    found = [job.return_value for job in jobs]
    assert [item[0] for item in found] == [0, 1]
    assert len({os.getpid(), *(item[1] for item in found)}) == 3
    assert {item[2] for item in found} == {"3", "4"}
    assert {item[3] for item in found} == {"3"}
    assert len(list(Path("sweep/.submitit").glob("*/*_log.out"))) == 2


def test_executor_of_the_users_is_used_as_it_is():
    """A LocalExecutor runs the jobs and keeps its own folder; exceptions keep their type."""

    def task(cfg):
        if cfg.x == 1:
            raise KeyError("no luck")
        return cfg.x

    executor = submitit.LocalExecutor("logs/%j")
    with pytest.raises(KeyError, match="no luck") as caught:
        hydra_multirun({"x": 0}, task, ["x=0,1"], executor=executor)
    assert [job.status for job in caught.value.finished_jobs].count(JobStatus.COMPLETED) == 1
    assert list(Path("logs").glob("*/*_result.pkl"))


def test_debug_executor_runs_jobs_in_this_process():
    """Submitit's DebugExecutor is for debuggers: the job is here."""
    executor = submitit.DebugExecutor("logs")
    (jobs,) = hydra_multirun({"x": 0}, lambda _: os.getpid(), ["x=0,1"], executor=executor)
    assert [job.return_value for job in jobs] == [os.getpid()] * 2
    assert hydra_run({"x": 0}, lambda _: os.getpid(), executor=executor).return_value == os.getpid()


@pytest.mark.usefixtures("no_slurm")
def test_job_that_ends_without_a_result_is_lost_and_one_that_hangs_is_cancelled():
    """A process that dies and one that takes too long are those jobs' failures alone."""

    def task(cfg):
        if cfg.x == 0:
            os._exit(3)
        if cfg.x == 1:
            time.sleep(60)
        return cfg.x

    (jobs,) = hydra_multirun(
        {"x": 0},
        task,
        ["x=0,1,2"],
        executor="submitit",
        concurrent=3,
        timeout=6,
        on_failure="return",
    )
    with pytest.raises(WorkerDiedError, match="ended without a result"):
        _ = jobs[0].return_value
    with pytest.raises(JobTimeoutError):
        _ = jobs[1].return_value
    assert jobs[2].return_value == 2


def test_config_group_takes_a_cluster_a_folder_and_parameters():
    """hydra/launcher=submitit is submitit's executor as the config describes it."""
    group = ["hydra/launcher=submitit", "hydra.launcher.cluster=local", "x=7"]
    (jobs,) = hydra_multirun(
        {"x": 0},
        lambda cfg: cfg.x,
        [*group, "hydra.launcher.folder=jobs", "+hydra.launcher.parameters.slurm_partition=gpu"],
    )
    assert jobs[0].return_value == 7
    assert list(Path("jobs").glob("*_result.pkl"))
    with pytest.raises(ExecutorError, match="colour"):
        hydra_multirun({"x": 0}, print, [*group, "+hydra.launcher.parameters.colour=red"])


def test_job_is_told_of_its_end_by_the_cluster():
    """A job whose time is over for the cluster fails; one that is put back into the queue runs again."""

    def told(cfg):
        with open(f"begun{cfg.x}", "a") as file:
            file.write("#")
        if Path(f"begun{cfg.x}").read_text() == "#":
            os.kill(os.getpid(), signal.SIGUSR2)
        return "again"

    executor = submitit.LocalExecutor("logs/%j")
    executor.update_parameters(timeout_min=24 * 60)
    (jobs,) = hydra_multirun({"x": 0}, told, ["x=0"], executor=executor)
    assert jobs[0].return_value == "again"
    executor.update_parameters(timeout_min=1)  # submitit looks whether a minute is nearly over
    with pytest.raises(JobTimeoutError, match="timeout_min"):
        hydra_run({"x": 1}, told, executor=executor)


def test_job_that_slurm_refuses_fails_alone_and_one_that_dies_is_missed(slurm, monkeypatch):
    """A refusal is told of; a job that is gone is noticed without accounting."""
    monkeypatch.setattr(_slurm, "_SHORTEST", 0.2)
    monkeypatch.setattr(_submitit, "_LAG", 0.0)
    (jobs,) = hydra_multirun(
        {"x": 0},
        lambda _: os._exit(3),
        ["x=0,1"],
        executor="submitit",
        timeout=61,
        on_failure="return",
    )
    with pytest.raises(WorkerDiedError, match=r"job 7 ended without a result"):
        _ = jobs[0].return_value
    with pytest.raises(ExecutorError, match="QOSMaxSubmitJobPerUserLimit"):
        _ = jobs[1].return_value
    asked = (slurm / "job").read_text()
    assert "--time=5\n" in asked  # in minutes; the notice below comes up to a minute early
    assert "--signal=USR2@30\n" in asked


def test_sweep_that_slurm_refuses_ends_at_once(slurm):
    """Where SLURM takes not even the first job, no other one is handed over."""
    (slurm / "closed").touch()
    with pytest.raises(ExecutorError, match="QOSMaxSubmitJobPerUserLimit") as caught:
        hydra_multirun({"x": 0}, print, ["x=0,1"], executor="submitit", on_failure="return")
    assert caught.value.finished_jobs == []
