from __future__ import annotations

import math
import random
from collections import Counter

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import ConfigCompositionException, OverrideParseException
from hypothesis import assume, given
from hypothesis import strategies as st

from zenrun import hydra_multirun
from zenrun.errors import ZenrunError
from zenrun_sweepers.errors import SearchSpaceError
from zenrun_sweepers.space import read_space

finite = st.floats(allow_nan=False, allow_infinity=False)
positive = st.floats(min_value=0, exclude_min=True, allow_infinity=False)
seeds = st.integers(0, 2**32)


def draw(override, seed=0):
    """Draw once, and give the override of the job and the drawn value."""
    space = read_space([override], None)
    params = space.draw(random.Random(seed))
    (text,), (value,) = space.overrides(params), params.values()
    return text, value


def draws(override, count, seed=0):
    """Draw many values from one override."""
    space, rng = read_space([override], None), random.Random(seed)
    return [space.draw(rng)["x"] for _ in range(count)]


def read_back(text):
    """Read the value of an override as Hydra does."""
    return OverridesParser.create().parse_override(text).value()


def farthest_from_uniform(values):
    """Give the Kolmogorov-Smirnov distance of values from the uniform distribution on [0, 1]."""
    ordered = sorted(values)
    count = len(ordered)
    return max(max((i + 1) / count - value, value - i / count) for i, value in enumerate(ordered))


@given(a=finite, b=finite, seed=seeds)
def test_interval_draw_keeps_to_the_bounds(a, b, seed):
    """A draw is a float between the bounds, in whichever order, and its text reads back as it."""
    text, value = draw(f"x=interval({a!r},{b!r})", seed)
    assert type(value) is float
    assert min(a, b) <= value <= max(a, b)
    assert read_back(text) == value


@given(a=positive, b=positive, seed=seeds)
def test_log_interval_draw_keeps_to_the_bounds(a, b, seed):
    """A log-uniform draw is a float between its bounds, and its text reads back as it."""
    text, value = draw(f"x=tag(log,interval({a!r},{b!r}))", seed)
    assert type(value) is float
    assert min(a, b) <= value <= max(a, b)
    assert read_back(text) == value


@given(a=st.integers(1, 10**6), b=st.integers(1, 10**6), log=st.booleans(), seed=seeds)
def test_int_interval_draw_is_a_whole_number_in_its_bounds(a, b, log, seed):
    """int(interval(a, b)) gives ints between its bounds, uniformly or log-uniformly."""
    inner = f"tag(log,interval({a},{b}))" if log else f"interval({a},{b})"
    text, value = draw(f"x=int({inner})", seed)
    assert type(value) is int
    assert min(a, b) <= value <= max(a, b)
    assert read_back(text) == value


def test_interval_draws_are_uniform():
    """2000 draws are nowhere farther from uniform than chance allows (at one in a million)."""
    values = [(value + 12) / 24 for value in draws("x=interval(-12, 12)", 2000)]
    assert farthest_from_uniform(values) < 2.7 / math.sqrt(2000)


def test_interval_draws_are_uniform_where_the_width_overflows():
    """The widest interval is drawn from uniformly too."""
    values = [value / 1.7e308 / 2 + 0.5 for value in draws("x=interval(-1.7e308, 1.7e308)", 2000)]
    assert farthest_from_uniform(values) < 2.7 / math.sqrt(2000)


def test_log_interval_draws_are_uniform_in_their_logarithm():
    """The logarithms of 2000 log-uniform draws are uniform."""
    values = draws("x=tag(log, interval(1e-6, 1))", 2000)
    assert farthest_from_uniform([math.log10(value) / 6 + 1 for value in values]) < 2.7 / math.sqrt(
        2000
    )


@pytest.mark.parametrize(
    ("override", "values"),
    [
        ("x=int(interval(1, 5))", [1, 2, 3, 4, 5]),
        ("x=a,b,c,d", ["a", "b", "c", "d"]),
        ("x=range(0, 1, 0.25)", [0.0, 0.25, 0.5, 0.75]),
        ("x=shuffle(choice(1, 2, 3))", [1, 2, 3]),
    ],
)
def test_discrete_draws_are_equally_likely(override, values):
    """Each value comes as often as the others, within what chance allows, and no other comes."""
    counts = Counter(draws(override, 4000))
    expected = 4000 / len(values)
    assert set(counts) == set(values)
    assert all(abs(count - expected) < 5 * math.sqrt(expected) for count in counts.values())


