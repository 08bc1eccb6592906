"""Functions that take their arguments from a config: what hydra-zen 0.17 documents, and its slips mended."""

from __future__ import annotations

import asyncio
import contextvars
import copy
import functools
import inspect
import os
import pickle
import random
import subprocess
import sys
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

import cloudpickle
import pytest
from hypothesis import given
from hypothesis import strategies as st
from omegaconf import DictConfig, ListConfig, OmegaConf
from omegaconf.errors import (
    ConfigAttributeError,
    InterpolationKeyError,
    InterpolationToMissingValueError,
    MissingMandatoryValue,
    OmegaConfBaseException,
)

from zenrun import Zen, builds, hydra_multirun, hydra_run, instantiate, make_config, zen
from zenrun.errors import (
    ConfigTypeError,
    MissingValueError,
    TaskArgumentError,
    TaskFunctionError,
)

CONTEXT = contextvars.ContextVar("CONTEXT", default="as before")


def pair(x, y=2):
    """Give both."""
    return x, y


@zen
def decorated(x, y=2):
    return x + y


@dataclass
class Sizes:
    width: int = 1
    heights: list[int] = field(default_factory=lambda: [2, 3])


def kinds(*args, **kwargs):
    return [type(item) for item in (*args, *kwargs.values())]


# --- what a config is ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "config",
    [
        {"x": 1, "more": None},
        OmegaConf.create({"x": 1}),
        make_config(x=1),
        make_config("x")(x=1),
        "x: 1\nmore: ${x}",
        builds(pair, x=1),
    ],
)
def test_zen_takes_arguments_from_every_kind_of_config(config):
    """A dict, a node, a config class, an instance and yaml text are read alike; more is not used."""
    assert zen(pair)(config) == (1, 2)
    assert zen(pair).validate(config) is None


def test_zen_reads_a_file_that_is_given_as_a_path(tmp_path):
    """The Path of a yaml file is a config too."""
    file = tmp_path / "config.yaml"
    file.write_text("x: 5")

    assert zen(pair)(file) == (5, 2)
    with pytest.raises(ConfigTypeError, match="other.yaml"):
        zen(pair)(tmp_path / "other.yaml")


@pytest.mark.parametrize(
    "config", [None, 1, [1], "- 1", "config.yaml", "[1", DictConfig(None), DictConfig("???")]
)
def test_zen_refuses_what_is_no_config(config):
    """What has no keys is refused, by validate as well."""
    with pytest.raises(ConfigTypeError):
        zen(pair)(config)
    with pytest.raises(ConfigTypeError):
        zen(pair).validate(config)


# --- what the function receives ----------------------------------------------------------------


@given(
    config=st.dictionaries(
        st.sampled_from(["a", "b", "c", "d", "other"]), st.integers() | st.booleans() | st.none()
    ),
    exclude=st.sets(st.sampled_from(["b", "d", "other"])),
)
def test_zen_calls_as_the_config_says_and_else_by_default(config, exclude):
    """Each parameter has the config's value, or its own default; required ones are asked for."""

    def func(a, /, b="b", *, c, d="d"):
        return a, b, c, d

    wanted = {key: value for key, value in config.items() if key not in exclude}
    if not {"a", "c"} <= wanted.keys():
        with pytest.raises(TaskArgumentError) as raised:
            zen(func, exclude=exclude)(config)
        assert raised.value.missing == tuple(key for key in "ac" if key not in config)
    else:
        expected = (wanted["a"], wanted.get("b", "b"), wanted["c"], wanted.get("d", "d"))
        assert zen(func, exclude=exclude)(config) == expected


def test_zen_instantiates_what_it_takes_and_nothing_else():
    """Configs with a target become objects, nested ones too; what is not taken is left alone."""
    config = {
        "x": [builds(int, "3")],
        "y": {"z": builds(int, "${w}")},
        "w": 4,
        "no": builds(int, "a"),
    }

    assert zen(pair)(config) == ([3], {"z": 4})


def test_zen_gives_plain_containers_and_instances_of_dataclasses():
    """Lists and dicts arrive as such, whatever held them, and structured configs as objects."""
    config = {"a": [1, {"b": [2]}], "c": {}, "d": Sizes(5), "e": [Sizes], "f": Path("x"), "g": (1,)}

    got = zen(lambda **items: items, unpack_kwargs=True)(config)

    assert got == {**config, "e": [Sizes()], "g": [1]}
    assert type(got["a"]) is list
    assert type(got["a"][1]["b"]) is type(got["d"].heights) is list
    assert type(got["c"]) is dict


