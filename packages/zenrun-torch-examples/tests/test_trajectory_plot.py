"""The picture: what is drawn on the axes, and what cannot be."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex

from zenrun.errors import ZenrunError
from zenrun_torch_examples import himmelblau, paraboloid, plot_trajectories
from zenrun_torch_examples.errors import MissingExtraError, PlotDataError
from zenrun_torch_examples.functions import MINIMA

PATHS = {
    "one": np.array([[-1.5, 0.5], [-1.0, 0.25], [-0.5, 0.1]]),
    "two": np.array([[-1.5, 0.5], [0.5, -0.5]], dtype=np.float32),
}


def marks(ax):
    """Give the points of each kind of mark by the name in the legend."""
    return {
        item.get_label(): np.asarray(item.get_offsets())
        for item in ax.collections
        if item.get_label() in {"start", "minimum", "lowest drawn point"}
    }


def test_plot_draws_each_trajectory_under_its_name():
    """Each trajectory is a line through its points, named in the legend."""
    ax = plot_trajectories(PATHS, paraboloid)

    assert [line.get_label() for line in ax.lines] == ["one", "two"]
    for line, path in zip(ax.lines, PATHS.values(), strict=True):
        np.testing.assert_array_equal(line.get_xydata(), path)
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["one", "two", "start", "minimum"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x", "y")


def test_plot_marks_starts_and_minima():
    """The common start is marked once, and every minimum of the surface."""
    drawn = marks(plot_trajectories(PATHS, himmelblau))

    np.testing.assert_array_equal(drawn["start"], [[-1.5, 0.5]])
    np.testing.assert_array_equal(drawn["minimum"], MINIMA[himmelblau])


def test_plot_marks_the_lowest_drawn_point_of_an_unknown_surface():
    """Of a surface whose minimum is not known, the lowest point of the grid is marked, as such."""
    drawn = marks(plot_trajectories(PATHS, lambda x, y: (x - 0.1) ** 2 + (y + 0.2) ** 2))

    assert "minimum" not in drawn
    np.testing.assert_allclose(drawn["lowest drawn point"], [[0.1, -0.2]], atol=0.02)


def test_plot_draws_the_surface_as_filled_contours():
    """The bands, with a line between each two, reach from the surface's bottom to its greatest height."""
    ax = plot_trajectories(PATHS, paraboloid, limits=(-2.0, 2.0, -1.0, 1.0))

    bands, lines = [item for item in ax.collections if hasattr(item, "levels")]
    assert bands.filled
    assert not lines.filled
    assert list(lines.levels) == list(bands.levels)
    assert bands.levels[0] == 0.0
    assert bands.levels[-1] == pytest.approx(paraboloid(2.0, 1.0))
    assert (ax.get_xlim(), ax.get_ylim()) == ((-2.0, 2.0), (-1.0, 1.0))


def test_plot_shows_every_point_unasked():
    """Without limits all points and minima are within the axes, x and y on one scale."""
    ax = plot_trajectories({"straight": [[-9.0, 3.0], [4.0, 3.0]]}, paraboloid)

    (x_low, x_high), (y_low, y_high) = ax.get_xlim(), ax.get_ylim()
    assert x_low < -9.0 < 4.0 < x_high
    assert y_low < 0.0
    assert y_high > 3.0
    assert ax.get_aspect() == 1.0


def test_plot_leaves_out_marks_beyond_the_limits():
    """A start or a minimum outside the limits is not drawn beside the axes."""
    drawn = marks(plot_trajectories(PATHS, paraboloid, limits=(-1.2, -0.8, 0.2, 0.4)))

    assert drawn == {}


def test_plot_tells_twenty_trajectories_apart():
    """Twenty lines differ, each by its colour, its dashes or its marks."""
    paths = {str(number): [[number, 0.0], [0.0, 0.0]] for number in range(1, 21)}

    lines = plot_trajectories(paths, paraboloid).lines

    looks = {(to_hex(line.get_color()), line.get_linestyle(), line.get_marker()) for line in lines}
    assert len(looks) == 20


def test_plot_draws_on_the_axes_given():
    """Axes that are given are drawn on and given back, and no other figure is made."""
    _, axes = plt.subplots(1, 2)
    before = plt.get_fignums()

    assert plot_trajectories(PATHS, paraboloid, ax=axes[1], title="both") is axes[1]
    assert axes[1].get_title() == "both"
    assert not axes[0].lines
    assert plt.get_fignums() == before


def test_plot_leaves_out_points_that_are_not_finite():
    """A trajectory that diverged is drawn as far as it is finite."""
    path = [[1.0, 1.0], [2.0, 2.0], [np.inf, 2.0], [np.nan, np.nan]]

    (line,) = plot_trajectories({"diverged": path}, paraboloid).lines

    np.testing.assert_array_equal(line.get_xydata(), path[:2])


@pytest.mark.parametrize(
    "path", [[[-1.0, 1.0]], [[0.0, 0.0], [0.0, 0.0]]], ids=["one point", "no way"]
)
@pytest.mark.parametrize("surface", [paraboloid, lambda x, _: 0 * x], ids=["bowl", "flat"])
def test_plot_of_little_is_saved_all_the_same(path, surface, tmp_path):
    """One point, a path that goes nowhere and a flat surface make a picture too."""
    ax = plot_trajectories({"short": path}, surface)
    ax.figure.savefig(tmp_path / "picture.png")

    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("paths", "limits", "message"),
    [
        pytest.param({}, None, "nothing to draw", id="none"),
        pytest.param({"flat": [1.0, 2.0]}, None, r"'flat'.*\(2,\)", id="one dimension"),
        pytest.param({"deep": [[1.0, 2.0, 3.0]]}, None, r"'deep'.*\(1, 3\)", id="three columns"),
        pytest.param({"lost": [[np.nan, 1.0]]}, None, "'lost'.*no finite point", id="not finite"),
        pytest.param({"far": [[0.0, 0.0], [1e13, 0.0]]}, None, "diverges", id="too far"),
        pytest.param(PATHS, (1.0, -1.0, 0.0, 1.0), "rising", id="limits that fall"),
        pytest.param(PATHS, (0.0, np.inf, 0.0, 1.0), "finite", id="limits without end"),
    ],
)
def test_plot_refuses_what_cannot_be_drawn(paths, limits, message):
    """What is no trajectory in the plane is named and refused, before a figure is made."""
    with pytest.raises(PlotDataError, match=message) as caught:
        plot_trajectories(paths, paraboloid, limits=limits)

    assert isinstance(caught.value, ZenrunError)
    assert isinstance(caught.value, ValueError)
    assert plt.get_fignums() == []


def test_plot_without_matplotlib_names_the_extra(monkeypatch):
    """Without matplotlib the error says which extra to install."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [NoMatplotlib(), *sys.meta_path])

    with pytest.raises(MissingExtraError) as caught:
        plot_trajectories(PATHS, paraboloid)

    assert "pip install 'zenrun-torch-examples[plot]'" in str(caught.value)
    assert (caught.value.name, caught.value.extra) == ("matplotlib", "plot")
    assert isinstance(caught.value, ZenrunError)
    assert isinstance(caught.value, ModuleNotFoundError)


class NoMatplotlib:
    """An import system in which there is no matplotlib."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "matplotlib":
            msg = f"No module named {name!r}"
            raise ModuleNotFoundError(msg, name=name)
