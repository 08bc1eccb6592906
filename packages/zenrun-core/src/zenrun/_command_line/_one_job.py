"""All that is known of one job, as a text.

This module must not know where it is printed.
"""

from __future__ import annotations

import pprint
import time

from zenrun.errors import ZenrunError
from zenrun.results._load import Sweep, SweepJob
from zenrun.results._show import Shown, seconds, short_path

_INDENT = 11


def job_text(sweep: Sweep, job: SweepJob, width: int) -> str:
    """Give the text.

    Args:
        sweep: The job's sweep.
        job: The job.
        width: How long a line of a value may be.
    """
    facts = [
        ("status", job.status if job.attempt == 1 else f"{job.status}, attempt {job.attempt}"),
        ("overrides", " ".join(job.overrides)),
        ("value", _value(job, width - _INDENT)),
        ("time", _times(job)),
        ("ran on", f"{job.host}, process {job.worker}" if job.worker else job.host),
        ("folder", None if job.directory is None else short_path(job.directory)),
        ("log", _logs(job)),
        ("error", None if job.traceback else job.error),
    ]
    lines = [f"job {job.num} of the {sweep.status} sweep in {short_path(sweep.directory)}"]
    for name, text in facts:
        if text:
            lines.append(f"{name:<{_INDENT}}" + text.replace("\n", "\n" + " " * _INDENT))
    if job.traceback:
        lines += ["", job.traceback.rstrip("\n")]
    return "\n".join(lines)


def _value(job: SweepJob, width: int) -> str | None:
    if job.status != "COMPLETED":
        return None
    try:
        value = job.seen_value()
    except ZenrunError as error:
        return f"({error})"
    if isinstance(value, Shown):
        return f"{value}\n(pickled: zenrun.load_sweep(..., unpickle=True) gives it back)"
    return pprint.pformat(value, width=max(width, 20), sort_dicts=False, compact=True)


def _times(job: SweepJob) -> str:
    began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(job.start))
    took = seconds(job.duration)
    return f"started {began}" + ("" if took is None else f", took {took}")


def _logs(job: SweepJob) -> str | None:
    if job.directory is None:
        return None
    try:
        found = sorted(path for path in job.directory.glob("*.log") if path.is_file())
    except OSError:
        return None
    return "\n".join(map(short_path, found[:5]))
