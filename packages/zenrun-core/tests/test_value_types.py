"""Values of many types in configs: each comes back equal and of its own type, also by yaml."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import functools
import io
import ipaddress
import math
import pathlib
import re
import types
import uuid
import zoneinfo
from typing import Any, NamedTuple

import hydra.utils
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from zenrun import BuildsFn, builds, instantiate, just, make_config
from zenrun.errors import InvalidTargetError, SignatureError, UnsupportedValueError


class Color(enum.Enum):
    RED = 1


class Pair(NamedTuple):
    left: Any
    right: Any = None


@dataclasses.dataclass(eq=False)
class Point:
    x: Any = 0
    y: Any = None
    seen: int = dataclasses.field(default=7, init=False)


@dataclasses.dataclass
class Target:
    _target_: str = "builtins.dict"
    a: int = 1


@dataclasses.dataclass
class Forgetful:
    x: dataclasses.InitVar[int] = 0


class Name(str):  # noqa: SLOT000 - as users write it
    """A text of a kind of its own."""


class Meters(float):
    """A number of a kind of its own."""


class Table(dict):
    """A dict of a kind of its own."""


class Row(list):
    """A list of a kind of its own."""


class Tags(frozenset):
    """A set of a kind of its own."""


class Day(dt.date):
    """A date of a kind of its own."""


class Sized(list):
    """A list that is made in a way of its own."""

    def __init__(self, size):
        super().__init__(range(size))


def record(*args, **kwargs):
    """Give the arguments back."""
    return args, kwargs


def told(value):
    """Tell all of a value, its types included: what is told alike is the same value."""
    kind = type(value)
    if isinstance(value, functools.partial):  # Hydra's are of a class of its own
        return functools.partial, value.func, told(value.args), told(dict(value.keywords))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return kind, [
            (item.name, told(getattr(value, item.name))) for item in dataclasses.fields(value)
        ]
    if isinstance(value, collections.deque):
        return kind, value.maxlen, [told(item) for item in value]
    if isinstance(value, (list, tuple)):
        return kind, [told(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return kind, sorted((told(item) for item in value), key=repr)
    if isinstance(value, (dict, types.MappingProxyType)):
        items = [(told(key), told(item)) for key, item in value.items()]
        ordered = isinstance(value, collections.OrderedDict)
        factory = getattr(value, "default_factory", None)
        return kind, factory, items if ordered else sorted(items, key=repr)
    if isinstance(value, types.SimpleNamespace):
        return kind, told(vars(value))
    if isinstance(value, re.Pattern):
        return kind, value.pattern, value.flags
    if isinstance(value, (dt.datetime, dt.time)):
        return kind, repr(value), value.fold
    return kind, repr(value)


def plainly(value):
    """Give the value as configs hold it: tuples in plain places are lists."""
    if type(value) in (list, tuple):
        return [plainly(item) for item in value]
    if type(value) is dict and all(isinstance(key, (str, int, float)) for key in value):
        return {key: plainly(item) for key, item in value.items()}
    return value


texts = st.text(max_size=6).filter(lambda text: "${" not in text and text != "???")
odd_texts = st.text("${a}?\\.-'", max_size=8) | st.sampled_from(["???", "${a}", "\\${"])
numbers = st.one_of(
    st.integers(),
    st.integers(min_value=2**64, max_value=2**80),
    st.floats(),
    st.sampled_from([-0.0, math.inf, -math.inf, math.nan]),
    st.complex_numbers(allow_nan=True),
    st.decimals(),
    st.fractions(),
    st.booleans(),
)
zones = st.sampled_from(
    [
        dt.timezone.utc,
        dt.timezone(dt.timedelta(hours=-3, minutes=-30)),
        dt.timezone(dt.timedelta(seconds=1), "name ${a}"),
        zoneinfo.ZoneInfo("UTC"),
    ]
)
times = st.one_of(
    st.dates(),
    st.times(timezones=st.none() | zones),
    st.datetimes(timezones=st.none() | zones),
    st.timedeltas(),
    zones,
)
patterns = st.tuples(odd_texts, st.sampled_from([0, re.IGNORECASE | re.VERBOSE])).map(
    lambda item: re.compile(re.escape(item[0]).replace(r"\$\{", "${") or "x", item[1])
)
paths = odd_texts.flatmap(
    lambda text: st.sampled_from(
        [
            pathlib.PurePosixPath(text, "b"),
            pathlib.PureWindowsPath(text),
            pathlib.PurePosixPath("???"),
            pathlib.PurePosixPath(),
        ]
    )
)
kinds = st.one_of(
    odd_texts.map(Name),
    st.floats().map(Meters),
    st.dates().map(lambda day: Day(day.year, day.month, day.day)),
)
hashable = st.one_of(
    st.none(),
    texts,
    st.binary(max_size=4),
    numbers,
    times,
    paths,
    kinds,
    st.uuids(),
    st.ip_addresses(),
    patterns,
    st.sampled_from([len, Color, record, Color.RED, range(1, 9, 3), slice(None, 2), ..., Point]),
    st.sampled_from([ipaddress.ip_network("10.0.0.0/8"), NotImplemented, pathlib.Path("a/b")]),
).filter(lambda value: value.__hash__ is not None or True)
names = st.from_regex(r"[a-z]{3,5}", fullmatch=True).filter(lambda name: name not in ("for", "def"))


def can_be_hashed(value):
    try:
        hash(value)
    except TypeError:
        return False
    return True


keys = st.recursive(
    hashable.filter(can_be_hashed),
    lambda inner: st.one_of(
        st.tuples(inner, inner), st.frozensets(inner, max_size=2), inner.map(Pair)
    ),
    max_leaves=3,
)


def containers(inner):
    """Give everything that holds other values."""
    items = st.lists(inner, max_size=3)
    named = st.dictionaries(names, inner, max_size=2)
    return st.one_of(
        items,
        items.map(tuple),
        items.map(Row),
        st.dictionaries(texts.filter(lambda text: not text.startswith("_")), inner, max_size=2),
        st.dictionaries(keys, inner, max_size=2),
        st.sets(keys, max_size=3),
        st.frozensets(keys, max_size=3).map(Tags),
        st.builds(collections.deque, items, st.none() | st.integers(3, 5)),
        st.dictionaries(keys, inner, max_size=2).map(collections.OrderedDict),
        st.dictionaries(keys, inner, max_size=2).map(Table),
        st.dictionaries(keys, st.integers(), max_size=2).map(collections.Counter),
        st.builds(
            collections.defaultdict,
            st.sampled_from([list, int, None]),
            st.dictionaries(keys, inner),
        ),
        named.map(lambda kwargs: types.SimpleNamespace(**kwargs)),
        named.map(types.MappingProxyType),
        st.builds(lambda args, kwargs: functools.partial(record, *args, **kwargs), items, named),
        st.tuples(inner, inner).map(lambda item: Pair(*item)),
        st.tuples(inner, inner).map(lambda item: Point(*item)),
        st.binary(max_size=3).map(bytearray),
    )


values = st.recursive(hashable, containers, max_leaves=6)


@settings(max_examples=min(80, settings.default.max_examples))
@given(values)
@example({(1, (2, "a")): [(1,)], None: {}})
@example([Pair((1, 2), {(3,): 4})])
@example(functools.partial(record, functools.partial(record, x=(1,)), y={1: {2}}))
@example(Point(Point(1j, [2]), {"a": (1,)}))
@example({"a": {frozenset({(1, frozenset())})}})
@example(dt.datetime(2020, 10, 25, 1, 30, fold=1, tzinfo=zoneinfo.ZoneInfo("UTC")))
@example([re.compile("\\\\${a}"), re.compile(b"${a}", re.DOTALL)])
def test_value_comes_back_equal_and_of_its_type(value):
    """A value of any of the types, nested as may be, is what instantiate gives."""
    again = instantiate(builds(record, [value], hydra_convert="all"))[0][0][0]

    assert told(again) == told(plainly(value))


@pytest.mark.parametrize(
    "value",
    [
        {1, 2},
        frozenset({"a"}),
        1j,
        range(3),
        slice(1, 2),
        bytearray(b"ab"),
        collections.deque([1], maxlen=2),
        collections.OrderedDict(a=1),
        collections.defaultdict(list, a=[1]),
        types.SimpleNamespace(a=1),
        functools.partial(record, 1),
        dt.datetime(2020, 1, 2, 3),  # noqa: DTZ001
        decimal.Decimal("1.50"),
        fractions.Fraction(1, 3),
        uuid.UUID(int=5),
        re.compile("a"),
        pathlib.PurePosixPath("a"),
        {(1, 2): 3},
        Point(1, [2]),
        Pair(1),
        Meters(1),
        Table(a=1),
        ...,
    ],
    ids=lambda value: type(value).__name__,
)
def test_value_is_made_by_just_alone_and_just_of_it_is_the_same(value):
    """Just gives a config, which instantiate needs no options for, and leaves configs as they are."""
    config = just(value)

    assert told(instantiate(config)) == told(hydra.utils.instantiate(config)) == told(value)
    assert just(config) == config
    assert told(instantiate([config], _convert_="all")[0]) == told(value)


def test_value_names_what_makes_it():
    """The fields of the configs are those that hydra-zen's configs have."""
    Conf = just(functools.partial(record, 1, a=2j))

    assert (Conf._partial_, Conf._args_, Conf.a.imag) == (True, [1], 2.0)
    assert Conf._target_ == just(record).path == f"{__name__}.record"
    assert just({2, 1})._args_ == [[1, 2]]
    assert just(1 + 2j).real == 1.0
    assert just(dt.timedelta(3)).days == 3
    assert just(Point(1)).__name__ == "Builds_Point"
    assert just(Point(1)).x == 1


