"""`hydrated_dataclass` and `kwargs_of`: configs of targets written down, or read from a signature."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import pickle
from dataclasses import FrozenInstanceError, field
from typing import Any

import pytest
from omegaconf import OmegaConf

from zenrun import (
    builds,
    hydrated_dataclass,
    instantiate,
    is_partial_builds,
    kwargs_of,
    make_config,
    mutable_value,
)
from zenrun.errors import (
    ConfigTypeError,
    InvalidTargetError,
    SignatureError,
    UnsupportedValueError,
)


def three(a, b: int = 1, c: str = "c"):
    """Give the arguments back."""
    return a, b, c


def tagged(function):
    """Be a wrapper."""
    return lambda *args, **kwargs: ("tagged", function(*args, **kwargs))


def shown(config):
    return OmegaConf.to_container(OmegaConf.structured(config))


@hydrated_dataclass(three, zen_partial=True)
class Written:
    """What it is for."""

    a: int
    b: int = 3

    def doubled(self):
        """Be a method."""
        return 2 * self.b


def test_hydrated_dataclass_is_a_config_of_its_target():
    """Fields, methods, name and text are those of the class; the target's are added."""
    assert shown(Written) == {
        "a": "???",
        "b": 3,
        "_target_": f"{__name__}.three",
        "_partial_": True,
    }
    assert Written.__doc__ == "What it is for."
    assert (Written.__name__, Written.__module__) == ("Written", __name__)
    assert Written(1).doubled() == 6
    assert is_partial_builds(Written)
    assert instantiate(Written(1, b=4))(c="d") == (1, 4, "d")
    with pytest.raises(TypeError, match="'a'"):
        Written()


def test_hydrated_dataclass_pickles_by_reference():
    """It stands in its module under its name, as any class does."""
    assert pickle.loads(pickle.dumps(Written)) is Written
    assert pickle.loads(pickle.dumps(Written(1))) == Written(1)


def test_hydrated_dataclass_with_every_option():
    """The options of builds, and those of dataclass, hold for it."""

    @hydrated_dataclass(
        three,
        1,
        hydra_convert="all",
        hydra_recursive=True,
        zen_meta={"m": 1},
        zen_wrappers=tagged,
        order=True,
        kw_only=True,
    )
    class Conf:
        b: int = 3
        c: str = "x"

    assert shown(Conf) == {
        "b": 3,
        "c": "x",
        "_target_": "zenrun.funcs.zen_processing",
        "_zen_target": f"{__name__}.three",
        "_zen_exclude": ["m"],
        "_zen_wrappers": f"{__name__}.tagged",
        "_recursive_": True,
        "_convert_": "all",
        "_args_": [1],
        "m": 1,
    }
    assert str(inspect.signature(Conf)).startswith("(*, b: ")
    assert Conf(b=1) < Conf(b=2)
    assert instantiate(Conf(b=5)) == ("tagged", (1, 5, "x"))


def test_hydrated_dataclass_populated_keeps_what_is_written():
    """Parameters that the class has a field for keep it; the others get theirs from the signature."""

    @hydrated_dataclass(three, populate_full_signature=True)
    class Conf:
        a: Any = 3
        b: int = 7

    assert instantiate(Conf) == (3, 7, "c")


def test_hydrated_dataclass_frozen_refuses_changes():
    """Frozen instances are immutable, and instantiate."""

    @hydrated_dataclass(dict, frozen=True)
    class Conf:
        x: int = 2

    conf = Conf(x=10)
    with pytest.raises(FrozenInstanceError):
        conf.x = 3
    assert instantiate(conf) == {"x": 10}


def test_hydrated_dataclass_converts_defaults_as_builds_does():
    """A function stands as a config of itself, and what can change is made anew for each instance."""

    @hydrated_dataclass(dict, hydra_convert="all")
    class Conf:
        f: Any = len
        items: list = mutable_value([1, len])
        more: list = field(default_factory=lambda: [2])

    assert instantiate(Conf) == {"f": len, "items": [1, len], "more": [2]}
    Conf().items.append(3)
    Conf().more.append(3)
    assert instantiate(Conf) == {"f": len, "items": [1, len], "more": [2]}


def test_hydrated_dataclass_can_be_inherited_from():
    """A config over another one has its fields, and its own target."""

    @hydrated_dataclass(dict)
    class Child(Written):
        a: int = 2

    assert instantiate(Child)() == {"a": 2, "b": 3}


