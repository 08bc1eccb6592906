"""to_dataframe, to_xarray and aggregate_repeats: the jobs of a sweep as tables of pandas and xarray."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import given
from hypothesis import strategies as st

from zenrun import (
    aggregate_repeats,
    grids,
    hydra_multirun,
    hydra_run,
    load_sweep,
    multirun,
    store,
    to_dataframe,
    to_xarray,
)
from zenrun.errors import JournalError, MissingExtraError, PickledValueError, TableError
from zenrun.results._overrides import read_override

pytest.importorskip("pandas")
OUT = "hydra.sweep.dir=out"


def of_type(made):
    return type(made).__name__, made


class Pair(NamedTuple):
    """What a job returns."""

    a: int
    b: str


@dataclass
class Nested:
    """What another one does."""

    loss: float
    inner: Any


# --- columns -----------------------------------------------------------------------------------------


def test_dataframe_has_a_row_for_each_job_and_a_typed_column_for_what_varies():
    """Numbers, booleans and texts keep their types; what is the same in all jobs is left out."""
    jobs = hydra_multirun(
        {"lr": 0.1, "width": 8, "on": True, "name": "x", "same": 1},
        lambda cfg: cfg.lr * cfg.width,
        {
            "lr": multirun([0.5, 1.0]),
            "width": multirun([8, 16]),
            "on": multirun([True, False]),
            "name": multirun(["1", "a, b"]),
            "same": 2,
            "hydra.sweep.dir": "out",
        },
    )

    table = to_dataframe(jobs)

    assert list(table.columns) == [
        *["lr", "width", "on", "name", "value", "status", "duration", "directory"]
    ]
    assert (table.index.name, list(table.index)) == ("job", list(range(16)))
    assert [table[key].dtype.kind for key in ("lr", "width", "on", "value")] == ["f", "i", "b", "f"]
    assert [of_type(value) for value in table["name"][:2]] == [("str", "1"), ("str", "a, b")]
    assert (table["lr"] * table["width"] == table["value"]).all()
    assert set(table["status"]) == {"COMPLETED"}
    assert (table["duration"] > 0).all()
    assert [path.rsplit("/", 2)[-2:] for path in table["directory"][:2]] == [
        ["out", "0"],
        ["out", "1"],
    ]
    from_disk = to_dataframe("out")
    assert from_disk.equals(table)
    assert to_dataframe(load_sweep("out")).equals(table)
    assert to_dataframe(jobs[0][3:5]).equals(table[3:5][to_dataframe(jobs[0][3:5]).columns])


def test_dataframe_has_config_groups_by_their_choice():
    """The column of a group is named as its override is."""
    for name in ("small", "big"):
        store({"width": len(name)}, group="db/engine", name=name)
    store.add_to_hydra_store(overwrite_ok=True)
    config = {"defaults": [{"db/engine": "small"}]}
    (jobs,) = hydra_multirun(config, lambda cfg: cfg.db.engine.width, ["db/engine=small,big"])

    table = to_dataframe(jobs)

    assert list(table["db/engine"]) == ["small", "big"]
    assert list(table["value"]) == [5, 3]


@pytest.mark.parametrize(
    ("returned", "columns"),
    [
        ({"a": 1, "b": "x"}, {"a": 1, "b": "x"}),
        (Pair(1, "x"), {"a": 1, "b": "x"}),
        (Nested(0.5, {"deep": Pair(1, "x")}), {"loss": 0.5, "inner.deep.a": 1, "inner.deep.b": "x"}),
        ([1, 2], {"value": [1, 2]}),
        ({"a": [1], "b": {}}, {"a": [1], "b": {}}),
        ((1, 2), {"value": (1, 2)}),
        ({"x": 3, "status": "fine", "value": 4}, {"returned.x": 3, "returned.status": "fine", "value": 4}),
        ({1: 2}, {"1": 2}),
        (2**70, {"value": 2**70}),
        (None, {"value": None}),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_dataframe_spreads_what_was_returned(returned, columns):
    """Dicts, dataclasses and named tuples by their items; what can be no column stays an object."""
    (jobs,) = hydra_multirun({"x": 1}, lambda cfg: returned, ["x=1,2"])

    table = to_dataframe(jobs)

    assert list(table.columns) == ["x", *columns, "status", "duration", "directory"]
    assert {name: table[name].iloc[1] for name in columns} == columns
    assert len(table) == 2


def test_dataframe_has_numpys_numbers_as_numbers_and_its_arrays_as_objects():
    """A scalar, and an array without dimensions, make a column of floats."""
    np = pytest.importorskip("numpy")
    (jobs,) = hydra_multirun(
        {"x": 1},
        lambda cfg: {"s": np.float32(cfg.x), "z": np.array(cfg.x), "a": np.arange(cfg.x)},
        ["x=1,2"],
    )

    table = to_dataframe(jobs)

    assert [table[name].dtype.kind for name in ("s", "z", "a")] == ["f", "i", "O"]
    assert list(table["a"][1]) == [0, 1]


def some_fail(cfg):
    if cfg.x == 2:
        raise ValueError
    return {"loss": cfg.x, **({"more": cfg.x} if cfg.x == 3 else {})}


def test_dataframe_has_what_a_job_lacks_as_missing():
    """Jobs that failed, parts that only some returned, and overrides of another grid are NaN."""
    jobs = hydra_multirun(
        {"x": 1, "y": "a"}, some_fail, grids(["x=1,2,3"], ["x=4", "y=b"]), on_failure="return"
    )

    table = to_dataframe(jobs)

    assert list(table["status"]) == ["COMPLETED", "FAILED", "COMPLETED", "COMPLETED"]
    assert list(table["loss"].isna()) == [False, True, False, False]
    assert list(table["more"].isna()) == [True, True, False, True]
    assert list(table["y"].isna()) == [True, True, True, False]


def test_dataframe_of_one_job_has_all_of_its_overrides():
    """A job alone varies in nothing, and its overrides are shown."""
    job = hydra_run({"x": 1, "y": 2}, lambda cfg: cfg.x, ["x=3", "+z=null"])

    table = to_dataframe(job)

    assert list(table.columns)[:3] == ["x", "z", "value"]
    assert table["directory"].iloc[0] == job.hydra_cfg.hydra.runtime.output_dir


def test_dataframe_of_jobs_of_any_launcher_has_their_folders():
    """What Hydra's own JobReturn tells is read from it."""
    from hydra.core.utils import JobReturn, JobStatus

    jobs = [JobReturn(overrides=[f"x={n}"], status=JobStatus.COMPLETED) for n in (1, 2)]
    for job in jobs:
        job.return_value = 1.5

    table = to_dataframe(jobs)

    assert list(table["x"]) == [1, 2]
    assert table["duration"].isna().all()
    assert table["directory"].isna().all()


