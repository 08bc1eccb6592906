"""Errors are found by zenrun's names and by those of Hydra, OmegaConf and Python, and travel."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest
from hydra.errors import (
    ConfigCompositionException,
    InstantiationException,
    MissingConfigException,
    OverrideParseException,
)
from omegaconf.errors import ConfigAttributeError, MissingMandatoryValue, ValidationError

import zenrun.errors

EXAMPLES = {
    "SignatureError": {"target": "builtins.dict"},
    "UnsupportedValueError": {"path": "a[0]"},
    "ConfigPathError": {"path": "conf"},
    "OverrideTypeError": {"key": "a"},
    "UnknownOverrideError": {"key": "a", "nearest": ("b",)},
    "GroupOptionError": {"missing_cfg_file": "optim/x", "options": ["sgd"]},
    "MissingValueError": {"keys": ("a",)},
    "OutputDirError": {"path": "out"},
    "TaskArgumentError": {"missing": ("a",), "nearest": ("b",)},
}
ALSO = {
    "ConfigTypeError": (TypeError, ValidationError),
    "SignatureError": (TypeError,),
    "InvalidTargetError": (TypeError,),
    "UnsupportedValueError": (ValueError, TypeError),
    "ComposeError": (ConfigCompositionException,),
    "ConfigNameError": (ConfigCompositionException, ValueError),
    "ConfigPathError": (ConfigCompositionException, FileNotFoundError),
    "InvalidVersionBaseError": (ConfigCompositionException, ValueError),
    "OverrideTypeError": (ConfigCompositionException, TypeError, ValueError),
    "OverrideSyntaxError": (ConfigCompositionException, OverrideParseException),
    "UnknownOverrideError": (ConfigCompositionException,),
    "OverrideValueError": (ConfigCompositionException, ValidationError),
    "GroupOptionError": (ConfigCompositionException, MissingConfigException),
    "CombinationError": (ConfigCompositionException, ValueError),
    "MissingValueError": (
        ConfigCompositionException,
        MissingMandatoryValue,
        InstantiationException,
    ),
    "TaskFunctionError": (TypeError,),
    "TaskArgumentError": (TypeError, ConfigAttributeError),
    "OutputDirError": (OSError,),
}


def example(name):
    kind = getattr(zenrun.errors, name)
    if name == "OverrideSyntaxError":
        return kind("a=[", "the message", 2)
    if name == "MissingExtraError":
        return kind("an extra", "the message", "something")
    return kind("the message", **EXAMPLES.get(name, {}))


def in_fresh_process(code, stdin=b""):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], input=stdin, capture_output=True, check=True
    ).stdout


@pytest.mark.parametrize("name", zenrun.errors.__all__)
def test_error_is_named_by_the_package(name):
    """An error is known as zenrun.errors.NAME, wherever it is defined, and is of the one root."""
    kind = getattr(zenrun.errors, name)

    assert (kind.__module__, kind.__qualname__) == ("zenrun.errors", name)
    assert issubclass(kind, zenrun.errors.ZenrunError)


@pytest.mark.parametrize("name", ALSO)
def test_error_is_also_of_the_type_that_is_caught_already(name):
    """Code that catches Hydra's, OmegaConf's or Python's error catches zenrun's."""
    for kind in ALSO[name]:
        assert issubclass(getattr(zenrun.errors, name), kind)


def test_errors_arrive_in_another_process():
    """Pickled errors are read by a process that has loaded nothing yet, with their data."""
    sent = [example(name) for name in zenrun.errors.__all__]
    code = (
        "import pickle, sys; errors = pickle.load(sys.stdin.buffer);"
        "told = [(type(e).__name__, str(e), vars(e)) for e in errors];"
        "sys.stdout.buffer.write(pickle.dumps(told))"
    )

    arrived = pickle.loads(in_fresh_process(code, pickle.dumps(sent)))

    assert arrived == [(type(error).__name__, str(error), vars(error)) for error in sent]


def test_errors_shows_its_names_and_no_others():
    """Completion and import * give every error, loaded already or not."""
    code = (
        "import zenrun.errors as e; print(dir(e) == sorted(e.__all__));"
        "space = {}; exec('from zenrun.errors import *', space); space.pop('__builtins__');"
        "print(sorted(space) == sorted(e.__all__))"
    )

    assert in_fresh_process(code).split() == [b"True", b"True"]


def test_errors_of_an_unknown_name_fail_as_python_says_it():
    """An unknown name is an AttributeError, and an ImportError in a from-import."""
    with pytest.raises(AttributeError, match="module 'zenrun.errors' has no attribute 'ConfError'"):
        zenrun.errors.ConfError
    with pytest.raises(ImportError, match="ConfError"):
        exec("from zenrun.errors import ConfError")


def test_errors_that_are_not_of_hydras_types_load_no_hydra():
    """The root, and the errors of Python's types alone, are imported without Hydra."""
    code = (
        "import sys; from zenrun.errors import ZenrunError, ConfigError, SignatureError, JobError;"
        "print({'hydra', 'omegaconf'} & set(sys.modules));"
        "from zenrun.errors import ComposeError; print('hydra' in sys.modules)"
    )

    assert in_fresh_process(code).split() == [b"set()", b"True"]
