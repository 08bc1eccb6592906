"""The benchmarks keep running, and their table says what was measured."""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent.parent / "benchmarks"


@pytest.fixture
def table(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    import _table

    return _table


def bench(*args, folder):
    command = [sys.executable, str(FOLDER / "run.py"), *args]
    return subprocess.run(
        command, cwd=folder, env=os.environ, capture_output=True, text=True, check=False
    )


def test_benchmarks_all_run_with_zenrun_alone(tmp_path):
    """The smallest plan runs every benchmark, prints one table and writes it to a page."""
    done = bench("--plan", "smoke", "--markdown", "page.md", folder=tmp_path)

    assert done.returncode == 0, done.stderr
    for path in FOLDER.glob("bench_*.py"):
        assert f"{path.stem} ..." in done.stderr
    assert "| a job of a sweep, small config, 2 jobs " in done.stdout
    assert "| a single run, warm, small config " in done.stdout
    assert "| kept per job, small config, objects, " in done.stdout
    assert f"hydra-core {version('hydra-core')}" in done.stdout
    without = importlib.util.find_spec("hydra_zen") is None
    assert ("no hydra-zen" in done.stdout) == without
    assert (tmp_path / "page.md").read_text() == done.stdout


def test_benchmarks_unknown_name_is_refused(tmp_path):
    """A benchmark that is not there is named, with those that are."""
    done = bench("bench_nothing", folder=tmp_path)

    assert done.returncode == 2
    assert "no such benchmark: bench_nothing; there are " in done.stderr
    assert all(path.stem in done.stderr for path in FOLDER.glob("bench_*.py"))


@pytest.mark.parametrize(
    ("args", "plan"), [([], "full"), (["--quick"], "quick"), (["--plan", "smoke"], "smoke")]
)
def test_benchmarks_plan_is_the_full_one_unless_said(table, args, plan):
    """Everything is measured where nothing else is said."""
    parser = argparse.ArgumentParser()
    table.plans(parser)

    assert parser.parse_args(args).plan == plan


def test_benchmarks_row_takes_the_median_of_the_ratios(table):
    """A row has each side's median, and the median of the ratios of the rounds."""
    taken = {"zenrun": [0.001, 0.002, 0.009], "launch": [0.1, 0.4, 0.3]}

    row = table.compared("a job", taken, "launch", targets=(1 / 100, 1 / 300), note="cold")

    assert row.cells() == (
        "a job (cold)",
        "2.00 ms",
        "launch",
        "300 ms",
        "1/100",
        "1/100, then 1/300",
        "yes",
    )


@pytest.mark.parametrize(
    ("ratio", "said"),
    [(1 / 99, "no"), (1 / 100, "yes"), (1 / 299, "yes"), (1 / 300, "yes, the next too")],
)
def test_benchmarks_row_says_which_target_is_reached(table, ratio, said):
    """A ratio reaches a target at which it is, and the next one too where it is that small."""
    row = table.Row("a job", 1, "ms", "launch", 1, ratio, targets=(1 / 100, 1 / 300))

    assert row.reached() == said


def test_benchmarks_row_may_have_a_target_of_its_own(table):
    """A row without ratio is measured by zenrun's figure alone."""
    row = table.Row("kept", 10.0, "KB", at_most=10.0)

    assert row.cells() == ("kept", "10.0 KB", "", "", "", "10.0 KB", "yes")
    assert replace(row, ours=10.1).reached() == "no"


@pytest.mark.parametrize(
    ("ratio", "shown"),
    [
        (1 / 312.4, "1/312"),
        (1 / 5, "1/5"),
        (1 / 2.25, "1/2.2"),
        (0.9, "0.90"),
        (1, "1"),
        (531.4, "531"),
    ],
)
def test_benchmarks_ratio_is_shown_as_a_fraction(table, ratio, shown):
    """A small ratio reads 1/n, others are numbers."""
    assert table.fraction(ratio) == shown


def test_benchmarks_table_goes_into_its_place_of_a_page(table, tmp_path):
    """Of a page only what is marked for the installed Hydra is replaced."""
    short = ".".join(version("hydra-core").split(".")[:2])
    page = tmp_path / "page.md"
    other = "<!-- measured: hydra-core 0.9 -->\nkept\n<!-- end -->\n"
    page.write_text(
        f"# A\n{other}<!-- measured: hydra-core {short} -->\nold\n<!-- end -->\nafter\n"
    )

    table.put_into(page, "| new |")

    assert page.read_text() == (
        f"# A\n{other}<!-- measured: hydra-core {short} -->\n\n| new |\n\n<!-- end -->\nafter\n"
    )


def test_benchmarks_page_without_a_place_is_left_alone(table, tmp_path):
    """A page that marks no place is not overwritten, and the error shows the mark."""
    page = tmp_path / "page.md"
    page.write_text("# A\n")

    with pytest.raises(ValueError, match="has no place for the table: a line <!-- measured"):
        table.put_into(page, "| new |")

    assert page.read_text() == "# A\n"
