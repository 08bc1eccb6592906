"""The sessions that check zenrun. `python3 noxfile.py` needs nothing but Python and pip.

Run as a script it makes itself a small environment with nox in it and hands on its arguments; without
any it runs all the sessions, side by side. Run by nox it only defines sessions.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
BOOTSTRAP = HERE / ".bootstrap"
NOX = ("nox>=2024.10", "virtualenv>=20.26")
# Where this is set, each of the many processes of the tests would compile what it imports.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

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
    command = [str(python), "-m", "nox", "--noxfile", str(HERE / "noxfile.py")]
    try:
        if not sys.argv[1:]:
            return side_by_side(command)
        return subprocess.run([*command, *sys.argv[1:]], check=False, cwd=HERE).returncode
    except KeyboardInterrupt:
        return 130


# What runs in one go: the sessions of a line have an environment in common, or are short.
LINES = (
    ("tests(core)",),
    ("together", "docs", "examples", "types"),
    ("next",),
    ("minimums",),
    ("tests(sweepers)", "lint", "build"),
    ("tests(torch)", "site"),
)


def side_by_side(nox_command: list[str]) -> int:
    """Run all the sessions, a line on each core, and print what each line said when it has ended.

    One core installs while another one tests: so it takes two thirds of the time.
    """
    env = {**os.environ, "ZENRUN_RUN": str(os.getpid())}
    subprocess.run([*nox_command, "-s", "packages"], check=True, cwd=HERE, env=env)

    def run(line: tuple[str, ...]) -> tuple[tuple[str, ...], int, float]:
        begun = time.monotonic()
        # The longest goes on when the others have ended.
        processes = {"ZENRUN_TEST_PROCESSES": "2" if line is LINES[0] else "1"}
        done = subprocess.run(
            [*nox_command, "-s", *line],
            check=False,
            cwd=HERE,
            env={**env, **processes},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        print(done.stdout.decode(errors="replace"), flush=True)
        return line, done.returncode, time.monotonic() - begun

    # A lane more than cores: much of an installation is waiting.
    with ThreadPoolExecutor((os.cpu_count() or 1) + 1) as lanes:
        ended = list(lanes.map(run, LINES))
    for line, code, seconds in ended:
        print(f"{'failed' if code else 'passed'} in {seconds:4.0f} s: {', '.join(line)}")
    return max(code for _, code, _ in ended)


if __name__ == "__main__":
    sys.exit(bootstrap())


PACKAGES = {
    "core": HERE / "packages/zenrun-core",
    "sweepers": HERE / "packages/zenrun-sweepers",
    "torch": HERE / "packages/zenrun-torch-examples",
}
# What the suites need besides the package that they test.
TEST_TOOLS = (
    "pytest",
    "pytest-randomly",
    "pytest-xdist",
    "hypothesis",
    "cloudpickle",
    "rich",
    "pyte",
)
# What the core's launchers are tested with, in the core's own session; elsewhere those tests skip.
EXECUTORS = ("loky", "distributed", "submitit")
# What checks the arguments of targets, likewise.
VALIDATORS = ("pydantic", "beartype")
# What tables and pictures of results are made of, likewise.
TABLES = ("pandas", "xarray", "matplotlib")
# What the trackers are tested with, likewise: MLflow without its pages, and what it needs for SQLite.
TRACKERS = ("mlflow-skinny", "sqlalchemy", "alembic", "tensorboardX")
# What the examples are studies with.
STUDIES = ("scikit-learn>=1.5",)
# What makes a site of the docs.
SITE = (
    "mkdocs>=1.6,<2",
    "mkdocs-material>=9.7,<10",
    "mkdocstrings[python]>=1.0,<2",
    "ruff>=0.17,<0.18",  # it sets long signatures
)
# What the sweepers' searches are tested with, in the sweepers' own session; elsewhere those tests skip.
SEARCHES = ("optuna", "scipy", "cmaes", "loky", "psycopg2-binary")
# The lowest versions that the packages declare. Torch is not among them: its old releases cannot
# be had on the machine that decides.
MINIMUMS = (
    "hydra-core==1.3.0",
    "omegaconf==2.2.3",
    "rich==13.0.0",
    "cloudpickle==3.0.0",
    "loky==3.4.0",
    "numpy==1.26.0",
    "matplotlib==3.8.0",
)
EXECUTOR_MINIMUMS = ("distributed==2024.8.0", "submitit==1.5.4")
TABLE_MINIMUMS = ("pandas==2.2.3", "xarray==2024.9.0")
TRACKER_MINIMUMS = (
    "mlflow-skinny==2.20.0",
    "sqlalchemy==2.0.0",
    "alembic==1.13.0",
    "tensorboardX==2.6.2.2",
)
SEARCH_MINIMUMS = ("optuna==4.0.0", "scipy==1.12.0", "cmaes==0.11.0")
VALIDATOR_MINIMUMS = ("pydantic==2.10.0", "beartype==0.19.0")
# What the benchmarks measure beside zenrun, and what its executors run on.
MEASURED = ("hydra-zen", "optuna", "cloudpickle", "loky", "distributed")
# A specifier that names a pre-release admits it; for all else pip takes releases.
HYDRA_NEXT = ("hydra-core>=1.4.0rc3,<1.5", "omegaconf>=2.4.1rc1,<2.5")
# The same for all the processes of a run that is side by side.
RUN = os.environ.get("ZENRUN_RUN", str(os.getpid()))
TEST_PROCESSES = os.environ.get("ZENRUN_TEST_PROCESSES", "2")

nox.needs_version = ">=2024.10"
nox.options.default_venv_backend = "virtualenv"
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = False


def wheels(session: nox.Session, *names: str) -> list[str]:
    """Give the wheels of packages, core's first, built once for all the sessions of a run."""
    folder = HERE / ".nox" / f"wheels-{RUN}"
    if not folder.exists():
        for old in (HERE / ".nox").glob("wheels-*"):
            shutil.rmtree(old)
        sources = [str(path) for path in PACKAGES.values()]
        session.run("python", "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), *sources)
    stems = [PACKAGES[name].name.replace("-", "_") for name in PACKAGES if name in {"core", *names}]
    return [str(next(folder.glob(f"{stem}-*.whl"))) for stem in stems]


def install(
    session: nox.Session, *names: str, also: tuple[str, ...] = (), python: str = ""
) -> None:
    """Install the test tools, packages as wheels with what they declare, and what else is named."""
    # Of their thousands of files most are never read: one that is is compiled then.
    pip = (python or "python", "-m", "pip", "install", "-q", "--no-compile")
    built = wheels(session, *names)
    wanted = [f"{path}[plot]" if "torch" in Path(path).name else path for path in built]
    constraints = ("-c", str(HERE / "constraints.txt"))
    session.run(*pip, *constraints, *TEST_TOOLS, *wanted, *also, external=bool(python))
    # An environment that is used again has the same version, of other sources.
    session.run(*pip, "--force-reinstall", "--no-deps", *built, external=bool(python))


def browser() -> subprocess.Popen[bytes] | None:
    """Begin to install Debian's Chromium, which the tests of reports are run in, where there is none.

    Where it cannot be installed those tests skip, and say so.
    """
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    if os.environ.get("CHROME") or any(map(shutil.which, names)):
        return None
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return None
    install = "apt-get -qq install -y --no-install-recommends -o Dpkg::Options::=--force-unsafe-io"
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.Popen(
        ["timeout", "180", "sh", "-c", f"apt-get -qq update && {install} chromium"],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


def everything(session: nox.Session) -> str:
    """Give the Python of the environment that the sessions with all the packages share."""
    folder = HERE / ".nox" / "all"
    python = str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    ready = folder / f"ready-{RUN}"
    if not ready.exists():
        session.run(sys.executable, "-m", "virtualenv", "-q", str(folder), external=True)
        also = (*TYPE_CHECKERS, *VALIDATORS, *TABLES, *STUDIES, "loky")
        install(session, *PACKAGES, also=also, python=python)
        ready.touch()
    return python


def suites(session: nox.Session, *paths: Path, python: str = "", profile: str = "zenrun") -> None:
    """Run tests away from the sources, so that the installed wheels are what is tested.

    The profile says how much is generated; ZENRUN_HYPOTHESIS from outside goes before it.
    """
    env = {"ZENRUN_HYPOTHESIS": os.environ.get("ZENRUN_HYPOTHESIS", profile)}
    tests = [str(path) for path in paths]
    args = session.posargs or ("-q", "-n", TEST_PROCESSES)
    command = (python or "python", "-m", "pytest", "-c", str(HERE / "pytest.ini"), *tests, *args)
    with session.chdir(session.create_tmp()):
        session.run(*command, external=bool(python), env=env)


ACROSS = ("architecture", "across_packages", "benchmarks")
SUITES = {name: folder / "tests" for name, folder in PACKAGES.items()}
TYPE_CHECKERS = ("mypy>=1.18,<3", "pyright[nodejs]>=1.1.400")


@nox.session(default=False)
def packages(session: nox.Session) -> None:
    """The wheels that the sessions of a run that is side by side install."""
    wheels(session, *PACKAGES)


@nox.session
@nox.parametrize("package", [nox.param(name, id=name) for name in PACKAGES])
def tests(session: nox.Session, package: str) -> None:
    """Each package's suite, with only that package's wheel and what it declares.

    The torch package's on the lowest versions of what it declares; `examples` and `docs` have the newest.
    """
    also = {
        "core": (*EXECUTORS, *VALIDATORS, *TABLES, *TRACKERS),
        "sweepers": SEARCHES,
        "torch": MINIMUMS,
    }
    coming = browser() if package == "core" else None
    install(session, package, also=also.get(package, ()))
    if coming is not None:
        coming.wait()
    suites(session, SUITES[package])


@nox.session(venv_backend="none")
def together(session: nox.Session) -> None:
    """All packages at once: the tests across packages."""
    top = [HERE / "tests" / f"test_{name}.py" for name in ACROSS]
    suites(session, *top, python=everything(session), profile="quick")


@nox.session
def minimums(session: nox.Session) -> None:
    """The suites without torch on the lowest versions that the packages declare."""
    install(session, "sweepers", also=MINIMUMS)
    suites(session, SUITES["core"], SUITES["sweepers"], profile="quick")


@nox.session(name="next")
def next_hydra(session: nox.Session) -> None:
    """The core's and the sweepers' suites on the pre-release of Hydra 1.4."""
    install(session, "sweepers", also=HYDRA_NEXT)
    suites(session, SUITES["core"], SUITES["sweepers"], profile="quick")


@nox.session(venv_backend="none")
def docs(session: nox.Session) -> None:
    """Every code block of README.md, docs/ and the seed page, and every docstring's example."""
    pages = [HERE / "tests/test_docs.py", HERE / "tests/test_seed_page.py"]
    suites(session, *pages, python=everything(session))


@nox.session(venv_backend="none")
def examples(session: nox.Session) -> None:
    """Each file of examples/, run as a user would."""
    python = everything(session)
    wanted = session.posargs or sorted(path.name for path in (HERE / "examples").glob("*.py"))
    for name in wanted:
        folder = Path(session.create_tmp()) / Path(name).stem
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        with session.chdir(folder):
            session.run(
                python,
                str(HERE / "examples" / name),
                external=True,
                env={"OMP_NUM_THREADS": "1"},  # other sessions run beside it
            )
        if "ZENRUN_PICTURES" in session.env:
            drawn = [str(path) for path in sorted(folder.glob("*.png"))]
            keep = (str(HERE / "tests/pictures.py"), session.env["ZENRUN_PICTURES"])
            if drawn:
                session.run(python, *keep, *drawn, external=True)


@nox.session(venv_backend="none", default=False)
def pictures(session: nox.Session) -> None:
    """The pictures of docs/images, drawn anew by the examples and the pages that show them."""
    session.env["ZENRUN_PICTURES"] = str(HERE / "docs" / "images")
    examples(session)
    docs(session)


@nox.session
def site(session: nox.Session) -> None:
    """The docs as a site, in build/site; a link or a name that leads nowhere fails."""
    session.install("-q", "--no-compile", *SITE)
    env = {"NO_MKDOCS_2_WARNING": "1"}
    session.run("mkdocs", "build", "-q", "-f", str(HERE / "mkdocs.yml"), *session.posargs, env=env)


@nox.session(default=False)
def demo(session: nox.Session) -> None:
    """The README's first command: a sweep, its table, and its picture in first_sweep.png."""
    session.install("-q", *wheels(session), "matplotlib>=3.8")
    session.run("python", str(HERE / "examples" / "first_sweep.py"), *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff's rules and its format."""
    session.install("ruff>=0.17,<0.18")
    session.run("ruff", "check", *session.posargs, str(HERE))
    session.run("ruff", "format", "--check", str(HERE))


@nox.session(venv_backend="none")
def types(session: nox.Session) -> None:
    """Mypy and pyright, strict: the sources, and code as users write it."""
    python = everything(session)
    user_code = str(HERE / "tests/typing/api.py")
    mypy = (python, "-m", "mypy", *session.posargs)
    for folder in PACKAGES.values():
        source = str(folder / "src")
        session.run(*mypy, source, env={"MYPYPATH": source}, external=True)
    session.run(*mypy, user_code, external=True)
    session.run(python, "-m", "pyright", "--pythonpath", python, user_code, external=True)


@nox.session
def build(session: nox.Session) -> None:
    """Wheels and sdists, and what is in them."""
    session.install("build", "twine", "pytest", "hypothesis", "hatchling")
    folder = HERE / "dist"
    shutil.rmtree(folder, ignore_errors=True)
    for package in PACKAGES.values():
        session.run("python", "-m", "build", "--no-isolation", "-o", str(folder), str(package))
    session.run("twine", "check", "--strict", *sorted(str(path) for path in folder.iterdir()))
    session.run("pytest", "-q", "-c", str(HERE / "pytest.ini"), str(HERE / "tests/test_wheels.py"))


def measured(session: nox.Session, *hydra: str) -> None:
    """Run the benchmarks beside a version of Hydra."""
    built = wheels(session, "sweepers")
    session.install("-q", *built, *hydra, *MEASURED)
    session.install("-q", "--force-reinstall", "--no-deps", *built)
    session.run("python", str(HERE / "benchmarks/run.py"), *session.posargs)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """What zenrun costs beside Hydra 1.3 and hydra-zen, as ratios of one run; --quick for a look."""
    measured(session, "hydra-core==1.3.8")


@nox.session(default=False)
def bench_next(session: nox.Session) -> None:
    """The same beside the pre-release of Hydra 1.4."""
    measured(session, *HYDRA_NEXT)


@nox.session(default=False)
def executor_minimums(session: nox.Session) -> None:
    """The core's suite on the lowest versions of the libraries that its launchers take."""
    also = (
        *MINIMUMS,
        *EXECUTOR_MINIMUMS,
        *TABLE_MINIMUMS,
        *VALIDATOR_MINIMUMS,
        *TRACKER_MINIMUMS,
    )
    install(session, "core", also=also)
    suites(session, SUITES["core"], profile="quick")


@nox.session(default=False)
def search_minimums(session: nox.Session) -> None:
    """The sweepers' suite on the lowest versions of the libraries that its searches take."""
    install(session, "sweepers", also=(*MINIMUMS, *SEARCH_MINIMUMS))
    suites(session, SUITES["sweepers"], profile="quick")


@nox.session(default=False, python=["3.10", "3.12", "3.13"])
def pythons(session: nox.Session) -> None:
    """The core's and the sweepers' suites on the other Pythons."""
    install(session, "sweepers")
    suites(session, SUITES["core"], SUITES["sweepers"], profile="quick")


@nox.session(default=False)
def nightly(session: nox.Session) -> None:
    """The core's suite with thousands of generated examples: hours, for the night."""
    install(session, "core")
    suites(session, SUITES["core"], profile="nightly")
