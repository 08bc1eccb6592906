"""`zenrun compare` and `zenrun.compare`: what differs between two sweeps."""

from __future__ import annotations

import json
import math
import os
import unicodedata
from pathlib import Path

import pytest

from zenrun import compare, hydra_multirun, load_sweep
from zenrun.errors import JournalError, TableError
from zenrun.results._writer import JournalWriter


def train(cfg):
    if cfg.lr > cfg.most:
        msg = "too large"
        raise ValueError(msg)
    return {"loss": cfg.lr * cfg.scale, "steps": 10}


def sweep(where, *overrides, task=train, **config):
    """Run a sweep in a directory."""
    hydra_multirun(
        {"lr": 0.1, "scale": 1, "most": 9, "seed": 0, **config},
        task,
        [*overrides, f"hydra.sweep.dir={where}"],
        on_failure="return",
    )


def journal(where, *jobs, config="", overrides=()):
    """Write the journal of a sweep: of each job its overrides and what it returned."""
    writer = JournalWriter(Path(where), {"sweep": "1", "config": config, "overrides": overrides})
    for num, (given, value) in enumerate(jobs):
        writer.job_ended(num, given.split(), 1, "1", "COMPLETED", 0, 1, value=value)
    writer.end("FINISHED")
    writer.close()


def test_compare_of_equal_sweeps_finds_no_difference(printed):
    """Neither the time, nor the folder, nor the order of overrides is one; the exit code is 0."""
    sweep("a", "lr=1,2", "seed=0,1")
    sweep("b", "seed=0,1", "lr=1,2")

    found = compare("a", load_sweep("b"))

    assert not found.differs
    assert (found.config, found.overrides, found.changed) == ([], [], [])
    assert [(pair.first.num, pair.second.num) for pair in found.pairs] == [
        *((0, 0), (1, 2), (2, 1), (3, 3))
    ]
    assert printed("compare", "a", "b", code=0).splitlines() == [
        "A: FINISHED, 4 jobs, COMPLETED, in a",
        "B: FINISHED, 4 jobs, COMPLETED, in b",
        "no difference: 4 jobs in both, with the same results",
    ]


def test_compare_tells_all_that_differs(printed):
    """Config values, overrides, values side by side, statuses, and jobs of one alone; exit code 1."""
    sweep("a", "lr=0.5,1,4", model={"depth": 2, "act": "relu"}, most=1)
    sweep("b", "lr=0.5,4,8", model={"depth": 3, "bias": True}, scale=2)

    found = compare("a", "b")

    assert [(item.key, item.first, item.second) for item in found.config] == [
        ("scale", 1, 2),
        ("most", 1, 9),
        ("model.depth", 2, 3),
        ("model.act", "relu", ...),
        ("model.bias", ..., True),
    ]
    assert [(item.key, item.first, item.second) for item in found.overrides] == [
        ("lr", "0.5,1,4", "0.5,4,8")
    ]
    assert [pair.params for pair in found.changed] == [{"lr": 0.5}, {"lr": 4}]
    assert found.changed[0].differences == {"loss": 0.5, "steps": 0}
    assert [(item.key, item.first, item.second) for item in found.changed[0].changes] == [
        ("loss", 0.5, 1.0)
    ]
    assert [pair.second.status for pair in found.changed] == ["COMPLETED", "COMPLETED"]
    assert found.changed[1].first.status == "FAILED"
    assert [row.num for row in found.only_first] == [1]
    assert [row.num for row in found.only_second] == [2]
    parts = printed("compare", "a", "b", code=1).split("\n\n")
    assert parts[0].splitlines()[2] == (
        "differ: 5 config values, 1 override, 2 of 2 jobs in both, 1 job only in A, 1 job only in B"
    )
    assert [line.split() for line in parts[1].splitlines()][-2:] == [
        ["model.act", "relu", "-"],
        ["model.bias", "-", "true"],
    ]
    assert [line.split() for line in parts[3].splitlines()][1:] == [
        [*("#A", "#B", "status", "lr", "loss", "A", "loss", "B", "loss", "B-A", "error", "A")],
        ["0", "0", "COMPLETED", "0.5", "0.5", "1", "0.5"],
        ["2", "1", "FAILED", "->", "COMPLETED", "4", "ValueError:", "too", "large"],
    ]
    assert parts[4].splitlines()[0] == "only in A: 1 job, COMPLETED"
    assert repr(found).startswith("A: FINISHED, 3 jobs: 2 COMPLETED, 1 FAILED, in a\nB: ")
    assert found._repr_html_().count("<table>") == 5


def test_compare_as_json_has_the_names_that_the_page_promises(printed):
    """What one side has not is not there; NaN is null."""
    journal("a", ("x=1", 1.5), ("x=2", math.nan), config="k: 1\nm: null\n", overrides=["x=1,2"])
    journal("b", ("x=1", 2), ("x=3", {"z": 1}), config="k: 2\n", overrides=["x=1,3"])

    found = json.loads(printed("compare", "a", "b", "--json", code=1))

    pair = {
        "params": {"x": 1},
        "same": False,
        "first": {"num": 0, "status": "COMPLETED", "params": {"x": 1}, "value": 1.5, "error": None},
        "second": {"num": 0, "status": "COMPLETED", "params": {"x": 1}, "value": 2, "error": None},
        "differences": {"value": 0.5},
    }
    brief = {
        "directory": os.path.abspath("a"),
        "status": "FINISHED",
        "counts": {"COMPLETED": 2},
        "start": 0.0,
        "end": 1.0,
    }
    assert found == {
        "differs": True,
        "first": brief,
        "second": {**brief, "directory": os.path.abspath("b")},
        "config": [{"key": "k", "first": 1, "second": 2}, {"key": "m", "first": None}],
        "overrides": [{"key": "x", "first": "1,2", "second": "1,3"}],
        "jobs": [pair],
        "only_first": [{**pair["first"], "num": 1, "params": {"x": 2}, "value": None}],
        "only_second": [{**pair["second"], "num": 1, "params": {"x": 3}, "value": {"z": 1}}],
    }


