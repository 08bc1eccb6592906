"""Jobs to draw, made without running any, and what a picture shows."""

from __future__ import annotations

import io
from itertools import product

from hydra.core.utils import JobReturn, JobStatus


def job(value, **params):
    """Give the account of a job: failed where the value is an exception."""
    failed = isinstance(value, Exception)
    return JobReturn(
        overrides=[f"{key}={_text(item)}" for key, item in params.items()],
        status=JobStatus.FAILED if failed else JobStatus.COMPLETED,
        _return_value=value,
    )


def grid(task, **values):
    """Give the jobs of a grid."""
    keys = list(values)
    combinations = (dict(zip(keys, found, strict=True)) for found in product(*values.values()))
    return [job(task(**params), **params) for params in combinations]


def _text(item):
    if isinstance(item, str):
        escaped = item.replace("\\'", "\\\\'").replace("'", "\\'")
        return f"'{escaped}'"
    return {None: "null", True: "true", False: "false"}[item] if _is_word(item) else repr(item)


def _is_word(item):
    return item is None or isinstance(item, bool)


def points(collection):
    """Give the points of a scatter, in their order along x."""
    return sorted(map(tuple, collection.get_offsets().tolist()))


def xy(line):
    """Give the points of a line."""
    return list(map(tuple, line.get_xydata().tolist()))


def ticks(axis):
    """Give the texts at an axis."""
    return [text.get_text() for text in axis.get_ticklabels()]


def legend(ax):
    """Give the texts of a legend."""
    return [text.get_text() for text in ax.get_legend().get_texts()]


def note(ax):
    """Give the small note above a picture."""
    return ax.get_title(loc="left")


def rendered(figure):
    """Draw a figure, and give its bytes."""
    made = io.BytesIO()
    figure.savefig(made, format="png", dpi=40)
    return made.getvalue()
