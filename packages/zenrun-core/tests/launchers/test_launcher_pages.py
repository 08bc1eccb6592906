"""The pages on Dask and SLURM, where their libraries are."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[4]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("page", "library"), [("dask", "distributed"), ("slurm", "submitit")])
def test_page_runs_from_top_to_bottom(page, library, tmp_path, monkeypatch, request):
    """The blocks of a launcher's page run in their order and print what the page says."""
    pytest.importorskip(library)
    if library == "submitit":
        request.getfixturevalue("no_slurm")
    path = HERE / "docs" / f"{page}.md"
    if not path.exists():
        pytest.skip("the page is in the repository, and this is a source distribution")
    monkeypatch.syspath_prepend(HERE / "tests")
    from code_blocks import Session, markdown_blocks

    session = Session(f"page_{page}", tmp_path)
    for block in markdown_blocks(path.read_text(encoding="utf-8")):
        if block.language in {"python", "pycon"}:
            session.run(block)
