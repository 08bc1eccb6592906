"""What a job returned comes back from the disk as it was: exact types, or one clear error."""

from __future__ import annotations

import math
import os
import pickle
import sys
import threading
from collections import OrderedDict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zenrun import hydra_multirun, load_sweep
from zenrun.errors import JournalError, PickledValueError
from zenrun.results._reader import read_journal
from zenrun.results._writer import JournalWriter

OUT = "hydra.sweep.dir=out"


class Whole(int):
    """A whole number of a user's."""


class Real(float):
    """A number of a user's."""


class Text(str):
    """A text of a user's."""

    __slots__ = ()


def same(one, other):
    """Compare with exact types, and a nan is a nan."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return repr(float(one)) == repr(float(other))
    if isinstance(one, dict):
        keys = list(zip(one, other, strict=True)) if len(one) == len(other) else [(0, "")]
        return all(same(*pair) for pair in keys) and all(
            same(*pair) for pair in zip(one.values(), other.values(), strict=True)
        )
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


texts = st.text(st.characters(codec=None, exclude_categories=()), max_size=20)
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=10**640, max_value=10**650),
    st.floats(),
    texts,
    st.binary(max_size=20),
    st.complex_numbers(allow_nan=False),
    st.builds(Whole, st.integers()),
    st.builds(Real, st.floats()),
    st.builds(Text, texts),
    st.frozensets(st.integers(), max_size=3),
)
keys = st.one_of(texts, st.integers(), st.booleans(), st.none(), st.builds(Text, texts))
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(keys, inner, max_size=4),
        st.dictionaries(texts, inner, max_size=4),
        st.dictionaries(texts, inner, max_size=2).map(OrderedDict),
        st.sets(st.integers() | texts, max_size=3),
    ),
    max_leaves=12,
)


@given(values)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_value_comes_back_as_it_was(tmp_path, value):
    """Through the journal's own line and back: the same value, of the same types all the way down."""
    writer = JournalWriter(tmp_path, {"sweep": "s", "config": "", "overrides": []})
    writer.job_ended(0, [], 1, "1", "COMPLETED", 0.0, 1.0, value=value)
    writer.close()
    journal = read_journal(tmp_path)
    stored = journal.jobs[0].value
    for path in (tmp_path / ".zenrun" / "journal").iterdir():
        path.unlink()

    assert journal.damaged == 0
    assert same(stored.load(), value)
    assert isinstance(stored.shown, str)
    assert len(stored.shown) <= 200


@given(st.lists(values, min_size=1, max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
def test_sweep_gives_back_what_its_jobs_returned(tmp_path, returned):
    """Through a real sweep, and load_sweep of its folder."""
    out = tmp_path / f"out-{len(list(tmp_path.iterdir()))}"
    overrides = [f"x=range({len(returned)})", f"hydra.sweep.dir={out}"]
    hydra_multirun({"x": 0}, lambda cfg: returned[cfg.x], overrides)

    jobs = load_sweep(out, unpickle=True)

    assert len(jobs) == len(returned)
    assert all(same(job.return_value, value) for job, value in zip(jobs, returned, strict=True))


def shared(depth):
    """A list that would be of two to the power of depth numbers, were it written out."""
    made = [0]
    for _ in range(depth):
        made = [made, made]
    return made


def deep(depth):
    made = []
    for _ in range(depth):
        made = [made]
    return made


def endless():
    made = []
    made.append(made)
    return made


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (10**600, True),
        (10**700, False),
        (10**5000, False),
        ([10**5000], False),
        (-0.0, True),
        (math.nan, True),
        ([math.inf, -math.inf], True),
        ("\ud800", False),
        ({"\udfff": 1}, False),
        ("\U0001f600\x00\u2028", True),
        ({1: "a"}, False),
        ({True: 1, "True": 2}, False),
        ({None: 1}, False),
        ((1, 2), False),
        ({"crc": "00000000", "json": 1}, True),
        ("x" * 60_000, True),
        ("x" * 70_000, False),
        (list(range(100_000)), False),
        (deep(30), True),
        (deep(300), False),
        (b"1" * 17_000, False),
    ],
    ids=lambda value: repr(type(value)) if not isinstance(value, bool) else str(value),
)
def test_value_is_plain_only_where_json_gives_it_back(value, plain):
    """What is not plain is told of without being unpickled, and read when that is asked for."""
    hydra_multirun({"x": 0}, lambda cfg: value, ["x=1", OUT])

    (job,) = load_sweep("out")

    assert job.status == "COMPLETED"
    if plain:
        assert same(job.return_value, value)
    else:
        with pytest.raises(PickledValueError, match=r"load_sweep\(directory, unpickle=True\)"):
            _ = job.return_value
    (job,) = load_sweep("out", unpickle=True)
    assert same(job.return_value, value)


