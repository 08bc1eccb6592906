"""A config's class is as `dataclasses.make_dataclass` would make it, whatever is asked of it first."""

# Hints are types here, not text, as with most bases that users write.

import contextlib
import copy
import dataclasses
import inspect
import keyword
import pydoc
import string
import sys
import threading
import typing
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from omegaconf import MISSING, OmegaConf

from zenrun import builds, make_config
from zenrun.errors import ConfigTypeError

PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(string.ascii_letters, max_size=4),
    st.binary(max_size=4),
    st.just(MISSING),
)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("abc"), inner, max_size=2),
    max_leaves=4,
)
NAMES = st.one_of(
    st.sampled_from(
        ["self", "cls", "other", "x", "_y", "__z", "match", "MISSING", "name", "field", "mro"]
    ),
    st.text(string.ascii_lowercase, min_size=1, max_size=3).filter(
        lambda name: not keyword.iskeyword(name)
    ),
)
FIELDS = st.dictionaries(NAMES, VALUES, max_size=5)
# What may be the first that is asked of a class.
FIRST = {
    "nothing": lambda cls: None,
    "init": lambda cls: cls(),
    "init of the class": lambda cls: cls.__init__,
    "init of a bare object": lambda cls: cls.__new__(cls).__init__(),
    "repr": lambda cls: cls.__repr__,
    "eq": lambda cls: cls.__new__(cls) == 3,
    "signature": inspect.signature,
    "help": pydoc.render_doc,
    "members": inspect.getmembers,
    "subclass": lambda cls: dataclasses.make_dataclass("Sub", [], bases=(cls,))(),
    "undecorated subclass": lambda cls: type("Sub", (cls,), {})(),
    "structured": OmegaConf.structured,
    "copy": lambda cls: copy.deepcopy(cls()),
}


@dataclasses.dataclass
class Typed:
    """A base that was written by hand."""

    seed: int = dataclasses.field(default=0, metadata={"unit": "s"})
    tags: list = dataclasses.field(default_factory=list, repr=False)

    def doubled(self):
        return 2 * self.seed


@dataclasses.dataclass
class Checked(Typed):
    def __post_init__(self):
        if self.seed == 13:
            msg = "unlucky"
            raise ValueError(msg)


@dataclasses.dataclass
class Required:
    a: int
    b: int = 1


@dataclasses.dataclass
class KeywordOnly:
    a: int
    b: int = dataclasses.field(kw_only=True)


@dataclasses.dataclass
class WithInitVar:
    a: dataclasses.InitVar[int] = 1
    b: typing.ClassVar[int] = 2


@dataclasses.dataclass
class AsText:
    a: "int" = 1
    b: "list[int]" = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class AsTextWithClassVar:
    a: "int" = 1
    b: "typing.ClassVar[int]" = 2
    c: "dataclasses.InitVar[int]" = 3


@dataclasses.dataclass
class TwoRequired:
    a: int
    b: int


@dataclasses.dataclass(frozen=True)
class Frozen:
    a: int = 1


class Undecorated(Typed):
    pass


class UndecoratedFrozen(Frozen):
    pass


BASES = [
    (),
    (Typed,),
    (Checked,),
    (Required,),
    (KeywordOnly,),
    (WithInitVar,),
    (AsText,),
    (AsTextWithClassVar,),
    (TwoRequired,),
    (Undecorated,),
    (Typed, Required),
]


def default(value):
    if isinstance(value, (list, dict)):
        return dataclasses.field(default_factory=lambda: copy.deepcopy(value))
    return dataclasses.field(default=value)


def reference(values, bases=()):
    """Make the class as Python makes it."""
    specs = [(name, Any, default(value)) for name, value in values.items()]
    return dataclasses.make_dataclass(
        "Config",
        specs,
        bases=bases,
        namespace={"__doc__": "A."},
        unsafe_hash="__hash__" not in values,
    )


def both(values, bases=(), first="nothing"):
    """Make the class in both ways, and ask something of each first."""
    if TwoRequired in bases and "a" in values:
        values = {"b": 1, **values}  # else no dataclass can be made
    made = (make_config(**values, bases=bases), reference(values, bases))
    for cls in made:
        with contextlib.suppress(TypeError):  # bases have mandatory fields
            FIRST[first](cls)
    return made


def outcome(call, *args, **kwargs):
    """Give what a call gives, or what it raises, in a form that can be compared."""
    try:
        return repr(call(*args, **kwargs))
    except Exception as error:
        return type(error).__name__, str(error)


