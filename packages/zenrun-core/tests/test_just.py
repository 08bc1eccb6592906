"""`just`: functions and classes as values of configs."""

from __future__ import annotations

import functools

import pytest

from zenrun import builds, instantiate, just, make_config
from zenrun.errors import InvalidTargetError, UnsupportedValueError


class Model:
    def __init__(self):
        msg = "just must not call it"
        raise AssertionError(msg)

    @classmethod
    def make(cls):
        return cls()


def never():
    """Fail when called."""
    msg = "just must not call it"
    raise AssertionError(msg)


@functools.lru_cache
def cached(x):
    """Give the argument back."""
    return x


@functools.singledispatch
def dispatched(x):
    """Give the argument back."""
    return x


@pytest.mark.parametrize(
    "value", [never, Model, Model.make, len, dict, dict.fromkeys, str.upper, cached, dispatched]
)
def test_just_gives_functions_and_classes_back_uncalled(value):
    """Instantiating the config gives the object itself; it is not called."""
    config = just(value)

    assert instantiate(config) == value
    assert instantiate(make_config(inner=[config]), _convert_="all")["inner"] == [value]


def test_just_names_a_stable_path():
    """The config names zenrun.funcs.get_obj and the object's path, which yaml files keep."""
    config = just(never)()

    assert config._target_ == "zenrun.funcs.get_obj"
    assert config.path == f"{__name__}.never"


def test_just_of_a_function_that_is_defined_anew(monkeypatch):
    """A config is of the function that its path leads to now; the one before has none any more."""
    old, before = never, just(never)

    def newer():
        """Take the other's place."""

    newer.__qualname__ = newer.__name__ = "never"
    monkeypatch.setitem(globals(), "never", newer)

    assert instantiate(just(newer)) is newer
    assert instantiate(before) is newer
    with pytest.raises(InvalidTargetError):
        just(old)


@pytest.mark.parametrize("value", [None, True, 3, 0.5, "text", b"bytes", "${a}", "???"])
def test_just_gives_plain_values_back(value):
    """A value that a config holds as it is needs no config around it."""
    assert just(value) is value


def test_just_reaches_into_containers():
    """Lists, tuples and dicts are copied with their functions and classes made configs."""
    given = [1, (len, {"a": dict})]
    made = just(given)

    assert made is not given
    assert made[0] == 1
    assert instantiate(made[1][0]) is len
    assert instantiate(made[1][1]["a"]) is dict


def test_just_leaves_configs_as_they_are():
    """A config stays the same config."""
    Conf = builds(dict, a=1)

    assert just(Conf) is Conf


def test_just_refuses_what_no_config_holds():
    """Objects without a path and without a place in OmegaConf are refused."""
    with pytest.raises(UnsupportedValueError, match="object"):
        just(object())
    with pytest.raises(InvalidTargetError, match="lambda"):
        just(lambda: 1)