def test_zen_leaves_to_targets_what_they_receive():
    """Inside of a config with a target its own conversion holds, as in instantiate."""
    config = {"x": builds(kinds, [1], a={}), "y": builds(kinds, [1], a={}, hydra_convert="all")}

    assert zen(pair)(config) == ([ListConfig, DictConfig], [list, dict])


def test_zen_takes_keys_that_are_named_like_methods():
    """`keys`, `items` and `pop` of a config are its values, not DictConfig's methods."""
    assert zen(lambda keys, items=3: (keys, items))({"keys": 1}) == (1, 3)
    with pytest.raises(TaskArgumentError, match="no 'keys'"):
        zen(lambda keys: keys).validate({"key": 1})


def test_zen_passes_the_items_of_args_to_a_variadic_parameter():
    """`_args_` goes to *args, after what has names; nowhere else."""
    func = lambda a, b=2, *args, c=3, **more: (a, b, args, c, more)
    config = {"a": 1, "_args_": [5, builds(int, "6")], "c": 4}

    assert zen(func)(config) == (1, 2, (5, 6), 4, {})
    assert zen(func, unpack_kwargs=True)({**config, "d": 7}) == (1, 2, (5, 6), 4, {"d": 7})
    assert zen(func)({"a": 1, "args": [5], "more": {"x": 1}}) == (1, 2, (), 3, {})


def test_zen_unpacks_the_rest_into_keywords_when_asked():
    """With unpack_kwargs the keys that nobody else takes go to **kwargs, but for excluded ones."""
    func = lambda a, **rest: (a, rest)
    config = {"a": 1, "b": builds(int, "2"), "c": "${b}", "zen_cfg": 3, 4: 5}

    assert zen(func)(config) == (1, {})
    assert zen(func, unpack_kwargs=True)(config) == (1, {"b": 2, "c": 2, "zen_cfg": 3})
    assert zen(func, unpack_kwargs=True, exclude="zen_cfg, c")(config) == (1, {"b": 2})
    assert zen(pair, unpack_kwargs=True)({"x": 1, "z": 3}) == (1, 2)


def test_zen_gives_the_whole_config_where_it_is_asked_for():
    """`zen_cfg`, or what CFG_NAME of a subclass says, receives all of the config, resolved."""

    class Whole(Zen):
        CFG_NAME = "config"

    config = OmegaConf.create({"x": 1, "y": "${x}", "z": builds(int, "3")})
    plain = {"x": 1, "y": 1, "z": {"_target_": "builtins.int", "_args_": ["3"]}}

    got = zen(lambda x, zen_cfg=None: zen_cfg)(config)
    named = zen(lambda config, zen_cfg=7: (config, zen_cfg), ZenWrapper=Whole)(config)

    assert OmegaConf.to_container(got, resolve=False) == plain
    assert named == (plain, 7)
    assert config.y == 1
    assert OmegaConf.to_container(config, resolve=False)["y"] == "${x}"


def test_zen_resolves_by_what_is_around_a_config():
    """A part of a config keeps its interpolations to the whole."""
    config = OmegaConf.create({"part": {"x": "${top}", "y": [1, "${.0}"]}, "top": 4})

    assert zen(pair)(config.part) == (4, [1, 1])
    assert zen(pair, pre_call=len)(config.part) == (4, [1, 1])


def test_zen_changes_nothing_around_a_part_of_a_config():
    """What a part's interpolations lead to is resolved in a copy, and in lists as well."""
    config = OmegaConf.create(
        {"parts": [{"x": "${top}", "y": builds(int, "${top.a}")}], "top": {"a": "${b}"}, "b": 3}
    )
    before = OmegaConf.to_container(config, resolve=False)

    assert zen(pair, pre_call=len)(config.parts[0]) == ({"a": 3}, 3)
    assert instantiate(config.parts[0], _target_wrapper_=lambda target: target) == {
        "x": {"a": 3},
        "y": 3,
    }
    assert OmegaConf.to_container(config, resolve=False) == before


