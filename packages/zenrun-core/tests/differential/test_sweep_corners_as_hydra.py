"""Hand-picked sweeps whose jobs are easily made wrong, each as Hydra makes it."""

from __future__ import annotations

import pytest
from reference import IS_HYDRA_1_3, Case, assert_as_hydra
from strategies import RECORDER, by_night, named
from worlds import FILES, PLAIN, STORED, Leaf, Typed, TypedWithDefaults

# A config with a defaults list, over which groups are swept.
GROUPED = {"defaults": [{"db": "mysql"}, "_self_"], "a": 1, "copy": "${db}", "host": "${db.host}"}
LAST_WINS = {"defaults": ["_self_", {"db": "plain"}], "db": {"host": "by self", "extra": 1}}


def sweep(config, *overrides, **more):
    return Case(config, overrides, **{"stored": STORED, **more})


VALUES = [
    sweep(PLAIN, "a=1,'1'", "s=yes"),
    sweep(PLAIN, 's=\'a, b\',"it\'s \\"q\\""', "+t='\\\\'", "a='${a}'"),
    sweep(PLAIN, "+inner={more:1},{depth:4}"),
    sweep(PLAIN, "s=${hydra:job.override_dirname},${now:%Y}"),
    sweep(PLAIN, "none={a:{b:1}},{a:{}}", "++none.a.c=2"),
    sweep(Typed, "inner={depth:7},{leaf:{width:1}}"),
    sweep(Typed, "xs=[5],[]", "leaves.1={width:8}", "++table={q:2}"),
    sweep(Typed, "~table.p", "anything=[${a}],{k:${sum}}"),
    sweep(Typed(anything=Leaf(5)), "anything.width=1,2"),
    *by_night(
        sweep(PLAIN, "xs=[],[1,{k:v}]", "inner.leaf={}"),
        sweep(PLAIN, "~s", "+s=1,2"),
        sweep(PLAIN, "a=1,2", "a=3,4"),
        sweep(PLAIN, "s=${nope},${nope:1}", "x=${nope}"),
        sweep(PLAIN, "a=1.0,1", "~s"),
        sweep(PLAIN, "inner={depth:3},{leaf:{width:null}}", "++inner.new.deep={x:1}"),
        sweep(PLAIN, "xs.0=9,8", "xs.2.deep=${inner.up}"),
        sweep(PLAIN, "a=1,2", "++a=5", "+fresh=1,2"),
        sweep(PLAIN, "~inner.leaf", "~s", "a=1,2"),
        sweep(PLAIN, "s=${a},${sum}", "a=${inner.depth}"),
        sweep(PLAIN, "must=1,???"),
        sweep(PLAIN, "s=null,nan", "x=inf"),
        sweep(PLAIN, "choice=1", "num=int(3.0)", "s=str(5)", "x=float(1),int(2.5)"),
        sweep(Typed, "a=1,2", "must=3"),
        sweep(Typed, "color=RED,2", "maybe=null,3", "path=p"),
        sweep(Typed, "+table.new=1,2.5", "++inner.fresh=1"),
        sweep(Typed, "same=${inner.leaf},null", "inner=${.same}"),
        sweep(Typed(a=3, xs=[]), "x=1,2e3", "flag=true"),
    ),
]

GROUPS = [
    sweep(GROUPED, "db=[plain,needs],[needs,plain]"),
    sweep({**GROUPED, "hydra": {"sweep": {"subdir": "${db.port}"}}}, "db.port=1,2"),
    sweep({**GROUPED, "k": 5}, "+model=tree,net", "++model.head.size=5"),
    sweep(PLAIN, "+server=apache", "+exp=fast,swap", "+deep=one", files=FILES),
    sweep(TypedWithDefaults, "db=mysql,sqlite", "a=5", "backup=1"),
    sweep(
        {"defaults": [{"db": "???"}, "_self_"], "a": 1},
        "db=plain,sqlite",
        "hydra.sweep.subdir=${hydra:runtime.choices.db}",
    ),
    *by_night(
        sweep(GROUPED, "db=mysql,sqlite", "db.port=7"),
        sweep(GROUPED, "db=needs,plain", "a=1"),
        sweep(LAST_WINS, "db=plain,mysql", "db.host=x"),
        sweep(GROUPED, "db=mysql,plain", "++db.host=h,g"),
        sweep(GROUPED, "~db", "+db@other=sqlite,plain"),
        sweep({"a": 1, "inner": {"depth": 0}, "s": 0}, "+opt=global,inner"),
        sweep(PLAIN, "+server=apache,nginx", "++server.port=1", files={**FILES}),
        sweep(TypedWithDefaults, "model=tree,net", "must=1"),
    ),
]

