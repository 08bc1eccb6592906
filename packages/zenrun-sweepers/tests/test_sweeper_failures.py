from __future__ import annotations

import decimal
import fractions
import itertools
import logging
import math
import pickle
from pathlib import Path

import pytest
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf

from zenrun import builds, hydra_multirun
from zenrun.errors import OutputDirError, ZenrunError
from zenrun_sweepers import RandomSearchSweeper
from zenrun_sweepers.errors import (
    ScoreError,
    SearchSpaceError,
    SweeperConfigError,
    SweeperError,
)

NAN = math.nan
NONE_FOUND = {"best_evaluated_params": None, "best_evaluated_result": None}


def search(task, *overrides, **optim):
    """Search over x with the given settings, three jobs unless told otherwise."""
    return search_with({"max_iter": 3, "seed": 0, **optim}, task, *overrides)


_numbers = itertools.count()


def search_with(optim, task=lambda _: 0, *overrides, **more):
    """Search over x with exactly these settings."""
    node = builds(RandomSearchSweeper, optim=optim, **more)
    # A name of its own each time: Hydra 1.4 warns of a config that is stored twice.
    name = f"failing_{next(_numbers)}"
    ConfigStore.instance().store(group="hydra/sweeper", name=name, node=node)
    chosen = [f"hydra/sweeper={name}", "hydra.sweep.dir=sweep"]
    return hydra_multirun({"x": 0.0}, task, chosen + list(overrides or ["x=interval(0, 1)"]))


def returning(*values):
    """Make a task whose jobs return these values, one each."""
    return lambda _: values[HydraConfig.get().job.num]


def saved():
    """Read the results file of the search."""
    return OmegaConf.to_container(OmegaConf.load("sweep/optimization_results.yaml"))


# --- nothing to search ----------------------------------------------------------------------


@pytest.mark.parametrize("max_iter", [3, 0])
def test_search_without_a_sweep_is_an_error_before_any_job(max_iter):
    """Overrides with nothing to search run no job, whatever max_iter is."""
    ran = []
    with pytest.raises(SearchSpaceError, match="x=2"):
        search(ran.append, "x=2", max_iter=max_iter)
    assert ran == []


def test_max_iter_of_zero_runs_nothing():
    """With max_iter of 0 no job runs, there is no best, and the files are written all the same."""
    ran = []
    assert search(ran.append, max_iter=0) == (NONE_FOUND, [])
    assert ran == []
    assert saved() == {"name": "random_search", **NONE_FOUND, "evaluations": []}
    assert Path("sweep/multirun.yaml").is_file()


# --- scores ---------------------------------------------------------------------------------


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    scores=st.lists(st.just(NAN) | st.integers(-3, 3), min_size=1, max_size=4).filter(
        lambda scores: any(not math.isnan(score) for score in scores)
    )
)
def test_nan_score_is_never_the_best(scores):
    """Jobs with a NaN score are among the solutions, and the best is found among the others."""
    best, solutions = search(returning(*scores), max_iter=len(scores))
    others = [score for score in scores if not math.isnan(score)]
    assert len(solutions) == len(scores)
    assert best["best_evaluated_result"] == min(others)
    assert best["best_evaluated_params"] == solutions[scores.index(min(others))]


def test_nan_scores_alone_give_no_best_and_a_warning(monkeypatch):
    """If every score is NaN there is no best, and the log says so."""
    said = []
    logger = logging.getLogger("zenrun_sweepers.random_search")
    monkeypatch.setattr(logger, "handle", lambda record: said.append(record.getMessage()))
    best, solutions = search(returning(NAN, NAN, NAN))
    assert best == NONE_FOUND
    assert len(solutions) == 3
    assert said == ["None of the 3 jobs gave a score: all of them returned NaN"]
    assert [math.isnan(item["result"]) for item in saved()["evaluations"]] == [True] * 3


def test_infinite_scores_are_compared_as_numbers():
    """Infinity is worse than any number but better than NaN, and minus infinity the best."""
    assert search(returning(NAN, math.inf, NAN))[0]["best_evaluated_result"] == math.inf
    assert search(returning(1, -math.inf, 0))[0]["best_evaluated_result"] == -math.inf