# --- errors ------------------------------------------------------------------------------------------


def test_dataframe_does_not_unpickle_a_directory_unasked():
    """A value that is pickled is an error that says how to have it, and then a column."""
    hydra_multirun({"x": 1}, lambda cfg: range(cfg.x), ["x=1,2", OUT])

    with pytest.raises(PickledValueError, match="unpickle=True"):
        to_dataframe("out")

    assert list(to_dataframe("out", unpickle=True)["value"]) == [range(1), range(2)]
    assert list(to_dataframe(load_sweep("out", unpickle=True))["value"]) == [range(1), range(2)]


class Number0:
    """A number of a library's, such as numpy's scalars and tensors without dimensions."""

    ndim = 0

    def item(self):
        return 0.5


@dataclass
class Net:
    """What a job returns: things that can be told, and one that cannot."""

    loss: Any
    shape: tuple
    inner: dict
    model: Any


@pytest.mark.parametrize(
    ("returned", "parts"),
    [
        (Pair(1, "b"), {"a": 1, "b": "b"}),
        ({"loss": Number0(), "steps": 3}, {"loss": 0.5, "steps": 3}),
        (Number0(), {"value": 0.5}),
        ((1.5, 2), {"value": [1.5, 2]}),
        (
            Net(Number0(), (3, 4), {"acc": [Number0(), 1.0], 5: None}, object()),
            {"loss": 0.5, "shape": [3, 4], "inner.acc": [0.5, 1.0], "inner.5": None},
        ),
    ],
    ids=["named tuple", "dict", "number", "tuple", "dataclass"],
)
def test_dataframe_of_a_directory_has_what_is_known_without_unpickling(returned, parts):
    """Numbers, texts and lists in a value that is pickled as a whole are columns all the same."""
    hydra_multirun({"x": 1}, lambda _: returned, ["x=1,2", OUT])

    table = to_dataframe("out")

    assert table[[*parts]].iloc[0].to_dict() == parts
    assert "model" not in table
    with pytest.raises(PickledValueError, match="unpickle=True"):
        _ = load_sweep("out")[0].return_value


