"""What is in the wheels and the sdists that `nox -s build` has made in dist/."""

from __future__ import annotations

import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

DIST = Path(__file__).resolve().parent.parent / "dist"
PACKAGES = {
    "zenrun_core": ["zenrun", "hydra_plugins"],
    "zenrun_sweepers": ["zenrun_sweepers", "hydra_plugins"],
    "zenrun_torch_examples": ["zenrun_torch_examples"],
}
RUNTIME = {
    "zenrun_core": {"hydra-core", "omegaconf"},
    "zenrun_sweepers": {"zenrun-core", "hydra-core", "omegaconf"},
    "zenrun_torch_examples": {"zenrun-core", "hydra-core", "omegaconf", "numpy", "torch"},
}

pytestmark = pytest.mark.skipif(not DIST.exists(), reason="nox -s build makes dist/")


def wheel_of(package: str) -> zipfile.ZipFile:
    (path,) = DIST.glob(f"{package}-*.whl")
    return zipfile.ZipFile(path)


def metadata_of(package: str):
    with wheel_of(package) as wheel:
        (name,) = [item for item in wheel.namelist() if item.endswith(".dist-info/METADATA")]
        return Parser().parsestr(wheel.read(name).decode())


@pytest.mark.parametrize("package", PACKAGES)
def test_wheel_holds_its_import_packages_and_nothing_else(package):
    """A wheel's top level is its import packages and its metadata."""
    with wheel_of(package) as wheel:
        tops = {name.split("/")[0] for name in wheel.namelist()}

    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES[package])


@pytest.mark.parametrize("package", PACKAGES)
def test_wheel_is_typed_and_licensed(package):
    """py.typed is inside the import package, and the licence is shipped."""
    with wheel_of(package) as wheel:
        names = wheel.namelist()

    assert f"{PACKAGES[package][0]}/py.typed" in names
    assert any(name.endswith("LICENSE") for name in names)


def test_wheel_holds_what_a_report_is_made_of():
    """The style and the script of a report's page are shipped."""
    with wheel_of("zenrun_core") as wheel:
        names = wheel.namelist()

    assert {f"zenrun/_report/page.{kind}" for kind in ("css", "js")} <= set(names)


def test_wheel_of_the_core_has_the_command():
    """Who installs it has `zenrun` on the path."""
    with wheel_of("zenrun_core") as wheel:
        (name,) = [item for item in wheel.namelist() if item.endswith("entry_points.txt")]
        assert "zenrun = zenrun._command_line:main" in wheel.read(name).decode()


@pytest.mark.parametrize("package", ["zenrun_core", "zenrun_sweepers"])
def test_wheel_with_plugins_leaves_their_namespace_open(package):
    """hydra_plugins is a namespace that other distributions share: it has no __init__.py."""
    with wheel_of(package) as wheel:
        names = wheel.namelist()

    assert f"hydra_plugins/{package}/__init__.py" in names
    assert "hydra_plugins/__init__.py" not in names


@pytest.mark.parametrize("package", PACKAGES)
def test_wheel_depends_on_what_it_needs_alone(package):
    """The dependencies without extras are the few that are meant; hydra-zen is none of them."""
    required = metadata_of(package).get_all("Requires-Dist") or []
    plain = {item.split(";")[0] for item in required if "extra ==" not in item}

    assert {item.split("<")[0].split(">")[0].split("[")[0].strip() for item in plain} == RUNTIME[
        package
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_sdist_holds_sources_tests_and_texts(package):
    """An sdist can be built and tested by itself."""
    (path,) = DIST.glob(f"{package}-*.tar.gz")
    with tarfile.open(path) as sdist:
        names = {name.split("/", 1)[1] for name in sdist.getnames() if "/" in name}

    assert {"README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", "PKG-INFO"} <= names
    assert any(name.startswith("tests/test_") for name in names)
    assert f"src/{PACKAGES[package][0]}/py.typed" in names
