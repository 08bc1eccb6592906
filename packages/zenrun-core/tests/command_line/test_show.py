"""`zenrun show`: a sweep as a summary and a table, or all about one job."""

from __future__ import annotations

import json
import math
import os
import re
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zenrun import hydra_multirun, load_sweep, multirun
from zenrun.results._lock import SweepLock
from zenrun.results._writer import JournalWriter

OUT = "hydra.sweep.dir=out"
KEYS = [
    *("num", "status", "overrides", "params", "value", "attempt", "start", "end", "duration"),
    *("host", "worker", "directory", "error", "traceback"),
]


def train(cfg):
    if cfg.lr > 1:
        msg = "the loss is no number"
        raise ValueError(msg)
    return {"loss": cfg.lr / cfg.width, "steps": 10 * cfg.width}


def sweep(overrides=("lr=0.5,2.0,0.1", "width=8,16"), task=train, where=OUT):
    """Run a sweep."""
    overrides = (
        {**overrides, "hydra.sweep.dir": "out"}
        if isinstance(overrides, dict)
        else [*overrides, where]
    )
    hydra_multirun({"lr": 0.1, "width": 8}, task, overrides, on_failure="return")


def rows(text):
    """Give the words of each line of the table, the names first."""
    return [line.split() for line in text.split("\n\n", 1)[1].splitlines()]


def commands(text):
    """Give the characters that a terminal would not show but obey."""
    return [c for c in text if unicodedata.category(c)[0] == "C" and c != "\n"]


def cells(line):
    """Count the cells of a terminal that a line takes."""
    return sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in line)


def test_show_tells_how_a_sweep_stands_and_lists_its_jobs(printed):
    """State, counts, time, overrides, and a row for each job with its error in full."""
    sweep()

    out = printed("show", "out")

    head = out.splitlines()
    assert head[:2] == ["FINISHED sweep in out", "6 jobs: 4 COMPLETED, 2 FAILED"]
    assert head[2].startswith(f"started {time.strftime('%Y-%m-%d')}")
    assert head[3:5] == ["overrides: lr=0.5,2.0,0.1 width=8,16", ""]
    assert rows(out)[0] == ["#", "status", "lr", "width", "loss", "steps", "error", "time"]
    assert rows(out)[1][:6] == ["0", "COMPLETED", "0.5", "8", "0.0625", "80"]
    assert "ValueError: the loss is no number" in out


@pytest.mark.parametrize(
    ("args", "order"),
    [
        (["--sort", "loss"], [5, 4, 1, 0, 2, 3]),
        (["--sort", "loss", "-r"], [0, 1, 4, 5, 2, 3]),
        (["--sort", "status"], [0, 1, 4, 5, 2, 3]),
        (["--sort", "lr", "-n", "3"], [4, 5, 0]),
        (["-r", "-n", "2"], [5, 4]),
        (["--failed"], [2, 3]),
        (["--status", "completed", "--sort", "steps", "--reverse"], [1, 5, 0, 4]),
        (["-n", "all"], [0, 1, 2, 3, 4, 5]),
    ],
    ids=lambda item: "-".join(map(str, item)),
)
def test_show_sorts_and_chooses_jobs(args, order, printed):
    """The same jobs in the same order in the table and as JSON; what has no value is last."""
    sweep()

    shown = [line[0] for line in rows(printed("show", "out", *args))[1:] if line[0] != "..."]
    jobs = json.loads(printed("show", "out", *args, "--json"))["jobs"]

    assert shown == list(map(str, order))
    assert [job["num"] for job in jobs] == order


def test_show_sorts_by_time_and_not_by_its_text(printed):
    """10 ms are less than 1 s."""
    journal = JournalWriter(Path("out"), {})
    for num, took in enumerate([0.009, 61, 2]):
        journal.job_ended(num, [f"x={num}"], 1, "1", "COMPLETED", 0, took)
    journal.close()

    out = printed("show", "out", "--sort", "time", "-r")

    assert [" ".join(line[-2:]) for line in rows(out)[1:]] == ["1:01 min", "2.0 s", "9 ms"]


