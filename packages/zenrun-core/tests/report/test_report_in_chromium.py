"""A report in a real browser: sorted, filtered and opened with the mouse and the keyboard, and nothing else run."""

from __future__ import annotations

import logging
import os
import re

import pytest
from chromium import Chromium, Tab, find_chromium
from hydra.core.utils import JobReturn, JobStatus

from zenrun import hydra_multirun, report
from zenrun.results._facts import note_facts
from zenrun.testing import isolated_hydra

PROGRAM = find_chromium()
pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="no chromium: apt-get install chromium, or name one in CHROME"
)
HACK = "<img src=x onerror=window.hacked=1>"
CLOSED = "</script><script>window.hacked=1</script>"
log = logging.getLogger("train")


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """One browser for all."""
    made = Chromium(PROGRAM, tmp_path_factory.mktemp("chromium"))
    yield made
    made.close()


def train(cfg):
    log.info("begin with %s", HACK)
    if cfg.lr > 5:
        raise ValueError(f"{CLOSED} is no learning rate")
    loss = float("nan") if cfg.lr == 3 else cfg.lr * cfg.width
    found = {"loss": loss, "text": HACK, CLOSED: 1, "__proto__": cfg.width, "constructor": "c"}
    return found if cfg.width > 1 else {**found, "loss": None, "curve": [0.5] * 200}


def pictures():
    """Draw two pictures, where there is what draws them."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return {}
    figures = {"one": Figure((4, 3)), HACK: Figure((4, 3))}
    for title, figure in figures.items():
        figure.add_subplot().plot([1, 2], [3, 4], label=title)
    return figures


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The report of twelve jobs, of which three have failed."""
    folder = tmp_path_factory.mktemp("sweep")
    before = os.getcwd()
    os.chdir(folder)
    try:
        with isolated_hydra(), pytest.MonkeyPatch.context() as patch:
            patch.setattr("zenrun.plot.overview", lambda jobs: pictures())
            hydra_multirun(
                {"lr": 0.1, "width": 1},
                train,
                ["lr=10,9.5,0.1,3", "width=1,2,11", "hydra.sweep.dir=out"],
                on_failure="return",
            )
            made = report("out", title=f"{HACK} & {CLOSED}")
    finally:
        os.chdir(before)
    return made


@pytest.fixture
def tab(browser, page):
    """The report in a new tab; when it is left, nothing came from the network and nothing of a job's has run."""
    made = Tab(browser, page)
    yield made
    assert made.run("window.hacked") is None
    assert (
        made.run(
            "document.querySelectorAll('img:not(figure img), #jobs script, dialog script').length"
        )
        == 0
    )
    assert [url for url in made.asked_for() if not url.startswith(("file:", "data:"))] == []
    assert made.complaints() == []
    made.close()


def column(tab, name):
    """Give the texts of a column, from the top down."""
    at = tab.texts("thead tr:last-child th").index(name) + 1
    return tab.texts(f"tbody tr > :nth-child({at})")


def sort(tab, name):
    """Click on a column's head."""
    tab.click("thead button", name)
    at = tab.texts("thead tr:last-child th").index(name) + 1
    return tab.run(f"document.querySelector('thead tr:last-child th:nth-child({at})').ariaSort")


def test_page_is_sorted_by_a_click(tab):
    """Numbers by their size, NaN after them, what is missing last, whichever way; texts by their letters."""
    assert column(tab, "#") == [str(number) for number in range(12)]

    assert sort(tab, "loss") == "ascending"
    assert column(tab, "loss") == ["0.2", "1.1", "nan", "nan", *[""] * 8]
    assert sort(tab, "loss") == "descending"
    assert column(tab, "loss") == ["1.1", "0.2", "nan", "nan", *[""] * 8]
    assert sort(tab, "lr") == "ascending"
    assert column(tab, "lr") == ["0.1"] * 3 + ["3"] * 3 + ["9.5"] * 3 + ["10"] * 3
    assert (
        tab.run("document.querySelectorAll('[aria-sort=none]').length")
        == len(tab.texts("thead button")) - 1
    )
    assert sort(tab, "status") == "ascending"
    assert column(tab, "status") == ["COMPLETED"] * 6 + ["FAILED"] * 6


def test_page_is_filtered_by_words_and_status(tab):
    """Words in any column, overrides as they are written, and the status that is clicked on."""
    assert tab.texts("#statuses button") == ["All 12", "COMPLETED 6", "FAILED 6"]

    tab.click("#filter")
    tab.write("lr=0.1")
    assert column(tab, "lr") == ["0.1"] * 3
    assert tab.texts("#pager span") == ["Jobs 1-3 of 3 (of 12)"]
    tab.write(" WIDTH=1")
    assert column(tab, "#") == ["6"]
    tab.write("1")
    assert column(tab, "#") == ["8"]
    tab.run("document.querySelector('#filter').select()")
    tab.write("no learning rate")
    assert column(tab, "status") == ["FAILED"] * 6
    tab.click("#statuses button", "COMPLETED 6")
    assert tab.texts("tbody") == ["No job is like that."]
    assert tab.texts("#statuses [aria-pressed=true]") == ["COMPLETED 6"]
    tab.run("document.querySelector('#filter').select()")
    tab.press("Backspace")
    assert column(tab, "#") == [str(number) for number in range(6, 12)]