class Quaternion:
    """A type that nothing is known of."""

    def __init__(self, parts):
        self.parts = parts

    def __eq__(self, other):
        return self.parts == other.parts

    def __hash__(self):
        return hash(self.parts)


class Ours(BuildsFn):
    """Makes configs of quaternions too."""

    @classmethod
    def _make_hydra_compatible(cls, value, **options):
        if isinstance(value, Quaternion):
            return cls.builds(Quaternion, value.parts)
        return super()._make_hydra_compatible(value, **options)


def test_value_of_a_type_that_users_add_is_one_wherever_it_stands():
    """A BuildsFn of a user's own is asked for the parts of every value."""
    item = Quaternion(1j)
    for value in [
        item,
        [item],
        {item},
        {(item, 1): item},
        Point(item),
        functools.partial(record, item),
    ]:
        made = instantiate(Ours.just([value]), _convert_="all")[0]
        assert type(made) is type(value) or isinstance(made, functools.partial)
    config = Ours.builds(record, {(item,): item}, x=Ours.make_config(y={item}))
    assert "Quaternion" in repr(config())
    with pytest.raises(UnsupportedValueError, match="Quaternion"):
        just([item])


def test_value_in_a_set_has_one_order():
    """The config of a set does not depend on the order in which the set happens to be walked."""
    items = [f"item{index}" for index in range(20)]

    assert just(set(items))._args_ == [sorted(items)]


