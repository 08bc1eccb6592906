"""Jobs that do what they like, sweeps side by side, and sweeps of many or large results."""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
import tracemalloc
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from zenrun import hydra_multirun, hydra_run, load_sweep
from zenrun.errors import JournalError, NotPicklableError, SweepRunningError

NIGHTLY = os.environ.get("ZENRUN_HYPOTHESIS") == "nightly"
OUT = "hydra.sweep.dir=out"
LARGE = 300_000  # bytes: several times what a pipe holds
pytest.importorskip("loky", reason="the extra 'parallel' is not installed")


def test_large_result_comes_back_whole(loky):
    """200 MB through a worker and the journal."""
    size = 200_000_000

    (jobs,) = hydra_multirun(
        {"x": 1}, lambda cfg: bytes([cfg.x]) * size, ["x=7", OUT], executor=loky
    )

    assert jobs[0].return_value == b"\x07" * size
    del jobs
    assert load_sweep("out", unpickle=True)[0].return_value == b"\x07" * size
    assert len(repr(load_sweep("out"))) < 500


def large(folder):
    """Give an object that tells, when it is unpickled, how large the largest file in the folder is."""

    def look(_content):
        return max((file.stat().st_size for file in Path(folder).glob("*/*")), default=None)

    class Large:
        def __reduce__(self):
            return look, (b"x" * LARGE,)

    return Large()


def test_large_result_comes_in_a_file_that_is_removed(workers, monkeypatch):
    """It is there while it is read, and gone when the sweep has ended."""
    folder = temporary_files(monkeypatch)

    ((job,),) = hydra_multirun(
        {"x": 1, "to": str(folder)}, lambda cfg: large(cfg.to), ["x=1"], executor=workers
    )

    assert job.return_value > LARGE
    assert [file for file in folder.glob("*/*") if file.stat().st_size] == []


def test_large_result_of_a_single_run_comes_in_a_file_that_is_removed(loky, monkeypatch):
    """The same with hydra_run."""
    folder = temporary_files(monkeypatch)

    job = hydra_run({"to": str(folder)}, lambda cfg: large(cfg.to), executor=loky)

    assert job.return_value > LARGE
    assert [file for file in folder.glob("*/*") if file.stat().st_size] == []


def temporary_files(monkeypatch):
    folder = Path("temporary").absolute()
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_large_result_comes_as_a_message_where_it_cannot_be_in_a_file(loky, monkeypatch):
    """As on another machine, or where the disk is full."""
    monkeypatch.setattr(tempfile, "tempdir", str(Path("nowhere").absolute()))

    job = hydra_run({"x": 1}, lambda cfg: b"x" * LARGE, executor=loky)

    assert job.return_value == b"x" * LARGE


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
        ["x=1,2,3", OUT],
        executor=loky,
        on_failure="return",
    )

    assert [job.status.name for job in jobs] == ["COMPLETED", "FAILED", "COMPLETED"]
    with pytest.raises(NotPicklableError, match="be read in this process: RuntimeError: not here"):
        _ = jobs[1].return_value
    assert {job.status for job in load_sweep("out")} == {"COMPLETED"}  # it may be read elsewhere


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
        timeout=600,  # so nothing is sent ahead of its time, to a worker that is about to die
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
def test_worker_killed_half_way_through_a_large_result_leaves_nobody_waiting():
    """One while it writes a file, one while its parent reads nothing; of neither anything is left behind."""
    Path("kills.py").write_text(KILLS)
    Path("temporary").mkdir()
    env = {**os.environ, "TMPDIR": os.path.abspath("temporary")}

    subprocess.run([sys.executable, "kills.py", str(LARGE)], check=True, timeout=60, env=env)

    told, left = json.loads(Path("told.json").read_text())
    assert told[:3] == [0, "WorkerDiedError", 2]
    assert told[3] in (LARGE, "WorkerDiedError")  # a slow machine may not have come as far
    assert left == [[]] * 4
    assert list(Path("temporary").glob("zenrun-*")) == []


