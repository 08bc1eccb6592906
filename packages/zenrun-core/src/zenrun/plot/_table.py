"""The jobs of a sweep as the columns that pictures are drawn from, and the errors about them.

This module must not know matplotlib.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from zenrun._nearest import did_you_mean
from zenrun.errors import JournalError, PickledValueError, PlotError
from zenrun.plot._numbers import as_number, as_series, is_number
from zenrun.plot._text import named
from zenrun.results._columns import names_beside, varying
from zenrun.results._load import load_sweep
from zenrun.results._parts import VALUE
from zenrun.results._rows import Row, each_job, rows_of
from zenrun.results._search import SearchFacts, search_of

_LISTED = 12


class Selection(list[Any]):
    """Some of the jobs of a sweep, which know the rest: scales and colours are the same for all of them.

    Attributes:
        table: The table of all the jobs, with the places of these.
    """

    table: JobTable


@dataclass(frozen=True)
class JobTable:
    """The jobs of a sweep.

    Attributes:
        jobs: The jobs as they were given.
        rows: The same as rows.
        keys: The parameters that are not the same in all jobs.
        columns: What the jobs returned, by name: None where a job has none; with their durations.
        duration: The name of those.
        search: What is known of the search that they were part of, or None.
        pickled: Whether something that was returned would have to be unpickled.
        places: Those that are to be drawn, by their place among all.
        captions: What collects the legends of several Axes that are drawn beside each other, or None.
    """

    jobs: list[Any]
    rows: list[Row]
    keys: list[str]
    columns: dict[str, list[Any]]
    duration: str
    search: SearchFacts | None
    pickled: bool
    places: Sequence[int]
    captions: Any = None

    def only(self, places: Sequence[int], captions: Any = None) -> Selection:
        """Give some of the jobs, to be drawn beside others.

        Args:
            places: Their places among all.
            captions: What collects the legends, or None.
        """
        made = Selection(self.jobs[place] for place in places)
        made.table = dataclasses.replace(self, places=tuple(places), captions=captions)
        return made

    def differ(self, places: Iterable[int], but: Iterable[str | None] = ()) -> list[str]:
        """Give the parameters that are not the same in some of the jobs.

        Args:
            places: Their places among all.
            but: Parameters that are not looked at.
        """
        some = [self.rows[place] for place in places]
        skipped = set(but)
        return [key for key in (varying(some) if len(some) > 1 else []) if key not in skipped]

    def parameter(self, name: str) -> list[Any]:
        """Give the values of a parameter that varies, `ABSENT` where a job has none.

        Args:
            name: The parameter.

        Raises:
            PlotError: No job has it, or all have the same value.
        """
        column = [row.params.get(name, ABSENT) for row in self.rows]
        if name not in self.keys:
            raise PlotError(self._about_parameter(name, column))
        return column

    def numbers(self, name: str | None) -> tuple[str, list[float]]:
        """Give one of the things that the jobs returned, as numbers: NaN where a job has none.

        Args:
            name: Which; None for the search's objective, or the first that is a number.

        Returns:
            Its name, and the number of each job.

        Raises:
            PlotError: There is none, or no job to draw has one.
        """
        if name is None:
            name = self._objective() or self._first(self.numeric, "a number")
        column = self._column(name)
        if column is None or not any(map(is_number, column)):
            raise PlotError(self._about_value(name, self.numeric, "a number"))
        return name, [as_number(item) for item in column]

    def series(self, name: str | None) -> tuple[str, list[list[float] | None]]:
        """Give one of the things that the jobs returned, as a series of numbers; None where a job has none.

        Args:
            name: Which; None for the first that is a series.

        Returns:
            Its name, and the series of each job.

        Raises:
            PlotError: There is none.
        """
        if name is None:
            name = self._first(self.serial, "a series of numbers")
        column = self._column(name)
        found = [] if column is None else [as_series(item) for item in column]
        if not any(found):
            raise PlotError(self._about_value(name, self.serial, "a series of numbers"))
        return name, found

    @property
    def numeric(self) -> list[str]:
        """The names of what is a number."""
        return [name for name, column in self.columns.items() if any(map(is_number, column))]

    @property
    def serial(self) -> list[str]:
        """The names of what is a series of numbers."""
        return [name for name, column in self.columns.items() if any(map(as_series, column))]

    @property
    def objectives(self) -> list[str]:
        """The names of the search's objectives, where what they are is known."""
        if self.search is None:
            return []
        if self.search.objective is not None and len(self.search.objective) == self.count:
            return list(self.search.objective)
        whole = VALUE if self.search.objective is None else self.search.objective[0]
        return [whole] if self.count == 1 else [f"{whole}.{n}" for n in range(self.count)]

    @property
    def count(self) -> int:
        """How many objectives the search has."""
        return 0 if self.search is None else len(self.search.directions)

    def label(self, name: str) -> str:
        """Give the label of something that the jobs returned.

        Args:
            name: Its name.
        """
        return f"{named(name)} (s)" if name == self.duration else named(name)

    def direction(self, name: str) -> str | None:
        """Give "minimize" or "maximize" for an objective of the search; None for anything else.

        Args:
            name: The name of something that the jobs returned.
        """
        if self.search is None or name not in self.objectives:
            return None
        return self.search.directions[self.objectives.index(name)]

    def about_nothing(self, what: str) -> str:
        """Say that there is no job to draw.

        Args:
            what: What a job would have to have, such as "a finite 'loss' and a 'lr'".
        """
        statuses = sorted({self.rows[place].status for place in self.places})
        told = f" (they are {', '.join(statuses)})" if statuses else ""
        count = len(self.places)
        jobs = f"{count} job{'' if count == 1 else 's'}"
        return f"Nothing can be drawn: of {jobs} none has {what}{told}{self._pickled_hint()}"

    # --- names ------------------------------------------------------------------------------------

    def _objective(self) -> str | None:
        names = self.objectives
        if len(names) > 1:
            msg = (
                f"The search has {len(names)} objectives; say with value= which one is drawn: "
                f"{', '.join(map(repr, names))}"
            )
            raise PlotError(msg)
        column = self._column(names[0]) if names else None
        return names[0] if column is not None and any(map(is_number, column)) else None

    def _first(self, names: Sequence[str], kind: str) -> str:
        mine = [name for name in names if name != self.duration]
        plain = [name for name in mine if not all(_is_bool(item) for item in self.columns[name])]
        chosen = [VALUE] if VALUE in plain else plain or mine
        if not chosen:
            raise PlotError(self._about_value(None, names, kind))
        return chosen[0]

    def _column(self, name: str) -> list[Any] | None:
        """Give a column; `loss.0` is the first item of the lists in `loss`."""
        if name in self.columns:
            return self.columns[name]
        base, _, place = name.rpartition(".")
        if base not in self.columns or not (place.isascii() and place.isdigit()):
            return None
        at = int(place)
        return [
            item[at] if isinstance(item, (list, tuple)) and at < len(item) else None
            for item in self.columns[base]
        ]

    def _about_value(self, name: str | None, names: Sequence[str], kind: str) -> str:
        done = any(row.value is not None for row in self.rows)
        if name is None:
            said = f"The jobs returned nothing that is {kind}"
        else:
            said = f"value={name!r} is nothing that the jobs returned as {kind}"
            said += did_you_mean(name, names)
        if not done:
            return f"{said}: none of {len(self.rows)} jobs has finished"
        returned = [key for key in self.columns if key != self.duration]
        there = _listed(names) if names else "none"
        also = "" if names or not returned else f"; they returned {_listed(returned)}"
        return f"{said}. There is {there}{also}{self._pickled_hint()}"

    def _about_parameter(self, name: str, column: Sequence[Any]) -> str:
        vary = f"Those that vary are {_listed(self.keys)}" if self.keys else "None varies"
        found = [item for item in column if item is not ABSENT]
        if found:
            return f"{name!r} is {found[0]!r:.60} in all {len(column)} jobs. {vary}"
        return f"No job has a parameter {name!r}{did_you_mean(name, self.keys)}. {vary}"

    def _pickled_hint(self) -> str:
        if not self.pickled:
            return ""
        return (
            ". Some of what was returned is pickled; if you trust the directory, give "
            "load_sweep(directory, unpickle=True)"
        )


