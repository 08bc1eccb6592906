"""Run every benchmark here and print one table.

    python benchmarks/run.py
    python benchmarks/run.py --quick bench_multirun bench_run
    python benchmarks/run.py --markdown docs/performance.md

Each ``bench_*.py`` runs in a process of its own. One that fails is named below the table, and the
exit code is 1.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from _table import Row, machine, markdown, plans, put_into

HERE = Path(__file__).resolve().parent


def rows_of(path: Path, plan: str) -> list[Row] | None:
    """Run one benchmark.

    Args:
        path: The module.
        plan: How much is measured.

    Returns:
        Its rows, or None where it failed, of which it has told on stderr.
    """
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "rows.json"
        command = [sys.executable, str(path), "--plan", plan, "--json", str(told)]
        if subprocess.run(command, check=False, stdout=sys.stderr).returncode:
            return None
        found = json.loads(told.read_text(encoding="utf-8"))
    return [Row(**{**row, "targets": tuple(row["targets"])}) for row in found]


def main() -> int:
    """Print the table, and write it where that is asked for."""
    known = {path.stem: path for path in sorted(HERE.glob("bench_*.py"))}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help=f"which of {', '.join(known)}; all by default")
    plans(parser)
    parser.add_argument("--markdown", type=Path, help="write the table into this page")
    given = parser.parse_args()
    unknown = set(given.names) - set(known)
    if unknown:
        parser.error(
            f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(known)}"
        )

    rows, failed = [], []
    for name in given.names or known:
        print(f"{name} ...", file=sys.stderr, flush=True)
        found = rows_of(known[name], given.plan)
        rows += found or []
        failed += [name] if found is None else []
    text = f"{markdown(rows)}\n\n{machine(given.plan)}"
    if failed:
        text += f" Failed: {', '.join(failed)}."
    print(text)
    if given.markdown:
        put_into(given.markdown, text)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
