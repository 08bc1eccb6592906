"""Every code block of the README and the docs runs, and every docstring's example."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from code_blocks import LogFreeChecker, Session, markdown_blocks

from zenrun import store
from zenrun.testing import isolated_hydra

HERE = Path(__file__).resolve().parent.parent
PAGES = sorted([HERE / "README.md", *HERE.glob("docs/*.md"), *HERE.glob("packages/*/README.md")])
# These run where their libraries are: in the suites of the packages (test_search_page, test_trackers_page).
NEEDS = {
    "search.md": "optuna",
    "trackers.md": "mlflow",
    "zenrun.trackers._mlflow": "mlflow",
    "zenrun.trackers._tensorboard": "tensorboardX",
    "zenrun_sweepers.quasi_random": "scipy",
}
NOT_RUN = {"bash", "text", "yaml", "toml"}
PACKAGES = ["zenrun", "zenrun_sweepers", "zenrun_torch_examples"]


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with isolated_hydra():
        yield
    for entry in list(store):  # the store that all pages share
        store.delete_entry(entry["group"], entry["name"])


def modules():
    for package in PACKAGES:
        root = importlib.import_module(package)
        yield package
        for info in pkgutil.walk_packages(root.__path__, f"{package}."):
            if not info.name.endswith("__main__"):
                yield info.name


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(HERE)))
def test_docs_page_runs_from_top_to_bottom(page, tmp_path, monkeypatch):
    """The blocks of a page run in their order and print what the page says."""
    if page.name in NEEDS:
        pytest.importorskip(NEEDS[page.name])
    monkeypatch.syspath_prepend(tmp_path)
    session = Session("page_" + re.sub(r"\W", "_", str(page.relative_to(HERE))), tmp_path)

    for block in markdown_blocks(page.read_text()):
        if block.language not in NOT_RUN:
            session.run(block)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", list(modules()))
def test_docs_examples_of_docstrings_run(name):
    """The examples in a module's docstrings give what they say."""
    if name in NEEDS:
        pytest.importorskip(NEEDS[name])
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    runner = doctest.DocTestRunner(checker=LogFreeChecker(), optionflags=flags)

    for test in doctest.DocTestFinder().find(importlib.import_module(name)):
        runner.run(test)

    assert runner.failures == 0


def test_docs_readme_has_two_commands():
    """The README asks for two commands, and .ci/run calls the second."""
    commands = [
        line
        for block in markdown_blocks((HERE / "README.md").read_text())
        if block.language == "bash"
        for line in block.text.splitlines()
        if line and not line.startswith("#")
    ]

    assert len(commands) == 2
    assert commands[1] in (HERE / ".ci/run").read_text().splitlines()


def test_docs_links_between_pages_lead_somewhere():
    """Every relative link of a page leads to a file of the repository."""
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page}: {target}"
