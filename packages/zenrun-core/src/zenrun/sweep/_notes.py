"""What a search notes in the journal of its sweep, and finds there when the sweep goes on.

This module must not know what the notes are for.
"""

from __future__ import annotations

from typing import Any

from zenrun.launchers._sweep_run import SweepRun


class SweepNotes:
    """The journal of a sweep, for a search.

    Args:
        sweep: The sweep.
    """

    def __init__(self, sweep: SweepRun) -> None:
        self._sweep = sweep

    def known(self, key: str) -> Any:
        """Give what an earlier process has noted, or None.

        Args:
            key: The note's name.
        """
        resumed = self._sweep.resumed
        return None if resumed is None else resumed.notes.get(key)

    def note(self, key: str, value: Any) -> None:
        """Note something for a later process.

        Args:
            key: The note's name.
            value: What JSON can hold.
        """
        self._sweep.remember(key, lambda: value)

    def had_job(self, number: int) -> bool:
        """Say whether an earlier process has started a job.

        Args:
            number: The job's number.
        """
        resumed = self._sweep.resumed
        return resumed is not None and resumed.has(number)


def search_notes(launcher: Any) -> SweepNotes | None:
    """Give the journal of the sweep that a launcher is part of.

    Args:
        launcher: The launcher.

    Returns:
        The journal; None where zenrun does not run the sweep.
    """
    sweep = getattr(launcher, "sweep", None)
    return SweepNotes(sweep) if isinstance(sweep, SweepRun) else None