@pytest.mark.parametrize(
    ("first", "second", "pairs"),
    [
        (["x=1 m=a", "x=2 m=a"], ["x=1 m=b", "x=2 m=b"], [(0, 0), (1, 1)]),
        (["x=1 m=a", "x=2 m=a"], ["x=2", "x=1"], [(0, 1), (1, 0)]),
        (["m=a"], ["m=b"], [(0, 0)]),
        (["x=1", "x=1 s=1"], ["x=1 s=0", "x=1 s=2"], [(0, 0)]),
        (["x=1 s=0", "x=1 s=7"], ["x=1", "x=1 s=3"], [(1, 0)]),
        (["x=1", "x=1", "x=1"], ["x=1", "x=1"], [(0, 0), (1, 1)]),
        (["x=0.10", "x=[1,2.0]"], ["x=[1,2.00]", "x=0.1"], [(0, 1), (1, 0)]),
        (["x=1", "x='1'"], ["x='1'", "x=1.0"], [(1, 0)]),
        (["+x=1", "+x=2"], ["x=2", "x=3"], [(1, 0)]),
        ([], ["x=1"], []),
        ([], [], []),
    ],
)
def test_compare_finds_the_same_jobs(first, second, pairs):
    """By what varies, with the config's value where nothing is overridden; repeats in their order."""
    journal("a", *((given, 1) for given in first), config="s: 0\n")
    journal("b", *((given, 1) for given in second), config="s: 7\n")

    found = compare("a", "b")

    assert [(pair.first.num, pair.second.num) for pair in found.pairs] == pairs
    nums = [{row.num for row in rows} for rows in (found.only_first, found.only_second)]
    assert nums[0] == {*range(len(first))} - {pair[0] for pair in pairs}
    assert nums[1] == {*range(len(second))} - {pair[1] for pair in pairs}


@pytest.mark.parametrize(
    ("first", "second", "changes"),
    [
        (math.nan, math.nan, []),
        (1, 1.0, ["value"]),
        ({"a": 1, "b": [1]}, {"b": [1], "a": 1}, []),
        ({"a": {"b": 1}}, {"a": {"b": 2, "c": 3}}, ["a.b", "a.c"]),
        (None, 1, ["value"]),
        (complex(1, 2), complex(1, 2), []),
        (complex(1, 2), complex(1, 3), ["value"]),
        (10**400, 0.5, ["value"]),
        ("a", {"a": 1}, ["value", "a"]),
    ],
)
def test_compare_finds_what_jobs_returned_otherwise(first, second, changes, printed):
    """Parts of values are compared, each of its type; nothing is unpickled for it."""
    journal("a", ("x=1", first))
    journal("b", ("x=1", second))

    found = compare("a", "b")

    assert [item.key for pair in found.pairs for item in pair.changes] == changes
    assert found.differs == bool(changes)
    json.loads(printed("compare", "a", "b", "--json", code=int(found.differs)))


@pytest.mark.parametrize(
    "config",
    ["a: &x [1]\nb: *x\n", "{" * 10_000, "a: [", "- 1\n- 2\n", "text", "!!python/name:os.system"],
    ids=["alias", "deep", "broken", "list", "text", "object"],
)
def test_compare_of_configs_that_are_none_compares_their_texts(config, printed):
    """What is no plain yaml is one value."""
    journal("a", ("x=1", 1), config=config)
    journal("b", ("x=1", 1), config="a: 1\n")

    assert {item.key for item in compare("a", "b").config} == {"", "a"}
    assert "(all of it)" in printed("compare", "a", "b", code=1)
    assert not compare("a", "a").differs


def test_compare_prints_text_alone_in_lines_of_the_terminals_width(printed):
    """Escape sequences in values, keys and configs move nothing, and nothing is wrapped."""
    bad = "\x1b]0;title\x07\x9b2J\u202e" + "long " * 40
    config = f"k: {json.dumps(bad)}\n"
    journal("a", (f"x=1 y={bad[:9]}", {bad: bad}), config=config, overrides=[f"z={bad}"])
    journal("b", (f"x=1 y={bad[:9]}", {bad: 1}), ("x=2", bad))

    for width in (60, 80, 200):
        out = printed("compare", "a", "b", width=width, code=1)
        assert [c for c in out if unicodedata.category(c)[0] == "C" and c != "\n"] == []
        assert "title" in out
        tables = out.split("\n\n")[1:]
        assert max(len(line) for table in tables for line in table.split("\n")) <= width


def test_compare_of_what_is_no_sweep_is_one_clear_error(refused):
    """The directory that is none is named."""
    journal("a", ("x=1", 1))

    with pytest.raises(JournalError, match="'.*nowhere'"):
        compare("a", "nowhere")
    with pytest.raises(TableError, match=r"given was \[1\] of type list. What hydra_multirun"):
        compare("a", [1])
    assert "There is no folder " in refused("compare", "nowhere", "a")
    assert "DIR" in refused("compare", "a")
