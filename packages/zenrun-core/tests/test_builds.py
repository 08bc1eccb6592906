"""`builds`: a call as a config, checked when it is made."""

from __future__ import annotations

import enum
import functools
import inspect
import typing
from collections.abc import Mapping, Sequence
from collections.abc import Sequence as OldSequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf
from omegaconf.errors import ValidationError

from zenrun import MISSING, builds, instantiate, make_config
from zenrun.errors import (
    ConfigError,
    ConfigTypeError,
    InvalidTargetError,
    SignatureError,
    ZenrunError,
)


class Color(enum.Enum):
    RED = 1
    BLUE = 2


class Level(enum.IntEnum):
    LOW = 1


class Word(str, enum.Enum):
    YES = "y"


def record(*args, **kwargs):
    """Give the arguments back."""
    return args, kwargs


def train(model, steps: int = 10, *, lr: float = 0.1, name="run", seed: int | None = None):
    """Stand for a training with the usual kinds of parameters."""
    return model, steps, lr, name, seed


def mixed(first, second=2, /, third=3, *more, fourth=4, **others):
    """Have every kind of parameter."""
    return first, second, third, more, fourth, others


class Model:
    def __init__(self, width: int = 3, act: str = "relu"):
        self.width, self.act = width, act

    @classmethod
    def narrow(cls, width: int = 1):
        return cls(width)

    @staticmethod
    def area(width, height=2):
        return width * height

    def scaled(self, factor):
        return self.width * factor

    class Inner:
        """A class that is found through another."""


class Wide(Model):
    pass


@dataclass
class Point:
    x: int
    y: int = 2


class Made:
    def __new__(cls, size: int = 1):
        made = object.__new__(cls)
        made.size = size
        return made


# --- what a config is --------------------------------------------------------------------------


def test_builds_gives_a_dataclass_type_with_the_target_and_the_arguments():
    """A config is a dataclass type that reads as Hydra's own form of a call."""
    Conf = builds(train, 1, steps=2, hydra_convert="all", hydra_recursive=False, zen_partial=True)

    assert is_dataclass(Conf)
    assert isinstance(Conf, type)
    assert OmegaConf.to_container(OmegaConf.structured(Conf)) == {
        "_target_": f"{__name__}.train",
        "_partial_": True,
        "_recursive_": False,
        "_convert_": "all",
        "_args_": [1],
        "steps": 2,
    }


def test_builds_without_options_writes_none_of_them():
    """Only what was given stands in the config, so that yaml files stay short."""
    assert [item.name for item in fields(builds(dict, a=1))] == ["_target_", "a"]


def test_builds_keeps_defaults_lists():
    """hydra_defaults becomes the config's defaults list, a copy of what was given."""
    given = ["_self_", {"optim": "sgd"}]
    Conf = builds(dict, hydra_defaults=given)
    given[1]["optim"] = "adam"

    assert Conf().defaults == ["_self_", {"optim": "sgd"}]
    assert Conf().defaults is not Conf().defaults


@pytest.mark.parametrize(
    ("target", "args", "kwargs", "expected"),
    [
        pytest.param(train, (1,), {"lr": 0.5}, (1, 10, 0.5, "run", None), id="function"),
        pytest.param(dict, (), {"a": 1}, {"a": 1}, id="builtin class"),
        pytest.param(len, ([1, 2],), {}, 2, id="builtin function"),
        pytest.param(str.upper, ("a",), {}, "A", id="method of a builtin class"),
        pytest.param(bytes.fromhex, ("ff",), {}, b"\xff", id="class method of a builtin class"),
        pytest.param(Model.area, (3,), {}, 6, id="static method"),
        pytest.param(Wide.area, (3,), {"height": 1}, 3, id="inherited static method"),
        pytest.param(Point, (1,), {"y": 3}, Point(1, 3), id="dataclass"),
        pytest.param(Color, (2,), {}, Color.BLUE, id="enum class"),
        pytest.param(mixed, (1, 2, 3, 4), {"z": 5}, (1, 2, 3, (4,), 4, {"z": 5}), id="mixed"),
        pytest.param(pow, (2,), {"exp": 3}, 8, id="pow"),
    ],
)
def test_builds_then_instantiate_is_the_call(target, args, kwargs, expected):
    """Instantiating a config gives what calling the target gives."""
    assert instantiate(builds(target, *args, **kwargs)) == expected == target(*args, **kwargs)


