"""A search of one's own: what it is asked, what it is told, when it ends, what comes out."""

from __future__ import annotations

import itertools
import math
import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ClassVar

import hypothesis
import pytest
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from hypothesis import given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from zenrun import builds, hydra_multirun, load_sweep
from zenrun.errors import ResumeError, ScoreError, SearchSpaceError, SweeperError
from zenrun.sweep import (
    WAIT,
    SearchResult,
    SearchSweeper,
    Suggestion,
    Trial,
    TrialResult,
)

_numbers = itertools.count()
DIR = "hydra.sweep.dir=search"


class Draws(SearchSweeper):
    """Draws by chance, and keeps what it is told."""

    heard: ClassVar[list] = []

    def make_searcher(self, space, directions, seed):
        self.space, self.rng, self.told = space, random.Random(seed), []
        type(self).heard = self.told
        return self

    def ask(self):
        return self.space.draw(self.rng)

    def tell(self, result):
        self.told.append((result.trial.number, result.status, result.values))


class Learns(Draws):
    """What it asks for depends on everything it was told, and in which order."""

    def ask(self):
        self.rng.seed(repr((self.told, self.rng.random())))
        return super().ask()


def search(sweeper, task, overrides=("x=interval(0.0, 1)",), *, given_to_run=None, **settings):
    """Run a search."""
    name = f"tried_{next(_numbers)}"
    node = builds(sweeper, **settings)
    ConfigStore.instance().store(group="hydra/sweeper", name=name, node=node)
    chosen = [f"hydra/sweeper={name}", *overrides]
    if "resume" not in (given_to_run or {}):
        chosen.append(DIR)
    return hydra_multirun({"x": 0.0, "y": 0.0}, task, chosen, **(given_to_run or {}))


def number(_):
    """Give a job's number."""
    return HydraConfig.get().job.num


def saved():
    """Read the results file."""
    return OmegaConf.to_container(OmegaConf.load("search/optimization_results.yaml"))


# --- what comes out ---------------------------------------------------------------------------


def test_search_gives_best_trial_its_job_and_all_trials():
    """The result has the best trial, its JobReturn, and every trial in order; the file says the same."""
    result = search(Draws, lambda cfg: (cfg.x - 0.5) ** 2, n_trials=5, seed=1)

    values = [trial.value for trial in result.trials]
    assert [trial.trial.number for trial in result.trials] == [0, 1, 2, 3, 4]
    assert result.best.value == min(values)
    assert result.best_job.cfg.x == result.best.params["x"]
    assert result.best_job.return_value == min(values)
    assert result.stopped_by == "n_trials"
    assert saved() == {
        "name": "Draws",
        "best_evaluated_params": result.best.params,
        "best_evaluated_result": min(values),
        "evaluations": [{"params": item.params, "result": item.value} for item in result.trials],
    }


def test_search_shows_its_trials_as_a_table():
    """The trials print as a table with a row for each, cut in the middle where there are many."""
    result = search(Draws, number, ["x=interval(0.0, 1)", "+k=a,a"], n_trials=25, seed=1)

    head, *rows = repr(result.trials).splitlines()
    assert head.split() == ["#", "status", "value", "x", "+k"]
    assert len(rows) == 21
    assert rows[0].split()[:3] == ["0", "COMPLETED", "0"]
    assert "5 more" in rows[10]
    assert "best is trial 0: 0.0" in repr(result)


def test_search_of_several_objectives_gives_the_pareto_front():
    """A list of directions needs as many numbers, and nothing on the front is beaten in all of them."""
    pairs = [(1, 1), (2, 2), (0, 1), (3, 0), (0, 1)]
    result = search(
        Draws,
        lambda cfg: pairs[number(cfg)],
        n_trials=5,
        seed=1,
        direction=["minimize", "maximize"],
    )

    assert [item.trial.number for item in result.pareto] == [1, 2]
    with pytest.raises(SweeperError, match="pareto"):
        _ = result.best
    solutions = saved()["solutions"]
    assert [item["values"] for item in solutions] == [[2.0, 2.0], [0.0, 1.0]]
    assert solutions[0]["params"] == result.trials[1].params


@pytest.mark.parametrize(
    ("objective", "direction", "values"),
    [
        ("loss", "minimize", (2.0,)),
        ("metrics.acc", "maximize", (0.5,)),
        (["loss", "metrics.acc"], ["minimize", "maximize"], (2.0, 0.5)),
        ("pair", ["minimize", "maximize"], (1.0, 3.0)),
        ("pair.1", "minimize", (3.0,)),
    ],
)
def test_objective_is_found_by_key_or_attribute(objective, direction, values):
    """A score may be a key of a dict, an attribute, an item, at any depth; several give several."""

    class Metrics:
        acc = 0.5

    def task(_):
        return {"loss": 2, "metrics": Metrics, "pair": (1, 3)}

    result = search(Draws, task, n_trials=1, objective=objective, direction=direction)

    assert result.trials[0].values == values


