"""A sweep goes on where it stopped: what has finished is never run again."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from zenrun import hydra_multirun, load_sweep
from zenrun.errors import JournalError, ResumeError, SweepRunningError

OUT = "hydra.sweep.dir=out"


def counts(cfg):
    """Note each run of a job, and fail as long as the file that says so is there."""
    with open("runs.txt", "a") as file:
        file.write(f"{cfg.x}\n")
    if cfg.x == 2 and Path("broken").exists():
        msg = "broken"
        raise ValueError(msg)
    return cfg.x * 10, {"x": cfg.x}


def runs():
    return sorted(int(line) for line in Path("runs.txt").read_text().split())


def fail_once(overrides, **given):
    Path("broken").touch()
    with pytest.raises(ValueError, match="broken"):
        hydra_multirun({"x": 1}, counts, [*overrides, OUT], **given)
    Path("broken").unlink()


@pytest.mark.parametrize("directory", ["out", Path("out"), "last"])
def test_resume_runs_what_has_not_finished(directory):
    """Failed jobs run again, finished ones do not, and the results are those of one whole sweep."""
    fail_once(["x=1,2,3"])
    overrides = ["x=1,2,3", OUT] if directory == "last" else ["x=1,2,3"]

    (jobs,) = hydra_multirun({"x": 1}, counts, overrides, resume=directory)

    assert runs() == [1, 2, 2, 3]
    assert [job.return_value for job in jobs] == [(10 * x, {"x": x}) for x in (1, 2, 3)]


def test_resumed_jobs_are_whole_job_returns():
    """Config, Hydra's config, overrides, folders and status are those that the job had."""
    (first,) = hydra_multirun({"x": 1}, counts, ["x=1,2,3", OUT])

    (jobs,) = hydra_multirun({"x": 1}, counts, ["x=1,2,3", OUT], resume="out")

    assert runs() == [1, 2, 3]
    for job, before in zip(jobs, first, strict=True):
        assert (job.cfg, job.overrides, job.status) == (before.cfg, before.overrides, before.status)
        assert (job.working_dir, job.task_name) == (before.working_dir, before.task_name)
        assert job.hydra_cfg.hydra.runtime == before.hydra_cfg.hydra.runtime
        assert job.hydra_cfg.hydra.job == before.hydra_cfg.hydra.job


def test_resume_finds_the_last_sweep_by_itself():
    """Without a directory in the overrides, "last" is the newest below multirun/."""
    hydra_multirun({"x": 1}, counts, ["x=5"])
    Path("broken").touch()
    with pytest.raises(ValueError, match="broken"):
        hydra_multirun({"x": 1}, counts, ["x=1,2"])
    Path("broken").unlink()

    (jobs,) = hydra_multirun({"x": 1}, counts, ["x=1,2"], resume="last")

    assert runs() == [1, 2, 2, 5]
    assert len(list(Path("multirun").glob("*/*/multirun.yaml"))) == 2
    assert jobs[1].hydra_cfg.hydra.runtime.output_dir == str(
        max(Path("multirun").absolute().glob("*/*")) / "1"
    )


def test_resume_takes_more_jobs():
    """Jobs may be added: they get folders of their own, and results stand in the order asked for."""
    hydra_multirun({"x": 1}, counts, ["x=1,3", OUT])

    (jobs,) = hydra_multirun({"x": 1}, counts, ["x=1,2,3,4", OUT], resume="out")

    assert runs() == [1, 2, 3, 4]
    assert [job.return_value[0] for job in jobs] == [10, 20, 30, 40]
    folders = [Path(job.hydra_cfg.hydra.runtime.output_dir).name for job in jobs]
    assert folders == ["0", "2", "1", "3"]


@pytest.mark.parametrize(
    ("config", "overrides", "says"),
    [
        ({"x": 1}, ["x=1,3"], r"-#1 x=2"),
        ({"x": 1}, ["x=1,2,4"], r"-#2 x=3\n\+ x=4"),
        ({"x": 1}, ["x=1,2"], r"-#2 x=3"),
        ({"x": 1, "z": 2}, ["x=1,2,3"], r"\+z: 2"),
        ({"x": 7}, ["x=1,2,3"], r"-x: 1\n\+x: 7"),
    ],
    ids=str,
)
def test_resume_refuses_another_sweep(config, overrides, says):
    """A changed config, or jobs that are gone, are an error that shows the difference; nothing runs."""
    hydra_multirun({"x": 1}, counts, ["x=1,2,3", OUT])

    with pytest.raises(ResumeError, match=says):
        hydra_multirun(config, counts, [*overrides, OUT], resume="out")

    assert runs() == [1, 2, 3]


