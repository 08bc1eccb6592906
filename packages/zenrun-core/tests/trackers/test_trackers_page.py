"""The page on trackers, and the examples in their docstrings, where their libraries are."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[4]
PAGE = HERE / "docs" / "trackers.md"


@pytest.mark.filterwarnings("ignore")
def test_trackers_page_runs_from_top_to_bottom(copy_store, tmp_path, monkeypatch):
    """The blocks of docs/trackers.md run in their order and print what the page says."""
    pytest.importorskip("tensorboardX", reason="the extra 'tensorboard' is not installed")
    if not PAGE.exists():
        pytest.skip("the page is in the repository, and this is a source distribution")
    monkeypatch.syspath_prepend(HERE / "tests")
    from code_blocks import LogFreeChecker, Session, markdown_blocks

    copy_store(tmp_path / "runs.db")
    session = Session("page_trackers", tmp_path)
    for block in markdown_blocks(PAGE.read_text(encoding="utf-8")):
        if block.language in {"python", "pycon"}:
            session.run(block)
    runner = doctest.DocTestRunner(checker=LogFreeChecker())
    for name in ("_mlflow", "_tensorboard"):
        for test in doctest.DocTestFinder().find(
            importlib.import_module(f"zenrun.trackers.{name}")
        ):
            runner.run(test)
    assert (runner.failures, runner.tries > 3) == (0, True)
