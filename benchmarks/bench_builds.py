"""What making configs costs: zenrun beside hydra-zen, in one run on the same work.

The two sides take turns, and the medians of several rounds are compared, as ratios. The configs are
made, not instantiated.

    python3 noxfile.py -s bench -- bench_builds
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any

from _measure import Plan, alternate, has_hydra_zen, per_call
from _table import Row, compared, main

import zenrun


def five(a: int, b: float = 1.5, c: str = "c", d: bool = True, e: list[int] | None = None) -> None:
    """Stand for a target with a signature of five arguments."""


def through(function: Callable[..., Any]) -> Callable[..., Any]:
    """Stand for a wrapper."""
    return function


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
        "builds(five, a=1, zen_meta=..., zen_wrappers=...)": lambda: builds(
            five, a=1, zen_meta={"m": 1}, zen_wrappers=through
        ),
        "builds(dict, b=2, builds_bases=(inner,))": lambda: builds(
            dict, b=2, builds_bases=(inner,)
        ),
        "kwargs_of(five)": lambda: side.kwargs_of(five),
        "make_config(a=1, b=2)": lambda: make_config(a=1, b=2),
        "make_config('a', b=inner, c=[1])": lambda: make_config("a", b=inner, c=[1]),
        "make_config(bases=(inner,), b=2)": lambda: make_config(bases=(inner,), b=2),
        "just(five)": lambda: just(five),
        "builds(dict, a=1, b=1)(a=2)": lambda: builds(dict, a=1, b=1)(a=2),
    }


# The two cases that the target was set for, and the same with the whole signature.
COUNTED = (
    "builds(dict, a=1, b=1)",
    "builds(five, a=1, b=2.0, ..., e=[1])",
    "builds(five, populate_full_signature=True)",
)


def rows(plan: Plan) -> list[Row]:
    """Give the rows of the table."""
    ours = statements(zenrun)
    theirs = statements(importlib.import_module("hydra_zen")) if _has_others(plan) else {}
    found = []
    for name, statement in ours.items():
        sides = {"zenrun": functools.partial(per_call, statement)}
        if name in theirs:
            sides["hydra-zen"] = functools.partial(per_call, theirs[name])
        targets = (1 / 5,) if name in COUNTED else ()
        taken = alternate(sides, 3 * plan.rounds)
        found.append(compared(name, taken, "hydra-zen", unit="us", targets=targets))
    return found


def _has_others(plan: Plan) -> bool:
    return plan.others and has_hydra_zen()


if __name__ == "__main__":
    main(rows)
