"""What a job returns on its way back from a worker: large, cut off half way, or not to be read here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from zenrun import hydra_multirun, hydra_run, load_sweep
from zenrun.errors import NotPicklableError

SIZE = 300_000  # several times what a pipe holds
pytest.importorskip("loky", reason="the extra 'parallel' is not installed")

KILLS = """
import json, os, resource, signal, subprocess, sys
from pathlib import Path
from zenrun import hydra_multirun

class DiesInItsFile:
    "The system kills its process half way through the second file that it is written to."
    times = 0

    def __init__(self, size):
        self.size = size

    def __reduce__(self):
        DiesInItsFile.times += 1
        if DiesInItsFile.times == 2:
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.size // 2, self.size // 2))
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        return bytes, (b"x" * self.size,)

def task(cfg):
    if cfg.x == 1:
        return DiesInItsFile(cfg.size)
    if cfg.x == 3:  # its parent reads nothing until the process is dead
        os.kill(cfg.parent, signal.SIGSTOP)
        kill = f"kill -9 {os.getpid()}; kill -CONT {cfg.parent}"
        wait = "until ls out/.zenrun/values/3-*.pkl; do sleep 0.02; done; sleep 0.2"
        subprocess.Popen(["sh", "-c", f"{wait}; {kill}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return b"x" * cfg.size
    return cfg.x

def look(job):
    files = Path(os.environ["TMPDIR"]).glob("zenrun-*/*")
    left.append([file.name for file in files if file.stat().st_size])

if __name__ == "__main__":
    left = []
    (jobs,) = hydra_multirun(
        {"x": 0, "size": int(sys.argv[1]), "parent": os.getpid()},
        task,
        ["x=range(4)", "hydra.sweep.dir=out"],
        executor="loky",
        concurrent=1,
        timeout=60,  # so nothing is sent ahead of its time, to a worker that is about to die
        on_failure="return",
        on_job_end=look,
    )
    told = [
        job.return_value if job.status.name == "COMPLETED" else type(job._return_value).__name__
        for job in jobs
    ]
    told = [len(value) if isinstance(value, bytes) else value for value in told]
    Path("told.json").write_text(json.dumps([told, left]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="signals and limits as Linux has them")
def test_worker_killed_half_way_through_a_large_reply_leaves_nobody_waiting():
    """One while it writes a file, one while its parent reads nothing; of neither anything is left behind."""
    Path("kills.py").write_text(KILLS)
    Path("temporary").mkdir()
    env = {**os.environ, "TMPDIR": os.path.abspath("temporary")}

    subprocess.run([sys.executable, "kills.py", str(SIZE)], check=True, timeout=60, env=env)

    told, left = json.loads(Path("told.json").read_text())
    assert told[:3] == [0, "WorkerDiedError", 2]
    assert told[3] in (SIZE, "WorkerDiedError")  # a slow machine may not have come as far
    assert left == [[]] * 4
    assert list(Path("temporary").glob("zenrun-*")) == []


def one(config, task, **given):
    return hydra_run(config, task, **given)


def first_of_two(config, task, **given):
    return hydra_multirun(config, task, ["x=1,2"], **given)[0][0]


def large(folder):
    """Give an object that tells, when it is unpickled, how large the largest file in the folder is."""

    def look(_content):
        return max((file.stat().st_size for file in Path(folder).glob("*/*")), default=None)

    class Large:
        def __reduce__(self):
            return look, (b"x" * SIZE,)

    return Large()


@pytest.mark.parametrize("run", [one, first_of_two])
def test_large_reply_comes_in_a_file_that_is_removed(workers, run, monkeypatch):
    """It is there while it is read, and gone when the run has ended."""
    folder = Path("temporary").absolute()
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))

    job = run({"x": 1}, lambda cfg: large(str(folder)), executor=workers)

    assert job.return_value > SIZE
    assert [file for file in folder.glob("*/*") if file.stat().st_size] == []


def test_large_reply_comes_as_a_message_where_it_cannot_be_in_a_file(loky, monkeypatch):
    """As on another machine, or where the disk is full."""
    monkeypatch.setattr(tempfile, "tempdir", str(Path("nowhere").absolute()))

    job = hydra_run({"x": 1}, lambda cfg: b"x" * SIZE, executor=loky)

    assert job.return_value == b"x" * SIZE


def test_value_that_cannot_be_read_here_fails_its_job_alone(loky):
    """The worker has sent it; unpickling it raises in the process of the sweep."""
    parent = os.getpid()

    def refuses(x):
        if os.getpid() == parent:
            raise RuntimeError("not here")
        return x

    class Odd:
        def __reduce__(self):
            return refuses, (2,)

    (jobs,) = hydra_multirun(
        {"x": 0},
        lambda cfg: Odd() if cfg.x == 2 else cfg.x,
        ["x=1,2,3", "hydra.sweep.dir=out"],
        executor=loky,
        on_failure="return",
    )

    assert [job.status.name for job in jobs] == ["COMPLETED", "FAILED", "COMPLETED"]
    with pytest.raises(
        NotPicklableError, match="cannot be read in this process: RuntimeError: not"
    ):
        _ = jobs[1].return_value
    assert [job.status for job in load_sweep("out")] == [
        "COMPLETED"
    ] * 3  # it may be read elsewhere