class Scalar:
    """A number as numerical libraries have them."""

    ndim = 0
    dtype = "bfloat16"

    def __init__(self, value):
        self.value = value

    def __float__(self):
        return float(self.value)


@pytest.mark.parametrize(
    "score",
    [2, 2.0, decimal.Decimal(2), fractions.Fraction(2), Scalar(2)],
    ids=lambda score: type(score).__name__,
)
def test_any_real_number_is_a_score(score):
    """A score may be of any type that is a number; the best result is a float."""
    best, _ = search(returning(score), max_iter=1)
    assert best["best_evaluated_result"] == 2.0
    assert type(best["best_evaluated_result"]) is float


class Vector(Scalar):
    ndim = 1


class Truth(Scalar):
    dtype = "torch.bool"


@pytest.mark.parametrize(
    "score",
    [None, "2", b"2", True, [2], {"loss": 2}, 2j, 10**400, Vector(2), Truth(1), object()],
    ids=lambda score: type(score).__name__,
)
def test_score_that_is_no_number_is_an_error_naming_the_job(score):
    """The error names the job's number, its draw, and the value with its type."""
    with pytest.raises(ScoreError) as caught:
        search(returning(0.5, score))
    error = caught.value
    text = str(error)
    assert isinstance(error, ZenrunError)
    assert isinstance(error, HydraException)
    assert isinstance(error, TypeError)
    assert (error.job_num, error.score) == (1, score)
    assert list(error.params) == ["x"]
    assert "job 1" in text
    assert repr(error.params) in text
    assert type(score).__name__ in text
    assert [item["result"] for item in error.finished_evaluations] == [0.5]


def test_numpys_numbers_are_scores():
    """Scalars and arrays of no dimension are scores; arrays with one and truth values are not."""
    np = pytest.importorskip("numpy")
    best, _ = search(returning(np.float32(0.5), np.array(0.25), np.int64(3)))
    assert best["best_evaluated_result"] == 0.25
    for wrong in (np.array([1.0]), np.bool_(True), np.complex128(1), np.array("1")):
        with pytest.raises(ScoreError):
            search(returning(wrong), max_iter=1)


def test_torchs_numbers_are_scores():
    """Tensors of no dimension are scores, also with a gradient; longer ones and truths are not."""
    torch = pytest.importorskip("torch")
    best, _ = search(returning(torch.tensor(0.5, requires_grad=True), torch.tensor(2), 3))
    assert best["best_evaluated_result"] == 0.5
    for wrong in (torch.tensor([1.0]), torch.tensor(True), torch.tensor(1j)):
        with pytest.raises(ScoreError):
            search(returning(wrong), max_iter=1)


# --- failing jobs ---------------------------------------------------------------------------


class TaskError(Exception):
    """An error of a task's own."""


class UntouchableError(Exception):
    """An error that takes neither attributes nor notes."""

    def __setattr__(self, name, value):
        if not name.startswith("__") or name == "__notes__":
            raise TypeError(name)
        super().__setattr__(name, value)

    def add_note(self, note):
        raise TypeError(note)


def failing_at(number, error):
    """Make a task that returns its job's number, and raises in one job."""

    def task(_):
        if HydraConfig.get().job.num == number:
            raise error
        return float(HydraConfig.get().job.num)

    return task


def test_failing_job_raises_its_own_error_with_what_had_finished():
    """The search ends with the job's error; finished jobs are on it and in the results file."""
    ours = TaskError("diverged")
    with pytest.raises(TaskError) as caught:
        search(failing_at(2, ours), max_iter=5)
    assert caught.value is ours
    assert [item["result"] for item in ours.finished_evaluations] == [0.0, 1.0]
    assert saved() == {
        "name": "random_search",
        "best_evaluated_params": ours.finished_evaluations[0]["params"],
        "best_evaluated_result": 0.0,
        "evaluations": ours.finished_evaluations,
    }
    notes = " ".join(getattr(ours, "__notes__", ["optimization_results.yaml, job 2 of 5"]))
    assert "optimization_results.yaml" in notes
    assert "job 2 of 5" in notes


