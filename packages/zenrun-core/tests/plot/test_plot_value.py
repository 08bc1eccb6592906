"""plot.value and what all pictures have in common: axes, colours, labels, errors."""

from __future__ import annotations

import math
import sys
from functools import partial

import pytest
from plot_jobs import grid, job, legend, note, points, rendered, ticks, xy

from zenrun import hydra_multirun, plot
from zenrun.errors import JournalError, MissingExtraError, PlotError, TableError

pytest.importorskip("matplotlib")

# --- what is drawn -----------------------------------------------------------------------------


def test_value_of_one_job_each_is_a_line_through_them():
    """Jobs of a grid of one number are joined, in the order of the parameter."""
    ax = plot.value([job(x * x, x=x) for x in (3, 1, 2)], "x")

    assert xy(ax.lines[0]) == [(1, 1), (2, 4), (3, 9)]
    assert (ax.get_xlabel(), ax.get_ylabel(), note(ax)) == ("x", "value", "")
    assert ax.get_legend() is None


def test_value_of_repeats_is_their_mean_with_a_band_of_one_deviation():
    """Repeats are points; their mean is a line, and the standard deviation of the sample a band."""
    jobs = grid(lambda x, seed: x + seed, x=[1, 2], seed=[0, 1, 2])

    ax = plot.value(jobs, "x")

    cloud, band = ax.collections
    assert points(cloud) == [(1, 1), (1, 2), (1, 3), (2, 2), (2, 3), (2, 4)]
    assert xy(ax.lines[0]) == [(1, 2), (2, 3)]
    corners = {tuple(point) for point in band.get_paths()[0].vertices.tolist()}
    assert corners == {(1, 1), (1, 3), (2, 2), (2, 4)}
    assert note(ax) == "mean and standard deviation over seed"


def test_value_by_a_choice_has_a_line_for_each_in_a_colour_of_its_own():
    """Each choice has its line, colour and marker, and the legend tells them in the sweep's order."""
    from matplotlib.colors import to_hex

    jobs = grid(lambda lr, optim: lr * len(optim), optim=["sgd", "adam"], lr=[1, 2])

    ax = plot.value(jobs, "lr", by="optim")

    assert [xy(line) for line in ax.lines] == [[(1, 3), (2, 6)], [(1, 4), (2, 8)]]
    assert [to_hex(line.get_color()) for line in ax.lines] == ["#0072b2", "#e69f00"]
    assert [line.get_marker() for line in ax.lines] == ["o", "s"]
    assert (legend(ax), ax.get_legend().get_title().get_text()) == (["sgd", "adam"], "optim")


def test_value_by_many_numbers_has_a_colour_bar():
    """More than seven numbers are the colours of a scale, and each job is one point."""
    jobs = [job(x, x=x, y=float(x**2)) for x in range(1, 12)]

    ax = plot.value(jobs, "x", by="y")

    assert ax.collections[0].get_array().tolist() == [float(x**2) for x in range(1, 12)]
    assert [other.get_ylabel() for other in ax.figure.axes] == ["value", "y"]


def test_value_against_choices_has_them_side_by_side():
    """A parameter that is no number has its choices along the axis, groups beside each other."""
    jobs = grid(lambda net, lr: lr + len(net), net=["b", "aa"], lr=[1, 2])

    ax = plot.value(jobs, "net", by="lr")

    assert ticks(ax.xaxis) == ["b", "aa"]
    assert [[y for _, y in points(found)] for found in ax.collections] == [[2, 3], [3, 4]]
    left, right = ([x for x, _ in points(found)] for found in ax.collections)
    assert left[0] < 0 < right[0]
    assert left[1] < 1 < right[1]


def test_value_against_choices_that_repeat_has_means_and_bars():
    """Repeats of a choice have their mean, and a bar of one deviation to each side."""
    jobs = grid(lambda net, seed: len(net) + 2 * seed, net=["b", "aa"], seed=[0, 1, 2])

    ax = plot.value(jobs, "net")

    assert [y for _, y in xy(ax.lines[0])] == [3, 4]
    bar = ax.collections[1].get_segments()[0]
    assert bar.tolist() == [[0, 1], [0, 5]]


def test_value_of_many_choices_is_cut_and_says_so():
    """Of forty choices thirty are drawn, and the axis says how many more there are."""
    jobs = [job(n, name=f"name{n}") for n in range(40)]

    ax = plot.value(jobs, "name")

    assert ticks(ax.xaxis)[-2:] == ["name29", "… 10 more"]
    assert len(points(ax.collections[0])) == 30
    assert note(ax) == "10 of 40 jobs not drawn"