@pytest.mark.parametrize(
    ("settings", "returned", "says"),
    [
        ({"objective": "los"}, {"loss": 1}, "'loss'"),
        ({"objective": "loss"}, {"loss": "low"}, "'low' is no number"),
        ({}, (1, 2), "no number"),
        ({"direction": ["minimize", "minimize"]}, 1, "no sequence of 2"),
        ({"direction": ["minimize", "minimize"]}, (1, 2, 3), "3 items"),
    ],
)
def test_result_without_the_objective_is_an_error_that_says_what_there_is(settings, returned, says):
    """The error names the job, what it returned, and what was looked for."""
    with pytest.raises(ScoreError, match=says) as caught:
        search(Draws, lambda _: returned, n_trials=1, **settings)
    assert caught.value.job_num == 0


@hypothesis.settings(max_examples=40)
@given(
    values=st.lists(st.tuples(*[st.sampled_from([0.0, 1.0, 2.0, math.nan])] * 2), max_size=8),
    directions=st.tuples(*[st.sampled_from(["minimize", "maximize"])] * 2),
)
def test_pareto_front_is_what_nothing_beats(values, directions):
    """A trial is on the front if no other is as good in all objectives and better in one."""
    results = [
        TrialResult(Trial(number, (), {}), "COMPLETED", pair, None)
        for number, pair in enumerate(values)
    ]

    def beats(one, other):
        signs = [1 if item == "minimize" else -1 for item in directions]
        pairs = [(a * s, b * s) for a, b, s in zip(one, other, signs, strict=True)]
        return all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)

    whole = {pair for pair in values if not any(map(math.isnan, pair))}
    wanted = {pair for pair in whole if not any(beats(other, pair) for other in whole)}
    front = SearchResult(results, directions).pareto
    assert len(front) == len(wanted)
    assert {item.values for item in front} == wanted
    assert [item.trial.number for item in front] == sorted(values.index(pair) for pair in wanted)


# --- when it ends -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "count", "why"),
    [
        ({"n_trials": 4}, 4, "n_trials"),
        ({"target": 2.0, "direction": "maximize", "n_trials": 9}, 3, "target"),
        ({"target": 0, "n_trials": 9}, 1, "target"),
        ({"patience": 3}, 4, "patience"),
        ({"patience": 3, "direction": "maximize", "n_trials": 6}, 6, "n_trials"),
        ({"time_budget": 0}, 0, "time_budget"),
        ({"time_budget": 0.2}, None, "time_budget"),
    ],
)
def test_search_ends_by_the_first_rule_that_holds(settings, count, why):
    """Jobs that give 0, 1, 2, ... are run until the rule holds, and the result says which it was."""

    def task(cfg):
        if settings.get("time_budget"):
            time.sleep(0.15)
        return number(cfg)

    result = search(Draws, task, **settings)

    assert result.stopped_by == why
    # How long a job takes besides is the machine's affair.
    assert len(result.trials) in ((1, 2) if count is None else (count,))


def test_search_ends_when_its_searcher_has_nothing_more():
    """A searcher that gives None ends the search; it need not have a number of trials."""

    class Three(Draws):
        endless = False

        def ask(self):
            return super().ask() if len(self.told) < 3 else None

    globals()["Three"] = Three
    Three.__qualname__ = "Three"
    result = search(Three, number)

    assert (len(result.trials), result.stopped_by) == (3, "searcher")


# --- what fails ---------------------------------------------------------------------------------


def failing(*numbers):
    """Make a task that fails in some jobs."""

    def task(cfg):
        if number(cfg) in numbers:
            msg = f"job {number(cfg)}"
            raise ZeroDivisionError(msg)
        return 1.0

    return task


def test_failed_jobs_are_told_and_passed_over():
    """Up to the rate jobs may fail: they are told as failed, and are in the results."""
    result = search(Draws, failing(0, 2), n_trials=4, max_failure_rate=0.5, seed=1)

    assert [item[1] for item in Draws.heard] == ["FAILED", "COMPLETED", "FAILED", "COMPLETED"]
    assert [item.status for item in result.trials] == [item[1] for item in Draws.heard]
    assert saved()["evaluations"][0] == {
        "params": result.trials[0].params,
        "result": None,
        "status": "FAILED",
    }


