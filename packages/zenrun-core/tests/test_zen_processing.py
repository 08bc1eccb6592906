"""`zen_processing`: a target in its wrappers, without meta fields, checked as Hydra checks targets."""

from __future__ import annotations

import functools
import importlib.metadata
import inspect
import logging
import os

import pytest
from hydra.errors import InstantiationException
from hydra.utils import instantiate as hydras_instantiate
from omegaconf import OmegaConf

from zenrun import builds, instantiate, just, make_config
from zenrun.errors import ConfigTypeError
from zenrun.funcs import get_obj, zen_processing

# From 1.4 on a target's own error leaves instantiate as it is.
WRAPS_ERRORS = importlib.metadata.version("hydra-core").startswith("1.3")


def three(a, b: int = 1, c: str = "c"):
    """Give the arguments back."""
    return a, b, c


def failing(a):
    """Fail."""
    raise KeyError(a)


def tagged(function):
    """Be a wrapper."""

    @functools.wraps(function)
    def inner(*args, **kwargs):
        return "tagged", function(*args, **kwargs)

    return inner


def labelled(function, label="label"):
    """Be a wrapper with an argument."""
    return lambda *args, **kwargs: (label, function(*args, **kwargs))


def make_labelled(label):
    """Make a wrapper."""
    return functools.partial(labelled, label=label)


def told(function):
    """Be a wrapper that looks at the function and gives what it saw."""
    return functools.partial(repr, (function, str(inspect.signature(function))))


def broken(function):
    """Be a wrapper that gives nothing."""


class Model:
    def __init__(self, width: int = 1):
        self.width = width

    @classmethod
    def wide(cls, width: int = 9):
        return cls(width)

    def scaled(self, factor):
        return self.width * factor


def path(function):
    return f"{__name__}.{function.__name__}"


# --- called in Python ----------------------------------------------------------------------------


def test_zen_processing_calls_the_target_without_excluded_fields():
    """Positional arguments and keywords arrive, meta fields do not."""
    assert zen_processing(1, b=2, m=3, _zen_target=path(three), _zen_exclude=["m"]) == (1, 2, "c")


def test_zen_processing_wraps_from_the_inside_out():
    """The first wrapper gets the target, each next one what the last gave."""
    made = zen_processing(
        1,
        _zen_target=path(three),
        _zen_wrappers=[path(tagged), None, make_labelled("x")],
    )

    assert made == ("x", ("tagged", (1, 1, "c")))


def test_zen_processing_partial_puts_the_call_off():
    """_zen_partial gives functools.partial of the wrapped target."""
    made = zen_processing(1, _zen_target=path(three), _zen_wrappers=tagged, _zen_partial=True)

    assert isinstance(made, functools.partial)
    assert made(b=4) == ("tagged", (1, 4, "c"))


@pytest.mark.parametrize(
    ("wrappers", "said"),
    [
        (3, "found in _zen_wrappers was 3 of type int"),
        ([tagged, 2.5], "2.5"),
        (broken, "it gave None"),
    ],
)
def test_zen_processing_refuses_what_is_no_wrapper(wrappers, said):
    """What cannot wrap is told with the target that it was to wrap."""
    with pytest.raises(ConfigTypeError) as caught:
        zen_processing(1, _zen_target=path(three), _zen_wrappers=wrappers)

    assert said in str(caught.value)
    assert path(three) in str(caught.value)


def test_zen_processing_refuses_a_target_that_is_no_path():
    """A target stands as its path, in yaml as in Python."""
    with pytest.raises(ConfigTypeError, match="_zen_target"):
        zen_processing(1, _zen_target=three)


