"""`import zenrun` is cheap, and its names are all there."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys

import omegaconf
import pytest

import zenrun


def python(code):
    """Run code in a fresh process, and give what it printed."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


def loaded_by(code, *more):
    """List what a fresh process has imported after the code: of Hydra's side, and named modules."""
    names = ("hydra", "omegaconf", "antlr4", "yaml", *more)
    return python(
        f"import sys\n{code}\n"
        f"print(sorted({{m.partition('.')[0] for m in sys.modules}} & set({names!r})))"
    )


def test_import_zenrun_imports_nothing_else():
    """Neither Hydra nor OmegaConf nor any part of zenrun is imported until a name is used."""
    assert loaded_by("import zenrun") == "[]"
    assert loaded_by("import zenrun; zenrun.__version__") == "[]"
    assert python(
        "import sys; import zenrun; print([m for m in sys.modules if m.startswith('zenrun.')])"
    ) == ("[]")


def test_import_zenrun_imports_no_module_that_python_has_not_yet():
    """A bare `import zenrun` costs no module of the standard library either."""
    new = python(
        "import sys; before = set(sys.modules); import zenrun;"
        "print(sorted(set(sys.modules) - before - {'__future__'}))"
    )

    assert new == "['zenrun']"


@pytest.mark.parametrize("name", zenrun.__all__)
def test_import_of_a_public_name_loads_neither_hydra_nor_omegaconf(name):
    """Hydra is loaded by the first call that needs it, not by the import of a function."""
    assert loaded_by(f"from zenrun import {name}") == "[]"


@pytest.mark.parametrize(
    "code",
    [
        "builds(dict, a=1, b=[1.5, {'x': None}], c='${a}', d=b'x', e=Path('x'), f=Colour.RED)",
        "builds(Model, populate_full_signature=True, zen_partial=True, hydra_convert='all')",
        "builds(dict, builds(Model, width=2), fn=len, cls=Model, hydra_defaults=['_self_'])",
        "builds(Model, width=MISSING)(width=3)",
        "just(len), just([Model, {'a': len}])",
        "make_config('lr', model=builds(Model), steps=[1], hydra_defaults=[{'optim': 'sgd'}])",
        "make_config(bases=(make_config(a=1), Plain), b=Plain(), c=Plain)(b=2)",
        "multirun([1, 2]), hydra_list([1])",
        "builds(Model, zen_meta={'m': 1}, zen_wrappers=[just(Model), '${w}'], zen_exclude=[0])",
        "builds(Model, builds_bases=(builds(Model, width=1),), zen_dataclass={'order': True})",
        "kwargs_of(Model), get_target(builds(Model)), make_config(ZenField(int, 1, 'x'))",
        "hydrated_dataclass(Model)(type('C', (), {'__annotations__': {'width': int}}))",
        "make_custom_builds_fn(zen_partial=True)(Model), BuildsFn.builds(Model)",
        "s = ZenStore(); s(Model); s(Plain, group='g'); s({'a': len}, name='d'); list(s.copy() | s)",
    ],
)
def test_making_configs_loads_neither_hydra_nor_omegaconf(code):
    """Configs of ordinary Python values are made without Hydra, OmegaConf and what they load."""
    space = (
        "from zenrun import *\n"
        "from dataclasses import dataclass\nfrom enum import Enum\nfrom pathlib import Path\n"
        "Colour = Enum('Colour', 'RED')\n"
        "class Model:\n    def __init__(self, width: int = 1, *, names: list[str] = ['a']): ...\n"
        "@dataclass\nclass Plain:\n    y: int = 1\n"
    )

    assert loaded_by(space + code) == "[]"


@pytest.mark.parametrize(
    "call",
    ["builds(len, b=1)", "builds(lambda: 1)", "builds(dict, a=object())", "just(object())"],
)
def test_refusing_what_python_alone_refuses_loads_neither_hydra_nor_omegaconf(call):
    """Errors that are of Python's types alone are raised and caught without Hydra."""
    code = (
        "from zenrun import builds, just\nfrom zenrun.errors import ZenrunError\n"
        f"try:\n    {call}\nexcept ZenrunError:\n    pass\nelse:\n    raise SystemExit(1)"
    )

    assert loaded_by(code) == "[]"


