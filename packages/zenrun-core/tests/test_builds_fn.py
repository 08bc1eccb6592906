"""`BuildsFn`, whose rules users change; `ZenField`; and what is read from configs."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any, ClassVar, Union

import pytest
from omegaconf import OmegaConf

from zenrun import (
    BuildsFn,
    DefaultBuilds,
    ZenField,
    builds,
    get_target,
    instantiate,
    is_partial_builds,
    just,
    kwargs_of,
    make_config,
    make_custom_builds_fn,
    uses_zen_processing,
)
from zenrun.errors import ConfigTypeError, InvalidTargetError, UnsupportedValueError


def three(a, b: int = 1, c: str = "c"):
    """Give the arguments back."""
    return a, b, c


def anonymous(value, default: complex = 0j):
    """Stand for a target."""
    return value


class Quaternion:
    def __init__(self, real: float = 0.0, i: float = 0.0):
        self.parts = real, i

    def __eq__(self, other):
        return self.parts == other.parts

    __hash__ = None


class Custom(BuildsFn):
    """Knows quaternions."""

    seen: ClassVar[list] = []

    @classmethod
    def _make_hydra_compatible(cls, value, **options):
        cls.seen.append(options.get("field_name"))
        if isinstance(value, Quaternion):
            return cls.builds(Quaternion, *value.parts)
        return super()._make_hydra_compatible(value, **options)


class Renamed(BuildsFn):
    @classmethod
    def _get_obj_path(cls, target):
        return f"renamed.{target.__name__}"


class Loose(BuildsFn):
    @classmethod
    def _sanitized_type(cls, type_, **options):
        return Any if type_ is int else super()._sanitized_type(type_, **options)


def shown(config):
    return OmegaConf.to_container(OmegaConf.structured(config))


# --- BuildsFn ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (
            lambda: Custom.builds(dict, q=Quaternion(1.0), hydra_convert="all"),
            {"q": Quaternion(1.0)},
        ),
        (
            lambda: Custom.builds(
                dict, q=[Quaternion(1.0), {"x": (Quaternion(2.0),)}], hydra_convert="all"
            ),
            {"q": [Quaternion(1.0), {"x": [Quaternion(2.0)]}]},
        ),
        (lambda: Custom.builds(three, Quaternion(i=2.0)), (Quaternion(i=2.0), 1, "c")),
        (lambda: Custom.builds(dict, b=1, zen_meta={"m": Quaternion()}), {"b": 1}),
        (lambda: Custom.just(Quaternion(3.0)), Quaternion(3.0)),
        (
            lambda: Custom.make_config(a=Quaternion(1.0), hydra_convert="all"),
            {"a": Quaternion(1.0)},
        ),
        (
            lambda: Custom.make_config(a=ZenField(Any, Quaternion(1.0)), hydra_convert="all"),
            {"a": Quaternion(1.0)},
        ),
        (
            lambda: Custom.kwargs_of(three, a=Quaternion(1.0)),
            {"a": Quaternion(1.0), "b": 1, "c": "c"},
        ),
        (
            lambda: make_custom_builds_fn(builds_fn=Custom, hydra_convert="all")(
                dict, a=Quaternion()
            ),
            {"a": Quaternion()},
        ),
        (lambda: Custom().builds(dict, a=Quaternion()), {"a": Quaternion()}),
    ],
)
def test_builds_fn_knows_values_that_its_class_knows(make, expected):
    """A value of one's own becomes a config wherever a value can stand."""
    made = instantiate(make())
    if dataclasses.is_dataclass(made):
        made = vars(made)

    assert made == expected


def test_builds_fn_tells_where_a_value_stands():
    """field_name is the place of the value in the config."""
    Custom.seen.clear()
    Custom.builds(three, {"x": [1]}, b=2)

    assert Custom.seen == ["_args_[0]", "_args_[0].x", "_args_[0].x[0]", "b"]