def test_many_jobs_are_all_there():
    """Thousands of trivial jobs: values, order and journal are whole."""
    count = 10_000 if NIGHTLY else 1_000
    quiet = "hydra/hydra_logging=disabled"

    (jobs,) = hydra_multirun({"x": 0}, lambda cfg: cfg.x, [f"x=range({count})", OUT, quiet])

    assert [job.return_value for job in jobs] == list(range(count))
    assert [job.overrides for job in jobs[:2]] == [["x=0"], ["x=1"]]
    sweep = load_sweep("out")
    assert [job.return_value for job in sweep] == list(range(count))
    assert [job.overrides for job in sweep[:2]] == [("x=0",), ("x=1",)]
    assert (sweep.status, sweep.damaged) == ("FINISHED", 0)


def test_many_jobs_take_little_memory_each():
    """What stays of a job is its JobReturn, which builds what is asked for."""
    count = 1_000 if NIGHTLY else 200
    quiet = "hydra/hydra_logging=disabled"
    hydra_multirun({"x": 0}, lambda cfg: cfg.x, ["x=1,2", "hydra.sweep.dir=first", quiet])
    gc.collect()
    tracemalloc.start()
    try:
        (jobs,) = hydra_multirun({"x": 0}, lambda cfg: cfg.x, [f"x=range({count})", OUT, quiet])
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert len(jobs) == count
    assert kept / count < 6_000


def test_job_that_eats_memory_fails_alone(loky):
    """The others of the same worker come back."""

    def eats(cfg):
        if cfg.x == 2:
            used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (used + 100_000_000, resource.RLIM_INFINITY))
            try:
                return bytes(1_000_000_000)
            finally:
                resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
        return cfg.x

    if not Path("/proc/self/statm").exists():
        pytest.skip("how much memory a process has is read in /proc")
    (jobs,) = hydra_multirun(
        {"x": 1}, eats, ["x=1,2,3,4,5", OUT], executor=loky, on_failure="return"
    )

    assert [job.status.name for job in jobs] == ["COMPLETED", "FAILED"] + ["COMPLETED"] * 3
    with pytest.raises(MemoryError):
        _ = jobs[1].return_value
    assert [job.status for job in load_sweep("out")][:3] == ["COMPLETED", "FAILED", "COMPLETED"]


def test_job_that_changes_what_it_likes_harms_neither_the_others_nor_its_parent(loky):
    """Working directory, environment, logging, random state, signals, module path, recursion limit."""

    def messes(cfg):
        seen = os.getcwd(), os.environ.get("MESS"), logging.getLogger().disabled
        os.makedirs("deep/er", exist_ok=True)
        os.chdir("deep/er")
        os.environ["MESS"] = "yes"
        os.environ.pop("PATH", None)
        logging.shutdown()
        logging.getLogger().disabled = True
        logging.disable(logging.CRITICAL)
        random.seed(cfg.x)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        sys.path.insert(0, "/nowhere")
        sys.stdout = sys.stderr = None
        return seen, random.random()

    cwd, environ, state = os.getcwd(), dict(os.environ), random.getstate()
    handler = signal.getsignal(signal.SIGINT)

    (jobs,) = hydra_multirun({"x": 1}, messes, ["x=range(8)", OUT], executor=loky)

    assert [job.return_value for job in jobs] == [
        ((cwd, None, False), random.Random(x).random()) for x in range(8)
    ]
    assert (os.getcwd(), dict(os.environ), random.getstate()) == (cwd, environ, state)
    assert signal.getsignal(signal.SIGINT) is handler


def test_job_that_removes_its_working_directory_harms_no_other(loky):
    """The next job of the same worker stands where it should."""

    def removes(cfg):
        here = os.getcwd()
        os.makedirs(f"gone-{cfg.x}")
        os.chdir(f"gone-{cfg.x}")
        os.rmdir(os.path.join(here, f"gone-{cfg.x}"))
        return here

    (jobs,) = hydra_multirun({"x": 1}, removes, ["x=range(4)", OUT], executor=loky)

    assert {job.return_value for job in jobs} == {os.getcwd()}


