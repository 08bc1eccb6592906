"""The rules of the house, checked on the sources: imports go down, modules stay small."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent.parent
CORE = HERE / "packages/zenrun-core/src/zenrun"
OTHERS = [
    HERE / "packages/zenrun-core/src/hydra_plugins",
    HERE / "packages/zenrun-sweepers/src/zenrun_sweepers",
    HERE / "packages/zenrun-sweepers/src/hydra_plugins",
    HERE / "packages/zenrun-torch-examples/src/zenrun_torch_examples",
]
# The rooms of the core from the bottom up; docs/architecture.md tells the same.
ROOMS = [
    "errors",
    "_nearest",
    "_extras",
    "typing",
    "configs",
    "_ways",
    "_nodes",
    "_from_plain",
    "_resolvers",
    "_copies",
    "_hydra",
    "_instantiate",
    "funcs",
    "_store",
    "compose",
    "_isolation",
    "results",
    "plot",
    "job",
    "launchers",
    "sweep",
    "session",
    "trackers",
    "run",
    "_launch",
    "_zen",
    "third_party",
    "wrapper",
    "_report",
    "testing",
    "_command_line",
    "__main__",
]
MODULES = sorted(CORE.rglob("*.py"))
ALL_MODULES = MODULES + [path for folder in OTHERS for path in sorted(folder.rglob("*.py"))]


def named(path: Path) -> str:
    return str(path.relative_to(HERE / "packages"))


def imported_by(path: Path) -> list[str]:
    """List every module that a module imports: at its top, in functions and for types alone."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            assert node.level == 0, f"{path}: imports are absolute"
            found += [f"{base}.{alias.name}" for alias in node.names]
    return found


def room_of(module: str) -> str:
    return module.split(".")[1]


def test_architecture_knows_every_room():
    """Every module of the core is in a room of the list, and every room is there."""
    here = {path.relative_to(CORE).parts[0].removesuffix(".py") for path in MODULES}

    assert here == {*ROOMS, "__init__"}


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_architecture_imports_go_downward(path):
    """A module imports only from its own room and from rooms below it."""
    room = path.relative_to(CORE).parts[0].removesuffix(".py")
    if room == "__init__":
        return  # the lazy table of public names is above everything
    for module in imported_by(path):
        if module.split(".")[0] == "zenrun":
            target = room_of(module)
            fine = target == room or ROOMS.index(target) < ROOMS.index(room)
            assert fine, f"{named(path)} imports {module}, which is not below it"


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_architecture_no_module_imports_its_own_package_root(path):
    """Inside the core nothing imports names from `zenrun` itself, which would make a cycle."""
    for module in imported_by(path):
        assert module != "zenrun", named(path)
        if module.startswith("zenrun."):
            assert room_of(module) in ROOMS, f"{named(path)} imports {module} from the root"


@pytest.mark.parametrize("path", ALL_MODULES, ids=named)
def test_architecture_hydra_internal_is_in_one_file(path):
    """`hydra._internal` stands in _hydra.py and nowhere else, not even in a string."""
    if path != CORE / "_hydra.py":
        assert "hydra._internal" not in path.read_text(), named(path)


@pytest.mark.parametrize("path", ALL_MODULES, ids=named)
def test_architecture_modules_are_small(path):
    """No module passes 600 lines."""
    assert len(path.read_text().splitlines()) <= 600, named(path)


@pytest.mark.parametrize("path", ALL_MODULES, ids=named)
def test_architecture_module_says_what_it_is_for(path):
    """Every module opens with a docstring."""
    assert ast.get_docstring(ast.parse(path.read_text())), named(path)


@pytest.mark.parametrize(
    "path", [path for folder in OTHERS for path in sorted(folder.rglob("*.py"))], ids=named
)
def test_architecture_other_packages_use_public_names(path):
    """Sweepers and examples import only public names of zenrun's, and never each other."""
    own = path.relative_to(HERE / "packages").parts[2]
    for module in imported_by(path):
        top = module.split(".")[0]
        if top == "zenrun":
            assert not any(part.startswith("_") for part in module.split(".")[1:]), module
        elif top.startswith("zenrun_") and own.startswith("zenrun_"):
            assert top == own, f"{named(path)} imports {module}"


def test_architecture_rooms_are_told_in_the_docs():
    """docs/architecture.md names every room."""
    text = (HERE / "docs/architecture.md").read_text()

    assert [room for room in ROOMS if f"`{room}" not in text] == []


def test_architecture_minimums_are_those_declared():
    """`nox -s minimums` installs each lowest version that a package declares, torch's apart."""
    tomllib = pytest.importorskip("tomllib")
    noxfile = (HERE / "noxfile.py").read_text()
    for path in sorted(HERE.glob("packages/*/pyproject.toml")):
        project = tomllib.loads(path.read_text())["project"]
        extras = project.get("optional-dependencies", {}).values()
        for item in [*project["dependencies"], *(one for extra in extras for one in extra)]:
            name, lowest = item.split(",")[0].split(">=")
            if name not in {"torch", "zenrun-core"}:
                assert f'"{name}=={lowest}' in noxfile, f"{path.parent.name} declares {item}"