def test_zen_resolves_what_it_takes_once():
    """Two keys that lead to one resolver have one value, and read-only configs are fine."""
    OmegaConf.register_new_resolver("test_zen_number", random.random)
    config = OmegaConf.create({"x": "${test_zen_number:}", "y": "${x}"})
    OmegaConf.set_readonly(config, True)

    first, second = zen(pair)(config)

    assert first == second
    assert OmegaConf.is_interpolation(config, "x")


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["text", "???", b"x", Path("x")])
    | st.sampled_from(["${a}", "${b}", "${.c}", "${a}-${c}", "${b.a}", "${c.0}"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(config=st.dictionaries(st.sampled_from("abc"), VALUES, min_size=1))
def test_zen_resolves_as_omegaconf_does(config):
    """The whole config that a function receives is what OmegaConf.resolve makes of it."""
    node = OmegaConf.create(config)
    wanted = copy.deepcopy(node)
    try:
        OmegaConf.resolve(wanted)
    except InterpolationToMissingValueError:
        return  # OmegaConf 2.4 alone; such are left as they are
    except (OmegaConfBaseException, RecursionError) as error:
        with pytest.raises(type(error)):
            zen(lambda zen_cfg: zen_cfg)(node)
        return

    got = zen(lambda zen_cfg: zen_cfg)(node)

    assert OmegaConf.to_container(got) == OmegaConf.to_container(wanted)
    assert OmegaConf.to_yaml(node) == OmegaConf.to_yaml(OmegaConf.create(config))


def test_zen_lets_an_interpolation_be_that_nobody_needs():
    """An interpolation that leads nowhere fails where it is needed: in a value or the whole."""
    config = {"x": "${y}", "y": 1, "lost": "${nowhere}"}

    assert zen(pair)(config) == (1, 1)
    for func in (lambda lost: lost, lambda zen_cfg: zen_cfg):
        with pytest.raises(InterpolationKeyError, match="nowhere"):
            zen(func)(config)


# --- functions -----------------------------------------------------------------------------------


class Model:
    def __init__(self, x):
        self.x = x

    def method(self, y):
        return self.x, y

    def __call__(self, z):
        return self.x, z


def test_zen_wraps_whatever_tells_its_signature():
    """Classes, methods, partials and objects that can be called are taken as functions are."""
    config = {"x": 1, "y": 2, "z": 3}

    assert zen(Model)(config).x == 1
    assert zen(Model(5).method)(config) == (5, 2)
    assert zen(Model(5))(config) == (5, 3)
    assert zen(functools.partial(pair, 7))(config) == (7, 2)
    assert zen(functools.partial(pair, y=7))({"x": 1}) == (1, 7)


def test_zen_is_a_decorator_with_options_and_without():
    """`@zen` and `@zen(...)` both give a Zen, which shows what it wraps."""
    func = zen(unpack_kwargs=True)(lambda a, **rest: rest)

    assert decorated({"x": 1}) == 3
    assert decorated.func(2, y=3) == 5
    assert func({"a": 1, "b": 2}) == {"b": 2}
    assert repr(zen(pair)) == "zen[pair(x, y)](cfg, /)"
    assert list(zen(pair).parameters) == ["x", "y"]
    assert (zen(pair).__name__, zen(pair).__doc__, zen(pair).__wrapped__) == (
        "pair",
        "Give both.",
        pair,
    )
    assert str(inspect.signature(zen(pair))) == "(cfg, /)"


def test_zen_of_an_async_function_gives_its_coroutine():
    """The config is read at once, and the function runs when it is awaited, in the awaiter's context."""

    async def func(x):
        await asyncio.sleep(0)
        return x, CONTEXT.get()

    async def main():
        CONTEXT.set("of main")
        return await asyncio.gather(*(zen(func)({"x": builds(int, str(n))}) for n in range(3)))

    assert asyncio.run(main()) == [(0, "of main"), (1, "of main"), (2, "of main")]


def test_zen_in_context_leaves_context_variables_alone():
    """With run_in_context what the function and pre_call set is gone when the call ends."""
    set_it = lambda value: CONTEXT.set(value) and CONTEXT.get()

    assert zen(set_it, run_in_context=True)({"value": "inside"}) == "inside"
    zen(pair, run_in_context=True, pre_call=lambda cfg: CONTEXT.set("pre"))({"x": 1})
    assert CONTEXT.get() == "as before"
    contextvars.copy_context().run(lambda: zen(set_it)({"value": "inside"}))
    token = CONTEXT.set("as before")
    zen(set_it)({"value": "outside"})
    assert CONTEXT.get() == "outside"
    CONTEXT.reset(token)


# --- before the call ------------------------------------------------------------------------------


def test_zen_calls_pre_calls_in_their_order_before_anything_is_made():
    """pre_call seeds what the config draws: it comes before the first value is instantiated."""
    order = []
    config = {"seed": 3, "x": builds(random.randint, 0, 10**9)}
    seeded = zen(pair, pre_call=[lambda cfg: order.append(1), lambda cfg: random.seed(cfg.seed)])

    assert seeded(config) == seeded(config)
    assert order == [1, 1]
    assert zen(pair, pre_call=zen(lambda seed: random.seed(a=seed)))(config) == seeded(config)


@pytest.mark.parametrize(("early", "seen", "result"), [(True, 1, (9, 1)), (False, 9, (9, 9))])
def test_zen_resolves_before_pre_call_or_after_it(early, seen, result):
    """resolve_pre_call says what the interpolation of a value that pre_call changes gives."""

    def change(cfg):
        assert OmegaConf.is_interpolation(cfg, "y") is not early
        cfg.x = 9

    config = OmegaConf.create({"x": 1, "y": "${x}"})

    assert zen(pair, pre_call=change, resolve_pre_call=early)(config) == result
    assert OmegaConf.to_container(config, resolve=False) == {"x": 1, "y": "${x}"}


def test_zen_as_pre_call_may_change_the_config():
    """What a wrapped pre_call changes in zen_cfg holds for the function too."""

    def change(zen_cfg):
        zen_cfg.x = 9

    assert zen(pair, pre_call=zen(change))({"x": "${y}", "y": 1}) == (9, 1)


# --- wrapping and subclasses --------------------------------------------------------------------


def test_zen_wraps_every_target_and_the_function():
    """instantiation_wrapper sees the function and all targets that are called for it."""
    seen = []

    def wrapper(target):
        @functools.wraps(target)
        def inner(*args, **kwargs):
            seen.append((target, args, kwargs))
            return target(*args, **kwargs)

        return inner

    assert zen(pair, instantiation_wrapper=wrapper)({"x": builds(int, "4"), "y": 3}) == (4, 3)
    assert seen == [(int, ("4",), {}), (pair, (), {"x": 4, "y": 3})]


def test_zen_subclass_says_how_values_are_instantiated():
    """A subclass's instantiate gets each value that is a config or a list, and may do as it likes."""

    class Counting(Zen):
        def instantiate(self, value, /):
            assert isinstance(value, (DictConfig, ListConfig))
            return "made", super().instantiate(value)

    wrapped = zen(ZenWrapper=Counting)(lambda x, y, z: (x, y, z))

    assert type(wrapped) is Counting
    assert wrapped({"x": builds(int, "1"), "y": [1], "z": 5}) == (("made", 1), ("made", [1]), 5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"unpack_kwargs": "yes"}, "unpack_kwargs is True or False; given was 'yes'"),
        ({"resolve_pre_call": None}, "resolve_pre_call is True or False"),
        ({"run_in_context": 1}, "run_in_context is True or False"),
        ({"pre_call": 3}, "3 of type int cannot be called"),
        ({"pre_call": [len, "x"]}, "'x' of type str cannot be called"),
        ({"exclude": 3}, "exclude names parameters"),
        ({"exclude": ["x", 3]}, "exclude names parameters"),
        ({"instantiation_wrapper": 3}, "instantiation_wrapper is called with each target"),
        ({"ZenWrapper": int}, "ZenWrapper is a subclass of Zen; given was <class 'int'>"),
        ({"ZenWrapper": 3}, "ZenWrapper is a subclass of Zen"),
    ],
)
def test_zen_refuses_wrong_options_when_it_wraps(options, message):
    """A wrong option is found where it is written, not in the first job."""
    with pytest.raises(TaskFunctionError, match=message):
        zen(pair, **options)