def test_value_that_is_an_interpolation_is_one_wherever_it_stands():
    """A string with ${...} is read by OmegaConf, in special values too."""
    Conf = make_config(a=1, b={"${a}"}, c=Point("${a}"))
    made = instantiate(Conf)

    assert (made.b, instantiate(builds(record, x=just(Point("${..y}")), y=2))[1]["x"].x) == ({1}, 2)


def test_value_of_a_dataclass_stays_a_config_where_one_is_meant():
    """A dataclass with a target, one made by a function, and by wish any stay as they are."""
    made_here = make_config(z=1)
    local = dataclasses.make_dataclass("Local", [("x", int, 1)])
    as_is = {"dataclass": False}

    for config in (Target, Target(a=2), made_here, made_here(z=2), local, local(2)):
        assert just(config) == config
    assert just(Point(1), zen_convert=as_is).x == 1
    assert just([Point], zen_convert=as_is) == [Point]
    assert instantiate(just(Point)) is Point
    assert make_config(a=Point(1))().a.x == 1  # make_config leaves them, as hydra-zen's does


def test_value_of_a_dataclass_takes_hydras_options():
    """hydra_recursive and hydra_convert hold for the configs of dataclass instances."""
    Conf = just(Point(1), hydra_convert="partial", hydra_recursive=False)
    (inner,) = just([Point(1)], hydra_convert="none")

    assert (Conf._convert_, Conf._recursive_, inner._convert_) == ("partial", False, "none")
    assert not hasattr(just(Point(1)), "_convert_")
    assert just(Point([1]))._convert_ == "all"  # else it would get a ListConfig


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"zen_convert": {"dataclas": True}}, "dataclas"),
        ({"zen_convert": {"dataclass": 3}}, "each True or False"),
        ({"zen_convert": [1]}, "zen_convert is a dict"),
        ({"hydra_convert": "al"}, "hydra_convert"),
        ({"hydra_recursive": 1}, "hydra_recursive"),
    ],
)
def test_value_options_are_checked(options, said):
    """A setting that does not exist, or takes no such value, is refused by name."""
    with pytest.raises(TypeError, match=said):
        just(1, **options)


