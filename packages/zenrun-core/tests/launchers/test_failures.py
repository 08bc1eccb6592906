"""What a failed job means for the others: in every case the finished ones are not lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from hydra.core.utils import JobStatus

from zenrun import hydra_multirun, hydra_run
from zenrun.errors import JobTimeoutError, OutputDirError, WorkerDiedError

pytest.importorskip("loky", reason="the extra 'parallel' is not installed")


def fails_at_two(cfg):
    Path(cfg.dir, f"ran-{cfg.x}").touch()
    if cfg.x == 2:
        raise ValueError("two")
    return cfg.x


def config():
    return {"x": 1, "dir": os.getcwd()}


def ran():
    return sorted(path.name for path in Path().glob("ran-*"))


@pytest.mark.parametrize("on_failure", [None, "raise"])
def test_failure_lets_the_batch_finish_and_is_raised(executor, on_failure):
    """As in Hydra; the exception has every finished job."""
    with pytest.raises(ValueError, match="two") as caught:
        hydra_multirun(
            config(), fails_at_two, ["x=1,2,3,4"], executor=executor, on_failure=on_failure
        )

    assert ran() == ["ran-1", "ran-2", "ran-3", "ran-4"]
    jobs = {job.overrides[0]: job for job in caught.value.finished_jobs}
    assert {name: job.status.name for name, job in jobs.items()} == {
        "x=1": "COMPLETED",
        "x=2": "FAILED",
        "x=3": "COMPLETED",
        "x=4": "COMPLETED",
    }
    assert jobs["x=4"].return_value == 4


def test_failure_stops_the_sweep_if_so_asked(executor):
    """No further job starts; the exception has those that have finished."""

    def task(cfg):
        deadline = time.monotonic() + 60
        while cfg.x != 2 and not Path(cfg.dir, "ran-2").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        if cfg.x != 2:
            time.sleep(0.1)
        return fails_at_two(cfg)

    with pytest.raises(ValueError, match="two") as caught:
        hydra_multirun(
            config(),
            task,
            [f"x=2,{','.join(map(str, range(3, 40)))}"],
            executor=executor,
            on_failure="stop",
        )

    assert len(ran()) < 38
    assert len(caught.value.finished_jobs) == len(ran())


def test_failure_withdraws_jobs_that_wait_in_a_queue():
    """An executor that does not say how many jobs it runs at once has all; those it has not begun are cancelled."""

    class Queue:
        def submit(self, function, *args):
            return pool.submit(function, *args)

    def task(cfg):
        time.sleep(0.05 * (cfg.x != 2))
        return fails_at_two(cfg)

    overrides = [f"x=2,{','.join(map(str, range(3, 40)))}"]
    with ProcessPoolExecutor(1) as pool, pytest.raises(ValueError, match="two") as caught:
        hydra_multirun(config(), task, overrides, executor=Queue(), on_failure="stop")

    assert len(ran()) < 38
    assert len(caught.value.finished_jobs) == len(ran())


def test_failure_is_returned_if_so_asked(executor):
    """Every JobReturn comes back; reading the value of the failed one raises."""
    (jobs,) = hydra_multirun(
        config(), fails_at_two, ["x=1,2,3"], executor=executor, on_failure="return"
    )

    assert [job.status for job in jobs] == [
        JobStatus.COMPLETED,
        JobStatus.FAILED,
        JobStatus.COMPLETED,
    ]
    assert [jobs[0].return_value, jobs[2].return_value] == [1, 3]
    assert jobs[1].overrides == ["x=2"]
    assert jobs[1].cfg.x == 2
    with pytest.raises(ValueError, match="two"):
        _ = jobs[1].return_value


def test_failure_is_returned_in_each_batch(executor):
    """Batches of the basic sweeper stay batches."""
    batches = hydra_multirun(
        config(),
        fails_at_two,
        ["x=1,2,3", "hydra.sweeper.max_batch_size=2"],
        executor=executor,
        on_failure="return",
    )

    assert [[job.status.name for job in batch] for batch in batches] == [
        ["COMPLETED", "FAILED"],
        ["COMPLETED"],
    ]


def fails_twice(cfg):
    count = len(list(Path(cfg.dir).glob(f"try-{cfg.x}-*")))
    Path(cfg.dir, f"try-{cfg.x}-{count}").touch()
    if count < 2 and cfg.x == 2:
        if cfg.how == "raises":
            raise ValueError("not yet")
        os._exit(7)
    return cfg.x, count


@pytest.mark.parametrize("how", ["raises", "dies"])
def test_failed_job_is_tried_again(loky, how):
    """A job that fails, or whose worker dies, is started again as often as retries says."""
    given = {**config(), "how": how}

    (jobs,) = hydra_multirun(
        given, fails_twice, ["x=1,2,3"], executor=loky, retries=2, backoff=0.01
    )

    assert [job.return_value for job in jobs] == [(1, 0), (2, 2), (3, 0)]


def test_failed_job_is_tried_again_in_this_process():
    """Without workers as well."""
    given = {**config(), "how": "raises"}

    (jobs,) = hydra_multirun(given, fails_twice, ["x=1,2,3"], retries=2)

    assert [job.return_value for job in jobs] == [(1, 0), (2, 2), (3, 0)]


def test_failed_job_is_not_tried_more_often_than_asked():
    """The last failure is the one that counts."""
    given = {**config(), "how": "raises"}

    (jobs,) = hydra_multirun(given, fails_twice, ["x=1,2"], retries=1, on_failure="return")

    assert [job.status.name for job in jobs] == ["COMPLETED", "FAILED"]
    assert len(list(Path().glob("try-2-*"))) == 2


def test_worker_that_dies_takes_no_other_job_along(loky):
    """The others run once each and come back; the job's error says what may have happened."""

    def dies(cfg):
        Path(cfg.dir, f"ran-{cfg.x}-{os.getpid()}").touch()
        if cfg.x == 2:
            os._exit(5)
        time.sleep(0.2)
        return cfg.x

    (jobs,) = hydra_multirun(config(), dies, ["x=1,2,3,4"], executor=loky, on_failure="return")

    assert [job.status.name for job in jobs] == ["COMPLETED", "FAILED", "COMPLETED", "COMPLETED"]
    assert len(ran()) == 4
    with pytest.raises(WorkerDiedError, match=r"job 1 \(x=2\) has died"):
        _ = jobs[1].return_value


