"""Overrides as Python values arrive as they are."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import example, given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf

from zenrun import hydra_list, hydra_multirun, hydra_run, multirun
from zenrun.compose._overrides import override_strings
from zenrun.errors import OverrideTypeError

NASTY = "\\'\"${}[](),:= ab\n\t~+1.e-"
texts = st.one_of(st.text(max_size=12), st.text(alphabet=NASTY, max_size=12))
keys = st.one_of(
    st.integers(), st.from_regex(r"[a-z][a-z0-9_ ,:{}()=/.-]{0,6}[a-z]", fullmatch=True)
).filter(lambda key: str(key).lower() not in {"inf", "nan", "null", "true", "false"})
plain = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), texts)
values = st.recursive(
    plain,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=6,
)


def read_by_hydra(text):
    """Give the value of an override as Hydra's parser and OmegaConf read it."""
    value = OverridesParser.create().parse_override(text).value()
    return OmegaConf.to_container(OmegaConf.create({"x": value}), resolve=True)["x"]


def same(one, other):
    return type(one) is type(other) and repr(one) == repr(other)


@given(values)
@example("5")
@example("null")
@example("${oc.env:HOME}")
@example("\\${x}")
@example("\\\\${x}")
@example("a, b='c' {d}")
@example("ends in \\")
@example("\\\n")
@example("")
@example(" ")
@example(-0.0)
@example(1e-07)
@example(math.inf)
@example({"a b": {"c:d": [1, None, "x,y"]}})
def test_override_value_is_read_back_as_it_was(value):
    """Any plain value in a dict override comes out of Hydra's own reading as it went in."""
    (text,) = override_strings({"x": value})

    assert same(read_by_hydra(text), value)


@given(st.lists(values, min_size=2, max_size=4))
def test_override_multirun_sweeps_over_the_values(swept):
    """Each value of a multirun comes out of Hydra's sweeping as it went in."""
    (text,) = override_strings({"x": multirun(swept)})
    override = OverridesParser.create().parse_override(text)

    read = [read_by_hydra(f"x={item}") for item in override.sweep_string_iterator()]

    assert all(same(one, other) for one, other in zip(read, swept, strict=True))


@settings(max_examples=8, deadline=None)
@given(values)
@example("${not.an.interpolation}, 'a'")
def test_override_value_arrives_in_a_run_as_it_was(value):
    """A dict override's value arrives in the task of a run as it was given."""
    job = hydra_run({"x": "?"}, _get_x, {"x": value}, with_log_configuration=False)

    assert same(job.return_value, value)


@settings(max_examples=5, deadline=None)
@given(st.lists(values, min_size=1, max_size=3))
def test_override_multirun_values_arrive_in_their_jobs(swept):
    """Each value of a multirun arrives in its job as it was given."""
    (jobs,) = hydra_multirun({"x": "?"}, _get_x, {"x": multirun(swept)})

    assert all(same(job.return_value, value) for job, value in zip(jobs, swept, strict=True))


def _get_x(cfg):
    return OmegaConf.to_container(cfg, resolve=True)["x"]


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


@dataclass
class Typed:
    where: Path = Path("a")
    colour: Colour = Colour.BLUE


def test_override_of_typed_field_arrives_in_its_type():
    """A Path and an enum arrive in their own types where the config has those types."""
    job = hydra_run(Typed, dict, {"where": PurePosixPath("b, c/d"), "colour": Colour.RED})

    assert job.return_value == {"where": Path("b, c/d"), "colour": Colour.RED}


def test_override_of_untyped_field_by_path_arrives_as_text():
    """A Path arrives as text where the config has no type."""
    assert hydra_run({"x": None}, _get_x, {"x": Path("/a b/$c")}).return_value == "/a b/$c"


def test_override_numbers_of_numpy_are_numbers():
    """Numpy's scalars are written as the numbers that they are."""
    numpy = pytest.importorskip("numpy")
    given = {"a": numpy.float64(0.1), "b": numpy.int64(3), "c": numpy.bool_(True)}

    assert override_strings(given) == ["a=0.1", "b=3", "c=true"]


def test_override_node_of_omegaconf_arrives_as_it_reads():
    """A DictConfig's text is not escaped again, and its interpolations stay interpolations."""
    node = OmegaConf.create({"text": "\\${b}", "same": "${x.text}"})

    job = hydra_run({"x": None}, lambda cfg: (cfg.x.text, cfg.x.same), {"x": node})

    assert job.return_value == ("${b}", "${b}")


def test_override_keys_of_numpy_are_numbers():
    """Numpy's numbers are written as numbers where they are keys, too."""
    numpy = pytest.importorskip("numpy")

    assert override_strings({"x": {numpy.float64(1.5): 1, numpy.int64(2): 2}}) == ["x={1.5:1,2:2}"]


def test_override_keywords_are_overrides():
    """Keyword arguments of a run are overrides, after those of the dict or list."""
    assert hydra_run({"a": 1, "b": 2}, dict, ["a=3"], b="4").return_value == {"a": 3, "b": "4"}


def test_override_keys_keep_their_signs():
    """Keys of a dict may add, force, delete and choose groups as in Hydra's grammar."""
    job = hydra_run({"a": {"b": 1}, "c": 1}, dict, {"+a.d": 2, "++e": 3, "~c": None, "a.b": 4})

    assert job.return_value == {"a": {"b": 4, "d": 2}, "e": 3}


def test_override_list_of_the_caller_is_not_changed():
    """Runs never change the list or dict of overrides that they are given."""
    as_list, as_dict = ["a=1,2"], {"a": multirun([1, 2])}

    hydra_multirun({"a": 0}, _nothing, as_list)
    hydra_multirun({"a": 0}, _nothing, as_dict)

    assert as_list == ["a=1,2"]
    assert as_dict == {"a": [1, 2]}


def _nothing(_):
    return None


def test_override_hydra_list_is_one_value():
    """hydra_list, a list and a tuple are each one value that is a list."""
    for value in (hydra_list([1, 2]), [1, 2], (1, 2)):
        assert hydra_run({"x": None}, _get_x, {"x": value}).return_value == [1, 2]


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        ("x=1", r"Did you mean \['x=1'\]"),
        ([1], r"overrides\[0\] is 1 of type int"),
        ({"x": object()}, "type object"),
        ({"x": {1, 2}}, "type set"),
        ({"x": b"raw"}, "type bytes"),
        ({"x": multirun([])}, "sweeps over no value"),
        ({"x": [multirun([1])]}, "multirun inside another value"),
        ({"x": {"it's": 1}}, "it's"),
        ({"x": {"1": 1}}, "'1'"),
        ({"x": {"1e5": 1}}, "'1e5'"),
        ({"x": {"": 1}}, "''"),
        ({"a=b": 1}, "no key of an override"),
        ({1: 1}, "no key of an override"),
        (3, "type int"),
    ],
)
def test_override_that_cannot_be_written_is_refused(overrides, says):
    """What has no form in Hydra's grammar is one clear error, before anything runs."""
    with pytest.raises(OverrideTypeError, match=says):
        hydra_run({"x": 1}, _nothing, overrides)
