"""The journal of a sweep, read: at any time, by anybody, on any machine.

This module must not know what is done with it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zenrun.errors import JournalError
from zenrun.results._lines import decode_line
from zenrun.results._records import COMPLETED, FORMAT, RUNNING, STATUSES, JobRecord, SweepHeader
from zenrun.results._values import StoredValue
from zenrun.results._writer import FOLDER, JOURNAL

_NAMED = 8


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
    try:
        files = sorted((folder / JOURNAL).glob("*.jsonl"))
        contents = [(path, path.read_bytes()) for path in files]
    except OSError as error:
        msg = f"The journal in {str(folder / JOURNAL)!r} cannot be read: {error}"
        raise JournalError(msg, str(folder)) from error
    if not contents:
        raise JournalError(_about_nothing(Path(sweep_dir)), str(sweep_dir))
    made = SweepJournal()
    records: dict[tuple[int, str, int], JobRecord] = {}  # by job, sweep's process, and attempt
    sweeps: list[tuple[float, SweepHeader | None, str | None, dict[str, Any]]] = []
    for path, content in contents:
        entries = list(_entries(content, made))
        head = next((entry for entry in entries if "zenrun_journal" in entry), None)
        if head is not None:
            _check_format(head, path)
        sweep = path.name if head is None else str(head.get("sweep", ""))
        for record in _records(entries, folder):
            key = record.num, sweep, record.attempt
            records[key] = _later(records.get(key), record)
        of_sweep = head is not None and "config" in head
        ends = [entry for entry in entries if "end" in entry and "job" not in entry]
        if of_sweep or ends:  # its first line may be damaged, and the others not
            header = SweepHeader.of(head) if head is not None and of_sweep else None
            time = header.time if header is not None else float(ends[-1].get("time", 0.0))
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


def _entries(content: bytes, journal: SweepJournal) -> Iterator[dict[str, Any]]:
    for line in content.split(b"\n"):
        if line:
            entry = decode_line(line)
            if entry is None:
                journal.damaged += 1
            else:
                yield entry


def _records(entries: Iterable[Mapping[str, Any]], folder: Path) -> Iterator[JobRecord]:
    for entry in entries:
        if "job" not in entry or entry.get("status") not in STATUSES:
            continue
        value = entry.get("value")
        yield JobRecord(
            num=int(entry["job"]),
            overrides=tuple(entry.get("overrides", ())),
            status=entry["status"],
            attempt=int(entry.get("attempt", 1)),
            start=float(entry.get("start", 0.0)),
            end=entry.get("end"),
            host=str(entry.get("host", "")),
            worker=str(entry.get("worker", "")),
            directory=str(entry.get("directory", "")),
            value=None if value is None else StoredValue(value, folder),
            error=entry.get("error"),
            traceback=entry.get("traceback"),
        )


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


def _about_nothing(sweep_dir: Path) -> str:
    if not sweep_dir.exists():
        return f"There is no folder {str(sweep_dir)!r}, so no sweep is there"
    if not sweep_dir.is_dir():
        return f"{str(sweep_dir)!r} is a file; a sweep is a directory"
    below = sorted({path.parents[2] for path in sweep_dir.glob(f"*/{FOLDER}/{JOURNAL}/*.jsonl")})
    below += sorted({path.parents[2] for path in sweep_dir.glob(f"*/*/{FOLDER}/{JOURNAL}/*.jsonl")})
    if below:
        found = "There are below it: " + ", ".join(map(str, below[:5]))
    else:
        found = _of_hydra(sweep_dir) or _held_in(sweep_dir)
    return (
        f"No sweep of zenrun is in {str(sweep_dir)!r}: it has no {FOLDER}/{JOURNAL}. {found}. A sweep's "
        "directory is hydra.sweep.dir, by default multirun/<date>/<time>"
    )


def _of_hydra(folder: Path) -> str:
    """Say what of Hydra's a folder without a journal is, if it is one."""
    if (folder / ".hydra").is_dir():
        above = next((up for up in folder.parents if (up / FOLDER / JOURNAL).is_dir()), None)
        if above is not None:
            return f"It is the folder of one job; the sweep is {str(above)!r}"
        return (
            "It is the folder of a single run, of which Hydra has kept the config in .hydra; hydra_run has "
            "given what it returned"
        )
    if (folder / "multirun.yaml").is_file():
        return "Hydra ran a sweep there without zenrun, which keeps the journal"
    return ""


def _held_in(folder: Path) -> str:
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        return f"It cannot be looked into: {error.strerror or error}"
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"It holds {', '.join(names[:_NAMED])}{more}" if names else "It is empty"
