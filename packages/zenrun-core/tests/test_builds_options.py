"""The options of `builds`: wrappers, meta fields, bases, exclusion, and how the class is made."""

from __future__ import annotations

import abc
import dataclasses
import functools
import inspect
import pickle
import sys
import typing
import warnings
from collections import namedtuple
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf

from zenrun import builds, instantiate, just, make_config, make_custom_builds_fn
from zenrun.errors import ConfigTypeError, InvalidTargetError, SignatureError

T = typing.TypeVar("T")
PROCESSING = "zenrun.funcs.zen_processing"


def three(a, b: int = 1, c: str = "c"):
    """Give the arguments back."""
    return a, b, c


def mixed(x, y: int = 2, *more, z: float = 3.0, **others):
    """Have every usual kind of parameter."""
    return x, y, more, z, others


def loose(x, y=2, *more, z=3, **others):
    """Have no hints."""
    return x, y, more, z, others


def keyword_only(a=1, *, b, c=3):
    """Have a mandatory parameter behind others."""
    return a, b, c


def frozen_parameter(frozen: bool = False):
    """Have a parameter that is named as an older option."""
    return frozen


def tagged(function):
    """Be a wrapper."""
    return functools.partial(_tag, "tagged", function)


def doubled(function):
    """Be another one."""
    return functools.partial(_tag, "doubled", function)


def labelled(function, label="label"):
    """Be one with an argument."""
    return functools.partial(_tag, label, function)


def _tag(label, function, *args, **kwargs):
    return label, function(*args, **kwargs)


class Model:
    def __init__(self, width: int, act="relu"):
        self.width, self.act = width, act


@dataclass
class Point:
    x: int
    tags: list = field(default_factory=lambda: ["t"])
    hidden: int = field(default=1, init=False)


Pair = namedtuple("Pair", ["left", "right"], defaults=[5])  # noqa: PYI024 - a target without hints


class Typed(NamedTuple):
    left: int
    right: str = "r"


class Box(typing.Generic[T]):
    """A class with a type in brackets."""


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...

    @property
    @abc.abstractmethod
    def name(self): ...


class Titled(typing.Protocol):
    name: str


class Chooser(abc.ABC):
    def __new__(cls):
        return object.__new__(Chosen)

    @abc.abstractmethod
    def area(self): ...


class Chosen(Chooser):
    def area(self):
        return 1


class Meta(type):
    def __call__(cls, size: int, **more):
        made = super().__call__()
        made.size = size
        return made


class Made(metaclass=Meta):
    pass


def shown(config):
    """Give a config as its yaml has it."""
    return OmegaConf.to_container(OmegaConf.structured(config))


def arguments(config):
    """Give the signature of a config, without its hints."""
    return {
        name: "mandatory" if item.default is inspect.Parameter.empty else item.default
        for name, item in inspect.signature(config).parameters.items()
    }


# --- what a config looks like --------------------------------------------------------------------


def test_builds_arguments_of_a_config_are_those_of_the_target():
    """Hydra's own fields are no arguments, so that positional ones are the target's."""
    Conf = builds(three, zen_partial=False, hydra_convert="all", populate_full_signature=True)

    assert arguments(Conf) == {"a": "mandatory", "b": 1, "c": "c"}
    assert instantiate(Conf(5, c="d")) == (5, 1, "d")
    with pytest.raises(TypeError, match="_target_"):
        Conf(a=1, _target_="builtins.dict")


@pytest.mark.parametrize(
    ("target", "options", "expected"),
    [
        (keyword_only, {}, {"b": "mandatory", "a": 1, "c": 3}),
        (three, {"c": "x", "a": 1}, {"a": 1, "b": 1, "c": "x"}),
        (mixed, {"more": 1, "y": 3}, {"x": "mandatory", "y": 3, "z": 3.0, "more": 1}),
        (three, {"zen_partial": True}, {"b": 1, "c": "c"}),
        (three, {"zen_partial": True, "a": 4}, {"a": 4, "b": 1, "c": "c"}),
        (three, {"zen_meta": {"m": 7}}, {"a": "mandatory", "b": 1, "c": "c", "m": 7}),
        (Point, {"x": 1}, {"x": 1, "tags": ["t"]}),
        (Pair, {}, {"left": "mandatory", "right": 5}),
        (Typed, {}, {"left": "mandatory", "right": "r"}),
        (Made, {}, {"size": "mandatory"}),
    ],
)
def test_builds_populated_has_mandatory_arguments_first(target, options, expected):
    """A dataclass's order holds: what has no default comes first; partials leave it to the caller."""
    Conf = builds(target, **options, populate_full_signature=True)
    found = arguments(Conf)
    defaults = {item.name: item for item in fields(Conf)}
    for name in found:
        if defaults[name].default_factory is not MISSING:
            found[name] = defaults[name].default_factory()

    assert list(found.items()) == list(expected.items())


