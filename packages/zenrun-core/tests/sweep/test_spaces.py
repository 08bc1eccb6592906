"""One search space for all searches: what is read from overrides, drawn from it, and written back."""

from __future__ import annotations

import math
import random
import re
from collections import Counter

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import given, settings
from hypothesis import strategies as st

from zenrun.errors import SearchSpaceError
from zenrun.sweep.space import Choices, Interval, read_space

SGD = {"optim.momentum": "optim=sgd"}


def read_one(override, **given):
    (dimension,) = read_space([override], **given).dimensions.values()
    return dimension


@pytest.mark.parametrize(
    ("override", "dimension"),
    [
        ("x=interval(1, 5)", Interval(1, 5, whole=True)),
        ("x=interval(5, 1)", Interval(1, 5, whole=True)),
        ("x=interval(start=-1_0, end=5)", Interval(-10, 5, whole=True)),
        ("x=interval(1.0, 5)", Interval(1.0, 5.0)),
        ("x=interval(1e1, 5)", Interval(5.0, 10.0)),
        ("x=int(interval(1.5, 5.5))", Interval(1, 5, whole=True)),
        ("x=float(interval(1, 5))", Interval(1.0, 5.0)),
        ("x=tag(log, interval(1, 5))", Interval(1, 5, log=True, whole=True)),
        ("x=tag(log, interval(0.5, 5))", Interval(0.5, 5.0, log=True)),
        ("x=int(tag(log, interval(1, 5)))", Interval(1, 5, log=True, whole=True)),
        ("x=1,2", Choices(("1", "2"), (1, 2))),
        (
            "+a.b=choice(ab,[1,2],{k:null})",
            Choices(("ab", "[1,2]", "{k:null}"), ("ab", [1, 2], {"k": None})),
        ),
        ("x=range(0, 6, 2)", Choices(("0", "2", "4"), (0, 2, 4), ordered=True)),
        ("x=range(3)", Choices(("0", "1", "2"), (0, 1, 2), ordered=True)),
        ("x=range(0, 1, 0.5)", Choices(("0.0", "0.5"), (0.0, 0.5), ordered=True)),
        ("x=sort(3, 1, 2)", Choices(("1", "2", "3"), (1, 2, 3))),
        ("x=sort(b, a, reverse=true)", Choices(("b", "a"), ("b", "a"))),
        ("x=shuffle(a, b)", Choices(("a", "b"), ("a", "b"), shuffled=True)),
    ],
)
def test_space_is_read_from_the_grammar(override, dimension):
    """Each way of the grammar gives the dimension that it means, its values with their types."""
    found = read_one(override)
    assert found == dimension
    assert repr(found) == repr(dimension)  # with the types of its numbers


def test_space_may_read_whole_bounds_as_floats():
    """A search may take an interval as one of floats, whatever its bounds look like."""
    assert read_one("x=interval(1, 5)", whole_bounds=False) == Interval(1.0, 5.0)


@pytest.mark.parametrize(
    ("override", "says"),
    [
        ("x=interval(0.0, inf)", "finite"),
        ("x=tag(log, interval(0, 1))", "above 0"),
        ("x=range(3, 3)", r"at least one.*A search takes interval"),
        ("x=range(1, 3, 0)", r"cannot be read.*A search takes interval"),
    ],
)
def test_space_that_cannot_be_searched_is_an_error_that_names_the_override(override, says):
    """The error names the override, and what a search takes."""
    with pytest.raises(SearchSpaceError, match=says) as caught:
        read_space(["y=1,2", override])
    assert caught.value.override == override
    assert override in str(caught.value)


# --- values into overrides -----------------------------------------------------------------------


@given(st.data())
@settings(max_examples=50)
def test_space_writes_values_that_read_back_as_themselves(data):
    """Whatever is drawn, the overrides of the job read back as it."""
    texts = ["1", "'1'", "1.0", "true", "null", "a", "'a b'", "[1,{b:c}]"]
    chosen = data.draw(st.lists(st.sampled_from(texts), min_size=2, unique=True))
    space = read_space(
        ["x=interval(-1.5, 1)", "n=interval(-3, 3)", f"+k={','.join(chosen)}", "f=1"]
    )
    params = space.draw(random.Random(data.draw(st.integers(0, 1000))))

    *drawn, fixed = OverridesParser.create().parse_overrides(space.overrides(params))

    found = {item.get_key_element(): item.value() for item in drawn}
    assert repr(found) == repr(params)
    assert fixed.input_line == "f=1"