def test_failure_beyond_the_rate_ends_the_search_with_its_error():
    """The job that is one failure too many raises its own error; what was tried is in the file."""
    with pytest.raises(ZeroDivisionError, match="job 3") as caught:
        search(Draws, failing(0, 1, 3), n_trials=5, max_failure_rate=0.4, seed=1)

    assert len(caught.value.finished_evaluations) == 4
    assert [item.get("status") for item in saved()["evaluations"]] == [
        "FAILED",
        "FAILED",
        None,
        "FAILED",
    ]
    notes = " ".join(getattr(caught.value, "__notes__", ["3 of 4 jobs have failed"]))
    assert "3 of 4 jobs have failed" in notes


def test_failure_lets_jobs_beside_it_come_to_their_end():
    """With jobs beside each other a failure starts no further one, and those that run are told."""
    both = threading.Barrier(2, timeout=20)

    def task(cfg):
        both.wait()
        if number(cfg) == 0:
            raise ZeroDivisionError
        time.sleep(0.1)
        return 1.0

    with ThreadPoolExecutor(2) as threads, pytest.raises(ZeroDivisionError):
        search(Draws, task, n_trials=9, seed=1, given_to_run={"executor": threads})

    assert sorted(Draws.heard) == [(0, "FAILED", None), (1, "COMPLETED", (1.0,))]


class AsksFor(Draws):
    """Asks for what the test wants."""

    wanted: ClassVar[dict] = {}

    def ask(self):
        return self.wanted


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"x": 2.0}, r"no number between 0.0 and 1.0"),
        ({"x": "0.5"}, "no number"),
        ({}, "no value for 'x'"),
        ({"x": 0.5, "why": 1}, "not searched.*nearest|not searched"),
        ([0.5], "gives a dict"),
    ],
)
def test_searcher_that_asks_for_what_is_not_there_is_told(wanted, says):
    """A value outside the space, a missing or unknown key, or no dict is an error that says so."""
    AsksFor.wanted = wanted
    with pytest.raises((SearchSpaceError, SweeperError), match=says):
        search(AsksFor, number, n_trials=1)


def test_searcher_that_waits_for_nothing_is_told():
    """A searcher that waits while no job runs would wait for ever."""
    AsksFor.wanted = WAIT
    with pytest.raises(SweeperError, match="WAIT"):
        search(AsksFor, number, n_trials=1)


# --- jobs beside each other ------------------------------------------------------------------------


class Pairs(Draws):
    """Wants to know what came of two before it asks for the next two; has handles of its own."""

    asked = 0

    def make_searcher(self, space, directions, seed):
        self.asked = 0
        return super().make_searcher(space, directions, seed)

    def ask(self):
        if self.asked - len(self.told) == 2:
            return WAIT
        if self.asked % 2 == 0 and self.asked > len(self.told):
            return WAIT
        self.asked += 1
        return Suggestion(super().ask(), handle=f"h{self.asked}")

    def tell(self, result):
        assert result.trial.handle == f"h{result.trial.number + 1}"
        super().tell(result)


@pytest.mark.parametrize("places", [1, 3])
@pytest.mark.parametrize("batch_size", [None, 3])
def test_searcher_may_wait_for_results(batch_size, places):
    """WAIT asks again once a result has come, whatever the batch size, and handles come back."""
    with ThreadPoolExecutor(places) as threads:
        given = {"executor": threads if places > 1 else None}
        result = search(
            Pairs, number, n_trials=7, seed=1, batch_size=batch_size, given_to_run=given
        )
    assert sorted(trial.value for trial in result.trials) == list(range(7))


def test_next_job_is_asked_for_when_a_place_is_free():
    """While one job is still running, others are asked for with what is known by then."""
    slow_may_end = threading.Event()

    def task(cfg):
        if number(cfg) == 0:
            assert slow_may_end.wait(20)
        if number(cfg) == 3:
            slow_may_end.set()
        return number(cfg)

    with ThreadPoolExecutor(2) as threads:
        result = search(Draws, task, n_trials=5, seed=1, given_to_run={"executor": threads})

    assert len(result.trials) == 5
    told = [item[0] for item in Draws.heard]
    assert told.index(1) < told.index(0)
    assert told.index(2) < told.index(0)


def test_batch_is_told_in_order():
    """A fixed batch is told in the order of asking, whichever of its jobs ends first."""

    def task(cfg):
        time.sleep(0.06 * (2 - number(cfg) % 3))
        return number(cfg)

    with ThreadPoolExecutor(3) as threads:
        search(Draws, task, n_trials=6, batch_size=3, given_to_run={"executor": threads})

    assert [item[0] for item in Draws.heard] == list(range(6))


# --- going on -------------------------------------------------------------------------------------