def test_show_of_failed_jobs_has_the_columns_that_tell_them_apart(printed):
    """What varies in the sweep is shown, also where it is the same in all that failed; no empty columns."""
    sweep()

    out = printed("show", "out", "--failed")

    assert rows(out)[0] == ["#", "status", "lr", "width", "error", "time"]


def test_show_of_a_sweep_that_runs_or_was_killed_says_so(printed):
    """A lock that is held means that it runs; a job that ran when its process went is lost."""
    journal = JournalWriter(Path("out"), {"sweep": "1", "config": ""})
    lock = SweepLock(Path("out"))
    lock.acquire()
    journal.job_started(0, ["x=1"], 1, "1", time.time() - 90)
    running = printed("show", "out")
    found = json.loads(printed("show", "out", "--json"))
    lock.release()
    journal.close()
    dead = printed("show", "out")

    assert running.startswith("RUNNING sweep in out\n1 job, RUNNING\nstarted ")
    assert re.search(r", running for 1:3\d min\n", running)
    assert (found["status"], found["end"], found["jobs"][0]["end"]) == ("RUNNING", None, None)
    assert dead.startswith(
        "DEAD sweep in out\n1 job, LOST\nDEAD: its process is gone and has not said how\n"
    )


def test_show_of_a_sweep_without_jobs_is_a_summary(printed):
    """Nothing has been started yet, or all of the journal is damaged."""
    journal = JournalWriter(Path("out"), {"sweep": "1", "config": ""})
    journal.open()
    journal.close()
    for path in Path("out/.zenrun/journal").iterdir():
        path.write_bytes(path.read_bytes()[:-9] + b"\n")

    assert printed("show", "out").splitlines() == [
        "DEAD sweep in out",
        "no jobs",
        "DEAD: its process is gone and has not said how",
        "1 damaged line of the journal was left out",
    ]


def test_show_of_a_status_that_no_job_has_says_so(printed):
    """An empty table is a sentence."""
    sweep()

    assert printed("show", "out", "--status", "LOST").endswith("\nNone of the jobs is LOST\n")


def test_show_on_a_terminal_has_the_first_and_the_last_ten(printed):
    """So do not all the jobs of a large sweep; -n asks for the first, and a pipe gets all."""
    sweep(["lr=1", "width=range(30)"], task=lambda cfg: cfg.width)

    shown = [line[0] for line in rows(printed("show", "out", width=80))[1:]]
    first = [line[0] for line in rows(printed("show", "out", "-n", 2, width=80))[1:]]

    assert shown == [*map(str, range(10)), "...", *map(str, range(20, 30))]
    assert first == ["0", "1", "..."]
    assert len(rows(printed("show", "out"))) == 31


HOSTILE = "\x1b]0;title\x07\x1b[2J\x9b1m\r\n\u202e" + "wide 日本語 " * 30


def hostile(cfg):
    if cfg.width > 9:
        raise ValueError(HOSTILE)
    return {"text": HOSTILE, HOSTILE: cfg.width, "list": [HOSTILE] * 9}


def test_show_keeps_to_the_terminals_width_and_sends_it_no_commands(printed):
    """Whatever jobs returned, raised or had as overrides, it is text; and each job of the table one line."""
    sweep({"lr": multirun([HOSTILE[:12]]), "width": multirun([8, 16])}, task=hostile)

    for width in (60, 80, 200):
        for args, count in (([], 3), (["--failed"], 2), ([0], None), ([1], None)):
            out = printed("show", "out", *args, width=width)
            assert commands(out) == []
            assert "title" in out
            if count:
                assert len(rows(out)) == count
                assert max(map(cells, out.split("\n"))) <= width


