"""Generated runs: mostly such as users write, some that cannot be."""

from __future__ import annotations

import copy
import os

import pytest
from hypothesis import strategies as st
from reference import Case
from worlds import FILES, PLAIN, STORED, Color, Inner, Leaf, Typed

PROFILE = os.environ.get("ZENRUN_HYPOTHESIS", "zenrun")
NIGHTLY = PROFILE == "nightly"
RECORDER = "+hydra.callbacks.spy._target_=spies.Recorder"

# --- values, as they are written in overrides ------------------------------------------------------

integers = st.integers(-(10**6), 10**6).map(str)
floats = st.sampled_from(["0.25", "-1.5", "1e3", "-2.5e-4", "inf", "nan", "3", "1_000.5"])
booleans = st.sampled_from(["true", "false", "True", "FALSE"])
words = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,6}", fullmatch=True).filter(
    lambda word: word.lower() not in {"null", "true", "false", "inf", "nan"}
)
texts = st.one_of(
    words,
    st.sampled_from(
        [
            "'with, comma'",
            '"double \\" quote"',
            "'it\\'s'",
            "a\\,b",
            "a b",
            "'${a}'",
            "${a}",
            "x/${inner.depth}",
            "'1'",
            "''",
            "'null'",
            "é",
            "'[1,2]'",
            "a=b",
            "a:b",
            "'tab\\there'",
            "\\\\",
            "$",
            "'{x}'",
            "'\\${a}'",
            "%d",
            "'# no comment'",
            "' padded '",
            "'yes'",
            "1e",
            "'2020-01-01'",
        ]
    ),
)
scalars = st.one_of(integers, floats, booleans, texts, st.just("null"))
lists = st.lists(scalars.filter(lambda text: "=" not in text), max_size=3).map(
    lambda items: f"[{','.join(items)}]"
)
dicts = st.dictionaries(words, scalars.filter(lambda text: "=" not in text), max_size=2).map(
    lambda items: "{" + ",".join(f"{key}:{value}" for key, value in items.items()) + "}"
)
anything = st.one_of(scalars, lists, dicts)
int_lists = st.lists(integers, max_size=3).map(lambda items: f"[{','.join(items)}]")
float_dicts = st.sampled_from(["{p:2}", "{q:1.5}", "{}", "{p:1,r:2}"])

# Where a structured config takes what.
TYPED = {
    "a": integers,
    "x": st.one_of(floats, integers),
    "s": texts,
    "flag": booleans,
    "maybe": st.one_of(integers, st.just("null")),
    "color": st.sampled_from(["RED", "BLUE", "2"]),
    "path": st.sampled_from(["a/b", "/abs", "'with space'"]),
    "inner.depth": integers,
    "inner.name": words,
    "inner": st.sampled_from(["{depth:5}", "{leaf:{width:9}}", "{name:n,up:null}", "${.}"]),
    "inner.leaf.width": integers,
    "inner.up": anything,
    "xs": int_lists,
    "xs.0": integers,
    "xs.1": integers,
    "leaves.0.label": words,
    "leaves.1": st.sampled_from(["{width:8}", "{label:l}"]),
    "table": float_dicts,
    "table.p": floats,
    "anything": anything,
    "must": integers,
    "sum": anything,
    "year": st.sampled_from(["${now:%Y}", "${a}", "1"]),
}
UNTYPED = {
    "a": scalars,
    "x": anything,
    "s": texts,
    "flag": booleans,
    "none": anything,
    "must": scalars,
    "xs": lists,
    "xs.0": scalars,
    "xs.2.deep": scalars,
    "inner": st.sampled_from(["{depth:5}", "{leaf:{width:9}}", "{leaf:{new:9}}", "null"]),
    "inner.depth": scalars,
    "inner.leaf": dicts,
    "inner.leaf.width": scalars,
    "sum": anything,
    "num": st.sampled_from(["${hydra:job.num}", "${hydra:job.id}", "1"]),
}
NEW_KEYS = st.sampled_from(["fresh", "inner.fresh", "inner.leaf.fresh", "brand.new.key"])
TAKEN_AWAY = {
    Typed: ["anything", "sum", "table.p", "leaves"],
    dict: ["s", "none", "inner.leaf", "inner.name", "xs", "a"],
}

