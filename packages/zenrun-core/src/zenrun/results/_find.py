"""Where sweeps are: the one that was written last, and what a folder holds that is none.

This module must not know what a journal says.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from zenrun.results._writer import FOLDER, JOURNAL

_NAMED = 8
_PLACE = f"{FOLDER}/{JOURNAL}"


def newest_sweep(root: str | os.PathLike[str]) -> Path | None:
    """Give the sweep that was written last at or below a folder, or None.

    The folders of a sweep's jobs are not looked into.

    Args:
        root: The folder.
    """
    found: list[tuple[int, Path]] = []
    for folder, names, _ in os.walk(root):
        if FOLDER in names and (times := _written(Path(folder))):
            found.append((max(times), Path(folder)))
            names.clear()
    return max(found)[1] if found else None


def is_sweep(folder: Path) -> bool:
    """Say whether a folder is a sweep's.

    Args:
        folder: It.
    """
    return bool(_written(folder))


def _written(sweep_dir: Path) -> list[int]:
    """Give when each file of a journal was written."""
    try:
        files = [path for path in (sweep_dir / FOLDER / JOURNAL).glob("*.jsonl") if path.is_file()]
        return [path.stat().st_mtime_ns for path in files]
    except OSError:  # it may not be looked into, or is going away
        return []


def about_no_sweep(folder: Path) -> str:
    """Say what is where a sweep was looked for, and what to do.

    Args:
        folder: A folder, or a name of nothing, without a journal.
    """
    shown = repr(str(folder))
    try:
        is_there, is_folder = folder.exists(), folder.is_dir()
    except OSError as error:
        return f"{shown} cannot be looked into: {error.strerror or error}"
    if not is_there:
        return f"There is no folder {shown}, so no sweep is there"
    if not is_folder:
        return f"{shown} is a file; a sweep is a directory"
    return f"No sweep of zenrun is in {shown}: it has no {_PLACE}. {_what_it_is(folder)}"


def _what_it_is(folder: Path) -> str:
    tail = "A sweep's directory is hydra.sweep.dir, by default multirun/<date>/<time>"
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        return f"It cannot be looked into: {error.strerror or error}. {tail}"
    above = next((path for path in folder.absolute().parents if is_sweep(path)), None)
    if above is not None:
        what = "the folder of one job" if ".hydra" in names else "inside of a sweep's"
        return f"It is {what}; the sweep is {str(above)!r}"
    below = [path for pattern in ("*", "*/*") for path in sorted(folder.glob(pattern))]
    sweeps = [str(path) for path in below if is_sweep(path)]
    if sweeps:
        more = f" and {len(sweeps) - 5} more" if len(sweeps) > 5 else ""
        return f"There are below it: {', '.join(sweeps[:5])}{more}. {tail}"
    if ".hydra" in names:
        return (
            "It is the folder of a single run, or of a job whose sweep is gone: its config is in .hydra/, and "
            "what it returned was given to who ran it"
        )
    if "multirun.yaml" in names or any(
        re.fullmatch("[0-9]+", name) and (folder / name / ".hydra").is_dir() for name in names
    ):
        return (
            "Hydra ran a sweep there without zenrun, so nothing tells what its jobs returned. zenrun's "
            "hydra_multirun keeps a journal, and so does a Hydra app with one of zenrun's launchers or sweepers"
        )
    return f"{_held(names)}. {tail}"


def _held(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"It holds {', '.join(names[:_NAMED])}{more}" if names else "It is empty"