def test_sweeps_that_race_for_one_directory_never_share_it():
    """Each either runs alone, or is told that another one runs."""
    count, rounds = 6, 20 if NIGHTLY else 2
    for _ in range(rounds):
        ended = []
        ready = threading.Barrier(count)

        def races(number, ended=ended, ready=ready):
            ready.wait()
            try:
                (jobs,) = hydra_multirun(
                    {"x": 0}, lambda cfg: (number, cfg.x), ["x=1,2,3", OUT], progress=False
                )
                ended.append([job.return_value for job in jobs])
            except BaseException as error:
                ended.append(error)

        threads = [threading.Thread(target=races, args=(number,)) for number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        whole = [item for item in ended if isinstance(item, list)]
        assert all(isinstance(item, (list, SweepRunningError)) for item in ended), ended
        assert len(ended) == count
        assert whole
        assert all(item == [(item[0][0], x) for x in (1, 2, 3)] for item in whole)
        last = [job.return_value for job in load_sweep("out", unpickle=True)]
        assert last in whole
    folders = list(Path("out").glob(".zenrun*"))
    assert [len(list((folder / "journal").iterdir())) for folder in folders] == [1] * len(folders)


def test_sweep_runs_inside_a_job_of_another(executor):
    """Both have journals of their own, and both are whole."""

    def outer(cfg):
        from zenrun import hydra_multirun

        (jobs,) = hydra_multirun(
            {"y": 0}, lambda cfg: cfg.y * 10, ["y=1,2", f"hydra.sweep.dir={cfg.dir}/inner-{cfg.x}"]
        )
        return [job.return_value + cfg.x for job in jobs]

    (jobs,) = hydra_multirun(
        {"x": 0, "dir": os.getcwd()}, outer, ["x=1,2,3", OUT], executor=executor
    )

    assert [job.return_value for job in jobs] == [[10 + x, 20 + x] for x in (1, 2, 3)]
    assert [job.return_value for job in load_sweep("out")] == [[10 + x, 20 + x] for x in (1, 2, 3)]
    for x in (1, 2, 3):
        inner = load_sweep(f"inner-{x}")
        assert ([job.return_value for job in inner], inner.status) == ([10, 20], "FINISHED")


def test_sweeps_on_threads_each_have_their_own_jobs():
    """Four at once, each with a worker process of its own."""
    ended = {}

    def sweeps(number):
        try:
            (jobs,) = hydra_multirun(
                {"x": 0},
                lambda cfg: (number, cfg.x),
                ["x=range(12)", f"hydra.sweep.dir=out-{number}"],
                executor="loky",
                concurrent=1,
            )
            ended[number] = [job.return_value for job in jobs]
        except BaseException as error:
            ended[number] = error

    threads = [threading.Thread(target=sweeps, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ended == {number: [(number, x) for x in range(12)] for number in range(4)}
    for number in range(4):
        sweep = load_sweep(f"out-{number}", unpickle=True)
        assert [job.return_value for job in sweep] == ended[number]


def test_hook_that_raises_ends_the_sweep_with_what_has_finished(executor):
    """The hook's error comes out; its job is attached and on disk, and the sweep can go on."""
    ran = []

    def raises(job):
        ran.append(job)
        if len(ran) == 3:
            raise LookupError(len(ran))

    with pytest.raises(LookupError, match="3") as caught:
        hydra_multirun(
            {"x": 0}, lambda cfg: cfg.x, ["x=range(40)", OUT], executor=executor, on_job_end=raises
        )

    assert ran[:3] == caught.value.finished_jobs[:3]
    sweep = load_sweep("out")
    assert sweep.status == "FAILED"
    done = {job.num for job in sweep if job.status == "COMPLETED"}
    assert {job.return_value for job in caught.value.finished_jobs} <= done
    again = []
    (jobs,) = hydra_multirun(
        {"x": 0},
        lambda cfg: cfg.x,
        ["x=range(40)", OUT],
        executor=executor,
        on_job_end=again.append,
        resume="out",
    )
    assert [job.return_value for job in jobs] == list(range(40))
    assert not done & {job.return_value for job in again}


def pid_and_value(cfg):
    return os.getpid(), cfg.x


def test_pool_of_the_caller_keeps_no_sweep_locked():
    """Its processes were forked while the sweep held its directory, and outlive the sweep."""
    with ProcessPoolExecutor(2) as pool:
        for x in (1, 2):
            (jobs,) = hydra_multirun(
                {"x": 0}, pid_and_value, [f"x={x},{x + 5}", OUT], executor=pool
            )
            assert [job.return_value[1] for job in jobs] == [x, x + 5]
            assert load_sweep("out").status == "FINISHED"


FORKS = """
import os, sys, time
from zenrun import hydra_multirun

def task(cfg):
    if cfg.x == 2:
        if os.fork() == 0:
            open("forked", "w").close()
            time.sleep(600)
        os.kill(os.getpid(), 9)
    return cfg.x

hydra_multirun({"x": 0}, task, ["x=1,2", "hydra.sweep.dir=out"])
"""


def test_child_of_a_killed_sweep_keeps_it_not_locked():
    """A process that a job has forked lives on; the sweep is dead all the same."""
    running = subprocess.Popen([sys.executable, "-c", FORKS], start_new_session=True)
    assert running.wait(60) == -signal.SIGKILL
    try:
        deadline = time.monotonic() + 60
        while not Path("forked").exists():
            assert time.monotonic() < deadline
            time.sleep(0.01)

        assert load_sweep("out").status == "DEAD"
        (jobs,) = hydra_multirun({"x": 0}, lambda cfg: cfg.x, ["x=1,2", OUT], resume="out")
        assert [job.return_value for job in jobs] == [1, 2]
    finally:
        os.killpg(running.pid, signal.SIGKILL)


def test_worker_that_serves_two_sweeps_of_one_directory_writes_to_each_its_own(loky):
    """The first one's journal is put aside, and stays as it was."""
    for x in (1, 5):
        hydra_multirun({"x": 0}, lambda cfg: cfg.x, [f"x={x},{x + 1}", OUT], executor=loky)

    assert [job.return_value for job in load_sweep("out")] == [5, 6]
    os.rename("out/.zenrun", "out/newer")
    os.rename("out/.zenrun-1", "out/.zenrun")
    assert [job.return_value for job in load_sweep("out")] == [1, 2]


def test_reader_never_keeps_a_sweep_from_starting():
    """Somebody looks at the directory all the time; each of many sweeps starts."""
    over = threading.Event()
    seen = set()

    def looks():
        while not over.is_set():
            with contextlib.suppress(JournalError):  # it is being put aside
                seen.add(load_sweep("out").status)

    hydra_multirun({"x": 0}, lambda cfg: cfg.x, ["x=1", OUT])
    readers = [threading.Thread(target=looks) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        for _ in range(100 if NIGHTLY else 6):
            (jobs,) = hydra_multirun({"x": 0}, lambda cfg: cfg.x, ["x=1", OUT])
            assert [job.return_value for job in jobs] == [1]
    finally:
        over.set()
        for reader in readers:
            reader.join()
    assert seen <= {"RUNNING", "FINISHED", "DEAD"}
    assert "FINISHED" in seen


@pytest.mark.parametrize("how", ["processes", "batches"] if NIGHTLY else ["batches"])
def test_sweep_leaves_no_files_or_threads_open(how):
    """After sweeps of each kind the process has the files and threads that it had."""

    def open_files():
        gc.collect()
        return {
            os.readlink(f"/proc/self/fd/{fd}")
            for fd in os.listdir("/proc/self/fd")
            if os.path.exists(f"/proc/self/fd/{fd}")
        }

    if not Path("/proc/self/fd").exists():
        pytest.skip("open files are counted in /proc")
    given = {"executor": "loky", "concurrent": 1} if how == "processes" else {}
    overrides = ["x=1,2", "hydra.sweeper.max_batch_size=1"]
    hydra_multirun({"x": 0}, lambda cfg: cfg.x, [*overrides, "hydra.sweep.dir=first"], **given)
    files, threads = open_files(), threading.active_count()

    for number in range(3 if NIGHTLY else 1):
        hydra_multirun(
            {"x": 0}, lambda cfg: cfg.x, [*overrides, f"hydra.sweep.dir=out-{number}"], **given
        )
        with pytest.raises(ZeroDivisionError):
            hydra_multirun(
                {"x": 0}, lambda cfg: 1 / 0, [*overrides, f"hydra.sweep.dir=bad-{number}"], **given
            )

    left = {name for name in open_files() - files if os.getcwd() in name}
    assert left == set()
    assert threading.active_count() <= threads
