"""Zipped overrides, several grids, conditions and repeats, beside plain Python's zip and itertools."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import pytest
from hydra.core.config_store import ConfigStore
from hydra.core.plugins import Plugins
from hydra.plugins.sweeper import Sweeper
from hypothesis import example, given, settings
from hypothesis import strategies as st

import zenrun.launchers._sweep_run
from zenrun import (
    grids,
    hydra_multirun,
    hydra_run,
    launch,
    load_sweep,
    make_config,
    multirun,
    repeat,
    zipped,
)
from zenrun.errors import (
    CombinationError,
    ComposeError,
    OverrideTypeError,
    ResumeError,
    UnknownOverrideError,
)
from zenrun.sweep._where import Condition

CONFIG = dict.fromkeys("abcdefgh", -1)
SWEEPER = "hydra/sweeper=combinations"


def show(cfg):
    return dict(cfg)


def values(batches):
    return [[job.return_value for job in batch] for batch in batches]


def overrides_of(batches):
    return [list(job.overrides) for batch in batches for job in batch]


# --- every sweep is what zip and itertools make of it ----------------------------------------------

numbers = st.lists(st.integers(0, 5), min_size=1, max_size=3)


@st.composite
def sweeps(draw, keys):
    """Draw a dict override, and for each of its keys what it does: values, or how it steps."""
    lengths = {name: draw(st.integers(1, 3)) for name in ("", "other")}
    made = {}
    for key in draw(st.lists(st.sampled_from(keys), max_size=4, unique=True)):
        kind = draw(st.sampled_from(["fixed", "multirun", "zipped", "other", "repeat"]))
        if kind == "fixed":
            made[key] = draw(st.integers(0, 5))
        elif kind == "multirun":
            made[key] = multirun(draw(numbers))
        elif kind == "repeat":
            made[key] = repeat(draw(st.integers(1, 2)))
        else:
            name = "" if kind == "zipped" else "other"
            size = lengths[name]
            made[key] = zipped(
                draw(st.lists(st.integers(0, 5), min_size=size, max_size=size)), name
            )
    return made


def combined(sweep):
    """Give the combinations of a dict override: by zip and itertools.product."""
    axes, fast, done = [], [], set()
    for key, value in sweep.items():
        if isinstance(value, repeat):
            fast.append([{key: number} for number in value])
        elif isinstance(value, zipped):
            if value.name in done:
                continue
            done.add(value.name)
            together = {
                other: item
                for other, item in sweep.items()
                if isinstance(item, zipped) and item.name == value.name
            }
            rows = zip(*together.values(), strict=True)
            axes.append([dict(zip(together, row, strict=True)) for row in rows])
        elif isinstance(value, multirun):
            axes.append([{key: item} for item in value])
        else:
            axes.append([{key: value}])
    for parts in itertools.product(*axes, *fast):
        yield {key: item for part in parts for key, item in part.items()}


@settings(max_examples=settings().max_examples // 5)  # each is a sweep
@given(
    st.lists(sweeps("abcd"), min_size=1, max_size=2),
    st.dictionaries(st.sampled_from("ef"), numbers.map(multirun), max_size=1),
    st.integers(1, 4),
)
def test_sweep_is_what_zip_and_itertools_make_of_it(several, common, modulus):
    """Any mixture of the kinds of values, one grid or two, with a condition as function and as text."""
    if len(several) > 1:  # what they have in common comes first
        asked = grids(*several)
        expected = [job for sweep in several for job in combined({**common, **sweep})]
    else:  # as a dict's keys come before keywords
        asked = several[0]
        expected = list(combined({**asked, **common}))
    kept = [job for job in expected if sum(job.values()) % modulus == 0]

    def where(overrides):
        return sum(overrides.values()) % modulus == 0

    if not kept:
        with pytest.raises(CombinationError, match="leaves none of its"):
            hydra_multirun(CONFIG, show, asked, where=where, **common)
        return
    (jobs,) = hydra_multirun(CONFIG, show, asked, where=where, **common)

    assert values([jobs]) == [[{**CONFIG, **job} for job in kept]]


def test_settings_of_the_command_line_do_what_the_values_do():
    """hydra.sweeper.zip, grids, where and repeat give the jobs that Python's values give."""
    by_values = hydra_multirun(
        CONFIG,
        show,
        grids(
            {"a": zipped([1, 2, 3]), "b": zipped([4, 5, 6]), "c": multirun([7, 8])},
            {"a": 9, "d": 1},
        ),
        where="a != 2 and (c is None or c < 8)",
        e=repeat(2),
    )
    by_settings = hydra_multirun(
        CONFIG,
        show,
        [
            SWEEPER,
            "hydra.sweeper.zip=[[a,b]]",
            "hydra.sweeper.grids=[{a:'1,2,3',b:'range(4,7)',c:'choice(7,8)'},['a=9','d=1']]",
            "hydra.sweeper.where='a != 2 and (c is None or c < 8)'",
            "hydra.sweeper.repeat={e:2}",
        ],
    )

    expected = [(1, 4, 7), (3, 6, 7), (9, -1, -1)]
    found = [(job["a"], job["b"], job["c"]) for job in values(by_values)[0]]
    assert found == [item for item in expected for _ in range(2)]
    assert values(by_settings) == values(by_values)


