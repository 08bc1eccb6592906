"""What differs between two sweeps as tables for people: A is the first sweep, B the second.

This module must not know how the differences are found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zenrun.results._compare import ABSENT, Change, Comparison, JobPair
from zenrun.results._job_table import shown_jobs, told_count
from zenrun.results._rows import Row, rows_of
from zenrun.results._show import Shown, Table, short_path

_ROWS_OF_CONFIG = 40


def tables_of(comparison: Comparison, limit: int) -> list[Table]:
    """Give the tables: the sweeps, configs, overrides, jobs of both, jobs of one.

    Args:
        comparison: What was found.
        limit: How many jobs each shows at most.
    """
    sweeps = [("A", comparison.first), ("B", comparison.second)]
    told = [
        f"{name}: {sweep.status}, {told_count(rows_of(sweep))}, in {short_path(sweep.directory)}"
        for name, sweep in sweeps
    ]
    found = [Table("", [], [], notes=[*told, summary_of(comparison)])]
    for title, changes in (("config", comparison.config), ("overrides", comparison.overrides)):
        if changes:
            found.append(_changes_table(title, changes).shortened(_ROWS_OF_CONFIG))
    if comparison.changed:
        found.append(_pairs_table(comparison.changed).shortened(limit))
    for name, rows in (("A", comparison.only_first), ("B", comparison.only_second)):
        if rows:
            title = f"only in {name}: {told_count(rows)}"
            keys = [key for key in comparison.keys if any(key in row.params for row in rows)]
            found.append(shown_jobs(rows, limit, title, keys=keys))
    return found


def summary_of(comparison: Comparison) -> str:
    """Say in one line what differs.

    Args:
        comparison: What was found.
    """
    jobs = _counted(len(comparison.pairs), "job")
    if not comparison.differs:
        return f"no difference: {jobs} in both, with the same results"
    told = [
        _counted(len(comparison.config), "config value"),
        _counted(len(comparison.overrides), "override"),
        f"{len(comparison.changed)} of {jobs} in both",
        f"{_counted(len(comparison.only_first), 'job')} only in A",
        f"{_counted(len(comparison.only_second), 'job')} only in B",
    ]
    return "differ: " + ", ".join(text for text in told if not text.startswith("0 "))


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _changes_table(title: str, changes: Sequence[Change]) -> Table:
    rows = [
        [Shown(change.key or "(all of it)"), _cell(change.first), _cell(change.second)]
        for change in changes
    ]
    return Table("", [title, "A", "B"], rows)


def _cell(value: Any) -> Any:
    """Give a value as it is written in yaml."""
    if value is ABSENT:
        return Shown("-")
    words = {None: "null", True: "true", False: "false"}
    return Shown(words[value]) if value is None or isinstance(value, bool) else value


def _pairs_table(pairs: Sequence[JobPair]) -> Table:
    keys = list(dict.fromkeys(key for pair in pairs for key in pair.params))
    columns: list[tuple[str, list[Any]]] = [
        ("#A", [pair.first.num for pair in pairs]),
        ("#B", [pair.second.num for pair in pairs]),
        ("status", [_status(pair.first, pair.second) for pair in pairs]),
        *((key, [_cell(pair.params.get(key, ABSENT)) for pair in pairs]) for key in keys),
    ]
    facts = len(columns)
    by_name = [{change.key: change for change in pair.changes} for pair in pairs]
    for name in dict.fromkeys(name for changes in by_name for name in changes):
        found = [changes.get(name) for changes in by_name]
        columns += [
            (f"{name} A", [None if item is None else _there(item.first) for item in found]),
            (f"{name} B", [None if item is None else _there(item.second) for item in found]),
        ]
        minus = [
            None if item is None else pair.differences.get(name)
            for item, pair in zip(found, pairs, strict=True)
        ]
        if any(item is not None for item in minus):
            columns.append((f"{name} B-A", minus))
    for name, rows in (("A", [p.first for p in pairs]), ("B", [p.second for p in pairs])):
        errors = [Shown(row.error) if row.error else None for row in rows]
        if any(error is not None for error in errors):
            columns.append((f"error {name}", errors))
    values = range(facts, len(columns))
    return Table(
        f"{_counted(len(pairs), 'job')} of both with another result",
        [name for name, _ in columns],
        [list(row) for row in zip(*(cells for _, cells in columns), strict=True)],
        last=[0, 1, *range(3, facts), *values, 2],
    )


def _there(value: Any) -> Any:
    return None if value is ABSENT else value


def _status(first: Row, second: Row) -> Shown:
    return Shown(
        first.status if first.status == second.status else f"{first.status} -> {second.status}"
    )