def test_space_takes_choices_as_values_or_as_text():
    """A choice is given as its value, whose type counts, or as its text where no value is equal."""
    space = read_space(["k=1,'1',1.0,true,[1,2]"])

    given_as = [1, "1", 1.0, True, [1, 2], "[1,2]", "'1'"]
    assert [space.overrides({"k": item})[0] for item in given_as] == [
        *("k=1", "k='1'", "k=1.0", "k=True", "k=[1,2]", "k=[1,2]", "k='1'")
    ]
    with pytest.raises(SearchSpaceError, match=r"2 is none of the 5 values: 1, '1'"):
        space.overrides({"k": 2})


def test_space_takes_numbers_of_any_type_and_forgives_rounding():
    """Numbers of other types are written as Python's; one off its bound by rounding is at the bound."""
    space = read_space(["x=interval(0.1, 0.3)", "n=interval(1, 5)"])

    class Number:
        def __init__(self, value):
            self.value = value

        def __float__(self):
            return float(self.value)

        def __int__(self):
            return int(self.value)

    assert space.overrides({"x": Number(0.2), "n": Number(3)}) == ["x=0.2", "n=3"]
    assert space.overrides({"x": 0.1 + 0.2, "n": 5.0}) == ["x=0.3", "n=5"]
    for wrong in (0.31, math.nan, None, "0.2", True):
        with pytest.raises(SearchSpaceError, match="between"):
            space.overrides({"x": wrong, "n": 1})
    for wrong in (1.5, 6, math.inf):
        with pytest.raises(SearchSpaceError, match="whole number between 1 and 5"):
            space.overrides({"x": 0.2, "n": wrong})


# --- conditions ----------------------------------------------------------------------------------


def test_condition_makes_a_key_exist_only_under_a_choice():
    """A key with a condition is drawn, asked for and written only while the condition holds."""
    space = read_space(["optim.momentum=interval(0.0, 1)", "+optim=sgd,adam", "x=1,2"], when=SGD)

    assert list(space.dimensions) == ["+optim", "optim.momentum", "x"]
    assert list(space.active({})) == ["+optim", "x"]
    assert list(space.active({"+optim": "sgd", "x": 1})) == ["optim.momentum"]
    assert space.active({"+optim": "adam", "x": 1}) == {}
    for seed in range(20):
        params = space.draw(random.Random(seed))
        has = params["+optim"] == "sgd"
        assert ("optim.momentum" in params) == has
        assert any("momentum" in item for item in space.overrides(params)) == has
    every = {"optim.momentum": 0.5, "+optim": "adam", "x": 2}
    assert space.existing(every) == {"+optim": "adam", "x": 2}
    assert space.overrides(every) == ["+optim=adam", "x=2"]
    with pytest.raises(SearchSpaceError, match="no value for 'optim.momentum'"):
        space.overrides({"+optim": "sgd", "x": 2})


def test_conditions_may_follow_each_other_and_hold_for_fixed_overrides():
    """A condition may hang on a key that has one, name several values, and be that of a fixed override."""
    space = read_space(
        ["c=interval(0.0, 1)", "b=1,2,3", "a=true,false", "+d=7"],
        when={"c": "b=1,2", "b": "a=true", "d": "b=3"},
    )

    assert list(space.dimensions) == ["a", "b", "c"]
    seen = set()
    for seed in range(60):
        params = space.draw(random.Random(seed))
        keys = tuple(item.split("=")[0] for item in space.overrides(params))
        seen.add((params["a"], params.get("b"), keys))
    assert seen == {
        (False, None, ("a",)),
        (True, 1, ("c", "b", "a")),
        (True, 2, ("c", "b", "a")),
        (True, 3, ("b", "a", "+d")),
    }


@pytest.mark.parametrize(("optim", "keys"), [("sgd", ["optim.momentum", "x"]), ("adam", ["x"])])
def test_condition_on_a_fixed_override_is_decided_at_once(optim, keys):
    """Where the choice is fixed, the key is always there or never, with all that hangs on it."""
    space = read_space(
        ["optim.momentum=0.1,0.2", "nest=1,2", f"optim={optim}", "x=1,2"],
        when={**SGD, "nest": "optim.momentum=0.1"},
    )

    assert [key for key in space.dimensions if key != "nest"] == keys
    assert ("nest" in space.dimensions) == (optim == "sgd")
    assert f"optim={optim}" in space.fixed