OF_HYDRA = [
    sweep(PLAIN, "s=${hydra:job.num}", "hydra.sweep.subdir=${hydra:job.override_dirname}"),
    sweep({"a": 1}, "a=1,2", RECORDER, "+hydra.callbacks.z={_target_:spies.Recorder,name:z}"),
    sweep({"a": 1}, "a=1,2", "hydra.sweep.dir=d/${now:%Y}", "hydra.job.chdir=true"),
    sweep(
        PLAIN,
        "a='x y',/",
        "inner.depth=1",
        "hydra.sweep.subdir='${hydra:job.override_dirname}'",
        "hydra.job.config.override_dirname.exclude_keys=[inner.depth]",
        "hydra.job.config.override_dirname.kv_sep=':'",
    ),
    sweep(
        PLAIN,
        "a=1,2",
        "+hydra.job.env_set.ZENRUN_DIFFERENTIAL=v${hydra:job.num}",
        "hydra.job.env_copy=[ZENRUN_COPIED]",
        env={"ZENRUN_COPIED": "c", "ZENRUN_DIFFERENTIAL": "outside"},
    ),
    sweep({"a": 1}, "a=1,2,3", "hydra.sweeper.max_batch_size=2", "hydra.output_subdir=null"),
    sweep(
        {"a": 1, "b": 1, "hydra": {"sweeper": {"params": {"a": "1,2", "b": "choice(3)"}}}},
        "b=4",
    ),
    sweep({"a": 1, "hydra": {"job_logging": {"root": None}}}, "a=1,2"),
    *by_night(
        sweep(
            {"a": 1},
            "a=1,2",
            "+hydra.callbacks.f={_target_:spies.Recorder,fails_at:[on_job_start]}",
        ),
        sweep({"a": 1}, "a=1,2", "hydra.verbose=true"),
        sweep({"a": 1}, "a=1,2", "hydra.sweep.subdir=same"),
        sweep(
            {"a": 1}, "a=1,2", "hydra.verbose=[task]", "hydra.job_logging.root.handlers=[console]"
        ),
        sweep({"a": 1, "hydra": {"job": {"name": "n_${a}"}}}, "a=1,2", log=False),
        sweep({"a": 1}, "a=1,2", "hydra/job_logging=disabled", "hydra/hydra_logging=disabled"),
        sweep({"a": 1}, "a=1,2", name="other_name", job_name="with space"),
        sweep({"a": 1}),
        sweep({}, "+a=1,2"),
    ),
]

MISTAKES = [
    sweep(GROUPED, "db=plain,null"),
    sweep(PLAIN, "a=1,2", "+hydra.job.env_set.X=${a}"),
    sweep(PLAIN, "nope=1,2"),
    sweep(Typed, "a=1,text"),
    sweep(Typed, "a=1,2", "xs.17=3"),
    sweep(PLAIN, "a=1,2", "+a=3"),
    sweep(PLAIN, "~nope", "a=1,2"),
    sweep(PLAIN, "~a=7", "s=1,2"),
    sweep(PLAIN, "s=1,${a"),
    sweep(GROUPED, "db=mysql,nowhere"),
    sweep(GROUPED, "db=1,2"),
    sweep({"defaults": [{"db": "???"}], "a": 1}, "a=1,2"),
    sweep({"defaults": ["nowhere"], "a": 1}, "a=1,2"),
    sweep(PLAIN, "a=interval(1,2)"),
    sweep(PLAIN, "hydra.verbose=true,false"),
    sweep(PLAIN, "a=1,2", "hydra.job.env_copy=[NOT_SET_ANYWHERE]"),
    sweep(PLAIN, "a=1,2", "hydra.sweep.subdir=${nope}"),
    sweep(PLAIN, "a=1,2", "hydra.sweep.dir=${must}"),
    sweep(PLAIN, "a=1,2", "hydra.sweep.subdir=${must}"),
    sweep(PLAIN, "a=1,2", "hydra.sweeper.max_batch_size=0"),
    sweep({"a": 1, "hydra": {"launcher": None}}, "a=1,2"),
    sweep({"a": 1, "hydra": {"callbacks": {"c": {"_target_": "nowhere.C"}}}}, "a=1,2"),
    sweep({"a": 1}, "a=1,2", "hydra.job_logging.handlers.file.class=nowhere.Handler"),
]


# That a case is what it was picked for is asserted on 1.3: Hydra 1.4 refuses `~key` in a sweep, whose
# deletion its sweeper writes as `~key=`, and resolves `env_set` earlier. On both, zenrun does as Hydra.


@pytest.mark.parametrize("case", VALUES + GROUPS + OF_HYDRA, ids=named)
def test_sweep_is_as_hydras(case):
    """Values, groups and Hydra's own settings that reach into each other."""
    result = assert_as_hydra(case)
    assert not isinstance(result, Exception) or not IS_HYDRA_1_3


@pytest.mark.parametrize("case", MISTAKES, ids=named)
def test_sweep_that_fails_fails_as_hydras(case):
    """The error, and what was done before it, are Hydra's."""
    result = assert_as_hydra(case)
    assert isinstance(result, Exception) or not IS_HYDRA_1_3