@pytest.mark.parametrize("given", [3, None, {"a": 1}, [1], [["x"]], b"out"], ids=repr)
def test_dataframe_of_something_else_is_refused(given):
    """The error says what a table can be made of, and what was given."""
    with pytest.raises(TableError, match=r"hydra_multirun or load_sweep .* given was"):
        to_dataframe(given)


def test_dataframe_of_a_folder_without_a_sweep_is_refused(tmp_path):
    """The error is load_sweep's."""
    with pytest.raises(JournalError, match=r"no sweep|journal"):
        to_dataframe(tmp_path)


@pytest.mark.parametrize(
    ("library", "extra", "make"),
    [
        ("pandas", "table", to_dataframe),
        ("pandas", "table", aggregate_repeats),
        ("xarray", "xarray", to_xarray),
    ],
)
def test_missing_library_is_an_error_that_names_the_extra(monkeypatch, library, extra, make):
    """It says what to install."""
    monkeypatch.setitem(sys.modules, library, None)

    with pytest.raises(MissingExtraError, match=rf"zenrun-core\[{extra}\]"):
        make([])


# --- repeats -----------------------------------------------------------------------------------------


def test_repeats_are_aggregated_to_mean_deviation_and_count():
    """Over the seed, for each combination of the rest; jobs that failed are not counted."""

    def task(cfg):
        if (cfg.x, cfg.seed) == (2, 2):
            raise ValueError
        return {"loss": cfg.x * cfg.seed, "name": "n"}

    jobs = hydra_multirun({"x": 1, "seed": 0}, task, ["seed=1,2,3", "x=1,2"], on_failure="return")

    table = aggregate_repeats(jobs)

    assert table.index.name == "x"
    assert list(table.columns) == [("loss", "mean"), ("loss", "std"), ("loss", "count")]
    assert [list(row) for row in table.to_numpy()] == [[2, 1, 3], [4, math.sqrt(8), 2]]
    assert list(table.index) == [1, 2]
    assert aggregate_repeats(jobs, over=["seed", "x"]).loc[0, ("loss", "count")] == 5


def test_repeats_without_a_key_are_jobs_with_the_same_overrides():
    """With over=() and nothing that varies there is one row."""
    jobs = hydra_multirun({"x": 1}, lambda cfg: 1.0, ["x=1,1"])

    assert list(aggregate_repeats(jobs, over=())["value", "count"]) == [2]


def test_repeats_over_what_is_no_override_are_refused():
    """The error names the nearest, and what there is."""
    jobs = hydra_multirun({"x": 1, "seed": 0}, lambda cfg: "text", ["seed=1,2", "x=1,2"])

    with pytest.raises(TableError, match=r"over='sed'.*seed.*'seed', 'x'"):
        aggregate_repeats(jobs, over="sed")
    with pytest.raises(TableError, match="no numbers"):
        aggregate_repeats(jobs)


# --- grids -------------------------------------------------------------------------------------------


