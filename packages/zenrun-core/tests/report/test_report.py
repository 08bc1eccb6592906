"""zenrun.report: what stands on the page, whichever way jobs are given and whatever they hold."""

from __future__ import annotations

import html.parser
import json
import logging
import os
import re
from pathlib import Path

import pytest
from draws import Draws
from hydra.core.config_store import ConfigStore
from hypothesis import given, settings
from hypothesis import strategies as st

from zenrun import builds, hydra_multirun, hydra_run, load_sweep, report
from zenrun.errors import JournalError, MissingExtraError, OutputDirError, TableError
from zenrun.results._writer import JournalWriter

OUT = "hydra.sweep.dir=out"
log = logging.getLogger("train")


@pytest.fixture(autouse=True)
def _no_pictures(monkeypatch):
    """Drawing takes longer than all else."""
    monkeypatch.setattr("zenrun.plot.overview", lambda jobs: {})


class Page(html.parser.HTMLParser):
    """A page as a browser reads it, without running anything."""

    def __init__(self, path):
        super().__init__()
        self.source = Path(path).read_text(encoding="utf-8")
        self.tags, self.attributes, self.texts, self.within = [], [], [], []
        self.scripts, self.styles = [], []
        self.feed(self.source)
        self.data = json.loads(self.scripts[0], parse_constant=self.refuse)

    def refuse(self, constant):
        raise AssertionError(f"{constant} is no JSON")

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self.within.append(tag)

    def handle_endtag(self, tag):
        while self.within and self.within.pop() != tag:
            pass

    def handle_data(self, data):
        into = {"script": self.scripts, "style": self.styles}
        into.get(self.within[-1] if self.within else "", self.texts).append(data)

    @property
    def text(self):
        """What stands there to be read."""
        return " ".join(" ".join(self.texts).split())

    def column(self, name):
        """Give the cells of a column."""
        at = [column for column, _ in self.data["columns"]].index(name)
        return [row[at] for row in self.data["rows"]]

    def job(self, place):
        """Give a job's details with their texts in them."""
        job, texts = dict(self.data["jobs"][place]), self.data["texts"]
        for name in ("traceback", "error"):
            if job.get(name) is not None:
                job[name] = texts[job[name]]
        job["overrides"] = [texts[at] for at in job["overrides"]]
        job["logs"] = [
            (name, None if at is None else texts[at], size, cut)
            for name, at, size, cut in job.get("logs", ())
        ]
        if job.get("config") is not None:
            base, changes = job["config"]
            lines = texts[self.data["configs"][base]].split("\n")
            for line, at in changes:
                lines[line] = texts[at]
            job["config"] = "\n".join(lines)
        columns = [name for name, _ in self.data["columns"]]
        job["values"] = {columns[at]: texts[text] for at, text in job.get("values", ())}
        return job


def train(cfg):
    log.info("begin with %s", cfg.x)
    if cfg.x == 2:
        raise ValueError("no two\nof them")
    return {"loss": cfg.x / 4, "name": "n" * cfg.x}


def sweep(task=train, overrides=("x=1,2,3", OUT), config=None):
    return hydra_multirun(config or {"x": 1}, task, list(overrides), on_failure="return")


def page_of(jobs, **options):
    return Page(report(jobs, "page.html", **options))


def test_report_of_a_directory_tells_the_sweep_and_each_job():
    """State, counts, columns, and of a job overrides, folder, log, traceback and config."""
    sweep()

    page = page_of("out")

    assert "FINISHED The sweep has come to its end." in page.text
    assert "Jobs 2 COMPLETED, 1 FAILED" in page.text
    assert os.path.abspath("out") in page.text
    assert page.data["columns"] == [
        ["#", "job"],
        ["status", "job"],
        ["time", "time"],
        ["x", "override"],
        ["loss", "value"],
        ["error", "error"],
        ["name", "value"],
    ]
    assert page.column("x") == [1, 2, 3]
    assert page.column("loss") == [0.25, None, 0.75]
    assert page.column("error") == [None, "ValueError: no two", None]
    job = page.job(1)
    assert (job["overrides"], job["folder"], job["config"]) == (["x=2"], "1", "x: 2")
    assert 'raise ValueError("no two\\nof them")' in job["traceback"]
    assert job["traceback"].endswith("ValueError: no two\nof them")
    ((name, text, size, is_cut),) = job["logs"]
    assert (name, is_cut) == ("hydra_run.log", False)
    assert "begin with 2" in text
    assert size == Path("out/1/hydra_run.log").stat().st_size
    assert "traceback" not in page.job(0)
    assert page.job(2)["start"] <= page.job(2)["end"]


