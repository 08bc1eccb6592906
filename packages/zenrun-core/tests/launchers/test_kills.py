"""Kills and interrupts at random instants: what had finished stays, and the sweep goes on."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from zenrun import hydra_multirun, load_sweep
from zenrun.launchers import LokyWorkers

NIGHTLY = os.environ.get("ZENRUN_HYPOTHESIS") == "nightly"

# Forks a process for each line that it reads: each runs the sweep, or goes on with it.
FORKS = """
import json, os, signal, sys, time
from pathlib import Path
from zenrun import hydra_multirun
import zenrun.launchers._launcher, zenrun.results._load

def task(cfg):
    os.write(log, f"{cfg.x} {os.getpid()}\\n".encode())
    time.sleep(cfg.t)
    return [cfg.x, "a" * 20_000 if cfg.x % 5 == 0 else cfg.x ** 2]

log = os.open("runs.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

def task_elsewhere(cfg):
    with open("runs.txt", "a") as file:
        file.write(f"{cfg.x} {os.getpid()}\\n")
    time.sleep(cfg.t)
    return [cfg.x, "a" * 20_000 if cfg.x % 5 == 0 else cfg.x ** 2]

def sweep(asked):
    resume = "out" if Path("out/.zenrun/journal").exists() else None
    try:
        os.close(os.open("begun", os.O_CREAT))
        (jobs,) = hydra_multirun(
            {"x": 0, "t": asked["t"]},
            task_elsewhere if asked["executor"] else task,
            [f"x=range({asked['count']})", "hydra.sweep.dir=out"],
            resume=resume,
            executor=asked["executor"],
            concurrent=asked["concurrent"],
        )
        told = {"whole": [job.return_value for job in jobs]}
    except KeyboardInterrupt as error:
        told = {"interrupted": [job.return_value for job in getattr(error, "finished_jobs", [])]}
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Path("told.json").write_text(json.dumps(told))

if __name__ == "__main__":
    print("ready", flush=True)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os.setsid()
            os.dup2(os.open("errors.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
            os.dup2(2, 1)
            code = 9
            try:
                sweep(json.loads(line))
                code = 0
            finally:
                if code:
                    import traceback
                    traceback.print_exc()
                    sys.stderr.flush()
                os._exit(code)
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


class Forks:
    """Runs a sweep again and again, each time in a process of its own.

    Args:
        **asked: What the sweep is asked for.
    """

    def __init__(self, **asked):
        Path("forks.py").write_text(FORKS)
        Path("runs.txt").touch()
        self._asked = {"executor": None, "concurrent": None, "t": 0.0, **asked}
        self._forks = subprocess.Popen(
            [sys.executable, "forks.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._forks.stdout.readline() == "ready\n"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._forks.stdin.close()
        assert self._forks.wait(30) == 0
        self._forks.stdout.close()

    def run(self, sent, wanted, wait, send=os.kill):
        """Run the sweep; send a signal once so many jobs have begun, after a moment; say how it ended."""
        Path("begun").unlink(missing_ok=True)
        Path("told.json").unlink(missing_ok=True)
        before = len(begun())
        self._forks.stdin.write(json.dumps(self._asked) + "\n")
        self._forks.stdin.flush()
        pid = int(self._forks.stdout.readline())
        if sent is not None:
            deadline = time.monotonic() + 60
            there = Path("begun").exists
            while not there() or (len(begun()) < before + wanted and not told()):
                assert time.monotonic() < deadline
                time.sleep(0.0005)
            time.sleep(wait)
            with contextlib.suppress(ProcessLookupError):  # on a busy machine it may have ended
                send(pid, sent)
        return int(self._forks.stdout.readline())


def begun():
    lines = Path("runs.txt").read_text().split("\n")[:-1]
    return [tuple(map(int, line.split())) for line in lines]


def told():
    path = Path("told.json")
    return json.loads(path.read_text()) if path.exists() and path.stat().st_size else {}


def value(x):
    return [x, "a" * 20_000 if x % 5 == 0 else x**2]


def finished():
    if not list(Path("out/.zenrun/journal").glob("*.jsonl")):
        return set()
    sweep = load_sweep("out", unpickle=True)
    done = {job.num: job.return_value for job in sweep if job.status == "COMPLETED"}
    assert done == {num: value(num) for num in done}
    return set(done)


def nobody_is_left(pids):
    deadline = time.monotonic() + 20
    while left := [pid for pid in pids if Path(f"/proc/{pid}").exists()]:
        if time.monotonic() > deadline:
            return left
        time.sleep(0.02)
    return []


def check_whole(count):
    assert [job.return_value for job in load_sweep("out", unpickle=True)] == [
        value(x) for x in range(count)
    ]


ENDS = {
    "this process": {"executor": None, "kills": 50 if NIGHTLY else 5},
    "loky": {"executor": "loky", "kills": 50 if NIGHTLY else 2},
}


@pytest.mark.parametrize("where", ENDS)
def test_killed_sweep_goes_on_without_running_a_finished_job_again(where):
    """Kill -9 at random instants: each time, what the journal has finished is not run again."""
    if where == "loky":
        pytest.importorskip("loky", reason="the extra 'parallel' is not installed")
    rng = random.Random(5)
    kills, executor = ENDS[where]["kills"], ENDS[where]["executor"]
    count, killed = 20 * kills + 20, 0
    asked = {"executor": executor, "concurrent": 2 if executor else None}
    with Forks(count=count, t=0.005, **asked) as forks:
        for number in range(kills):
            before, ran = finished(), len(begun())
            code = forks.run(
                signal.SIGKILL, 0 if number % 5 == 0 else rng.randrange(7), rng.random() / 250
            )
            if code == 0:
                break
            assert code == -signal.SIGKILL, Path("errors.txt").read_text()
            killed += 1
            assert not before & {x for x, _ in begun()[ran:]}
            assert before <= finished()
            if executor:
                assert nobody_is_left({pid for _, pid in begun()[ran:]}) == []
        before, ran = finished(), len(begun())
        assert forks.run(None, 0, 0) == 0, Path("errors.txt").read_text()
        assert not before & {x for x, _ in begun()[ran:]}
        assert len(before) > 0
    assert killed > kills / 2
    assert told() == {"whole": [value(x) for x in range(count)]}
    assert {x for x, _ in begun()} == set(range(count))
    check_whole(count)


STOPS = {"this process": (None, 15 if NIGHTLY else 4), "loky": ("loky", 15 if NIGHTLY else 1)}


@pytest.mark.parametrize("where", STOPS)
def test_interrupted_sweep_gives_what_has_finished_and_goes_on(where):
    """Ctrl-C at random instants: KeyboardInterrupt with what has finished, or the whole result."""
    executor, stops = STOPS[where]
    if executor:
        pytest.importorskip("loky", reason="the extra 'parallel' is not installed")
    rng = random.Random(11)
    count = 6 * stops + 20
    with Forks(
        count=count, executor=executor, concurrent=2 if executor else None, t=0.002
    ) as forks:
        for number in range(stops):
            before, ran = finished(), len(begun())
            wanted = 0 if number % 5 == 0 else rng.randrange(8)
            # A terminal sends it to the workers as well.
            send = rng.choice([os.kill, os.killpg])
            code = forks.run(signal.SIGINT, wanted, rng.random() / 100, send)
            assert code == 0, Path("errors.txt").read_text()
            (kind,) = told()
            after = finished()
            assert not before & {x for x, _ in begun()[ran:]}
            assert before <= after
            assert all(given == value(given[0]) for given in told()[kind])
            assert nobody_is_left({pid for _, pid in begun()[ran:]}) == []
            if list(Path("out/.zenrun/journal").glob("*.jsonl")):
                assert load_sweep("out").status in {"INTERRUPTED", "DEAD", "FINISHED"}
            if kind == "whole":
                break
        before, ran = finished(), len(begun())
        assert forks.run(None, 0, 0) == 0, Path("errors.txt").read_text()
        assert not before & {x for x, _ in begun()[ran:]}
    assert told() == {"whole": [value(x) for x in range(count)]}
    check_whole(count)


def worker_pids():
    pids = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            ours = b"popen_loky_posix" in (path / "cmdline").read_bytes()
        except (OSError, ValueError):
            continue
        if parent == os.getpid() and ours:
            pids.append(int(path.name))
    return pids


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="workers are found in /proc")
def test_workers_killed_at_random_take_no_job_with_them():
    """During 500 jobs workers are killed again and again; all 500 come back, each value right."""
    pytest.importorskip("loky", reason="the extra 'parallel' is not installed")
    rng = random.Random(3)
    over = threading.Event()
    killed = []
    kills_at_most = 60 if NIGHTLY else 4

    def kills():
        while not over.wait(rng.uniform(0.1, 0.6)) and len(killed) < kills_at_most:
            pids = worker_pids()
            if pids:
                killed.append(rng.choice(pids))
                os.kill(killed[-1], signal.SIGKILL)

    def works(cfg):
        time.sleep(0.004)
        return cfg.x, cfg.x**3

    killer = threading.Thread(target=kills)
    killer.start()
    try:
        with LokyWorkers(2) as workers:
            (jobs,) = hydra_multirun(
                {"x": 0},
                works,
                ["x=range(500)", "hydra.sweep.dir=out"],
                executor=workers,
                retries=kills_at_most,  # on a busy machine they may all hit one job
            )
    finally:
        over.set()
        killer.join()

    assert [job.return_value for job in jobs] == [(x, x**3) for x in range(500)]
    assert len(killed) > 1
    sweep = load_sweep("out", unpickle=True)
    assert [job.return_value for job in sweep] == [(x, x**3) for x in range(500)]
    assert sweep.damaged <= len(killed)
