"""What a job of a sweep costs: zenrun beside hydra-zen's launch, in one run on the same work.

The task does nothing; the config has two fields. The two sides take turns, and the medians of several
rounds are compared, as ratios.

    python3 noxfile.py -s bench
    python3 noxfile.py -s bench -- --jobs 10 100 --rounds 5
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import statistics
import tempfile
import time
from collections.abc import Callable

from hydra_zen import launch, make_config

from zenrun import hydra_multirun


def nothing(_: object) -> None:
    """Do nothing, so that what is left is the cost of running."""


def of_zenrun(jobs: int) -> None:
    """Run a sweep with zenrun."""
    hydra_multirun(make_config(a=1, b=2), nothing, [f"a=range({jobs})"])


def of_hydra_zen(jobs: int) -> None:
    """Run the same sweep with hydra-zen."""
    launch(make_config(a=1, b=2), nothing, [f"a=range({jobs})"], multirun=True, version_base="1.3")


def seconds(run: Callable[[int], None], jobs: int) -> float:
    """Time one sweep in a new folder, with its printing kept away."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        os.chdir(folder)
        try:
            start = time.perf_counter()
            run(jobs)
            return time.perf_counter() - start
        finally:
            os.chdir(before)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 10, 50])
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    for run in (of_zenrun, of_hydra_zen):
        seconds(run, 1)  # imports and plugin discovery

    print(f"{'jobs':>6} {'zenrun ms/job':>15} {'hydra-zen ms/job':>18} {'zenrun / hydra-zen':>20}")
    for jobs in given.jobs:
        taken: dict[Callable[[int], None], list[float]] = {of_zenrun: [], of_hydra_zen: []}
        for _ in range(given.rounds):
            for run, times in taken.items():
                times.append(1000 * seconds(run, jobs) / jobs)
        ours, theirs = (statistics.median(taken[run]) for run in (of_zenrun, of_hydra_zen))
        print(f"{jobs:>6} {ours:>15.1f} {theirs:>18.1f} {ours / theirs:>20.2f}")


if __name__ == "__main__":
    main()