def test_failing_job_whose_error_takes_no_attributes_is_still_its_own():
    """An error that cannot be written to goes through, and the results file has what finished."""
    with pytest.raises(UntouchableError):
        search(failing_at(1, UntouchableError("no")))
    assert [item["result"] for item in saved()["evaluations"]] == [0.0]


def test_ctrl_c_keeps_what_had_finished():
    """An interrupted search leaves the results of its finished jobs behind."""
    with pytest.raises(KeyboardInterrupt) as caught:
        search(failing_at(2, KeyboardInterrupt()))
    assert len(caught.value.finished_evaluations) == 2
    assert len(saved()["evaluations"]) == 2


def test_job_that_cannot_be_composed_keeps_what_had_finished():
    """A draw that the config does not take ends the search as a composing error."""
    ConfigStore.instance().store(group="db", name="good", node={"port": 1})
    with pytest.raises(HydraException, match="bad"):
        search(returning(*range(50)), "+db=good,bad", max_iter=50, seed=1)
    assert 0 < len(saved()["evaluations"]) < 50


# --- settings -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("optim", "setting", "says"),
    [
        ({}, "max_iter", "no key"),
        ({"x": 0, "max_itr": 3}, "max_iter", "max_itr"),
        ({"max_iter": None}, "max_iter", "None"),
        ({"max_iter": -1}, "max_iter", "-1"),
        ({"max_iter": 2.0}, "max_iter", "float"),
        ({"max_iter": "ten"}, "max_iter", "'ten'"),
        ({"max_iter": True}, "max_iter", "bool"),
        ({"max_iter": 1, "seed": "now"}, "seed", "'now'"),
        ({"max_iter": 1, "seed": 0.5}, "seed", "0.5"),
        ({"max_iter": 1, "seed": -3}, "seed", "-3"),
        ({"max_iter": 1, "seed": False}, "seed", "bool"),
    ],
)
def test_wrong_setting_is_an_error_that_names_it(optim, setting, says):
    """A missing or wrong setting is named with what was given, before any job runs."""
    with pytest.raises(SweeperConfigError, match=f"optim.{setting}") as caught:
        search_with(optim)
    assert says in str(caught.value)
    assert caught.value.setting == f"hydra.sweeper.optim.{setting}"
    assert isinstance(caught.value, ZenrunError)
    assert isinstance(caught.value, ValueError)
    assert not Path("sweep").exists()


@pytest.mark.parametrize("optim", [None, 10, [10], "max_iter=10"])
def test_optim_that_is_no_dict_is_an_error(optim):
    """The settings are a dict, and the error shows one."""
    with pytest.raises(SweeperConfigError, match="max_iter"):
        search_with(optim)


def test_params_that_are_no_dict_are_an_error():
    """The params are a dict, and the error shows one."""
    with pytest.raises(SweeperConfigError, match="interval"):
        search_with({"max_iter": 1}, params=["x=interval(0, 1)"])


def test_errors_survive_pickling():
    """Errors keep their message and data on the way between processes."""
    for error in (
        ScoreError("told", 3, {"x": 1}, "bad"),
        SearchSpaceError("told", "x=range(0)"),
        SweeperConfigError("told", "hydra.sweeper.optim.seed"),
        SweeperError("told"),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error)
        assert str(again) == "told"
        assert vars(again) == vars(error)


# --- folders --------------------------------------------------------------------------------


def test_sweep_folder_that_cannot_be_made_is_an_error_naming_it():
    """A sweep folder that is a file is named, before any job runs."""
    Path("sweep").write_text("a file", encoding="utf-8")
    ran = []
    with pytest.raises(OutputDirError, match=r"hydra\.sweep\.dir") as caught:
        search(ran.append)
    assert caught.value.path == str(Path("sweep").absolute())
    assert ran == []


def test_results_that_cannot_be_written_are_on_the_error():
    """If the results file cannot be written, the error has what the jobs gave."""
    in_the_way = Path("sweep/optimization_results.yaml/folder")

    def task(_):
        in_the_way.mkdir(parents=True, exist_ok=True)
        return 1.0

    with pytest.raises(OutputDirError) as caught:
        search(task)
    assert [item["result"] for item in caught.value.finished_evaluations] == [1.0] * 3
