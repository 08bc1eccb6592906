"""A short job has the next one sent to its worker ahead of time, and nobody can tell by what comes of it."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time
from pathlib import Path
from typing import ClassVar

import pytest
from hydra.core.config_store import ConfigStore

from zenrun import builds, hydra_multirun
from zenrun.sweep import SearchSweeper

pytest.importorskip("loky", reason="the extra 'parallel' is not installed")

CONFIG = {"x": 1, "hydra": {"sweep": {"dir": "sweep"}}}


def log(name):
    """Note in a file of the sweep's folder that a job has begun."""
    with Path("sweep", name).open("a") as file:
        file.write("begun\n")


def test_job_that_waits_behind_a_long_one_runs_elsewhere(workers):
    """It is taken back, and runs once: the long job sees all the others run, though some were behind it."""

    def task(cfg):
        log(f"ran-{cfg.x}")
        time.sleep(0.01)
        until = time.monotonic() + 60
        while cfg.x == 10 and len(list(Path("sweep").glob("ran-*"))) < 30:
            if time.monotonic() > until:
                return "in vain"
            time.sleep(0.05)
        return cfg.x

    (jobs,) = hydra_multirun(CONFIG, task, [f"x={','.join(map(str, range(30)))}"], executor=workers)

    assert [job.return_value for job in jobs] == list(range(30))
    assert all(Path("sweep", f"ran-{num}").read_text() == "begun\n" for num in range(30))


def test_job_that_waits_behind_one_that_kills_its_worker_is_run(workers):
    """The worker's death is the other one's alone."""

    def task(cfg):
        log(f"ran-{cfg.x}")
        time.sleep(0.01)
        if cfg.x == 10:
            os._exit(1)
        return cfg.x

    overrides = [f"x={','.join(map(str, range(30)))}"]
    (jobs,) = hydra_multirun(CONFIG, task, overrides, executor=workers, on_failure="return")

    failed = [num for num, job in enumerate(jobs) if job.status.name == "FAILED"]
    assert failed == [10]
    assert [job.return_value for job in jobs if job.status.name == "COMPLETED"] == [
        *range(10),
        *range(11, 30),
    ]
    assert all(Path("sweep", f"ran-{num}").read_text() == "begun\n" for num in range(30))


class Counts(SearchSweeper):
    """Notes at each ask how many of its jobs are still without a result."""

    open_jobs: ClassVar[list] = []

    def make_searcher(self, space, directions, seed):
        self.space, self.rng, self.waits = space, random.Random(seed), 0
        return self

    def ask(self):
        self.open_jobs.append(self.waits)
        self.waits += 1
        return self.space.draw(self.rng)

    def tell(self, result):
        self.waits -= 1


def test_search_is_not_asked_ahead(loky):
    """Of a search no job waits for a worker: each is asked for with all that is known by then."""
    ConfigStore.instance().store(
        group="hydra/sweeper", name="counts", node=builds(Counts, n_trials=30, seed=1)
    )

    result = hydra_multirun(
        {"x": 1.0},
        lambda cfg: cfg.x,
        ["hydra/sweeper=counts", "x=interval(0.0, 1)", "hydra.sweep.dir=sweep"],
        executor=loky,
    )

    assert len(result.trials) == 30
    assert [item.value for item in result.trials] == [item.params["x"] for item in result.trials]
    assert max(Counts.open_jobs) == 1  # besides the one that is asked for


def test_jobs_run_though_somebody_empties_the_folder_for_temporary_files(tmp_path, monkeypatch):
    """Nothing is taken back then, and nothing is lost."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def task(cfg):
        for folder in tmp_path.glob("zenrun-*"):
            shutil.rmtree(folder)
        return cfg.x

    (jobs,) = hydra_multirun(CONFIG, task, ["x=range(20)"], executor="loky", concurrent=1)

    assert [job.return_value for job in jobs] == list(range(20))
