"""hydra/launcher=loky and the like: in zenrun's runs and in apps of @hydra.main."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from hydra.core.plugins import Plugins
from hydra.plugins.launcher import Launcher
from hydra.plugins.sweeper import Sweeper

from zenrun import hydra_multirun, hydra_run
from zenrun.errors import ComposeError, ExecutorError

LOKY = ["hydra/launcher=loky", "hydra.launcher.concurrent=2"]
APP = """
import os
import sys

import hydra
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig

ConfigStore.instance().store(name="config", node={"x": 0, "fail": -1})

@hydra.main(version_base="1.3", config_path=None, config_name="config")
def main(cfg):
    if cfg.x == cfg.fail:
        raise ValueError("no luck")
    here = os.getpid() == int(os.environ["APP"])
    # In one piece: other processes print to the same pipe.
    sys.stdout.write(f"ran {cfg.x} {HydraConfig.get().job.num} {here}\\n")

if __name__ == "__main__":
    os.environ.setdefault("APP", str(os.getpid()))
    main()
"""


@pytest.fixture
def app(tmp_path):
    """Give a function that runs a plain Hydra app, which knows nothing of zenrun."""
    script = tmp_path / "my_app.py"
    script.write_text(APP, encoding="utf-8")
    env = {name: text for name, text in os.environ.items() if name != "HYDRA_FULL_ERROR"}

    def run(*args):
        return subprocess.run(
            [sys.executable, str(script), *args],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env=env,
        )

    return run


@pytest.fixture
def loky():
    return pytest.importorskip("loky", reason="the extra parallel is not installed")


def test_group_chooses_where_the_jobs_of_a_sweep_run(loky):
    """hydra/launcher=loky runs the jobs in as many processes as the config says."""
    (jobs,) = hydra_multirun({"x": 0}, lambda cfg: (cfg.x, os.getpid()), ["x=range(5)", *LOKY])
    assert [job.return_value[0] for job in jobs] == list(range(5))
    assert len({job.return_value[1] for job in jobs} - {os.getpid()}) == 2


def test_group_serves_single_runs_as_well(loky):
    """hydra_run sends the one job where the config says, and here where it says nothing."""
    elsewhere = hydra_run({"x": 0}, lambda _: os.getpid(), LOKY)
    assert elsewhere.return_value != os.getpid()
    assert hydra_run({"x": 0}, lambda _: os.getpid()).return_value == os.getpid()


def test_arguments_go_before_the_config_of_the_group(loky):
    """What is an argument of hydra_multirun holds, whatever the config says; the rest is the config's."""

    def task(cfg):
        with Path("tries").open("a") as file:
            file.write("x")
        raise ValueError(cfg.x)

    group = [*LOKY, "hydra.launcher.retries=3", "hydra.launcher.on_failure=return"]
    (jobs,) = hydra_multirun({"x": 0}, task, ["x=4", *group], retries=1)
    assert Path("tries").read_text() == "xx"
    with pytest.raises(ValueError, match="4"):
        _ = jobs[0].return_value


def test_group_is_typed():
    """A value of the wrong type, and a key that there is not, are errors when it is composed."""
    with pytest.raises(ComposeError, match="many"):
        hydra_multirun(
            {"x": 0}, print, ["hydra/launcher=loky", "hydra.launcher.concurrent=many", "x=1"]
        )
    with pytest.raises(ComposeError, match="concurrently"):
        hydra_run({"x": 0}, print, ["hydra/launcher=dask", "hydra.launcher.concurrently=2"])


def test_group_values_are_checked_as_arguments_are():
    """What no executor can do is refused, with the words of the argument's own check."""
    with pytest.raises(ExecutorError, match="concurrent is how many"):
        hydra_run({"x": 0}, print, ["hydra/launcher=loky", "hydra.launcher.concurrent=0"])
    with pytest.raises(ExecutorError, match="timeout= ends a job"):
        hydra_run({"x": 0}, print, timeout=3)


def test_app_runs_its_jobs_in_processes_and_keeps_a_journal(app, loky, tmp_path):
    """An app of @hydra.main finds the launcher on its command line."""
    done = app("--multirun", *LOKY, "x=5,6,7", "hydra.sweep.dir=sweep")
    assert done.returncode == 0, done.stderr
    ran = sorted(line for line in done.stdout.splitlines() if line.startswith("ran"))
    assert ran == ["ran 5 0 False", "ran 6 1 False", "ran 7 2 False"]
    assert list((tmp_path / "sweep/.zenrun/journal").iterdir())
    for num in range(3):
        assert (tmp_path / f"sweep/{num}/.hydra/overrides.yaml").read_text() == f"- x={num + 5}\n"


def test_app_fails_as_with_the_basic_launcher(app, loky):
    """A failing job ends the app with the same status and the same last words."""
    one, other = (
        app("--multirun", f"hydra/launcher={name}", "x=1,2", "fail=1") for name in ("basic", "loky")
    )
    assert one.returncode == other.returncode == 1
    assert "ValueError: no luck" in one.stderr
    assert other.stderr == one.stderr


def test_app_does_not_pay_for_what_it_does_not_use(app):
    """Hydra imports the plugin in every app: it loads no composing, no executors."""
    code = (
        "import sys, hydra_plugins.zenrun_core; "
        "print(*sorted(name for name in sys.modules if name.startswith('zenrun')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [
        "zenrun",
        "zenrun.launchers",
        "zenrun.launchers.configured",
        "zenrun.sweep",
        "zenrun.sweep.configured",
        "zenrun.trackers",
        "zenrun.trackers.configured",
    ]


def test_each_scan_for_plugins_finds_the_launcher_once():
    """Hydra looks for plugins again and again, and finds one launcher of zenrun's, no base class."""
    for _ in range(2):
        names = [item.__name__ for item in Plugins().discover(Launcher)]
        assert names.count("ZenrunLauncher") == 1
        assert "ConfiguredLauncher" not in names


@pytest.mark.parametrize(
    ("name", "kind"), [("zenrun_core", Launcher), ("zenrun_core_sweeper", Sweeper)]
)
def test_entry_point_names_the_class_that_hydra_finds(name, kind):
    """Hydra 1.4 is told of the launcher and the sweeper by entry points, too."""
    (found,) = [item for item in entry_points(group="hydra.plugins") if item.name == name]
    assert issubclass(found.load(), kind)