def test_builds_populated_of_attrs_classes_makes_their_defaults():
    """A factory's value is the config's, unless it depends on the object; aliases are arguments."""
    attr = pytest.importorskip("attr")
    Record = attr.make_class(
        "Record",
        {
            "x": attr.ib(),
            "_hidden": attr.ib(default=3),
            "items": attr.ib(factory=lambda: [1]),
            "own": attr.ib(default=attr.Factory(lambda self: self.x, takes_self=True)),
        },
    )
    Record.__module__ = __name__
    globals()["Record"] = Record
    Conf = builds(Record, populate_full_signature=True)

    assert list(arguments(Conf)) == ["x", "hidden", "items"]
    made = instantiate(Conf(x=5), _convert_="all")
    assert made == Record(5, 3, [1], 5)


def test_builds_populated_of_pydantic_models_makes_their_defaults():
    """A default factory's value is the config's."""
    pydantic = pytest.importorskip("pydantic")
    Settings = pydantic.create_model(
        "Settings", x=(int, ...), items=(list, pydantic.Field(default_factory=lambda: [1]))
    )
    Settings.__module__ = __name__
    globals()["Settings"] = Settings
    Conf = builds(Settings, populate_full_signature=True)

    assert list(arguments(Conf)) == ["x", "items"]
    assert instantiate(Conf(x=5), _convert_="all") == Settings(x=5, items=[1])


def test_builds_configs_have_a_hash_unless_they_are_told_not_to():
    """Equal configs of immutable values have one hash; unsafe_hash=False takes it away."""
    Conf = builds(three, 1, b=2)

    assert hash(Conf()) == hash(Conf()) != hash(Conf(b=3))
    assert {Conf(): 1}[Conf(b=2)] == 1
    with pytest.raises(TypeError, match="unhashable"):
        hash(builds(three, a=[1])())
    with pytest.raises(TypeError, match="unhashable"):
        hash(builds(three, a=1, zen_dataclass={"unsafe_hash": False})())


def test_builds_positional_arguments_that_cannot_change_are_in_the_class():
    """What was given by position is read from the class, as hydra-zen has it."""
    assert builds(three, 1, "x")._args_ == (1, "x")


# --- wrappers and meta fields --------------------------------------------------------------------


def test_builds_with_everything_reads_as_hydra_zen_writes_it():
    """All fields stand in the config in one order."""
    Conf = builds(
        mixed,
        1,
        2,
        3,
        z=1.0,
        k=2,
        zen_meta={"m": [1]},
        zen_wrappers=[tagged],
        zen_partial=True,
        hydra_recursive=False,
        hydra_convert="all",
        hydra_defaults=["_self_"],
    )

    assert list(shown(Conf).items()) == [
        ("_target_", PROCESSING),
        ("_zen_target", f"{__name__}.mixed"),
        ("_zen_partial", True),
        ("_zen_exclude", ["m"]),
        ("_zen_wrappers", f"{__name__}.tagged"),
        ("_recursive_", False),
        ("_convert_", "all"),
        ("defaults", ["_self_"]),
        ("_args_", [1, 2, 3]),
        ("z", 1.0),
        ("k", 2),
        ("m", [1]),
    ]


def path(function):
    return f"{__name__}.{function.__name__}"


@pytest.mark.parametrize(
    ("wrappers", "stands"),
    [
        (tagged, path(tagged)),
        ([tagged, None, doubled], [path(tagged), path(doubled)]),
        ("${w}", "${w}"),
        (path(tagged), path(tagged)),
        (["${w}", tagged], ["${w}", path(tagged)]),
        (just(tagged), path(tagged)),
        (
            builds(labelled, label="x", zen_partial=True),
            {"_target_": path(labelled), "_partial_": True, "label": "x"},
        ),
        (
            functools.partial(labelled, label="x"),
            {"_target_": path(labelled), "_partial_": True, "label": "x"},
        ),
    ],
)
def test_builds_wrappers_stand_as_paths_configs_and_interpolations(wrappers, stands):
    """A function stands as its path, a config as it is; the field is no argument."""
    Conf = builds(three, a=1, zen_wrappers=wrappers)

    assert shown(Conf) == {
        "_target_": PROCESSING,
        "_zen_target": path(three),
        "_zen_wrappers": stands,
        "a": 1,
    }
    assert arguments(Conf) == {"a": 1}


