"""Configs as yaml: what is written is read back to the same, and reading runs nothing."""

from __future__ import annotations

import dataclasses
import enum
import functools
import io
import math
import pathlib
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf
from test_value_types import Name, Pair, Point, plainly, record, told, values

from zenrun import builds, instantiate, just, load_from_yaml, make_config, save_as_yaml, to_yaml
from zenrun.errors import ConfigTypeError, UnsupportedValueError, YamlError


class Color(enum.Enum):
    RED = 1
    BLUE = 2


class Mode(enum.Flag):
    R = 1
    W = 2


Odd = enum.Enum("Odd", {"two words": (1, 2)})


@dataclasses.dataclass
class Schema:
    color: Color = Color.RED
    maybe: Color | None = Color.BLUE
    free: Any = Color.BLUE
    path: pathlib.Path = pathlib.Path("a/b")
    table: dict[Color, Any] = dataclasses.field(default_factory=lambda: {Color.RED: 1})


def painted(color: Color = Color.RED, free=Color.BLUE):
    """Give the arguments back."""
    return color, free


def again(config):
    """Give the config that its yaml is read back to."""
    return load_from_yaml(io.StringIO(to_yaml(config)))


# Texts that OmegaConf reads as something else stay apart: they are not texts for it either.
texts = st.one_of(
    st.text(max_size=8),
    st.text("\x00\x07\x85\u2028\ufeff\ud800\U0001f600 \t\n-:#'\"\\", max_size=6),
    st.sampled_from(
        [
            "yes",
            "no",
            "on",
            "off",
            "y",
            "n",
            "null",
            "~",
            "1_0",
            "0x1f",
            "1e3",
            "1e+3",
            ".5",
            "-.inf",
            ".nan",
            "12:30:45",
            "2020-01-01",
            "=",
            "<<",
            "[]",
            "{}",
            "!x",
            "&a",
            "*a",
            "|",
            ">",
            "%",
            "@",
            "`",
            "---",
            "...",
            "0o7",
            "08",
            "1.",
            "+1",
            "true",
            "False",
        ]
    ),
).filter(lambda text: "${" not in text and text != "???")


@settings(max_examples=min(60, settings.default.max_examples))
@given(
    st.dictionaries(texts.filter(lambda text: text[:1] != "_"), texts | st.lists(texts, max_size=2))
)
@example({"a": "\ud800", "b": "\x85", "\u2028": "\ufeff"})
def test_yaml_keeps_texts(texts):
    """Any text is read back as that text, and never as a number, a date or an escape."""
    read = again(texts)

    assert instantiate({"read": read}, _convert_="all") == {"read": texts}
    if "\\ud" not in ascii(texts):  # parts of signs, which no yaml has
        assert read == texts


@settings(max_examples=min(30, settings.default.max_examples))
@given(values)
@example([math.nan, -0.0, math.inf, 2**200, -(2**70), b"\x00", True, None, 1e300, 5e-324])
@example({True: 1, 2: 3, 4.5: 6, b"a": 7, "true": 8, "2": 9, Color.RED: 10})
@example([Mode.R | Mode.W, Odd["two words"], Color.RED, {Color.BLUE}, Pair(Mode.R)])
@example([pathlib.Path("${a}/???"), pathlib.Path("a\udc80"), Name("\udc80"), pathlib.Path("???")])
@example({(Name("${a}"), "???x"): {1j}})
def test_yaml_is_read_back_to_what_instantiates_the_same(value):
    """Every value that a config can be made of comes back of its type by yaml too."""
    made = instantiate(again(builds(record, [value], hydra_convert="all")))[0][0][0]

    assert told(made) == told(plainly(value))


def test_yaml_of_each_kind_of_config():
    """Configs, dataclasses, their instances, nodes, dicts, lists and values give OmegaConf's text."""
    Conf = builds(dict, y=10)

    assert to_yaml(Conf) == to_yaml(Conf()) == "_target_: builtins.dict\n'y': 10\n"
    assert to_yaml(make_config("a", b=1)) == "a: ???\nb: 1\n"
    assert to_yaml(OmegaConf.create({"a": [1]})) == to_yaml({"a": [1]}) == "a:\n- 1\n"
    assert to_yaml([1, {"b": None}]) == "- 1\n- b: null\n"
    assert to_yaml(1 + 2j) == "real: 1.0\nimag: 2.0\n_target_: builtins.complex\n"
    assert to_yaml(len) == "_target_: zenrun.funcs.get_obj\npath: builtins.len\n"
    assert to_yaml(Point(1)) == "x: 1\n'y': null\nseen: 7\n"  # a dataclass is its fields
    assert to_yaml([Point(1)]).startswith("- _target_: test_value_types.Point\n  x: 1\n")


