"""The results of a sweep in a list that shows itself as a table.

This module must not know how jobs run, and loads no Hydra.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeVar

from zenrun.results._columns import named_apart, varying
from zenrun.results._records import COMPLETED, RUNNING, STATUSES
from zenrun.results._rows import Row, is_job_return, rows_of
from zenrun.results._show import ROWS, Shown, Table, seconds

T = TypeVar("T")
_ROWS_HTML = 60


class JobList(list[T]):
    """The JobReturns of jobs, or batches of them: a list in all, except that it shows itself as a table."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Show the jobs as a short table."""
        return shown_jobs(rows_of(self), ROWS).text()

    __str__ = __repr__

    def _repr_html_(self) -> str:
        """Show the jobs in a notebook."""
        return shown_jobs(rows_of(self), _ROWS_HTML).html()


def shows_itself(returned: Any) -> Any:
    """Give what a sweeper returned, as lists that show themselves as tables where it is lists of jobs.

    Args:
        returned: What it returned. What is no list of JobReturns, or of batches of them, is given back.
    """
    if type(returned) is not list or not returned:
        return returned
    if all(map(is_job_return, returned)):
        return JobList(returned)
    if all(type(batch) is list and all(map(is_job_return, batch)) for batch in returned):
        return JobList(JobList(batch) for batch in returned)
    return returned


def shown_jobs(
    rows: Sequence[Row],
    limit: int,
    title: str = "",
    notes: Sequence[str] = (),
    keys: Sequence[str] | None = None,
) -> Table:
    """Give the table of jobs.

    Args:
        rows: The jobs.
        limit: How many are shown at most.
        title: The line above it; how many jobs there are, by default.
        notes: Lines below it.
        keys: The overrides that have a column; those that vary, by default.
    """
    shown, left_out, after = _some(rows, limit)
    keys = varying(rows) if keys is None else keys
    parts = [row.seen_parts() for row in shown]
    facts = named_apart(["#", "status", "error", "time"], keys, "job.")
    names = dict.fromkeys(name for found in parts for name in found)
    values = named_apart(names, [*facts.values(), *keys], "returned.")
    columns: list[tuple[str, list[Any]]] = [
        (facts["#"], [row.num for row in shown]),
        (facts["status"], [Shown(row.status) for row in shown]),
        *((key, [_param(row, key) for row in shown]) for key in keys),
    ]
    told = [(values[name], [found.get(name) for found in parts]) for name in names]
    told.append((facts["error"], [_error(row) for row in shown]))
    # Numbers are short and what most people look for; after them comes what went wrong.
    error = told[-1]
    told.sort(key=lambda column: 1 if column is error else 0 if _are_numbers(column[1]) else 2)
    columns += [(name, cells) for name, cells in told if _has_any(cells)]
    first_value, time = 2 + len(keys), [seconds(row.duration) for row in shown]
    pairs = itertools.zip_longest(range(2, first_value), range(first_value, len(columns)))
    last = [0, 1, *(at for pair in pairs for at in pair if at is not None)]
    if _has_any(time):
        columns.append((facts["time"], time))
    return Table(
        title=title or told_count(rows),
        names=[name for name, _ in columns],
        rows=[list(row) for row in zip(*(cells for _, cells in columns), strict=True)],
        left_out=left_out,
        after=after,
        last=last,
        notes=list(notes),
        marked={at for at, row in enumerate(shown) if row.status in _BAD},
    )


_BAD = STATUSES - {COMPLETED, RUNNING}


def _has_any(cells: Sequence[Any]) -> bool:
    return any(cell is not None for cell in cells)


def _are_numbers(cells: Sequence[Any]) -> bool:
    return all(cell is None or isinstance(cell, (int, float)) for cell in cells)


def _error(row: Row) -> Shown | None:
    return Shown(row.error) if row.error and row.status != COMPLETED else None


def _param(row: Row, key: str) -> Any:
    """Give the value of an override as it is shown: as it was written."""
    value = row.params.get(key, _ABSENT)
    if value is _ABSENT:
        return None
    return Shown(_WORDS[value]) if value is None or isinstance(value, bool) else value


_ABSENT = object()
_WORDS = {None: "null", True: "true", False: "false"}


def told_count(rows: Sequence[Row]) -> str:
    """Say how many jobs there are, and what came of them.

    Args:
        rows: The jobs.
    """
    counts = Counter(row.status for row in rows)
    jobs = f"{len(rows)} job{'' if len(rows) == 1 else 's'}"
    if len(counts) == 1:
        return f"{jobs}, {next(iter(counts))}"
    told = ", ".join(f"{count} {status}" for status, count in counts.most_common())
    return f"{jobs}: {told}" if told else "no jobs"


def _some(rows: Sequence[Row], limit: int) -> tuple[list[Row], int, int]:
    """Give the first and the last jobs, how many are between them, and after which."""
    left_out = len(rows) - limit
    if left_out <= 0:
        return list(rows), 0, 0
    half = limit // 2
    return [*rows[: limit - half], *rows[len(rows) - half :]], left_out, limit - half