class _Absent:
    def __repr__(self) -> str:
        return "not set"


ABSENT = _Absent()


def table_of(jobs: Any) -> JobTable:
    """Give the table of jobs.

    Args:
        jobs: What `to_dataframe` takes, or a `Selection`.

    Raises:
        TableError: It is nothing of that kind.
        JournalError: No sweep is in the directory.
    """
    if isinstance(jobs, Selection):
        return jobs.table
    if isinstance(jobs, (str, os.PathLike)):
        jobs = load_sweep(jobs)
    rows = rows_of(jobs)
    keys = varying(rows)
    parts, pickled = [], False
    for row in rows:
        found, was_pickled = _returned(row)
        pickled = pickled or was_pickled
        parts.append(found)
    names = dict.fromkeys(name for found in parts for name in found)
    facts, values = names_beside(keys, names)
    columns = {values[name]: [found.get(name) for found in parts] for name in names}
    columns[facts["duration"]] = [row.duration for row in rows]
    return JobTable(
        jobs=each_job(jobs),
        rows=rows,
        keys=keys,
        columns=columns,
        duration=facts["duration"],
        search=search_of(jobs),
        pickled=pickled,
        places=range(len(rows)),
    )


def _returned(row: Row) -> tuple[dict[str, Any], bool]:
    """Give the parts of what a job returned, and whether it would have to be unpickled."""
    try:
        return row.parts(), False
    except PickledValueError:
        return row.seen_parts(), True
    except JournalError:  # what it returned is not on the disk as it was written
        return {}, False


def is_seed(key: str) -> bool:
    """Say whether a parameter tells repeats apart, by its name: ``seed``, ``data.seed``, ``torch_seed``.

    Args:
        key: The parameter.
    """
    last = key.rpartition(".")[2]
    return last == "seed" or last.endswith("_seed")


def _is_bool(item: Any) -> bool:
    return item is None or isinstance(item, bool)


def _listed(names: Iterable[str]) -> str:
    shown = list(map(repr, names))
    more = f" and {len(shown) - _LISTED} more" if len(shown) > _LISTED else ""
    return ", ".join(shown[:_LISTED]) + more
