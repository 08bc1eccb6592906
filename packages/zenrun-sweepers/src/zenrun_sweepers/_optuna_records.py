"""Which trial of the study each job is, and how far the sampler was, kept in the sweep's folder.

A study in a database outlives the process that searches. With these records a search that goes on finds
its own trials in it again, those of jobs that were killed too, and its sampler continues where it was.

This module must not know Optuna.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

_SAMPLER = "sampler.pickle"


class Records:
    """The records of one search.

    Args:
        folder: Where they are.

    Attributes:
        folder: As given.
        goes_on: Whether an earlier process has searched here.
        numbers: The number of each job's trial, as an earlier process has left them.
        sampler: The sampler as it was after the last of them; None if it is not known.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.goes_on = folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        self.numbers = {
            int(path.name): int(path.read_text() or -1)
            for path in folder.iterdir()
            if path.name.isdigit()
        }
        self.sampler: Any = None
        try:
            asked, number, sampler = pickle.loads((folder / _SAMPLER).read_bytes())  # noqa: S301 - our own
        except Exception:  # there is none, or it cannot be read: unpickling raises anything
            return
        self.numbers.setdefault(asked, number)  # killed between writing the two
        if asked == max(self.numbers):
            self.sampler = sampler

    def forget(self) -> None:
        """Forget what an earlier process has left: its study is gone."""
        self.numbers.clear()
        self.sampler = None

    def note(self, job: int, number: int, sampler: Any) -> None:
        """Take note of a trial.

        Args:
            job: The job's number.
            number: The trial's number in the study.
            sampler: The sampler that has chosen its values.
        """
        try:
            packed = pickle.dumps((job, number, sampler))
        except Exception:  # somebody's own sampler: a search that goes on asks for others then
            packed = b""
        _write(self.folder / _SAMPLER, packed)
        _write(self.folder / str(job), str(number).encode())

    def renumber(self, job: int, number: int) -> None:
        """Take note that a job has another trial now.

        Args:
            job: The job's number.
            number: The trial's number in the study.
        """
        _write(self.folder / str(job), str(number).encode())


def optuna_number(folder: Path, job: int) -> int | None:
    """Give the number of a job's trial.

    Args:
        folder: Where the records are.
        job: The job's number.

    Returns:
        The trial's number; None if it is not known.
    """
    try:
        return int((folder / str(job)).read_text())
    except (OSError, ValueError):
        return None


def _write(path: Path, content: bytes) -> None:
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(content)
    partial.replace(path)
