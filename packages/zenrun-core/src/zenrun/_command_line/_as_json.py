"""Sweeps and jobs as programs get them: docs/command-line.md promises these names.

They are those of `load_sweep`'s attributes. This module must not know what is printed beside them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from zenrun._command_line._best import Best
from zenrun.results._load import Sweep, SweepJob
from zenrun.results._rows import Row


def sweep_entry(sweep: Sweep, best: Sequence[Best], jobs: Sequence[Any]) -> dict[str, Any]:
    """Give a sweep.

    Args:
        sweep: The sweep.
        best: The best of a search.
        jobs: The entries of the jobs that are asked for.
    """
    return {
        **brief_entry(sweep),
        "overrides": sweep.overrides,
        "config": sweep.config,
        "damaged": sweep.damaged,
        "best": [{"num": item.num, "params": item.params, "value": item.value} for item in best],
        "jobs": jobs,
    }


def brief_entry(sweep: Sweep) -> dict[str, Any]:
    """Give what tells a sweep from others.

    Args:
        sweep: The sweep.
    """
    ends = [job.end or job.start for job in sweep]
    return {
        "directory": str(sweep.directory),
        "status": sweep.status,
        "counts": Counter(job.status for job in sweep),
        "start": min((job.start for job in sweep), default=None),
        "end": max(ends, default=None) if sweep.status != "RUNNING" else None,
    }


def job_entry(job: SweepJob, row: Row) -> dict[str, Any]:
    """Give a job.

    Args:
        job: The job.
        row: The same job, with its overrides read.
    """
    return {
        "num": job.num,
        "status": job.status,
        "overrides": job.overrides,
        "params": row.params,
        "value": row.shown(),
        "attempt": job.attempt,
        "start": job.start,
        "end": job.end,
        "duration": job.duration,
        "host": job.host,
        "worker": job.worker,
        "directory": None if job.directory is None else str(job.directory),
        "error": job.error,
        "traceback": job.traceback,
    }
