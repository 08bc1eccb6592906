"""Config classes and instances pickle, whatever their place, and come back whole elsewhere."""

from __future__ import annotations

import abc
import copy
import dataclasses
import inspect
import os
import pickle
import re
import subprocess
import sys
import textwrap
import uuid
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from zenrun import builds, instantiate, just, make_config

PROTOCOLS = range(2, pickle.HIGHEST_PROTOCOL + 1)


@dataclasses.dataclass
class Base:
    x: int = 1


@dataclasses.dataclass
class Abstract(abc.ABC):  # noqa: B024 - a base with a type of its own is the subject
    """A base with a type of its own."""

    z: int = 5


@dataclasses.dataclass(frozen=True)
class Frozen:
    x: int = 1


AtHome = make_config(a=1, config_name="AtHome")
AtHome.__module__ = __name__  # as the configs of hydra-zen that name their module


class Derived(builds(dict, a=1)):  # type: ignore[misc]
    """A config that a class statement makes of another."""


def elsewhere(things, code, tmp_path, *, dumps=pickle.dumps):
    """Run code in a fresh process, where `things` is what was pickled; give what it printed."""
    (tmp_path / "things.pkl").write_bytes(dumps(things))
    setup = "import pickle, sys\nthings = pickle.load(open(sys.argv[1], 'rb'))\n"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", setup + textwrap.dedent(code), "things.pkl"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def twin(cls):
    """Give a config class as another process would: made again, since it is not known there."""
    sent = pickle.dumps(cls)
    known = re.search(rb"[0-9a-f]{32}", sent)[0]  # the id of the class goes before its parts
    return pickle.loads(sent.replace(known, uuid.uuid4().hex.encode()))


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    "config",
    [
        builds(dict, a=1, b=[1, {"c": 2}]),
        builds(pow, exp=2, zen_partial=True),
        make_config("lr", n=builds(dict, x=1), hydra_defaults=["_self_"]),
        make_config(bases=(Base,), y=2),
        make_config(bases=(Derived,), y=2),
        just(len),
        just(Base(2)),
        Derived,
        AtHome,
    ],
    ids=lambda item: item.__name__,
)
def test_pickle_in_one_process_gives_the_class_itself_back(config, protocol):
    """A class is one object wherever it is known; so instances stay equal, and copies do."""
    assert pickle.loads(pickle.dumps(config, protocol)) is config
    assert copy.copy(config) is copy.deepcopy(config) is config
    instance = config(lr=1) if "lr" in inspect.signature(config).parameters else config()
    for copied in (pickle.loads(pickle.dumps(instance, protocol)), copy.deepcopy(instance)):
        assert type(copied) is config
        assert copied == instance
        assert copied is not instance


fields = st.dictionaries(
    st.from_regex(r"[a-z]{1,4}_", fullmatch=True),
    st.sampled_from(
        [1, "x", None, [1, 2], {"a": [1]}, 1j, {1, 2}, len, Base(2), Base, "${a}", (1,)]
    ),
    max_size=4,
)


@given(fields, st.sampled_from([(), (Base,), (Derived,), (Abstract,), (Base, Abstract), (Frozen,)]))
def test_pickle_elsewhere_makes_the_class_again_whole(values, bases):
    """Name, fields, defaults, hints, signature, bases and options are those of the class."""
    try:
        ours = make_config(bases=bases, **values)
    except TypeError:
        return  # no dataclass can be made of these: a frozen base
    theirs = twin(ours)

    assert theirs is not ours
    assert theirs.__name__ == ours.__name__
    assert theirs.__bases__ == ours.__bases__
    assert theirs.__doc__ == ours.__doc__
    assert theirs.__module__ == ours.__module__
    assert repr(theirs.__dataclass_params__) == repr(ours.__dataclass_params__)
    assert inspect.signature(theirs) == inspect.signature(ours)
    assert repr(theirs()) == repr(ours())
    assert theirs() == theirs()
    told = [
        [(f.name, f.type, f.default, f.kw_only, f.compare) for f in dataclasses.fields(cls)]
        for cls in (ours, theirs)
    ]
    assert told[0] == told[1]
    assert pickle.loads(pickle.dumps(theirs)) is theirs
    assert set(vars(theirs)) == set(vars(ours))
    for item in dataclasses.fields(theirs):
        if item.default_factory is not dataclasses.MISSING:
            assert getattr(theirs(), item.name) is not getattr(theirs(), item.name)


@pytest.mark.parametrize(
    "options",
    [
        {"frozen": True},
        {"slots": True},
        {"slots": True, "frozen": True, "order": True},
        {"kw_only": True, "eq": False},
        {"cls_name": "Named", "module": "nowhere.to_be.found"},
        {"namespace": {"extra": 3, "_private": [1]}, "target_repr": False},
        {"repr": False, "unsafe_hash": False, "match_args": False},
    ],
    ids=repr,
)
def test_pickle_keeps_the_options_of_a_config_class(options):
    """Each option of zen_dataclass holds in the other process too."""
    for ours in (
        builds(dict, a=1, b=[2], zen_dataclass=options),
        make_config("x", a=1, zen_dataclass=options),
    ):
        theirs = twin(ours)
        assert repr(theirs.__dataclass_params__) == repr(ours.__dataclass_params__)
        assert set(vars(theirs)) == set(vars(ours))
        assert (theirs.__name__, theirs.__module__) == (ours.__name__, ours.__module__)
        assert inspect.signature(theirs) == inspect.signature(ours)
        for name in ("extra", "_private", "__slots__"):
            assert getattr(theirs, name, None) == getattr(ours, name, None)
        given = {"x": 1} if "x" in inspect.signature(ours).parameters else {}
        one, other = ours(**given), theirs(**given)
        if options.get("repr", True):
            assert repr(one) == repr(other)
        assert pickle.loads(pickle.dumps(theirs)) is theirs
        assert type(pickle.loads(pickle.dumps(other))) is theirs


