"""The other pictures: heat maps, parallel coordinates, histories, curves, small multiples, the overview."""

from __future__ import annotations

import math
import random
import shutil
import time
from functools import partial
from pathlib import Path

import pytest
from draws import Draws
from hydra.core.config_store import ConfigStore
from plot_jobs import grid, job, legend, note, points, rendered, ticks, xy

from zenrun import builds, hydra_multirun, load_sweep, plot
from zenrun.errors import PlotError

pytest.importorskip("matplotlib")
np = pytest.importorskip("numpy")
OUT = "hydra.sweep.dir=out"


def search(task, *overrides, **settings):
    node = builds(Draws, seed=1, **{"n_trials": 6, **settings})
    ConfigStore.instance().store(group="hydra/sweeper", name="draws", node=node)
    config = {"x": 1.0, "lr": 0.1}
    return hydra_multirun(config, task, ["hydra/sweeper=draws", OUT, *overrides])


# --- heat maps ---------------------------------------------------------------------------------


def test_heatmap_has_a_cell_for_each_combination_in_order():
    """Numbers stand in their order, choices as they came, and a cell has its combination's value."""
    jobs = grid(lambda n, net: n * len(net), n=[3, 1], net=["bb", "a"])

    ax = plot.heatmap(jobs, "n", "net")

    assert ax.collections[0].get_array().tolist() == [[2, 6], [1, 3]]
    assert (ticks(ax.xaxis), ticks(ax.yaxis)) == (["1", "3"], ["bb", "a"])
    assert [text.get_text() for text in ax.texts] == ["6", "3", "2", "1"]
    assert ax.figure.axes[1].get_ylabel() == "value"


def test_heatmap_masks_missing_cells_and_averages_repeated_ones():
    """A cell without a number is masked, several jobs in one are averaged, and the note says both."""
    jobs = grid(lambda a, b, seed: a + b + seed, a=[1, 2], b=[10, 20], seed=[0, 2])
    jobs = [one for one in jobs if one.overrides[:2] != ["a=2", "b=10"]]

    ax = plot.heatmap([*jobs, job(ValueError("no"), a=2, b=10, seed=0)], "a", "b")

    assert ax.collections[0].get_array().tolist() == [[12, None], [22, 23]]
    assert ax.patch.get_hatch()
    assert note(ax) == (
        "mean of up to 2 jobs in a cell, over seed; hatched: no job; 1 of 7 jobs not drawn"
    )


def test_heatmap_of_many_numbers_cuts_them_into_stretches():
    """More numbers than cells are put into twelve stretches of equal length, logarithmic ones too."""
    numbers = np.geomspace(0.001, 1, 60).tolist()
    jobs = [job(1.0, lr=lr, b=n % 2) for n, lr in enumerate(numbers)]

    ax = plot.heatmap(jobs, "lr", "b")

    assert ax.collections[0].get_array().shape == (2, 12)
    assert ax.collections[0].get_array().count() == 24
    assert ticks(ax.xaxis) == ["0.001", "0.0056", "0.032", "0.18", "1"]


# --- parallel coordinates ----------------------------------------------------------------------


def test_parallel_has_a_line_for_each_job_over_all_parameters():
    """Each axis goes from its least to its greatest value; the lowest value is drawn last."""
    jobs = grid(lambda a, net: a * len(net), a=[1, 2, 3], net=["b", "aa"])

    ax = plot.parallel(jobs)

    lines = [segment.tolist() for segment in ax.collections[0].get_segments()]
    assert lines[0] == [[0, 1], [1, 1], [2, 1]]
    assert lines[-1] == [[0, 0], [1, 0], [2, 0]]
    assert ax.collections[0].get_array().tolist() == [6, 4, 3, 2, 2, 1]
    assert ticks(ax.xaxis) == ["a", "net", "value"]


def test_parallel_leads_jobs_without_a_parameter_below_its_axis():
    """What a job has not is said below the axis."""
    jobs = [job(1, a=1, b=1), job(2, a=2, b=3), job(3, a=3)]

    ax = plot.parallel(jobs, parameters=["b", "a"])

    heights = [segment[0][1] for segment in ax.collections[0].get_segments()]
    assert heights == [-0.12, 1, 0]
    assert "not set" in [text.get_text() for text in ax.texts]