@pytest.mark.parametrize("nothing", [None, (), [], (None,), [None, None]])
def test_builds_without_a_wrapper_is_a_plain_call(nothing):
    """None is passed over, and a config without wrappers needs no zenrun."""
    assert shown(builds(three, a=1, zen_wrappers=nothing)) == {"_target_": path(three), "a": 1}


@pytest.mark.parametrize(
    ("wrappers", "error", "said"),
    [
        (3, ConfigTypeError, "given in zen_wrappers was 3 of type int"),
        ([tagged, 3.5], ConfigTypeError, "3.5"),
        (lambda f: f, InvalidTargetError, "is a lambda"),
        ([Model(1).__init__], InvalidTargetError, "Model"),
        ("no.such.wrapper", InvalidTargetError, "'no.such.wrapper'"),
        ("sys.path", ConfigTypeError, "'sys.path', which cannot be called"),
        ([make_config(a=1)()], ConfigTypeError, "Config(a=1)"),
    ],
)
def test_builds_refuses_what_is_no_wrapper(wrappers, error, said):
    """A wrapper that could not be called is refused when the config is made."""
    with pytest.raises(error) as caught:
        builds(three, zen_wrappers=wrappers)

    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("meta", "said"),
    [
        ([1], "given was [1]"),
        ({1: 2}, "{1: 2}"),
        ({"x y": 1}, "'x y' is no Python name"),
        ({"_target_": 1}, "'_target_' is Hydra's own"),
        ({"zen_x": 1}, "'zen_x'"),
        ({"hydra_x": 1}, "'hydra_x'"),
        ({"a": 1}, f"'a', which is an argument of {path(three)}"),
        ({"b": 1}, "'b', which is an argument"),
    ],
)
def test_builds_refuses_meta_fields_that_the_target_would_miss(meta, said):
    """A meta field has a name of its own that no argument has."""
    with pytest.raises(ConfigTypeError) as caught:
        builds(three, a=1, zen_meta=meta)

    assert said in str(caught.value)


def test_builds_takes_empty_meta_fields_for_none():
    """An empty dict asks for nothing."""
    assert shown(builds(dict, a=1, zen_meta={})) == {"_target_": "builtins.dict", "a": 1}


# --- exclusion -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exclude", "left"),
    [
        (["a"], ["b", "c"]),
        ({"a", "nope"}, ["b", "c"]),
        ([0, -1], ["b"]),
        ([0, "c", 17], ["b"]),
        (lambda name: name != "b", ["b"]),
        ((), ["a", "b", "c"]),
        (["b", "c"], ["a"]),
    ],
)
def test_builds_exclude_leaves_parameters_out(exclude, left):
    """Names, positions and a function say which parameters get no field, whether they were given or not."""
    assert list(arguments(builds(three, populate_full_signature=True, zen_exclude=exclude))) == left
    given = builds(three, a=1, b=2, c="3", zen_exclude=exclude)
    assert list(arguments(given)) == left


@pytest.mark.parametrize("exclude", ["abc", 3, None, [1.5], [True]])
def test_builds_refuses_to_exclude_what_is_no_parameter(exclude):
    """A string is not a list of names."""
    with pytest.raises(ConfigTypeError, match="zen_exclude"):
        builds(three, zen_exclude=exclude)