def test_builds_of_class_methods_keeps_the_class_they_were_taken_from():
    """A class method of a subclass makes an object of the subclass, though a parent defines it."""
    assert type(instantiate(builds(Model.narrow))) is Model
    made = instantiate(builds(Wide.narrow, width=7))

    assert type(made) is Wide
    assert made.width == 7


def test_builds_of_a_nested_class_and_of_a_plain_method():
    """What is found through a class can be configured."""
    assert isinstance(instantiate(builds(Model.Inner)), Model.Inner)
    assert instantiate(builds(Model.scaled, builds(Model, width=2), 5)) == 10


@pytest.mark.parametrize("option", ["zen_partial", "hydra_partial"])
def test_builds_partial_gives_a_partial(option):
    """Both names of the option give functools.partial with the arguments so far."""
    made = instantiate(builds(train, steps=2, **{option: True}))

    assert isinstance(made, functools.partial)
    assert made(1) == (1, 2, 0.1, "run", None)


def test_builds_partial_false_calls_the_target():
    """zen_partial=False is written into the config, and the target is called."""
    Conf = builds(train, 1, zen_partial=False)

    assert Conf()._partial_ is False
    assert instantiate(Conf) == train(1)


def test_builds_takes_other_values_in_instances():
    """An instance of a config made with other values calls the target with those."""
    Conf = builds(train, model=1, steps=2)

    assert instantiate(Conf(steps=5)) == train(1, 5)
    assert instantiate(Conf) == train(1, 2)
    assert Conf(steps=5) == Conf(steps=5) != Conf()


def test_builds_nests():
    """Configs in arguments, lists and dicts are instantiated first, at any depth."""
    Inner = builds(Point, x=1)
    Conf = builds(
        record,
        Inner,
        [Inner(x=2), {"deep": (Inner(x=3),)}],
        alone=Inner,
        hydra_convert="all",
    )

    assert instantiate(Conf) == (
        (Point(1), [Point(2), {"deep": [Point(3)]}]),
        {"alone": Point(1)},
    )


def test_builds_hydra_recursive_false_leaves_nested_configs():
    """With hydra_recursive=False the target gets the nested config itself."""
    (got,), _ = instantiate(builds(record, builds(Point, x=1), hydra_recursive=False))

    assert got == {"_target_": f"{__name__}.Point", "x": 1}


@pytest.mark.parametrize(("convert", "kind"), [("none", "ListConfig"), ("all", "list")])
def test_builds_hydra_convert_decides_what_containers_arrive_as(convert, kind):
    """hydra_convert is Hydra's own _convert_."""
    (got,), _ = instantiate(builds(record, (1, 2), hydra_convert=convert))

    assert type(got).__name__ == kind
    assert got == [1, 2]


def test_builds_follows_interpolations():
    """A string with ${...} is read in the whole config, whatever the parameter's type."""
    Config = make_config(steps=4, train=builds(train, 1, steps="${steps}", lr="${.steps}"))

    assert instantiate(Config).train == train(1, 4, lr=4.0)


def test_builds_does_not_share_values_that_can_change():
    """Each instance has its own lists, dicts and nested configs; none is the caller's."""
    items, table, nested = [1, [2]], {"a": [1]}, builds(Point, x=1)(x=5)
    Conf = builds(record, items, table=table, nested=nested)
    items[1].append(3)
    table["a"].append(2)
    nested.x = 6
    first = Conf()
    first._args_[0].append(4)
    first.table["b"] = 1
    first.nested.x = 7

    second = Conf()
    assert second._args_ == [[1, [2]]]
    assert second.table == {"a": [1]}
    assert second.nested.x == 5