# --- overrides -------------------------------------------------------------------------------------

HYDRA_OVERRIDES = st.sampled_from(
    [
        "hydra.sweep.subdir='${hydra:job.override_dirname}'",
        "hydra.sweep.subdir=${hydra.job.num}_${a}",
        "hydra.sweep.subdir=n${hydra:job.num}",
        "hydra.sweep.dir=elsewhere/${now:%Y}",
        "hydra.sweep.dir=${hydra.job.name}/${oc.env:HOME}",
        "hydra.job.chdir=true",
        "hydra.job.chdir=false",
        "hydra.job.name=renamed",
        "hydra.output_subdir=null",
        "hydra.output_subdir=other",
        "hydra/job_logging=disabled",
        "hydra/hydra_logging=disabled",
        "hydra/job_logging=stdout",
        "hydra/job_logging=none",
        "hydra.verbose=true",
        "hydra.verbose=task",
        "hydra.verbose=[task,hydra]",
        "+hydra.job.env_set.ZENRUN_SET=v${a}",
        "hydra.job.env_set={ZENRUN_SET:1,ZENRUN_DIFFERENTIAL:by_job}",
        "hydra.job.env_copy=[ZENRUN_DIFFERENTIAL]",
        "hydra.job.config.override_dirname.exclude_keys=[a]",
        "hydra.job.config.override_dirname.kv_sep=':'",
        "hydra.job.config.override_dirname.item_sep=' '",
        "hydra.sweeper.max_batch_size=1",
        "hydra.sweeper.params={a:'3,4'}",
        "+hydra.sweeper.params.x='7,8'",
        "hydra.job_logging.root.level=DEBUG",
        "hydra.run.dir=not_here",
        "hydra.help.app_name=${a}",
        "hydra.searchpath=[]",
        RECORDER,
        RECORDER.replace("Recorder", "NoSuchThing"),
    ]
)
GROUP_OVERRIDES = st.sampled_from(
    [
        "+db=mysql",
        "+db=plain",
        "+db=sqlite,mysql",
        "+db=plain,sqlite",
        "+db@backup=sqlite",
        "+db@backup=mysql,plain",
        "+db=[plain,mysql]",
        "+db=needs",
        "+model=tree",
        "+model=tree,net",
        "+model=net",
        "+opt=global",
        "+opt=inner,global",
        "db=mysql",
        "db=sqlite,mysql",
        "db=null",
        "~db",
        "~db=mysql",
        "model=tree",
        "model/head=big",
        "+server=apache",
        "+server=nginx,apache",
        "server=apache",
        "+exp=fast",
        "+exp=swap",
        "+exp=fast,null",
        "+deep=one",
        "+deep=group",
        "+deep@inner.leaf=group",
    ]
)
HOPELESS = st.sampled_from(
    [
        "nope=1",
        "inner.nope=1",
        "a=text",
        "a=[1]",
        "x=abc",
        "flag=17x",
        "color=GREEN",
        "must={}",
        "a=1,text",
        "a=",
        "a",
        "a=[1",
        "a='open",
        "+a=1",
        "~nope",
        "~a=99",
        "db=nowhere",
        "+db=mysql,nowhere",
        "+nogroup@x=1",
        "xs.17=1",
        "a.b=1",
        "inner=5",
        "table={p:text}",
        "a=interval(0,1)",
        "hydra.nope=1",
        "hydra.verbose=1,2",
        "hydra.sweep.dir=a,b",
        "hydra/launcher=nowhere",
        "hydra.job.num=text",
        "s=${nope}",
        "s=${nope:1}",
        "s=${a",
        "x=range(0)",
        "++inner.leaf=1",
        "a=glob(*)",
        "?a=1",
        "db@backup=sqlite",
        "+db@x:y=sqlite",
        "+hydra=1",
        "hydra=null",
    ]
)


@st.composite
def sweeps_of(draw, values):
    """Write several values as one swept value."""
    kind = draw(st.sampled_from(["plain", "plain", "plain", "choice", "range", "sort", "shuffle"]))
    if kind == "range":
        return draw(st.sampled_from(["range(2)", "range(1,3)", "range(0,1,0.5)", "range(3,1,-1)"]))
    several = draw(st.lists(values, min_size=2, max_size=2))
    if kind == "sort":
        return draw(st.sampled_from(["sort(2,1)", "sort(1,2,reverse=true)", "sort(b,a)"]))
    if kind == "choice" and not any(item == "null" or "=" in item for item in several):
        return f"choice({','.join(several)})"
    if kind == "shuffle":  # of one, as the order is chance
        return f"shuffle({several[0]},{several[0]})"
    return ",".join(several)


