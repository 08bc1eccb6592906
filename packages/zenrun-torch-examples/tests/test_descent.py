"""One descent: the points it gives, and the arguments it refuses."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from zenrun.errors import ZenrunError
from zenrun_torch_examples import gradient_descent, himmelblau, paraboloid, rosenbrock
from zenrun_torch_examples.errors import DescentArgumentError, DeviceError
from zenrun_torch_examples.functions import MINIMA

SGD = partial(torch.optim.SGD, lr=0.3)


def descend(**arguments):
    """Descend as the page does, other arguments apart."""
    given = {"starting_xy": (-1.5, 0.5), "optim": SGD, "num_steps": 20, "landscape_fn": paraboloid}
    return gradient_descent(**{**given, **arguments})


def test_descent_gives_each_point_as_float32():
    """The points are float32, one for the start and one for each step."""
    trajectory = descend(num_steps=7)

    assert trajectory.shape == (8, 2)
    assert trajectory.dtype == np.float32
    assert trajectory[0].tolist() == [-1.5, 0.5]


def test_descent_of_no_steps_gives_the_start():
    """No steps leave the starting point alone."""
    assert descend(num_steps=0).tolist() == [[-1.5, 0.5]]


@given(
    start=st.tuples(st.floats(-10, 10, width=32), st.floats(-10, 10, width=32)),
    rate=st.floats(0.01, 2.0),
    steps=st.integers(0, 30),
)
def test_descent_of_the_paraboloid_shrinks_geometrically(start, rate, steps):
    """Plain descent multiplies x by 1 - 0.2 lr, and y by 1 - 0.4 lr, at each step."""
    optim = partial(torch.optim.SGD, lr=rate)

    trajectory = descend(starting_xy=start, optim=optim, num_steps=steps)

    factors = np.array([1 - 0.2 * rate, 1 - 0.4 * rate])
    expected = np.array(start) * factors ** np.arange(steps + 1)[:, None]
    np.testing.assert_allclose(trajectory, expected, rtol=1e-3, atol=1e-5)


def test_descent_that_diverges_gives_its_points_back():
    """A learning rate that is too large is seen in the points, not as an error."""
    trajectory = descend(optim=partial(torch.optim.SGD, lr=1e20), num_steps=5)

    assert np.isfinite(trajectory[0]).all()
    assert not np.isfinite(trajectory[-1]).any()


@pytest.mark.parametrize("surface", list(MINIMA), ids=lambda surface: surface.__name__)
def test_descent_from_a_minimum_stays_there(surface):
    """At each minimum of a surface the height is 0 and the slope too."""
    for minimum in MINIMA[surface]:
        assert surface(*minimum) == pytest.approx(0.0, abs=1e-12)
        trajectory = descend(
            starting_xy=minimum,
            optim=partial(torch.optim.SGD, lr=1e-3),
            landscape_fn=surface,
        )
        np.testing.assert_allclose(trajectory[-1], minimum, atol=1e-4)


def test_surfaces_have_their_known_heights():
    """Each surface is the function that its name stands for."""
    assert paraboloid(2.0, 3.0) == pytest.approx(2.2)
    assert rosenbrock(-1.0, 2.0) == pytest.approx(104.0)
    assert himmelblau(0.0, 0.0) == pytest.approx(170.0)


@pytest.mark.parametrize(
    "start",
    [(1.0,), (1.0, 2.0, 3.0), 1.0, None, "ab", (math.nan, 0.0), (0.0, math.inf), (1e39, 0.0)],
    ids=str,
)
def test_descent_refuses_a_start_that_is_no_point(start):
    """A start that is not two finite float32 numbers is refused, and shown."""
    with pytest.raises(DescentArgumentError, match="two finite numbers") as caught:
        descend(starting_xy=start)

    assert caught.value.argument == "starting_xy"
    assert repr(start) in str(caught.value)
    assert isinstance(caught.value, ZenrunError)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("steps", [-1, 2.5, "3", None, True], ids=repr)
def test_descent_refuses_steps_that_are_no_count(steps):
    """A number of steps that is no integer from 0 on is refused, and shown."""
    with pytest.raises(DescentArgumentError, match="integer from 0 on") as caught:
        descend(num_steps=steps)

    assert caught.value.argument == "num_steps"
    assert repr(steps) in str(caught.value)


def test_descent_without_optimizer_says_how_to_choose_one():
    """The config's None, left as it is, names the override that chooses an optimizer."""
    with pytest.raises(DescentArgumentError, match=r"\+optim=sgd") as caught:
        descend(optim=None)

    assert caught.value.argument == "optim"


@pytest.mark.parametrize("device", ["cuda:99", "no such device"])
def test_descent_refuses_a_device_that_is_not_there(device):
    """A device that is not there costs one error that tells which there are."""
    with pytest.raises(DeviceError, match="is not there") as caught:
        descend(device=device)

    assert caught.value.device == device
    assert "cpu" in caught.value.available
    assert isinstance(caught.value, ZenrunError)
    assert isinstance(caught.value, RuntimeError)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_descent_refuses_a_gpu_where_there_is_none():
    """Asked for a GPU where there is none, a descent does not quietly take the CPU."""
    with pytest.raises(DeviceError, match="device='cuda' is not there"):
        descend(device="cuda")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_descent_on_a_gpu_gives_the_same_points():
    """A GPU gives the CPU's points, float32 rounding apart, in the computer's memory."""
    np.testing.assert_allclose(descend(device="cuda"), descend(), rtol=1e-5, atol=1e-7)