def test_builds_fn_refuses_other_values_as_builds_does():
    """What the class does not know is refused, with its place."""
    with pytest.raises(UnsupportedValueError, match="'a.x'"):
        Custom.builds(dict, a={"x": object()})
    with pytest.raises(UnsupportedValueError, match="key"):
        Custom.builds(dict, a={object(): 1})
    with pytest.raises(ConfigTypeError, match="zen_partal"):
        Custom.builds(dict, zen_partal=True)
    with pytest.raises(ConfigTypeError, match="zen_x"):
        Custom.make_config(zen_x=1)


def test_builds_fn_changes_paths_and_hints():
    """_get_obj_path says what stands as the target, _sanitized_type what a field is checked by."""
    assert Renamed.builds(three, a=1)._target_ == "renamed.three"
    assert Renamed.builds(three, zen_wrappers=anonymous)._zen_wrappers == "renamed.anonymous"
    assert Renamed.just(three).path == Renamed.builds(dict, f=three).f.path == "renamed.three"
    hints = [item.type for item in dataclasses.fields(Loose.builds(three, b=1, c="x"))]
    assert hints == [str, Any, str]


@pytest.mark.parametrize(
    ("hint", "options", "expected"),
    [
        (int, {}, int),
        (frozenset, {}, Any),
        (int, {"wrap_optional": True}, Union[int, None]),  # noqa: UP007 - as OmegaConf 2.2 has it
        (list[int], {}, list[int]),
        (list[int], {"primitive_only": True}, Any),
    ],
)
def test_builds_fn_widens_hints(hint, options, expected):
    """The default for subclasses to call is that of builds."""
    assert BuildsFn._sanitized_type(hint, **options) == expected


def test_default_builds_is_builds():
    """DefaultBuilds has the rules of the functions."""
    Conf, Same = DefaultBuilds.builds(three, a=[1], b=2), builds(three, a=[1], b=2)

    assert shown(Conf) == shown(Same)
    assert inspect.signature(Conf) == inspect.signature(Same)
    assert DefaultBuilds.just(3) == 3
    assert instantiate(DefaultBuilds.just(len)) is len
    assert shown(DefaultBuilds.make_config("a", b=1)) == {"a": "???", "b": 1}
    assert instantiate(DefaultBuilds.kwargs_of(three)(a=1)) == instantiate(kwargs_of(three)(a=1))


# --- ZenField and make_config --------------------------------------------------------------------


def test_make_config_takes_fields_with_types_and_defaults():
    """Fields without a default come first; hints are widened, and Hydra's own fields last."""
    Config = make_config(
        "a",
        ZenField(int, name="b"),
        ZenField(str, "d", "c"),
        d=ZenField(list[int], [1]),
        e=ZenField(default=3),
        f=ZenField(frozenset),
        hydra_recursive=False,
        hydra_convert="all",
        hydra_defaults=["_self_"],
        zen_dataclass={"cls_name": "Named", "frozen": True},
    )

    assert Config.__name__ == "Named"
    assert [(item.name, item.type) for item in dataclasses.fields(Config)] == [
        ("a", Any),
        ("b", int),
        ("f", Any),
        ("c", str),
        ("d", list[int]),
        ("e", Any),
        ("_recursive_", bool),
        ("_convert_", str),
        ("defaults", list[Any]),
    ]
    assert list(inspect.signature(Config).parameters) == ["a", "b", "f", "c", "d", "e"]
    assert Config(1, 2, 3).d == [1]


def test_make_config_defaults_are_those_of_hydra():
    """A field named defaults is the defaults list."""
    Config = make_config(defaults=["_self_", {"a": None}], x=1)

    assert list(inspect.signature(Config).parameters) == ["x"]
    assert Config().defaults == ["_self_", {"a": None}]


def test_make_config_mandatory_fields_behind_inherited_defaults():
    """A mandatory field can stand behind a base's defaults: it is missing until it is given."""
    Config = make_config("c", bases=(make_config("a", b=1),))

    assert shown(Config) == {"a": "???", "b": 1, "c": "???"}
    assert Config(1, c=2).c == 2


