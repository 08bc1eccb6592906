"""Optuna's search: what plain Optuna tries, and what it knows of storages, pruning and constraints."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from searching import (
    branin,
    called,
    hartmann,
    learning,
    mixed,
    other_python,
    rosenbrock,
    search,
    search_until,
    share_by_two,
)

from zenrun import builds, hydra_multirun
from zenrun.testing import check_sweeper
from zenrun_sweepers import OptunaSweeper, Pruned, report, set_user_attr, should_prune
from zenrun_sweepers.errors import ScoreError, SearchSpaceError, SweeperConfigError, SweeperError

optuna = pytest.importorskip("optuna")
pytestmark = pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")

ONE = "x=interval(-1.0, 1.0)"


def square(cfg):
    """Return a score."""
    return cfg.x**2


def optuna_search(task=square, *overrides, config=None, **settings):
    """Run a search with Optuna."""
    given = {"n_trials": 4, "seed": 1, "sampler": "random", **settings}
    chosen = overrides or (ONE,)
    return search(OptunaSweeper, config or {"x": 0.0}, task, *chosen, **given)


def statuses(result):
    """Give each trial's status."""
    return [item.status for item in result.trials]


def load(path, name):
    """Read a study in a journal file with Optuna alone."""
    backend = optuna.storages.journal.JournalFileBackend(path)
    storage = optuna.storages.JournalStorage(backend)
    return optuna.load_study(study_name=name, storage=storage)


# --- what plain Optuna tries -----------------------------------------------------------------

FLOATS = {
    "branin": (branin, {"x": (-5.0, 10.0), "y": (0.0, 15.0)}),
    "hartmann6": (hartmann, {f"x{n}": (0.0, 1.0) for n in range(6)}),
    "rosenbrock": (rosenbrock, {"x": (-2.0, 2.0), "y": (-1.0, 3.0)}),
}


def plain_optuna(suggest, function, sampler, n_trials, directions=("minimize",)):
    """Search as Optuna's own page says; give what was tried, what came of it, and Optuna's best ones."""
    study = optuna.create_study(sampler=sampler, directions=directions)
    found = []
    for _ in range(n_trials):
        trial = study.ask()
        params = suggest(trial)
        values = function(**params)
        study.tell(trial, values)
        found.append((params, values))
    return found, [trial.params for trial in study.best_trials]


@pytest.mark.parametrize(
    ("name", "sampler"), [*((name, "TPESampler") for name in FLOATS), ("branin", "RandomSampler")]
)
def test_optuna_tries_what_plain_optuna_tries(name, sampler):
    """On standard functions every trial and every value is that of plain Optuna with the same seed."""
    function, bounds = FLOATS[name]
    wanted, _ = plain_optuna(
        lambda trial: {key: trial.suggest_float(key, *ends) for key, ends in bounds.items()},
        function,
        getattr(optuna.samplers, sampler)(seed=11),
        13,
    )
    result = optuna_search(
        called(function),
        *(f"{key}=interval({low}, {high})" for key, (low, high) in bounds.items()),
        config=dict.fromkeys(bounds, 0.0),
        sampler={"TPESampler": "tpe", "RandomSampler": "random"}[sampler],
        seed=11,
        n_trials=13,
    )
    assert [(item.params, item.value) for item in result.trials] == wanted


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_optuna_tries_what_plain_optuna_tries_of_mixed_types(sampler):
    """Log, int, range, choice and a key under a condition are asked for as plain Optuna's are."""

    def suggest(trial):
        params = {
            "lr": trial.suggest_float("lr", 1e-4, 1.0, log=True),
            "layers": trial.suggest_int("layers", 1, 6),
            "width": trial.suggest_int("width", 16, 48, step=16),  # the range's end is not in it
            "optim": trial.suggest_categorical("optim", ("sgd", "adam")),
        }
        if params["optim"] == "sgd":
            params["momentum"] = trial.suggest_float("momentum", 0.0, 0.9)
        return params

    classes = {"tpe": optuna.samplers.TPESampler, "random": optuna.samplers.RandomSampler}
    wanted, _ = plain_optuna(suggest, mixed, classes[sampler](seed=3), 13)
    result = optuna_search(
        called(mixed),
        "lr=tag(log, interval(1e-4, 1.0))",
        "layers=interval(1, 6)",
        "width=range(16, 64, 16)",
        "optim=sgd,adam",
        "+momentum=interval(0.0, 0.9)",
        config={"lr": 1.0, "layers": 1, "width": 16, "optim": ""},
        when={"momentum": "optim=sgd"},
        sampler=sampler,
        seed=3,
        n_trials=13,
    )
    found = [
        ({key.lstrip("+"): value for key, value in item.params.items()}, item.value)
        for item in result.trials
    ]
    assert found == wanted