def test_zen_refuses_what_it_cannot_wrap():
    """No function, no signature, and an async function in a context of its own are refused."""

    async def func():
        pass

    with pytest.raises(TaskFunctionError, match="3 of type int cannot be called"):
        zen(3)
    with pytest.raises(TaskFunctionError, match="tells no signature"):
        zen(dict)
    for refused in (func, functools.partial(func)):
        with pytest.raises(TaskFunctionError, match="run_in_context"):
            zen(refused, run_in_context=True)


# --- errors -----------------------------------------------------------------------------------------


def test_zen_names_what_a_config_lacks():
    """The error has the function, all that is missing, the nearest keys, and what there is."""

    def train(model, learning_rate, steps=3):
        raise AssertionError

    for refuse in (zen(train), zen(train).validate):
        with pytest.raises(TaskArgumentError) as raised:
            refuse({"lerning_rate": 1, "seed": 2})
        assert str(raised.value).startswith(
            "train(model, learning_rate, steps) cannot be called with this config, which has no "
            "'model', no 'learning_rate' (did you mean 'lerning_rate'?). It has lerning_rate, seed."
        )
        assert raised.value.missing == ("model", "learning_rate")
        assert raised.value.nearest == ("lerning_rate",)
        assert isinstance(raised.value, (TypeError, ConfigAttributeError))
    with pytest.raises(TaskArgumentError, match="It has no keys at all"):
        zen(train)({})


