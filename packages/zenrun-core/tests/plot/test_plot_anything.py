"""Whatever jobs were given and returned, there is a picture or one of zenrun's errors, and no warning."""

from __future__ import annotations

import warnings
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plot_jobs import job

from zenrun import plot
from zenrun.errors import PlotError

pytest.importorskip("matplotlib")
texts = st.text(st.characters(codec="latin-1"), max_size=40) | st.sampled_from(
    ["$", "$a$", "_x", "a\nb", "\\", "%s", "{", "x" * 300, "", "\u202e", "é", "null"]
)
numbers = st.integers() | st.floats() | st.sampled_from([1e-300, 1e308, -1e200, 10**400, 5e-324])
values = numbers | texts | st.booleans() | st.none()
returned = (
    numbers
    | st.lists(numbers | st.none(), max_size=4)
    | st.dictionaries(texts, numbers | texts | st.lists(numbers, max_size=3), max_size=3)
    | st.builds(ValueError, texts)
)
jobs = st.lists(
    st.builds(
        job,
        returned,
        x=values,
        **{"sub.y_s": st.one_of(values), "z": st.sampled_from([0.1, 1, 10])},
    ),
    max_size=8,
)
DRAWN = {
    "value": partial(plot.value, parameter="x"),
    "value by": partial(plot.value, parameter="sub.y_s", by="x"),
    "heatmap": partial(plot.heatmap, x="x", y="sub.y_s"),
    "parallel": plot.parallel,
    "history": plot.history,
    "curves": partial(plot.curves, by="x"),
    "curves alone": plot.curves,
    "multiples": partial(plot.multiples, draw=partial(plot.value, parameter="x"), by="z"),
}


@settings(max_examples=20)
@given(jobs, st.sampled_from(sorted(DRAWN)))
def test_any_table_of_jobs_is_drawn_or_refused(jobs, name):
    """Numbers of any size, texts of any kind, few jobs and none: a picture that can be rendered, or a PlotError."""
    try:
        drawn = DRAWN[name](jobs)
    except PlotError:
        return
    ax = next(iter(drawn.values())) if isinstance(drawn, dict) else drawn
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from")
        ax.figure.draw_without_rendering()


@settings(max_examples=6)
@given(jobs)
def test_any_table_of_jobs_has_an_overview(jobs):
    """An overview never fails: what cannot be drawn is not in it."""
    assert len(plot.overview(jobs)) <= 6