def told(field):
    return [
        getattr(field, name)
        for name in (
            ("name", "type", "default", "init", "repr", "hash", "compare", "kw_only", "metadata")
        )
    ] + [field.default_factory is dataclasses.MISSING or field.default_factory()]


@given(values=FIELDS, bases=st.sampled_from(BASES), first=st.sampled_from(sorted(FIRST)))
def test_config_class_is_that_of_dataclasses(values, bases, first):
    """Fields, attributes, signature, order of arguments and text are those of a dataclass."""
    ours, theirs = both(values, bases, first)

    assert dataclasses.is_dataclass(ours)
    assert [told(f) for f in dataclasses.fields(ours)] == [
        told(f) for f in dataclasses.fields(theirs)
    ]
    assert set(vars(ours)) == set(vars(theirs))
    for name in ("__annotations__", "__match_args__", "__bases__", "__qualname__"):
        assert getattr(ours, name) == getattr(theirs, name)
    assert repr(ours.__dataclass_params__) == repr(theirs.__dataclass_params__)
    assert inspect.signature(ours) == inspect.signature(theirs)
    for name in ("__init__", "__repr__", "__eq__", "__hash__"):
        assert inspect.signature(getattr(ours, name)) == inspect.signature(getattr(theirs, name))
        assert getattr(ours, name).__qualname__ == getattr(theirs, name).__qualname__
        assert type(vars(ours)[name]) is type(vars(theirs)[name])
    assert outcome(typing.get_type_hints, ours) == outcome(typing.get_type_hints, theirs)


@given(
    values=FIELDS,
    bases=st.sampled_from(BASES),
    first=st.sampled_from(sorted(FIRST)),
    args=st.lists(PLAIN, max_size=3),
    kwargs=st.dictionaries(NAMES | st.sampled_from(["seed", "a", "b"]), VALUES, max_size=2),
)
def test_config_class_is_called_as_a_dataclass_is(values, bases, first, args, kwargs):
    """Arguments arrive, and wrong ones are refused, as a dataclass has it."""
    ours, theirs = both(values, bases, first)
    kwargs.pop("self", None) if "self" not in values else None

    assert outcome(ours, *args, **kwargs) == outcome(theirs, *args, **kwargs)
    try:
        mine, other = ours(*args, **kwargs), theirs(*args, **kwargs)
    except (TypeError, ValueError):
        return
    assert mine == ours(*args, **kwargs)
    assert mine != other  # of another class
    assert mine.__eq__(other) is NotImplemented
    assert dataclasses.asdict(mine) == dataclasses.asdict(other)
    assert dataclasses.astuple(mine) == dataclasses.astuple(other)
    assert copy.deepcopy(mine) == mine
    assert outcome(hash, mine) == outcome(hash, other)
    for change in ({}, {"x": 5}, {"seed": 7}):
        assert outcome(dataclasses.replace, mine, **change) == outcome(
            dataclasses.replace, other, **change
        )
    if sys.version_info >= (3, 13):
        assert copy.replace(mine) == mine


@given(values=FIELDS, first=st.sampled_from(sorted(FIRST)))
def test_config_class_is_read_by_omegaconf_as_a_dataclass(values, first):
    """The node of the class and of an instance are those of a dataclass."""
    ours, theirs = both(values, (), first)
    for make in (lambda cls: cls, lambda cls: cls()):
        mine, other = OmegaConf.structured(make(ours)), OmegaConf.structured(make(theirs))

        assert OmegaConf.to_container(mine) == OmegaConf.to_container(other)
        assert OmegaConf.get_type(mine) is ours
        assert outcome(OmegaConf.to_object, mine) == outcome(OmegaConf.to_object, other)


@given(values=FIELDS, first=st.sampled_from(sorted(FIRST)))
def test_config_class_can_be_inherited_from(values, first):
    """A dataclass written over the config, and a config over that, are as of a dataclass."""
    made = []
    for cls in both(values, (), first):

        @dataclasses.dataclass
        class Child(cls):
            extra: int = 3

            def __post_init__(self):
                self.extra += 1

        class Plain(cls):
            def __init__(self, **kwargs):
                super().__init__(**kwargs)
                self.more = 1

        made.append((Child, Plain))
    (ours, our_plain), (theirs, their_plain) = made

    assert inspect.signature(ours) == inspect.signature(theirs)
    assert repr(ours(extra=5)) == repr(theirs(extra=5))
    assert repr(our_plain()) == repr(their_plain())
    assert vars(our_plain()) == vars(their_plain())
    grandchild, other = make_config(bases=(ours,), last=1), reference({"last": 1}, (theirs,))
    assert inspect.signature(grandchild) == inspect.signature(other)
    assert repr(grandchild(extra=5)) == repr(other(extra=5))