# --- bases ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "options", "expected"),
    [
        (builds(three, a=1, b=2), {"b": 3}, {"_target_": path(three), "a": 1, "b": 3}),
        (builds(Model, 1), {}, {"_target_": path(three), "_args_": [1]}),
        (builds(mixed, 1, 2), {"args": (4,)}, {"_target_": path(three), "_args_": [4]}),
        (
            builds(three, a=1, zen_partial=True),
            {},
            {"_target_": path(three), "_partial_": True, "a": 1},
        ),
        (
            builds(three, a=1, zen_partial=True),
            {"zen_partial": False},
            {"_target_": path(three), "_partial_": False, "a": 1},
        ),
        (
            builds(three, a=1, hydra_convert="all", hydra_recursive=False),
            {},
            {"_target_": path(three), "_recursive_": False, "_convert_": "all", "a": 1},
        ),
        (
            builds(three, a=1, zen_wrappers=tagged),
            {},
            {
                "_target_": PROCESSING,
                "_zen_target": path(three),
                "_zen_wrappers": path(tagged),
                "a": 1,
            },
        ),
        (
            builds(three, a=1, zen_partial=True),
            {"zen_meta": {"m": 1}},
            {
                "_target_": PROCESSING,
                "_partial_": False,
                "a": 1,
                "_zen_target": path(three),
                "_zen_partial": True,
                "_zen_exclude": ["m"],
                "m": 1,
            },
        ),
        (
            builds(three, a=1, zen_meta={"m": 1}),
            {"zen_meta": {"n": 2}},
            {
                "_target_": PROCESSING,
                "_zen_target": path(three),
                "_zen_exclude": ["m", "n"],
                "a": 1,
                "m": 1,
                "n": 2,
            },
        ),
        (make_config(a=1), {}, {"a": 1, "_target_": path(three)}),
        (
            builds(three, a=1, b=2),
            {"populate_full_signature": True},
            {"_target_": path(three), "a": 1, "b": 1, "c": "c"},
        ),
        (
            builds(three, b=2),
            {"populate_full_signature": True},
            {"_target_": path(three), "b": 1, "a": "???", "c": "c"},
        ),
    ],
)
def test_builds_inherits_fields_and_the_way_of_calling(base, options, expected):
    """Arguments, partial, wrappers and meta fields of the bases hold where nothing else is given."""
    options = dict(options)
    Conf = builds(three, *options.pop("args", ()), **options, builds_bases=(base,))

    assert issubclass(Conf, base)
    assert shown(Conf) == expected


def test_builds_inherits_from_several_bases_as_python_does():
    """Of two bases the first one's fields win."""
    Conf = builds(dict, builds_bases=(builds(dict, a=1, b=1), builds(dict, b=2, c=3)))

    assert instantiate(Conf) == {"a": 1, "b": 1, "c": 3}


@pytest.mark.parametrize(
    ("args", "options", "said"),
    [
        ((), {"builds_bases": (builds(three, b=1, c="x"),)}, "'b', which comes from the base"),
        ((), {"builds_bases": (make_config(widht=1),)}, "did you mean 'width'?"),
        ((1,), {"builds_bases": (builds(Model, width=1),)}, "'width' is given twice"),
        ((), {"width": 2, "builds_bases": (builds(Model, 1),)}, "'width' is given twice"),
        ((), {"builds_bases": (builds(mixed, 1, 2, 3),)}, "3 positional arguments"),
    ],
)
def test_builds_refuses_inherited_arguments_that_do_not_fit(args, options, said):
    """What the bases bring is checked against the signature too, and the base is named."""
    with pytest.raises(SignatureError) as caught:
        builds(Model, *args, **options)

    assert said in str(caught.value)
    assert caught.value.target == path(Model)


@pytest.mark.parametrize("bases", [(int,), (Point(1),), builds(dict), 3])
def test_builds_refuses_bases_that_are_no_configs(bases):
    """Bases are dataclass types, in a sequence."""
    with pytest.raises(ConfigTypeError, match="builds_bases"):
        builds(dict, builds_bases=bases)


# --- targets that stand for others ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "args", "options", "expected"),
    [
        (functools.partial(three, 1, c="d"), (), {}, (1, 1, "d")),
        (functools.partial(three, 1, c="d"), (5,), {"c": "e"}, (1, 5, "e")),
        (functools.partial(functools.partial(three, 1), b=8), (), {}, (1, 8, "c")),
        (builds(three, a=1), (2,), {"b": 3}, (2, 3, "c")),
        (builds(three, zen_meta={"m": 1}), (2,), {}, (2, 1, "c")),
        (just(three), (2,), {}, (2, 1, "c")),
    ],
)
def test_builds_of_a_partial_or_a_config_is_of_its_target(target, args, options, expected):
    """A partial brings its arguments; a config stands for the target alone."""
    Conf = builds(target, *args, **options)

    assert Conf._target_ == path(three)
    assert instantiate(Conf) == expected


@pytest.mark.parametrize(
    ("target", "stands"),
    [
        (list[int], "builtins.list"),
        (typing.List[int], "builtins.list"),  # noqa: UP006 - the older form
        (Box[int], f"{__name__}.Box"),
    ],
)
def test_builds_of_a_generic_with_its_types_is_of_the_class(target, stands):
    """What stands in brackets is for type checkers; the class is called all the same."""
    assert builds(target)._target_ == stands
    assert type(instantiate(builds(target))) is typing.get_origin(target)