def test_xarray_of_a_grid_has_a_dimension_for_each_parameter():
    """Values stand where their parameters say; a combination that was left out is missing."""
    pytest.importorskip("xarray")
    jobs = hydra_multirun(
        {"x": 1, "y": 1},
        lambda cfg: {"n": 10 * cfg.x, "text": str(cfg.y), "list": [cfg.x]},
        ["x=3,1", "y=a,b,c"],
        where=lambda job: (job["x"], job["y"]) != (1, "b"),
    )

    table = to_xarray(jobs)

    assert dict(table.sizes) == {"x": 2, "y": 3}
    assert list(table.coords["x"].values) == [3, 1]
    assert table["n"].sel(x=3).values.tolist() == [30, 30, 30]
    assert math.isnan(table["n"].sel(x=1, y="b"))
    assert table["text"].sel(x=1, y="c").item() == "c"
    assert table["list"].sel(x=3, y="a").item() == [3]
    assert table["status"].isnull().sel(x=1, y="b").item()


def test_xarray_of_what_is_no_grid_is_refused():
    """Repeats of one cell, and values here and there, are errors that say what to do."""
    pytest.importorskip("xarray")
    repeated = hydra_multirun({"x": 1}, lambda cfg: 1, ["x=1,2,1"])
    with pytest.raises(TableError, match=r"Jobs 0 and 2 had the same overrides \(x=1\)"):
        to_xarray(repeated)

    scattered = [job for batch in repeated for job in batch] * 100
    for n, job in enumerate(scattered := [type(job)() for job in scattered]):
        job.overrides = [f"{key}={n}" for key in "abc"]
    with pytest.raises(
        TableError, match="300 jobs are no grid: of 'a', 'b', 'c' .*300 x 300 x 300"
    ):
        to_xarray(scattered)


# --- overrides ---------------------------------------------------------------------------------------

_PRIMITIVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]))
)
# "inf" and "nan" would be numbers: no override can say otherwise of a key.
_KEYS = st.from_regex("[a-z]{1,3}", fullmatch=True).filter(lambda key: key not in {"inf", "nan"})
_VALUES = st.recursive(
    _PRIMITIVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=6,
)


@given(_VALUES)
def test_override_of_a_python_value_is_read_as_that_value(value):
    """What zenrun writes for a dict of overrides is read without Hydra as what it was."""
    from zenrun.compose._overrides import override_strings

    (text,) = override_strings({"a.b": value})

    assert repr(read_override(text)) == repr(("a.b", value))


@pytest.mark.parametrize(
    "text",
    [
        "a=1", "+a=-1", "++a=1_000", "a=1.", "a=.5", "a=1e3", "a=-1E-3", "a=inf", "a=-INF", "a=True", "a=NULL",
        "a=", "a=x y", "a='x'", 'a="x"', "a='it\\'s'", r"a='\\\''", r"a='c:\d\\'", r"a=x\,y", "a=[]", "a={}",
        "a=[1,[x,'y z'],{b:1.5}]", "a={b: [true], c: null}", "a/b=c", "a@b=c", "a=1a", "a=007", "a=0x1", "a=1e",
        "a=${b}", "a=x:y", "a=-", "a= x ",
    ],
)  # fmt: skip
def test_override_is_read_as_hydras_grammar_has_it(text):
    """Numbers, words, quotes, escapes, lists and dicts: as Hydra's parser, without loading it."""
    expected = OverridesParser.create().parse_override(text)

    key, value = read_override(text)

    assert repr(value) == repr(expected.value())
    assert key == expected.get_key_element().lstrip("+")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("~a", ("a", None)),
        ("~a=1", ("a", None)),
        ("a=int(3)", ("a", "int(3)")),
        ("a=[1,", ("a", "[1,")),
        ("a={1}", ("a", "{1}")),
        ("a='open", ("a", "'open")),
        ("a=[1] x", ("a", "[1] x")),
        ("a=" + "[" * 99, ("a", "[" * 99)),
        ("a=" + "9" * 5000, ("a", "9" * 5000)),
        ("", ("", None)),
    ],
    ids=range(10),
)
def test_override_that_has_no_value_is_read_as_its_text(text, read):
    """Nothing is refused: a table can show a text."""
    assert read_override(text) == read
