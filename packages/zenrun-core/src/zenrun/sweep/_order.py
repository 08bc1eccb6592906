"""In which order a searcher heard of results, kept in the sweep's journal.

Where jobs run beside each other, a search that goes on has to tell its searcher what it told it before,
between the same calls of `ask`; else it would ask for other jobs. This module must not know what
a searcher is.
"""

from __future__ import annotations

from typing import Protocol


class Notes(Protocol):
    """A sweep's journal, as far as it is needed here."""

    def known(self, key: str) -> list[int] | None:
        """Give what an earlier process has noted."""
        ...

    def note(self, key: str, value: list[int]) -> None:
        """Note something for a later process."""
        ...

    def had_job(self, number: int) -> bool:
        """Say whether an earlier process has started a job."""
        ...


class ToldOrder:
    """Which results were told before each trial was asked for.

    Nothing is noted of a trial before which just the result of the one before it was told, which is how
    it goes where jobs run one after the other.

    Args:
        notes: The sweep's journal; None where there is none.
    """

    def __init__(self, notes: Notes | None) -> None:
        self._notes = notes
        self._told: list[int] = []

    def before(self, number: int) -> list[int] | None:
        """Give the trials whose results an earlier process told before it asked for one.

        Args:
            number: The number of the trial asked for.

        Returns:
            The numbers in their order; None if nobody has asked for it yet.
        """
        if self._notes is None:
            return None
        known = self._notes.known(_key(number))
        if known is None and self._notes.had_job(number):
            return _usual(number)
        return known

    def told(self, number: int) -> None:
        """Take note that a result is told.

        Args:
            number: The trial.
        """
        self._told.append(number)

    def asked(self, number: int) -> None:
        """Take note that a trial is asked for.

        Args:
            number: The trial.
        """
        told, self._told = self._told, []
        if self._notes is not None and told != _usual(number):
            self._notes.note(_key(number), told)


def _usual(number: int) -> list[int]:
    return [number - 1] if number else []


def _key(number: int) -> str:
    return f"told_before.{number}"