def test_settings_may_stand_in_the_config():
    """A config chooses the sweeper in its defaults list, and says what it does in its hydra node."""
    config = make_config(
        a=0,
        b=0,
        seed=0,
        hydra_defaults=["_self_", {"override hydra/sweeper": "combinations"}],
        hydra={"sweeper": {"params": {"a": "1,2", "b": "3,4"}, "zip": ["a", "b"]}},
    )

    (jobs,) = hydra_multirun(
        config, lambda cfg: (cfg.a, cfg.b, cfg.seed), {"seed": repeat(2)}, where="a + seed < 3"
    )
    assert [job.return_value for job in jobs] == [(1, 3, 0), (1, 3, 1), (2, 4, 0)]


def test_launch_takes_the_same_values():
    """hydra-zen's function combines as hydra_multirun does, with its text as Hydra's grammar."""
    pairs = {"a": zipped([1, 2]), "b": zipped([3, 4]), "c": "5,6"}

    (jobs,) = launch(
        CONFIG, show, pairs, multirun=True, d=repeat(2), run_options={"where": "a + d < 3"}
    )
    shown = [tuple(job.return_value[key] for key in "abcd") for job in jobs]
    assert shown == [
        (1, 3, 5, 0),
        (1, 3, 5, 1),
        (1, 3, 6, 0),
        (1, 3, 6, 1),
        (2, 4, 5, 0),
        (2, 4, 6, 0),
    ]
    (jobs,) = launch(CONFIG, show, grids(pairs, ["a=7,8"]), multirun=True, c=9, d="1,2")
    shown = [tuple(job.return_value[key] for key in "abcd") for job in jobs]
    first = [(a, b, c, d) for c in (5, 6) for d in (1, 2) for a, b in [(1, 3), (2, 4)]]
    assert shown == [*first, *((a, -1, 9, d) for d in (1, 2) for a in (7, 8))]
    with pytest.raises(OverrideTypeError, match="hydra_run runs one job"):
        launch(CONFIG, show, grids(pairs))


def test_repeat_without_a_key_runs_the_same_job_again():
    """hydra.sweeper.repeat=2 runs each job twice, one after the other, with a folder each."""
    (jobs,) = hydra_multirun(CONFIG, show, [SWEEPER, "a=1,2", "hydra.sweeper.repeat=2"])

    assert overrides_of([jobs]) == [["a=1"], ["a=1"], ["a=2"], ["a=2"]]
    assert len({job.hydra_cfg.hydra.runtime.output_dir for job in jobs}) == 4


def test_zipped_config_groups_and_new_keys_step_together():
    """Choices of groups, keys with +, and values of any kind are zipped like any other."""
    for name in ("sgd", "adam"):
        ConfigStore.instance().store(group="net/optim", name=name, node={"name": name})
    config = make_config(net=None)

    (jobs,) = hydra_multirun(
        config,
        lambda cfg: (cfg.net.optim.name, cfg.new),
        {"+net/optim": zipped(["sgd", "adam", "sgd"]), "+new": zipped([[1, 2], "a, b", None])},
        where="net.optim != 'adam' or new == 'x'",
    )
    assert [job.return_value for job in jobs] == [("sgd", [1, 2]), ("sgd", None)]
    (jobs,) = hydra_multirun(
        config,
        lambda cfg: (cfg.net.optim.name, cfg.new),
        [SWEEPER, "+net/optim=glob(*)", "+new=1,2", "hydra.sweeper.zip=[net/optim,new]"],
    )
    assert [job.return_value for job in jobs] == [("adam", 1), ("sgd", 2)]