def test_search_beside_each_other_goes_on_where_it_stopped():
    """A search that learns asks for the same again, in whichever order results had come."""
    ended = threading.Semaphore(0)

    def task(cfg):
        num = number(cfg)
        ran.append(num)
        if stop and num == 0:  # the first one is the last to end, and does not come to its end
            for _ in range(5):
                assert ended.acquire(timeout=20)
            raise ZeroDivisionError
        ended.release()
        return cfg.x

    ran, stop = [], True
    with ThreadPoolExecutor(2) as threads, pytest.raises(ZeroDivisionError):
        search(Learns, task, n_trials=6, seed=4, given_to_run={"executor": threads})
    before = {job.num: job.overrides for job in load_sweep("search")}
    assert sorted(before) == list(range(6))

    ran, stop = [], False
    # One by one the first job ends first, which would have given another search.
    result = search(Learns, task, n_trials=8, seed=4, given_to_run={"resume": "search"})

    assert sorted(ran) == [0, 6, 7]
    assert [item.trial.overrides for item in result.trials][:6] == [before[n] for n in range(6)]
    assert [item.value for item in result.trials] == [item.params["x"] for item in result.trials]


KILLED = """
import os, random, signal, sys, time
from concurrent.futures import ThreadPoolExecutor
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from zenrun import builds, hydra_multirun
from zenrun.sweep import SearchSweeper

class Learns(SearchSweeper):
    def make_searcher(self, space, directions, seed):
        self.space, self.rng, self.told = space, random.Random(seed), []
        return self
    def ask(self):
        return self.space.draw(random.Random(repr((self.rng.random(), self.told))))
    def tell(self, result):
        self.told.append((result.trial.number, result.value))

def task(cfg):
    number = HydraConfig.get().job.num
    with open("ran.txt", "a") as file:
        file.write(f"{number}\\n")
    if number == 5 and sys.argv[1:]:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.05 if number % 2 else 0.01)
    return cfg.x

ConfigStore.instance().store(
    group="hydra/sweeper", name="learns", node=builds(Learns, n_trials=9)
)
with ThreadPoolExecutor(2) as threads:
    given = {"executor": threads} if sys.argv[1:] else {"resume": "search"}
    result = hydra_multirun(
        {"x": 0.0},
        task,
        ["hydra/sweeper=learns", "x=interval(0.0, 1)", "hydra.sweep.dir=search"],
        progress=False,
        **given,
    )
print(len(result.trials), len({item.value for item in result.trials}))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL here")
def test_killed_search_goes_on_where_it_stopped():
    """A search that was killed goes on, without a seed of its own, and no finished job runs twice."""
    Path("search.py").write_text(KILLED, encoding="utf-8")
    killed = subprocess.run([sys.executable, "search.py", "kill"], capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    done = {job.num for job in load_sweep("search") if job.status == "COMPLETED"}
    assert len(done) >= 4
    before = Path("ran.txt").read_text().split()

    resumed = subprocess.run(
        [sys.executable, "search.py"], capture_output=True, text=True, check=False
    )

    assert resumed.returncode == 0, resumed.stderr
    assert resumed.stdout.splitlines()[-1] == "9 9"
    after = Path("ran.txt").read_text().split()[len(before) :]
    assert sorted(map(int, after)) == sorted(set(range(9)) - done)


def test_failed_jobs_stay_failed_when_the_search_goes_on():
    """Where jobs may fail, those that have failed are told again and do not run again."""
    ran = []

    def task(cfg):
        ran.append(number(cfg))
        return failing(1)(cfg)

    settings = {"seed": 4, "max_failure_rate": 0.5}
    first = search(Learns, task, n_trials=4, **settings)
    again = search(Learns, task, n_trials=6, given_to_run={"resume": "search"}, **settings)

    assert ran == [0, 1, 2, 3, 4, 5]
    assert [item.status for item in again.trials][:4] == [item.status for item in first.trials]
    with pytest.raises(Exception, match="job 1") as caught:
        _ = again.trials[1].job.return_value
    assert "ZeroDivisionError" in str(caught.value)


def test_search_that_asks_for_other_jobs_does_not_go_on():
    """With another seed the jobs that were there are not asked for, which is an error."""
    search(Draws, number, n_trials=2, seed=1)
    with pytest.raises(ResumeError, match="seed"):
        search(Draws, number, n_trials=2, seed=2, given_to_run={"resume": "search"})


def test_searcher_is_closed_however_the_search_ends():
    """A searcher's close is called once, after a search and after one that an error ends."""
    closed = []

    class Closes(Draws):
        def close(self):
            closed.append(len(self.told))

    globals()["Closes"] = Closes
    Closes.__qualname__ = "Closes"
    search(Closes, number, n_trials=2)
    with pytest.raises(ZeroDivisionError):
        search(Closes, failing(0), n_trials=2)
    assert closed == [2, 1]
    assert not list(Path("search").glob(".*.partial"))
