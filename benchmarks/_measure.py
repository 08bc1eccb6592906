"""Measuring: several sides take turns in one process, so that a busy moment hits all of them.

How often and how much is measured is a `Plan`. What is measured, and how it is shown, this module
must not know.
"""

from __future__ import annotations

import gc
import importlib.util
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    Attributes:
        rounds: How often the sides take turns; medians are taken over the rounds.
        sizes: The numbers of jobs at which zenrun is measured.
        slow_jobs: How many jobs the slow sides run at most, to tell their cost per job.
        seconds_at_most: No call of zenrun's is made that would take longer than this; the slow
            sides' calls are to take a third of it.
        options: How many options a group has that is swept over.
        stored: How many configs more the full ConfigStore holds.
        others: Whether anything but zenrun is measured.
    """

    rounds: int
    sizes: tuple[int, ...]
    slow_jobs: int
    seconds_at_most: float
    options: int = 20
    stored: int = 1_000
    others: bool = True


FULL = Plan(rounds=5, sizes=(10, 100, 1_000, 10_000), slow_jobs=30, seconds_at_most=25.0)
MEDIUM = Plan(rounds=3, sizes=(10, 100, 1_000, 10_000), slow_jobs=10, seconds_at_most=15.0)
QUICK = Plan(rounds=1, sizes=(5, 20), slow_jobs=3, seconds_at_most=2.0, options=5, stored=100)
SMOKE = Plan(1, sizes=(2,), slow_jobs=2, seconds_at_most=1.0, options=2, stored=10, others=False)


def has_hydra_zen() -> bool:
    """Say whether hydra-zen is installed."""
    return importlib.util.find_spec("hydra_zen") is not None


def alternate(sides: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Let sides take turns.

    Args:
        sides: What measures each side once and gives the figure.
        rounds: How often each side is measured; every second round goes the other way round.

    Returns:
        Each side's figures, in the order of the rounds.
    """
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds):
        names = list(sides) if number % 2 == 0 else list(reversed(sides))
        for name in names:
            gc.collect()
            taken[name].append(sides[name]())
    return taken


def per_call(call: Callable[[], object], at_least: float = 0.02) -> float:
    """Give the seconds of one call, from as many calls as take a while.

    Args:
        call: What is called, with nothing.
        at_least: How many seconds the calls take together.

    Returns:
        Seconds per call.
    """
    count = 1
    while True:
        start = time.perf_counter()
        for _ in range(count):
            call()
        taken = time.perf_counter() - start
        if taken >= at_least:
            return taken / count
        count = max(2 * count, min(100 * count, round(1.2 * count * at_least / max(taken, 1e-9))))


def slope(seconds: Callable[[int], float], jobs: int, base: int = 1, times: int = 1) -> float:
    """Give the seconds that each further job takes: what a call costs whatever its size drops out.

    The first call is not counted: another side may have made a cache worthless, which would then
    be paid by the smaller call alone and make the further jobs look cheap.

    Args:
        seconds: Gives the seconds of one call with that many jobs.
        jobs: The number of jobs.
        base: The smaller number of jobs that is taken off.
        times: How many calls of each size the medians are taken of.

    Returns:
        Seconds per job, never less than a nanosecond: where noise outweighs the jobs.
    """
    seconds(base)
    few, many = [], []
    for _ in range(times):
        few.append(seconds(base))
        many.append(seconds(jobs))
    gained = statistics.median(many) - statistics.median(few)
    return max(gained / (jobs - base), 1e-9)


def median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Give the median of the ratios of each round.

    Args:
        ours: Figures of one side.
        theirs: Figures of the other, of the same rounds.

    Returns:
        The median of ``ours / theirs``.
    """
    return statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))