@pytest.mark.parametrize(
    ("when", "says"),
    [
        ({"optim.momentun": "optim=sgd"}, "nearest is optim.momentum"),
        ({"optim.momentum": "optin=sgd"}, "nearest is optim"),
        ({"optim.momentum": "optim=sdg"}, "can never hold.*sgd, adam.*nearest is sgd"),
        ({"optim.momentum": "x=0.5"}, "an interval"),
        ({"optim.momentum": "optim:sgd"}, "no override in Hydra's grammar"),
        ({"optim.momentum": "k=1", "k": "optim.momentum=0.1"}, "circle.*: optim.momentum -> k"),
    ],
)
def test_condition_that_cannot_hold_is_an_error_that_says_why(when, says):
    """Unknown keys and values are named with the nearest ones; circles and intervals are refused."""
    overrides = ["optim=sgd,adam", "optim.momentum=0.1,0.2", "x=interval(0.0, 1)", "k=1,2"]
    with pytest.raises(SearchSpaceError, match=re.compile(says, re.DOTALL)):
        read_space(overrides, when=when)


# --- what is drawn, by statistics ------------------------------------------------------------------

# Seeded, so that they give one result; with another seed each fails once in a million times.


def drawn(override, count):
    dimension, rng = read_one(override), random.Random(7)
    return [dimension.draw(rng) for _ in range(count)]


def is_uniform(values):
    """Say whether numbers are uniform between 0 and 1, by Kolmogorov and Smirnov."""
    ordered, count = sorted(values), len(values)
    far = max(max((i + 1) / count - value, value - i / count) for i, value in enumerate(ordered))
    return far < 2.7 / math.sqrt(count)


def has_shares(values, shares):
    """Say whether values come as often as their shares say, by a chi-square test."""
    counts, total = Counter(values), len(values)
    statistic = sum(
        (counts[value] - total * share) ** 2 / (total * share) for value, share in shares.items()
    )
    free = len(shares) - 1
    critical = free * (1 - 2 / (9 * free) + 4.75 * math.sqrt(2 / (9 * free))) ** 3
    return set(counts) == set(shares) and statistic < critical


def test_statistics_would_tell_wrong_distributions():
    """The tests tell a log-uniform from a uniform one, and a missing edge from a whole interval."""
    assert not is_uniform([value / 100 for value in drawn("x=tag(log, interval(1.0, 100))", 2000)])
    assert not has_shares(drawn("x=interval(1, 9)", 4000), dict.fromkeys(range(1, 11), 1 / 10))
    assert not has_shares(drawn("x=interval(1, 9)", 4000), {n: (n + 7) / 108 for n in range(1, 10)})


@pytest.mark.parametrize("bounds", [(-12.0, 12.0), (0.0, 1e-300), (-1.7e308, 1.7e308), (5.0, 5.1)])
def test_floats_are_uniform(bounds):
    """Floats of an interval are uniform, also where it is tiny or its width overflows."""
    low, high = bounds
    values = drawn(f"x=interval({low!r}, {high!r})", 3000)
    assert all(low <= value <= high for value in values)
    assert is_uniform([(value / 2 - low / 2) / (high / 2 - low / 2) for value in values])


@pytest.mark.parametrize("bounds", [(1e-6, 1.0), (0.5, 2.0), (1e-300, 1e300)])
def test_logarithms_of_log_floats_are_uniform(bounds):
    """The logarithms of floats of a log interval are uniform."""
    low, high = map(math.log, bounds)
    values = drawn(f"x=tag(log, interval({bounds[0]!r}, {bounds[1]!r}))", 3000)
    assert is_uniform([(math.log(value) - low) / (high - low) for value in values])


@pytest.mark.parametrize("bounds", [(1, 2), (-3, 3), (0, 20), (10**12, 10**12 + 4), (7, 7)])
def test_ints_are_equally_likely_with_both_edges(bounds):
    """Each int of an interval is as likely as the others, both bounds among them."""
    values = drawn(f"x=interval({bounds[0]}, {bounds[1]})", 4000)
    every = range(bounds[0], bounds[1] + 1)
    if len(every) == 1:
        assert set(values) == set(every)
    else:
        assert has_shares(values, dict.fromkeys(every, 1 / len(every)))


@pytest.mark.parametrize("bounds", [(1, 2), (1, 10), (5, 8)])
def test_log_ints_have_the_share_of_their_stretch(bounds):
    """An int of a log interval has the share of the stretch from it to the next, edges included."""
    low, high = bounds
    whole = math.log(high + 1) - math.log(low)
    shares = {n: (math.log(n + 1) - math.log(n)) / whole for n in range(low, high + 1)}
    assert has_shares(drawn(f"x=tag(log, interval({low}, {high}))", 4000), shares)


@pytest.mark.parametrize(
    ("override", "values"),
    [("x=a,b,c", "abc"), ("x=range(0, 1, 0.25)", (0.0, 0.25, 0.5, 0.75)), ("x=sort(2, 1)", (1, 2))],
)
def test_choices_are_equally_likely(override, values):
    """Each choice is as likely as the others."""
    assert has_shares(drawn(override, 4000), dict.fromkeys(values, 1 / len(values)))
