"""A disk that is full, or that may not be written: one clear error, and what is there stays good."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from zenrun import hydra_multirun, load_sweep
from zenrun.errors import JournalError, OutputDirError

NIGHTLY = os.environ.get("ZENRUN_HYPOTHESIS") == "nightly"


@pytest.fixture
def small():
    """A file system of one megabyte."""
    folder = Path("small")
    folder.mkdir()
    mount = shutil.which("mount")
    if os.getuid() != 0 or mount is None:
        pytest.skip("only root can mount a small file system")
    mounted = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=1m", "none", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip(f"nothing can be mounted here: {mounted.stderr.decode()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def returned(x, size):
    return bytes([x]) * size if size else [x, "plain"]


def counts(cfg):
    with open(os.path.join(cfg.cwd, "runs.txt"), "a") as file:
        file.write(f"{cfg.x}\n")
    return returned(cfg.x, cfg.size)


def runs():
    return [int(line) for line in Path("runs.txt").read_text().split()]


@pytest.mark.parametrize("size", [0, 60_000], ids=["small values", "large values"])
@pytest.mark.parametrize("on_failure", [None, "return"] if NIGHTLY else ["return"])
def test_full_disk_is_one_clear_error_and_nothing_is_lost(small, executor, size, on_failure):
    """What had finished is attached and readable; with more room, resume= runs the others alone."""
    config = {"x": 0, "size": size, "cwd": os.getcwd()}
    overrides = ["x=range(100)", f"hydra.sweep.dir={small}/out"]

    with pytest.raises((JournalError, OutputDirError), match="No space left|cannot be") as caught:
        hydra_multirun(config, counts, overrides, executor=executor, on_failure=on_failure)

    finished = [job for job in caught.value.finished_jobs if job.status.name == "COMPLETED"]
    assert finished
    for job in finished:
        assert job.return_value == returned(job.cfg.x, size)
    sweep = load_sweep(small / "out", unpickle=True)
    done = {job.num: job.return_value for job in sweep if job.status == "COMPLETED"}
    assert done == {num: returned(num, size) for num in done}
    assert 0 < len(done) < 100
    assert sweep.status in {"FAILED", "DEAD"}
    # The job that could not be written down is not lost to who catches the error.
    assert len(set(done) - {job.cfg.x for job in finished}) <= (executor is not None)
    if executor is None and on_failure is None:
        assert len(finished) >= len(runs()) - 1
    ran = len(runs())

    subprocess.run(["mount", "-o", "remount,size=32m", str(small)], check=True)
    (jobs,) = hydra_multirun(config, counts, overrides, executor=executor, resume=small / "out")

    assert [job.return_value for job in jobs] == [returned(x, size) for x in range(100)]
    assert not set(done) & set(runs()[ran:])
    sweep = load_sweep(small / "out", unpickle=True)
    assert [job.return_value for job in sweep] == [returned(x, size) for x in range(100)]
    assert sweep.status == "FINISHED"


def test_full_disk_keeps_the_job_that_could_not_be_written_down(small):
    """It has run: its JobReturn is attached to the error."""
    config = {"x": 0, "size": 700_000, "cwd": os.getcwd()}

    with pytest.raises(JournalError, match="what job 1 returned.*No space left") as caught:
        hydra_multirun(config, counts, ["x=1,2,3", f"hydra.sweep.dir={small}/out"])

    jobs = caught.value.finished_jobs
    assert [job.return_value for job in jobs] == [returned(x, 700_000) for x in (1, 2)]
    assert runs() == [1, 2]
    assert [path.suffix for path in (small / "out/.zenrun/values").iterdir()] == [".pkl"]


def test_disk_that_is_full_from_the_start_is_one_clear_error(small, executor):
    """No job runs."""
    with open(small / "filling", "wb", buffering=0) as file:
        while True:
            try:
                file.write(b"0" * 4096)
            except OSError:  # noqa: PERF203 - it is what is waited for
                break
    config = {"x": 0, "size": 0, "cwd": os.getcwd()}

    with pytest.raises((JournalError, OutputDirError), match="No space left"):
        hydra_multirun(config, counts, ["x=1,2", f"hydra.sweep.dir={small}/out"], executor=executor)

    assert not Path("runs.txt").exists()


LIMITED = """
import os, resource, sys
from zenrun import hydra_multirun
from zenrun.errors import JournalError

resource.setrlimit(resource.RLIMIT_FSIZE, (6_000, 6_000))
try:
    hydra_multirun({"x": 0}, lambda cfg: "y" * 100, ["x=range(40)", "hydra.sweep.dir=out"])
except JournalError as error:
    print(len(error.finished_jobs), str(error))
"""


def test_file_that_may_not_grow_is_one_clear_error():
    """The limit of the system cuts a line: readers do not see it, and the sweep goes on later."""
    told = subprocess.run(
        [sys.executable, "-c", LIMITED], capture_output=True, text=True, check=True
    ).stdout.splitlines()[-1]

    sweep = load_sweep("out")
    done = [job.num for job in sweep if job.status == "COMPLETED"]
    assert "File too large" in told
    assert "resume=" in told
    assert int(told.split()[0]) >= len(done) > 3
    assert sweep.damaged == 0
    ran = []
    (jobs,) = hydra_multirun(
        {"x": 0},
        lambda cfg: ran.append(cfg.x) or "y" * 100,
        ["x=range(40)", "hydra.sweep.dir=out"],
        resume="out",
    )
    assert [job.return_value for job in jobs] == ["y" * 100] * 40
    assert ran == list(range(len(done), 40))


FORBIDDEN = """
import os, sys
from zenrun import hydra_multirun, load_sweep
from zenrun.errors import JournalError, OutputDirError

def task(cfg):
    print("RAN")

hydra_multirun({"x": 0}, lambda cfg: 1, ["x=1,2", "hydra.sweep.dir=first"])  # all is imported
if os.getuid() == 0:
    os.setuid(65534)
try:
    hydra_multirun(
        {"x": 0}, task, ["x=1,2", "hydra.sweep.dir=" + sys.argv[1]], resume=sys.argv[2] or None
    )
except (JournalError, OutputDirError) as error:
    print("ERROR", error)
"""


@pytest.mark.parametrize(
    ("sweep_dir", "resume"),
    [("new", ""), ("there", ""), ("there/below", ""), ("first", "first")],
    ids=["cannot be made", "is there", "below", "resumed"],
)
def test_folder_that_may_not_be_written_is_one_clear_error(sweep_dir, resume):
    """The folder is named, and no job runs."""
    base = Path(tempfile.gettempdir(), f"zenrun-forbidden-{os.getpid()}")
    (base / "there").mkdir(parents=True)
    script = FORBIDDEN.replace("import os, sys", "import os, sys\nos.umask(0o022)")
    if os.getuid() == 0:
        os.chmod(base, 0o755)
    else:
        script = script.replace("if os.getuid() == 0:", "os.chmod('.', 0o555)\nif False:")
        os.chmod(base / "there", 0o555)
    try:
        told = subprocess.run(
            [sys.executable, "-c", script, sweep_dir, resume],
            cwd=base,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        os.chmod(base, 0o755)
        os.chmod(base / "there", 0o755)
        shutil.rmtree(base)

    assert told.returncode == 0, told.stderr
    assert "RAN" not in told.stdout
    (error,) = [line for line in told.stdout.splitlines() if line.startswith("ERROR")]
    assert sweep_dir in error
    assert "Permission denied" in error