def test_overrides_of_one_key_do_what_they_do_in_a_single_run():
    """Dicts are merged, where Hydra's basic sweeper drops the first; of others the last is there."""
    overrides = ["+x={p:1},{p:2}", "+x={q:3},{q:4}", "a=1", "a=5", "~b"]

    (jobs,) = hydra_multirun(CONFIG, lambda cfg: (cfg.x, cfg.a, "b" in cfg), [SWEEPER, *overrides])

    expected = [({"p": p, "q": q}, 5, False) for p in (1, 2) for q in (3, 4)]
    assert [job.return_value for job in jobs] == expected


def test_combinations_without_settings_are_hydras():
    """The sweeper with nothing to combine gives the jobs of the basic one, in the same order."""
    overrides = ["b=range(2)", "a=1,2", "b=5,6", "c=7"]

    made = hydra_multirun(CONFIG, show, [SWEEPER, *overrides])

    assert overrides_of(made) == overrides_of(hydra_multirun(CONFIG, show, overrides))


# --- how many there are, batches, going on ---------------------------------------------------------


@pytest.mark.parametrize("size", [None, 3])
def test_jobs_are_counted_before_the_first_runs(size, capsys, monkeypatch):
    """The log says how many jobs there are and why, and so does the progress bar, over all batches."""
    totals = []
    made = zenrun.launchers._sweep_run.progress_view

    def noted(wanted, total, log):
        view = made(wanted, total, log)
        view.add_total = totals.append
        totals.append(total)
        return view

    monkeypatch.setattr(zenrun.launchers._sweep_run, "progress_view", noted)
    asked = {"a": multirun([1, 2, 3]), "b": repeat(2)}
    asked |= {} if size is None else {"hydra.sweeper.max_batch_size": size}

    batches = hydra_multirun(CONFIG, lambda cfg: print("JOB", cfg.a), asked, where="a != 2")

    lines = [
        line.partition("] ")[2] or line
        for line in capsys.readouterr().out.splitlines()
        if "#" not in line
    ]
    assert lines[0].endswith("The sweep has 4 jobs: 6 combinations, 2 left out by where")
    assert [len(batch) for batch in batches] == ([4] if size is None else [3, 1])
    launched = [line.split("Launching ")[1].split()[0] for line in lines if "Launching" in line]
    assert launched == [str(len(batch)) for batch in batches]
    assert totals == [4]


def test_later_grid_with_an_unknown_key_fails_before_the_first_job():
    """Also where batches are small, every grid is looked at before anything runs."""
    ran = []

    with pytest.raises(UnknownOverrideError, match="names 'nope'"):
        hydra_multirun(
            CONFIG,
            ran.append,
            [SWEEPER, "hydra.sweeper.max_batch_size=1", "hydra.sweeper.grids=[{a:1},{nope:1}]"],
        )

    assert ran == []


def test_resumed_combinations_run_what_has_not_finished():
    """Zipped, filtered and repeated jobs, equal ones among them, are found again."""
    asked = [SWEEPER, "a=1,2,3", "b=4,5,6", "hydra.sweeper.zip=[a,b]", "hydra.sweeper.where='b!=5'"]
    asked += ["hydra.sweeper.repeat=2"]
    ran = []

    def task(cfg):
        ran.append(cfg.a)
        if len(ran) == 2:
            raise ValueError("once")
        return cfg.b

    with pytest.raises(ValueError, match="once"):
        hydra_multirun(CONFIG, task, [*asked, "hydra.sweep.dir=out"])
    (jobs,) = hydra_multirun(CONFIG, task, asked, resume="out")

    assert ran == [1, 1, 3, 3, 1]
    assert [job.return_value for job in jobs] == [4, 4, 6, 6]
    with pytest.raises(ResumeError):
        hydra_multirun(CONFIG, task, [*asked[:-2], "hydra.sweeper.where='b!=6'"], resume="out")


def test_journal_keeps_the_overrides_of_every_grid():
    """load_sweep tells what was asked for, the grids included."""
    asked = grids({"a": multirun([1, 2])}, ["b=3"])

    hydra_multirun(CONFIG, show, asked, c=5, **{"hydra.sweep.dir": "out"})

    assert load_sweep("out").overrides == ("c=5", "hydra.sweep.dir=out", "a=1,2", "b=3")


# --- what cannot be ------------------------------------------------------------------------------

AB = {"a": multirun([1, 2]), "b": multirun([3, 4])}