@pytest.mark.parametrize("make", [lambda: shared(60), endless], ids=["shared", "endless"])
def test_value_that_refers_to_itself_is_stored_at_once(make):
    """A value that has no end when it is written out, or next to none, is pickled."""
    hydra_multirun({"x": 0}, lambda cfg: make(), ["x=1", OUT])

    (job,) = load_sweep("out", unpickle=True)

    back = job.return_value
    assert back[0] is back[-1]


def test_value_of_numpy_keeps_its_type():
    """A numpy scalar is no Python float, and comes back as what it was."""
    numpy = pytest.importorskip("numpy", reason="numpy is not installed")
    returned = [numpy.float64(1.5), numpy.int8(3), numpy.arange(3), numpy.arange(10**5), 2.5]
    hydra_multirun({"x": 0}, lambda cfg: returned[cfg.x], ["x=range(5)", OUT])

    loaded = [job.return_value for job in load_sweep("out", unpickle=True)]

    assert [type(item) for item in loaded] == [type(item) for item in returned]
    assert all(numpy.array_equal(one, other) for one, other in zip(loaded, returned, strict=True))
    shown = [job.value.number for job in read_journal(Path("out")).jobs.values()]
    assert shown == [1.5, 3.0, None, None, 2.5]


def test_value_that_cannot_be_pickled_leaves_its_job_completed():
    """The job has run; reading what it returned says why it is not there."""
    (jobs,) = hydra_multirun({"x": 0}, lambda cfg: threading.Lock(), ["x=1,2", OUT])
    assert [job.status.name for job in jobs] == ["COMPLETED", "COMPLETED"]

    loaded = load_sweep("out", unpickle=True)

    assert [job.status for job in loaded] == ["COMPLETED", "COMPLETED"]
    with pytest.raises(JournalError, match=r"lock object.* cannot be pickled: TypeError"):
        _ = loaded[0].return_value


class Rude:
    """An object of which every question is an error."""

    def __repr__(self):
        raise RuntimeError

    @property
    def ndim(self):
        raise RuntimeError

    def __float__(self):
        raise RuntimeError

    def __len__(self):
        raise RuntimeError

    def __eq__(self, other):
        return type(other) is Rude

    __hash__ = None


def test_value_that_raises_when_looked_at_is_stored():
    """Neither its repr nor what asks for a number spoils the sweep."""
    hydra_multirun({"x": 0}, lambda cfg: Rude(), ["x=1", OUT])

    sweep = load_sweep("out", unpickle=True)

    assert "COMPLETED" in repr(sweep)
    assert sweep[0].return_value == Rude()


class Trap:
    """Unpickling it leaves a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_value_is_not_unpickled_unless_asked_for():
    """Neither load_sweep nor any repr or field of it runs what a pickle says."""
    hydra_multirun({"x": 0}, lambda cfg: Trap("sprung"), ["x=1", OUT])

    sweep = load_sweep("out")
    shown = repr(sweep), repr(sweep[0]), repr(list(sweep)), sweep[0].shown
    with pytest.raises(PickledValueError):
        _ = sweep[0].return_value

    assert not Path("sprung").exists()
    assert all("Trap" in text for text in shown)
    _ = load_sweep("out", unpickle=True)[0].return_value
    assert Path("sprung").exists()


class NotHere:
    """Unpickling it is an error."""

    def __reduce__(self):
        return pickle.loads, (b"cno_such_module\nx\n.",)


def test_value_that_cannot_be_unpickled_is_one_clear_error():
    """The error names the module that is not there."""
    hydra_multirun({"x": 0}, lambda cfg: NotHere(), ["x=1", OUT])

    (job,) = load_sweep("out", unpickle=True)

    with pytest.raises(
        JournalError, match="cannot be unpickled here: ModuleNotFoundError: .*no_such"
    ):
        _ = job.return_value


@pytest.mark.parametrize("harm", ["gone", "cut", "changed", "a folder"])
def test_value_in_a_file_that_was_harmed_is_one_clear_error(harm):
    """The error names the file."""
    hydra_multirun({"x": 0}, lambda cfg: bytes([cfg.x]) * 50_000, ["x=1,2", OUT])
    (path,) = Path("out/.zenrun/values").glob("0-*.pkl")
    content = path.read_bytes()
    path.unlink()
    if harm == "cut":
        path.write_bytes(content[:-1])
    elif harm == "changed":
        path.write_bytes(content[:100] + b"?" + content[101:])
    elif harm == "a folder":
        path.mkdir()

    one, two = load_sweep("out", unpickle=True)

    with pytest.raises(JournalError, match=path.name):
        _ = one.return_value
    assert two.return_value == b"\x02" * 50_000


def test_value_in_a_file_leaves_nothing_half_written():
    """Only whole files stay in the folder of values."""
    hydra_multirun({"x": 0}, lambda cfg: "y" * 10**6, ["x=1,2,3", OUT])

    names = sorted(path.suffix for path in Path("out/.zenrun/values").iterdir())

    assert names == [".pkl"] * 3
    assert sys.getsizeof(load_sweep("out")[0].shown) < 1000
