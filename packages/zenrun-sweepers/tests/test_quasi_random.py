"""Quasi-random search: scipy's points, stretched over the space."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from searching import search

from zenrun.errors import MissingExtraError
from zenrun.sweep.space import Choices, Interval, read_space
from zenrun.testing import check_sweeper
from zenrun_sweepers import QuasiRandomSweeper
from zenrun_sweepers.errors import SweeperConfigError
from zenrun_sweepers.quasi_random import value_at


@pytest.mark.parametrize("scramble", [True, False])
@pytest.mark.parametrize("sequence", ["sobol", "halton"])
def test_quasi_random_points_are_those_of_scipy(sequence, scramble):
    """The points equal scipy's for the same seed, stretched over the intervals."""
    qmc = pytest.importorskip("scipy.stats").qmc
    rng = pytest.importorskip("numpy").random.default_rng(7)
    space = read_space(["x=interval(-3.0, 5)", "y=interval(0.0, 1)"])
    sweeper = QuasiRandomSweeper(sequence, scramble=scramble, n_trials=8)
    searcher = sweeper.make_searcher(space, ("minimize",), 7)
    found = [list(searcher.ask().values()) for _ in range(8)]
    engine = {"sobol": qmc.Sobol, "halton": qmc.Halton}[sequence](2, scramble=scramble, seed=rng)
    assert found == qmc.scale(engine.random(8), [-3, 0], [5, 1]).tolist()


def test_quasi_random_search_covers_each_value_evenly():
    """Of 16 points, each of four values, whole numbers too, gets four; and the best is found."""
    pytest.importorskip("scipy")
    result = search(
        QuasiRandomSweeper,
        {"n": 0, "kind": ""},
        lambda cfg: cfg.n,
        "n=interval(1, 4)",
        "kind=a,b,c,d",
        n_trials=16,
        seed=1,
    )
    for key in ("n", "kind"):
        values = [item.params[key] for item in result.trials]
        assert {values.count(value) for value in values} == {4}
    assert result.best.value == 1


@pytest.mark.parametrize("check", ["resume", "kinds"])
def test_quasi_random_search_keeps_what_every_search_promises(check):
    """It passes the kit's checks."""
    pytest.importorskip("scipy")
    check_sweeper(QuasiRandomSweeper, check, n_trials=4)


@given(
    low=st.integers(1, 10**6),
    more=st.integers(0, 10**6),
    part=st.floats(0, 1),
    log=st.booleans(),
    whole=st.booleans(),
)
def test_value_at_is_within_the_bounds(low, more, part, log, whole):
    """Whatever the part, the value is one that the interval has."""
    number = int if whole else float
    interval = Interval(number(low), number(low + more), log=log, whole=whole)
    value = value_at(interval, part)
    assert low <= value <= low + more
    assert type(value) is number
    assert value_at(interval, 0.0) == pytest.approx(low)
    assert value_at(interval, 1.0) == pytest.approx(low + more)


def test_value_at_cuts_the_line_into_equal_parts():
    """Choices and whole numbers get equal parts; a log interval's middle is the geometric one."""
    assert [value_at(Choices(("a", "b"), ("a", "b")), part) for part in (0.49, 0.5)] == ["a", "b"]
    assert [value_at(Interval(1, 2, whole=True), part) for part in (0.49, 0.5)] == [1, 2]
    assert value_at(Interval(0.01, 1.0, log=True), 0.5) == pytest.approx(0.1)
    assert value_at(Interval(-1.7e308, 1.7e308), 0.5) == 0


@pytest.mark.parametrize(
    ("settings", "says"),
    [({"sequence": "sobl"}, "Did you mean sobol"), ({"scramble": 1}, "scramble is true or false")],
)
def test_quasi_random_setting_that_is_wrong_is_an_error(settings, says):
    """A wrong setting is named with what it can be."""
    with pytest.raises(SweeperConfigError, match=says):
        QuasiRandomSweeper(n_trials=1, **settings).read_settings()


def test_quasi_random_without_scipy_names_the_extra(monkeypatch):
    """Where scipy is missing the error says how to install it."""
    monkeypatch.setitem(sys.modules, "scipy.stats", None)
    with pytest.raises(MissingExtraError, match=r'pip install "zenrun-sweepers\[quasi\]"'):
        QuasiRandomSweeper(n_trials=1).read_settings()