@pytest.mark.parametrize(
    ("asked", "where", "says"),
    [
        ({"a": zipped([1, 2]), "b": zipped([3])}, None, "'a' has 2, 'b' has 1"),
        (grids(AB, {"a": zipped([1, 2]), "b": zipped([3])}), None, "those of grid 2 do not"),
        (
            [SWEEPER, "a=1,2", "hydra.sweeper.zip=[a,bb]"],
            None,
            "'bb', to be zipped, is no override",
        ),
        ([SWEEPER, "alpha=1,2", "hydra.sweeper.zip=[alhpa]"], None, "did you mean 'alpha'?"),
        ([SWEEPER, "a=1,2", "b=3,4", "hydra.sweeper.zip=[[a,b],[b]]"], None, "'b' is zipped twice"),
        ([SWEEPER, "a=1,2", "hydra.sweeper.zip=[[a],b]"], None, "zip takes lists of keys"),
        ([SWEEPER, "hydra.sweeper.grids=[5]"], None, "grids takes dicts"),
        ([SWEEPER, "hydra.sweeper.repeat=0"], None, "repeat takes a positive number"),
        ([SWEEPER, "hydra.sweeper.repeat={b:x}"], None, "repeat takes a positive number"),
        ([SWEEPER, "b=1", "hydra.sweeper.repeat={b:2}"], None, "'b' its values, and so does"),
        ([SWEEPER, "hydra.sweeper.max_batch_size=0"], None, "max_batch_size takes a positive"),
        ([SWEEPER, "a=interval(1,2)"], None, "'a=interval(1,2)' is an interval"),
        ([SWEEPER, "a=range(0)"], None, "no job to run: one of its overrides has no value"),
        (AB, "a > 2", "leaves none of its 4 combinations. The first is a=1 b=3"),
        (AB, lambda _: False, "leaves none of its 4 combinations"),
        (AB, "alpha > 2", "'alpha', named in where='alpha > 2', is no override of the sweep"),
        (AB, "a < 'x'", "cannot be told for the job a=1 b=3: TypeError"),
        (AB, lambda job: job["c"], "cannot be told for the job a=1 b=3: KeyError: 'c'"),
        (grids({"a": 1}, {"b": 1}), "a < 5", "no override of 'a', which is None there"),
        (AB, 5, "given was 5 of type int"),
        (AB, "a <", "is no condition that can be read: invalid syntax"),
    ],
)
def test_sweep_that_cannot_be_is_one_error_before_any_job(asked, where, says):
    """Each mistake is told by one error, which names it; nothing has run then."""
    ran = []

    with pytest.raises(CombinationError) as caught:
        hydra_multirun({**CONFIG, "alpha": 0}, ran.append, asked, where=where)

    assert says in str(caught.value)
    assert isinstance(caught.value, (ComposeError, ValueError))
    assert ran == []
    assert list(Path().glob("multirun/*/*/0")) == []


class OneJob(Sweeper):
    """A sweeper of somebody's."""

    def setup(self, *, hydra_context, task_function, config):
        pass

    def sweep(self, arguments):
        return arguments


def test_sweeper_survives_another_scan_for_plugins():
    """Hydra looks for plugins again in the same process, and executes its own modules anew then."""
    Plugins().discover(Sweeper)

    assert len(hydra_multirun(CONFIG, show, [SWEEPER, "a=1,2"])[0]) == 2


def test_combining_is_refused_with_a_sweeper_that_cannot():
    """What another sweeper would not see is not passed over in silence."""
    store = ConfigStore.instance()
    store.store(group="hydra/sweeper", name="one", node={"_target_": f"{__name__}.OneJob"})

    with pytest.raises(CombinationError, match="the run has chosen .*OneJob"):
        hydra_multirun({"a": 1}, show, {"hydra/sweeper": "one", "a": zipped([1, 2])})
    assert hydra_multirun({"a": 1}, show, {"hydra/sweeper": "one", "a": multirun([1, 2])}) == [
        "a=1,2"
    ]


@pytest.mark.parametrize(
    "make",
    [
        lambda: zipped(0.1, 0.2),
        lambda: zipped(0.1),
        lambda: zipped("ab"),
        lambda: repeat(0),
        lambda: repeat(True),
        lambda: repeat([1, 2]),
        grids,
        lambda: grids("a=1"),
        lambda: hydra_run(CONFIG, show, grids({"a": 1})),
        lambda: hydra_multirun(CONFIG, show, {"a": zipped([])}),
        lambda: hydra_multirun(CONFIG, show, {"a": [repeat(2)]}),
    ],
)
def test_values_that_say_nothing_are_refused(make):
    """A zipped takes a list, repeat a number, grids several overrides."""
    with pytest.raises(OverrideTypeError, match=r"zipped|repeat|grids"):
        make()


