"""The sessions that check zenrun. `python3 noxfile.py` needs nothing but Python and pip.

Run as a script it makes itself a small environment with nox in it and hands on its arguments;
run by nox it only defines sessions.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BOOTSTRAP = HERE / ".bootstrap"
NOX = ("nox>=2024.10", "virtualenv>=20.26")

try:
    import nox
except ModuleNotFoundError:
    if __name__ != "__main__":
        raise


def bootstrap() -> int:
    """Make the environment with nox in it, once, and run nox there with this script's arguments."""
    python = BOOTSTRAP / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if sys.version_info < (3, 10):  # noqa: UP036 - the one place that tells the user
        print(f"zenrun needs Python 3.10 or newer; this is {sys.version.split()[0]}")
        return 2
    if not (BOOTSTRAP / "ready").exists():
        shutil.rmtree(BOOTSTRAP, ignore_errors=True)
        print(f"Setting up nox in {BOOTSTRAP} ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(BOOTSTRAP)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *NOX], check=True)
        (BOOTSTRAP / "ready").touch()
    command = [str(python), "-m", "nox", "--noxfile", str(HERE / "noxfile.py"), *sys.argv[1:]]
    try:
        return subprocess.run(command, check=False, cwd=HERE).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(bootstrap())


PACKAGES = {
    "core": HERE / "packages/zenrun-core",
    "sweepers": HERE / "packages/zenrun-sweepers",
    "torch": HERE / "packages/zenrun-torch-examples",
}
# What the suites need besides the package that they test.
TEST_TOOLS = ("pytest", "pytest-randomly", "hypothesis", "cloudpickle")
CONSTRAINTS = ("-c", str(HERE / "constraints.txt"))
# The lowest versions that the packages declare. Torch is not among them: its old releases cannot
# be had on the machine that decides.
MINIMUMS = ("hydra-core==1.3.0", "omegaconf==2.2.3", "numpy==1.26.0", "matplotlib==3.8.0")
HYDRA_NEXT = "hydra-core>=1.4.0rc3,<1.5"

nox.needs_version = ">=2024.10"
nox.options.default_venv_backend = "virtualenv"
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = False


def wheels(session: nox.Session, *names: str) -> list[str]:
    """Build the wheels of packages, each with what it depends on, and give their paths."""
    folder = Path(session.create_tmp()) / "wheels"
    shutil.rmtree(folder, ignore_errors=True)
    wanted = {"core", *names}
    built = [str(PACKAGES[name]) for name in PACKAGES if name in wanted]
    session.run("python", "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), *built)
    return sorted(str(path) for path in folder.glob("*.whl"))


def suite(session: nox.Session, name: str, *extra: str) -> None:
    """Run one package's own tests, away from the sources, so that the wheel is what is tested."""
    args = session.posargs or ("-q",)
    session.chdir(session.create_tmp())
    session.run(
        "pytest", "-c", str(HERE / "pytest.ini"), str(PACKAGES[name] / "tests"), *args, *extra
    )


@nox.session
@nox.parametrize("package", [nox.param(name, id=name) for name in PACKAGES])
def tests(session: nox.Session, package: str) -> None:
    """Each package's suite, with only that package's wheel and what it declares."""
    extra = "[plot]" if package == "torch" else ""
    built = wheels(session, package)
    built[-1] += extra
    session.install(*CONSTRAINTS, *TEST_TOOLS, *built)
    suite(session, package)


@nox.session
def together(session: nox.Session) -> None:
    """All packages at once: the tests across packages, and each suite again."""
    _install_all(session)
    args = session.posargs or ("-q",)
    session.chdir(session.create_tmp())
    folders = [str(folder / "tests") for folder in PACKAGES.values()]
    top = [str(HERE / "tests" / f"test_{name}.py") for name in ("architecture", "across_packages")]
    session.run("pytest", "-c", str(HERE / "pytest.ini"), *folders, *top, *args)


@nox.session
def minimums(session: nox.Session) -> None:
    """Every suite on the lowest versions that the packages declare."""
    built = wheels(session, *PACKAGES)
    built[-1] += "[plot]"
    session.install(*CONSTRAINTS, *TEST_TOOLS, *built, *MINIMUMS)
    _all_suites(session)


@nox.session(name="next")
def next_hydra(session: nox.Session) -> None:
    """Every suite on the pre-release of Hydra 1.4."""
    built = wheels(session, *PACKAGES)
    built[-1] += "[plot]"
    # Only Hydra and OmegaConf are to be pre-releases: a specifier that names one admits it.
    session.install(*CONSTRAINTS, *TEST_TOOLS, *built, HYDRA_NEXT, "omegaconf>=2.4.1rc1,<2.5")
    _all_suites(session)


@nox.session
def docs(session: nox.Session) -> None:
    """Every code block of README.md, docs/ and the seed page, and every docstring's example."""
    _install_all(session)
    args = session.posargs or ("-q",)
    top = [str(HERE / "tests" / f"test_{name}.py") for name in ("docs", "seed_page")]
    session.run("pytest", "-c", str(HERE / "pytest.ini"), *top, *args)


@nox.session
def examples(session: nox.Session) -> None:
    """Each file of examples/, run as a user would."""
    _install_all(session)
    wanted = session.posargs or sorted(path.name for path in (HERE / "examples").glob("*.py"))
    for name in wanted:
        folder = Path(session.create_tmp()) / Path(name).stem
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        with session.chdir(folder):
            session.run("python", str(HERE / "examples" / name))


@nox.session
def demo(session: nox.Session) -> None:
    """The README's first command: a sweep, its table, and its picture in first_sweep.png."""
    session.install("-q", *wheels(session, "sweepers"), "matplotlib>=3.8")
    session.run("python", str(HERE / "examples" / "first_sweep.py"), *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff's rules and its format."""
    session.install("ruff>=0.14,<0.15")
    session.run("ruff", "check", *session.posargs, str(HERE))
    session.run("ruff", "format", "--check", str(HERE))


@nox.session
def types(session: nox.Session) -> None:
    """Mypy and pyright, strict: the sources, and code as users write it."""
    _install_all(session)
    session.install("mypy>=1.18,<2", "pyright[nodejs]>=1.1.400")
    for folder in PACKAGES.values():
        session.run("mypy", *session.posargs, str(folder / "src"))
    session.run("mypy", str(HERE / "tests/typing/api.py"))
    session.run("pyright", str(HERE / "tests/typing/api.py"))


@nox.session
def build(session: nox.Session) -> None:
    """Wheels and sdists, and what is in them."""
    session.install("build", "twine", "pytest", "hatchling")
    folder = HERE / "dist"
    shutil.rmtree(folder, ignore_errors=True)
    for package in PACKAGES.values():
        session.run("python", "-m", "build", "--no-isolation", "-o", str(folder), str(package))
    session.run("twine", "check", "--strict", *sorted(str(path) for path in folder.iterdir()))
    session.run("pytest", "-q", "-c", str(HERE / "pytest.ini"), str(HERE / "tests/test_wheels.py"))


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """What a job costs, beside Hydra and hydra-zen, as ratios of one run."""
    session.install(*CONSTRAINTS, *wheels(session), "hydra-zen", "rich")
    for path in sorted((HERE / "benchmarks").glob("bench_*.py")):
        session.run("python", str(path), *session.posargs)


@nox.session(default=False, python=["3.10", "3.12", "3.13"])
def pythons(session: nox.Session) -> None:
    """The core's and the sweepers' suites on the other Pythons."""
    session.install(*TEST_TOOLS, *wheels(session, "sweepers"))
    for name in ("core", "sweepers"):
        suite(session, name)


def _install_all(session: nox.Session) -> None:
    built = wheels(session, *PACKAGES)
    built[-1] += "[plot]"
    session.install(*CONSTRAINTS, *TEST_TOOLS, *built)


def _all_suites(session: nox.Session) -> None:
    args = session.posargs or ("-q",)
    folders = [str(folder / "tests") for folder in PACKAGES.values()]
    session.chdir(session.create_tmp())
    session.run("pytest", "-c", str(HERE / "pytest.ini"), *folders, *args)
