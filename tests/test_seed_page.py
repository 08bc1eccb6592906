"""Every code block of the running-experiments page runs, with only the import line changed.

The page is the hydra-zen project's (MIT licence). Its code blocks, without its prose, are kept in
seed_page/blocks.rst.txt; where the page itself lies beside the checkout they are compared with it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from code_blocks import Session, rst_blocks

from zenrun.testing import isolated_hydra

HERE = Path(__file__).resolve().parent
BLOCKS = HERE / "seed_page" / "blocks.rst.txt"
PAGE = HERE.parent.parent / "shared/seed/running-experiments.rst.txt"
CHANGED = [("hydra_zen.experimental", "zenrun"), ("hydra_zen", "zenrun")]
# The page's own slips.
MENDED = [
    ("from typing import Dist, List", "from typing import Dict, List"),
    (
        "from hydra.plugins.sweeper import Sweeper",
        "from hydra.plugins.launcher import Launcher\nfrom hydra.plugins.sweeper import Sweeper",
    ),
]


@pytest.mark.skipif(not PAGE.exists(), reason="the page is not beside this checkout")
def test_seed_page_blocks_are_those_of_the_page():
    """The kept blocks are the page's, all of them and as they are."""
    kept = [(block.language, block.text) for block in rst_blocks(BLOCKS.read_text())]

    assert kept == [(block.language, block.text) for block in rst_blocks(PAGE.read_text())]


@pytest.mark.filterwarnings("ignore")
def test_seed_page_runs_from_top_to_bottom(tmp_path, monkeypatch):
    """The page's blocks, run in their order, print what the page says that they print."""
    pytest.importorskip("torch")
    text = BLOCKS.read_text()
    for old, new in CHANGED + MENDED:
        text = text.replace(old, new)
    blocks = rst_blocks(text)
    assert len(blocks) == 20
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)  # the page's my_app.py

    with isolated_hydra():
        session = Session("seed_page", tmp_path)
        for block in blocks:
            session.run(block)

    best, tried = session.module.job
    assert len(tried) == 10
    assert best["best_evaluated_params"] in tried
