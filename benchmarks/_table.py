"""The table: a row for each comparison, and the command line that every benchmark here has.

How a figure came about this module must not know.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from _measure import FULL, MEDIUM, QUICK, SMOKE, Plan, median_ratio

HEADER = ("what", "zenrun", "beside", "other", "zenrun / other", "target", "reached")
UNITS = {"s": 1.0, "ms": 1e3, "us": 1e6, "KB": 1.0, "": 1.0}
PLANS = {"full": FULL, "medium": MEDIUM, "quick": QUICK, "smoke": SMOKE}


@dataclass(frozen=True)
class Row:
    """One comparison.

    Attributes:
        what: What is compared.
        ours: zenrun's figure: seconds, or what ``unit`` says.
        unit: The unit it is shown in: "s", "ms" or "us" for figures in seconds, "KB", or "".
        beside: What the other side is; empty where zenrun stands alone.
        theirs: The other side's figure.
        ratio: zenrun's figure by the other's: the median of the rounds' ratios.
        targets: What the ratio is to be at most, and what after that.
        at_most: What zenrun's own figure is to be at most, where that is the target.
        note: A word on how it was measured.
    """

    what: str
    ours: float
    unit: str
    beside: str = ""
    theirs: float | None = None
    ratio: float | None = None
    targets: tuple[float, ...] = ()
    at_most: float | None = None
    note: str = ""

    def reached(self) -> str:
        """Say whether the targets are reached."""
        if self.at_most is not None:
            return "yes" if self.ours <= self.at_most else "no"
        if not self.targets or self.ratio is None:
            return ""
        reached = [self.ratio <= target for target in self.targets]
        if len(reached) > 1 and all(reached):
            return "yes, the next too"
        return "yes" if reached[0] else "no"

    def cells(self) -> tuple[str, ...]:
        """Give the row's cells as text."""
        targets = [fraction(item) for item in self.targets]
        if self.at_most is not None:
            targets = [figure(self.at_most, self.unit)]
        return (
            f"{self.what} ({self.note})" if self.note else self.what,
            figure(self.ours, self.unit),
            self.beside,
            "" if self.theirs is None else figure(self.theirs, self.unit),
            "" if self.ratio is None else fraction(self.ratio),
            ", then ".join(targets),
            self.reached(),
        )


def compared(
    what: str,
    taken: Mapping[str, Sequence[float]],
    other: str,
    *,
    ours: str = "zenrun",
    unit: str = "ms",
    beside: str = "",
    targets: tuple[float, ...] = (),
    at_most: float | None = None,
    note: str = "",
) -> Row:
    """Make a row of what `alternate` gave.

    Args:
        what: What is compared.
        taken: Each side's figures.
        other: Which of them is the other side; where it was not measured, zenrun stands alone.
        ours: Which of them is zenrun's.
        unit: The unit to show them in.
        beside: What to call the other side, if not as it is called there.
        targets: What the ratio is to be at most, and what after that.
        at_most: What zenrun's own figure is to be at most, where that is the target.
        note: A word on how it was measured.

    Returns:
        The row.
    """
    row = Row(what, statistics.median(taken[ours]), unit, at_most=at_most, note=note)
    if other not in taken:
        return row
    return replace(
        row,
        beside=beside or other,
        theirs=statistics.median(taken[other]),
        ratio=median_ratio(taken[ours], taken[other]),
        targets=targets,
    )


def figure(value: float, unit: str) -> str:
    """Show a figure with three digits and its unit."""
    shown = value * UNITS[unit]
    digits = 0 if abs(shown) >= 100 else 1 if abs(shown) >= 10 else 2 if abs(shown) >= 1 else 3
    return f"{shown:,.{digits}f} {unit}".strip()


def fraction(ratio: float) -> str:
    """Show a ratio as 1/37 where it is small, and as 1.2 where it is not."""
    if ratio > 0.5:
        return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.2f}".removesuffix(".00")
    times = 1 / ratio
    return f"1/{times:.1f}".removesuffix(".0") if times < 10 else f"1/{times:,.0f}"


def markdown(rows: Sequence[Row]) -> str:
    """Give the rows as a Markdown table that also reads well as it is."""
    lines = [HEADER, *(row.cells() for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(HEADER))]
    right = {1, 3, 4}
    text = []
    for number, line in enumerate(lines):
        cells = [
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        text.append("| " + " | ".join(cells) + " |")
        if number == 0:
            rules = [
                "-" * (width - 1) + ":" if place in right else "-" * width
                for place, width in enumerate(widths)
            ]
            text.append("| " + " | ".join(rules) + " |")
    return "\n".join(text)


def installed(package: str) -> str:
    """Name a package with its version, or say that it is not there."""
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"no {package}"


def machine(plan: str) -> str:
    """Say in a sentence what was measured on what."""
    packages = ", ".join(installed(name) for name in ("hydra-core", "omegaconf", "hydra-zen"))
    busy = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"Python {platform.python_version()}, {packages}; {platform.system()} "
        f"{platform.machine()}, {os.cpu_count()} cores{busy}; folders in {tempfile.gettempdir()}; "
        f"plan: {plan}."
    )


def plans(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how much is measured."""
    parser.add_argument("--plan", choices=PLANS, help="how much is measured; full by default")
    parser.add_argument("--quick", dest="plan", action="store_const", const="quick")
    parser.set_defaults(plan="full")


def main(rows: Callable[[Plan], list[Row]]) -> None:
    """Run one benchmark from the command line.

    Args:
        rows: The benchmark: gives its rows for a plan.
    """
    parser = argparse.ArgumentParser()
    plans(parser)
    parser.add_argument("--json", type=Path, help="write the rows here, for run.py")
    given = parser.parse_args()
    warnings.simplefilter("ignore")  # Hydra 1.4 tells its users of 1.5
    found = rows(PLANS[given.plan])
    if given.json:
        given.json.write_text(json.dumps([asdict(row) for row in found]), encoding="utf-8")
    else:
        print(f"{markdown(found)}\n\n{machine(given.plan)}")


def put_into(page: Path, text: str) -> None:
    """Write a table into the place that a page marks for the installed Hydra, or as a new page.

    Args:
        page: A Markdown file. What stands in it between ``<!-- measured: hydra-core 1.3 -->``,
            or another version, and ``<!-- end -->`` is replaced.
        text: The table and what is said below it.

    Raises:
        ValueError: The page is there and marks no place.
    """
    if not page.exists():
        page.write_text(f"{text}\n", encoding="utf-8")
        return
    short = ".".join(version("hydra-core").split(".")[:2])
    start, end = f"<!-- measured: hydra-core {short} -->\n", "<!-- end -->"
    head, _, tail = page.read_text(encoding="utf-8").partition(start)
    _, found, rest = tail.partition(end)
    if not found:
        msg = f"{page} has no place for the table: a line {start.strip()}, and {end} below it"
        raise ValueError(msg)
    page.write_text(f"{head}{start}\n{text}\n\n{end}{rest}", encoding="utf-8")
