"""A short job has the next one sent to its worker ahead of time, and nobody can tell by what comes of it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from zenrun import hydra_multirun, load_sweep

pytest.importorskip("loky", reason="the extra 'parallel' is not installed")

CONFIG = {"x": 1, "hydra": {"sweep": {"dir": "sweep"}}}


def log(name):
    """Note in a file of the sweep's folder that a job has begun."""
    with Path("sweep", name).open("a") as file:
        file.write("begun\n")


def test_job_that_waits_behind_a_long_one_runs_elsewhere(loky):
    """It is taken back, and runs once."""

    def task(cfg):
        log(f"ran-{cfg.x}")
        time.sleep(2 if cfg.x == 10 else 0.01)
        return cfg.x

    (jobs,) = hydra_multirun(CONFIG, task, [f"x={','.join(map(str, range(30)))}"], executor=loky)

    assert [job.return_value for job in jobs] == list(range(30))
    assert all(Path("sweep", f"ran-{num}").read_text() == "begun\n" for num in range(30))
    records = {job.num: job for job in load_sweep("sweep")}
    long = records.pop(10)
    assert all(job.end < long.end for job in records.values())


def test_job_that_waits_behind_one_that_kills_its_worker_is_run(loky):
    """The worker's death is the other one's alone."""

    def task(cfg):
        log(f"ran-{cfg.x}")
        time.sleep(0.01)
        if cfg.x == 10:
            os._exit(1)
        return cfg.x

    overrides = [f"x={','.join(map(str, range(30)))}"]
    (jobs,) = hydra_multirun(CONFIG, task, overrides, executor=loky, on_failure="return")

    failed = [num for num, job in enumerate(jobs) if job.status.name == "FAILED"]
    assert failed == [10]
    assert [job.return_value for job in jobs if job.status.name == "COMPLETED"] == [
        *range(10),
        *range(11, 30),
    ]
    assert all(Path("sweep", f"ran-{num}").read_text() == "begun\n" for num in range(30))