def test_optuna_tries_what_plain_optuna_tries_for_several_objectives():
    """NSGA-II with two objectives does so, too, and the Pareto front is Optuna's."""
    wanted, front = plain_optuna(
        lambda trial: {"x": trial.suggest_float("x", -1, 1)},
        lambda x: (x**2, (x - 1) ** 2),
        optuna.samplers.NSGAIISampler(seed=5, population_size=4),
        12,
        ["minimize", "minimize"],
    )
    result = optuna_search(
        lambda cfg: (cfg.x**2, (cfg.x - 1) ** 2),
        sampler={"name": "nsgaii", "population_size": 4},
        direction=["minimize", "minimize"],
        seed=5,
        n_trials=12,
    )
    assert [(item.params, item.values) for item in result.trials] == wanted
    assert [item.params for item in result.pareto] == front


def test_optuna_samplers_by_every_way_of_naming_them():
    """A short name, a dict with settings, a config of a class, and a sampler itself search alike."""
    target = "optuna.samplers.RandomSampler"
    ways = [
        "random",
        {"name": "random"},
        {"_target_": target, "seed": 1},
        builds(optuna.samplers.RandomSampler, seed=1),
    ]
    results = [optuna_search(sampler=way).trials for way in ways]
    assert len({json.dumps([item.params for item in trials]) for trials in results}) == 1
    searched = hydra_multirun(
        {"x": 0.0},
        square,
        [
            "hydra/sweeper=optuna",
            f"hydra.sweeper.sampler={{_target_: {target}}}",
            "hydra.sweeper.seed=1",
            "hydra.sweeper.n_trials=4",
            ONE,
        ],
    )
    assert [item.params for item in searched.trials] == [item.params for item in results[0]]


@pytest.mark.parametrize("sampler", ["cmaes", "nsgaiii", "qmc", "brute_force", "gp"])
def test_optuna_samplers_by_short_name_search(sampler):
    """Every short name makes a sampler that searches."""
    pytest.importorskip({"cmaes": "cmaes", "gp": "torch"}.get(sampler, "scipy"))
    result = optuna_search(square, "x=range(-2, 2)", sampler=sampler)
    assert statuses(result) == ["COMPLETED"] * 4


def test_optuna_grid_tries_every_value_once():
    """The sampler grid ends the search when everything has been tried."""
    result = optuna_search(square, "x=0,1,2", "+y=a,b", sampler="grid", n_trials=50)
    tried = [tuple(item.params.values()) for item in result.trials]
    assert sorted(tried) == [(x, y) for x in range(3) for y in "ab"]
    assert result.stopped_by == "searcher"


@pytest.mark.parametrize("check", ["fixed_batch", "places", "failures", "kinds", "resume"])
def test_optuna_search_keeps_what_every_search_promises(check):
    """It passes the kit's checks."""
    check_sweeper(OptunaSweeper, check, n_trials=4)


def test_optuna_takes_choices_of_any_value():
    """Values that Optuna could not keep or tell apart are searched by their text."""
    seen = []
    result = optuna_search(
        lambda cfg: seen.append(cfg.x) or 0.0,
        "x=1,true,[1,2],{a: 1},null,0.5",
        sampler={"name": "brute_force"},
        n_trials=6,
        storage="study.journal",
    )
    wanted = sorted(map(str, [1, True, [1, 2], {"a": 1}, None, 0.5]))
    assert sorted(str(item.params["x"]) for item in result.trials) == wanted
    assert sorted(map(str, seen)) == wanted


def test_optuna_ranges_of_floats_are_the_grammars():
    """A range of floats gives the values that Hydra's grammar gives, its end not among them."""
    result = optuna_search(square, "x=range(0, 1, 0.1)", sampler="brute_force", n_trials=10, seed=2)
    wanted = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    assert sorted(item.params["x"] for item in result.trials) == pytest.approx(wanted)


# --- the study -------------------------------------------------------------------------------