def test_make_config_takes_fields_of_dataclasses():
    """What dataclasses.field gives is a field's default."""
    Config = make_config(
        a=dataclasses.field(default=3),
        b=ZenField(int, dataclasses.field(default=4)),
        c=dataclasses.field(default_factory=list),
    )

    assert shown(Config) == {"a": 3, "b": 4, "c": []}


def test_make_config_frozen_is_an_older_option():
    """hydra-zen's older option works, with a warning."""
    with pytest.warns(DeprecationWarning, match="zen_dataclass"):
        Config = make_config(a=1, frozen=True)
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config().a = 2


@pytest.mark.parametrize(
    ("args", "kwargs", "said"),
    [
        ((ZenField(int),), {}, "only with a name"),
        (("a", ZenField(int, name="a")), {}, "'a' twice"),
        ((), {"a": ZenField(int, name="b")}, "another name, 'b'"),
        ((), {"_target_": "builtins.dict"}, "'_target_'"),
        ((), {"_zen_x": 1}, "'_zen_x'"),
        ((), {"zen_dataclas": {}}, "did you mean 'zen_dataclass'?"),
        ((), {"defaults": [1]}, "hydra_defaults"),
        ((), {"zen_dataclass": {"target": "a.b"}}, "'target'"),
        ((), {"zen_convert": {"a": True}}, "zen_convert"),
        ((), {"hydra_recursive": 3}, "hydra_recursive"),
        ((), {"bases": make_config(a=1)}, "bases"),
    ],
)
def test_make_config_refuses_fields_that_are_none(args, kwargs, said):
    """What cannot be a field or an option is named."""
    with pytest.raises(ConfigTypeError) as caught:
        make_config(*args, **kwargs)

    assert said in str(caught.value)


@pytest.mark.parametrize("options", [{"name": 3}, {"name": "a b"}, {"zen_convert": 3}])
def test_zen_field_refuses_what_no_field_has(options):
    """A name is a Python name."""
    with pytest.raises(ConfigTypeError):
        ZenField(int, **options)


def test_zen_field_shows_what_it_holds():
    """Its repr is the call that makes it."""
    assert repr(ZenField(int, 3, "n")) == "ZenField(<class 'int'>, default=3, name='n')"


# --- reading configs -----------------------------------------------------------------------------


CONFIGS = [
    # config, target, whether it is partial, whether zen_processing calls it
    (builds(three), three, False, False),
    (builds(three, zen_partial=True), three, True, False),
    (builds(three, zen_partial=False), three, False, False),
    (builds(three, zen_wrappers=anonymous), three, False, True),
    (builds(three, zen_partial=True, zen_meta={"m": 1}), three, True, True),
    (just(three), three, False, False),
    (kwargs_of(three), dict, False, False),
]


@pytest.mark.parametrize(("config", "target", "partial", "processed"), CONFIGS)
def test_configs_are_read_as_types_instances_and_nodes(config, target, partial, processed):
    """get_target, is_partial_builds and uses_zen_processing take a config in every form."""
    node = OmegaConf.structured(config)
    loaded = OmegaConf.create(OmegaConf.to_yaml(node))
    for form in (config, object.__new__(config), node, loaded):
        assert get_target(form) is target
        assert is_partial_builds(form) is partial
        assert uses_zen_processing(form) is processed


@pytest.mark.parametrize(
    "config",
    [3, None, make_config(a=1), OmegaConf.create({"a": 1}), {"_target_": "builtins.int"}, [1]],
)
def test_what_has_no_target_is_no_targeted_config(config):
    """Neither partial nor processed, and get_target says what it takes."""
    assert not is_partial_builds(config)
    assert not uses_zen_processing(config)
    with pytest.raises(ConfigTypeError, match="no _target_"):
        get_target(config)


def test_get_target_that_leads_nowhere():
    """A path that leads to nothing is told."""
    with pytest.raises(InvalidTargetError, match=r"no\.such"):
        get_target(OmegaConf.create({"_target_": "no.such.target"}))
