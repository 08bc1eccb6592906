"""What hydra_multirun returns is a list in all, and shows itself as a table: in terminals and notebooks."""

from __future__ import annotations

import copy
import html.parser
import pickle
from dataclasses import dataclass

import pytest
from hydra.core.utils import JobReturn

from zenrun import hydra_multirun, load_sweep, multirun
from zenrun.errors import SweeperError

OUT = "hydra.sweep.dir=out"


@pytest.fixture(autouse=True)
def _terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")


@dataclass
class Score:
    """What a job returns."""

    loss: float
    steps: int


def score(cfg):
    if cfg.x == 2:
        msg = "two\nlines"
        raise ValueError(msg)
    return Score(cfg.x / 8, cfg.x)


def without_times(text):
    """Give the lines of a table without the last column."""
    return [line.rsplit("  ", 1)[0].rstrip() for line in text.splitlines()]


class Page(html.parser.HTMLParser):
    """The tags of a page, and the texts of its cells."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.cells, self.attributes = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data):
        self.cells.append(data)


def test_multirun_returns_lists_that_are_lists_in_all():
    """They compare, pickle, copy, add and take items as Hydra's lists do."""
    returned = hydra_multirun({"x": 1}, score, ["x=1,3,5", "hydra.sweeper.max_batch_size=2"])
    plain = [list(batch) for batch in returned]

    assert isinstance(returned, list)
    assert all(isinstance(batch, list) for batch in returned)
    assert all(isinstance(job, JobReturn) for batch in returned for job in batch)
    assert [len(batch) for batch in returned] == [2, 1]
    assert returned == plain
    assert plain == returned
    assert returned[0] + returned[1] == [*plain[0], *plain[1]]
    assert copy.deepcopy(returned) == plain
    for job in (job for batch in returned for job in batch):
        job.hydra_cfg = None  # its classes are Hydra's, whose modules other tests load anew
    again = pickle.loads(pickle.dumps(returned))
    assert again == plain
    assert repr(again) == repr(returned)  # with the jobs' durations
    returned[0].append(1)
    assert returned[0][-1] == 1


def test_jobs_are_shown_as_a_table():
    """A column for each override that varies and each part of what was returned, and the errors."""
    (jobs,) = hydra_multirun({"x": 1, "y": 0}, score, ["x=1,2,3", "y=1", OUT], on_failure="return")

    assert without_times(repr(jobs)) == [
        "3 jobs: 2 COMPLETED, 1 FAILED",
        "#  status     x   loss  steps  error",
        "0  COMPLETED  1  0.125      1",
        "1  FAILED     2                ValueError: two",
        "2  COMPLETED  3  0.375      3",
    ]
    assert repr(jobs).splitlines()[2].endswith(" ms")
    assert str(jobs) == repr(jobs)


def test_batches_are_shown_as_one_table():
    """The outer list shows the jobs of all batches."""
    returned = hydra_multirun({"x": 1}, score, ["x=1,3,5", "hydra.sweeper.max_batch_size=2"])

    assert [line.split()[0] for line in repr(returned).splitlines()] == ["3", "#", "0", "1", "2"]
    assert repr(returned[1]).splitlines()[0] == "1 job, COMPLETED"


@pytest.mark.parametrize("width", [20, 40, 80])
def test_table_has_lines_of_the_terminals_width_whatever_was_returned(monkeypatch, width):
    """Cells are cut, then columns left out; no line is longer, and the number and status stay."""
    monkeypatch.setenv("COLUMNS", str(width))
    given = ["x" * 1000, "a\nb\tc", "\x1b[31mred\x1b[0m\x07", list(range(10**5)), {"k": [0] * 99}]

    (jobs,) = hydra_multirun(
        {"n": 0, "long": ""},
        lambda cfg: {f"part{n}": item for n, item in enumerate(given)},
        {"n": multirun([1, 2, 3]), "long": multirun(["y" * 200, "z"])},
    )
    lines = repr(jobs).splitlines()

    assert len(lines) == 8
    assert lines[0] == "6 jobs, COMPLETED"
    assert max(map(len, lines)) <= width
    assert all(line.isprintable() for line in lines)
    assert lines[1].split()[:2] == ["#", "status"]
    assert lines[2].split()[:2] == ["0", "COMPLETED"]


