"""The type hints that fields of configs get, and what OmegaConf makes of overrides by them."""

import dataclasses
import enum
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import InitVar, dataclass
from typing import Any, Dict, Generic, List, NewType, Optional, Tuple, TypeVar  # noqa: UP035

import pytest
from omegaconf import OmegaConf
from omegaconf.errors import ConfigKeyError

from zenrun import (
    BuildsFn,
    ZenField,
    builds,
    get_target,
    hydra_run,
    instantiate,
    just,
    kwargs_of,
    make_config,
    store,
    to_yaml,
    zen,
)

T = TypeVar("T")


class Color(enum.Enum):
    """Two colours."""

    RED = 1
    BLUE = 2


@dataclass
class Optimizer:
    """What a task's settings look like."""

    lr: float = 0.1
    colors: List[Color] = dataclasses.field(default_factory=list)  # noqa: UP006
    inner: Optional["Optimizer"] = None


@dataclass
class Refused:
    """A dataclass that OmegaConf does not read."""

    act: Callable[[int], int] = abs


@dataclass
class WithArgument:
    """A dataclass with an argument that is no field."""

    a: int = 1
    b: InitVar[int] = 2


UserId = NewType("UserId", int)


def train(
    optim: Optimizer,
    other: Optimizer | None = None,
    several: List[Optimizer] = [],  # noqa: UP006
    colors: Dict[str, Color] = {},  # noqa: UP006
    pair: Tuple[Color, Color] = (Color.RED, Color.RED),  # noqa: UP006
    user: UserId = UserId(0),
    refused: Refused | None = None,
    layers: Sequence[int] = (1,),
    table: Mapping[str, int] = {},
):
    """Give the arguments back."""
    return dict(locals())


def hints(config):
    """Give the type hints of a config's fields."""
    return {item.name: item.type for item in dataclasses.fields(config)}


def test_hints_of_dataclasses_enums_and_new_types_are_kept():
    """A field has the parameter's hint where OmegaConf can hold it."""
    found = hints(builds(train, populate_full_signature=True))

    assert found["optim"] is Optimizer
    assert found["other"] == Optimizer | None
    assert found["several"] == list[Optimizer]
    assert found["colors"] == dict[str, Color]
    assert found["pair"] == list[Color]
    assert found["user"] is int
    assert hints(builds(WithArgument, populate_full_signature=True))["b"] is int


@pytest.mark.parametrize("name", ["refused", "layers", "table"])
def test_hints_that_omegaconf_does_not_read_are_widened(name):
    """A dataclass that OmegaConf refuses, Sequence and Mapping leave their field open."""
    Conf = builds(train, populate_full_signature=True)

    assert hints(Conf)[name] is Any
    assert instantiate(Conf(optim=Optimizer(), **{name: builds(dict, a=1)}))[name] == {"a": 1}


def test_fields_of_dataclasses_take_dicts_by_their_fields():
    """What a dict lacks comes from the dataclass, and what is no field of it is refused."""
    Conf = OmegaConf.structured(builds(train, populate_full_signature=True))

    merged = OmegaConf.merge(Conf, {"optim": {"lr": "0.5"}, "several": [{"colors": ["BLUE"]}]})
    assert merged.optim == {"lr": 0.5, "colors": [], "inner": None}
    assert merged.several[0].colors == [Color.BLUE]
    with pytest.raises(ConfigKeyError):
        OmegaConf.merge(Conf, {"optim": {"rate": 1}})


def test_fields_of_dataclasses_arrive_as_instances():
    """Zen and hydra_convert="object" give the target an instance of the dataclass."""
    Conf = builds(train, populate_full_signature=True, hydra_convert="object")
    config = Conf(optim=Optimizer(lr=2.0))

    assert instantiate(config)["optim"] == Optimizer(2.0)
    assert zen(train)(config)["optim"] == Optimizer(2.0)
    run = hydra_run(config, instantiate, ["optim.lr=3", "+colors.a=RED", "pair=[BLUE,RED]"])
    assert run.return_value["optim"] == Optimizer(3.0)
    assert run.return_value["colors"] == {"a": Color.RED}
    assert run.return_value["pair"] == [Color.BLUE, Color.RED]


def typed(number: int = 1, numbers: List[int] = [], color: Color = Color.RED):  # noqa: UP006
    """Give the arguments back."""
    return number, numbers, color


@pytest.mark.parametrize("name", ["number", "numbers", "color"])
def test_interpolations_lead_to_configs_whatever_the_hint(name):
    """A field that holds an interpolation is open: where it leads may stand a config of the object."""
    Conf = builds(typed, **{name: "${source}"})
    Fields = make_config(field=ZenField(int, "${source}"))

    assert hints(Conf)[name] is hints(Fields)["field"] is Any
    made = instantiate(make_config(source=builds(int, "7"), conf=Conf))
    assert 7 in made.conf


class Singleton(type):
    """Hands all arguments of calls on."""

    def __call__(cls, *args, **kwargs):
        """Make an instance."""
        return super().__call__(*args, **kwargs)


class Own(type):
    """Takes other arguments than its classes."""

    def __call__(cls, text, **more):
        """Make an instance."""
        return super().__call__(int(text), **more)


class Registry(metaclass=Singleton):
    """A class of such a metaclass."""

    def __init__(self, size: int, name: str = "x"):
        self.given = size, name


class Parsed(metaclass=Own):
    """A class of such a metaclass."""

    def __init__(self, size: int, name: str = "x"):
        self.given = size, name


