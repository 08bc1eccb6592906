"""What the command line refuses is one line that says what is wrong; whatever is on the disk."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import zenrun
from zenrun import hydra_multirun, hydra_run
from zenrun._command_line import main
from zenrun.results._lines import encode_line
from zenrun.results._writer import JournalWriter


def journal(where, count=3):
    """Write the journal of a sweep; give its file."""
    writer = JournalWriter(Path(where), {"sweep": "1", "config": "x: 1\n", "overrides": ["x=1,2"]})
    for num in range(count):
        writer.job_started(num, [f"x={num}"], 1, "1", num)
        writer.job_ended(num, [f"x={num}"], 1, "1", "COMPLETED", num, num + 1, value=[num, "é"])
    writer.end("FINISHED")
    writer.close()
    return Path(where, ".zenrun/journal", writer.name)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["shwo"], "unknown command 'shwo' (did you mean 'show'?); there are: show, "),
        (["show", "--jsno"], "unknown option '--jsno' (did you mean '--json'?). See: zenrun show"),
        (["show", "--jso=1"], "unknown option '--jso' (did you mean '--json'?)"),
        (["show", "out", "1", "2"], "unknown argument '2'"),
        (["--versio"], "the following arguments are required: COMMAND. See: zenrun --help"),
        (
            ["show", "out", "--sort", "los"],
            "no column is 'los' (did you mean 'loss'?); there are: #, ",
        ),
        (["show", "out", "--status", "DON"], "unknown status 'DON'; there are: COMPLETED, "),
        (["show", "out", "--status", "fail"], "(did you mean 'FAILED'?)"),
        (["show", "out", "--failed", "--status", "LOST"], "not allowed with"),
        (["show", "out", "-n", "0"], "'0' is no number of rows: give 1 or more, or 'all'"),
        (["show", "out", "three"], "'three' is no number of a job"),
        (["show", "out", "7"], "No job 7 is in '"),
        (["show"], "No sweep is in the current directory or below ./multirun. Name"),
        (["show", "7"], "No sweep is in the current directory or below ./multirun"),
        (["compare", "out"], "the following arguments are required: DIR"),
        (["completion", "bsh"], "unknown shell 'bsh' (did you mean 'bash'?)"),
    ],
    ids=lambda item: " ".join(item) if isinstance(item, list) else "",
)
def test_refusal_says_what_is_wrong_and_what_there_is(args, says, refused):
    """One line on stderr, exit code 2, nothing on stdout; the nearest word where one is near."""
    writer = JournalWriter(Path("out"), {})
    for num in (3, 4):
        writer.job_ended(num, [f"x={num}"], 1, "1", "COMPLETED", 0, 1, value={"loss": num})
    writer.close()

    assert says in refused(*args)


def test_refusal_without_words_is_the_help(capsys):
    """Who types the name alone wants to know what there is."""
    assert main([]) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert [name for name in ("show", "report", "compare") if f"\n  {name} " not in err] == []


@pytest.mark.parametrize("args", [["--help"], *([name, "-h"] for name in ("show", "compare"))])
def test_help_is_on_stdout_and_fits_a_terminal(args, capsys, monkeypatch):
    """Exit code 0, and no line is longer than 80."""
    monkeypatch.setenv("COLUMNS", "80")
    code = main(args)

    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    assert out.startswith("usage: zenrun ")
    assert max(map(len, out.splitlines())) <= 80


def test_version_is_that_of_the_package(capsys):
    """As pip shows it."""
    assert main(["--version"]) == 0

    assert capsys.readouterr().out == f"zenrun {zenrun.__version__}\n"


def a_single_run():
    hydra_run({"x": 1}, lambda cfg: cfg.x, ["hydra.run.dir=there"])


def a_sweep_of_hydras():
    hydra_multirun({"x": 1}, lambda cfg: cfg.x, ["x=1,2", "hydra.sweep.dir=there"])
    shutil.rmtree("there/.zenrun")


def a_newer_journal():
    path = journal("there")
    path.write_bytes(encode_line({"zenrun_journal": 2, "zenrun": "9.1"}) + path.read_bytes())


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: None, "There is no folder '"),
        (lambda: Path("there").write_text("x"), "there' is a file; a sweep is a directory"),
        (lambda: Path("there").mkdir(), "It is empty. A sweep's directory is hydra.sweep.dir, by"),
        (lambda: journal("there/a/b"), "There are below it: "),
        (a_single_run, "It is the folder of a single run"),
        (a_sweep_of_hydras, "Hydra ran a sweep there without zenrun, so"),
        (
            a_newer_journal,
            "is of format 2, which zenrun 9.1 has written; this one reads format 1. ",
        ),
    ],
)
def test_refusal_of_a_directory_says_what_it_is(make, says, refused):
    """A file, a single run, a sweep of plain Hydra, a newer format: each is told by its name."""
    make()

    assert says in refused("show", "there")


def test_refusal_of_a_jobs_folder_names_the_sweep(refused):
    """The folder of a job is not taken for its sweep's."""
    hydra_multirun({"x": 1}, lambda cfg: cfg.x, ["x=1", "hydra.sweep.dir=sweep"])

    said = refused("show", "sweep/0")

    assert f"It is the folder of one job; the sweep is {os.path.abspath('sweep')!r}" in said


PARTS = st.floats(0, 1)


@given(PARTS, PARTS, st.binary(max_size=20))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_show_of_a_journal_that_was_cut_or_damaged_shows_what_is_whole(tmp_path, start, end, other):
    """Whatever has happened to the file: an answer, and never a traceback."""
    shutil.rmtree(tmp_path / "out", ignore_errors=True)
    path = journal(tmp_path / "out")
    content = bytearray(path.read_bytes())
    content[int(start * len(content)) : int(max(start, end) * len(content)) + 1] = other
    path.write_bytes(content)

    for args in ([], ["--json"], ["1"], ["--sort", "time"]):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(["show", str(tmp_path / "out"), *args])
        assert (code, err.getvalue()) == (0, "") or (
            code == 2 and args in (["1"], ["--sort", "time"])
        )


KEYS = [
    *("job", "overrides", "status", "attempt", "start", "end", "directory", "value", "error"),
    *("traceback", "host", "worker", "note", "time", "zenrun_journal", "config", "sweep", "pid"),
]
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.just("COMPLETED"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)
USUAL = {"job": 0, "status": "COMPLETED", "overrides": ["x=1"], "start": 1.0, "end": 2.0}
ENTRIES = st.builds(
    lambda usual, entry: {**(USUAL if usual else {}), **entry},
    st.booleans(),
    st.dictionaries(st.sampled_from(KEYS), ANYTHING, min_size=1, max_size=8),
)


@given(st.lists(ENTRIES, min_size=1, max_size=4))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_show_of_entries_that_nobody_wrote_is_an_answer(tmp_path, entries):
    """A journal with right checksums and wrong entries is read as one with damaged lines."""
    path = tmp_path / "out/.zenrun/journal/x.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(map(encode_line, entries)))

    for args in ([], ["--json"], ["0"]):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(["show", str(tmp_path / "out"), *args])
        assert code == 0 or "is of format" in err.getvalue() or args == ["0"], err.getvalue()
        if code == 0 and args == ["--json"]:
            json.loads(out.getvalue())
