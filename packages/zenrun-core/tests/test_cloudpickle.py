"""Configs travel to other processes by cloudpickle, also from scripts and notebooks."""

from __future__ import annotations

import pickle
import subprocess
import sys
import textwrap

import pytest
from omegaconf import OmegaConf

from zenrun import builds, instantiate, just, make_config

cloudpickle = pytest.importorskip("cloudpickle")

READ = """
import dataclasses, pickle, sys
from omegaconf import OmegaConf
with open(sys.argv[1], "rb") as file:
    things = pickle.load(file)
"""


def python(*args, text=None):
    """Run Python, and give what it printed."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", *args],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def read(tmp_path, code):
    """Run code in a fresh process, where `things` is what things.pkl holds."""
    return python("-c", READ + textwrap.dedent(code), str(tmp_path / "things.pkl"))


def test_cloudpickle_carries_configs_and_their_instances(tmp_path):
    """Results of builds, make_config and just, as types and instances, work in a fresh process."""
    Inner = builds(dict, x=[1, 2], hydra_convert="all")
    Config = make_config("lr", inner=Inner, f=len, table={"a": [1]})
    things = {
        "type": Inner,
        "instance": Inner(x=[3]),
        "config": Config,
        "config instance": Config(lr=0.5),
        "just": just(len),
        "partial": builds(pow, exp=2, zen_partial=True),
        "node": OmegaConf.structured(Config(lr=1)),
    }
    (tmp_path / "things.pkl").write_bytes(cloudpickle.dumps(things))

    said = read(
        tmp_path,
        """
        from hydra.utils import instantiate
        print(instantiate(things["type"]), instantiate(things["instance"]))
        print(instantiate(things["type"](x=[9])))
        print([f.name for f in dataclasses.fields(things["config"])])
        print(instantiate(things["config instance"]))
        print(OmegaConf.structured(things["config"]).table)
        things["config"](lr=1).table["a"].append(2)
        print(things["config"](lr=1).table)
        print(instantiate(things["just"]), instantiate(things["partial"])(3))
        print(things["node"].lr, OmegaConf.get_type(things["node"]).__name__)
        """,
    ).splitlines()

    assert said == [
        "{'x': [1, 2]} {'x': [3]}",
        "{'x': [9]}",
        "['lr', 'inner', 'f', 'table']",
        "{'lr': 0.5, 'inner': {'x': [1, 2]}, 'f': <built-in function len>, 'table': {'a': [1]}}",
        "{'a': [1]}",
        "{'a': [1]}",
        "<built-in function len> 9",
        "1 Config",
    ]


def test_cloudpickle_carries_configs_that_were_never_called(tmp_path):
    """A config that no instance was made of is one in a process that has loaded nothing that makes configs."""
    Inner = builds(dict, x=[1, 2])
    things = [Inner, make_config("lr", inner=Inner), make_config(bases=(Inner,), y=1)]
    (tmp_path / "things.pkl").write_bytes(cloudpickle.dumps(things))

    said = read(
        tmp_path,
        """
        print("zenrun.configs._dataclass" in sys.modules)
        print(things[0](x=[3]).x, things[0]() == things[0](), things[1](lr=1).lr, things[2](y=2))
        try:
            things[0](y=1)
        except TypeError as error:
            print(error)
        """,
    ).splitlines()

    assert said == [
        "False",
        "[3] True 1 Config(_target_='builtins.dict', x=[1, 2], y=2)",
        "Builds_dict.__init__() got an unexpected keyword argument 'y'",
    ]


def test_cloudpickle_in_one_process_gives_the_class_itself_back():
    """Where the class is known already, the copy is of the same class and equal."""
    Conf = builds(dict, x=[1])
    conf = pickle.loads(cloudpickle.dumps(Conf(x=[2])))

    assert conf == Conf(x=[2])
    assert instantiate(conf) == {"x": [2]}


SCRIPT = """
{imports}
import cloudpickle
from dataclasses import dataclass, field, KW_ONLY, InitVar
from enum import Enum
from typing import Any, ClassVar, Dict, List

class Color(Enum):
    RED = 1

@dataclass
class Inner:
    x: int = 1
    tags: List[str] = field(default_factory=lambda: ["a"])

@dataclass
class Config:
    lr: float
    shared: ClassVar[int] = 7
    color: Color = Color.RED
    inner: Inner = field(default_factory=Inner)
    table: Dict[str, Any] = field(default_factory=lambda: {{"k": [1]}})
    _: KW_ONLY
    name: str = "run"

with open({path!r}, "wb") as file:
    cloudpickle.dump({{"type": Config, "instance": Config(0.5, name="it")}}, file)