# --- populate_full_signature -------------------------------------------------------------------


def populated(target, *args, **kwargs):
    """Give the fields of a populated config and their values, without Hydra's own."""
    Conf = builds(target, *args, populate_full_signature=True, **kwargs)
    config = OmegaConf.to_container(OmegaConf.structured(Conf))
    return {name: item for name, item in config.items() if not name.startswith("_")}


def test_builds_populated_has_a_field_for_each_parameter():
    """Parameters without a default are mandatory, the others have their default."""
    assert populated(train) == {
        "model": MISSING,
        "steps": 10,
        "lr": 0.1,
        "name": "run",
        "seed": None,
    }


def test_builds_populated_leaves_out_what_is_given_by_position():
    """A positional argument takes its parameter's place, so that it is not given twice."""
    assert populated(train, 1, lr=2.0) == {"steps": 10, "lr": 2.0, "name": "run", "seed": None}
    assert instantiate(builds(train, 1, populate_full_signature=True)) == train(1)


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ((), {"third": 3, "fourth": 4}),
        ((1, 2), {"third": 3, "fourth": 4}),
        ((1, 2, 9), {"fourth": 4}),
        ((1, 2, 9, 8, 7), {"fourth": 4}),
    ],
)
def test_builds_populated_with_star_parameters(args, expected):
    """*args and **kwargs get no field; more positional arguments do not eat keyword-only ones."""
    assert populated(mixed, *args) == expected


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        pytest.param(Model, {"width": 3, "act": "relu"}, id="class"),
        pytest.param(Made, {"size": 1}, id="class with __new__"),
        pytest.param(Model.narrow, {"width": 1}, id="class method"),
        pytest.param(Point, {"x": MISSING, "y": 2}, id="dataclass"),
        pytest.param(record, {}, id="only star parameters"),
        pytest.param(dict, {}, id="no signature"),
    ],
)
def test_builds_populated_of_every_kind_of_target(target, expected):
    """The signature is that of the call; a target that tells none gets no fields."""
    assert populated(target) == expected


def awkward(a, sentinel=object(), call=lambda: 1, text="${not.a.key}", kind=len):
    """Have defaults that no config holds."""
    return a, sentinel, call, text, kind


def test_builds_populated_leaves_defaults_that_no_config_holds_to_the_target():
    """A sentinel, a lambda or a text that would be an interpolation stays the target's own."""
    assert set(populated(awkward)) == {"a", "kind"}
    assert instantiate(builds(awkward, a=1, populate_full_signature=True)) == awkward(1)


def test_builds_refuses_the_same_values_when_they_are_given():
    """What a default may be silently, a given argument may not."""
    with pytest.raises(ConfigError):
        builds(awkward, a=1, sentinel=object())


# --- types of fields ---------------------------------------------------------------------------


def typed(
    i: int = 1,
    f: float = 1.0,
    b: bool = True,
    s: str = "s",
    e: Color = Color.RED,
    p: Path = Path("p"),
    o: int | None = None,
    u: int | None = 3,
    li: list[int] = [1],
    d: dict[str, float] = {"a": 1.0},
    t: tuple[int, ...] = (1,),
    n: list[int] | None = None,
):
    """Have a parameter of every type that OmegaConf checks."""
    return i, f, b, s, e, p, o, u, li, d, t, n


