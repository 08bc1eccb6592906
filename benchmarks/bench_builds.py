"""What making configs costs: zenrun beside hydra-zen, in one run on the same work.

The two sides take turns, and the medians of several rounds are compared, as ratios. The configs are
made, not instantiated.

    python3 noxfile.py -s bench
    python3 benchmarks/bench_builds.py --rounds 50
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import hydra_zen

import zenrun

CALLS = 20


def five(a: int, b: float = 1.5, c: str = "c", d: bool = True, e: list[int] | None = None) -> None:
    """Stand for a target with a signature of five arguments."""


def statements(side: Any) -> dict[str, Callable[[], Any]]:
    """Give what is timed, for one of the libraries."""
    builds, just, make_config = side.builds, side.just, side.make_config
    inner = builds(dict, a=1)
    return {
        "builds(dict, a=1, b=1)": lambda: builds(dict, a=1, b=1),
        "builds(five, a=1)": lambda: builds(five, a=1),
        "builds(five, a=1, b=2.0, ..., e=[1])": lambda: builds(
            five, a=1, b=2.0, c="x", d=False, e=[1]
        ),
        "builds(five, populate_full_signature=True)": lambda: builds(
            five, populate_full_signature=True
        ),
        "builds(five, zen_partial=True, ...)": lambda: builds(
            five, b=0.1, zen_partial=True, populate_full_signature=True
        ),
        "builds(dict, a=builds(...), b=[1, 2])": lambda: builds(dict, a=inner, b=[1, 2]),
        "make_config(a=1, b=2)": lambda: make_config(a=1, b=2),
        "make_config('a', b=inner, c=[1])": lambda: make_config("a", b=inner, c=[1]),
        "make_config(bases=(inner,), b=2)": lambda: make_config(bases=(inner,), b=2),
        "just(five)": lambda: just(five),
        "builds(dict, a=1, b=1)(a=2)": lambda: builds(dict, a=1, b=1)(a=2),
    }


def microseconds(statement: Callable[[], Any]) -> float:
    """Time a few calls, and give the time of one."""
    start = time.perf_counter()
    for _ in range(CALLS):
        statement()
    return 1e6 * (time.perf_counter() - start) / CALLS


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    given, _ = parser.parse_known_args()  # `nox -s bench -- ...` passes on the others' options too
    ours, theirs = statements(zenrun), statements(hydra_zen)
    width = max(len(name) for name in ours)
    print(f"{'':<{width}} {'zenrun us':>10} {'hydra-zen us':>13} {'zenrun / hydra-zen':>20}")
    for name in ours:
        taken: dict[Callable[[], Any], list[float]] = {ours[name]: [], theirs[name]: []}
        for _ in range(given.rounds):
            for statement, times in taken.items():
                times.append(microseconds(statement))
        medians = [statistics.median(times) for times in taken.values()]
        ratio = medians[0] / medians[1]
        print(f"{name:<{width}} {medians[0]:>10.1f} {medians[1]:>13.1f} {ratio:>20.2f}")


if __name__ == "__main__":
    main()