@pytest.mark.parametrize(
    ("target", "said"), [(Shape, "(it lacks area, name)"), (Titled, "is abstract")]
)
def test_builds_refuses_classes_that_have_no_objects(target, said):
    """An abstract class is refused when the config is made; one that makes objects of others is not."""
    with pytest.raises(InvalidTargetError) as caught:
        builds(target)

    assert said in str(caught.value)
    assert isinstance(instantiate(builds(Chooser)), Chosen)


def test_builds_flat_target_false_takes_a_config_for_a_class():
    """Without flat_target a config is configured itself, which needs a path that leads to it."""
    with pytest.raises(InvalidTargetError):
        builds(builds(three, a=1), zen_convert={"flat_target": False})


# --- how the class is made -----------------------------------------------------------------------

Named = builds(three, a=1, zen_dataclass={"module": __name__, "cls_name": "Named"})


def test_builds_with_module_and_name_pickles_by_reference():
    """A config that says where it stands is the same class in the process that reads it."""
    assert Named.__name__ == "Named"
    assert pickle.loads(pickle.dumps(Named)) is Named
    assert pickle.loads(pickle.dumps(Named(a=2))) == Named(a=2)


def test_builds_frozen_configs_cannot_be_changed():
    """zen_dataclass={'frozen': True} gives instances that are immutable."""
    conf = builds(three, a=[1], zen_dataclass={"frozen": True})()

    with pytest.raises(dataclasses.FrozenInstanceError):
        conf.a = 2
    assert list(instantiate(conf)[0]) == [1]


@pytest.mark.parametrize(
    ("options", "check"),
    [
        ({"target": "a.b"}, lambda C: C._target_ == "a.b"),
        ({"target_repr": False}, lambda C: repr(C()) == "Builds_three(a=1)"),
        ({"repr": False}, lambda C: repr(C()).startswith("<zenrun.configs.Builds_three object")),
        ({"eq": False, "unsafe_hash": False}, lambda C: C() != C()),
        ({"order": True}, lambda C: C(1) < C(2)),
        ({"kw_only": True}, lambda C: str(inspect.signature(C)) == "(*, a: Any = 1) -> None"),
        ({"slots": True}, lambda C: "a" in C.__slots__),
        ({"match_args": False}, lambda C: "__match_args__" not in vars(C)),
        ({"namespace": {"plus": lambda self, y: self.a + y}}, lambda C: C(2).plus(1) == 3),
        ({"bases": (make_config(b=5),)}, lambda C: instantiate(C) == (1, 5, "c")),
        ({"cls_name": None, "module": None}, lambda C: C.__name__ == "Builds_three"),
        (
            {"weakref_slot": True, "slots": True},
            lambda C: sys.version_info < (3, 11) or "__weakref__" in C.__slots__,
        ),
        ({}, lambda C: arguments(C) == {"a": 1}),
    ],
)
def test_builds_zen_dataclass_options(options, check):
    """What make_dataclass takes, and a few things more, decide how the class is made."""
    before = dict(options)

    assert check(builds(three, a=1, zen_dataclass=options))
    assert options == before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (3, "given was 3"),
        ({"frosen": True}, "'frosen' (did you mean 'frozen'?)"),
        ({"fields": []}, "'fields'"),
        ({"frozen": 1}, "'frozen' True or False; given was 1"),
        ({"cls_name": "a b"}, "'cls_name' a Python name; given was 'a b'"),
        ({"module": "a b"}, "'module' a dotted path"),
        ({"target": 3}, "'target' a dotted path"),
        ({"namespace": 3}, "'namespace'"),
        ({"bases": 3}, "'bases'"),
        ({"weakref_slot": True}, "'slots'"),
        ({"order": True, "eq": False}, "eq must be true"),
    ],
)
def test_builds_refuses_what_no_dataclass_takes(options, said):
    """A wrong option of the class is named, with the nearest that there is."""
    with pytest.raises(ConfigTypeError) as caught:
        builds(three, zen_dataclass=options)

    assert said in str(caught.value)


def test_builds_older_names_of_options_warn():
    """`frozen` and `dataclass_name` are hydra-zen's older options, unless they are parameters."""
    with pytest.warns(DeprecationWarning, match="zen_dataclass"):
        Conf = builds(three, a=1, frozen=True, dataclass_name="Old")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Parameter = builds(frozen_parameter, frozen=True)

    assert instantiate(Parameter) is True
    assert Conf.__name__ == "Old"
    with pytest.raises(dataclasses.FrozenInstanceError):
        Conf().a = 3


