"""`launch`: hydra-zen's one function for a job and for a sweep, with its meaning of text."""

from __future__ import annotations

import logging

import pytest
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra

from zenrun import _launch, builds, hydra_list, launch, make_config, multirun, zen
from zenrun.errors import (
    ExecutorError,
    InvalidTargetError,
    OverrideSyntaxError,
    OverrideTypeError,
    TaskFunctionError,
)

Config = make_config(a=1, b=2)


@zen
def task(a, b):
    return a, b


def values(*args, **kwargs):
    """Run a sweep and give what its jobs returned."""
    (jobs,) = launch(Config, task, *args, multirun=True, **kwargs)
    return [job.return_value for job in jobs]


def test_launch_gives_a_job_return():
    """One job's JobReturn has hydra-zen's fields, under hydra-zen's names of config and job."""
    job = launch(Config, task, a=3)

    assert (job.return_value, job.cfg, job.overrides) == ((3, 2), {"a": 3, "b": 2}, ["a=3"])
    assert (job.task_name, job.hydra_cfg.hydra.job.config_name) == ("zen_launch", "zen_launch")
    assert job.status.name == "COMPLETED"


def test_launch_of_a_sweep_gives_a_list_of_batches():
    """With multirun=True the basic sweeper's lists of JobReturns come back."""
    batches = launch(Config, task, {"a": multirun([1, 2])}, True)

    assert [[job.return_value for job in batch] for batch in batches] == [[(1, 2), (2, 2)]]
    assert [[job.return_value for job in batch] for batch in launch(Config, task, None, True)] == [
        [(1, 2)]
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,x", [1, "x"]),
        ("choice(1,2)", [1, 2]),
        ("range(0,2)", [0, 1]),
        ("'x,y',[1,2]", ["x,y", [1, 2]]),
        ("5", ["5"]),
    ],
)
def test_launch_sweeps_over_text_that_says_so(text, expected):
    """Text that Hydra's grammar reads as a sweep is one."""
    assert [a for a, _ in values(a=text)] == expected


def test_launch_reads_expressions_and_leaves_other_text_alone():
    """Lists, dicts, interpolations, calls and quotes are the grammar's; any other text is text."""
    given = {
        "list": ("[1,x]", [1, "x"]),
        "dict": ("{x:1}", {"x": 1}),
        "interpolation": ("${number}", 2),
        "quoted": ("'5'", "5"),
        "commas": ('"x,y"', "x,y"),
        "call": ("int('3')", 3),
        "five": ("5", "5"),
        "null": ("null", "null"),
        "true": ("true", "true"),
        "words": ("x y", "x y"),
        "quote": ("it's", "it's"),
        "bracket": ("f(x", "f(x"),
        "opened": ("[1, 2", "[1, 2"),
        "empty": ("", ""),
        "none": (None, None),
        "yes": (True, True),
        "hydra_list": (hydra_list([1, "2"]), [1, "2"]),
        "plain": ([1, "2"], [1, "2"]),
        "nested": ({"x": {"y": "1"}}, {"x": {"y": "1"}}),
    }
    config = {**dict.fromkeys(given), "number": 2}
    everything = zen(lambda **items: items, unpack_kwargs=True, exclude="number")

    by_dict = launch(config, everything, {key: value for key, (value, _) in given.items()})
    by_keyword = launch(config, everything, **{key: value for key, (value, _) in given.items()})

    assert by_dict.return_value == {key: expected for key, (_, expected) in given.items()}
    assert by_keyword.return_value == by_dict.return_value


def test_launch_sweeps_over_the_values_that_are_given():
    """The items of a multirun arrive as they are, text with commas and None among them."""
    given = ["x,y", "5", None, 1.5, hydra_list([1, 2])]

    assert [a for a, _ in values(a=multirun(given))] == given


def test_launch_takes_overrides_together_and_changes_none():
    """A list or a dict comes first, then keywords; what the caller gave is as before."""
    lines, items = ["b=5"], {"b": 5, "+c": 6}

    assert launch(Config, task, lines, a=3).overrides == ["b=5", "a=3"]
    assert launch(Config, task, tuple(lines), a=3).overrides == ["b=5", "a=3"]
    assert launch(Config, task, items, a=3).cfg == {"a": 3, "b": 5, "c": 6}
    assert (lines, items) == (["b=5"], {"b": 5, "+c": 6})


def test_launch_refuses_a_sweep_where_one_job_is_run():
    """A forgotten multirun=True is named."""
    for sweep in ("1,2", multirun([1, 2])):
        with pytest.raises(OverrideSyntaxError, match="launch with multirun=True"):
            launch(Config, task, a=sweep)


