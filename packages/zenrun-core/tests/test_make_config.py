"""`make_config`: fields without a target."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass

import pytest
from omegaconf import OmegaConf
from omegaconf.errors import MissingMandatoryValue

from zenrun import builds, instantiate, make_config
from zenrun.errors import ConfigTypeError, UnsupportedValueError


@dataclass
class Base:
    seed: int = 0
    name: str = "base"


@dataclass(frozen=True)
class Frozen:
    a: int = 1


def test_make_config_has_its_fields_in_order():
    """Names come first and are mandatory, then the fields with values."""
    Config = make_config("lr", "model", epochs=10)

    assert is_dataclass(Config)
    assert Config.__name__ == "Config"
    assert [item.name for item in fields(Config)] == ["lr", "model", "epochs"]
    config = OmegaConf.structured(Config)
    assert config.epochs == 10
    with pytest.raises(MissingMandatoryValue):
        config.lr


def test_make_config_instances_take_values():
    """The dataclass is called with the values of its fields."""
    Config = make_config("lr", epochs=10)

    assert Config(0.1, 2) == Config(epochs=2, lr=0.1) != Config(0.1)
    assert OmegaConf.structured(Config(lr=0.1)) == {"lr": 0.1, "epochs": 10}


def test_make_config_takes_every_kind_of_value():
    """Functions become configs of themselves, nested configs stay, tuples are lists."""
    config = instantiate(make_config(f=len, inner=builds(dict, a=1), t=(1, (2,)), n=None))

    assert config.f is len
    assert config.inner == {"a": 1}
    assert config.t == [1, [2]]
    assert config.n is None


def test_make_config_fields_take_any_type():
    """Fields have no type: an override may be anything."""
    config = OmegaConf.structured(make_config(a=1))
    config.a = {"b": ["c"]}

    assert config.a.b == ["c"]


def test_make_config_inherits():
    """Bases give their fields, and their fields' types; values of their names replace them."""
    Config = make_config("lr", bases=(Base,), config_name="Child", name="child")

    assert issubclass(Config, Base)
    assert Config.__name__ == "Child"
    assert OmegaConf.structured(Config(lr=1)) == {"seed": 0, "name": "child", "lr": 1}


def test_make_config_inherits_from_builds():
    """A config of a target can be extended by more arguments."""
    Config = make_config(bases=(builds(dict, a=1),), b=2)

    assert instantiate(Config) == {"a": 1, "b": 2}


def test_make_config_defaults_are_fresh():
    """Values that can change are copied, when the config is made and for each instance."""
    given = {"a": [1]}
    Config = make_config(x=given)
    given["a"].append(2)
    Config().x["a"].append(3)

    assert Config().x == {"a": [1]}


def test_make_config_has_a_defaults_list():
    """hydra_defaults is Hydra's defaults list."""
    assert make_config(hydra_defaults=["_self_", {"optim": None}])().defaults == [
        "_self_",
        {"optim": None},
    ]


@pytest.mark.parametrize(
    ("args", "options", "said"),
    [
        (("a b",), {}, "'a b' is no Python name"),
        ((3,), {}, "3 is no Python name"),
        (("class",), {}, "'class' is no Python name"),
        ((), {"class": 1}, "class"),
        ((), {"a b": 1}, "a b"),
        ((), {"config_name": "a\0b"}, "null"),
        (("a", "a"), {}, "'a' twice"),
        (("a",), {"a": 1}, "'a' twice"),
        ((), {"bases": (3,)}, "given was 3"),
        ((), {"bases": (int,)}, "given was <class 'int'>"),
        ((), {"bases": (Base(),)}, "Base"),
        ((), {"bases": (Frozen,)}, "frozen"),
        ((), {"config_name": 3}, "config_name"),
        ((), {"hydra_defaults": "_self_"}, "hydra_defaults"),
        (("defaults",), {"hydra_defaults": []}, "defaults"),
        ((), {"hydra_convert": "most"}, "hydra_convert"),
        (("zen_partial",), {}, "zen_partial"),
    ],
)
def test_make_config_refuses_what_makes_no_config(args, options, said):
    """Names, bases and options that do not work are refused with a word on what is wrong."""
    with pytest.raises(ConfigTypeError) as caught:
        make_config(*args, **options)

    assert said in str(caught.value)


def test_make_config_names_the_path_of_an_unsupported_value():
    """The error for a value deep in a field says where it stands."""
    with pytest.raises(UnsupportedValueError) as caught:
        make_config(a={"b": [1, object()]})

    assert caught.value.path == "a.b[1]"


def test_make_config_may_have_a_hydra_node():
    """A field named hydra is no option: it is where Hydra's own settings go."""
    assert make_config(hydra={"job": {"name": "x"}})().hydra == {"job": {"name": "x"}}
