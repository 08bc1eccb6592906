"""The journal of a sweep, read: at any time, by anybody, on any machine.

This module must not know what is done with it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zenrun.errors import JournalError
from zenrun.results._find import about_no_sweep
from zenrun.results._lines import decode_line
from zenrun.results._records import COMPLETED, FORMAT, RUNNING, STATUSES, JobRecord, SweepHeader
from zenrun.results._values import StoredValue
from zenrun.results._writer import FOLDER, JOURNAL


@dataclass
class SweepJournal:
    """What the journal of a sweep says.

    Attributes:
        headers: What each process that ran the sweep was asked for, the first one first.
        jobs: What is known of each job, by its number.
        attempts: Every attempt at each job, by its number, in the order of their starts.
        notes: What sweepers have written down, by name; of several the last.
        end: How the last process ended the sweep: "FINISHED", "FAILED", "INTERRUPTED"; None where it
            runs still, or was killed.
        damaged: How many lines are not what was written.
    """

    headers: list[SweepHeader] = field(default_factory=list)
    jobs: dict[int, JobRecord] = field(default_factory=dict)
    attempts: dict[int, list[JobRecord]] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)
    end: str | None = None
    damaged: int = 0


def read_journal(sweep_dir: Path) -> SweepJournal:
    """Read the journal of a sweep.

    Args:
        sweep_dir: The sweep's directory.

    Raises:
        JournalError: There is no journal, or none that this version of zenrun can read.
    """
    folder = Path(sweep_dir) / FOLDER
    contents = _contents(folder / JOURNAL)
    if not contents:
        raise JournalError(about_no_sweep(Path(sweep_dir)), str(sweep_dir))
    made = SweepJournal()
    records: dict[tuple[int, str, int], JobRecord] = {}  # by job, sweep's process, and attempt
    sweeps: list[tuple[float, SweepHeader | None, str | None, dict[str, Any]]] = []
    for path, content in contents:
        entries = list(_entries(content, made))
        head = next((entry for entry in entries if "zenrun_journal" in entry), None)
        if head is not None:
            _check_format(head, path)
        sweep = path.name if head is None else str(head.get("sweep", ""))
        for record in _records(entries, folder, made):
            key = record.num, sweep, record.attempt
            records[key] = _later(records.get(key), record)
        of_sweep = head is not None and "config" in head
        ends = [entry for entry in entries if "end" in entry and "job" not in entry]
        if of_sweep or ends:  # its first line may be damaged, and the others not
            header = _header(head, made) if head is not None and of_sweep else None
            time = header.time if header is not None else _time(ends)
            notes = {str(item["note"]): item.get("value") for item in entries if "note" in item}
            sweeps.append((time, header, str(ends[-1]["end"]) if ends else None, notes))
    for _, header, end, notes in sorted(sweeps, key=lambda item: item[0]):
        if header is not None:
            made.headers.append(header)
        made.notes.update(notes)
        made.end = end
    for record in sorted(records.values(), key=lambda item: (item.num, item.start)):
        made.attempts.setdefault(record.num, []).append(record)
    made.jobs = {num: _that_counts(found) for num, found in made.attempts.items()}
    return made


def _contents(folder: Path) -> list[tuple[Path, bytes]]:
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix == ".jsonl")
        return [(path, path.read_bytes()) for path in files]
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: no name of a file
        return []
    except OSError as error:
        msg = f"The journal in {str(folder)!r} cannot be read: {error.strerror or error}"
        raise JournalError(msg, str(folder)) from error


def _entries(content: bytes, journal: SweepJournal) -> Iterator[dict[str, Any]]:
    for line in content.split(b"\n"):
        if line:
            entry = decode_line(line)
            if entry is None:
                journal.damaged += 1
            else:
                yield entry


def _header(head: Mapping[str, Any], journal: SweepJournal) -> SweepHeader | None:
    try:
        return SweepHeader.of(head)
    except _NO_ENTRY:
        journal.damaged += 1
        return None


def _time(ends: Sequence[Mapping[str, Any]]) -> float:
    try:
        return float(ends[-1].get("time", 0.0))
    except (*_NO_ENTRY, IndexError):
        return 0.0


def _records(
    entries: Iterable[Mapping[str, Any]], folder: Path, journal: SweepJournal
) -> Iterator[JobRecord]:
    for entry in entries:
        if "job" not in entry:
            continue
        try:
            if entry.get("status") in STATUSES:
                yield _record(entry, folder)
        except _NO_ENTRY:
            journal.damaged += 1


_LATEST = 1e11  # seconds since 1970: no calendar goes on for ever

# What entries raise that nobody has written, but that have the right checksum all the same.
_NO_ENTRY = (TypeError, ValueError, OverflowError)


def _record(entry: Mapping[str, Any], folder: Path) -> JobRecord:
    value, end = entry.get("value"), entry.get("end")
    return JobRecord(
        num=int(entry["job"]),
        overrides=tuple(map(str, entry.get("overrides", ()))),
        status=entry["status"],
        attempt=int(entry.get("attempt", 1)),
        start=_moment(entry.get("start", 0.0)),
        end=None if end is None else _moment(end),
        host=str(entry.get("host", "")),
        worker=str(entry.get("worker", "")),
        directory=str(entry.get("directory", "")),
        value=None if value is None else StoredValue(dict(value), folder),
        error=_text(entry.get("error")),
        traceback=_text(entry.get("traceback")),
    )


def _moment(value: Any) -> float:
    seconds = float(value)
    if not abs(seconds) < _LATEST:
        msg = f"{value!r} is no time"
        raise ValueError(msg)
    return seconds


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _later(known: JobRecord | None, record: JobRecord) -> JobRecord:
    """Of two records of one attempt, give the one that says how it ended."""
    if known is None:
        return record
    first, last = (known, record) if known.status == RUNNING else (record, known)
    if first.status == COMPLETED:
        return first
    # Where the worker has died, its parent knows neither when the job began nor where it was.
    return dataclasses.replace(
        last,
        start=first.start if first.status == RUNNING else last.start,
        directory=last.directory or first.directory,
        worker=last.worker or first.worker,
    )


def _that_counts(attempts: list[JobRecord]) -> JobRecord:
    """Of the attempts at a job, give the one that says what came of it."""
    done = [record for record in attempts if record.status == COMPLETED]
    return done[-1] if done else attempts[-1]


def _check_format(head: Mapping[str, Any], path: Path) -> None:
    version = head["zenrun_journal"]
    if version != FORMAT:
        msg = (
            f"The journal {str(path)!r} is of format {version!r}, which zenrun {head.get('zenrun', '?')} "
            f"has written; this one reads format {FORMAT}. Upgrade it: pip install -U zenrun-core"
        )
        raise JournalError(msg, str(path))