@given(st.lists(st.text(max_size=30), min_size=1, max_size=8))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_show_prints_text_alone_whatever_jobs_return(printed, tmp_path_factory, texts):
    """No character of a job's reaches the terminal that would move its cursor, and JSON gives it back."""
    where = tmp_path_factory.mktemp("sweep")
    journal = JournalWriter(where, {})
    for num, text in enumerate(texts):
        given = [text, f"x={text}"]
        journal.job_ended(num, given, 1, text, "COMPLETED", 0, 1, text[:9], {text: text})
        journal.job_ended(100 + num, given, 1, text, "FAILED", 0, 1, error=text, traceback=text)
    journal.close()

    assert commands(printed("show", where)) == []
    assert commands(printed("show", where, width=80)) == []
    for num in (0, 100):
        assert commands(printed("show", where, num)) == []
    jobs = json.loads(printed("show", where, "--json"))["jobs"]
    assert [job["value"] for job in jobs] == [{x: x} for x in texts] + [None] * len(texts)
    assert [job["error"] for job in jobs] == [None] * len(texts) + texts


def test_show_as_json_has_the_names_that_the_page_promises(printed):
    """A sweep with its jobs, by the names of load_sweep's attributes."""
    sweep()
    Path("out/optimization_results.yaml").write_text(
        "name: x\nbest_evaluated_params: {lr: 0.1, width: 16}\nbest_evaluated_result: 0.5\n"
    )

    found = json.loads(printed("show", "out", "--json"))

    jobs = found.pop("jobs")
    known = load_sweep("out")
    assert found == {
        "directory": os.path.abspath("out"),
        "status": "FINISHED",
        "counts": {"COMPLETED": 4, "FAILED": 2},
        "start": known[0].start,
        "end": known[-1].end,
        "overrides": ["lr=0.5,2.0,0.1", "width=8,16", OUT],
        "config": "lr: 0.1\nwidth: 8\n",
        "damaged": 0,
        "best": [{"num": 5, "params": {"lr": 0.1, "width": 16}, "value": 0.5}],
    }
    assert [list(job) for job in jobs] == [KEYS] * 6
    assert jobs[0] == {
        **{name: getattr(known[0], name) for name in KEYS if name not in {"params", "value"}},
        "overrides": ["lr=0.5", "width=8"],
        "params": {"lr": 0.5, "width": 8},
        "value": {"loss": 0.0625, "steps": 80},
        "directory": os.path.abspath("out/0"),
    }
    assert jobs[2]["error"] == "ValueError: the loss is no number"
    assert "in train" in jobs[2]["traceback"]


def test_show_as_json_of_values_that_json_has_not(printed):
    """NaN and infinities are null, numbers stay numbers, and what is pickled is its text."""
    values = [math.nan, [math.inf, 1.5], complex(1, 2), {"a": None, "b": True}, 10**400]
    sweep(["lr=range(5)"], task=lambda cfg: values[cfg.lr])

    jobs = json.loads(printed("show", "out", "--json"))["jobs"]

    assert [job["value"] for job in jobs] == [None, [None, 1.5], "(1+2j)", values[3], 10**400]


def test_show_of_a_job_tells_all_about_it(printed):
    """Overrides, status, value, folder and log; of a failed one the traceback."""
    sweep(["lr=0.5,2"])

    done, failed = printed("show", "out", 0), printed("show", "out", 1)

    assert done.splitlines()[:4] == [
        "job 0 of the FINISHED sweep in out",
        "status     COMPLETED",
        "overrides  lr=0.5",
        "value      {'loss': 0.0625, 'steps': 80}",
    ]
    assert "\nfolder     out/0\nlog        out/0/hydra_run.log\n" in done
    assert "\n\nTraceback (most recent call last):\n" in failed
    assert failed.endswith("\nValueError: the loss is no number\n")


def test_show_of_a_job_whose_value_is_pickled_says_how_to_read_it(printed):
    """Nothing is unpickled, and the text is there."""
    sweep(["lr=1,2"], task=lambda cfg: complex(cfg.lr, 2))

    out = printed("show", "out", 1)

    assert "\nvalue      (2+2j)\n           (pickled: zenrun.load_sweep(" in out


