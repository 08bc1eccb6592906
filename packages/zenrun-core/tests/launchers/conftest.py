"""Where the launchers' tests run their jobs."""

from __future__ import annotations

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


@pytest.fixture(scope="session")
def _dask_cluster():
    distributed = pytest.importorskip("distributed", reason="the extra 'dask' is not installed")
    with (
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


@pytest.fixture
def dask_client(_dask_cluster):
    """A client of two workers, one of which another test may have ended a moment ago."""
    _dask_cluster.wait_for_workers(2, timeout=60)
    return _dask_cluster


@pytest.fixture(params=["loky", "dask_client"])
def workers(request):
    """Workers to which short jobs are sent ahead."""
    return request.getfixturevalue(request.param)