def test_job_that_hangs_is_ended(loky):
    """The job that runs too long is ended; one that is killed by a signal it ignores, too."""

    def hangs(cfg):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        Path(cfg.dir, f"ran-{cfg.x}-{os.getpid()}").touch()
        if cfg.x == 2:
            time.sleep(600)
        return cfg.x

    (jobs,) = hydra_multirun(
        config(), hangs, ["x=1,2,3,4"], executor=loky, timeout=1.0, on_failure="return"
    )

    assert [job.status.name for job in jobs] == ["COMPLETED", "FAILED", "COMPLETED", "COMPLETED"]
    with pytest.raises(JobTimeoutError, match=r"Job 1 \(x=2\) ran longer than the 1.0 seconds"):
        _ = jobs[1].return_value
    (pid,) = [int(name.split("-")[2]) for name in ran() if name.startswith("ran-2")]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_single_job_that_hangs_is_ended(loky):
    """The same with hydra_run."""
    with pytest.raises(JobTimeoutError, match=r"longer than the 0.5 seconds"):
        hydra_run({"x": 1}, lambda cfg: time.sleep(600), executor=loky, timeout=0.5)


def test_pool_of_the_caller_that_breaks_is_told_of():
    """What ran is returned; the jobs that cannot run any more say so."""

    def dies(cfg):
        if cfg.x == 2:
            os._exit(5)
        return cfg.x

    with ProcessPoolExecutor(1) as pool:
        (jobs,) = hydra_multirun(config(), dies, ["x=1,2,3,4"], executor=pool, on_failure="return")

    assert jobs[0].return_value == 1
    assert [job.status.name for job in jobs[1:]] == ["FAILED"] * 3
    with pytest.raises(WorkerDiedError):
        _ = jobs[3].return_value


def test_task_that_exits_counts_as_failed(loky):
    """sys.exit() in a worker ends neither the worker nor the sweep."""

    def exits(cfg):
        if cfg.x == 2:
            sys.exit(3)
        return cfg.x

    (jobs,) = hydra_multirun(config(), exits, ["x=1,2,3"], executor=loky, on_failure="return")

    assert [job.status.name for job in jobs] == ["COMPLETED", "FAILED", "COMPLETED"]


def test_folder_that_cannot_be_made_is_one_clear_error(executor):
    """The folder is named, and what had finished before is attached."""
    overrides = ["x=1,4,3", "hydra.sweep.dir=out", "hydra.sweep.subdir=${x}"]
    Path("out").mkdir()
    Path("out/3").write_text("a file stands where the folder of a job should be")

    with pytest.raises(OutputDirError, match="out/3") as caught:
        hydra_multirun(config(), fails_at_two, overrides, executor=executor)

    assert ["x=1"] in [job.overrides for job in caught.value.finished_jobs]


def test_folder_that_cannot_be_made_fails_its_job_alone_if_so_asked(executor):
    """With on_failure='return' the other jobs come back."""
    overrides = ["x=1,3,4", "hydra.sweep.dir=out", "hydra.sweep.subdir=${x}"]
    Path("out").mkdir()
    Path("out/3").write_text("a file stands where the folder of a job should be")

    (jobs,) = hydra_multirun(
        config(), fails_at_two, overrides, executor=executor, on_failure="return"
    )

    assert [job.status.name for job in jobs] == ["COMPLETED", "FAILED", "COMPLETED"]


SWEEP = """
import json, os, sys, time
from pathlib import Path
from zenrun import hydra_multirun

def task(cfg):
    if cfg.x >= 2:
        Path(f"started-{cfg.x}-{os.getpid()}").touch()
        time.sleep(600)
    return cfg.x

if __name__ == "__main__":
    try:
        hydra_multirun({"x": 1}, task, ["x=0,1,2,3,4", "hydra.sweep.dir=out"], executor=EXECUTOR)
    except KeyboardInterrupt as error:
        print(sorted(job.return_value for job in error.finished_jobs))
"""


@pytest.mark.parametrize("where", ["None", "'loky'"])
def test_interrupt_gives_what_has_finished(where):
    """Ctrl-C ends the running jobs; the finished ones are on the exception."""
    Path("sweep.py").write_text(textwrap.dedent(SWEEP).replace("EXECUTOR", where))
    running = subprocess.Popen([sys.executable, "sweep.py"], stdout=subprocess.PIPE, text=True)
    wanted = 1 if where == "None" else 2
    deadline = time.monotonic() + 60
    while len(list(Path().glob("started-*"))) < min(wanted, os.cpu_count()):
        assert time.monotonic() < deadline
        time.sleep(0.02)

    running.send_signal(signal.SIGINT)
    printed, _ = running.communicate(timeout=60)

    assert printed.splitlines()[-1] == "[0, 1]"
    for path in Path().glob("started-*"):
        with pytest.raises(ProcessLookupError):
            os.kill(int(path.name.split("-")[2]), 0)