def test_value_by_many_choices_draws_the_rest_in_grey():
    """More choices than colours share one, have no mean, and are counted in the legend."""
    jobs = [job(n, x=x, name=f"name{n}") for n in range(9) for x in (1, 2)]

    ax = plot.value(jobs, "x", by="name")

    assert legend(ax)[-2:] == ["name6", "… 2 more"]
    assert len(ax.lines) == 7
    assert points(ax.collections[0]) == [(1, 7), (1, 8), (2, 7), (2, 8)]
    assert note(ax) == ""


def test_value_leaves_out_what_is_not_finite_and_counts_it():
    """NaN, infinity, failures and missing items are not drawn, and the note says how many."""
    values = [1.0, math.nan, math.inf, ValueError("no"), {"other": 1}, 10**400, 2.0]

    ax = plot.value([job(found, x=x) for x, found in enumerate(values)], "x")

    assert xy(ax.lines[0]) == [(0, 1), (6, 2)]
    assert note(ax) == "5 of 7 jobs not drawn"


def test_value_is_the_first_number_that_the_jobs_returned():
    """It is `value`, or the first item that is a number and no boolean, or the one that is named."""
    jobs = [job({"ok": True, "text": "a", "loss": x, "inner": {"n": [2 * x]}}, x=x) for x in (1, 2)]

    assert plot.value(jobs, "x").get_ylabel() == "loss"
    assert plot.value(jobs, "x", value="ok").get_ylabel() == "ok"
    assert xy(plot.value(jobs, "x", value="inner.n.0").lines[0]) == [(1, 2), (2, 4)]


def test_value_may_be_the_duration_in_seconds():
    """The duration of each job can be drawn, and its unit is known."""
    (jobs,) = hydra_multirun({"x": 1}, lambda cfg: "text", ["x=1,2"])

    ax = plot.value(jobs, "x", value="duration")

    assert ax.get_ylabel() == "duration (s)"
    assert all(y > 0 for _, y in xy(ax.lines[0]))


def test_value_takes_whatever_tables_are_made_of():
    """A sweep's result, its batch, a list of jobs, and its directory give the same picture."""
    jobs = hydra_multirun({"x": 1}, lambda cfg: cfg.x**2, ["x=1,2,3", "hydra.sweep.dir=out"])

    for given in (jobs, jobs[0], list(jobs[0]), "out"):
        assert xy(plot.value(given, "x").lines[0]) == [(1, 1), (2, 4), (3, 9)]


# --- axes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([0.001, 0.01, 0.1], "log"),
        ([0.001, 0.003, 0.01, 0.03, 0.1], "log"),
        ([1, 100], "log"),
        ([8, 16, 32, 64], "linear"),  # less than two decades
        ([0, 0.01, 0.1, 1], "linear"),
        ([-1, 1, 100], "linear"),
        ([1, 2, 3, 100], "linear"),  # no even steps
    ],
)
def test_axis_of_geometric_numbers_is_logarithmic(values, scale):
    """Positive numbers in even steps over two decades have a logarithmic axis, which names them."""
    ax = plot.value([job(1.0, x=x) for x in values], "x")

    assert ax.get_xscale() == scale
    if scale == "log":
        assert ticks(ax.xaxis) == [f"{x:g}" for x in values]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("time_s", "time (s)"),
        ("batch_mb", "batch (MB)"),
        ("loader.wait_ms", "loader.wait (ms)"),
        ("duration_seconds", "duration (s)"),
        ("clock_GHz", "clock (GHz)"),
        ("loss_min", "loss_min"),
        ("t_s", "t_s"),
        ("a._s", "a._s"),
        ("s", "s"),
        ("lr", "lr"),
    ],
)
def test_axis_has_a_unit_where_the_name_has_one(name, label):
    """A unit is read from a name's end, and from nothing that may be something else."""
    jobs = [job({name: 1.0}, **{name: x}) for x in (1, 2)]

    ax = plot.value(jobs, name)

    assert (ax.get_xlabel(), ax.get_ylabel()[-len(label) :]) == (label, label)


def test_axis_of_mixed_values_has_choices_in_order():
    """Null, booleans and numbers stand before texts, which stay as they came."""
    jobs = [job(1.0, x=x) for x in ("b", 10, None, 2, "a", True, "")]

    assert ticks(plot.value(jobs, "x").xaxis) == ["null", "true", "2", "10", "b", "a", "''"]


def test_axis_texts_are_drawn_as_they_are():
    """Dollars are no mathematics, line breaks no lines, and long names lose their middle."""
    long = f"first{'x' * 60}last"
    jobs = [job(1.0, x=x, _y=x) for x in ("$a$", "a\nb", long)]

    ax = plot.value(jobs, "x", by="_y")
    rendered(ax.figure)

    texts = [r"\$a\$", "a b", "firstxxxxxx…xxxxxxxxlast"]
    assert [text.get_text() for text in ax.get_xticklabels()] == texts
    assert legend(ax) == texts


