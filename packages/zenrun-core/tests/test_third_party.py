"""Arguments that pydantic or beartype check: the wrappers alone, in instantiate, and in zen."""

from __future__ import annotations

import collections
import functools
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest
from hydra.errors import InstantiationException
from omegaconf import OmegaConf

from zenrun import builds, hydra_run, instantiate, make_config, zen
from zenrun.errors import MissingExtraError
from zenrun.third_party.beartype import validates_with_beartype
from zenrun.third_party.pydantic import pydantic_parser, validates_with_pydantic


class Point(NamedTuple):
    x: int
    y: int


class Model:
    def __init__(self, width: int, names: list[str] = [], pair: tuple[int, int] = (0, 0)):
        self.given = (width, names, pair)

    def method(self, y: int):
        return y

    @classmethod
    def of(cls, width: int):
        return cls(width)

    def __call__(self, z: int):
        return z


class Made:
    def __new__(cls, x: int):
        made = object.__new__(cls)
        made.x = x
        return made


class Child(Model):
    pass


@dataclass
class Record:
    x: int
    where: Path = Path("a")


def func(x: int, pair: tuple[int, int] = (0, 0), *more: int, name: str | None = None):
    """Give all."""
    return x, pair, more, name


def later(x: "int"):  # noqa: UP037
    return x


# --- pydantic -----------------------------------------------------------------------------------


@pytest.fixture
def pydantic():
    return pytest.importorskip("pydantic")


@pytest.mark.parametrize("wrap", [pydantic_parser, validates_with_pydantic])
def test_pydantic_reads_the_arguments_of_functions(pydantic, wrap):
    """What fits a hint is converted, what does not is pydantic's error; the function is as before."""
    wrapped = wrap(func)

    assert wrapped("1", [2, "3"], "4", name="n") == (1, (2, 3), (4,), "n")
    assert wrapped(1, OmegaConf.create([2, 3])) == (1, (2, 3), (), None)
    assert (wrapped.__name__, wrapped.__doc__) == ("func", "Give all.")
    with pytest.raises(pydantic.ValidationError, match="for func"):
        wrapped("one")
    assert func("one")[0] == "one"


def test_pydantic_reads_the_arguments_of_classes(pydantic):
    """Classes of every kind give their own instances, and are not changed themselves."""
    assert pydantic_parser(Model)("1", ["a"], [1, "2"]).given == (1, ["a"], (1, 2))
    assert type(pydantic_parser(Child)("1")) is Child
    assert pydantic_parser(Made)("1").x == 1
    assert pydantic_parser(Point)("1", 2) == Point(1, 2)
    assert pydantic_parser(Record)("1", where="b") == Record(1, Path("b"))
    for wrapped in (Model, Child, Made, Record):
        with pytest.raises(pydantic.ValidationError, match=f"for {wrapped.__name__}"):
            pydantic_parser(wrapped)("one")
    assert Model("one").given[0] == "one"


def test_pydantic_reads_the_arguments_of_whatever_has_hints(pydantic):
    """Methods, class methods, partials, objects that can be called and later hints are read."""
    assert pydantic_parser(Model(1).method)("2") == 2
    assert pydantic_parser(Model.of)("2").given[0] == 2
    assert pydantic_parser(Model(1))("2") == 2
    assert pydantic_parser(functools.partial(func, name="n"))("2")[0] == 2
    assert pydantic_parser(later)("2") == 2
    assert pydantic_parser(lambda x: x)("2") == "2"


def test_pydantic_leaves_alone_what_it_cannot_read(pydantic):
    """Builtins, and classes that pydantic itself has made, are given back."""

    class Schema(pydantic.BaseModel):
        x: int

    checked = pydantic.dataclasses.dataclass(Record)

    for target in (int, dict, len, Schema, checked, 3):
        assert pydantic_parser(target) is target


def test_pydantic_takes_a_parser_of_the_users(pydantic):
    """`parser` replaces pydantic.validate_call as it is configured by default."""
    strict = pydantic.validate_call(config={"strict": True})

    assert pydantic_parser(func, parser=strict)(1)[0] == 1
    assert validates_with_pydantic(func, validator=strict)(1)[0] == 1
    with pytest.raises(pydantic.ValidationError):
        pydantic_parser(func, parser=strict)("1")


def test_pydantic_checks_whole_configs(pydantic):
    """As wrapper of instantiate and of zen it reads what every target is called with."""
    config = builds(dict, model=builds(Model, "3", pair=[1, 2]), value=builds(func, x="4"))

    made = instantiate(config, _target_wrapper_=pydantic_parser)

    assert made["model"].given == (3, [], (1, 2))
    assert made["value"][0] == 4
    refused = (InstantiationException, pydantic.ValidationError)  # of Hydra 1.3, and of 1.4
    with pytest.raises(refused, match="validation error for Model"):
        instantiate(builds(Model, "three"), _target_wrapper_=pydantic_parser)


