"""`import zenrun` is cheap, and its names are all there."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys

import pytest

import zenrun


def python(code):
    """Run code in a fresh process, and give what it printed."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_import_zenrun_imports_nothing_else():
    """Neither Hydra nor OmegaConf nor any part of zenrun is imported until a name is used."""
    loaded = python(
        "import sys; import zenrun; zenrun.__version__ and None;"
        "print([m for m in sys.modules if m.partition('.')[0] in ('hydra', 'omegaconf', 'antlr4',"
        " 'yaml') or m.startswith('zenrun.')])"
    )

    assert loaded == "[]"


def test_import_of_configs_does_not_load_what_runs_them():
    """Making configs imports no part of zenrun that composes or runs."""
    loaded = python(
        "import sys; from zenrun import builds, just, make_config; builds(dict, a=1);"
        "print([m for m in sys.modules if m.startswith(('zenrun.run', 'zenrun.job',"
        " 'zenrun.compose', 'zenrun._hydra', 'zenrun._isolation'))])"
    )

    assert loaded == "[]"


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
    assert sorted(zenrun.__all__) == dir(zenrun) == zenrun.__all__


def test_version_is_that_of_the_distribution():
    """zenrun.__version__ is what pip shows."""
    assert zenrun.__version__ == importlib.metadata.version("zenrun-core")


@pytest.mark.parametrize("name", zenrun.__all__)
def test_public_names_work_alone_in_a_fresh_process(name):
    """Each name can be the first that is used: the order of imports does not matter."""
    assert python(f"from zenrun import {name}; print({name} is __import__('zenrun').{name})") == (
        "True"
    )