# --- histories ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("direction", "best"), [(None, [3, 1, 1, 1]), ("maximize", [3, 3, 4, 4])], ids=str
)
def test_history_has_each_job_and_the_best_so_far(direction, best):
    """The best so far is a step at each job and holds to the last one; what has no number is marked."""
    jobs = [job(value, x=x) for x, value in enumerate([3, 1, 4, ValueError("no")])]

    ax = plot.history(jobs, direction=direction)

    assert points(ax.collections[0]) == [(0, 3), (1, 1), (2, 4)]
    line, failed = ax.lines
    assert xy(line) == list(zip([0, 1, 2, 3], best, strict=True))
    assert failed.get_xdata().tolist() == [3]
    word = "highest" if direction else "lowest"
    assert legend(ax) == ["job", f"best so far ({word})", "failed"]


def test_history_of_a_search_knows_which_way_is_better():
    """A result and its directory know the direction and the objective."""
    result = search(
        lambda cfg: {"n": 1, "score": cfg.x},
        "x=interval(0.0, 1.0)",
        direction="maximize",
        objective="score",
    )

    for jobs in (result, "out", load_sweep("out")):
        ax = plot.history(jobs)
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("trial", "score")
        assert ax.lines[0].get_ydata()[-1] == result.best.value
        assert "best so far (highest)" in legend(ax)
    assert "best so far (lowest)" in legend(plot.history("out", value="n"))


def test_history_of_several_objectives_asks_which():
    """An objective has to be chosen, and has its own direction."""
    search(lambda cfg: [cfg.x, -cfg.x], "x=interval(0.0, 1.0)", direction=["minimize", "maximize"])

    with pytest.raises(PlotError, match=r"2 objectives; .* 'value.0', 'value.1'"):
        plot.history("out")
    assert "best so far (highest)" in legend(plot.history("out", value="value.1"))


def test_axis_that_a_search_has_tagged_log_is_logarithmic():
    """A search's tags are known from its result and from its directory, also of an added key."""
    result = search(
        lambda cfg: cfg.lr, "lr=tag(log, interval(0.1, 1.0))", "+new=tag(log, interval(0.1, 1.0))"
    )

    for jobs in (result, "out"):
        assert plot.value(jobs, "lr").get_xscale() == "log"
        assert plot.value(jobs, "new").get_xscale() == "log"
        assert len(points(plot.value(jobs, "lr").collections[0])) == 6


# --- curves ------------------------------------------------------------------------------------


def test_curves_have_a_line_for_each_choice_and_gaps_where_nothing_is():
    """Lists, tuples and arrays are drawn; they may differ in length and have holes."""
    jobs = [
        job({"name": "a", "loss": [3, 2, 1]}, lr=1),
        job({"name": "b", "loss": (2.0, math.nan, None, math.inf, 1.0)}, lr=2),
        job({"name": "c", "loss": np.array([1, 2])}, lr=3),
        job({"name": "d", "loss": "no series"}, lr=4),
    ]

    ax = plot.curves(jobs)

    nan = math.nan
    assert [line.get_ydata().tolist() for line in ax.lines[:3]] == [
        [3, 2, 1],
        pytest.approx([2, nan, nan, nan, 1], nan_ok=True),
        [1, 2],
    ]
    assert (ax.get_xlabel(), ax.get_ylabel(), legend(ax)) == ("step", "loss", ["1", "2", "3"])
    assert note(ax) == "1 of 4 jobs not drawn"


def test_curves_of_repeats_have_their_mean_with_a_band():
    """Where a curve has ended or has a hole it counts in no mean."""
    jobs = [job([1.0, 4.0, 5.0], seed=0), job([3.0, math.nan], seed=1), job([2.0, 6.0], seed=2)]

    ax = plot.curves(jobs)

    (mean,) = ax.lines
    assert xy(mean) == [(0, 2), (1, 5), (2, 5)]
    runs, band = ax.collections
    assert [piece.tolist() for piece in runs.get_segments()] == [
        [[0, 1], [1, 4], [2, 5]],
        [[0, 3]],
        [[0, 2], [1, 6]],
    ]
    band = band.get_paths()[0].vertices.tolist()
    assert [0, 1] in band
    assert [0, 3] in band
    assert note(ax) == "mean and standard deviation over seed"