def test_optuna_study_can_be_opened_and_joined():
    """The study is where it was said, with attributes of its own; a second search joins it."""

    def task(cfg):
        set_user_attr("folder", HydraConfig.get().runtime.output_dir)
        report(cfg.x, 0)
        return cfg.x**2

    storage = "study.journal"
    settings = {"storage": storage, "study_name": "ours", "n_trials": 2}
    first = optuna_search(task, **settings, user_attrs={"team": "vision"})
    study = load(storage, "ours")
    assert study.user_attrs == {"team": "vision"}
    assert [trial.params for trial in study.trials] == [item.params for item in first.trials]
    assert study.best_value == first.best.value
    for trial in study.trials:
        assert Path(trial.user_attrs["folder"], ".hydra").is_dir()
        assert trial.intermediate_values == {0: trial.params["x"]}

    with pytest.raises(SweeperError, match="load_if_exists=true"):
        optuna_search(task, **settings)
    with pytest.raises(SweeperConfigError, match="has the directions"):
        optuna_search(task, **settings, load_if_exists=True, direction="maximize")
    optuna_search(task, **settings, load_if_exists=True, seed=2)
    assert len(load(storage, "ours").trials) == 4


def test_optuna_study_is_shared_by_two_processes():
    """Two processes that start at once make one sqlite study together, and lose no trial."""
    trials = share_by_two(f"sqlite:///{Path('shared.db').absolute()}")
    assert [trial.number for trial in trials] == list(range(8))
    assert {trial.state for trial in trials} == {optuna.trial.TrialState.COMPLETE}
    assert sorted(trial.user_attrs["who"] for trial in trials) == ["other"] * 4 + ["this"] * 4


def test_optuna_enqueued_points_are_tried_first():
    """Known points come first, whole or in part, and the sampler chooses the rest."""
    result = optuna_search(
        lambda cfg: cfg.x,
        ONE,
        "+kind=a,'b c',[1]",
        enqueue=[{"x": 0.5, "kind": "b c"}, {"+kind": [1]}],
        n_trials=3,
    )
    assert result.trials[0].params == {"x": 0.5, "+kind": "b c"}
    assert result.trials[1].params["+kind"] == [1]


@pytest.mark.parametrize(
    ("point", "says"),
    [({"z": 1}, "not searched"), ({"x": 7.0}, "no number between"), ({"x": "a"}, "no number")],
)
def test_optuna_enqueued_point_outside_the_space_is_an_error(point, says):
    """A point that cannot be tried is named before any job runs."""
    ran = []
    with pytest.raises(SearchSpaceError, match=rf"enqueue\[0\].*{says}"):
        optuna_search(ran.append, enqueue=[point])
    assert ran == []


def test_optuna_constraints_keep_trials_from_being_the_best():
    """A trial that breaks a constraint is infeasible, for Optuna and for the search."""
    result = optuna_search(
        lambda cfg: {"loss": cfg.x, "size": {"over": -cfg.x}},
        objective="loss",
        constraints=["size.over"],
        sampler="tpe",
        storage="study.journal",
        study_name="ours",
        n_trials=6,
    )
    told = ["COMPLETED" if item.params["x"] >= 0 else "INFEASIBLE" for item in result.trials]
    assert statuses(result) == told
    assert set(told) == {"COMPLETED", "INFEASIBLE"}
    assert result.best.value == min(item.value for item in result.trials if item.value >= 0)
    if hasattr(optuna.Trial, "set_constraint"):
        assert load("study.journal", "ours").best_value == result.best.value


def test_optuna_constraint_that_is_no_number_is_an_error():
    """The error names the constraint, the job and what there is."""
    with pytest.raises(ScoreError, match=r"'size' of job 0 .* returned \{'loss': 1.0\}"):
        optuna_search(lambda _: {"loss": 1.0}, objective="loss", constraints=["size"])


def test_optuna_nan_scores_and_failures_are_told_as_failed():
    """A NaN and a failed job are FAIL in the study, and the search goes on."""

    def task(_):
        number = HydraConfig.get().job.num
        if number == 1:
            raise ValueError("no")
        return float("nan") if number == 2 else 1.0

    result = optuna_search(task, max_failure_rate=0.5, storage="s.journal", study_name="s")
    assert statuses(result) == ["COMPLETED", "FAILED", "COMPLETED", "COMPLETED"]
    told = [trial.state.name for trial in load("s.journal", "s").trials]
    assert told == ["COMPLETE", "FAIL", "FAIL", "COMPLETE"]


# --- pruning ---------------------------------------------------------------------------------


def plainly_pruned(n_trials):
    """Give each trial's state in plain Optuna, with the same task, pruner and seed."""
    study = optuna.create_study(
        sampler=optuna.samplers.RandomSampler(seed=1),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=2),
    )

    def objective(trial):
        x = abs(trial.suggest_float("x", -1, 1))
        for step in range(4):
            trial.report(x + step, step)
            if trial.should_prune():
                raise optuna.TrialPruned
        return x

    study.optimize(objective, n_trials)
    return [trial.state.name for trial in study.trials]