def test_pydantic_checks_the_arguments_of_a_task(pydantic):
    """A job's config is read by the hints of the task function."""

    def task(x: int, where: Path, model: Model):
        return x, where, model.given[0]

    config = make_config(x="1", where="a/b", model=builds(Model, "${x}"))

    job = hydra_run(config, zen(task, instantiation_wrapper=pydantic_parser), {"x": "5"})

    assert job.return_value == (5, Path("a/b"), 5)


# --- beartype ------------------------------------------------------------------------------------


@pytest.fixture
def roar():
    return pytest.importorskip("beartype.roar").BeartypeCallHintViolation


def hinted(hint):
    def function(x):
        return x

    function.__annotations__ = {"x": hint}
    return validates_with_beartype(function)


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        (tuple, (1, 2)),
        (tuple[int, int], (1, 2)),
        (tuple[int, ...], (1, 2)),
        ("tuple[int, int]", (1, 2)),
        (tuple[int, int] | None, (1, 2)),
        (Point, Point(1, 2)),
        (collections.deque, collections.deque([1, 2])),
        (list, [1, 2]),
        (list[int], [1, 2]),
        (collections.abc.Sequence, [1, 2]),
    ],
)
def test_beartype_converts_lists_to_the_sequences_of_hints(roar, hint, expected):
    """A list, and a ListConfig, become what the hint asks for, given by position or by name."""
    for given in ([1, 2], OmegaConf.create([1, 2])):
        for got in (hinted(hint)(given), hinted(hint)(x=given)):
            assert got == expected
            assert type(got) is type(expected) or hint is collections.abc.Sequence


@pytest.mark.parametrize(
    ("hint", "given"),
    [
        (tuple, {1, 2}),
        (tuple[int, int], [1, "2"]),
        (int | tuple[int, int], [1, 2]),
        (set, [1]),
        (str, [1]),
        (int, "1"),
        (tuple[tuple[int, int], int], [[1, 2], 3]),
    ],
)
def test_beartype_refuses_what_does_not_fit(roar, hint, given):
    """Nothing but a list itself is converted, and then beartype has its say."""
    with pytest.raises(roar):
        hinted(hint)(given)


def test_beartype_checks_functions(roar):
    """Functions, methods and partials are checked; errors of calling stay Python's."""
    wrapped = validates_with_beartype(func)

    assert wrapped(1, [2, 3], 4, name="n") == (1, (2, 3), (4,), "n")
    assert validates_with_beartype(functools.partial(func, 1))(pair=[2, 3])[1] == (2, 3)
    assert validates_with_beartype(Model(1).method)(2) == 2
    assert wrapped.__name__ == "func"
    for call in (
        lambda: wrapped("1"),
        lambda: wrapped(1, (2, 3), "4"),
        lambda: validates_with_beartype(functools.partial(func, name=3))(1),
        lambda: validates_with_beartype(Model(1).method)("2"),
        lambda: validates_with_beartype(Model.of)("2"),
        lambda: validates_with_beartype(later)("2"),
    ):
        with pytest.raises(roar):
            call()
    with pytest.raises(TypeError, match="nothing"):
        wrapped(1, nothing=2)
    assert func("1")[0] == "1"


def test_beartype_checks_classes_and_leaves_them_alone(roar):
    """What a wrapped class gives is its own instance, and the class itself checks nothing."""
    assert validates_with_beartype(Model)(1, pair=[1, 2]).given == (1, [], (1, 2))
    assert type(validates_with_beartype(Child)(1)) is Child
    assert validates_with_beartype(Made)(1).x == 1
    assert validates_with_beartype(Record)(1) == Record(1)
    for wrapped in (Model, Child, Made, Record):
        with pytest.raises(roar):
            validates_with_beartype(wrapped)("1")
    assert Model("1").given[0] == "1"
    for target in (int, dict):
        assert validates_with_beartype(target) is target
    assert validates_with_beartype(len)([1]) == 1


def test_beartype_checks_whole_configs(roar):
    """As wrapper of instantiate it checks what every target is called with."""
    config = builds(dict, model=builds(Model, 3, pair=[1, 2]))

    assert instantiate(config, _target_wrapper_=validates_with_beartype)["model"].given[2] == (1, 2)
    with pytest.raises((InstantiationException, roar), match="width"):
        instantiate(builds(Model, "3"), _target_wrapper_=validates_with_beartype)
    assert zen(later, instantiation_wrapper=validates_with_beartype)({"x": 1}) == 1


# --- both ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "wrapper"),
    [("pydantic", pydantic_parser), ("beartype", validates_with_beartype)],
)
def test_validation_without_its_library_names_the_extra(monkeypatch, name, wrapper):
    """Where the library is missing, the error says what to install."""
    monkeypatch.setitem(sys.modules, name, None)

    with pytest.raises(MissingExtraError, match=rf"zenrun-core\[{name}\]"):
        wrapper(func)


def test_validation_is_imported_without_its_libraries():
    """The modules load neither library, nor Hydra or OmegaConf."""
    code = (
        "import sys, zenrun.third_party.pydantic, zenrun.third_party.beartype;"
        "print({'pydantic', 'beartype', 'hydra', 'omegaconf'} & set(sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"