@pytest.mark.parametrize(
    ("resume", "says"),
    [("nowhere", "no folder"), ("last", "written last below"), (".", "No sweep of zenrun")],
)
def test_resume_says_where_there_is_no_sweep(resume, says):
    """The error names the place and how to find a sweep's directory."""
    with pytest.raises(JournalError, match=says):
        hydra_multirun({"x": 1}, counts, ["x=1,2"], resume=resume)


def test_resume_runs_a_job_again_whose_result_is_damaged(caplog):
    """The file with the result is another one than was written: the job runs, and nothing else."""
    hydra_multirun({"x": 1}, lambda cfg: bytes([cfg.x]) * 100_000, ["x=1,2", OUT])
    (damaged,) = Path("out/.zenrun/values").glob("1-*.pkl")
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")

    (jobs,) = hydra_multirun({"x": 1}, lambda cfg: "again", ["x=1,2", OUT], resume="out")

    assert [job.return_value for job in jobs] == [b"\x01" * 100_000, "again"]


def test_resume_works_for_searches():
    """A seeded sweeper that asks for the same jobs gets those that have finished without a run."""
    hydra_multirun({"x": 1}, counts, ["x=1,2,3", OUT, "hydra.sweeper.max_batch_size=2"])

    batches = hydra_multirun(
        {"x": 1}, counts, ["x=1,2,3", OUT, "hydra.sweeper.max_batch_size=2"], resume="out"
    )

    assert [[job.return_value[0] for job in batch] for batch in batches] == [[10, 20], [30]]
    assert runs() == [1, 2, 3]


def test_sweep_directories_of_one_second_are_two(monkeypatch):
    """Sweeps that start in the same second have directories of their own."""
    same = "${now:%Y}"
    config = {"x": 1, "hydra": {"sweep": {"dir": f"sweeps/{same}"}}}

    for _ in range(3):
        hydra_multirun(config, counts, ["x=1,2"])

    year = time.strftime("%Y")
    names = sorted(path.name for path in Path("sweeps").iterdir())
    assert names == [year, f"{year}_1", f"{year}_2"]
    assert all(len(load_sweep(path)) == 2 for path in Path("sweeps").iterdir())


def test_sweep_that_is_verbose_has_one_directory():
    """Hydra composes anew to tell of a verbose run, which takes no second directory."""
    hydra_multirun(
        {"x": 1}, counts, ["x=1,2", "hydra.verbose=true", "hydra.sweep.dir=sweeps/${now:%Y}"]
    )

    assert [path.name for path in Path("sweeps").iterdir()] == [time.strftime("%Y")]


def test_sweep_that_fails_to_start_leaves_no_directory():
    """A mistake in the overrides makes no folder."""
    with pytest.raises(Exception, match="y"):
        hydra_multirun({"x": 1}, counts, ["y=1,2"])

    leftovers = [path for path in Path().rglob("*") if path.is_dir() and not any(path.iterdir())]
    assert leftovers == []


def test_second_sweep_in_a_directory_keeps_the_first_ones_journal():
    """A name that is written out is used again, as in Hydra; the journal is put aside."""
    hydra_multirun({"x": 1}, counts, ["x=1,2", OUT])
    hydra_multirun({"x": 1}, counts, ["x=5", OUT])

    assert [job.overrides for job in load_sweep("out")] == [("x=5",)]
    shutil.rmtree("out/.zenrun")
    os.rename("out/.zenrun-1", "out/.zenrun")
    assert [job.overrides for job in load_sweep("out")] == [("x=1",), ("x=2",)]


def test_sweep_refuses_a_directory_in_which_another_runs():
    """The error names the process; the running sweep is not disturbed."""

    def starts_another(cfg):
        with pytest.raises(SweepRunningError, match=f"process {os.getpid()} on"):
            hydra_multirun({"x": 1}, counts, ["x=1", OUT])
        return cfg.x

    (jobs,) = hydra_multirun({"x": 1}, starts_another, ["x=1,2", OUT])

    assert [job.return_value for job in jobs] == [1, 2]


def test_resumed_job_of_which_nothing_is_known_keeps_its_number():
    """It was lost with its worker before it wrote down anything: its number and folder are its own."""
    hydra_multirun({"x": 1}, counts, ["x=1,2,3", OUT])
    (path,) = Path("out/.zenrun/journal").glob("*.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(line for line in lines if b'"job":0,' not in line))

    (jobs,) = hydra_multirun({"x": 1}, counts, ["x=1,2,3", OUT], resume="out")

    assert runs() == [1, 1, 2, 3]
    assert [job.hydra_cfg.hydra.job.num for job in jobs] == [0, 1, 2]
    assert [job.overrides for job in load_sweep("out")] == [("x=1",), ("x=2",), ("x=3",)]
