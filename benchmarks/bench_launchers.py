"""What executors cost for each job, and what they gain: processes of this machine and a Dask cluster.

The processes are started before anything is measured, as they are once for a sweep. Hydra's joblib
launcher is the other side where it is installed.
"""

from __future__ import annotations

import contextlib
import importlib.util
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

from _configs import Case, small
from _measure import Plan, alternate, slope
from _sides import Side, nothing, sweep_seconds
from _table import Row, compared, main

from zenrun import hydra_multirun
from zenrun.launchers import LokyWorkers

WORKERS = 2
BUSY = 0.05  # seconds of a core
LOKY, DASK, JOBLIB, HERE = "loky", "dask", "Hydra's joblib launcher", "this process"
AT_MOST = {LOKY: 0.002, DASK: 0.005}


def busy(_: Any) -> None:
    """Keep a core busy."""
    until = time.process_time() + BUSY
    while time.process_time() < until:
        pass


def rows(plan: Plan) -> list[Row]:
    """Give the rows of the table; a cluster that waits takes time from the others, so each is alone."""
    if importlib.util.find_spec("loky") is None:
        return []
    case = small()
    others: dict[str, Side] = {}
    if plan.others and importlib.util.find_spec("hydra_plugins.hydra_joblib_launcher") is not None:
        others[JOBLIB] = _with_joblib
    with LokyWorkers(WORKERS) as workers:
        found = _overhead(plan, case, LOKY, {"zenrun": _on(workers), **others})
        found += _gain(plan, case, _on(workers))
    if importlib.util.find_spec("distributed") is not None:
        with _dask_client() as client:
            found += _overhead(plan, case, DASK, {"zenrun": _on(client)})
    return found


def _on(executor: Any) -> Side:
    return lambda case, task, overrides: hydra_multirun(
        case.config, task, overrides, executor=executor, progress=False
    )


def _with_joblib(case: Case, task: Any, overrides: list[str]) -> Any:
    chosen = ["hydra/launcher=joblib", f"hydra.launcher.n_jobs={WORKERS}"]
    return hydra_multirun(case.config, task, [*overrides, *chosen])


@contextlib.contextmanager
def _dask_client() -> Iterator[Any]:
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=WORKERS, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield client


def _overhead(plan: Plan, case: Case, name: str, sides: dict[str, Side]) -> list[Row]:
    jobs = min(1_000, max(plan.sizes))
    sizes = {"zenrun": jobs, JOBLIB: plan.slow_jobs}
    measured = {who: partial(_per_job, side, case, sizes[who]) for who, side in sides.items()}
    what = f"a job of a sweep on {WORKERS} workers of {name}, small config, {jobs:,} jobs"
    return [compared(what, alternate(measured, plan.rounds), JOBLIB, at_most=AT_MOST[name])]


def _per_job(side: Side, case: Case, jobs: int) -> float:
    return slope(partial(sweep_seconds, side, case, nothing), jobs)


def _gain(plan: Plan, case: Case, loky: Side) -> list[Row]:
    jobs = 200 if max(plan.sizes) >= 1_000 else max(plan.sizes)
    measured = {
        name: partial(slope, partial(sweep_seconds, side, case, busy), jobs)
        for name, side in {"zenrun": loky, HERE: _on(None)}.items()
    }
    what = f"a job that keeps a core busy for {BUSY * 1e3:.0f} ms, {WORKERS} workers of {LOKY}"
    return [compared(what, alternate(measured, plan.rounds), HERE, targets=(1 / 1.9,))]


if __name__ == "__main__":
    main(rows)
