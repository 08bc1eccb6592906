"""Grid search: every combination, a limit, an order that chance makes, conditions."""

from __future__ import annotations

import itertools

import pytest
from hydra.core.config_store import ConfigStore
from searching import search

from zenrun.testing import check_sweeper
from zenrun_sweepers import GridSearchSweeper
from zenrun_sweepers.errors import SearchSpaceError, SweeperConfigError

CONFIG = {"x": 0, "y": "a"}


def grid(*overrides, task=lambda cfg: cfg.x, config=CONFIG, **settings):
    """Run a grid search."""
    return search(GridSearchSweeper, config, task, *overrides, **settings)


def tried(result):
    """Give the combinations that were run."""
    return [tuple(item.params.values()) for item in result.trials]


def test_grid_search_runs_every_combination_in_hydras_order():
    """The last key changes fastest, fixed values are in every job, and the best is told."""
    result = grid("x=range(3, 0, -1)", "y=a,b")
    assert tried(result) == list(itertools.product([3, 2, 1], "ab"))
    assert (result.best.value, result.best.params) == (1.0, {"x": 1, "y": "a"})


def test_grid_search_runs_as_many_as_its_limit():
    """With limit the first combinations are run; shuffled, a sample that the seed makes."""
    assert tried(grid("x=1,2,3", "y=a,b", limit=2)) == [(1, "a"), (1, "b")]
    assert tried(grid("x=1,2,3", "y=a,b", n_trials=1, limit=2)) == [(1, "a")]
    one, two = (tried(grid("x=range(9)", "y=a,b", limit=3, shuffle=True, seed=5)) for _ in "12")
    assert one == two
    assert len(set(one)) == 3
    assert one != list(itertools.product(range(9), "ab"))[:3]


def test_grid_search_takes_points_of_intervals():
    """An interval has as many values as points says, evenly, its bounds among them."""
    result = grid("x=interval(0.0, 1)", points=3)
    assert tried(result) == [(0.0,), (0.5,), (1.0,)]
    assert tried(grid("x=interval(1, 3)", points=5)) == [(1,), (2,), (3,)]
    logs = [value for (value,) in tried(grid("x=tag(log, interval(0.01, 1.0))", points=3))]
    assert logs == pytest.approx([0.01, 0.1, 1.0])


def test_grid_search_leaves_out_keys_that_do_not_exist():
    """A key of one choice gives no further combinations under the others."""
    for name in ("sgd", "adam"):
        ConfigStore.instance().store(group="optim", name=name, node={"momentum": 0.0})
    result = grid(
        "+optim=sgd,adam",
        "optim.momentum=0.5,0.9",
        when={"optim.momentum": "optim=sgd"},
        config={},
        task=lambda cfg: cfg.optim.momentum,
    )
    assert tried(result) == [("sgd", 0.5), ("sgd", 0.9), ("adam",)]


@pytest.mark.parametrize("check", ["resume", "kinds", "number"])
def test_grid_search_keeps_what_every_search_promises(check):
    """It passes the kit's checks."""
    from zenrun import builds

    check_sweeper(lambda **given: builds(GridSearchSweeper, points=3, **given), check, n_trials=4)


def test_grid_search_of_an_interval_says_what_to_do():
    """An interval without points is an error that names the key and two ways out."""
    with pytest.raises(SearchSpaceError, match=r"'x'.*range.*hydra\.sweeper\.points=5"):
        grid("x=interval(0, 1)")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"limit": -1}, "limit is how many"),
        ({"limit": True}, "bool"),
        ({"points": 0}, "points is how many"),
        ({"shuffle": "yes"}, "shuffle is true or false"),
    ],
)
def test_grid_search_setting_that_is_wrong_is_an_error(settings, says):
    """A wrong setting is named with what it can be."""
    with pytest.raises(SweeperConfigError, match=says):
        GridSearchSweeper(**settings).read_settings()


def test_grid_search_shuffles_no_grid_that_memory_cannot_hold():
    """A grid of more than a million combinations is not shuffled."""
    with pytest.raises(SearchSpaceError, match="random_search"):
        grid("x=range(2000)", "+z=range(2000)", shuffle=True, limit=1)