def test_making_configs_of_nodes_knows_nodes_once_omegaconf_is_loaded():
    """A node is taken as a config whether OmegaConf was loaded before zenrun or after it."""
    for first, second in (("omegaconf", "zenrun"), ("zenrun", "omegaconf")):
        made = python(
            f"import {first}; from zenrun import builds; import {second}\n"
            "from omegaconf import DictConfig, ListConfig\n"
            "conf = builds(dict, a=DictConfig({'x': 1}), b=ListConfig([1]))()\n"
            "print(type(conf.a).__name__, type(conf.b).__name__)"
        )

        assert made == "DictConfig ListConfig"


def test_import_of_configs_does_not_load_what_runs_them():
    """Making configs imports no part of zenrun that composes or runs."""
    loaded = python(
        "import sys; from zenrun import builds, just, make_config; builds(dict, a=1);"
        "print([m for m in sys.modules if m.startswith(('zenrun.run', 'zenrun.job',"
        " 'zenrun.compose', 'zenrun._hydra', 'zenrun._isolation'))])"
    )

    assert loaded == "[]"


@pytest.mark.parametrize(
    ("code", "loaded"),
    [
        ("import zenrun.plot", "[]"),
        ("import zenrun.sweep", "[]"),
        ("from zenrun.sweep import SearchSweeper", "['antlr4', 'hydra', 'omegaconf', 'yaml']"),
        ("import zenrun.sweep.space", "['antlr4', 'hydra', 'omegaconf', 'yaml']"),
        ("import zenrun.testing", "['antlr4', 'hydra', 'omegaconf', 'yaml']"),
    ],
)
def test_import_of_searches_and_pictures_loads_no_library_of_anybodys(code, loaded):
    """The kit of searches loads Hydra once it is named, and never numpy, pandas, matplotlib or Optuna."""
    libraries = ("numpy", "scipy", "pandas", "matplotlib", "optuna", "rich", "loky")
    assert loaded_by(code, *libraries) == loaded


def test_missing_is_that_of_omegaconf():
    """zenrun.MISSING is what OmegaConf reads as mandatory."""
    assert zenrun.MISSING == omegaconf.MISSING
    assert omegaconf.OmegaConf.is_missing(omegaconf.OmegaConf.create({"a": zenrun.MISSING}), "a")


def test_import_star_gives_every_public_name():
    """From zenrun import * brings the names of __all__, and no others."""
    space = {}
    exec("from zenrun import *", space)
    space.pop("__builtins__")

    assert set(space) == set(zenrun.__all__)
    assert {"builds", "just", "make_config", "instantiate", "hydra_run", "hydra_multirun"} <= set(
        space
    )


def test_import_of_an_unknown_name_fails_as_python_says_it():
    """An unknown name is an AttributeError, and an ImportError in a from-import."""
    with pytest.raises(AttributeError, match="module 'zenrun' has no attribute 'bilds'"):
        zenrun.bilds
    with pytest.raises(ImportError, match="bilds"):
        exec("from zenrun import bilds")


def test_dir_shows_the_public_names():
    """Completion shows the public names, used or not."""
    assert sorted(zenrun.__all__) == dir(zenrun)


def test_version_is_that_of_the_distribution():
    """zenrun.__version__ is what pip shows."""
    assert zenrun.__version__ == importlib.metadata.version("zenrun-core")


@pytest.mark.parametrize("name", zenrun.__all__)
def test_public_names_work_alone_in_a_fresh_process(name):
    """Each name can be the first that is used: the order of imports does not matter."""
    assert python(f"from zenrun import {name}; print({name} is __import__('zenrun').{name})") == (
        "True"
    )
