"""Every code block of the README and the docs runs, and every docstring's example."""

from __future__ import annotations

import doctest
import importlib
import os
import pkgutil
import re
import sys
from pathlib import Path

import pytest
from code_blocks import LogFreeChecker, Session, markdown_blocks
from pictures import drawn, keep

from zenrun import store
from zenrun.testing import isolated_hydra

HERE = Path(__file__).resolve().parent.parent
PAGES = sorted([HERE / "README.md", *HERE.glob("docs/*.md"), *HERE.glob("packages/*/README.md")])
API = sorted(HERE.glob("docs/api/*.md"))
# These run where their libraries are: in the suites of the packages (test_search_page, test_trackers_page,
# launchers/test_launcher_pages).
NEEDS = {
    "dask.md": "distributed",
    "search.md": "optuna",
    "slurm.md": "submitit",
    "trackers.md": "mlflow",
    "zenrun.trackers._mlflow": "mlflow",
    "zenrun.trackers._tensorboard": "tensorboardX",
}
NOT_RUN = {"bash", "text", "yaml", "toml"}
PACKAGES = ["zenrun", "zenrun_sweepers", "zenrun_torch_examples"]
PUBLIC = [
    *PACKAGES,
    "zenrun.errors",
    "zenrun.funcs",
    "zenrun.launchers",
    "zenrun.plot",
    "zenrun.sweep",
    "zenrun.sweep.space",
    "zenrun.testing",
    "zenrun.third_party.beartype",
    "zenrun.third_party.pydantic",
    "zenrun.trackers",
    "zenrun.typing",
    "zenrun.wrapper",
    "zenrun_sweepers.errors",
    "zenrun_torch_examples.errors",
]
# Where the pictures of pages are put, if they are to be drawn anew: `nox -s pictures` says so.
PICTURES = os.environ.get("ZENRUN_PICTURES")


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


def pictures_of(page):
    return re.findall(r"\]\((?:docs/)?images/([^)]+)\)", page.read_text())


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(HERE)))
def test_docs_page_runs_from_top_to_bottom(page, tmp_path, monkeypatch):
    """The blocks of a page run in their order, print what the page says, and draw its pictures."""
    if page.name in NEEDS:
        pytest.importorskip(NEEDS[page.name])
    if page.name == "slurm.md":  # as on a laptop, also where the machine has a SLURM of its own
        monkeypatch.setattr("submitit.SlurmExecutor.affinity", classmethod(lambda _: -1))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])  # it is put back
    session = Session("__main__", tmp_path)  # as in a reader's session

    for block in markdown_blocks(page.read_text()):
        if block.language not in NOT_RUN:
            session.run(block)

    for name in pictures_of(page):
        if not any(name in path.read_text() for path in HERE.glob("examples/*.py")):
            made = drawn(tmp_path, name)
            assert made is not None, f"{page} shows {name}, which its code does not draw"
            if PICTURES:
                keep(made, PICTURES)


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
    for page in [*PAGES, *API]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page}: {target}"


def test_docs_api_pages_have_every_public_name():
    """Every public name is on a page of the API, by itself or with its module, and nothing else is."""
    shown = {
        name for page in API for name in re.findall(r"^::: (\S+)$", page.read_text(), re.MULTILINE)
    }
    root = importlib.import_module(PUBLIC[0])
    public = {
        f"{path}.{name}"
        for path in PUBLIC
        for name in importlib.import_module(path).__all__
        if path == PUBLIC[0] or name not in root.__all__  # a name has one place
    }

    assert {name for name in public if not {name, name.rsplit(".", 1)[0]} & shown} == set()
    assert shown <= public | set(PUBLIC)


def test_docs_pictures_are_shown_and_small():
    """Every picture in docs/images is on a page, and none is a burden on a clone."""
    shown = {name for page in PAGES for name in pictures_of(page)}
    pictures = {path.name: path.stat().st_size for path in HERE.glob("docs/images/*")}

    assert set(pictures) == shown
    assert {name: size for name, size in pictures.items() if size > 150_000} == {}