def test_many_jobs_are_shown_by_the_first_and_the_last():
    """Twenty in a terminal and sixty in a notebook, with the number of those between."""
    (jobs,) = hydra_multirun({"x": 1}, lambda cfg: cfg.x, ["x=range(70)"])

    lines = repr(jobs).splitlines()
    assert [lines[n].split()[0] for n in (2, 11, 12, 13, 22)] == ["0", "9", "...", "60", "69"]
    assert lines[12] == "... 50 more ..."
    page = Page(jobs._repr_html_())
    assert page.tags.count("tr") == 62
    assert "... 10 more ..." in page.cells


class Rude:
    """Cannot be looked at."""

    def __repr__(self):
        raise RuntimeError

    @property
    def ndim(self):
        return 0


def test_value_that_raises_when_it_is_looked_at_is_shown_by_its_class():
    """A table is shown all the same."""
    (jobs,) = hydra_multirun({"x": 1}, lambda cfg: Rude(), ["x=1,2"])

    assert "<Rude instance at " in repr(jobs)
    assert any("<Rude instance at " in cell for cell in Page(jobs._repr_html_()).cells)


EVIL = "</td><script>alert(1)</script><img src=x onerror=alert(1)>"


def evil(cfg):
    if cfg.x == 2:
        raise ValueError(EVIL + "\"'")
    return {EVIL: EVIL, "title": "\"' onmouseover=alert(1) " * 20}


def test_html_has_no_markup_that_came_from_a_job():
    """Overrides, names and values of parts, errors and titles are all escaped."""
    (jobs,) = hydra_multirun(
        {"x": 1}, evil, {"x": multirun([1, 2]), "+n": multirun(["a", "<b>bold</b>"]), "hydra.sweep.dir": "<i>out"},
        on_failure="return",
    )  # fmt: skip
    for shown in (jobs, load_sweep("<i>out")):
        page = Page(shown._repr_html_())

        assert set(page.tags) <= {"div", "style", "table", "thead", "tbody", "tr", "th", "td"}
        assert set(page.attributes) <= {"class", "title", "colspan"}
        assert any("<script>" in cell for cell in page.cells)
        assert any("<b>bold</b>" in cell for cell in page.cells)
    assert "<i>out" in page.cells[1]


def test_sweep_of_a_directory_is_shown_in_a_notebook():
    """load_sweep's has the same columns, with failures marked."""
    hydra_multirun({"x": 1}, lambda cfg: 1 / (cfg.x - 2), ["x=1,2", OUT], on_failure="return")

    page = Page(load_sweep("out")._repr_html_())

    assert page.cells[1].startswith("FINISHED sweep of 2 jobs in ")
    assert page.cells[2:7] == ["#", "status", "x", "value", "error"]
    assert {"FAILED", "ZeroDivisionError: division by zero"} <= set(page.cells)
    assert 'class="zenrun-marked"' in load_sweep("out")._repr_html_()


def test_finished_jobs_of_an_error_are_shown_as_a_table():
    """The list that an error brings along shows itself too."""
    with pytest.raises(ValueError, match="two") as caught:
        hydra_multirun({"x": 1}, score, ["x=1,2"])

    assert repr(caught.value.finished_jobs).splitlines()[0] == "2 jobs: 1 COMPLETED, 1 FAILED"


def test_what_a_sweeper_returns_beside_lists_of_jobs_is_given_as_it_is():
    """A sweeper's own object is not changed, and an empty list stays one."""
    from zenrun.results._job_table import shows_itself

    for returned in (None, [], 3, {"best": 1}, [1, 2], [[1]], [[JobReturn()], 1], SweeperError):
        assert shows_itself(returned) is returned
