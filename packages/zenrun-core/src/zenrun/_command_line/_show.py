"""``zenrun show``: a sweep as a summary and a table, or one of its jobs.

This module must not know how a journal is read, nor how a line is cut.
"""

from __future__ import annotations

import argparse
import math
import re
import time
from collections.abc import Sequence
from typing import Any

from zenrun._command_line._as_json import job_entry, sweep_entry
from zenrun._command_line._best import Best, best_of
from zenrun._command_line._one_job import job_text
from zenrun._command_line._print import is_terminal, line_width, say, say_json, say_table
from zenrun._command_line._sweeps import find_directory
from zenrun._nearest import did_you_mean
from zenrun.errors import TableError
from zenrun.results._job_table import shown_jobs, told_count
from zenrun.results._load import Sweep, load_sweep
from zenrun.results._records import COMPLETED, RUNNING
from zenrun.results._rows import Row, rows_of
from zenrun.results._show import ROWS, Amount, Table, cut, seconds, short_path, told

_MEANS = {
    "DEAD": "DEAD: its process is gone and has not said how",
    "UNKNOWN": "UNKNOWN: whether its process still runs cannot be seen from here",
}


def run(args: argparse.Namespace) -> int:
    """Carry out the command.

    Args:
        args: Its options.
    """
    if args.job is None and re.fullmatch("[0-9]{1,9}", args.directory or ""):
        args.directory, args.job = None, int(args.directory)  # ``zenrun show 3``
    sweep = load_sweep(find_directory(args.directory))
    rows = rows_of(sweep)
    if args.job is not None:
        _show_job(sweep, rows, args)
        return 0
    best = best_of(sweep, rows)
    table = shown_jobs(rows, len(rows))
    places = [at for at, row in enumerate(rows) if _is_asked(row, args)]
    if args.sort is not None:
        places = _sorted(places, table, rows, args.sort, reverse=args.reverse)
    elif args.reverse:
        places.reverse()
    if args.json:
        wanted = places[: args.rows or None]
        jobs = [job_entry(sweep[at], rows[at]) for at in wanted]
        say_json(sweep_entry(sweep, best, jobs))
        return 0
    say("\n".join(_summary(sweep, rows, best)))
    if places:
        table.title = ""
        say("")
        say_table(_some(table.chosen(places), args))
    elif rows:
        say(f"\nNone of the jobs is {args.status or 'failed'}")
    return 0


def _show_job(sweep: Sweep, rows: Sequence[Row], args: argparse.Namespace) -> None:
    place = next((at for at, job in enumerate(sweep) if job.num == args.job), None)
    if place is None:
        nums = [job.num for job in sweep]
        there = f"there are {nums[0]} to {nums[-1]}" if nums else "no job has been started"
        msg = f"No job {args.job} is in {str(sweep.directory)!r}: {there}"
        raise TableError(msg)
    if args.json:
        say_json(job_entry(sweep[place], rows[place]))
    else:
        say(job_text(sweep, sweep[place], min(line_width(), 100)))


def _is_asked(row: Row, args: argparse.Namespace) -> bool:
    if args.failed:
        return row.status not in {COMPLETED, RUNNING}
    return args.status is None or row.status == args.status


def _some(table: Table, args: argparse.Namespace) -> Table:
    """Give the rows that are asked for; on a terminal, the first and the last ones if nothing is said."""
    is_sorted = args.sort is not None
    if args.rows is None:
        return table.shortened(ROWS, ends=not is_sorted) if is_terminal() else table
    return table.shortened(args.rows, ends=False) if args.rows else table


# --- the order of the jobs ------------------------------------------------------------------------------


def _sorted(
    places: Sequence[int], table: Table, rows: Sequence[Row], column: str, *, reverse: bool
) -> list[int]:
    if column not in table.names:
        hint = did_you_mean(column, table.names)
        msg = f"--sort: no column is {column!r}{hint}; there are: {', '.join(table.names)}"
        raise TableError(msg)
    at = table.names.index(column)
    cells = [row[at] for row in table.rows]
    if any(isinstance(cell, Amount) for cell in cells):  # "9 ms" is less than "2 s"
        cells = [row.duration for row in rows]
    there = [place for place in places if not _is_missing(cells[place])]
    there.sort(key=lambda place: _rank(cells[place]), reverse=reverse)
    return [*there, *(place for place in places if _is_missing(cells[place]))]


def _is_missing(cell: Any) -> bool:
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def _rank(cell: Any) -> tuple[int, float, str]:
    if isinstance(cell, (int, float)):
        try:
            return 0, float(cell), ""
        except OverflowError:
            return 0, math.copysign(math.inf, cell), ""
    return 1, 0.0, told(cell)


# --- the summary ----------------------------------------------------------------------------------------


def _summary(sweep: Sweep, rows: Sequence[Row], best: Sequence[Best]) -> list[str]:
    lines = [f"{sweep.status} sweep in {short_path(sweep.directory)}", told_count(rows)]
    if sweep.status in _MEANS:
        lines.append(_MEANS[sweep.status])
    if len(sweep):
        lines.append(_times(sweep))
    overrides = [text for text in sweep.overrides if not text.startswith("hydra.sweep.dir=")]
    if overrides:
        lines.append(f"overrides: {' '.join(overrides)}")
    if len(best) > 1:
        lines.append(f"best: {len(best)} jobs that no other one is better than")
    lines += [f"best: {_told_best(item)}" for item in best[:10]]
    if sweep.damaged:
        told_lines = (
            "line of the journal was" if sweep.damaged == 1 else "lines of the journal were"
        )
        lines.append(f"{sweep.damaged} damaged {told_lines} left out")
    width = line_width()
    return [lines[0], *(cut(line, width) for line in lines[1:])]


def _times(sweep: Sweep) -> str:
    start = min(job.start for job in sweep)
    is_running = sweep.status == "RUNNING"
    end = time.time() if is_running else max(job.end or job.start for job in sweep)
    began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(start))
    return f"started {began}, {'running for' if is_running else 'took'} {seconds(end - start)}"


def _told_best(best: Best) -> str:
    values = best.value if isinstance(best.value, list) else [best.value]
    params = " ".join(f"{key}={told(value)}" for key, value in best.params.items())
    job = "" if best.num is None else f" by job {best.num}"
    return f"{', '.join(map(told, values))}{job} with {params}"
