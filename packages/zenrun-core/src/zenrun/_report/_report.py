"""The front door: `report`, from jobs or a sweep's directory to a file.

This module must not know what is on the page.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from zenrun._report._contents import contents_of
from zenrun._report._page import page_of
from zenrun._report._pictures import pictures_of
from zenrun._report._subject import subject_of
from zenrun.errors import OutputDirError
from zenrun.results._whole import write_whole


def report(
    jobs_or_directory: Any,
    output: str | os.PathLike[str] = "report.html",
    *,
    title: str | None = None,
) -> Path:
    """Write what came of a sweep as one HTML page, for a browser and for people who have no Python.

    On the page are the sweep's state, the pictures of `zenrun.plot.overview`, a table of all jobs to sort and
    filter, and for each job its overrides, what it returned, its traceback, log and config. It is one file,
    which loads nothing from anywhere. It shows the sweep as it is now: also one that still runs, or was killed.
    Nothing is unpickled; of a long log the end is on the page, and it says where the file is.

    Args:
        jobs_or_directory: The directory of a sweep, ``hydra.sweep.dir``; or what `hydra_multirun` or
            `load_sweep` has given, jobs of it, or a search's result.
        output: The file to write. Folders on the way to it are made; a file that is there is replaced, once
            the new one is whole.
        title: The page's title; by default the name of the sweep's directory.

    Returns:
        The path of the page.

    Raises:
        JournalError: No sweep is in the directory.
        TableError: `jobs_or_directory` is neither a directory nor jobs.
        OutputDirError: The page cannot be written to `output`.

    Example:
        >>> from zenrun import hydra_multirun, report
        >>> jobs = hydra_multirun({"x": 1}, lambda cfg: cfg.x**2, ["x=1,2,3"])
        >>> report(jobs, "squares.html").name
        'squares.html'
    """
    path = Path(os.path.abspath(output))
    _check(path)
    subject = subject_of(jobs_or_directory)
    contents = contents_of(subject, title)
    pictures, note = pictures_of(subject.jobs)
    _write(path, page_of(contents, pictures, note))
    return path


def _check(path: Path) -> None:
    """See to it that a mistake in the path is told before the work, and not after it."""
    if path.is_dir():
        msg = (
            f"The report cannot be written to {str(path)!r}, which is a folder. Name a file, such as "
            f"{str(path / 'report.html')!r}"
        )
        raise OutputDirError(msg, str(path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from error


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path, text.encode())
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> OutputDirError:
    msg = (
        f"The report cannot be written to {str(path)!r}: {error.strerror or error}. Name another file by "
        "output="
    )
    return OutputDirError(msg, str(path))