def test_zen_names_every_mandatory_value_that_was_not_given():
    """`???` is an error for a parameter that the config has, with a default or without."""
    config = make_config("x", "y")

    for refuse in (zen(pair), zen(pair).validate):
        with pytest.raises(
            MissingValueError, match=r"pair\(x, y\) needs x, y: mandatory"
        ) as raised:
            refuse(config)
        assert raised.value.keys == ("x", "y")
        assert isinstance(raised.value, MissingMandatoryValue)
    with pytest.raises(MissingValueError, match=r"needs x"):
        zen(lambda x=1: x)({"x": "${y}", "y": "???"})


def test_zen_validate_asks_for_what_pre_calls_need():
    """Validate looks through wrapped pre_calls, calls nothing and instantiates nothing."""
    refuse = zen(pair, pre_call=[len, zen(lambda seed: 1 / 0)]).validate

    assert refuse({"x": builds(int, "no number"), "seed": 1}) is None
    with pytest.raises(TaskArgumentError, match="no 'seed'"):
        refuse({"x": 1})


def test_zen_refuses_to_exclude_what_has_no_default():
    """A required parameter in exclude can never be given."""
    with pytest.raises(TaskArgumentError, match="'x' is in exclude, and has no default"):
        zen(pair, exclude="x,y").validate({"x": 1})


# --- as a task ------------------------------------------------------------------------------------------


def test_zen_is_a_task_function():
    """hydra_run and hydra_multirun call it with the job's config, which is not changed."""
    config = make_config(x=builds(int, "${number}"), y=[1], number=3)
    task = zen(pair)

    job = hydra_run(config, task, {"number": 5})
    (jobs,) = hydra_multirun(config, task, ["number=6,7"])

    assert job.return_value == (5, [1])
    assert OmegaConf.to_container(job.cfg, resolve=False)["x"]["_args_"] == ["${number}"]
    assert [item.return_value for item in jobs] == [(6, [1]), (7, [1])]


def test_zen_in_a_job_says_what_the_config_lacks():
    """The error of a job is the one of the call."""
    with pytest.raises(TaskArgumentError, match="no 'x' .did you mean 'xx'"):
        hydra_run({"xx": 1}, zen(pair))
    with pytest.raises(MissingValueError, match="needs x"):
        hydra_run({"x": "???"}, zen(pair))


def test_zen_goes_to_workers():
    """Lambdas, pre_calls and decorated functions run in processes of loky's."""
    pytest.importorskip("loky")
    task = zen(lambda x, pid: (x, pid), pre_call=lambda cfg: cfg.update(x=cfg.x + 10))
    (jobs,) = hydra_multirun(
        {"x": 1, "pid": builds(os.getpid)}, task, ["x=1,2"], executor="loky", concurrent=1
    )
    values = [item.return_value for item in jobs]

    assert [x for x, _ in values] == [11, 12]
    assert all(pid != os.getpid() for _, pid in values)


@pytest.mark.parametrize("dumps", [pickle.dumps, cloudpickle.dumps])
def test_zen_pickles(dumps):
    """A Zen of a function comes back whole, also where the decorated name is the function's own."""
    again = pickle.loads(dumps(zen(pair, exclude="y", pre_call=len)))

    assert again({"x": 1, "y": 5}) == (1, 2)
    assert pickle.loads(dumps(decorated)) is decorated or dumps is cloudpickle.dumps
    assert pickle.loads(dumps(decorated))({"x": 1}) == 3


