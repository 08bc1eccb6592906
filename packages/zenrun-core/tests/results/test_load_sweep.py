"""load_sweep: what a sweep has left is read while it runs, after it ended, and wherever it lies."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from zenrun import hydra_multirun, load_sweep
from zenrun.errors import JobFailedError, JournalError

OUT = "hydra.sweep.dir=out"


def squares(cfg):
    return cfg.x**2


def fails_at_two(cfg):
    if cfg.x == 2:
        msg = "two"
        raise ValueError(msg)
    return cfg.x


def test_sweep_is_a_sequence_of_its_jobs():
    """Each job tells its overrides, status, times, places and value."""
    before = time.time()
    hydra_multirun({"x": 1}, squares, ["x=3,1,2", OUT])

    sweep = load_sweep("out")

    assert (len(sweep), sweep.status, sweep.damaged) == (3, "FINISHED", 0)
    assert sweep.config == "x: 1\n"
    assert sweep.overrides == ("x=3,1,2", OUT)
    assert [job.return_value for job in sweep] == [9, 1, 4]
    assert [job.num for job in sweep[1:]] == [1, 2]
    job = sweep[0]
    assert (job.overrides, job.status, job.attempt, job.shown) == (("x=3",), "COMPLETED", 1, "9")
    assert before <= job.start <= job.end <= time.time()
    assert job.duration == job.end - job.start
    assert job.worker == str(os.getpid())
    assert job.directory == Path("out/0").absolute()
    assert (job.error, job.traceback) == (None, None)


def test_failed_job_tells_its_error_when_its_value_is_read():
    """The value of a failed job raises an error with the traceback."""
    with pytest.raises(ValueError, match="two"):
        hydra_multirun({"x": 1}, fails_at_two, ["x=1,2", OUT])

    sweep = load_sweep("out")

    assert sweep.status == "FAILED"
    assert sweep[1].error == "ValueError: two"
    with pytest.raises(JobFailedError, match=r"(?s)Job 1 \(x=2\) is FAILED.*in fails_at_two"):
        _ = sweep[1].return_value


class MuteError(Exception):
    """An error that cannot be told."""

    def __str__(self):
        raise RuntimeError


def test_failed_job_with_an_error_that_cannot_be_shown_is_written_down():
    """An exception whose text raises fails its job and not the sweep."""

    def fails(cfg):
        raise MuteError

    (jobs,) = hydra_multirun({"x": 1}, fails, ["x=1,2", OUT], on_failure="return")

    assert [job.status.name for job in jobs] == ["FAILED", "FAILED"]
    assert [job.error for job in load_sweep("out")] == ["MuteError", "MuteError"]


def test_sweep_is_shown_as_a_short_table():
    """The first and the last ten rows, each cut to one line."""
    hydra_multirun({"x": 1}, lambda cfg: "a\nb" * 50, ["x=range(30)", OUT])

    lines = repr(load_sweep("out")).splitlines()

    assert lines[0] == f"FINISHED sweep of 30 jobs in {os.path.abspath('out')}"
    assert lines[1].split() == ["#", "status", "x", "value", "time"]
    assert lines[12] == "... 10 more ..."
    assert lines[2].split()[:4] == ["0", "COMPLETED", "0", "a"]
    assert [line.split()[0] for line in (lines[3], lines[-1])] == ["1", "29"]
    assert len(lines) == 23
    assert max(map(len, lines[1:])) < 80


STOPS = """
import sys, time
from pathlib import Path
from zenrun import hydra_multirun

def task(cfg):
    if cfg.x == 2:
        Path("at-two").touch()
        time.sleep(600)
    return cfg.x

try:
    hydra_multirun({"x": 1}, task, ["x=1,2,3", "hydra.sweep.dir=out"])
except KeyboardInterrupt:
    sys.exit(0)
"""


@pytest.fixture
def stopping():
    """A sweep in a process of its own, that has come to its second job."""
    running = subprocess.Popen([sys.executable, "-c", STOPS])
    deadline = time.monotonic() + 60
    while not Path("at-two").exists():
        assert time.monotonic() < deadline
        assert running.poll() is None
        time.sleep(0.01)
    yield running
    running.kill()
    running.wait()


@pytest.mark.parametrize(
    ("sent", "status", "job"),
    [
        (None, "RUNNING", "RUNNING"),
        (signal.SIGKILL, "DEAD", "LOST"),
        (signal.SIGTERM, "DEAD", "LOST"),
        (signal.SIGINT, "INTERRUPTED", "CANCELLED"),
    ],
    ids=str,
)
def test_sweep_tells_whether_it_runs_and_how_it_ended(stopping, sent, status, job):
    """A sweep that runs, was killed or was interrupted says so, and its finished job is there."""
    if sent is not None:
        stopping.send_signal(sent)
        stopping.wait(60)

    sweep = load_sweep("out")

    assert sweep.status == status
    assert [item.status for item in sweep] == ["COMPLETED", job]
    assert sweep[0].return_value == 1
    with pytest.raises(JobFailedError, match=rf"Job 1 \(x=2\) is {job}"):
        _ = sweep[1].return_value


@pytest.mark.parametrize("how", ["moved", "copied", "by a link"])
def test_sweep_is_read_where_it_was_moved_to(how):
    """Values in files and the jobs' folders are found at the new place."""
    hydra_multirun({"x": 1}, lambda cfg: bytes([cfg.x]) * 50_000, ["x=1,2", OUT])
    if how == "moved":
        os.makedirs("a/b")
        os.rename("out", "a/b/c")
    elif how == "copied":
        shutil.copytree("out", "a/b/c")
        shutil.rmtree("out")
    else:
        os.makedirs("a/b")
        os.symlink(os.path.abspath("out"), "a/b/c")

    sweep = load_sweep("a/b/c", unpickle=True)

    assert [job.return_value for job in sweep] == [bytes([x]) * 50_000 for x in (1, 2)]
    assert [job.directory for job in sweep] == [Path(f"a/b/c/{num}").absolute() for num in (0, 1)]
    assert all((job.directory / ".hydra" / "config.yaml").is_file() for job in sweep)