def test_builds_metaclasses_that_hand_arguments_on():
    """The class's own signature counts, unless the metaclass has one."""
    Conf = builds(Registry, populate_full_signature=True)

    assert list(hints(Conf)) == ["_target_", "size", "name"]
    assert instantiate(Conf(size=3)).given == (3, "x")
    with pytest.raises(TypeError, match="did you mean 'size'"):
        builds(Registry, sizes=1)
    assert instantiate(builds(Parsed, text="5", populate_full_signature=True)).given == (5, "x")
    assert list(hints(builds(Color, populate_full_signature=True))) == ["_target_", "value"]


class Box(Generic[T]):
    """A generic class."""

    def __init__(self, item: T, size: int = 1):
        self.given = item, size


def test_builds_generic_aliases_are_called_as_their_class():
    """A config of Box[int] is one of Box."""
    Conf = builds(Box[int], item=3, populate_full_signature=True)

    assert get_target(Conf) is Box
    assert instantiate(Conf).given == (3, 1)
    assert instantiate(builds(list[int], [1])) == [1]
    with pytest.raises(TypeError, match="Optional"):
        builds(Optional[int])  # noqa: UP045 - the older way


def test_builds_of_a_config_keeps_its_values():
    """With populate_full_signature, a config as the target brings the values it has."""
    Conf = builds(builds(typed, number=5, numbers=[1]), populate_full_signature=True)

    assert instantiate(Conf) == (5, [1], Color.RED)
    assert instantiate(builds(builds(typed, number=5), 6, populate_full_signature=True))[0] == 6
    assert list(hints(builds(builds(typed, number=5)))) == ["_target_"]


def test_tuples_stay_tuples_in_the_class():
    """A tuple that cannot change is found in the config's class as it was given, whatever OmegaConf makes of it."""
    Conf = builds(dict, pair=(1, 2), zen_meta={"more": ("a",)})

    assert (Conf.pair, Conf().pair, Conf.more) == ((1, 2), (1, 2), ("a",))
    assert make_config(pair=(1, 2)).pair == (1, 2)
    assert list(instantiate(Conf, _convert_="all")["pair"]) == [1, 2]  # OmegaConf 2.4 has tuples
    first, second = builds(dict, pairs=([1], 2))(), builds(dict, pairs=([1], 2))()
    assert first.pairs == second.pairs == [[1], 2]


def test_builds_knows_its_own_options_by_near_names():
    """A misspelt option that could be an argument is recognized."""
    with pytest.raises(TypeError, match="did you mean 'populate_full_signature'"):
        builds(typed, populate_full_sig=True)


def test_just_takes_options_for_the_class_of_a_dataclass_instance():
    """zen_dataclass says how the config of a dataclass instance is made, and concerns nothing else."""
    Conf = just(Optimizer(2.0), zen_dataclass={"cls_name": "Named", "frozen": True})

    assert Conf.__name__ == "Named"
    assert instantiate(Conf) == Optimizer(2.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        Conf().lr = 1.0
    assert instantiate(just(len, zen_dataclass={"cls_name": "Named"})) is len
    with pytest.raises(TypeError, match="cls_nam"):
        just(1, zen_dataclass={"cls_nam": "Named"})


class Token:
    """A class of the user's own."""


class TokenBuilds(BuildsFn):
    """Overrides the hook with all of its documented arguments by name."""

    @classmethod
    def _make_hydra_compatible(
        cls,
        value,
        *,
        allow_zen_conversion=True,
        error_prefix="",
        field_name="",
        structured_conf_permitted=True,
        convert_dataclass=True,
        hydra_recursive=None,
        hydra_convert=None,
        zen_dataclass=None,
    ):
        """Make configs of tokens."""
        if isinstance(value, Token):
            return cls.builds(Token)
        return super()._make_hydra_compatible(
            value,
            allow_zen_conversion=allow_zen_conversion,
            error_prefix=error_prefix,
            field_name=field_name,
            structured_conf_permitted=structured_conf_permitted,
            convert_dataclass=convert_dataclass,
            hydra_recursive=hydra_recursive,
            hydra_convert=hydra_convert,
            zen_dataclass=zen_dataclass,
        )


def test_builds_fn_hook_has_named_arguments():
    """An override that names the hook's arguments gets no others, at any depth."""
    made = instantiate(
        TokenBuilds.builds(dict, a=Token(), b=functools.partial(dict, key=(Token(), 1)))
    )

    assert type(made["a"]) is Token
    token, one = made["b"]()["key"]
    assert (type(token), one) == (Token, 1)
    assert type(made["b"]()["key"]) is tuple


def test_make_config_holds_pydantic_models():
    """A pydantic model, which OmegaConf does not read, becomes a config wherever it stands."""
    pydantic = pytest.importorskip("pydantic")

    class Model(pydantic.BaseModel):
        size: int = 1

    Model.__qualname__ = "Model"
    globals()["Model"] = Model
    assert instantiate(make_config(model=Model(size=3))).model == Model(size=3)


def test_zen_wrapper_sees_defaults():
    """With instantiation_wrapper the defaults of parameters are given too, and so can be checked."""
    given = {}

    def noting(target):
        def noted(*args, **kwargs):
            given.update(kwargs)
            return target(*args, **kwargs)

        return noted

    assert zen(lambda a, b=2: (a, b), instantiation_wrapper=noting)({"a": 1}) == (1, 2)
    assert given == {"a": 1, "b": 2}


def test_store_entries_of_tasks_take_overrides_by_dataclasses():
    """The entry of a task that takes a dataclass is overridden by the dataclass's fields."""
    mine = store.copy("mine")
    mine(train, name="walk", optim=Optimizer())

    run = hydra_run(mine[None, "walk"], zen(train), ["optim.lr=4"])
    assert run.return_value["optim"] == Optimizer(4.0)
    assert "lr: 0.1" in to_yaml(kwargs_of(train, optim=Optimizer()))