@st.composite
def override(draw, places, *, swept):
    """Write one override of a place of the config."""
    place = draw(st.sampled_from(sorted(places)))
    sign = draw(st.sampled_from(["", "", "", "", "++"]))
    value = draw(sweeps_of(places[place]) if swept else places[place])
    return f"{sign}{place}={value}"


@st.composite
def addition(draw, *, swept):
    sign = draw(st.sampled_from(["+", "++"]))
    value = draw(sweeps_of(anything) if swept else anything)
    return f"{sign}{draw(NEW_KEYS)}={value}"


@st.composite
def deletion(draw, places):
    return "~" + draw(st.sampled_from(places))


# --- configs ---------------------------------------------------------------------------------------

DEFAULTS = st.lists(
    st.sampled_from(
        [
            {"db": "mysql"},
            {"db": "plain"},
            {"db@backup": "sqlite"},
            {"db@inner.leaf": "needs"},
            {"db": ["plain", "mysql"]},
            {"db": None},
            {"db": "???"},
            {"model": "tree"},
            {"model": "net"},
            {"optional db": "nowhere"},
            {"optional nogroup": "nowhere"},
            {"opt": "global"},
            {"server": "apache"},
            {"server": "nginx"},
            {"exp": "fast"},
            {"exp": "swap"},
            {"deep": "one"},
            {"override hydra/job_logging": "disabled"},
            {"override hydra/hydra_logging": "disabled"},
        ]
    ),
    max_size=3,
    unique_by=lambda item: next(iter(item)).split()[-1],
)
HYDRA_NODES = st.sampled_from(
    [
        None,
        None,
        {"job": {"chdir": True}},
        {"job": {"name": "by_config"}, "output_subdir": None},
        {"sweep": {"dir": "swept", "subdir": "${hydra:job.override_dirname}"}},
        {"job": {"config": {"override_dirname": {"exclude_keys": ["a"], "kv_sep": "-"}}}},
        {"job": {"env_set": {"ZENRUN_SET": "by config"}}},
        {"callbacks": {"one": {"_target_": "spies.Recorder", "name": "one"}}},
        {
            "callbacks": {
                "one": {"_target_": "spies.Recorder", "name": "one", "fails_at": ["on_job_end"]},
                "two": {"_target_": "spies.Recorder", "name": "two"},
            }
        },
        {"sweeper": {"params": {"a": "5,6"}}},
        {"verbose": True},
    ]
)


@st.composite
def defaults_lists(draw):
    """Write a defaults list, `_self_` somewhere and `override` last."""
    items = draw(DEFAULTS)
    overriding = [item for item in items if next(iter(item)).startswith("override")]
    items = [item for item in items if item not in overriding]
    place = draw(st.one_of(st.none(), st.integers(0, len(items))))
    if place is not None:
        items = [*items[:place], "_self_", *items[place:]]
    return [*items, *overriding]


@st.composite
def typed_configs(draw):
    """Make an instance of a structured config."""
    return Typed(
        a=draw(st.integers(-5, 5)),
        s=draw(st.sampled_from(["text", 'it\'s: "q"', "multi\nline", "${inner.name}", "", "null"])),
        maybe=draw(st.sampled_from([None, 3])),
        color=draw(st.sampled_from(Color)),
        inner=Inner(leaf=Leaf(width=draw(st.integers(0, 3)))),
        table=draw(st.sampled_from([{}, {"p": 1.0}, {"p": 1.0, "q": float("nan")}])),
        anything=draw(st.sampled_from([None, {"k": [1]}, [1, {"k": "${a}"}], "???", Leaf()])),
        must=draw(st.sampled_from(["???", 4])),
        sum=draw(st.sampled_from(["${a}-${inner.depth}", "${oc.dict.keys:inner}", "${xs.0}"])),
    )