def test_pickle_of_a_frozen_config_stays_frozen():
    """What cannot be changed here cannot be changed there, and has a hash."""
    plain = type(make_config(a=1))("Ice", (), {"__annotations__": {"a": int}, "a": 1})
    frozen = dataclasses.dataclass(frozen=True)(plain)
    theirs = twin(frozen)

    assert hash(theirs()) == hash(theirs())
    with pytest.raises(dataclasses.FrozenInstanceError):
        theirs().a = 2


def test_pickle_keeps_classes_inside_of_configs_one():
    """A class that is sent in many places is one class there, as it is here."""
    Inner = builds(dict, x=1)
    things = pickle.loads(pickle.dumps([Inner, make_config(a=Inner, b=Inner()), {"k": Inner}]))

    assert things[0] is things[1].a is things[2]["k"] is Inner
    assert isinstance(things[1]().b, Inner)


def test_pickle_of_nodes_keeps_their_types():
    """A DictConfig of a config class travels with the class."""
    Conf = make_config(a=1, inner=builds(dict, x=2))
    node = pickle.loads(pickle.dumps(OmegaConf.structured(Conf)))

    assert OmegaConf.get_type(node) is Conf
    assert instantiate(node.inner) == {"x": 2}


def test_pickle_travels_to_another_process_and_back(tmp_path):
    """Plain pickle carries classes and instances there, twice the same class once, and back."""
    Inner = builds(dict, x=[1, 2], hydra_convert="all")
    Conf = make_config("lr", inner=Inner, f=len, table={"a": [1]}, z={1j}, p=Base(3))
    things = [
        Inner,
        Inner(x=[3]),
        Conf,
        Conf(lr=0.5),
        just(len),
        make_config(bases=(Abstract,), q=1),
    ]
    again = tmp_path / "again.pkl"
    again.write_bytes(pickle.dumps(Conf))
    code = """
        from zenrun import instantiate
        import dataclasses
        print(instantiate(things[0]), instantiate(things[1]), instantiate(things[0](x=[9])))
        print([f.name for f in dataclasses.fields(things[2])], things[3].lr, things[3].p)
        print(pickle.load(open("again.pkl", "rb")) is things[2] is type(things[3]))
        print(instantiate(things[2](lr=1), _convert_="all")["z"], instantiate(things[4]))
        things[2](lr=1).table["a"].append(2)
        print(things[2](lr=1).table, things[5]())
        pickle.dump(things, open("back.pkl", "wb"))
    """
    path = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", path)
        said = elsewhere(things, code, tmp_path)

    assert said == [
        "{'x': [1, 2]} {'x': [3]} {'x': [9]}",
        "['lr', 'inner', 'f', 'table', 'z', 'p'] 0.5 Base(x=3)",
        "True",
        "{1j} <built-in function len>",
        "{'a': [1]} Config(z=5, q=1)",
    ]
    assert pickle.loads((tmp_path / "back.pkl").read_bytes()) == things


SCRIPT = """
import pickle, sys
from zenrun import builds, instantiate, just, make_config

def target(x: int = 1, y=(1, 2)):
    return x, list(y)

Conf = builds(target, populate_full_signature=True)

def inside():
    return make_config(c=Conf, d={1, 2}), builds(dict, a=1)

things = [Conf, Conf(x=3), *inside(), just(target), make_config(a=1)(a=2)]
if __name__ == "__main__":
    with open("things.pkl", "wb") as file:
        pickle.dump(things, file)
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        print(list(pool.map(instantiate, [Conf, things[1], things[3]])))
"""


def test_pickle_of_configs_of_a_script_in_spawned_workers(tmp_path):
    """Configs of __main__, at its top or made by its functions, go to worker processes as they are."""
    (tmp_path / "script.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "script.py"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )

    assert done.stderr == ""
    assert done.stdout == "[(1, [1, 2]), (3, [1, 2]), {'a': 1}]\n"


def test_pickle_of_a_local_class_made_of_a_config_says_what_pickle_says():
    """What a class statement in a function adds to a config is code, which pickle cannot send."""

    class Local(builds(dict, a=1)):  # type: ignore[misc]
        def method(self):
            """Do nothing."""

    with pytest.raises((pickle.PicklingError, AttributeError), match="Local"):
        pickle.dumps(Local)
    assert pickle.loads(pickle.dumps(Derived(a=3))) == Derived(a=3)


def test_cloudpickle_and_pickle_give_one_class():
    """A class that went by both ways is still the class itself in this process."""
    cloudpickle = pytest.importorskip("cloudpickle")
    Conf = make_config(a=1, b=just({1, 2}))

    for dumps in (cloudpickle.dumps, pickle.dumps):
        assert pickle.loads(dumps(Conf)) is Conf
        assert pickle.loads(dumps(Conf(a=2))) == Conf(a=2)
        assert pickle.loads(dumps([Any, Conf]))[1] is Conf
