"""Where the time of a sweep's job goes.

    python benchmarks/profile_multirun.py
    python benchmarks/profile_multirun.py --config small --side "hydra-zen launch" --jobs 30

First what a job takes unobserved, beside what its files alone take: the same folders and files made
with nothing around them. Then, of a run under cProfile, in which calls look dearer than they are:
where the time of each job is spent by package, by module, and by function.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import sys
import sysconfig
import tempfile
import warnings
from collections import Counter
from pathlib import Path

import _configs
from _configs import Case
from _files import files_alone, files_of_a_job
from _measure import slope
from _sides import ZENRUN, Side, new_folder, nothing, sweep_seconds, sweeps

import zenrun

ROOTS = (Path(sysconfig.get_path("purelib")), Path(zenrun.__file__).parent.parent)
STANDARD = Path(sysconfig.get_path("stdlib"))
Stats = dict[tuple[str, int, str], tuple[int, int, float, float, object]]


def profiled(side: Side, case: Case, jobs: int) -> Stats:
    """Give the figures of cProfile for a sweep whose caches are warm."""
    profile = cProfile.Profile()
    with new_folder():
        profile.enable()
        side(case, nothing, case.overrides(jobs))
        profile.disable()
    stats: Stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    return stats


def home(file: str) -> tuple[str, str]:
    """Give the package and the module that a file is of; what C does counts as built in."""
    if file.startswith(("~", "<")):
        return "built in", "built in"
    path = Path(file).with_suffix("")
    for root in ROOTS:
        if path.is_relative_to(root):
            inside = path.relative_to(root).parts
            return inside[0], ".".join(inside)
    kind = "standard library" if path.is_relative_to(STANDARD) else "benchmarks"
    return kind, f"{kind}, {path.name}"


def show(title: str, seconds: dict[str, float], jobs: int, top: int) -> None:
    """Print the largest of some shares, in milliseconds per job."""
    whole = sum(seconds.values())
    print(f"\n{title}")
    for name, taken in sorted(seconds.items(), key=lambda item: -item[1])[:top]:
        print(f"  {1000 * taken / jobs:9.3f} ms  {100 * taken / whole:4.1f} %  {name}")


def report(stats: Stats, jobs: int, top: int) -> None:
    """Print where the time is spent: by package, by module, by function."""
    packages: Counter[str] = Counter()
    modules: Counter[str] = Counter()
    own: dict[str, float] = {}
    within: dict[str, float] = {}
    for (file, line, function), (_, calls, self_time, inclusive, _) in stats.items():
        package, module = home(file)
        packages[package] += self_time
        modules[module] += self_time
        label = function if package == "built in" else f"{module}:{line} {function}"
        own[f"{label}, {calls / jobs:,.1f} calls"] = self_time
        if package != "built in":
            within[f"{label}, {calls / jobs:,.1f} calls"] = inclusive
    show("By package, a job's own time", packages, jobs, top)
    show("By module, a job's own time", modules, jobs, top)
    show("By function, a job's own time", own, jobs, top)
    print("\nBy function, with what it calls")
    for name, taken in sorted(within.items(), key=lambda item: -item[1])[: 2 * top]:
        print(f"  {1000 * taken / jobs:9.3f} ms  {name}")


def main() -> None:
    """Measure, profile, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", choices=("small", "typical", "large"), default="typical")
    parser.add_argument("--side", choices=sweeps(others=True), default=ZENRUN)
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--top", type=int, default=15)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    case, side = getattr(_configs, given.config)(), sweeps(others=True)[given.side]

    files = files_of_a_job(side, case)
    each = slope(lambda jobs: sweep_seconds(side, case, nothing, jobs), given.jobs)
    bare = files_alone(files)
    size = sum(map(len, files.values()))
    print(f"{given.side}, {given.config} config, {given.jobs} jobs: {1000 * each:.3f} ms a job")
    print(
        f"its {len(files)} files alone, {size:,} bytes: {1000 * bare:.3f} ms, in {tempfile.gettempdir()}"
    )
    report(profiled(side, case, given.jobs), given.jobs, given.top)


if __name__ == "__main__":
    sys.exit(main())
