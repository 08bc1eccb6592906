"""What needs several packages at once."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hydra.core.config_store import ConfigStore

import zenrun
from zenrun import builds, hydra_multirun, hydra_run, make_config
from zenrun.testing import isolated_hydra


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with isolated_hydra():
        yield


def test_packages_search_over_an_optimizers_rate():
    """Random search of zenrun_sweepers finds a learning rate for zenrun_torch_examples."""
    pytest.importorskip("torch")
    from zenrun import instantiate
    from zenrun_torch_examples import gradient_descent, paraboloid

    config = builds(
        gradient_descent,
        optim=builds(__import__("torch").optim.SGD, lr=0.1, zen_partial=True),
        landscape_fn=paraboloid,
        starting_xy=(-1.5, 0.5),
        num_steps=5,
    )

    def task(cfg):
        x, y = instantiate(cfg)[-1]
        return float(0.1 * x**2 + 0.2 * y**2)

    best, tried = hydra_multirun(
        config,
        task,
        [
            "hydra/sweeper=random_search",
            "hydra.sweeper.optim.max_iter=6",
            "optim.lr=interval(0.01,2)",
        ],
    )

    assert len(tried) == 6
    assert best["best_evaluated_result"] <= 0.1


def test_packages_each_have_a_version():
    """Each distribution tells its version, and zenrun tells its own."""
    from importlib.metadata import version

    assert zenrun.__version__ == version("zenrun-core")
    assert version("zenrun-sweepers")
    assert version("zenrun-torch-examples")


def test_packages_import_zenrun_without_the_others():
    """Importing zenrun loads neither torch, numpy, hydra nor the other packages."""
    program = (
        "import sys, zenrun\n"
        "heavy = {'torch', 'numpy', 'hydra', 'omegaconf', 'zenrun_sweepers', 'zenrun_torch_examples'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def test_packages_sweepers_plugin_does_not_disturb_plain_runs():
    """With the plugin installed Hydra's basic sweeper is still the default."""
    jobs = hydra_multirun(make_config(a=1), lambda cfg: cfg.a, ["a=1,2"])

    assert [job.return_value for job in jobs[0]] == [1, 2]
    assert "random_search.yaml" in ConfigStore.instance().repo["hydra"]["sweeper"]
    assert hydra_run(make_config(a=1), lambda cfg: cfg.a).return_value == 1