@pytest.mark.parametrize(
    ("decorate", "body", "error", "said"),
    [
        (lambda: hydrated_dataclass(three), {"zz": 1}, SignatureError, "'zz', which comes from"),
        (lambda: hydrated_dataclass(3), {"a": 1}, InvalidTargetError, "3"),
        (lambda: hydrated_dataclass(three), {"a": []}, ConfigTypeError, "default_factory"),
        (lambda: hydrated_dataclass(three), {"a": object()}, UnsupportedValueError, "'a'"),
        (lambda: hydrated_dataclass(three, zen_partial=3), {}, ConfigTypeError, "zen_partial"),
        (lambda: hydrated_dataclass(three, frozen=3), {}, ConfigTypeError, "'frozen'"),
    ],
)
def test_hydrated_dataclass_refuses_what_makes_no_config(decorate, body, error, said):
    """What does not fit is told when the class is decorated."""
    space = {"__annotations__": dict.fromkeys(body, Any), **body}
    with pytest.raises(error) as caught:
        decorate()(type("Conf", (), space))

    assert said in str(caught.value)


def test_hydrated_dataclass_decorates_classes_alone():
    """An instance is no class."""
    with pytest.raises(ConfigTypeError, match="given was 3"):
        hydrated_dataclass(three)(3)


# --- mutable_value -------------------------------------------------------------------------------


def test_mutable_value_is_a_field_with_a_fresh_copy():
    """Each instance of a dataclass has a value of its own, and none is the caller's."""
    given = {"a": [1]}

    @dataclasses.dataclass
    class Conf:
        table: dict = mutable_value(given)  # noqa: RUF009 - what it is for

    given["a"].append(2)
    Conf().table["a"].append(3)
    assert Conf().table == {"a": [1]}
    with pytest.raises(UnsupportedValueError):
        mutable_value([object()])
    with pytest.raises(ConfigTypeError, match="zen_convert"):
        mutable_value([], zen_convert={"x": 1})


# --- kwargs_of -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "options", "expected"),
    [
        (three, {}, "(a: Any, b: int = 1, c: str = 'c') -> None"),
        (three, {"b": 3, "zen_exclude": ["c"]}, "(a: Any, b: int = 3) -> None"),
        (three, {"zen_exclude": [0]}, "(b: int = 1, c: str = 'c') -> None"),
        (
            three,
            {"zen_exclude": lambda name: name == "a", "a": 1},
            "(b: int = 1, c: str = 'c') -> None",
        ),
        (lambda x, y=1, *z, w, **v: 1, {}, "(x: Any, w: Any, y: Any = 1) -> None"),
        (lambda **v: 1, {"extra": 3}, "(extra: Any = 3) -> None"),
        (functools.partial(three, c="d"), {}, "(a: Any, b: int = 1, c: str = 'd') -> None"),
    ],
)
def test_kwargs_of_has_the_signature_of_its_target(target, options, expected):
    """Parameters without a default are mandatory; any function will do, a lambda too."""
    assert str(inspect.signature(kwargs_of(target, **options))) == expected


def test_kwargs_of_instantiates_as_a_dict():
    """The arguments come out as a dict, and the target shows in no repr."""
    Conf = kwargs_of(three, zen_dataclass={"cls_name": "Arguments"})

    assert instantiate(Conf(a=1)) == {"a": 1, "b": 1, "c": "c"}
    assert instantiate(Conf, a=2, b=3) == {"a": 2, "b": 3, "c": "c"}
    assert repr(Conf(a=1)) == "Arguments(a=1, b=1, c='c')"
    assert repr(kwargs_of(three)(a=1)) == "kwargs_of_three(a=1, b=1, c='c')"


@pytest.mark.parametrize(
    ("target", "options", "error", "said"),
    [
        (3, {}, ConfigTypeError, "given was 3"),
        (dict, {}, SignatureError, "dict tells no signature"),
        (three, {"bb": 1}, SignatureError, "no parameter 'bb' (did you mean 'b'?)"),
        (three, {"zen_partial": True}, ConfigTypeError, "'zen_partial'"),
        (three, {"_target_": "x"}, ConfigTypeError, "'_target_'"),
        (three, {"a": object()}, UnsupportedValueError, "'a'"),
    ],
)
def test_kwargs_of_refuses_what_is_no_argument(target, options, error, said):
    """Overrides are checked against the signature."""
    with pytest.raises(error) as caught:
        kwargs_of(target, **options)

    assert said in str(caught.value)


def test_kwargs_of_as_a_base_brings_arguments():
    """The config of one function's arguments can be the base of another's config."""
    Conf = builds(three, builds_bases=(kwargs_of(three, zen_exclude=["a"]), make_config(a=1)))

    assert instantiate(Conf) == (1, 1, "c")