@pytest.mark.parametrize("first", sorted(FIRST))
def test_config_class_of_several_configs_keeps_their_methods_apart(first):
    """Where a class has two configs as bases, each one's methods are its own."""
    A, B = make_config(a=1), make_config(b=2)
    Both = make_config(bases=(A, B), c=3)
    FIRST[first](Both)

    class Plain(A, B):
        pass

    assert repr(Both()).endswith("(b=2, a=1, c=3)")
    assert inspect.signature(Plain) == inspect.signature(A)
    assert super(A, Plain()).__repr__().endswith("Plain(b=2)")
    assert inspect.signature(super(A, Plain).__init__) == inspect.signature(B.__init__)


@pytest.mark.parametrize(
    "name",
    [
        "__init__",
        "__repr__",
        "__eq__",
        "__hash__",
        "__post_init__",
        "__match_args__",
        "__dataclass_fields__",
        "__getattr__",
        "__private",
    ],
)
def test_config_class_with_a_field_that_python_knows_is_that_of_dataclasses(name):
    """A field named as a method or a mark of a class does to the class what it does to any."""
    ours, theirs = make_config(**{name: 1}), reference({name: 1})

    assert outcome(ours) == outcome(theirs)
    assert outcome(lambda: hash(ours.__new__(ours))) == outcome(
        lambda: hash(theirs.__new__(theirs))
    )
    assert set(vars(ours)) == set(vars(theirs))


@pytest.mark.parametrize(
    ("bases", "said"),
    [
        ((TwoRequired,), "non-default argument 'b' follows default argument"),
        ((Frozen,), "cannot inherit non-frozen dataclass from a frozen one"),
        ((UndecoratedFrozen,), "cannot inherit non-frozen dataclass from a frozen one"),
        ((Typed, Undecorated), "order"),
    ],
)
def test_config_class_is_refused_where_dataclasses_refuse_it(bases, said):
    """Bases that no dataclass can have are refused when the config is made."""
    with pytest.raises(ConfigTypeError, match=said):
        make_config(bases=bases, a=1)
    with pytest.raises(TypeError, match=said):
        reference({"a": 1}, bases)


def test_config_class_has_fresh_defaults():
    """What can change is made anew for each instance, before and after the first one."""
    Conf = builds(dict, a=[1], b={"x": [2]}, c=make_config(d=[3])())
    for _ in range(2):
        conf = Conf()
        conf.a.append(0)
        conf.b["x"].append(0)
        conf.c.d.append(0)

    assert (Conf().a, Conf().b, Conf().c.d) == ([1], {"x": [2]}, [3])


def test_config_class_matches_by_position():
    """A match statement takes a config apart by its fields."""
    match make_config(a=1, b=2)(b=3):
        case object(a=1, b=b):
            assert b == 3
    Conf = make_config(a=1, b=2)
    match Conf(b=3):
        case Conf(a, b):
            assert (a, b) == (1, 3)


def test_config_class_keeps_a_method_that_was_given_to_it():
    """A method that replaces one of the class's stays when the others are first used."""
    Conf = make_config(a=1)
    Conf.__repr__ = lambda self: "mine"

    assert repr(Conf(a=2)) == "mine"
    assert Conf(a=2) == Conf(2) != Conf()


def test_config_class_is_first_used_by_many_threads_at_once():
    """Threads that make the first instances of a config at one moment all get theirs."""
    with ThreadPoolExecutor(8) as pool:
        for number in range(20):
            Conf = make_config(a=[number], b=2)
            start = threading.Barrier(8)

            def make(position, Conf=Conf, start=start):
                start.wait()
                return Conf(b=position)

            made = list(pool.map(make, range(8)))
            assert [(item.a, item.b) for item in made] == [([number], n) for n in range(8)]


def test_config_class_of_an_initialized_base_calls_its_hooks_once():
    """A base's __init_subclass__ sees each config made of it once, however the config is used."""
    seen = []

    @dataclasses.dataclass
    class Registered:
        def __init_subclass__(cls, **kwargs):
            super().__init_subclass__(**kwargs)
            seen.append(cls.__name__)

    made = make_config(bases=(Registered,), a=1)

    assert made(a=2).a == 2
    assert repr(made()).endswith("(a=1)")
    assert seen == ["Config"]