# --- instantiated --------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [instantiate, hydras_instantiate])
@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (builds(three, a=1, zen_wrappers=tagged), ("tagged", (1, 1, "c"))),
        (builds(three, 1, zen_meta={"m": 5}), (1, 1, "c")),
        (builds(three, a="${.m}", zen_meta={"m": 5}), (5, 1, "c")),
        (
            builds(three, a=1, zen_wrappers=[tagged, builds(make_labelled, "x")]),
            ("x", ("tagged", (1, 1, "c"))),
        ),
        (
            builds(three, 1, zen_wrappers=builds(labelled, label="y", zen_partial=True)),
            ("y", (1, 1, "c")),
        ),
        (
            builds(three, 1, zen_wrappers="${.m}", zen_meta={"m": just(tagged)}),
            ("tagged", (1, 1, "c")),
        ),
        (
            builds(three, 1, zen_wrappers="${.m}", zen_meta={"m": path(tagged)}),
            ("tagged", (1, 1, "c")),
        ),
        (
            builds(three, builds(three, 1, zen_wrappers=tagged), zen_wrappers=tagged),
            ("tagged", (("tagged", (1, 1, "c")), 1, "c")),
        ),
        (builds(Model.wide, width=3, zen_wrappers=labelled), None),
        (builds(dict, a=1, zen_meta={"b": builds(dict)}), {"a": 1}),
    ],
)
def test_configs_with_wrappers_instantiate(by, config, expected):
    """Both zenrun's and Hydra's instantiate give the wrapped call's result, of types, instances and nodes."""
    for form in (config, config(), OmegaConf.structured(config)):
        made = by(form)
        if expected is None:
            assert made[0] == "label"
            assert made[1].width == 3
        else:
            assert made == expected


def test_configs_with_meta_fields_take_other_values_of_them():
    """A meta field can be given to instantiate, and whoever refers to it sees it."""
    Conf = builds(dict, a="${.s}", b="${.s}", zen_meta={"s": -10})

    assert instantiate(Conf) == {"a": -10, "b": -10}
    assert instantiate(Conf, s=2) == {"a": 2, "b": 2}


def test_configs_with_wrappers_in_the_rest_of_a_config():
    """An interpolation finds a wrapper anywhere in the job's config."""
    Config = make_config(w=tagged, x=builds(three, a=1, zen_wrappers="${w}", hydra_convert="all"))

    label, inner = instantiate(Config).x
    assert (label, list(inner)) == ("tagged", [1, 1, "c"])


@pytest.mark.parametrize(("convert", "kind"), [("none", "ListConfig"), ("all", "list")])
def test_configs_with_wrappers_convert_arguments_as_others_do(convert, kind):
    """hydra_convert holds for the target's arguments."""
    Conf = builds(three, a=[1], zen_wrappers=tagged, hydra_convert=convert)

    assert type(instantiate(Conf)[1][0]).__name__ == kind


def test_configs_with_wrappers_and_without_recursion_still_have_their_wrappers():
    """hydra_recursive=False leaves configs among the arguments alone, and no wrapper out."""
    Conf = builds(
        three,
        a=builds(three, a=1),
        zen_wrappers=[tagged, builds(make_labelled, label="x")],
        hydra_recursive=False,
    )

    label, (tag, (a, _, _)) = instantiate(Conf)
    assert (label, tag, a) == ("x", "tagged", {"_target_": path(three), "a": 1})


def test_wrappers_see_the_target_itself():
    """A wrapper that looks at signatures or hints gets the function, the class or a stand-in with both."""
    assert instantiate(builds(three, zen_wrappers=told)).startswith(f"({three!r}, ")
    assert instantiate(builds(Model, zen_wrappers=told)).startswith(f"({Model!r}, ")
    assert "(width: 'int' = 9)" in instantiate(builds(Model.wide, zen_wrappers=told))


def test_configs_with_wrappers_partially():
    """zen_partial gives a partial that can be called again and again."""
    made = instantiate(builds(three, a=1, zen_wrappers=tagged, zen_meta={"m": 1}, zen_partial=True))

    assert isinstance(made, functools.partial)
    assert made(b=4) == made(b=4) == ("tagged", (1, 4, "c"))


def test_an_error_of_a_wrapped_target_is_told_as_that_of_any_target():
    """What the target raises is in Hydra's error, or is raised as it is."""
    kind = InstantiationException if WRAPS_ERRORS else KeyError
    with pytest.raises(kind, match="oops"):
        instantiate(builds(failing, "oops", zen_wrappers=tagged))


def test_configs_with_wrappers_are_instantiated_the_fast_way(caplog):
    """Hydra is not asked to do the whole call."""
    with caplog.at_level(logging.DEBUG, "zenrun.instantiate"):
        instantiate(builds(three, 1, zen_wrappers=[tagged, tagged], zen_meta={"m": 1}))

    assert caplog.records == []


# --- checks of targets ---------------------------------------------------------------------------