class Holder:
    def method(self):
        """Do nothing."""


def with_attribute():
    """Give a list of a kind of its own that has an attribute."""
    made = Row([1])
    made.note = "lost"
    return made


@pytest.mark.parametrize(
    ("value", "error", "said"),
    [
        (lambda: 1, InvalidTargetError, "lambda.*top level of a module"),
        (Holder().method, InvalidTargetError, "belongs to one Holder.*Holder.method"),
        (functools.partial(lambda: 1), InvalidTargetError, "lambda"),
        (io.StringIO(), UnsupportedValueError, "Give the file's path instead"),
        (object(), UnsupportedValueError, r"builds\(object"),
        (iter([]), UnsupportedValueError, "list_iterator"),
        (Sized(2), UnsupportedValueError, r"made in a way of its own.*builds\(Sized.*list\("),
        (with_attribute(), UnsupportedValueError, "attributes of its own"),
        (Forgetful(1), UnsupportedValueError, "'x'.*InitVar"),
        (functools.partial(record, _target_=1), UnsupportedValueError, "'_target_'"),
        (types.SimpleNamespace(_args_=1), UnsupportedValueError, "'_args_'"),
        ("a ${b", UnsupportedValueError, r"\\\$\{"),
        ([1, {"x": object()}], UnsupportedValueError, r"\[0\]\[1\]\.x"),
    ],
    ids=lambda item: getattr(item, "__name__", None),
)
def test_value_that_no_config_makes_again_is_refused_when_the_config_is_made(value, error, said):
    """The error names the place and what to do."""
    with pytest.raises(error, match=f"(?s){said}") as caught:
        builds(record, a=[value])

    assert "a[0]" in str(caught.value)


def test_value_that_holds_itself_is_refused():
    """A list in itself is an error that says so, and no RecursionError."""
    endless: list[Any] = []
    endless.append({"again": (endless,)})

    with pytest.raises(UnsupportedValueError, match="inside of itself"):
        builds(record, a=endless)


def test_value_of_a_class_in_a_function_is_refused():
    """An instance needs a class that a path leads to."""

    class Local(str):  # noqa: SLOT000 - as users write it
        """A text of a kind that no other process has."""

    with pytest.raises(InvalidTargetError, match="top level of a module"):
        just(Local("a"))


def test_value_of_a_dataclass_with_an_init_of_its_own_is_refused():
    """Fields that the class does not take as arguments do not make it again."""
    with pytest.raises(SignatureError, match="'x'"):
        just(Own())


@dataclasses.dataclass(init=False)
class Own:
    x: int = 1

    def __init__(self):
        self.x = 2
