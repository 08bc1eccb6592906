"""Where the launchers' tests run their jobs."""

from __future__ import annotations

import contextlib

import pytest

from zenrun.launchers import LokyWorkers


@pytest.fixture(scope="module")
def loky():
    """Two processes that serve all tests of a module."""
    pytest.importorskip("loky", reason="the extra 'parallel' is not installed")
    with LokyWorkers(2) as workers:
        yield workers


@pytest.fixture(params=["this process", "loky"])
def executor(request):
    """Where jobs run."""
    return None if request.param == "this process" else request.getfixturevalue("loky")


@pytest.fixture
def no_slurm(monkeypatch):
    """Have submitit run jobs here, also where the machine has a SLURM of its own."""
    submitit = pytest.importorskip("submitit", reason="the extra 'submitit' is not installed")
    monkeypatch.setattr(submitit.SlurmExecutor, "affinity", classmethod(lambda _: -1))


# The clusters stand by for as long as the session lasts, and watch over themselves a hundred times a second.
QUIET = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.tick.limit": "60s",
}


@contextlib.contextmanager
def _dask():
    distributed = pytest.importorskip("distributed", reason="the extra 'dask' is not installed")
    import dask

    with (
        dask.config.set(QUIET),
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            scheduler_kwargs={"allowed_failures": 0},
            dashboard_address=":0",
            memory_limit=0,
            silence_logs=50,
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as made,
    ):
        yield made


@pytest.fixture(scope="session")
def _dask_clusters():
    """The clusters of this session, the one to use last."""
    with contextlib.ExitStack() as stack:
        yield stack, [stack.enter_context(_dask())]


@pytest.fixture
def dask_client(_dask_clusters):
    """A client of two workers, one of which another test may have ended a moment ago."""
    stack, made = _dask_clusters
    try:
        made[-1].wait_for_workers(2, timeout=20)
    except (
        TimeoutError
    ):  # on a busy machine Dask now and then gives a worker up that has been ended
        made.append(stack.enter_context(_dask()))
    return made[-1]


@pytest.fixture(params=["loky", "dask_client"])
def workers(request):
    """Workers to which short jobs are sent ahead."""
    return request.getfixturevalue(request.param)