@pytest.mark.parametrize(
    "name", ["./there/../out", "out/", "{cwd}/out", "a b/ü[1]", "{cwd}/x/../out"]
)
def test_sweep_finds_the_folders_of_its_jobs_however_its_own_is_written(name):
    """The folders are told relative to the sweep's, so they can be moved with it."""
    os.mkdir("there")
    path = name.format(cwd=os.getcwd())
    hydra_multirun({"x": 1}, squares, ["x=1,2", f"hydra.sweep.dir='{path}'"])
    os.rename(os.path.normpath(path), "moved")

    folders = [job.directory for job in load_sweep("moved")]

    assert folders == [Path(f"moved/{num}").absolute() for num in (0, 1)]


def test_sweep_with_folders_elsewhere_keeps_their_names():
    """A job's folder outside of the sweep's is told as it is."""
    elsewhere = os.path.abspath("elsewhere")
    hydra_multirun({"x": 1}, squares, ["x=1,2", OUT, f"hydra.sweep.subdir={elsewhere}/${{x}}"])

    folders = [str(job.directory) for job in load_sweep("out")]

    assert folders == [f"{elsewhere}/1", f"{elsewhere}/2"]


def a_file(path):
    path.write_text("text")


def an_empty_folder(path):
    path.mkdir()


def a_folder_of_others(path):
    for number in range(20):
        (path / f"name-{number:02}").mkdir(parents=True)


def a_folder_above(path):
    hydra_multirun({"x": 1}, squares, ["x=1,2", f"hydra.sweep.dir={path}/one"])


def an_empty_journal(path):
    (path / ".zenrun/journal").mkdir(parents=True)


def a_file_as_journal(path):
    (path / ".zenrun").mkdir(parents=True)
    (path / ".zenrun/journal").write_text("")


def a_folder_in_the_journal(path):
    (path / ".zenrun/journal/x.jsonl").mkdir(parents=True)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: None, "There is no folder '.*here'"),
        (a_file, "is a file; a sweep is a directory"),
        (an_empty_folder, r"no \.zenrun/journal\. It is empty"),
        (a_folder_of_others, "It holds name-00, .*, name-07 and 12 more"),
        (a_folder_above, "There are below it: .*here/one"),
        (an_empty_journal, "No sweep of zenrun is in"),
        (a_file_as_journal, "No sweep of zenrun is in"),
        (a_folder_in_the_journal, "cannot be read"),
    ],
    ids=lambda item: getattr(item, "__name__", "")[:30],
)
def test_load_sweep_of_what_is_no_sweep_is_one_clear_error(make, says):
    """The error says what is there instead."""
    make(Path("here"))

    with pytest.raises(JournalError, match=says):
        load_sweep("here")


@pytest.mark.parametrize("name", ["nul\0", "n" * 5000, "a/" * 3000])
def test_load_sweep_of_an_impossible_name_is_one_clear_error(name):
    """Also where the system refuses to look."""
    with pytest.raises(JournalError):
        load_sweep(name)


LOCKED = """
import os
from zenrun import load_sweep
from zenrun.errors import JournalError
os.setuid(65534)
try:
    load_sweep(os.environ["THERE"])
except JournalError as error:
    print(error)
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("name", ["out", "out/.zenrun", "out/.zenrun/journal"])
def test_load_sweep_of_what_may_not_be_read_is_one_clear_error(name):
    """The error is the system's, with the place."""
    base = Path("/tmp") / f"zenrun-locked-{os.getpid()}"
    try:
        hydra_multirun({"x": 1}, squares, ["x=1,2", f"hydra.sweep.dir={base}/out"])
        os.chmod(base, 0o755)
        os.chmod(base / name, 0o000)
        told = subprocess.run(
            [sys.executable, "-c", LOCKED],
            env={**os.environ, "THERE": str(base / "out")},
            cwd="/",
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        shutil.rmtree(base)

    assert str(base / "out") in told.stdout, told.stderr
    assert "cannot be read: Permission denied" in told.stdout