def test_report_is_the_same_of_a_directory_of_its_sweep_and_of_the_jobs():
    """Whichever way the same jobs are given, the page shows the same."""
    jobs = sweep()

    pages = [page_of(item) for item in ("out", Path("out"), load_sweep("out"), jobs, jobs[0])]

    for page in pages[1:]:
        assert page.data["columns"] == pages[0].data["columns"]
        assert page.data["rows"] == pages[0].data["rows"]
        for place in range(3):
            one, other = page.job(place), pages[0].job(place)
            one.pop("traceback", None), other.pop("traceback", None)  # of this process, and shorter
            assert one == other
        assert "FINISHED" in page.text
        assert page.tags == pages[0].tags


def test_report_of_some_jobs_says_of_how_many():
    """Jobs of a sweep are told apart from the whole of it."""
    jobs = sweep()

    assert "Jobs 1 COMPLETED, 1 FAILED (of 3 in the sweep)" in page_of(jobs[0][:2]).text
    assert len(page_of(load_sweep("out")[1:]).data["rows"]) == 2


def test_report_of_jobs_without_a_journal_tells_what_they_hold():
    """A single run, and jobs whose sweep is gone, have their folders, values and tracebacks."""
    job = hydra_run({"x": 3}, train, ["x=1"])

    page = page_of(job)

    assert "1 job" in page.text
    assert page.column("loss") == [0.25]
    assert page.job(0)["config"] == "x: 1"
    assert page.job(0)["logs"][0][0] == "hydra_run.log"
    assert "Of the first job x: 1" in page.text

    jobs = sweep()
    Path("out/.zenrun").rename("gone")
    page = page_of(jobs)
    assert page.column("status") == ["COMPLETED", "FAILED", "COMPLETED"]
    assert "in train" in page.job(1)["traceback"]
    assert "FINISHED" not in page.text


def test_report_of_jobs_of_an_earlier_sweep_is_not_about_the_later_one():
    """A sweep that used the same directory again is not taken for that of the jobs."""
    jobs = sweep()
    sweep(overrides=("x=5,6,7", OUT))

    assert "FINISHED" not in page_of(jobs).text
    assert page_of(jobs).column("x") == [1, 2, 3]


def test_report_of_a_sweep_that_was_stopped_says_so():
    """Jobs that were ended with the sweep and the sweep's own state are there."""

    def task(cfg):
        if cfg.x == 2:
            raise KeyboardInterrupt
        return cfg.x

    with pytest.raises(KeyboardInterrupt):
        hydra_multirun({"x": 1}, task, ["x=1,2,3", OUT])

    page = page_of("out")

    assert "INTERRUPTED The sweep was stopped by Ctrl-C." in page.text
    assert page.column("status") == ["COMPLETED", "CANCELLED"]


def test_report_of_a_running_sweep_shows_what_there_is():
    """A job that writes the report of its own sweep sees that run, and itself in it."""

    def task(cfg):
        if cfg.x == 2:
            report("out", "inside/now.html")
        return cfg.x

    hydra_multirun({"x": 1}, task, ["x=1,2", OUT])

    page = Page("inside/now.html")
    assert "RUNNING The sweep was running when this page was written." in page.text
    assert "Runs for" in page.text
    assert page.column("status") == ["COMPLETED", "RUNNING"]


@pytest.mark.parametrize("jobs", [[], [[]]], ids=str)
def test_report_of_no_jobs_is_a_page(jobs):
    """A sweep in which nothing was started has a page too."""
    page = page_of(jobs)

    assert page.data["rows"] == []
    assert page.data["columns"] == [["#", "job"], ["status", "job"]]
    assert "Jobs none" in page.text


def search(task, **settings):
    """Run a search."""
    node = builds(Draws, n_trials=6, seed=3, **settings)
    ConfigStore.instance().store(group="hydra/sweeper", name="draws", node=node)
    return hydra_multirun({"x": 1.0}, task, ["hydra/sweeper=draws", "x=interval(0.0, 1)", OUT])


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_report_of_a_search_names_its_best_job(direction):
    """What the search was looking for, and what it found, is told of its result and of its directory."""
    found = search(lambda cfg: {"loss": cfg.x}, direction=direction, objective="loss")
    best = found.best

    for jobs in (found, "out"):
        page = page_of(jobs)
        assert page.data["best"] == [best.trial.number]
        assert f"{direction} loss" in page.text
        assert f"Best job loss = {best.value:.6g} with x = {best.params['x']:.6g}" in page.text


