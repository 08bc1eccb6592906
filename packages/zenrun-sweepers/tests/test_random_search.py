from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf

from zenrun import builds, hydra_multirun, make_config
from zenrun_sweepers import RandomSearchSweeper

HERE = "hydra.sweep.dir=sweep"


_numbers = itertools.count()


def store(name=None, **settings):
    """Store a random search, and give the override that chooses it."""
    # A name of its own each time: Hydra 1.4 warns of a config that is stored twice.
    name = name or f"search_{next(_numbers)}"
    params = {"params": settings.pop("params")} if "params" in settings else {}
    node = builds(RandomSearchSweeper, optim=settings, **params)
    ConfigStore.instance().store(group="hydra/sweeper", name=name, node=node)
    return f"hydra/sweeper={name}"


def search(config, task, *overrides, **settings):
    """Run a search with the given settings."""
    chosen = store(**{"max_iter": 3, "seed": 0, **settings})
    return hydra_multirun(config, task, [chosen, HERE, *overrides])


def square(x, y, z=12):
    """Give the page's function to minimise."""
    return (x - 2) ** 2 + (y + 3) ** 2 + abs(z)


def test_page_example_gives_best_and_every_solution():
    """The page's sweep gives its best solution, that solution's score, and all ten solutions."""
    store("test_sweeper", x=0, y=12, max_iter=10)
    best, solutions = hydra_multirun(
        {"x": 1, "y": 12},
        lambda cfg: square(cfg.x, cfg.y),
        overrides=[
            "hydra/sweeper=test_sweeper",
            "x=interval(-12, 12)",
            "y=interval(-12, 12)",
        ],
    )
    assert list(best) == ["best_evaluated_params", "best_evaluated_result"]
    assert len(solutions) == 10
    assert all(list(item) == ["x", "y"] for item in solutions)
    assert all(type(v) is float and -12 <= v <= 12 for item in solutions for v in item.values())
    assert best["best_evaluated_params"] == min(solutions, key=lambda item: square(**item))
    assert best["best_evaluated_result"] == square(**best["best_evaluated_params"])


def test_search_with_a_seed_gives_the_same_draws_again():
    """One seed gives the same draws each time; another seed gives others."""
    found = [
        search({"x": 0.0}, lambda cfg: cfg.x, "x=interval(-1, 1)", seed=seed) for seed in (7, 7, 8)
    ]
    assert found[0] == found[1]
    assert found[0][1] != found[2][1]


def test_search_with_a_seed_draws_as_pythons_generator_does():
    """The draws are those of `random.Random(seed).uniform`, key after key."""
    _, solutions = search(
        {"x": 0.0, "y": 0.0}, lambda _: 0, "x=interval(-1, 1)", "y=interval(0, 9)", seed=3
    )
    rng = random.Random(3)
    assert solutions == [{"x": rng.uniform(-1, 1), "y": rng.uniform(0, 9)} for _ in range(3)]


def test_search_without_a_seed_gives_other_draws_each_time():
    """Two searches without a seed do not draw the same."""
    first = search({"x": 0.0}, lambda cfg: cfg.x, "x=interval(-1, 1)", seed=None)
    second = search({"x": 0.0}, lambda cfg: cfg.x, "x=interval(-1, 1)", seed=None)
    assert first[1] != second[1]


def test_search_leaves_the_global_generator_alone():
    """Python's global generator is neither read nor moved, not even by a shuffled sweep."""
    random.seed(5)
    before = random.getstate()
    first = search({"x": 0, "y": 0}, lambda _: 0, "x=interval(0, 1)", "y=shuffle(range(9))")
    assert random.getstate() == before
    random.seed(6)
    assert first == search({"x": 0, "y": 0}, lambda _: 0, "x=interval(0, 1)", "y=shuffle(range(9))")


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(scores=st.lists(st.floats(allow_nan=False) | st.integers(-5, 5), min_size=1, max_size=5))
def test_search_minimises_whatever_the_scores_are(scores):
    """The best result is the lowest score, and the best params are those of its first job."""
    best, solutions = search(
        {"x": 0.0},
        lambda _: scores[HydraConfig.get().job.num],
        "x=interval(0, 1)",
        max_iter=len(scores),
    )
    assert best["best_evaluated_result"] == float(min(scores))
    assert type(best["best_evaluated_result"]) is float
    assert best["best_evaluated_params"] == solutions[scores.index(min(scores))]


def test_jobs_get_exactly_the_values_of_the_solutions():
    """What a job's config holds is what the solutions tell, to the last digit."""
    seen = []
    _, solutions = search(
        {"x": 0.0, "small": 0.0},
        lambda cfg: seen.append({"x": cfg.x, "small": cfg.small}) or 0,
        "x=interval(-1e30, 1e30)",
        "small=interval(0, 1e-30)",
    )
    assert seen == solutions


def test_jobs_are_launched_one_by_one_with_increasing_numbers():
    """Each job has its own number and its own folder in the sweep's folder."""
    seen = []
    search({"x": 0.0}, lambda _: seen.append(HydraConfig.get().job.num) or 0, "x=interval(0, 1)")
    assert seen == [0, 1, 2]
    folders = sorted(path.name for path in Path("sweep").iterdir() if path.is_dir())
    assert folders == [".zenrun", "0", "1", "2"]


def test_overrides_that_are_no_sweep_reach_every_job():
    """Fixed values, additions, deletions, group choices and Hydra's own settings hold in each job."""
    ConfigStore.instance().store(group="optim", name="sgd", node={"lr": 0.5})
    seen = []

    def task(cfg):
        seen.append((cfg.z, cfg.new, cfg.optim.lr, "y" in cfg, HydraConfig.get().job.name))
        return 0

    search(
        {"x": 0.0, "y": 1, "z": 2},
        task,
        "x=interval(0, 1)",
        "z=3",
        "+new='a, b'",
        "+optim=sgd",
        "~y",
        "hydra.job.name=named",
    )
    assert seen == [(3, "a, b", 0.5, False, "named")] * 3


