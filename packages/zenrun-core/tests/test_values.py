"""Python values in configs: what goes in comes out, and what cannot go in says so."""

from __future__ import annotations

import enum
import keyword
import pathlib
from dataclasses import dataclass, field

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf

from zenrun import MISSING, builds, instantiate, just, make_config
from zenrun.errors import InvalidTargetError, UnsupportedValueError


class Color(enum.Enum):
    RED = 1
    BLUE = 2


class Level(enum.IntEnum):
    LOW = 1


class Amount(float):
    """A float that is made in a way of its own."""

    def __new__(cls, dollars, cents=0):
        return super().__new__(cls, dollars + cents / 100)


@dataclass
class Point:
    x: int = 0
    y: list[int] = field(default_factory=list)


def record(*args, **kwargs):
    """Give the arguments back."""
    return args, kwargs


# OmegaConf 2.4 keeps a tuple that is a field's whole value.
HAS_TUPLES = isinstance(instantiate(builds(dict, a=(1,), hydra_convert="all"))["a"], tuple)


def plainly(value):
    """Give the value as configs hold it: tuples are lists."""
    if isinstance(value, (list, tuple)):
        return [plainly(item) for item in value]
    if isinstance(value, dict):
        return {key: plainly(item) for key, item in value.items()}
    return value


texts = st.text(max_size=10).filter(lambda text: "${" not in text and text != "???")
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    texts,
    st.binary(max_size=6),
    st.sampled_from([pathlib.Path("a/b"), pathlib.Path()]),
    st.sampled_from([len, dict, record, Color, str.upper]),
)
keys = st.one_of(
    texts.filter(lambda key: not key.startswith("_")),
    st.integers(min_value=2),
    st.floats(allow_nan=False, min_value=-1, max_value=-0.5),
)
enums = st.sampled_from([*Color, *Level])


# OmegaConf's yaml has enums by name, and loses paths on Python 3.13 and some unprintable signs.
words = st.text("aZ09 _-'\"#:[]{}&*!|>%@\\é", max_size=6).filter(
    lambda key: not key.startswith("_")
)
in_yaml = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    words,
    st.binary(max_size=6),
    st.sampled_from([len, dict, record, Color, str.upper]),
)


def nested(leaves, keys):
    """Give lists, tuples and dicts of the leaves, and the leaves."""

    def containers(inner):
        return st.one_of(
            st.lists(inner, max_size=3),
            st.tuples(inner, inner),
            st.dictionaries(keys, inner, max_size=3),
        )

    return st.recursive(leaves, containers, max_leaves=8)


values = nested(leaves | enums, keys | st.sampled_from(list(Color)))
names = st.from_regex(r"[a-z]{1,6}", fullmatch=True).filter(
    lambda name: not keyword.iskeyword(name)
)


@settings(deadline=None)
@given(args=st.lists(values, max_size=3), kwargs=st.dictionaries(names, values, max_size=3))
@example(args=[], kwargs={"a": "\\", "b": "$", "c": "{", "d": "???x"})
@example(args=[[[]], {}], kwargs={"a": {"b": {}}, "c": ()})
def test_values_arrive_as_in_a_direct_call(args, kwargs):
    """Builds then instantiate calls the target with what a direct call would give it."""
    got = instantiate(builds(record, *args, **kwargs, hydra_convert="all"))
    if HAS_TUPLES:
        got = tuple(plainly(got[0])), plainly(got[1])
    expected = (tuple(plainly(args)), plainly(kwargs))

    assert got == expected
    assert repr(got) == repr(expected)  # of the same types, -0.0 and True apart from 0.0 and 1


@settings(deadline=None)
@given(st.dictionaries(names, nested(in_yaml, words), max_size=3))
def test_values_survive_yaml(fields):
    """The yaml of a config is read back to the same call, as Hydra's saved configs are."""
    Conf = builds(record, **fields, hydra_convert="all")
    config = OmegaConf.structured(Conf)
    text = OmegaConf.to_yaml(config)

    again = OmegaConf.merge(config, OmegaConf.create(text))
    assert instantiate(again) == instantiate(Conf)


@settings(deadline=None)
@given(values)
def test_values_are_never_the_callers_own_containers(value):
    """No list or dict in a config is the one that was given."""
    made = just(value)

    if isinstance(value, (list, tuple, dict)):
        assert made is not value
    elif not callable(value):
        assert made is value


def test_values_interpolate_and_may_be_missing():
    """Strings with ${...} are interpolations; MISSING is a value that is still to come."""
    config = OmegaConf.structured(make_config(a=1, b="${a}", c=["${a}", "x${a}"], d=MISSING))

    assert (config.b, config.c) == (1, [1, "x1"])
    assert OmegaConf.is_missing(config, "d")


@pytest.mark.parametrize(
    ("value", "way_out"),
    [
        (object(), "builds(object, ...)"),
        (iter([]), "builds(list_iterator, ...)"),
        (Amount(1), "float(...)"),
    ],
    ids=lambda item: type(item).__name__,
)
def test_values_that_no_config_holds_are_refused_by_their_place(value, way_out):
    """The error names the place, the type, and what to write instead."""
    with pytest.raises(UnsupportedValueError) as caught:
        builds(record, 1, a={"b": [0, (value,)]})

    assert caught.value.path == "a.b[1][0]"
    for said in ("'a.b[1][0]'", type(value).__name__, way_out):
        assert said in str(caught.value)
    assert isinstance(caught.value, ValueError)
    with pytest.raises(UnsupportedValueError, match=r"_args_\[1\]\.x"):
        builds(record, 1, {"x": value})


def test_values_refuse_keys_that_no_config_holds():
    """The error names the dict and the key."""
    key = object()
    with pytest.raises(UnsupportedValueError) as caught:
        make_config(a=[{key: 1}])

    assert caught.value.path == "a[0].keys()"
    assert repr(key) in str(caught.value)


def test_values_refuse_nested_lambdas_by_their_place():
    """A function that no path leads to is refused with its place in the config."""
    with pytest.raises(InvalidTargetError, match=r"'a\[0\]\.b'.*lambda"):
        builds(record, a=[{"b": lambda: 1}])


def test_values_that_are_dataclasses_come_back():
    """A dataclass is a value like others to builds, and make_config takes it as a config."""
    point = Point(1, [2])
    Conf = builds(record, point, point=Point)
    config = make_config(point=point, type=Point)()
    point.y.append(3)

    assert instantiate(Conf) == ((Point(1, [2]),), {"point": Point})
    assert config.point == Point(1, [2])
    assert config.type is Point
    assert instantiate(config) == {"point": {"x": 1, "y": [2]}, "type": {"x": 0, "y": []}}


def test_values_may_be_nodes_of_omegaconf():
    """DictConfig and ListConfig are taken as they are, and copied."""
    node = OmegaConf.create({"a": [1]})
    Conf = builds(record, node=node)
    node.a.append(2)

    assert instantiate(Conf) == ((), {"node": {"a": [1]}})
