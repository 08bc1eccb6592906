"""The sweep that a command line names, or that is meant where it names none.

This module must not know what is done with it.
"""

from __future__ import annotations

from pathlib import Path

from zenrun.errors import JournalError
from zenrun.results._find import is_sweep, newest_sweep

_USUAL = "multirun"  # where Hydra puts sweeps


def find_directory(given: str | None) -> Path:
    """Give the directory of the sweep.

    Args:
        given: As it was named, or None.

    Raises:
        JournalError: None was named, and there is none.
    """
    if given is not None:
        return Path(given)
    if is_sweep(Path()):
        return Path()
    found = newest_sweep(_USUAL)
    if found is None:
        msg = (
            f"No sweep is in the current directory or below ./{_USUAL}. Name a sweep's directory, which "
            "is hydra.sweep.dir"
        )
        raise JournalError(msg)
    return found