def test_show_of_a_job_as_json_is_that_job(printed):
    """The same entry as in the list of all."""
    sweep()

    one = json.loads(printed("show", "out", 3, "--json"))

    assert one == json.loads(printed("show", "out", "--json"))["jobs"][3]


def test_show_without_a_directory_takes_the_current_or_the_newest_sweep(monkeypatch, printed):
    """The sweep that is here, else what was written last below ./multirun; a number is a job of it."""
    for number, place in enumerate(["multirun/2026/b", "multirun/2027/a", "multirun/c"]):
        sweep([f"lr={number}"], task=lambda cfg: "newest", where=f"hydra.sweep.dir={place}")
    for path in Path("multirun/2027/a/.zenrun/journal").iterdir():
        os.utime(path, (2e9, 2e9))

    assert printed("show").startswith("FINISHED sweep in multirun/2027/a\n")
    job = printed("show", 0)
    assert job.startswith("job 0 of the FINISHED sweep in multirun/2027/a\n")
    assert "overrides  lr=1\n" in job
    monkeypatch.chdir("multirun/c")
    assert printed("show").startswith("FINISHED sweep in .\n")


BEST = [
    (
        "name: optuna\nbest_params: {lr: 0.5}\nbest_value: 7\n",
        ["best: 7 by job 1 with lr=0.5"],
    ),
    (
        "best_evaluated_params: {lr: 0.1}\nbest_evaluated_result: .25\nevaluations:\n- {\n",
        ["best: 0.25 by job 0 with lr=0.1"],
    ),
    (
        "solutions:\n- {params: {lr: 0.1}, values: [1, 2]}\n- {params: {lr: 9}, values: [2, 1]}\n",
        [
            "best: 2 jobs that no other one is better than",
            "best: 1, 2 by job 0 with lr=0.1",
            "best: 2, 1 with lr=9",
        ],
    ),
    ("best_evaluated_params: null\nbest_evaluated_result: null\n", []),
    ("best_params: [1]\nbest_value: 3\nsolutions: {a: 1}\n", []),
    ("a: &a [x]\nb: !!python/object:os.system {}\n", []),
    ("{" * 60_000, []),
    ("", []),
]


def test_show_of_a_search_tells_the_best(printed):
    """It is read from what sweepers leave; what is no such thing is passed over."""
    sweep(["lr=0.1,0.5"])
    for text, says in BEST:
        Path("out/optimization_results.yaml").write_text(text)

        lines = printed("show", "out").splitlines()

        assert [line for line in lines if line.startswith("best")] == says, text[:80]


def test_show_of_a_search_that_runs_tells_the_best_so_far(printed):
    """What zenrun's searches note in the journal says which way is better, and of what."""
    for number, (note, says) in enumerate(
        [
            ({"directions": ["minimize"], "objective": ["a"]}, ["best: 1 by job 0 with x=0"]),
            ({"directions": ["maximize"], "objective": ["a"]}, ["best: 3 by job 2 with x=2"]),
            (
                {"directions": ["minimize", "minimize"], "objective": ["a", "b"]},
                [
                    "best: 2 jobs that no other one is better than",
                    "best: 1, 3 by job 0 with x=0",
                    "best: 2, 1 by job 1 with x=1",
                ],
            ),
            ({"directions": ["minimize"], "objective": None}, []),
            ({"directions": ["minimize"], "objective": ["a", "b"]}, []),
            ({"directions": "minimize", "objective": 3}, []),
        ]
    ):
        journal = JournalWriter(Path(f"out{number}"), {"sweep": "1", "config": ""})
        journal.note("search", {"log": [], **note})
        for num, (a, b) in enumerate([(1, 3), (2, 1), (3, 1), (math.nan, 0)]):
            value = {"a": a, "b": b}
            journal.job_ended(num, [f"x={num}"], 1, "1", "COMPLETED", 0, 1, value=value)
        journal.close()

        lines = printed("show", f"out{number}").splitlines()

        assert [line for line in lines if line.startswith("best")] == says