def test_page_opens_a_failed_job_by_a_click(tab):
    """Its error, traceback, log and config are there, as text; the next job is a click away, and Escape closes."""
    tab.click("tbody td", "10")

    tab.wait("document.querySelector('dialog').open")
    assert tab.texts("dialog h2") == ["Job 0 FAILED"]
    assert tab.texts("dialog .error") == [f"ValueError: {CLOSED} is no learning rate"]
    told = dict(zip(tab.texts("dialog h3"), tab.texts("dialog h3 ~ :last-child"), strict=True))
    assert list(told) == ["Error", "Traceback", "Overrides", "Log", "Config", "Job"]
    assert "raise ValueError(f" in told["Traceback"]
    assert told["Overrides"] == "lr=10\nwidth=1"
    assert f"begin with {HACK}" in told["Log"]
    assert told["Config"] == "lr: 10\nwidth: 1"
    assert tab.texts("dialog mark") == ["lr: 10", "width: 1"]
    assert re.search(r"Folder\s+0\s+Started\s+\d{4}-", told["Job"])

    tab.press("ArrowRight")
    tab.wait("document.querySelector('dialog h2').innerText.startsWith('Job 1')")
    tab.press("Escape")
    tab.wait("!document.querySelector('dialog').open")
    tab.wait("location.hash === ''")  # the dialog tells that it is closed a moment later


def test_page_shows_what_a_job_returned_in_full(tab):
    """A job is opened by the keyboard too, and long values are there as a whole."""
    tab.run("document.querySelectorAll('tbody a')[6].focus()")
    tab.press("Enter")

    tab.wait("document.querySelector('dialog').open")
    names = tab.texts("dialog dl:first-of-type dt")
    assert {CLOSED, "text", "__proto__", "constructor", "curve"} <= set(names)
    assert tab.texts("dialog dd pre") == [str([0.5] * 200)]
    assert HACK in tab.texts("dialog dd")


def test_page_shows_its_pictures(tab):
    """They are within the page, large enough to be seen, and a click makes one larger."""
    pytest.importorskip("matplotlib")

    shown = tab.run("[...document.images].map(e => [e.alt, e.naturalWidth > 99 && e.width > 99])")

    assert shown == [["one", True], [HACK, True]]
    before = tab.run("document.images[1].width")
    tab.click("figure:last-child button")
    assert tab.run("document.images[1].width") > 1.5 * before


def test_page_names_its_jobs_by_address(browser, page):
    """A link that ends in a job's number opens that job, and what is no job opens nothing."""
    for name, is_open in (("job-7", True), ("job-77", False), ("job-__proto__", False)):
        tab = Tab(browser, f"{page}#{name}")
        assert tab.run("document.querySelector('dialog').open") is is_open
        tab.close()


def test_page_without_scripts_tells_the_sweep(browser, page):
    """What the sweep came to, and why there is no table, can be read without JavaScript."""
    tab = Tab(browser, page, script=False)

    text = tab.run("document.body.innerText")

    assert "FINISHED" in text
    assert re.search("6 (COMPLETED|FAILED), 6", text)
    assert "need JavaScript" in text
    tab.close()


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """The report of 5,000 jobs."""
    jobs = []
    for number in range(5000):
        overrides = [f"lr={number / 7}", f"width={number % 9}", "name=abc"]
        job = JobReturn(overrides=overrides, status=JobStatus.COMPLETED)
        job._return_value = {"loss": number / 3, "score": -number, "text": f"{number} " * 30}
        note_facts(job, num=number, status="COMPLETED", duration=number / 100, directory="")
        jobs.append(job)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("zenrun.plot.overview", lambda jobs: {})
        return report(jobs, tmp_path_factory.mktemp("large") / "large.html")


def test_page_of_5000_jobs_is_sorted_and_shows_a_hundred_at_a_time(browser, large):
    """So it opens at once: `data-ready` says after how many milliseconds; 370 to 930 on a busy machine."""
    tab = Tab(browser, large)

    assert tab.run("Number(document.documentElement.dataset.ready)") > 0
    assert tab.texts("#pager span") == ["Jobs 1-100 of 5,000"]
    assert len(column(tab, "#")) == 100
    sort(tab, "score")
    assert column(tab, "#")[:2] == ["4999", "4998"]
    tab.click("[aria-label='Last page']")
    assert column(tab, "#")[-1] == "0"
    assert tab.texts("#pager span") == ["Jobs 4,901-5,000 of 5,000"]
    assert tab.complaints() == []
    tab.close()
