"""The config group: which optimizers it has, that they run, and when they are registered."""

from __future__ import annotations

import subprocess
import sys
from functools import partial

import numpy as np
import pytest
import torch
from hydra.core.config_store import ConfigStore
from hydra.errors import InstantiationException

from zenrun import hydra_multirun, hydra_run, instantiate
from zenrun.errors import GroupOptionError
from zenrun_torch_examples import ConfigGradDesc, optimizer_configs, store_optimizers
from zenrun_torch_examples.errors import DescentArgumentError, DeviceError

START = (-1.5, 0.5)
# Those that every torch from 2.3 on has.
LONG_THERE = {
    "adadelta", "adagrad", "adam", "adamax", "adamw", "asgd", "nadam", "radam", "rmsprop", "rprop",
    "sgd",
}  # fmt: skip


def adam_by_hand(rate, steps):
    """Give Adam's points as its paper defines them. Source: https://arxiv.org/abs/1412.6980."""
    xy = np.array(START)
    mean, square, points = np.zeros(2), np.zeros(2), [xy]
    for step in range(1, steps + 1):
        slope = np.array([0.2, 0.4]) * xy
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope**2
        xy = xy - rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
        points.append(xy)
    return np.array(points)


def test_run_of_sgd_gives_its_trajectory():
    """`+optim=sgd` descends with the page's learning rate of 0.3 and no momentum."""
    store_optimizers()

    job = hydra_run(ConfigGradDesc, task_function=instantiate, overrides=["+optim=sgd"])

    expected = np.array(START) * np.array([0.94, 0.88]) ** np.arange(21)[:, None]
    assert job.return_value.dtype == np.float32
    np.testing.assert_allclose(job.return_value, expected, rtol=1e-5)


def test_sweep_over_optimizers_gives_a_job_for_each():
    """`+optim=sgd,adam` gives SGD's trajectory, then Adam's with the page's rate of 0.3."""
    store_optimizers()

    (jobs,) = hydra_multirun(
        ConfigGradDesc, task_function=instantiate, overrides=["+optim=sgd,adam"]
    )

    assert [list(job.overrides) for job in jobs] == [["+optim=sgd"], ["+optim=adam"]]
    np.testing.assert_allclose(jobs[0].return_value[1], [-1.41, 0.44], rtol=1e-6)
    np.testing.assert_allclose(jobs[1].return_value, adam_by_hand(0.3, 20), atol=1e-5)


@pytest.mark.parametrize(
    ("rate", "second", "last"),
    [
        pytest.param(0.5, (-1.35, 0.4), (5.2183308e-04, 1.3997487e-04), id="shown under sgd"),
        pytest.param(0.3, (-1.41, 0.44), (-8.69980082e-02, -7.18786498e-04), id="shown under adam"),
    ],
)
def test_run_reproduces_the_arrays_printed_on_the_page(rate, second, last):
    """The page's arrays come out to the last digit, with the settings that they were made with.

    Those are not the ones that the page shows: both are SGD's with momentum 0.5.
    """
    store_optimizers()

    job = hydra_run(
        ConfigGradDesc,
        task_function=instantiate,
        overrides=["+optim=sgd", f"optim.lr={rate}", "optim.momentum=0.5"],
    )

    assert job.return_value.shape == (21, 2)
    np.testing.assert_allclose(job.return_value[1], second, rtol=1e-6)
    np.testing.assert_allclose(job.return_value[-1], last, rtol=1e-4, atol=1e-7)


def test_group_has_the_optimizers_that_take_plain_parameters():
    """The group has all that move a vector, and none that needs more than a gradient."""
    names = set(optimizer_configs())

    assert names >= LONG_THERE
    assert not names & {"optimizer", "lbfgs", "sparseadam", "muon"}


def test_group_has_whatever_optimizer_torch_has(monkeypatch):
    """An optimizer that a later torch brings is in the group, and one that fails is not."""

    class Later(torch.optim.SGD):
        pass

    class Failing(torch.optim.SGD):
        def step(self, closure=None):
            msg = "wants more than a gradient"
            raise RuntimeError(msg)

    for cls in (Later, Failing):
        cls.__module__, cls.__qualname__ = "torch.optim", cls.__name__
        monkeypatch.setattr(torch.optim, cls.__name__, cls, raising=False)

    configs = optimizer_configs()

    assert instantiate(configs["later"]).func is Later
    assert "failing" not in configs


@pytest.mark.parametrize("name", sorted(optimizer_configs()))
def test_every_optimizer_descends(name):
    """Each optimizer of the group, run as a job, ends finite and lower than it began."""
    store_optimizers()

    trajectory = hydra_run(ConfigGradDesc, instantiate, [f"+optim={name}"]).return_value

    heights = 0.1 * trajectory[:, 0] ** 2 + 0.2 * trajectory[:, 1] ** 2
    assert np.isfinite(trajectory).all()
    assert heights[-1] < 0.5 * heights[0]


def test_configs_give_partials_of_torchs_classes():
    """A config instantiates to a partial of the optimizer, with the group's arguments."""
    sgd = instantiate(optimizer_configs()["sgd"])

    assert isinstance(sgd, partial)
    assert sgd.func is torch.optim.SGD
    assert sgd.keywords == {"lr": 0.3, "momentum": 0.0}


def test_store_registers_every_option_under_the_group():
    """Registering puts each option under the group asked for, once or twice alike."""
    names = store_optimizers("algorithm")

    assert store_optimizers("algorithm") == names == tuple(optimizer_configs())
    assert sorted(ConfigStore.instance().list("algorithm")) == [f"{name}.yaml" for name in names]
    assert "optim" not in ConfigStore.instance().repo


def test_import_registers_nothing_and_loads_no_torch():
    """Importing the package costs neither torch nor an entry in the ConfigStore."""
    program = (
        "import sys, zenrun_torch_examples as z\n"
        "assert not {'torch', 'matplotlib', 'hydra'} & set(sys.modules), 'loaded'\n"
        "for name in z.__all__: getattr(z, name)\n"
        "from hydra.core.config_store import ConfigStore\n"
        "assert 'optim' not in ConfigStore.instance().repo, 'registered'\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_unknown_optimizer_names_those_there_are():
    """An optimizer that the group lacks costs an error with the options."""
    store_optimizers()

    with pytest.raises(GroupOptionError, match="sgd") as caught:
        hydra_run(ConfigGradDesc, instantiate, ["+optim=lbfgs"])

    assert "adam" in caught.value.options


@pytest.mark.parametrize(
    ("overrides", "cause"),
    [
        pytest.param(["+optim=sgd", "device=cuda:99"], DeviceError, id="device"),
        pytest.param(["+optim=sgd", "num_steps=-1"], DescentArgumentError, id="steps"),
        pytest.param(["+optim=sgd", "starting_xy=[1.0]"], DescentArgumentError, id="start"),
        pytest.param([], DescentArgumentError, id="no optimizer"),
    ],
)
def test_run_with_bad_values_tells_what_the_descent_refuses(overrides, cause):
    """A refusal arrives from a job as it is on Hydra 1.4, as the cause of Hydra's own on 1.3."""
    store_optimizers()

    with pytest.raises((InstantiationException, cause)) as caught:
        hydra_run(ConfigGradDesc, instantiate, overrides)

    wrapped = isinstance(caught.value, InstantiationException)
    assert isinstance(caught.value.__cause__ if wrapped else caught.value, cause)