print("__file__" in globals())
"""


@pytest.mark.parametrize("way", ["script", "stdin", "-c"])
@pytest.mark.parametrize(
    "imports",
    [
        "from zenrun import builds",
        "from zenrun import hydra_run",
        "from zenrun import instantiate",
        "import zenrun; zenrun.make_config",
    ],
)
def test_cloudpickle_carries_dataclasses_of_main(tmp_path, way, imports):
    """A dataclass of a script or a notebook has all its fields in the process that reads it."""
    code = SCRIPT.format(imports=imports, path=str(tmp_path / "things.pkl"))
    script = tmp_path / "script.py"
    script.write_text(code)
    args, text = {
        "script": ([str(script)], None),
        "stdin": (["-"], code),
        "-c": (["-c", code], None),
    }[way]
    has_file = python(*args, text=text)
    assert has_file == f"{way != '-c'}\n"  # what a notebook lacks

    said = read(
        tmp_path,
        """
        Config, conf = things["type"], things["instance"]
        print([f.name for f in dataclasses.fields(Config)], type(conf) is Config)
        print(conf)
        print(OmegaConf.structured(conf))
        fresh = Config(1)
        fresh.inner.tags.append("b")
        print(Config(lr=1).inner.tags, Config.shared)
        node = OmegaConf.structured(Config)
        print(OmegaConf.is_missing(node, "lr"), node.inner, node.table)
        try:
            node.inner.x = "abc"
        except Exception as error:
            print(type(error).__name__)
        try:
            Config(1, conf.color, conf.inner, {}, "too many")
        except TypeError:
            print("keyword only")
        """,
    ).splitlines()

    assert said == [
        "['lr', 'color', 'inner', 'table', 'name'] True",
        "Config(lr=0.5, color=<Color.RED: 1>, inner=Inner(x=1, tags=['a']), table={'k': [1]},"
        " name='it')",
        "{'lr': 0.5, 'color': <Color.RED: 1>, 'inner': {'x': 1, 'tags': ['a']},"
        " 'table': {'k': [1]}, 'name': 'it'}",
        "['a'] 7",
        "True {'x': 1, 'tags': ['a']} {'k': [1]}",
        "ValidationError",
        "keyword only",
    ]


def test_cloudpickle_carries_configs_with_targets_of_main(tmp_path):
    """A config of a notebook's own function travels; its target is found where it is defined too."""
    code = f"""
import cloudpickle
from zenrun import builds, make_config
def f(x: int = 1, y=(1, 2)): return x
Conf = builds(f, populate_full_signature=True)
with open({str(tmp_path / "things.pkl")!r}, "wb") as file:
    cloudpickle.dump([Conf, Conf(x=3), make_config(c=Conf, hydra_defaults=["_self_"])], file)
"""
    python("-", text=code)
    said = read(
        tmp_path,
        """
        from hydra.utils import instantiate
        def f(x, y): return f"{x} {list(y)}"
        print(instantiate(things[0]), instantiate(things[1]), instantiate(things[2]).c)
        """,
    )

    assert said == "1 [1, 2] 3 [1, 2] 1 [1, 2]\n"


def test_cloudpickle_there_and_back_leaves_the_class_of_main_whole(tmp_path):
    """What a process without zenrun sends back does no harm to the class it was sent."""
    code = """
import cloudpickle, dataclasses, subprocess, sys
from dataclasses import KW_ONLY, InitVar, dataclass, field
from typing import ClassVar
from omegaconf import OmegaConf
from zenrun import hydra_run

@dataclass
class Config:
    lr: float
    shared: ClassVar[int] = 7
    tags: list[str] = field(default_factory=lambda: ["a"])
    _: KW_ONLY
    name: str = "run"

ECHO = (
    "import sys, cloudpickle; things = cloudpickle.load(sys.stdin.buffer);"
    "assert 'zenrun' not in sys.modules;"
    "things.append([field.name for field in __import__('dataclasses').fields(things[0])]);"
    "sys.stdout.buffer.write(cloudpickle.dumps(things))"
)
sent = [Config, Config(1, name="it"), OmegaConf.structured(Config(2))]
for _ in range(2):
    back = cloudpickle.loads(
        subprocess.run(
            [sys.executable, "-c", ECHO], input=cloudpickle.dumps(sent), stdout=-1, check=True
        ).stdout
    )
    assert back == [*sent, ["lr", "tags", "name"]] and back[0] is Config, back
print(OmegaConf.structured(Config(3)), [item.name for item in dataclasses.fields(Config)])
print(hydra_run(Config, lambda cfg: cfg.tags, ["lr=1"]).return_value)
try:
    Config(1, ["x"], "too many")
except TypeError:
    print("keyword only")
"""
    said = python("-", text=code).splitlines()

    assert said == [
        "{'lr': 3.0, 'tags': ['a'], 'name': 'run'} ['lr', 'tags', 'name']",
        "['a']",
        "keyword only",
    ]