def test_curves_of_several_parameters_are_told_apart_by_them():
    """Without `by` each job is a line of its own; few have a legend."""
    jobs = grid(lambda a, b: [a, b], a=[1, 2], b=[3, 4])

    ax = plot.curves(jobs)

    assert [line.get_ydata().tolist() for line in ax.lines] == [[1, 3], [1, 4], [2, 3], [2, 4]]
    assert legend(ax) == ["a=1, b=3", "a=1, b=4", "a=2, b=3", "a=2, b=4"]


# --- small multiples ---------------------------------------------------------------------------


def test_multiples_have_one_axes_for_each_choice_with_axes_in_common():
    """Each has its own jobs, and all the same axes, colours and one legend."""
    jobs = grid(lambda net, lr, b: lr * len(net) + b, net=["b", "aa"], lr=[1, 10, 100], b=[1, 2])
    jobs = [one for one in jobs if one.overrides[::2] != ["net='b'", "b=1"]]

    axes = plot.multiples(jobs, partial(plot.value, parameter="lr", by="b"), "net")

    assert list(axes) == ["b", "aa"]
    left, right = axes.values()
    assert [xy(line) for line in left.lines] == [[(1, 3), (10, 12), (100, 102)]]
    assert [len(line.get_xdata()) for line in right.lines] == [3, 3]
    assert left.lines[0].get_color() == right.lines[1].get_color()
    assert left.get_xlim() == right.get_xlim()
    assert left.get_ylim() == right.get_ylim()
    assert (left.get_title(), right.get_ylabel()) == ("net = b", "")
    (common,) = left.figure.legends
    assert sorted(text.get_text() for text in common.get_texts()) == ["1", "2"]


def test_multiples_take_a_function_of_the_users_own():
    """It is given the jobs of a choice, a list that tables are made of, and the Axes."""
    seen = []

    plot.multiples(
        grid(lambda a, b: a, a=[1, 2], b=[3, 4]), lambda jobs, ax: seen.append((jobs, ax)), "a"
    )

    assert [[one.return_value for one in jobs] for jobs, _ in seen] == [[1, 1], [2, 2]]


def test_multiples_of_many_choices_say_what_is_left_out():
    """Twelve choices are drawn, and the figure says how many more there are, and which jobs have none."""
    jobs = [job(1.0, x=x, by=by) for by in range(14) for x in (1, 2)]

    axes = plot.multiples([*jobs, job(1.0, x=1)], partial(plot.value, parameter="x"), "by")

    assert list(axes) == [str(by) for by in range(12)]
    assert axes.figure.get_suptitle() == "… 2 more of by; 1 job has no by"
    with pytest.raises(PlotError, match="of 2 jobs none has a finite 'by'"):
        plot.multiples([job(1, by=math.nan), job(1, by=math.inf)], plot.history, "by")


def test_multiples_of_curves_have_a_colour_for_what_varies_in_each():
    """What tells the curves of one choice apart has the same colour beside those of another."""
    jobs = [job([a, b], a=a, b=b) for a, b in [(1, 4), (1, 5), (2, 3), (2, 4)]]

    axes = plot.multiples(jobs, plot.curves, "a")

    colours = [[line.get_color() for line in ax.lines] for ax in axes.values()]
    assert colours[0][0] == colours[1][1]
    assert len({*colours[0], *colours[1]}) == 3
    assert [text.get_text() for text in axes.figure.legends[0].get_texts()] == ["3", "4", "5"]