# --- conditions as text --------------------------------------------------------------------------

NAMES = {"x": 2, "y": -1.5, "s": "sgd", "n": None, "b": True, "xs": [1, 2]}


def joined(inner):
    binary = st.sampled_from(
        ["+", "-", "*", "/", "//", "%", "<", "<=", "==", "!=", "and", "or", "in", "not in"]
    )
    return st.one_of(
        st.builds("({} {} {})".format, inner, binary, inner),
        st.builds("({} {})".format, st.sampled_from(["not", "-", "+"]), inner),
        st.builds("({} < {} <= {})".format, inner, inner, inner),
        st.builds("({} is not n)".format, inner),
        st.builds("({} ** 2)".format, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("{}({})".format, st.sampled_from(["abs", "len", "sum", "round"]), inner),
        st.builds("max({}, {})".format, inner, inner),
        st.builds("xs[{}]".format, inner),
    )


atoms = st.sampled_from([*NAMES, "0", "1", "-3", "0.5", "'sgd'", "None", "True", "[1, 2]", "''"])


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@given(st.recursive(atoms, joined, max_leaves=6))
@example("1 < 2 < x and s in ['sgd', 'adam']")
@example("s + 's' == 'sgds'")
@example("xs[(x and x)]")
@example("(x or y) == 2")
def test_condition_is_what_python_makes_of_it(text):
    """A condition gives Python's truth value, or an error where Python has one."""
    try:
        expected = bool(eval(text, {}, NAMES))
    except Exception:
        expected = "an error"
    try:
        found = Condition(text)(NAMES)
    except Exception as error:
        found = "an error"
        if "arithmetic is of numbers" in str(error):  # Python has some for lists and texts
            return

    assert found == expected


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "open('x')",
        "x.__class__()",
        "(1).real",
        "[y for y in xs]",
        "(lambda: 1)()",
        "f'{x}'",
        "(x := 1)",
        "max(xs, key=abs)",
        "max(*xs)",
        "xs[0:1]",
        "{'a': 1}",
        "x if",
        "x; y",
        "",
        "(" * 300 + ")" * 300,
        "x" * 5000,
        "...",
        "1\0",
    ],
)
def test_condition_runs_nothing_but_what_it_knows(text):
    """Attributes, calls and everything else that could do more than compute are refused unread."""
    with pytest.raises(CombinationError, match="no condition that can be read"):
        Condition(text)


@pytest.mark.parametrize("text", ["9 ** 9 ** 9", "'a' * 10 ** 9", "'%09999d' % 1", "[1] * 10 ** 9"])
def test_condition_cannot_fill_the_memory(text):
    """Powers are bounded, and arithmetic is of numbers."""
    with pytest.raises((TypeError, OverflowError)):
        Condition(text)({})


# --- plain Hydra apps ------------------------------------------------------------------------------

APP = """
import hydra
from hydra.core.config_store import ConfigStore

ConfigStore.instance().store(name="config", node={"x": 0, "y": 0})

@hydra.main(version_base="1.3", config_path=None, config_name="config")
def main(cfg):
    print("ran", cfg.x, cfg.y)

main()
"""


def test_combinations_serve_plain_hydra_apps(tmp_path):
    """An app of @hydra.main finds the sweeper, and its errors are told without a traceback."""
    (tmp_path / "app.py").write_text(APP)

    def run(*args):
        return subprocess.run(
            [sys.executable, "app.py", "-m", SWEEPER, *args],
            capture_output=True,
            text=True,
            check=False,
        )

    done = run("x=1,2,3", "y=4,5,6", "hydra.sweeper.zip=[x,y]", "hydra.sweeper.where='x+y!=7'")
    assert [line for line in done.stdout.splitlines() if "ran" in line] == ["ran 1 4", "ran 3 6"]
    assert "The sweep has 2 jobs: 3 combinations, 1 left out by where" in done.stdout
    failed = run("x=1,2,3", "y=4,5", "hydra.sweeper.zip=[x,y]")
    assert failed.returncode == 1
    assert "'x' has 3, 'y' has 2" in failed.stderr
    assert "Traceback" not in failed.stderr