def test_yaml_resolves_and_sorts_by_wish():
    """Interpolations stay as they are, and so does the order, if not asked otherwise."""
    Conf = make_config(b=builds(dict, x="${a}"), a=Color.RED)
    plain = "b:\n  _target_: builtins.dict\n  x: ${a}\na:\n  _target_: zenrun.funcs.get_obj\n"

    assert to_yaml(Conf).startswith(plain)
    assert to_yaml(make_config(b="${a}", a=1), resolve=True) == "b: 1\na: 1\n"
    assert to_yaml(make_config(b="${a}", a=1), resolve=True, sort_keys=True) == "a: 1\nb: 1\n"
    assert to_yaml(make_config("b", "a"), sort_keys=True) == "a: ???\nb: ???\n"
    assert instantiate(load_from_yaml(io.StringIO(to_yaml(Conf, resolve=True)))).b.x is Color.RED


def test_yaml_of_enums_is_by_name_where_omegaconf_reads_the_name():
    """A schema's typed field is merged with its yaml; what a target gets is the member itself."""
    text = to_yaml(Schema)
    read = load_from_yaml(io.StringIO(text))

    assert text.splitlines()[:2] == ["color: RED", "maybe: BLUE"]
    assert OmegaConf.merge(Schema, {**read, "free": 1}).color is Color.RED
    assert instantiate(read).free is Color.BLUE
    assert read.table == {"RED": 1}
    assert read.path == pathlib.Path("a/b")
    assert instantiate(again(builds(painted, populate_full_signature=True))) == painted()


def test_yaml_files_are_written_and_read(tmp_path):
    """A path as text or Path, and files open for text or bytes, all do."""
    Conf = builds(record, Point(1j, "é"), x={1}, hydra_convert="all")
    save_as_yaml(Conf, tmp_path / "a.yaml")
    save_as_yaml(Conf, str(tmp_path / "b.yaml"))
    with open(tmp_path / "c.yaml", "wb") as binary:
        save_as_yaml(Conf, binary)
    stream = io.StringIO()
    save_as_yaml(make_config(a=1, b="${a}"), stream, resolve=True)

    assert stream.getvalue() == "a: 1\nb: 1\n"
    for name in "abc":
        with open(tmp_path / f"{name}.yaml", "rb") as file:
            assert load_from_yaml(file) == load_from_yaml(str(tmp_path / f"{name}.yaml"))
        ((point,), kwargs) = instantiate(load_from_yaml(tmp_path / f"{name}.yaml"))
        assert (point.x, point.y, kwargs) == (1j, "é", {"x": {1}})


@pytest.mark.parametrize(
    "text",
    [
        "a: !!python/object/apply:os.system ['echo hi > ran']",
        "!!python/object/new:os.system ['echo hi > ran']",
        "a: !!python/name:os.system",
        "a: [!!python/object/apply:subprocess.check_output [['touch', 'ran']]]",
        'a: !!python/object/apply:builtins.eval [\'open("ran", "w")\']',
    ],
)
def test_yaml_reading_makes_no_python_objects(tmp_path, text):
    """A tag that would call something is refused, and nothing is called."""
    (tmp_path / "bad.yaml").write_text(text)
    with pytest.raises(YamlError, match="never makes Python objects") as caught:
        load_from_yaml(tmp_path / "bad.yaml")

    assert caught.value.path == str(tmp_path / "bad.yaml")
    assert isinstance(caught.value, yaml.YAMLError)
    assert not list(tmp_path.glob("**/ran"))


@pytest.mark.parametrize("text", ["a: [1", "a: 1\na: 2", "3", "a: b: c", "\tx"])
def test_yaml_that_is_no_config_is_refused(text):
    """The error says where reading stopped, or what is there in the place of a config."""
    with pytest.raises(YamlError, match="yaml"):
        load_from_yaml(io.StringIO(text))


def test_yaml_of_an_empty_file_is_an_empty_config():
    """Nothing is a dict without keys."""
    assert load_from_yaml(io.StringIO("")) == {}


def test_yaml_of_no_file_and_of_no_config_is_refused(tmp_path):
    """What is neither a path nor a file, and a value that is no config, are told apart."""
    with pytest.raises(FileNotFoundError):
        load_from_yaml(tmp_path / "none.yaml")
    for call in (load_from_yaml, functools.partial(save_as_yaml, {})):
        with pytest.raises(ConfigTypeError, match="path of a file"):
            call(3)
    for value in (3, None, "a: 1", b"a", pathlib.Path("a")):
        with pytest.raises(ConfigTypeError, match="to_yaml takes a config") as caught:
            to_yaml(value)
        assert isinstance(caught.value, ValueError)
    with pytest.raises(UnsupportedValueError, match=r"\[0\]"):
        to_yaml([object()])
    with pytest.raises(ConfigTypeError, match="complex"):
        to_yaml(Point(1j))


def test_yaml_of_a_config_names_nothing_private():
    """The paths in yaml files are public ones, which stay."""
    text = to_yaml([just(len), {(1,): 2}, Point(1), {1}, 2j, functools.partial(record, 1)])
    targets = [line.split(": ")[1] for line in text.splitlines() if "_target_" in line]

    assert targets
    assert [name for name in targets if "._" in name] == []
