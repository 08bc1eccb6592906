"""What importing costs: zenrun beside hydra-zen, each in fresh processes.

The sides take turns, and the medians of several rounds are compared, as ratios to `import hydra_zen`.
The time is that of the import alone; starting Python is not in it.

    python3 noxfile.py -s bench
    python3 benchmarks/bench_imports.py --rounds 20
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys

REFERENCE = "import hydra_zen"
OURS = (
    "import zenrun",
    "from zenrun import builds",
    "from zenrun import builds, instantiate",
    "from zenrun import hydra_run",
    "from zenrun import builds, instantiate; instantiate(builds(dict, a=1))",
)


def milliseconds(statement: str) -> float:
    """Time one statement in a process that has imported nothing yet."""
    timed = (
        "import time; start = time.perf_counter()\n"
        f"{statement}\n"
        "print(1000 * (time.perf_counter() - start))"
    )
    done = subprocess.run([sys.executable, "-c", timed], capture_output=True, text=True, check=True)
    return float(done.stdout)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    given, _ = parser.parse_known_args()  # `nox -s bench -- ...` passes on the others' options too
    taken: dict[str, list[float]] = {statement: [] for statement in (REFERENCE, *OURS)}
    for statement in taken:
        milliseconds(statement)  # byte code is written, files are in the system's cache
    for _ in range(given.rounds):
        for statement, times in taken.items():
            times.append(milliseconds(statement))

    reference = statistics.median(taken[REFERENCE])
    width = max(len(statement) for statement in taken)
    print(f"{'statement':<{width}} {'ms':>8} {'/ import hydra_zen':>20}")
    for statement, times in taken.items():
        median = statistics.median(times)
        print(f"{statement:<{width}} {median:>8.1f} {median / reference:>20.3f}")


if __name__ == "__main__":
    main()