# --- where it is drawn -------------------------------------------------------------------------


def test_value_draws_on_the_axes_that_it_is_given():
    """A given Axes is drawn on and given back, and its figure gets no other one."""
    from matplotlib.figure import Figure

    mine = Figure().add_subplot()

    ax = plot.value([job(x, x=x) for x in (1, 2)], "x", ax=mine)

    assert ax is mine
    assert mine.figure.axes == [mine]


def test_value_leaves_nothing_in_pyplot(monkeypatch):
    """The figure is nobody's global state: pyplot is not even loaded."""
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)

    ax = plot.value([job(x, x=x) for x in (1, 2)], "x")

    assert rendered(ax.figure).startswith(b"\x89PNG")


def test_pictures_show_themselves_in_a_notebook():
    """A notebook asks the last value of a cell for a PNG or for HTML: whatever is drawn has one."""
    jobs = grid(lambda **_: 1, x=[1, 2], **{"<b>": [1, 2]})
    ax = plot.value(jobs, "x")
    panels = plot.multiples(jobs, partial(plot.value, parameter="x"), "<b>")

    for shown in (ax, ax.figure, panels, panels.figure):
        assert shown._repr_png_().startswith(b"\x89PNG")
    page = plot.overview(jobs)._repr_html_()
    assert page.count("<img") == 3
    assert "value against &lt;b&gt;" in page


# --- errors ------------------------------------------------------------------------------------

JOBS = [job({"loss": x, "name": "a"}, x=x, same=1) for x in (1, 2)]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plot.value(JOBS, "xx"), r"No job has a parameter 'xx' \(did you mean 'x'\?\)"),
        (lambda: plot.value(JOBS, "same"), r"'same' is 1 in all 2 jobs. Those that vary are 'x'"),
        (lambda: plot.value(JOBS, "x", by="same"), "'same' is 1 in all 2 jobs"),
        (
            lambda: plot.value(JOBS, "x", value="los"),
            r"value='los' .* a number \(did you mean 'loss'\?\). There is 'loss'",
        ),
        (lambda: plot.value(JOBS, "x", value="name"), "'name' is nothing .* a number"),
        (lambda: plot.curves(JOBS), "nothing that is a series .* they returned 'loss', 'name'"),
        (lambda: plot.heatmap(JOBS, "x", "x"), "both of those given are 'x'"),
        (lambda: plot.parallel(JOBS, parameters="x"), "is a list of names"),
        (lambda: plot.history(JOBS, direction="maximise"), r"did you mean 'maximize'\?"),
        (lambda: plot.value([job("a", x=x) for x in (1, 2)], "x"), "returned 'value'"),
        (
            lambda: plot.value([job(math.nan, x=x) for x in (1, 2)], "x"),
            "of 2 jobs none has a finite 'value'",
        ),
        (lambda: plot.value([job(ValueError("n"), x=1)], "x"), "none of 1 jobs has finished"),
        (lambda: plot.value([], "x"), "none of 0 jobs has finished"),
    ],
)
def test_plot_says_what_is_wrong_and_what_there_is(call, message):
    """What cannot be drawn is one error that names what was given and what there is."""
    with pytest.raises(PlotError, match=message):
        call()


def test_plot_of_what_are_no_jobs_is_the_error_of_tables():
    """Jobs are checked as for tables, and directories too."""
    with pytest.raises(TableError, match="hydra_multirun or load_sweep"):
        plot.value(3, "x")
    with pytest.raises(JournalError, match="no folder"):
        plot.overview("nowhere")


def test_plot_of_pickled_values_says_how_to_read_them():
    """Nothing is unpickled: an error says how it is, where the directory can be trusted."""
    hydra_multirun({"x": 1}, lambda cfg: {"loss": complex(cfg.x)}, ["x=1,2", "hydra.sweep.dir=out"])

    with pytest.raises(PlotError, match="unpickle=True"):
        plot.value("out", "x")


@pytest.mark.parametrize("name", plot.__all__)
def test_plot_without_matplotlib_names_the_extra(monkeypatch, name):
    """Each function says what to install."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    arguments = {"value": ["x"], "heatmap": ["x", "y"], "multiples": [print, "x"]}.get(name, [])

    with pytest.raises(MissingExtraError, match=r"(?s)zenrun.plot needs .*zenrun-core\[plot\]"):
        getattr(plot, name)(JOBS, *arguments)