@pytest.mark.parametrize(
    "options",
    [
        {"zen_convert": 1},
        {"zen_convert": {"x": True}},
        {"zen_convert": {"dataclass": 3}},
        {"populate_full_signature": 1},
        {"hydra_defaults": [{"a": 1}]},
        {"hydra_defaults": [{"a": ["x", 1]}]},
        {"zen_partal": True},
    ],
)
def test_builds_refuses_values_that_options_do_not_take(options):
    """Each option says what it takes."""
    with pytest.raises(ConfigTypeError, match=next(iter(options))):
        builds(dict, **options)


def test_builds_unknown_option_names_the_nearest():
    """A slip of the pen in an option is told apart from an argument."""
    with pytest.raises(ConfigTypeError, match=r"'zen_wrapers' \(did you mean 'zen_wrappers'\?\)"):
        builds(dict, zen_wrapers=tagged)


# --- other defaults ------------------------------------------------------------------------------


def test_make_custom_builds_fn_changes_defaults():
    """Each call can give others; of zen_dataclass it gives others key by key."""
    custom = make_custom_builds_fn(
        zen_partial=True,
        populate_full_signature=True,
        hydra_convert="all",
        zen_wrappers=tagged,
        zen_meta={"m": 1},
        zen_exclude=["b"],
        zen_dataclass={"cls_name": "Custom"},
    )

    assert shown(custom(three)) == {
        "_target_": PROCESSING,
        "_zen_target": path(three),
        "_zen_partial": True,
        "_zen_exclude": ["m"],
        "_zen_wrappers": path(tagged),
        "_convert_": "all",
        "c": "c",
        "m": 1,
    }
    plain = custom(
        three,
        1,
        zen_partial=False,
        zen_wrappers=(),
        zen_meta=None,
        zen_exclude=(),
        hydra_convert=None,
        zen_dataclass={"frozen": True},
    )
    assert shown(plain) == {
        "_target_": path(three),
        "_partial_": False,
        "_args_": [1],
        "b": 1,
        "c": "c",
    }
    assert plain.__name__ == custom(three).__name__ == "Custom"
    assert plain.__dataclass_params__.frozen
    assert custom.__name__ == "builds"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"zen_partial": 3}, "zen_partial"),
        ({"zen_partal": True}, "did you mean 'zen_partial'?"),
        ({"hydra_defaults": []}, "no 'hydra_defaults'"),
        ({"builds_bases": ()}, "no 'builds_bases'"),
        ({"zen_wrappers": 3}, "zen_wrappers was 3"),
        ({"builds_fn": 3}, "builds_fn"),
    ],
)
def test_make_custom_builds_fn_refuses_wrong_defaults_at_once(options, said):
    """A wrong default is told when the function is made, not by its first call."""
    with pytest.raises(ConfigTypeError) as caught:
        make_custom_builds_fn(**options)

    assert said in str(caught.value)


# --- any mixture ---------------------------------------------------------------------------------

WRAPPERS = st.lists(st.sampled_from([tagged, doubled, None]), max_size=3)
KEYWORDS = st.dictionaries(st.sampled_from(["z", "k", "x1"]), st.integers(), max_size=3)


@settings(max_examples=50)
@given(
    args=st.lists(st.integers(), min_size=2, max_size=4),
    kwargs=KEYWORDS,
    wrappers=WRAPPERS,
    meta=st.dictionaries(st.sampled_from(["m", "n"]), st.text("${}ab", max_size=2), max_size=2),
    partial=st.sampled_from([None, True, False]),
    populate=st.booleans(),
    later=st.dictionaries(st.sampled_from(["z", "k"]), st.integers(), max_size=2),
)
def test_builds_then_instantiate_is_the_wrapped_call(
    args, kwargs, wrappers, meta, partial, populate, later
):
    """Whatever the options are, instantiate makes the call that they describe."""
    meta = {name: item for name, item in meta.items() if "${" not in item}
    Conf = builds(
        loose,
        *args,
        **kwargs,
        zen_wrappers=wrappers,
        zen_meta=meta,
        zen_partial=partial,
        populate_full_signature=populate,
    )
    expected: Any = loose
    for wrapper in wrappers:
        expected = wrapper(expected) if wrapper else expected
    for config in (Conf, Conf(), OmegaConf.create(OmegaConf.to_yaml(OmegaConf.structured(Conf)))):
        made = instantiate(config, **later)
        if partial:
            made = made()
        assert made == expected(*args, **{**kwargs, **later})
