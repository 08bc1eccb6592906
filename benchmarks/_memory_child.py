"""One process that measures what is kept for each job, for `bench_memory.py`."""

from __future__ import annotations

import gc
import json
import os
import sys
import time
import tracemalloc
import warnings
from pathlib import Path
from typing import Any

import _configs
from _sides import new_folder, nothing, sweeps

WARM_UP = 3


def resident() -> int:
    """Give the bytes of memory that the process has."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def read(batches: Any) -> None:
    """Read what each returned job has of configs."""
    for batch in batches:
        for job in batch:
            _ = [job.cfg[name] for name in job.cfg]
            _ = job.hydra_cfg.hydra.job.num


def main(side: str, case: str, kind: str, jobs: int, seconds: float) -> None:
    """Run a small sweep, then a large one, and print what the second left behind per job."""
    run, config = sweeps(others=True)[side], getattr(_configs, case)()
    traced = kind.startswith("objects")
    if traced:
        tracemalloc.start()

    def sweep(number: int) -> Any:
        found = run(config, nothing, config.overrides(number))
        if "read" in kind:
            read(found)
        return found

    with new_folder():
        held = [sweep(WARM_UP)]
        start = time.perf_counter()
        held.append(sweep(WARM_UP))
        each = (time.perf_counter() - start) / WARM_UP
        jobs = max(2, min(jobs, int(seconds / each)))
        gc.collect()
        before = tracemalloc.get_traced_memory()[0] if traced else resident()
        held.append(sweep(jobs))
        gc.collect()
        after = tracemalloc.get_traced_memory()[0] if traced else resident()
    print(json.dumps({"kb": (after - before) / jobs / 1024, "jobs": jobs}))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(**json.loads(sys.argv[1]))