@pytest.mark.parametrize(
    ("key", "wrong", "right"),
    [
        ("i", "x", 2),
        ("i", 1.5, 2),
        ("f", "x", 2.5),
        ("b", "x", False),
        ("e", "GREEN", Color.BLUE),
        ("o", "x", 3),
        ("u", "x", None),
        ("li", ["x"], [3, 4]),
        ("li", 3, []),
        ("d", {"a": "x"}, {"b": 2.0}),
        ("t", ["x"], [3]),
        ("n", ["x"], [3]),
    ],
)
@pytest.mark.parametrize("populate", [True, False])
def test_builds_keeps_type_hints_so_that_wrong_overrides_are_refused(key, wrong, right, populate):
    """OmegaConf checks values of a field by the hint of its parameter, given or populated."""
    given = {} if populate else {key: getattr(builds(typed, populate_full_signature=True)(), key)}
    Conf = builds(typed, populate_full_signature=populate, **given)
    config = OmegaConf.structured(Conf)
    OmegaConf.update(config, key, right)
    with pytest.raises(ValidationError):
        OmegaConf.update(config, key, wrong)


def test_builds_populated_and_unchanged_calls_with_the_defaults():
    """A populated config that nobody changed makes the call without arguments."""
    made = instantiate(builds(typed, populate_full_signature=True, hydra_convert="all"))

    assert made == tuple([1] if item == (1,) else item for item in typed())


def loose(
    i: int = 0,
    f: float = 0.0,
    s: str = "",
    w: Word = Word.YES,
    p: Path = Path(),
    li: list[int] = [],
    ol: list[int] | None = None,
    ul: list[int] | None = None,
    d: dict[str, int] = {},
    df: dict[float, int] = {},
    dd: dict[str, list[int]] = {},
    bl: list = [],
    bd: dict = {},
    bs: OldSequence = (),
    bm: Mapping = {},
    sq: Sequence[int] = (),
    n: int | str = 0,
    x: NotThere = None,
):
    """Have hints that the values of the tests do not keep to."""
    return dict(locals())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("i", True),
        ("i", Level.LOW),
        ("i", "text"),
        ("i", None),
        ("i", [1]),
        ("f", 1),
        ("f", 2**53 + 1),
        ("f", 10**400),
        ("f", False),
        ("s", Word.YES),
        ("s", 5),
        ("s", b"bytes"),
        ("w", "y"),
        ("p", "text"),
        ("li", ["a"]),
        ("li", [True]),
        ("li", [1, None]),
        ("li", [[1]]),
        ("li", "text"),
        ("li", {"a": 1}),
        ("ol", [1, 2]),
        ("ol", None),
        ("ol", ["a"]),
        ("ul", [1]),
        ("ul", ["a"]),
        ("d", {1: 2}),
        ("d", {"a": "b"}),
        ("d", {Word.YES: 1}),
        ("d", {"a": {"b": 1}}),
        ("df", {1: 1}),
        ("df", {True: 1}),
        ("dd", {"a": [1]}),
        ("bl", [1, ["a"]]),
        ("bd", {"a": {"b": None}, 1: 2}),
        ("bs", ["a"]),
        ("bm", {"a": 1}),
        ("sq", "text"),
        ("sq", [1]),
        ("n", "a"),
        ("x", 1.5),
    ],
)
def test_builds_passes_values_that_do_not_fit_their_hint(key, value):
    """Python does not check hints at a call, so a config gives the target the value it was given."""
    got = instantiate(builds(loose, hydra_convert="all", **{key: value}))[key]

    assert got == value
    assert type(got) is type(value) or (type(got), type(value)) == (float, int)


def older(x):
    """Give the argument back; its hint is set by the test."""
    return x


@pytest.mark.parametrize(
    ("hint", "right", "wrong"),
    [
        ("List", [1], 1),
        ("List[int]", [1], ["a"]),
        ("Dict", {"a": 1}, 1),
        ("Dict[str, int]", {"a": 1}, {"a": "b"}),
        ("Tuple", [1], 1),
        ("Tuple[int, ...]", [1], ["a"]),
        ("Sequence", [1], 1),
        ("Sequence[int]", [1], ["a"]),
        ("Mapping", {"a": 1}, 1),
        ("Optional[int]", None, "a"),
        ("Optional[List[int]]", [1], ["a"]),
        ("Union[int, None]", 1, "a"),
    ],
)
def test_builds_reads_hints_in_the_older_ways(monkeypatch, hint, right, wrong):
    """The names of the typing module say the same as the builtin classes, with or without [...]."""
    monkeypatch.setattr(older, "__annotations__", {"x": eval(hint, dict(vars(typing)))})
    Conf = builds(older, x=right, hydra_convert="all")

    assert instantiate(Conf) == right
    with pytest.raises(ValidationError):
        OmegaConf.structured(Conf).x = wrong


