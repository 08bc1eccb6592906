"""``zenrun compare``: what differs between two sweeps.

This module must not know how that is found.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from zenrun._command_line._as_json import brief_entry
from zenrun._command_line._print import is_terminal, say, say_json, say_table
from zenrun.results._compare import ABSENT, Change, Comparison, JobPair, compare
from zenrun.results._compare_shown import tables_of
from zenrun.results._rows import Row
from zenrun.results._show import ROWS


def run(args: argparse.Namespace) -> int:
    """Carry out the command.

    Args:
        args: Its options.

    Returns:
        1 if anything differs, else 0.
    """
    found = compare(args.first, args.second)
    if args.json:
        say_json(_entry(found))
        return int(found.differs)
    everything = 1 + len(found.first) + len(found.second)
    rows = (ROWS if is_terminal() else 0) if args.rows is None else args.rows
    for place, table in enumerate(tables_of(found, rows or everything)):
        if place:
            say("")
        say_table(table)
    return int(found.differs)


def _entry(found: Comparison) -> dict[str, Any]:
    return {
        "differs": found.differs,
        "first": brief_entry(found.first),
        "second": brief_entry(found.second),
        "config": _changes(found.config),
        "overrides": _changes(found.overrides),
        "jobs": [_pair(pair) for pair in found.pairs],
        "only_first": [_job(row) for row in found.only_first],
        "only_second": [_job(row) for row in found.only_second],
    }


def _changes(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Give changes; a side that has not the key is not there."""
    return [
        {
            name: value
            for name, value in (
                ("key", item.key),
                ("first", item.first),
                ("second", item.second),
            )
            if value is not ABSENT
        }
        for item in changes
    ]


def _pair(pair: JobPair) -> dict[str, Any]:
    return {
        "params": pair.params,
        "same": pair.is_same,
        "first": _job(pair.first),
        "second": _job(pair.second),
        "differences": pair.differences,
    }


def _job(row: Row) -> dict[str, Any]:
    return {
        "num": row.num,
        "status": row.status,
        "params": row.params,
        "value": row.shown(),
        "error": row.error,
    }