def test_int_log_interval_reaches_both_bounds():
    """Both bounds of a log-uniform int interval come, the lower one more often."""
    counts = Counter(draws("x=int(tag(log, interval(1, 4)))", 2000))
    assert set(counts) == {1, 2, 3, 4}
    assert counts[1] > counts[2] > counts[3] > counts[4]


@given(
    values=st.lists(
        st.sampled_from(["1", "'1'", "null", "true", "1.5", "abc", "'a, b'", "[1,2]", "{a:1}"]),
        min_size=2,
        max_size=4,
    ),
    seed=seeds,
)
def test_choice_keeps_the_type_of_its_values(values, seed):
    """A chosen value is what Hydra reads from its text, and the job's override says the same."""
    text, value = draw("x=" + ",".join(values), seed)
    allowed = [read_back(f"x={item}") for item in values]
    assert (type(value), value) in [(type(item), item) for item in allowed]
    assert (type(read_back(text)), read_back(text)) == (type(value), value)


def test_other_tags_change_nothing():
    """Tags other than log are the user's own labels."""
    assert draw("x=tag(mine, interval(1, 2))") == draw("x=interval(1, 2)")


def test_overrides_keep_their_order_and_text():
    """Fixed overrides stay as written, between the drawn ones."""
    space = read_space(["+a=[1, 2]", "++x=interval(1, 1)", "~b", "o@p=q", "s='a, b'"], None)
    params = space.draw(random.Random(0))
    assert space.overrides(params) == ["+a=[1, 2]", "++x=1.0", "~b", "o@p=q", "s='a, b'"]
    assert params == {"++x": 1.0}


def test_later_override_of_a_key_holds():
    """Of two overrides with one key the later one holds, drawn or fixed."""
    space = read_space(["x=interval(0, 1)", "y=1", "y=interval(3, 3)", "x=7"], None)
    assert space.draw(random.Random(0)) == {"y": 3.0}
    assert space.overrides({"y": 3.0}) == ["x=7", "y=3.0"]


@pytest.mark.parametrize("overrides", [[], ["x=1", "+optim=sgd"], ["x=[1,2]"], ["~x"]])
def test_space_without_a_sweep_is_an_error_that_says_what_to_write(overrides):
    """With nothing to search the error names what was given and shows what to write."""
    with pytest.raises(SearchSpaceError, match=r"x=interval\(-1, 1\)") as caught:
        read_space(overrides, None)
    assert isinstance(caught.value, (ZenrunError, ConfigCompositionException, ValueError))
    assert all(item in str(caught.value) for item in overrides)


@pytest.mark.parametrize(
    ("override", "says"),
    [
        ("x=interval(0, inf)", "finite"),
        ("x=interval(nan, 1)", "finite"),
        ("x=tag(log, interval(0, 1))", "above 0"),
        ("x=tag(log, interval(1, -1))", "above 0"),
        ("x=range(3, 3)", "at least one"),
        ("x=range(1, 3, 0)", "cannot be read"),
        ("x=range(0, 1.5, 0)", "cannot be read"),
    ],
)
def test_range_that_gives_no_value_is_an_error_that_names_it(override, says):
    """An override that nothing can be drawn from is named, with the reason."""
    with pytest.raises(SearchSpaceError, match=says) as caught:
        read_space(["y=interval(0, 1)", override], None)
    assert caught.value.override == override
    assert override in str(caught.value)


def test_glob_without_a_match_is_an_error():
    """A glob that matches no option of its group is named."""
    with pytest.raises(SearchSpaceError, match="at least one"):
        hydra_multirun({}, lambda _: 0, ["hydra/sweeper=random_search", "+db=glob(nothing*)"])


def test_bad_grammar_stays_hydras_own_error():
    """What Hydra's parser refuses is refused with Hydra's own error."""
    with pytest.raises(OverrideParseException):
        read_space(["x=interval(1"], None)


@given(low=st.floats(-1e300, 1e300), width=st.floats(0, 1e300), seed=seeds)
def test_interval_draw_is_pythons_uniform(low, width, seed):
    """A draw equals that of `random.Random(seed).uniform`, but for rounding over a bound."""
    high = low + width
    assume(math.isfinite(high - low))
    _, value = draw(f"x=interval({low!r},{high!r})", seed)
    assert value == min(max(random.Random(seed).uniform(low, high), low), high)