@pytest.mark.parametrize(
    "hint",
    [
        "int",
        "str",
        "Color",
        "None",
        "list",
        "list[int]",
        "List['int']",
        "dict[str, Color]",
        "int | None",
        "Optional[Color]",
        "Union[int, str]",
        "'float'",
        "Annotated[int, 'm']",
        "ClassVar[int]",
        "Literal['a']",
        "Any",
        "3",
        "(int, str)",
        "int if True else str",
        "nowhere",
        "1 / 0",
        "not a hint",
        "",
    ],
)
def test_builds_reads_hints_that_are_text_as_python_does(monkeypatch, hint):
    """A hint that is text is the type that typing.get_type_hints gives for it, or none."""
    for name in ("List", "Optional", "Union", "Annotated", "ClassVar", "Literal", "Any"):
        monkeypatch.setitem(globals(), name, getattr(typing, name))
    monkeypatch.setattr(older, "__annotations__", {"x": hint})
    as_text = builds(older, x=MISSING)
    try:
        resolved = typing.get_type_hints(older)["x"]
    except Exception:
        resolved = typing.Any
    monkeypatch.setattr(older, "__annotations__", {"x": resolved})

    expected, found = (
        next(item.type for item in fields(Conf) if item.name == "x")
        for Conf in (builds(older, x=MISSING), as_text)
    )
    assert found == expected


def test_builds_reads_the_signature_and_the_hints_of_the_moment(monkeypatch):
    """A target whose signature or hints change is read anew by the next config of it."""
    before = builds(older, x="a")
    monkeypatch.setattr(older, "__annotations__", {"x": int})
    hinted = OmegaConf.structured(builds(older, x=1))
    monkeypatch.setattr(older, "__signature__", inspect.signature(lambda y: y), raising=False)

    assert OmegaConf.structured(before).x == "a"
    with pytest.raises(ValidationError):
        hinted.x = "a"
    assert builds(older, y=1)().y == 1
    with pytest.raises(SignatureError):
        builds(older, x=1)


class Chosen:
    def __new__(cls, color: Color = Color.RED):
        made = object.__new__(cls)
        made.color = color
        return made


def test_builds_reads_the_hints_of_new():
    """A class that takes its arguments in __new__ has them checked too."""
    config = OmegaConf.structured(builds(Chosen, populate_full_signature=True))
    OmegaConf.update(config, "color", "BLUE")

    assert instantiate(config).color is Color.BLUE
    with pytest.raises(ValidationError):
        OmegaConf.update(config, "color", "GREEN")


def test_builds_keeps_the_other_hints_where_one_cannot_be_resolved():
    """A hint that holds for type checkers alone costs no other parameter its check."""
    config = OmegaConf.structured(builds(loose, i=1, x=2))
    config.x = "anything"
    with pytest.raises(ValidationError):
        config.i = "text"


# --- the signature, checked when the config is made ----------------------------------------------


