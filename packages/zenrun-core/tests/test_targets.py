"""Objects and the paths that lead to them."""

from __future__ import annotations

import collections
import functools
import json.decoder
import random
import subprocess
import sys
import textwrap
import types

import pytest

from zenrun import builds, instantiate, just
from zenrun.errors import InvalidTargetError
from zenrun.funcs import get_obj

anonymous = lambda: 1


def outer():
    """Give what no path leads to."""

    def local():
        return 1

    class Local:
        pass

    return local, Local


def doubled(function):
    """Wrap a function as decorators do."""

    @functools.wraps(function)
    def wrapper(*args):
        return 2 * function(*args)

    return wrapper


def plain(x):
    """Give the argument back."""
    return x


@doubled
def decorated(x):
    """Give the argument back, doubled."""
    return x


not_assigned = doubled(plain)


class Model:
    width = 3

    def scaled(self, factor):
        return self.width * factor


def path_of(target):
    """Give the path that a config of the target names."""
    return builds(target)()._target_


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (plain, f"{__name__}.plain"),
        (decorated, f"{__name__}.decorated"),
        (Model.scaled, f"{__name__}.Model.scaled"),
        (dict, "builtins.dict"),
        (len, "builtins.len"),
        (dict.fromkeys, "builtins.dict.fromkeys"),
        (str.join, "builtins.str.join"),
        (collections.OrderedDict, "collections.OrderedDict"),
        (json.decoder.JSONDecoder.decode, "json.decoder.JSONDecoder.decode"),
        (random.random, "random.random"),
        (random.uniform, "random.uniform"),
    ],
)
def test_targets_have_the_path_that_leads_to_them(target, path):
    """The path stands in the config, and following it gives the object."""
    assert path_of(target) == path
    assert get_obj(path=path) == target


@pytest.mark.parametrize(
    "name", ["add", "linalg.norm", "mean", "float64", "random.normal", "ndarray", "array"]
)
def test_targets_whose_module_is_wrong_are_found_where_they_are_public(name, monkeypatch):
    """C extensions name private modules or none; the path is the public one, whoever imports it."""
    numpy = pytest.importorskip("numpy")
    target = functools.reduce(getattr, name.split("."), numpy)
    # A module that sorts and nests before numpy has imported the same function.
    thief = types.ModuleType("aaa")
    setattr(thief, name.rpartition(".")[2], target)
    monkeypatch.setitem(sys.modules, "aaa", thief)

    assert path_of(target) == f"numpy.{name}"
    assert instantiate(just(target)) == target


@pytest.mark.parametrize(
    ("target", "said"),
    [
        pytest.param(anonymous, "lambda", id="lambda"),
        pytest.param(outer()[0], "inside a function", id="local function"),
        pytest.param(outer()[1], "inside a function", id="local class"),
        pytest.param(not_assigned, "does not lead to it", id="wrapped, not assigned"),
        pytest.param(Model().scaled, "belongs to one Model", id="bound method"),
        pytest.param("-".join, "belongs to one str", id="bound builtin method"),
    ],
)
def test_targets_that_no_path_leads_to_are_refused(target, said):
    """What could not be found again is refused when the config is made, with the reason."""
    with pytest.raises(InvalidTargetError) as caught:
        builds(target)

    assert said in str(caught.value)
    assert isinstance(caught.value, TypeError)


def test_targets_that_were_redefined_are_refused(monkeypatch):
    """A function whose name now means another function cannot be named by it."""
    old = plain
    monkeypatch.setitem(globals(), "plain", decorated)

    with pytest.raises(InvalidTargetError, match="redefined"):
        builds(old)


def test_targets_of_a_script_are_found_in_main(tmp_path):
    """Functions and classes of `__main__` are targets, in a script and on standard input."""
    code = textwrap.dedent(
        """
        from zenrun import builds, instantiate
        class Model:
            @classmethod
            def make(cls): return cls()
        def f(x): return x + 1
        assert builds(f)()._target_ == "__main__.f"
        assert instantiate(builds(f, 1)) == 2
        assert isinstance(instantiate(builds(Model.make)), Model)
        print("fine")
        """
    )
    script = tmp_path / "script.py"
    script.write_text(code)
    for args, text in (([str(script)], None), (["-"], code), (["-c", code], None)):
        done = subprocess.run(
            [sys.executable, "-W", "ignore", *args],
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.stdout, done.stderr) == ("fine\n", "")


@pytest.mark.parametrize("path", ["", ".", ".os", "os.", "os..path", "a-b.c", "os path"])
def test_get_obj_refuses_what_is_no_path(path):
    """A text that is no dotted path is an ImportError, as everything that is not found."""
    with pytest.raises(ImportError, match="no dotted path"):
        get_obj(path=path)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("no_such_module_xyz", "no module 'no_such_module_xyz'"),
        ("no_such_module_xyz.a", "no module 'no_such_module_xyz'"),
        ("builtins.no_such", "no_such"),
        ("json.decoder.NoSuch", "NoSuch"),
        ("json.decoder.JSONDecoder.no_such", "no_such"),
    ],
)
def test_get_obj_says_what_was_not_found(path, said):
    """The error names the path and the part that is not there."""
    with pytest.raises(ImportError, match=said) as caught:
        get_obj(path=path)

    assert path in str(caught.value)


def test_get_obj_imports_what_it_needs():
    """Modules on the way are imported; a whole module can be had too."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from zenrun.funcs import get_obj; sys.modules.pop('colorsys', None);"
            "print(get_obj(path='colorsys.rgb_to_hsv').__name__, get_obj(path='colorsys').__name__)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "rgb_to_hsv colorsys\n"


def test_get_obj_shows_a_modules_own_import_error(tmp_path, monkeypatch):
    """A module that is there and fails to import something else is not called missing."""
    (tmp_path / "lacks_something.py").write_text("import no_such_module_xyz\n")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(ModuleNotFoundError, match="No module named 'no_such_module_xyz'"):
        get_obj(path="lacks_something.thing")