# Whether Hydra refuses them depends on its version, and for some on the arguments.
TARGETS = [
    ("builtins.dict", [], {}),
    (f"{__name__}.three", [1], {}),
    (f"{__name__}.Model", [1], {}),
    ("no.such.target", [], {}),
    ("os.system", ["true"], {}),
    ("subprocess.getoutput", ["true"], {}),
    ("builtins.eval", ["1"], {}),
    ("builtins.exec", ["1"], {}),
    ("builtins.compile", ["1", "x", "eval"], {}),
    ("builtins.__import__", ["os"], {}),
    ("importlib.import_module", ["os"], {}),
    ("builtins.iter", [[1]], {}),
    ("builtins.iter", [builds(len, [1])(), 1], {}),
    ("builtins.getattr", ["abc", "upper"], {}),
    ("builtins.vars", [], {}),
    ("builtins.globals", [], {}),
    ("operator.methodcaller", ["upper"], {}),
    ("operator.attrgetter", ["__globals__"], {}),
    ("pickle.loads", [b"N."], {}),
    ("functools.partial", [just(len)()], {}),
    ("functools.reduce", [just(max)(), [1, 2]], {}),
    ("hydra.utils.get_method", ["os.system"], {}),
    ("hydra.utils.get_method", ["builtins.len"], {}),
    ("zenrun.funcs.get_obj", [], {"path": "os.system"}),
    ("zenrun.funcs.get_obj", [], {"path": "builtins.len"}),
    ("unittest.mock.NonCallableMock", [], {"side_effect": 1}),
    ("unittest.mock.NonCallableMock", [], {"name": "x"}),
    ("unittest.mock.Mock", [], {}),
]


def outcome(config):
    """Give the type of what a config makes, or says that Hydra refuses it; partials are called."""
    try:
        made = instantiate(config)
        if config.get("_partial_") or config.get("_zen_partial"):
            made = made()
        return type(made).__name__
    except Exception as error:
        return "refused" if isinstance(error, InstantiationException) else type(error).__name__


def through(function):
    """Be a wrapper that changes nothing."""
    return function


@pytest.mark.filterwarnings("ignore")  # Hydra warns of partials
@pytest.mark.parametrize(("target", "args", "kwargs"), TARGETS)
@pytest.mark.parametrize("wrappers", [(), f"{__name__}.through"])
def test_what_hydra_refuses_as_a_target_it_refuses_in_wrappers(target, args, kwargs, wrappers):
    """A target that Hydra does not call, or not with these arguments, is not called here either."""
    plain = {"_target_": target, "_args_": args, **kwargs}
    wrapped = {
        "_target_": "zenrun.funcs.zen_processing",
        "_zen_target": target,
        "_zen_wrappers": wrappers,
        "_args_": args,
        **kwargs,
    }

    assert outcome(wrapped) == outcome(plain)
    if outcome({**plain, "_partial_": True}) == "refused":
        assert outcome({**wrapped, "_zen_partial": True}) == "refused"


@pytest.mark.parametrize("wrapper", ["os.system", "builtins.eval", "builtins.exec", "no.such.one"])
def test_what_hydra_refuses_as_a_target_it_refuses_as_a_wrapper(wrapper):
    """A wrapper is called too, so its path is checked as a target's is."""
    plain = {"_target_": wrapper, "_args_": ["1"]}
    wrapped = {
        "_target_": "zenrun.funcs.zen_processing",
        "_zen_target": f"{__name__}.three",
        "_zen_wrappers": [wrapper],
        "a": 1,
    }
    if outcome(plain) == "refused":
        assert outcome(wrapped) == "refused"


def smuggle(function):
    """Be a wrapper that gives something else to call."""
    return os.system


def test_what_hydra_refuses_as_a_result_it_refuses_of_a_wrapper():
    """What a wrapper gives is checked as what any target gives."""
    plain = {"_target_": f"{__name__}.smuggle", "_args_": [1]}
    wrapped = {
        "_target_": "zenrun.funcs.zen_processing",
        "_zen_target": f"{__name__}.three",
        "_zen_wrappers": f"{__name__}.smuggle",
        "_args_": ["true"],
    }
    if outcome(plain) == "refused":
        assert outcome(wrapped) == "refused"


def test_get_obj_and_zen_processing_have_paths_that_stay():
    """These names stand in yaml files."""
    assert instantiate({"_target_": "zenrun.funcs.get_obj", "path": "builtins.len"}) is len
    older = {
        "_target_": "zenrun.funcs.partial",
        "_partial_target_": {"_target_": "zenrun.funcs.get_obj", "path": "builtins.pow"},
        "exp": 2,
    }
    assert instantiate(older)(3) == 9
    assert get_obj.__module__ == zen_processing.__module__ == "zenrun.funcs"
