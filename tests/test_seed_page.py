"""Every code block of the running-experiments page runs, with only the import line changed.

The page is the hydra-zen project's (MIT licence). Its code blocks, without its prose, are kept in
seed_page/blocks.rst.txt; where the page itself lies beside the checkout they are compared with it.
"""

from __future__ import annotations

import dataclasses
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


def mended(text):
    for old, new in CHANGED + MENDED:
        text = text.replace(old, new)
    return text


@pytest.mark.filterwarnings("ignore")
def test_seed_page_runs_from_top_to_bottom(tmp_path, monkeypatch):
    """The page's blocks, run in their order, print what the page says that they print."""
    pytest.importorskip("torch")
    blocks = rst_blocks(BLOCKS.read_text())
    assert len(blocks) == 20
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)  # the page's my_app.py

    with isolated_hydra():
        session = Session("seed_page", tmp_path)
        for block in blocks:
            session.run(dataclasses.replace(block, text=mended(block.text)))

    best, tried = session.module.job
    assert len(tried) == 10
    assert best["best_evaluated_params"] in tried


@pytest.mark.parametrize(
    ("lr", "second", "last"),
    [
        (0.5, [-1.35, 0.4], [5.2183308e-04, 1.3997487e-04]),
        (0.3, [-1.41, 0.44], [-8.69980082e-02, -7.18786498e-04]),
    ],
)
def test_seed_page_figures_are_those_of_sgd_with_momentum(lr, second, last, tmp_path, monkeypatch):
    """The page's two arrays are SGD's with momentum 0.5 and lr 0.5 and 0.3, not SGD's and Adam's."""
    numpy = pytest.importorskip("numpy")
    pytest.importorskip("torch")
    from torch.optim import SGD

    from zenrun import builds, hydra_run, instantiate
    from zenrun_torch_examples import gradient_descent, paraboloid

    monkeypatch.chdir(tmp_path)
    config = builds(
        gradient_descent,
        optim=builds(SGD, lr=lr, momentum=0.5, zen_partial=True),
        landscape_fn=paraboloid,
        starting_xy=(-1.5, 0.5),
        num_steps=20,
    )

    path = hydra_run(config, instantiate).return_value

    assert path.shape == (21, 2)
    numpy.testing.assert_allclose(path[1], second, rtol=1e-6)
    numpy.testing.assert_allclose(path[-1], last, rtol=2e-3, atol=1e-6)