def test_discrete_sweeps_are_chosen_from_as_python_values():
    """Each job gets one of the values of a discrete sweep, under its key with the prefix."""
    for name, lr in (("sgd", 0.5), ("adam", 0.25)):
        ConfigStore.instance().store(group="optim", name=name, node={"lr": lr})
    seen = []
    _, solutions = search(
        {"x": 0, "y": None},
        lambda cfg: seen.append((cfg.optim.lr, cfg.x, cfg.y)) or 0,
        "+optim=sgd,adam",
        "x=range(0, 3)",
        "y='a b',[1, 2],null,1.5",
        max_iter=8,
    )
    assert [list(item) for item in solutions] == [["+optim", "x", "y"]] * 8
    lrs = {"sgd": 0.5, "adam": 0.25}
    assert seen == [(lrs[item["+optim"]], item["x"], item["y"]) for item in solutions]
    assert {item["+optim"] for item in solutions} == {"sgd", "adam"}
    assert {str(item["y"]) for item in solutions} <= {"a b", "[1, 2]", "None", "1.5"}


def test_glob_chooses_from_the_options_of_a_group():
    """glob(...) stands for the options of the config group that match it."""
    for name in ("a1", "a2", "b1"):
        ConfigStore.instance().store(group="db", name=name, node={"name": name})
    _, solutions = search({}, lambda _: 0, "+db=glob(a*)", max_iter=8)
    assert {item["+db"] for item in solutions} == {"a1", "a2"}


def test_params_of_the_config_are_searched_and_overrides_win():
    """`params` are overrides of the config; the run's own override of a key comes over them."""
    seen = []
    _, solutions = search(
        {"x": 0.0, "y": 0.0, "z": 0, "w": 0},
        lambda cfg: seen.append((cfg.z, cfg.w)) or cfg.x,
        "y=interval(5, 6)",
        "w=4",
        params={"x": "interval(-1, 0)", "y": "interval(-1, 0)", "z": 3, "w": None},
    )
    assert all(-1 <= item["x"] <= 0 and 5 <= item["y"] <= 6 for item in solutions)
    assert seen == [(3, 4)] * 3


def test_params_may_stand_in_the_runs_own_config():
    """`hydra.sweeper.params` of the run's config says what the installed sweeper searches."""
    config = make_config(
        x=0.0,
        hydra={
            "sweeper": {"params": {"x": "interval(3, 4)"}, "optim": {"max_iter": 2}},
        },
        defaults=["_self_", {"override hydra/sweeper": "random_search"}],
    )
    _, solutions = hydra_multirun(config, lambda cfg: cfg.x)
    assert len(solutions) == 2
    assert all(3 <= item["x"] <= 4 for item in solutions)


def test_settings_may_come_from_overrides_and_interpolations():
    """max_iter and seed are ordinary keys of the config: overridden or interpolated."""
    store("test_sweeper", max_iter="${hydra.sweeper.optim.jobs}", jobs=5, seed=1)
    _, solutions = hydra_multirun(
        {"x": 0.0},
        lambda _: 0,
        ["hydra/sweeper=test_sweeper", "x=interval(0, 1)", "hydra.sweeper.optim.jobs=2"],
    )
    assert len(solutions) == 2


def test_sweep_folder_holds_the_config_and_the_results():
    """multirun.yaml and optimization_results.yaml are written, and no temporary file stays."""
    best, solutions = search({"x": 0.0}, lambda cfg: cfg.x**2, "x=interval(-1, 1)")
    multirun = OmegaConf.load("sweep/multirun.yaml")
    assert multirun.hydra.overrides.task == ["x=interval(-1, 1)"]
    assert OmegaConf.to_container(OmegaConf.load("sweep/optimization_results.yaml")) == {
        "name": "random_search",
        **best,
        "evaluations": [{"params": item, "result": item["x"] ** 2} for item in solutions],
    }
    assert sorted(path.name for path in Path("sweep").iterdir() if path.is_file()) == [
        "multirun.yaml",
        "optimization_results.yaml",
    ]


def test_results_are_written_beside_the_jobs_when_jobs_change_directory():
    """With hydra.job.chdir the files of a relative sweep folder are still in that folder."""
    search({"x": 0.0}, lambda cfg: cfg.x, "x=interval(-1, 1)", "hydra.job.chdir=true")
    assert Path("sweep/optimization_results.yaml").is_file()


def test_search_runs_inside_a_job_of_another_run():
    """A search started by a task of another run works, and that run goes on as before."""

    def outer(_):
        best, _ = search({"x": 0.0}, lambda inner: inner.x, "x=interval(2, 3)")
        return best["best_evaluated_result"] + HydraConfig.get().job.num

    (jobs,) = hydra_multirun({"a": 0}, outer, ["a=1,2"])
    first, second = (job.return_value for job in jobs)
    assert 2 <= first <= 3
    assert second == first + 1


@pytest.mark.parametrize("convert", ["none", "partial", "all"])
def test_optim_is_read_however_hydra_converts_it(convert):
    """The settings may arrive as a DictConfig or as a dict."""
    node = builds(RandomSearchSweeper, optim={"max_iter": 2}, hydra_convert=convert)
    ConfigStore.instance().store(group="hydra/sweeper", name="test_sweeper", node=node)
    _, solutions = hydra_multirun(
        {"x": 0.0}, lambda _: 0, ["hydra/sweeper=test_sweeper", "x=interval(0, 1)"]
    )
    assert len(solutions) == 2
