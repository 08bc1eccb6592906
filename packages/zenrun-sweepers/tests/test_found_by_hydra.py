from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from importlib.metadata import distribution, entry_points
from pathlib import Path

import pytest
from hydra.core.plugins import Plugins
from hydra.plugins.sweeper import Sweeper
from omegaconf import OmegaConf

import zenrun_sweepers
from zenrun import hydra_multirun

APP = """
import hydra
from hydra.core.config_store import ConfigStore

ConfigStore.instance().store(name="config", node={"x": 0.0, "fail": False})

@hydra.main(version_base="1.3", config_path=None, config_name="config")
def main(cfg):
    return "none" if cfg.fail else (cfg.x - 2) ** 2

if __name__ == "__main__":
    main()
"""


@pytest.fixture
def app(tmp_path):
    """Give a function that runs a plain Hydra app, which knows nothing of zenrun."""
    script = tmp_path / "my_app.py"
    script.write_text(APP, encoding="utf-8")

    def run(*args):
        return subprocess.run(
            [sys.executable, str(script), *args, "hydra.sweep.dir=sweep"],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env={**os.environ, "HYDRA_FULL_ERROR": ""},
        )

    return run


def test_plain_hydra_app_searches_from_its_command_line(app):
    """A plain Hydra app finds the sweeper, and its settings are overridden by their keys."""
    done = app(
        "--multirun",
        "hydra/sweeper=random_search",
        "x=interval(-12,12)",
        "hydra.sweeper.optim.max_iter=4",
        "hydra.sweeper.optim.seed=1",
    )
    assert done.returncode == 0, done.stderr
    assert "plugin" not in done.stderr.lower()
    assert len(re.findall(r"#\d+ : x=", done.stdout)) == 4
    results = OmegaConf.load("sweep/optimization_results.yaml")
    rng = random.Random(1)
    assert [item.params.x for item in results.evaluations] == [
        rng.uniform(-12, 12) for _ in range(4)
    ]
    assert results.best_evaluated_result == min(item.result for item in results.evaluations)


def test_plain_hydra_app_searches_on_processes(app):
    """With zenrun's launcher one set of processes serves the search, which asks as places free up."""
    pytest.importorskip("loky", reason="the extra 'parallel' of zenrun-core is not installed")
    done = app(
        "--multirun",
        "hydra/sweeper=random_search",
        "hydra/launcher=loky",
        "hydra.launcher.concurrent=2",
        "x=interval(-12,12)",
        "hydra.sweeper.optim.max_iter=5",
        "hydra.sweeper.optim.seed=1",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Launching") == 1
    results = OmegaConf.load("sweep/optimization_results.yaml")
    rng = random.Random(1)
    assert [item.params.x for item in results.evaluations] == [
        rng.uniform(-12, 12) for _ in range(5)
    ]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["x=3"], "nothing to search"),
        (["x=interval(0,1)", "fail=true"], "returned 'none' of type str"),
        (["x=interval(0,1)", "hydra.sweeper.optim.max_iter=-1"], "given was -1"),
        (["x=interval(0,1)", "hydra.sweeper.optim.max_iters=3"], "max_iters"),
    ],
)
def test_plain_hydra_app_shows_the_message_without_a_traceback(app, args, says):
    """On a command line an error is its message and a status, not a traceback."""
    done = app("--multirun", "hydra/sweeper=random_search", *args)
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_plain_hydra_app_lists_the_sweeper(app):
    """Hydra's own list of what is installed names the sweeper, and the base class it is not."""
    done = app("--info", "plugins")
    assert "RandomSearchSweeper" in done.stdout
    assert done.stdout.count("RandomSearchSweeper") == 1


def test_installed_sweeper_works_from_python():
    """hydra_multirun takes the installed sweeper by its name, ten jobs unless told otherwise."""
    best, solutions = hydra_multirun(
        {"x": 0.0},
        lambda cfg: cfg.x**2,
        ["hydra/sweeper=random_search", "x=interval(-12, 12)", "hydra.sweeper.optim.seed=1"],
    )
    assert len(solutions) == 10
    assert best["best_evaluated_params"] == min(solutions, key=lambda item: item["x"] ** 2)


def test_each_scan_for_plugins_finds_the_sweeper_anew():
    """Hydra may look for plugins again and again; each time the sweeper is found and works."""
    for _ in range(3):
        found = [item.__name__ for item in Plugins().discover(Sweeper)]
        assert found.count("RandomSearchSweeper") == 1
        _, solutions = hydra_multirun(
            {"x": 0.0},
            lambda cfg: cfg.x,
            [
                "hydra/sweeper=random_search",
                "x=interval(0, 1)",
                "hydra.sweeper.optim.max_iter=1",
            ],
        )
        assert len(solutions) == 1


def test_entry_point_names_the_class_that_hydra_finds():
    """Hydra 1.4 is told of the sweeper by an entry point, too."""
    (found,) = [
        item for item in entry_points(group="hydra.plugins") if item.name == "random_search"
    ]
    assert found.value == "hydra_plugins.zenrun_sweepers:RandomSearchSweeper"
    assert issubclass(found.load(), zenrun_sweepers.RandomSearchSweeper)


def test_import_is_light():
    """Importing the package alone loads neither Hydra nor the sweepers."""
    code = "import sys, zenrun_sweepers; print('hydra' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_package_tells_its_names_and_version():
    """The package lists its public names, has a version, and refuses other names."""
    names = dir(zenrun_sweepers)
    assert names == zenrun_sweepers.__all__ == sorted(names)
    assert all(getattr(zenrun_sweepers, name).__name__ == name for name in names)
    assert zenrun_sweepers.__version__ == distribution("zenrun-sweepers").version
    with pytest.raises(AttributeError, match="nothing"):
        _ = zenrun_sweepers.nothing
    assert (Path(zenrun_sweepers.__file__).parent / "py.typed").is_file()