@pytest.mark.parametrize(
    ("target", "args", "kwargs", "said"),
    [
        (train, (), {"stepz": 1}, "no parameter 'stepz' (did you mean 'steps'?)"),
        (train, (), {"zzz": 1}, "no parameter 'zzz'"),
        (train, (1, 2, 3), {}, "3 positional arguments are given, and it takes 2"),
        (train, (1,), {"model": 2}, "'model' is given twice"),
        (Model, (), {"widht": 1}, "did you mean 'width'"),
        (Model.narrow, (), {"widht": 1}, "did you mean 'width'"),
        (Point, (1, 2, 3), {}, "takes 2"),
        (mixed, (1, 2, 3, 4), {"third": 5}, "'third' is given twice"),
        (Made, (), {"sise": 1}, "did you mean 'size'"),
    ],
)
@pytest.mark.parametrize("options", [{}, {"zen_partial": True}, {"populate_full_signature": True}])
def test_builds_refuses_arguments_that_do_not_fit(target, args, kwargs, said, options):
    """A wrong argument is an error where it is written, with the target and the nearest name."""
    with pytest.raises(SignatureError) as caught:
        builds(target, *args, **kwargs, **options)

    assert said in str(caught.value)
    assert caught.value.target in str(caught.value)
    assert caught.value.target.startswith(f"{__name__}.")
    assert isinstance(caught.value, TypeError)


def test_builds_allows_arguments_that_are_still_missing():
    """A config may get its other arguments later."""
    assert instantiate(builds(train), 3) == train(3)


def test_builds_takes_positional_only_names_where_kwargs_take_them():
    """A keyword named as a positional-only parameter goes to **kwargs, as in a call."""
    Conf = builds(mixed, 1, first=5)

    assert instantiate(Conf) == mixed(1, first=5)


@settings(deadline=None)
@given(
    args=st.lists(st.integers(), max_size=4),
    kwargs=st.dictionaries(
        st.sampled_from(["model", "steps", "lr", "name", "seed", "other"]), st.integers()
    ),
)
def test_builds_refuses_just_what_python_refuses(args, kwargs):
    """A config is refused if and only if no further arguments could make the call right."""
    try:
        builds(train, *args, **kwargs)
        refused = False
    except SignatureError:
        refused = True
    try:
        inspect.signature(train).bind_partial(*args, **kwargs)
        wrong = False
    except TypeError:
        wrong = True

    assert refused is wrong


# --- options -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"zen_partial": 1}, id="partial no bool"),
        pytest.param({"hydra_partial": "yes"}, id="hydra_partial no bool"),
        pytest.param({"zen_partial": True, "hydra_partial": False}, id="two names differ"),
        pytest.param({"hydra_recursive": "no"}, id="recursive"),
        pytest.param({"hydra_convert": "some"}, id="convert"),
        pytest.param({"hydra_convert": ["all"]}, id="convert list"),
        pytest.param({"hydra_defaults": "_self_"}, id="defaults text"),
        pytest.param({"hydra_defaults": [1]}, id="defaults number"),
        pytest.param({"hydra_defaults": {"a": "b"}}, id="defaults dict"),
        pytest.param({"hydra_defaults": ["_self_"], "defaults": 1}, id="field named defaults"),
        pytest.param({"zen_partail": True}, id="unknown zen_"),
        pytest.param({"hydra_target": "x"}, id="unknown hydra_"),
        pytest.param({"_target_": "x"}, id="Hydra's own field"),
        pytest.param({"_args_": [1]}, id="Hydra's own arguments"),
        pytest.param({"a b": 1}, id="no identifier"),
        pytest.param({"class": 1}, id="keyword"),
    ],
)
def test_builds_refuses_options_it_does_not_take(options):
    """A wrong option is an error of zenrun's that is a TypeError and names what was wrong."""
    with pytest.raises(ConfigTypeError, match=str(list(options)[-1])) as caught:
        builds(dict, **options)

    assert isinstance(caught.value, (TypeError, ZenrunError))


@pytest.mark.parametrize("target", [3, "os.getcwd", None, [len], Point(1)])
def test_builds_refuses_targets_that_cannot_be_named_or_called(target):
    """Only functions and classes are targets."""
    with pytest.raises(InvalidTargetError):
        builds(target)


def test_builds_refuses_an_instance_of_a_config_as_target():
    """An instance of a config has no path of its own, and cannot be called."""
    with pytest.raises(InvalidTargetError):
        builds(builds(dict, a=1)(a=2))