def test_zen_pickles_by_value_where_the_name_leads_nowhere():
    """Cloudpickle sends decorated functions of __main__ and of modules sent by value as they are."""
    module = sys.modules[__name__]
    local = zen(lambda x: x + 1)
    cloudpickle.register_pickle_by_value(module)
    try:
        assert pickle.loads(cloudpickle.dumps(decorated)) is not decorated
        assert pickle.loads(cloudpickle.dumps(local))({"x": 1}) == 2
    finally:
        cloudpickle.unregister_pickle_by_value(module)


def test_zen_loads_no_hydra_before_it_is_called():
    """To decorate functions costs no import."""
    code = (
        "import sys; from zenrun import zen; f = zen(lambda x: x, pre_call=print, exclude='y');"
        "print({'hydra', 'omegaconf'} & set(sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"


# --- as an app ----------------------------------------------------------------------------------------------

APP = """
    import functools
    from zenrun import zen

    def task(x, y, z=1):
        print("sum", x + y + z)

    if __name__ == "__main__":
        zen(functools.partial(task, z=2), pre_call=lambda cfg: print("pre", cfg.x)).hydra_main(
            config_path="conf", config_name="app"
        )
"""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["x=3"], ["pre 3", "sum 11"]),
        (["--multirun", "x=3,4"], ["pre 3", "sum 11", "pre 4", "sum 12"]),
    ],
)
def test_zen_is_an_app(tmp_path, arguments, said):
    """hydra_main runs the function with the arguments of the command line, its yaml beside its file."""
    (tmp_path / "app.py").write_text(textwrap.dedent(APP))
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/app.yaml").write_text("x: 5\ny: 6\n")

    done = subprocess.run(
        [sys.executable, str(tmp_path / "app.py"), *arguments, "hydra/hydra_logging=disabled"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == ""
    assert done.stdout.splitlines() == said


def test_zen_app_refuses_options_that_hydra_does_not_have():
    """An unknown option of hydra_main is named, with those there are."""
    with pytest.raises(TaskFunctionError, match="no option 'config_nam'.*config_name"):
        zen(pair).hydra_main(config_nam="app")


# --- instantiate's own wrapper -------------------------------------------------------------------------


def doubled(target):
    @functools.wraps(target)
    def inner(*args, **kwargs):
        result = target(*args, **kwargs)
        return 2 * result if isinstance(result, int) else result

    return inner


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (builds(dict, a=builds(int, 3)), {"a": 6}),
        (
            {"_target_": "builtins.dict", "a": [{"_target_": "builtins.int", "_args_": [3]}]},
            {"a": [6]},
        ),
        (
            OmegaConf.create({"a": {"_target_": "builtins.int", "_args_": ["${b}"]}, "b": 4}),
            {"a": 8, "b": 4},
        ),
        (make_config(a="${b}", b=builds(int, 4)), {"a": 8, "b": 8}),
        ([builds(int, 5)], [10]),
        ({"_target_": "${b}", "b": "builtins.dict"}, {"b": "builtins.dict"}),
    ],
)
def test_instantiate_wraps_every_target(config, expected):
    """_target_wrapper_ is put around each target, wherever in the config it stands."""
    before = (
        OmegaConf.to_container(OmegaConf.structured(config)) if isinstance(config, dict) else None
    )

    assert instantiate(config, _target_wrapper_=doubled) == expected
    assert before is None or OmegaConf.to_container(OmegaConf.structured(config)) == before


def test_instantiate_wraps_targets_of_arguments_and_partials():
    """Targets in keyword arguments are wrapped, and what a partial calls is."""
    config = builds(dict, a=1)

    assert instantiate(config, b=builds(int, 3), _target_wrapper_=doubled) == {"a": 1, "b": 6}
    assert instantiate(builds(int, zen_partial=True), _target_wrapper_=doubled)("4") == 8


def test_instantiate_wraps_nothing_that_it_does_not_call():
    """Where _recursive_ is false the configs inside are handed on as they are."""
    config = builds(dict, a=builds(int, 3), hydra_recursive=False, hydra_convert="all")

    made = instantiate(config, _target_wrapper_=doubled)

    assert made == {"a": {"_target_": "builtins.int", "_args_": [3]}}


def test_instantiate_with_a_wrapper_asks_hydra_about_targets():
    """What Hydra refuses as a target is refused in the same words."""
    from hydra.errors import InstantiationException

    with pytest.raises(InstantiationException, match="no_such_module"):
        instantiate({"a": {"_target_": "no_such_module.f"}}, _target_wrapper_=doubled)
