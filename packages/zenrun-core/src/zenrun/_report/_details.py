"""What is told of a job when it is opened: overrides, value, traceback, log and config.

A page has room for so many texts: tracebacks and the logs of failed jobs come first, and what has no place is told by
its path. This module must not know how it is shown.
"""

from __future__ import annotations

import contextlib
import math
import reprlib
from collections.abc import Mapping, Sequence
from typing import Any

from zenrun._report._configs import Configs
from zenrun._report._files import Folder, shown_path
from zenrun._report._subject import Subject
from zenrun._report._texts import Texts, clean, middle_cut
from zenrun.results._load import SweepJob
from zenrun.results._records import COMPLETED, RUNNING, STATUSES
from zenrun.results._rows import Row

# Characters of each kind in a page, and of one job: what opens at once, and still tells what went wrong.
_MOST = {"traceback": 1_000_000, "failed log": 1_500_000, "log": 1_500_000, "config": 1_000_000}
_MOST |= {"value": 1_000_000, "override": 2_000_000}
_TRACEBACK, _FAILED_LOG, _LOG, _VALUE, _OVERRIDE = 20_000, 64_000, 8_000, 8_000, 2_000
_MOST_ITEMS = 500  # of a list
_NUMBERS = {int, float, bool}
_LEAST_LOG = 200  # less says nothing
_MOST_LOGS = 5  # files of one job
_BAD = STATUSES - {COMPLETED, RUNNING}


class _LongRepr(reprlib.Repr):
    """Shows a long value, but not each of a million items that are in it."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 10
        self.maxlist = self.maxtuple = self.maxdict = self.maxset = self.maxfrozenset = _MOST_ITEMS
        self.maxdeque = self.maxarray = _MOST_ITEMS
        self.maxstring = self.maxother = self.maxlong = _VALUE
        self._left = 2 * _MOST_ITEMS

    def repr1(self, x: Any, level: int) -> str:
        self._left -= 1
        return "..." if self._left < 0 else super().repr1(x, level)


class Details:
    """The details of jobs.

    Args:
        subject: What the report is about.
        long: Of each job the parts of its value that no cell shows in full, by their column's place.
    """

    def __init__(self, subject: Subject, long: Sequence[Mapping[int, Any]]) -> None:
        self._texts = Texts(_MOST)
        self._configs = Configs(self._texts, "config")
        self._sweep_dir = None if subject.sweep is None else subject.sweep.directory
        self._root = None if self._sweep_dir is None else Folder(self._sweep_dir)
        self._told = {job.num: job for job in subject.sweep or ()}
        self._jobs: list[dict[str, Any]] = [{} for _ in subject.rows]
        self.first_config = ""
        bad = [place for place, row in enumerate(subject.rows) if row.status in _BAD]
        good = [place for place, row in enumerate(subject.rows) if row.status not in _BAD]
        for place, row in enumerate(subject.rows):
            self._tell(place, row, long[place])
        folders = [self._folder(place, row) for place, row in enumerate(subject.rows)]
        for places, kind, most in ((bad, "failed log", _FAILED_LOG), (good, "log", _LOG)):
            self._add_logs(folders, places, kind, most)

    @property
    def data(self) -> dict[str, Any]:
        """What the page's script reads: the jobs, the texts and the configs that they name."""
        return {"jobs": self._jobs, "texts": self._texts.all, "configs": self._configs.bases}

    @property
    def notes(self) -> list[str]:
        """What the page has no room for."""
        words = {
            "traceback": "tracebacks",
            "value": "long values",
            "config": "configs",
            "failed log": "logs of failed jobs",
            "log": "logs",
            "override": "overrides",
        }
        refused = self._texts.refused
        left_out = [f"{refused[kind]:,} {word}" for kind, word in words.items() if refused[kind]]
        return [f"To keep this page small it is without {', '.join(left_out)}."] if left_out else []

    def _tell(self, place: int, row: Row, long: Mapping[int, Any]) -> None:
        job = self._jobs[place]
        overrides = [clean(middle_cut(text, _OVERRIDE)) for text in row.overrides]
        job["overrides"] = [self._texts.add("override", text) for text in overrides]
        traceback = row.traceback() if row.status in _BAD else None
        if traceback:
            text = clean(middle_cut(traceback.strip("\n"), _TRACEBACK))
            job["traceback"] = self._texts.add("traceback", text)
        if row.error and row.status in _BAD:
            job["error"] = self._texts.add("traceback", clean(middle_cut(row.error, _OVERRIDE)))
        if long:
            job["values"] = [[column, self._value(value)] for column, value in long.items()]
        told = self._told.get(row.num)
        if told is not None:
            job.update(_times(told))

    def _value(self, value: Any) -> int | None:
        if (
            self._texts.share("value", 1) < _VALUE
        ):  # so that the values of many jobs are not made for nothing
            self._texts.refused["value"] += 1
            return None
        return self._texts.add("value", _in_full(value))

    def _folder(self, place: int, row: Row) -> Folder | None:
        """Tell a job's folder and the config in it; give the folder if it may be read."""
        if row.directory is None:
            return None
        job = self._jobs[place]
        job["folder"] = clean(shown_path(row.directory, self._sweep_dir))
        root = self._root
        folder = None
        with contextlib.suppress(OSError, ValueError):  # nothing can be named so
            folder = Folder(row.directory) if root is None else root.below(row.directory)
        if folder is None:
            job["outside"] = True
            return None
        config = folder.text(".hydra/config.yaml")
        if config is not None:
            config = clean(config).strip("\n")
            self.first_config = self.first_config or config
            job["config"] = self._configs.add(config)
        return folder

    def _add_logs(
        self, folders: Sequence[Folder | None], places: Sequence[int], kind: str, most: int
    ) -> None:
        share = min(self._texts.share(kind, len(places)), most)
        for place in places:
            folder = folders[place]
            names = [] if folder is None else folder.names(".log")[:_MOST_LOGS]
            if folder is not None and names:
                logs = [self._log(folder, name, kind, share // len(names)) for name in names]
                self._jobs[place]["logs"] = [log for log in logs if log is not None]

    def _log(self, folder: Folder, name: str, kind: str, most: int) -> list[Any] | None:
        """Give a log's name, the place of its end, its size and whether more is before that."""
        found = folder.tail(name, max(most, 1))
        if found is None:
            return None
        if found.is_cut and most < _LEAST_LOG:
            self._texts.refused[kind] += 1
            return [clean(name), None, found.size, True]
        text = clean(found.text).rstrip("\n")
        return [clean(name), self._texts.add(kind, text), found.size, found.is_cut]


def _in_full(value: Any) -> str:
    try:
        if type(value) is list and len(value) <= _MOST_ITEMS and {*map(type, value)} <= _NUMBERS:
            text = repr(value)  # a series, of which there may be thousands
        else:
            text = str.__str__(value) if isinstance(value, str) else _LongRepr().repr(value)
    except Exception:  # its class says how it is shown
        text = f"<{type(value).__name__}>"
    return clean(middle_cut(text, _VALUE))


def _times(job: SweepJob) -> dict[str, Any]:
    times = {"start": job.start, "end": job.end}
    made: dict[str, Any] = {
        name: time for name, time in times.items() if time is not None and math.isfinite(time)
    }
    made["worker"] = clean(f"process {job.worker} on {job.host}" if job.worker else job.host)
    if job.attempt > 1:
        made["attempt"] = job.attempt
    return made