def test_report_of_a_search_with_two_objectives_names_those_that_none_is_better_than():
    """Of several objectives the best are those of the Pareto front."""
    found = search(lambda cfg: (cfg.x, round(cfg.x)), direction=["minimize", "maximize"])

    page = page_of("out")

    assert page.data["best"] == [result.trial.number for result in found.pareto]
    assert len(page.data["best"]) > 1
    assert "minimize, maximize the values" in page.text


HOSTILE = [
    "</script><script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    "<!--<script>",
    "]]>&lt;&amp;",
    "\"'`${x}",
    "\x00\x1b[31mred\x1b[0m\x07\u202eleft\u2028line\u2029",
    "\U0001f600 \U0001f468\u200d\U0001f469\u200d\U0001f467",
    "javascript:alert(1)",
    "__proto__",
]


def test_report_holds_whatever_jobs_say_as_text():
    """Values, errors, logs, titles and names of columns bring no element and no attribute onto the page."""
    plain = page_of(sweep(lambda cfg: {"name": "text"}, ["x=1,2", OUT]))

    def task(cfg):
        log.warning("%s", HOSTILE[cfg.x])
        if cfg.x % 2:
            raise ValueError(HOSTILE[cfg.x])
        return {HOSTILE[cfg.x]: HOSTILE[cfg.x], "__proto__": {"constructor": 1}, "name": HOSTILE}

    sweep(task, [f"x=range({len(HOSTILE)})", "+y='</title><b>'", OUT])
    page = page_of("out", title=HOSTILE[0] + "\x00")

    assert page.tags.count("script") == plain.tags.count("script") == 2
    assert not {"img", "b"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert HOSTILE[0] in page.text
    assert HOSTILE[0] in page.column("error") + page.column(HOSTILE[0])
    assert page.column("__proto__.constructor")[0] == 1
    assert HOSTILE[1] in page.column("error")[1]
    assert "\x00" not in page.source
    assert "\x1b" not in page.source
    assert "\u202e" not in page.source
    assert page.source.count("</script>") == 2


TEXTS = st.text(st.characters(codec=None), max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.binary(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=25)
@given(values=st.lists(VALUES, min_size=1, max_size=4))
def test_report_of_any_values_is_a_page_with_a_row_for_each(values):
    """Whatever jobs return, the page is whole and its data is JSON."""
    from hydra.core.utils import JobReturn, JobStatus

    jobs = []
    for value in values:
        job = JobReturn(overrides=["x=1"], status=JobStatus.COMPLETED)
        job._return_value = value
        jobs.append(job)

    page = page_of(jobs)

    assert len(page.data["rows"]) == len(values)
    assert all(len(row) == len(page.data["columns"]) for row in page.data["rows"])
    assert page.tags.count("script") == 2


def test_report_tells_numbers_that_json_has_not():
    """NaN, infinities and large numbers are texts with what they are sorted by."""
    values = [float("nan"), float("inf"), -float("inf"), 10**400, 2**60, 1e-300, True, 5]
    sweep(lambda cfg: {"v": values[cfg.x]}, [f"x=range({len(values)})", OUT])

    cells = page_of("out").column("v")

    most = 1.7976931348623157e308
    assert cells[:3] == [["nan", None], ["inf", most], ["-inf", -most]]
    assert cells[3][0].startswith("1000000")
    assert cells[3][1] == most
    assert cells[4:] == [["1152921504606846976", 2.0**60], 1e-300, "True", 5]


def test_report_of_a_journal_with_folders_of_anybody_is_a_page():
    """Somebody else may have written the journal: no file is read outside the sweep's directory."""
    writer = JournalWriter(Path("out"), {"sweep": "s", "config": "x: 1"})
    for number, folder in enumerate(["/", "..", "0\0", "n" * 5000]):
        writer.job_ended(number, ["x=1"], 1, "", "FAILED", 0.0, 1.0, folder, traceback="")
    writer.close()

    page = page_of("out")

    assert page.column("status") == ["FAILED"] * 4
    assert [page.data["jobs"][place].get("outside") for place in range(2)] == [True, True]


def test_report_is_titled_by_its_directory():
    """One that is named by the time in it is told with the date before it."""
    hydra_multirun({"x": 1}, train, ["x=1,3"])
    (directory,) = Path("multirun").glob("*/*")

    assert page_of(directory).text.startswith(f"{directory.parent.name}/{directory.name} ")
    directory.rename("named")
    assert page_of("named").text.startswith("named ")


def test_report_shows_long_values_in_full_where_the_job_is_opened():
    """A cell is short; the job has all of the text, unless it is very long."""
    sweep(lambda cfg: {"text": "ab" * 10 ** (cfg.x + 1), "list": list(range(20))}, ["x=1,3", OUT])

    page = page_of("out")

    assert [len(cell) for cell in page.column("text")] == [120, 120]
    assert page.job(0)["values"]["text"] == "ab" * 100
    assert page.job(0)["values"]["list"] == str(list(range(20)))
    assert "characters are left out" in page.job(1)["values"]["text"]
    assert len(page.job(1)["values"]["text"]) < 10_000


def test_report_unpickles_nothing():
    """What a job of a directory returned is shown as text where it is pickled."""

    class Boom:
        def __reduce__(self):
            return os.mkdir, ("unpickled",)

        def __repr__(self):
            return "<Boom>"

    sweep(lambda cfg: Boom(), ["x=1,2", OUT])

    assert page_of("out").column("value") == ["<Boom>", "<Boom>"]
    assert not Path("unpickled").exists()


def test_report_reads_the_end_of_a_long_log():
    """Of a log of 100 MB the last lines are on the page, with its size; bytes that are no text are marked."""
    sweep()
    with Path("out/0/hydra_run.log").open("wb") as file:
        file.truncate(100_000_000)
        file.seek(0, os.SEEK_END)
        file.write(b"\nabc \xff\xfe\n\x1b[1mthe end\x1b[0m\r\n")

    ((_, text, size, is_cut),) = page_of("out").job(0)["logs"]

    assert text.endswith("abc \ufffd\ufffd\nthe end")
    assert size > 100_000_000
    assert is_cut
    assert Path("page.html").stat().st_size < 200_000


def test_report_follows_no_link_out_of_the_sweep(tmp_path):
    """Links and folders that lead elsewhere, pipes and missing folders are left alone."""
    secret = tmp_path / "secret.log"
    secret.write_text("a secret")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/other.log").write_text("a secret")
    sweep(overrides=["x=1,3,4,5", OUT])
    out = Path("out")
    (out / "0/linked.log").symlink_to(secret)
    (out / "0/.hydra/config.yaml").unlink()
    (out / "0/.hydra/config.yaml").symlink_to(secret)
    os.mkfifo(out / "0/pipe.log")
    (out / "1/folder.log").mkdir()
    (out / "2").rename("taken")
    (out / "3").rename("away")
    (out / "3").symlink_to(tmp_path / "elsewhere")

    page = page_of("out")

    assert "a secret" not in page.source
    assert [name for name, *_ in page.job(0)["logs"]] == ["hydra_run.log"]
    assert "config" not in page.job(0)
    assert [name for name, *_ in page.job(1)["logs"]] == ["hydra_run.log"]
    assert (page.job(2)["folder"], page.job(2)["logs"]) == ("2", [])
    assert page.job(3)["outside"]
    assert page.column("loss") == [0.25, 0.75, 1.0, 1.25]


def test_report_keeps_configs_that_are_alike_once():
    """Jobs with the same keys are told by the lines in which they differ; others have a config of their own."""
    config = {"x": 1, "model": {"name": "a", "text": "one\ntwo"}}
    sweep(lambda cfg: cfg.x, ["x=1,2", "+model.depth=3", OUT], config)
    page = page_of("out")
    assert [page.job(at)["config"] for at in range(2)] == [
        Path(f"out/{at}/.hydra/config.yaml").read_text().strip() for at in range(2)
    ]
    assert len(page.data["configs"]) == 1

    jobs = [
        hydra_run(config, lambda cfg: cfg.x, [override, f"hydra.run.dir={number}"])
        for number, override in enumerate(("x=5", "+model.depth=3", "x=6"))
    ]
    page = page_of(jobs)
    assert len(page.data["configs"]) == 2
    assert "depth: 3" in page.job(1)["config"]
    assert page.job(2)["config"] == page.job(0)["config"].replace("x: 5", "x: 6")


def test_report_of_many_failed_jobs_stays_small():
    """There is so much room for tracebacks and logs, and the page says what it had no room for."""
    from hydra.core.utils import JobReturn, JobStatus

    jobs = []
    for number in range(120):
        job = JobReturn(overrides=[f"x={number}"], status=JobStatus.FAILED)
        job._return_value = ValueError(f"{number}\n" + f"{number} " * 10_000)
        jobs.append(job)

    page = page_of(jobs)

    assert len(page.source) < 1_500_000
    assert re.search(r"it is without \d+ tracebacks", page.text)
    assert page.data["jobs"][-1]["traceback"] is None


@pytest.mark.parametrize(
    ("directory", "told"),
    [
        ("nowhere", "There is no folder"),
        ("out/0", "It is the folder of one job; the sweep is '.*out'"),
        ("single", "It is the folder of a single run"),
        ("plain", "Hydra ran a sweep there without zenrun"),
        (".", "There are below it: .*out"),
    ],
)
def test_report_of_what_is_no_sweep_says_what_it_is(directory, told):
    """Another directory of Hydra's is known as what it is."""
    sweep()
    hydra_run({"x": 1}, train, ["hydra.run.dir=single"])
    Path("plain").mkdir()
    Path("plain/multirun.yaml").touch()

    with pytest.raises(JournalError, match=told):
        report(directory)
    assert not Path("report.html").exists()


def test_report_of_something_else_is_an_error():
    """What is neither a directory nor jobs is named."""
    with pytest.raises(TableError, match="given was 5 of type int"):
        report(5)


def test_report_is_written_whole_or_not_at_all(monkeypatch):
    """Folders are made; a page that is there stays where the new one cannot be written."""
    sweep()
    assert report("out") == Path("report.html").absolute()
    assert report("out", Path("a/b/c.html")) == Path("a/b/c.html").absolute()
    before = Path("report.html").read_bytes()

    def full(self, *args, **kwargs):
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputDirError, match=r"report.html'.*No space left on device.*output="):
        report("out")
    assert Path("report.html").read_bytes() == before
    assert [path.name for path in Path().iterdir() if "partial" in path.name] == []


def test_report_into_a_folder_is_an_error_that_names_a_file():
    """Before any work it is told that the output is a folder, or below a file."""
    with pytest.raises(
        OutputDirError, match=r"which is a folder. Name a file, such as '.*report.html'"
    ):
        report("out", ".")
    Path("file").touch()
    with pytest.raises(OutputDirError, match="cannot be written to '.*file/x.html'"):
        report("out", "file/x.html")


def points(count):
    """Draw a picture of so many points."""
    figure = pytest.importorskip("matplotlib.figure").Figure((4, 3))
    figure.add_subplot().plot(range(count), "o")
    return figure


def test_report_holds_its_pictures(monkeypatch):
    """Each is an image within the page; one of thousands of points is made of pixels."""
    figures = {"<few> & points": points(3), "many": points(9000)}
    monkeypatch.setattr("zenrun.plot.overview", lambda jobs: figures)

    page = page_of(sweep())

    sources = [value for name, value in page.attributes if name == "src"]
    assert [source[:20] for source in sources] == ["data:image/svg+xml;b", "data:image/png;base6"]
    assert [value for name, value in page.attributes if name == "alt"] == list(figures)
    assert len(page.source) < 400_000


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (MissingExtraError("plot", "matplotlib", "zenrun.plot"), 'pip install "zenrun-core[plot]"'),
        (ZeroDivisionError("<b>"), "The pictures could not be drawn: ZeroDivisionError: <b>"),
    ],
    ids=lambda item: type(item).__name__,
)
def test_report_without_pictures_says_why(monkeypatch, error, told):
    """Where matplotlib is missing, or what jobs returned cannot be drawn, the page is there all the same."""

    def overview(jobs):
        raise error

    monkeypatch.setattr("zenrun.plot.overview", overview)

    page = page_of(sweep())

    assert told in page.text
    assert page.column("x") == [1, 2, 3]
    assert "img" not in page.tags


def test_report_lets_its_own_script_and_style_run_and_nothing_else():
    """The policy forbids every address, and names the page's script and style by their digests."""
    page = page_of(sweep())

    policy = dict(page.attributes)["content"]
    policy = next(value for name, value in page.attributes if value and "default-src" in value)
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    assert "unsafe" not in policy
    addresses = [value for name, value in page.attributes if name in {"src", "href", "action"}]
    assert all(value.startswith(("data:", "#")) for value in addresses)