def test_multiples_of_heat_maps_have_one_colour_bar():
    """A colour means the same in all of them, and is explained once; a choice without jobs says so."""
    jobs = grid(lambda a, b, c: a * b * c, a=[1, 2], b=[1, 2], c=[1, 10])
    jobs.append(job(ValueError("no"), a=1, b=1, c=5))

    axes = plot.multiples(jobs, partial(plot.heatmap, x="a", y="b"), "c")

    assert [ax.collections[0].get_clim() for ax in (axes["1"], axes["10"])] == [(1, 40), (1, 40)]
    assert [text.get_text() for text in axes["5"].texts] == ["nothing to draw"]
    assert len(axes["1"].figure.axes) == 4
    with pytest.raises(PlotError, match="No job has a parameter 'd'"):
        plot.multiples(jobs, partial(plot.value, parameter="d"), "c")


# --- the overview ------------------------------------------------------------------------------


def test_overview_has_the_pictures_that_suit_a_sweep():
    """A parameter has its picture, two their heat map, three their parallel coordinates, series their curves."""
    task = {"loss": 1.5, "losses": [1.0, 2.0]}

    assert list(plot.overview(grid(lambda a: a, a=[1, 2]))) == ["value against a"]
    pictures = plot.overview(grid(lambda **_: task, a=[1, 2], b=[1, 2], c=["x", "y"], seed=[0, 1]))
    assert list(pictures) == [
        "loss against a",
        "loss against b",
        "loss by a and b",
        "loss and all parameters",
        "losses at each step",
    ]
    assert legend(pictures["loss against a"].axes[0]) == ["1", "2"]
    assert list(plot.overview(grid(lambda a: [a], a=[1, 2]))) == ["value at each step"]


@pytest.mark.parametrize(
    "jobs",
    [
        [],
        [job(ValueError("no"), x=x) for x in (1, 2)],
        [job("text", x=x) for x in (1, 2)],
        [job(math.nan, x=x) for x in (1, 2)],
        [job(1.0, x=1)],
    ],
    ids=["no jobs", "all failed", "no numbers", "all NaN", "one job"],
)
def test_overview_of_nothing_to_draw_is_empty(jobs):
    """Where there is nothing to see there are no pictures, and no error."""
    assert plot.overview(jobs) == {}


def test_overview_of_a_search_begins_with_its_history():
    """A search has its history first, and of several objectives the first is drawn."""
    search(lambda cfg: [cfg.x, 1.0], "x=interval(0.0, 1.0)", direction=["minimize", "maximize"])

    assert list(plot.overview("out"))[:2] == ["value.0 of each trial", "value.0 against x"]


def test_overview_refuses_a_value_that_is_not_there():
    """A name that was given has to be there."""
    with pytest.raises(PlotError, match=r"did you mean 'loss'\?"):
        plot.overview([job({"loss": 1}, x=x) for x in (1, 2)], value="los")


def test_overview_draws_a_sweep_while_it_runs_and_after_it_died():
    """What has finished is drawn, of a sweep that runs and of one that was killed."""
    seen = []

    def look(_):
        seen.append(plot.overview("out"))

    hydra_multirun({"x": 1}, lambda cfg: cfg.x, ["x=1,2,3", OUT], on_job_end=look)
    shutil.copytree("out/.zenrun", "dead/.zenrun")
    (journal,) = Path("dead/.zenrun/journal").glob("*.jsonl")
    journal.write_bytes(b"\n".join(journal.read_bytes().splitlines()[:-2]))

    assert [xy(one["value against x"].axes[0].lines[0]) for one in seen[1:]] == [
        [(1, 1), (2, 2)],
        [(1, 1), (2, 2), (3, 3)],
    ]
    assert seen[0] == {}
    assert load_sweep("dead").status == "DEAD"
    assert xy(plot.overview("dead")["value against x"].axes[0].lines[0]) == [(1, 1), (2, 2)]


def test_pictures_of_five_thousand_jobs_are_drawn_at_once():
    """Five pictures of a large sweep take a second or two together, not a second for each thousand jobs."""
    rng = random.Random(0)
    jobs = [
        job({"loss": rng.random(), "losses": [rng.random()] * 20}, a=rng.random(), b=n % 7, c=n % 3)
        for n in range(5000)
    ]
    begun = time.process_time()

    pictures = plot.overview(jobs)
    rendered(pictures["loss and all parameters"])

    assert len(pictures) == 5
    assert time.process_time() - begun < 10  # two, where nothing else makes the machine slow