MEDIAN = {"name": "median", "n_startup_trials": 2}


def test_optuna_pruning_in_this_process_is_that_of_plain_optuna():
    """The same trials are pruned; they neither fail nor count, and their reports are in the study."""
    result = optuna_search(learning, pruner=MEDIAN, n_trials=8, study_name="p")
    study = load("sweep/optuna.journal", "p")
    assert [trial.state.name for trial in study.trials] == plainly_pruned(8)
    names = {"PRUNED": "PRUNED", "COMPLETE": "COMPLETED"}
    assert statuses(result) == [names[trial.state.name] for trial in study.trials]
    pruned = next(item for item in result.trials if item.status == "PRUNED")
    last = max(study.trials[pruned.trial.number].intermediate_values.items())
    assert pruned.job.return_value == Pruned(last[1], last[0])
    assert pruned.values is None


def test_optuna_pruning_in_workers():
    """Jobs in other processes report and are pruned through the study; memory says that it cannot."""
    settings = {"pruner": MEDIAN, "n_trials": 5}
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        settings["given"] = {"executor": pool}
        result = optuna_search(learning, study_name="p", **settings)
        states = [trial.state.name for trial in load("sweep/optuna.journal", "p").trials]
        assert states == plainly_pruned(5)
        assert "PRUNED" in statuses(result)
        with pytest.raises(SweeperError, match="in the memory of the process that searches"):
            optuna_search(learning, storage="memory", **settings)


def test_optuna_pruned_by_optunas_own_exception():
    """A task written for Optuna raises optuna.TrialPruned; pruned trials stop no search."""

    def task(_):
        raise optuna.TrialPruned

    result = optuna_search(task)
    assert statuses(result) == ["PRUNED"] * 4
    assert result.best is None
    assert result.trials[0].job.return_value == Pruned()


def test_reports_outside_a_search_do_nothing():
    """A task that reports runs without any search as well."""
    assert report(1.0, 0) is None
    assert set_user_attr("key", 1) is None
    assert should_prune() is False


def test_report_of_something_else_is_an_error():
    """A value that is no number and a step that is none are told."""

    def task(_):
        with pytest.raises(ScoreError, match="takes a number"):
            report("much", 0)
        for step in (-1, 0.5, True):
            with pytest.raises(SweeperError, match="int from 0 on"):
                report(1.0, step)
        return 1.0

    assert statuses(optuna_search(task, n_trials=1)) == ["COMPLETED"]


def test_report_with_several_objectives_is_an_error():
    """Optuna prunes with one objective only."""
    with pytest.raises(SweeperError, match="one objective"):
        optuna_search(lambda _: report(1.0, 0), direction=["minimize", "minimize"])


# --- going on --------------------------------------------------------------------------------


def test_optuna_search_that_was_killed_goes_on_with_the_same_trials():
    """Killed in its twelfth job, a seeded search goes on in its study as if nothing had happened."""
    assert other_python("searching.search_until(dies_at=11)").wait(timeout=60) == 9
    before = load("study.journal", "s").trials
    assert [trial.state.name for trial in before] == ["COMPLETE"] * 11 + ["RUNNING"]

    result = search_until(resume="sweep")
    wanted, _ = plain_optuna(
        lambda trial: {"x": trial.suggest_float("x", -1, 1)},
        lambda x: x**2,
        optuna.samplers.TPESampler(seed=4),
        13,
    )
    assert [(item.params, item.value) for item in result.trials] == wanted
    after = load("study.journal", "s").trials
    assert [(trial.params, trial.value) for trial in after] == wanted


def test_optuna_job_that_failed_and_runs_again_is_another_trial():
    """In a search that goes on the failed trial stays failed, and the job's score is in the study."""
    fails = [True]

    def task(cfg):
        if fails[0] and HydraConfig.get().job.num == 1:
            raise ValueError("no")
        return cfg.x**2

    given = {"storage": "s.journal", "study_name": "s"}
    node = builds(OptunaSweeper, n_trials=3, seed=1, sampler="random", **given)
    ConfigStore.instance().store(group="hydra/sweeper", name="again", node=node)
    overrides = ["hydra/sweeper=again", "hydra.sweep.dir=sweep", ONE]
    with pytest.raises(ValueError, match="no"):
        hydra_multirun({"x": 0.0}, task, overrides)
    fails[0] = False
    result = hydra_multirun({"x": 0.0}, task, overrides, resume="sweep")
    trials = load("s.journal", "s").trials
    states = [trial.state.name for trial in trials]
    assert states == ["COMPLETE", "FAIL", "COMPLETE", "COMPLETE"]
    assert [trial.value for trial in trials if trial.value is not None] == [
        item.value for item in result.trials
    ]


