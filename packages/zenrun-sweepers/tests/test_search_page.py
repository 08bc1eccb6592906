"""The page on search and the examples in docstrings that need optional libraries, where they are."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[3]
PAGE = HERE / "docs" / "search.md"


@pytest.mark.filterwarnings("ignore")
def test_search_page_runs_from_top_to_bottom(tmp_path, monkeypatch):
    """The blocks of docs/search.md run in their order and print what the page says."""
    pytest.importorskip("optuna")
    if not PAGE.exists():
        pytest.skip("the page is in the repository, and this is a source distribution")
    monkeypatch.syspath_prepend(HERE / "tests")
    from code_blocks import Session, markdown_blocks

    monkeypatch.syspath_prepend(tmp_path)
    session = Session("page_search", tmp_path)
    for block in markdown_blocks(PAGE.read_text(encoding="utf-8")):
        if block.language in {"python", "pycon"}:
            session.run(block)


def test_quasi_random_examples_run():
    """The examples of quasi-random search give what they say."""
    pytest.importorskip("scipy")
    from zenrun_sweepers import quasi_random

    failed, tried = doctest.testmod(quasi_random)
    assert failed == 0
    assert tried > 0
