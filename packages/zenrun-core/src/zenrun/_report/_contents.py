"""What stands on the page of a report: the facts above the table, and the data that its script draws.

This module must not know how a page is written.
"""

from __future__ import annotations

import math
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib.metadata import version
from typing import Any

from zenrun._report._cells import JobsTable, table_of
from zenrun._report._details import Details
from zenrun._report._subject import Subject
from zenrun._report._texts import clean, middle_cut
from zenrun.results._load import Sweep
from zenrun.results._search import SearchFacts
from zenrun.results._show import seconds

_STATES = {
    "RUNNING": "The sweep was running when this page was written.",
    "FINISHED": "The sweep has come to its end.",
    "FAILED": "The sweep was ended by a job that failed.",
    "INTERRUPTED": "The sweep was stopped by Ctrl-C.",
    "DEAD": "The sweep's process is gone without a word, as after a kill.",
    "UNKNOWN": "The sweep's process is, or was, on another machine: whether it runs cannot be seen from here.",
}
_NAMED = 3
_MOST_CONFIG = 200_000
_A_TIME = re.compile(r"[\d:._-]+")


@dataclass(frozen=True)
class Contents:
    """What stands on the page.

    Attributes:
        title: Its title.
        state: How the sweep stands, or None where that is not known.
        explained: The same in a sentence.
        facts: What is known of it, each with its name.
        best: The places of the best jobs of a search, each with a line that tells what was best in it.
        config: The sweep's overrides and its config, or what is known of it, each with its name.
        notes: What the reader has to know of what is not there.
        data: What the page's script reads, for JSON.
    """

    title: str
    state: str | None
    explained: str
    facts: Sequence[tuple[str, str]]
    best: Sequence[tuple[int, str]]
    config: Sequence[tuple[str, str]]
    notes: Sequence[str]
    data: dict[str, Any]


def contents_of(subject: Subject, title: str | None) -> Contents:
    """Gather what stands on the page.

    Args:
        subject: What the report is about.
        title: The page's title, or None.
    """
    sweep = subject.sweep
    table = table_of(subject.rows)
    details = Details(subject, table.long)
    best = _best(subject.best, table)
    notes = details.notes
    if sweep is not None and sweep.damaged:
        notes.append(f"{sweep.damaged:,} damaged lines of the sweep's journal were left out.")
    data = {
        "columns": [[clean(name), kind] for name, kind in table.columns],
        "rows": table.rows,
        "best": [place for place, _ in best],
        **details.data,
    }
    return Contents(
        title=clean(_title(subject) if title is None else title),
        state=None if sweep is None else sweep.status,
        explained="" if sweep is None else _STATES.get(sweep.status, ""),
        facts=[(name, clean(text)) for name, text in _facts(subject)],
        best=[(place, clean(text)) for place, text in best],
        config=[
            (name, clean(middle_cut(text, _MOST_CONFIG)))
            for name, text in _config(sweep, details.first_config)
        ],
        notes=notes,
        data=data,
    )


def _config(sweep: Sweep | None, first: str) -> list[tuple[str, str]]:
    if sweep is None or not sweep.config.strip():
        return [("Of the first job", first)]
    return [
        ("Overrides of the sweep", "\n".join(sweep.overrides)),
        ("Before any override", sweep.config.strip("\n")),
    ]


def _title(subject: Subject) -> str:
    if subject.sweep is None:
        return "1 job" if len(subject.rows) == 1 else f"{len(subject.rows):,} jobs"
    directory = subject.sweep.directory
    # multirun/2026-11-25/21-54-00 is not told by its last part alone.
    is_time = _A_TIME.fullmatch(directory.name) is not None
    return "/".join(directory.parts[-2:]) if is_time else directory.name or str(directory)


def _facts(subject: Subject) -> list[tuple[str, str]]:
    made = [("Jobs", _jobs(subject))]
    if subject.search is not None:
        made.append(("Search", _goal(subject.search)))
    if subject.sweep is not None:
        made += _of_sweep(subject.sweep)
    made.append(("This page", f"{_moment(time.time())}, by zenrun {version('zenrun-core')}"))
    return made


def _jobs(subject: Subject) -> str:
    counts = Counter(row.status for row in subject.rows).most_common()
    told = ", ".join(f"{count:,} {status}" for status, count in counts) or "none"
    there = 0 if subject.sweep is None else len(subject.sweep)
    return f"{told} (of {there:,} in the sweep)" if there > len(subject.rows) else told


def _of_sweep(sweep: Sweep) -> list[tuple[str, str]]:
    made = [("Directory", str(sweep.directory))]
    starts = [job.start for job in sweep if math.isfinite(job.start)]
    ends = [job.end for job in sweep if job.end is not None and math.isfinite(job.end)]
    is_running = sweep.status == "RUNNING"
    if starts:
        made.append(("Started", _moment(min(starts))))
    if ends:
        made.append(("Last job ended", _moment(max(ends))))
    if starts and (ends or is_running):
        until = time.time() if is_running else max(ends)
        made.append(("Runs for" if is_running else "Took", str(seconds(until - min(starts)))))
    hosts = [host for host, _ in Counter(job.host for job in sweep).most_common() if host]
    if hosts:
        more = f" and {len(hosts) - _NAMED} more" if len(hosts) > _NAMED else ""
        made.append(("Host" if len(hosts) == 1 else "Hosts", ", ".join(hosts[:_NAMED]) + more))
    return made


def _moment(at: float) -> str:
    try:
        moment = datetime.fromtimestamp(at, timezone.utc).astimezone()
    except (OverflowError, OSError, ValueError):  # a journal that somebody has written
        return "?"
    return moment.strftime("%Y-%m-%d %H:%M:%S %Z")


def _goal(search: SearchFacts) -> str:
    names = search.objective or ()
    if len(names) == len(search.directions):
        return ", ".join(
            f"{direction} {name}" for direction, name in zip(search.directions, names, strict=True)
        )
    of = f" of {', '.join(names)}" if names else ""
    return (
        f"{', '.join(search.directions)} the value{'' if len(search.directions) == 1 else 's'}{of}"
    )


def _best(places: Sequence[int], table: JobsTable) -> list[tuple[int, str]]:
    """Tell of each of the best jobs what it returned, and with which overrides."""
    made = []
    for place in places:
        told = [
            (kind, f"{name} = {_shown(cell)}")
            for (name, kind), cell in zip(table.columns, table.rows[place], strict=True)
            if cell is not None
        ]
        values = ", ".join(text for kind, text in told if kind == "value")
        params = ", ".join(text for kind, text in told if kind == "override")
        made.append((place, f"{values or 'its value'} with {params or 'no override'}"))
    return made


def _shown(cell: Any) -> str:
    if isinstance(cell, list):
        return str(cell[0])
    return f"{cell:.6g}" if isinstance(cell, float) else str(cell)