def test_optuna_points_are_enqueued_once_and_a_lost_study_begins_anew():
    """A search that goes on does not try its first points again; without its study it is made again."""
    settings = {"storage": "s.journal", "study_name": "s", "enqueue": [{"x": 0.5}], "seed": 1}
    node = builds(OptunaSweeper, n_trials=3, **settings)
    ConfigStore.instance().store(group="hydra/sweeper", name="enqueued", node=node)
    overrides = ["hydra/sweeper=enqueued", "hydra.sweep.dir=sweep", ONE]

    def stopped(cfg):
        if HydraConfig.get().job.num == 2:
            raise KeyboardInterrupt
        return cfg.x

    with pytest.raises(KeyboardInterrupt):
        hydra_multirun({"x": 0.0}, stopped, overrides)
    result = hydra_multirun({"x": 0.0}, lambda cfg: cfg.x, overrides, resume="sweep")
    tried = [item.params["x"] for item in result.trials]
    assert tried.count(0.5) == 1
    assert [trial.params["x"] for trial in load("s.journal", "s").trials] == tried

    Path("s.journal").unlink()
    again = hydra_multirun({"x": 0.0}, lambda cfg: cfg.x, overrides, resume="sweep")
    assert [item.params["x"] for item in again.trials] == tried
    assert [trial.value for trial in load("s.journal", "s").trials] == tried


# --- settings --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"sampler": "tpee"}, "no sampler 'tpee'. Did you mean tpe?"),
        ({"pruner": "medain"}, "no pruner 'medain'. Did you mean median?"),
        ({"study_name": ""}, "study_name is a text"),
        ({"load_if_exists": True}, "study_name is not set"),
        ({"load_if_exists": "yes", "study_name": "s"}, "true or false"),
        ({"enqueue": {"x": 1}}, "enqueue is a list of dicts"),
        ({"constraints": 3}, "constraints is a list"),
        ({"user_attrs": [1]}, "user_attrs is a dict"),
        ({"n_trals": 3}, "Did you mean n_trials"),
        ({"samplr": "tpe"}, "Did you mean sampler"),
    ],
)
def test_optuna_setting_that_is_wrong_is_an_error(settings, says):
    """A wrong setting is named, with what it can be."""
    with pytest.raises(SweeperConfigError, match=says):
        OptunaSweeper(n_trials=1, **settings).read_settings()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"sampler": {"name": "tpe", "n_startup": 3}}, "cannot be made.*n_startup"),
        ({"storage": "nosql://x"}, "cannot be opened"),
        ({"storage": 3}, "given was 3"),
    ],
)
def test_optuna_part_that_cannot_be_made_is_an_error(settings, says):
    """It is named before any job runs."""
    ran = []
    with pytest.raises(SweeperConfigError, match=says):
        optuna_search(ran.append, **settings)
    assert ran == []


def test_optuna_grid_of_an_interval_is_an_error():
    """The sampler grid has nothing to choose from in an interval."""
    with pytest.raises(SearchSpaceError, match="range"):
        optuna_search(sampler="grid")


def test_optuna_log_is_quiet_and_as_it_was_afterwards(monkeypatch):
    """Optuna says nothing of each trial, its own levels are put back, and CMA-ES is warned of once."""
    pytest.importorskip("cmaes")
    optuna.logging.set_verbosity(optuna.logging.INFO)
    heard, told = [], []
    own = logging.getLogger("zenrun.sweep")
    monkeypatch.setattr(own, "handle", lambda record: told.append(record.getMessage()))
    handler = logging.Handler()
    handler.emit = heard.append
    logging.getLogger("optuna").addHandler(handler)
    try:
        log = "hydra/hydra_logging=default"
        optuna_search(square, ONE, "+kind=a,b", log, sampler="cmaes")
        assert heard == []
        assert [item for item in told if "CMA" in item] == [
            "CMA-ES chooses numbers; it leaves these keys to chance: +kind"
        ]
        optuna_search(square, ONE, log, "hydra.verbose=[optuna]")
        assert heard
        assert optuna.logging.get_verbosity() == optuna.logging.INFO
    finally:
        logging.getLogger("optuna").removeHandler(handler)
