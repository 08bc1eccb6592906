"""How each side runs: zenrun, hydra-zen's launch, and Hydra's own command line.

All run in this process, each call in a new folder, with their printing kept away and their logging
on, as users have it. What is measured this module must not know.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hydra
from _configs import Case
from _measure import has_hydra_zen

from zenrun import hydra_multirun, hydra_run

Task = Callable[[Any], Any]
# Runs one call: a sweep's overrides or a single run's, and gives what the side returns.
Side = Callable[[Case, Task, list[str]], Any]

ZENRUN, LAUNCH, HYDRA = "zenrun", "hydra-zen launch", "Hydra's command line"
_NOWHERE = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - handlers keep it


def nothing(_: Any) -> None:
    """Do nothing, so that what is left is the cost of running."""


def reading(cfg: Any) -> None:
    """Read the config's own values, as a task would."""
    for name in cfg:
        cfg[name]


def sweeps(*, others: bool) -> dict[str, Side]:
    """Give what runs a sweep on each side that is installed.

    Args:
        others: Whether any side but zenrun's is wanted.
    """
    sides: dict[str, Side] = {
        ZENRUN: lambda case, task, overrides: hydra_multirun(case.config, task, overrides)
    }
    return sides | (_other_sides(multirun=True) if others else {})


def single_runs(*, others: bool) -> dict[str, Side]:
    """Give what runs one job on each side that is installed.

    Args:
        others: Whether any side but zenrun's is wanted.
    """
    sides: dict[str, Side] = {
        ZENRUN: lambda case, task, overrides: hydra_run(case.config, task, overrides)
    }
    return sides | (_other_sides(multirun=False) if others else {})


def _other_sides(*, multirun: bool) -> dict[str, Side]:
    sides: dict[str, Side] = {}
    if has_hydra_zen():
        from hydra_zen import launch

        sides[LAUNCH] = lambda case, task, overrides: launch(
            case.config, task, overrides, multirun=multirun, version_base="1.3"
        )
    flags = ["--multirun"] if multirun else []
    sides[HYDRA] = lambda case, task, overrides: _command_line(case, task, [*flags, *overrides])
    return sides


def _command_line(case: Case, task: Task, arguments: list[str]) -> None:
    """Call the function that ``@hydra.main`` makes, as its program would with these arguments."""

    def program(cfg: Any) -> Any:
        return task(cfg)

    program.__module__ = "__main__"  # by which Hydra knows a program from a package's module
    before = sys.argv
    sys.argv = ["bench.py", *arguments]
    try:
        hydra.main(version_base="1.3", config_path=None, config_name=case.stored)(program)()
    finally:
        sys.argv = before


@contextlib.contextmanager
def new_folder() -> Iterator[None]:
    """Work in a new folder, print to nowhere, and leave logging as it was found."""
    root, before = logging.getLogger(), os.getcwd()
    handlers, level = list(root.handlers), root.level
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(_NOWHERE):
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)
            for handler in [item for item in root.handlers if item not in handlers]:
                root.removeHandler(handler)
                handler.close()
            root.setLevel(level)


def sweep_seconds(side: Side, case: Case, task: Task, jobs: int) -> float:
    """Time one sweep.

    Args:
        side: What runs it.
        case: The config and its sweep.
        task: What each job calls.
        jobs: How many jobs.

    Returns:
        Seconds.
    """
    with new_folder():
        start = time.perf_counter()
        kept = side(case, task, case.overrides(jobs))
        taken = time.perf_counter() - start
        del kept
    return taken


def run_seconds(side: Side, case: Case, task: Task, seed: int) -> float:
    """Time one single run.

    Args:
        side: What runs it.
        case: The config.
        task: What it calls.
        seed: A value that it overrides.

    Returns:
        Seconds.
    """
    with new_folder():
        start = time.perf_counter()
        side(case, task, [f"seed={seed}"])
        return time.perf_counter() - start