@st.composite
def plain_configs(draw):
    """Make a dict, with a defaults list and a hydra node or without."""
    config = copy.deepcopy(PLAIN)
    for key in draw(st.sets(st.sampled_from(["x", "flag", "env", "select", "dir"]))):
        del config[key]
    defaults = draw(st.one_of(st.none(), defaults_lists()))
    if defaults is not None:
        config = {"defaults": defaults, **config}
    hydra = draw(HYDRA_NODES)
    if hydra is not None:
        config["hydra"] = copy.deepcopy(hydra)
    if "model" in str(defaults):
        config["k"] = 1
    return config


@st.composite
def cases(draw, *, many, hopeless=False):
    """Make a run: a config, and overrides of it."""
    typed = draw(st.booleans())
    config = draw(typed_configs() if typed else plain_configs())
    places = TYPED if typed else UNTYPED
    dimensions = draw(st.integers(1, 2)) if many else 0
    swept = [draw(override(places, swept=True)) for _ in range(dimensions)]
    if many and draw(st.integers(0, 5)) == 0:
        swept = [*swept[:1], draw(addition(swept=True))]
    rest = draw(
        st.lists(
            st.one_of(
                override(places, swept=False),
                override(places, swept=False),
                HYDRA_OVERRIDES,
                HYDRA_OVERRIDES,
                addition(swept=False),
                deletion(TAKEN_AWAY[Typed if typed else dict]),
            ),
            max_size=4,
        )
    )
    groups = [
        item for item in draw(st.lists(GROUP_OVERRIDES, max_size=1)) if _is_there(item, config)
    ]
    if groups and "," in groups[0]:
        swept = swept[:1]
    bad = [draw(HOPELESS)] if hopeless else []
    overrides = draw(st.permutations([*swept, *rest, *groups, *bad]))
    by_shell = draw(st.booleans()) or any("env_copy" in item for item in overrides)
    return Case(
        config,
        tuple(overrides),
        stored=STORED,
        files=FILES if draw(st.booleans()) or "server" in str(config) else {},
        many=many,
        log=draw(st.sampled_from([True, True, False])),
        env={"ZENRUN_DIFFERENTIAL": "by_shell"} if by_shell else {},
    )


@st.composite
def sweeps_of_jobs(draw, number, *, typed):
    """Make a config, and the overrides of jobs that have it in common."""
    config = draw(typed_configs() if typed else plain_configs())
    if not typed:  # the sweeper is the test's own, and callbacks tell all of each job three times
        for own in ("sweeper", "callbacks"):
            config.get("hydra", {}).pop(own, None)
    places = TYPED if typed else UNTYPED
    one = st.one_of(
        override(places, swept=False),
        override(places, swept=False),
        override(places, swept=False),
        addition(swept=False),
        deletion(TAKEN_AWAY[Typed if typed else dict]),
        GROUP_OVERRIDES.filter(lambda item: "," not in item),
    )
    jobs = []
    # The first example that Hypothesis tries is its simplest, which need not have many.
    for _ in range(draw(st.integers(0, 9).map(lambda drawn: number if drawn else 1))):
        overrides = draw(st.lists(one, min_size=1, max_size=4))
        if draw(st.integers(0, 9)) == 0:
            overrides.append(draw(HOPELESS))
        jobs.append(overrides)
    files = FILES if draw(st.booleans()) or "server" in str(config) else {}
    return config, jobs, STORED, files


def _is_there(item, config):
    """Say whether a group that an override chooses anew is in a config's defaults list."""
    group = item.split("=")[0]
    listed = config.get("defaults", []) if isinstance(config, dict) else []
    named = any(group.lstrip("~").split("/")[0] in entry for entry in listed if entry != "_self_")
    return group.startswith("+") or named


def examples(number, by_night=80):
    """Give how many examples a test has: so many times as many by night, one in a quick round."""
    return 1 if PROFILE == "quick" else number * (by_night if NIGHTLY else 1)


def by_night(*params):
    """Mark parameters of a test that run by night alone: each costs Hydra a second."""
    mark = pytest.mark.skipif(not NIGHTLY, reason="runs with ZENRUN_HYPOTHESIS=nightly")
    return [pytest.param(item, marks=mark) for item in params]


def named(case):
    """Give a short name of a case, for the ids of parametrized tests."""
    return " ".join(case.overrides) or type(case.config).__name__