def test_launch_hands_on_what_runs_can_do_more():
    """run_options are the further options of hydra_run and hydra_multirun."""
    ended = []

    def failing(cfg):
        if cfg.a == 2:
            raise ValueError("no two")
        return cfg.a

    (jobs,) = launch(
        Config,
        failing,
        a="1,2,3",
        multirun=True,
        run_options={"on_failure": "return", "on_job_end": ended.append},
    )

    assert [job.status.name for job in jobs] == ["COMPLETED", "FAILED", "COMPLETED"]
    assert len(ended) == 3


def test_launch_keeps_every_finished_job_where_one_fails():
    """The exception of a failed job has the JobReturns of the others."""

    def failing(cfg):
        if cfg.a == 2:
            raise ValueError("no two")
        return cfg.a

    with pytest.raises(ValueError, match="no two") as raised:
        launch(Config, failing, a="1,2,3", multirun=True)

    finished = [job for job in raised.value.finished_jobs if job.status.name == "COMPLETED"]
    assert [job.return_value for job in finished] == [1, 3]


def test_launch_takes_keys_that_are_named_like_options_of_runs():
    """Keywords are overrides: `resume`, `timeout` and `executor` of a config stay the config's."""
    config = make_config(resume=None, timeout=1, executor="local")

    job = launch(config, dict, resume="ckpt", timeout=5, executor="cluster")

    assert job.return_value == {"resume": "ckpt", "timeout": 5, "executor": "cluster"}


@pytest.mark.parametrize(
    ("options", "multi", "message"),
    [
        ({"executr": "loky"}, False, "did you mean 'executor'"),
        ({"resume": "last"}, False, "give multirun=True"),
        ({"job_name": "x"}, True, "an argument of launch itself"),
        (["executor"], True, "a dict of options by name"),
        ({"on_failure": "ignore"}, True, "on_failure is one of"),
    ],
)
def test_launch_refuses_options_that_are_none(options, multi, message):
    """Unknown options, those of a sweep for one job, and wrong values are named."""
    with pytest.raises(ExecutorError, match=message):
        launch(Config, task, multirun=multi, run_options=options)


def test_launch_refuses_what_runs_refuse():
    """Tasks, overrides and targets that cannot be are errors before anything runs."""
    with pytest.raises(TaskFunctionError):
        launch(Config, 3)
    with pytest.raises(OverrideTypeError, match="object at"):
        launch(Config, task, a=object())
    with pytest.raises(OverrideTypeError, match="overrides are a list"):
        launch(Config, task, "a=1")
    with pytest.raises(InvalidTargetError):
        launch({"a": builds(dict, f=lambda: 1), "b": 1}, task)


def test_launch_puts_everything_back_and_runs_inside_a_job():
    """Hydra's globals and logging are as before, and a job may launch others."""
    handlers = list(logging.getLogger().handlers)

    outer = launch(Config, lambda cfg: launch(Config, task, a=cfg.a).return_value, a=7)

    assert outer.return_value == (7, 2)
    assert logging.getLogger().handlers == handlers
    assert not GlobalHydra.instance().is_initialized()
    assert "zen_launch.yaml" not in ConfigStore.instance().repo


def test_launch_takes_hydra_zens_arguments_by_position():
    """The order of the arguments is hydra-zen's."""
    job = launch(
        Config,
        zen(lambda zen_cfg: zen_cfg),
        ["+c=1"],
        False,
        "1.3",
        True,
        "my_conf",
        "my_job",
        False,
    )

    assert job.return_value == {"a": 1, "b": 2, "c": 1}
    assert (job.task_name, job.hydra_cfg.hydra.job.config_name) == ("my_job", "my_conf")


def test_launch_with_a_whitelist_asks_hydra_for_it(monkeypatch):
    """Hydra 1.4's execution whitelist holds while the jobs run; an older Hydra has none."""
    import contextlib

    import hydra.utils

    seen = []

    @contextlib.contextmanager
    def allow(whitelist, *, reset):
        seen.append((whitelist, reset))
        yield
        seen.append("left")

    monkeypatch.setattr(hydra.utils, "execution_whitelist", allow, raising=False)
    launch(Config, zen(lambda a, b: seen.append((a, b))), execution_whitelist=["builtins.*"])
    assert seen == [(["builtins.*"], True), (1, 2), "left"]

    monkeypatch.delattr(hydra.utils, "execution_whitelist")
    with pytest.raises(ExecutorError, match="has no execution_whitelist"):
        launch(Config, task, execution_whitelist=[])


def test_launch_is_found_by_its_name_alone():
    """The function stays callable once its module is loaded."""
    assert callable(launch)
    assert launch is _launch.launch
