"""Generated jobs of one sweep, each with overrides of its own, are what Hydra makes of them.

Whole sweeps cost Hydra seconds; a job of one costs it a tenth of one. So each sweep here has many.
"""

from __future__ import annotations

import pytest
from hydra.core.config_store import ConfigStore
from hydra.core.plugins import Plugins
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plugins import PACKAGE, OwnSweeper, put_in_package
from reference import Case, assert_as_hydra
from snapshots import tree, value_of
from strategies import examples, sweeps_of_jobs

JOBS = 50


def account(job):
    """Describe a JobReturn; what a job sees of its config is in the events, and all of few in other tests."""
    return {
        "status": repr(job.status),
        "overrides": list(job.overrides),
        "cfg": tree(job.cfg),
        "hydra_cfg": tree(job.hydra_cfg),
        "value": value_of(job._return_value),
        "folders": (job.working_dir, job.task_name),
    }


class Listing(OwnSweeper):
    """Runs the jobs that it was told, one after the other, and goes on where one cannot be."""

    jobs = ()

    def sweep(self, arguments):
        jobs = enumerate(self.jobs)
        return [self.run([*arguments, *overrides], num) for num, overrides in jobs]

    def run(self, overrides, num):
        try:
            (job,) = self.launcher.launch([overrides], initial_job_idx=num)
            return account(job)
        except Exception as error:
            return type(error).__name__, str(error)


@pytest.fixture(autouse=True)
def _in_the_package_of_plugins(monkeypatch):
    put_in_package(monkeypatch, [Listing])


@pytest.mark.parametrize("typed", [True, False], ids=["typed", "plain"])
@settings(max_examples=examples(3, by_night=15), suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_jobs_generated_are_as_hydras(typed, data):
    """Two hundred jobs by day, two thousand by night: values of all kinds, groups, new keys, deletions, and mistakes."""
    sweep = data.draw(sweeps_of_jobs(JOBS, typed=typed))
    config, jobs, stored, files = sweep

    def prepare():
        Listing.jobs = jobs
        Plugins.instance().register(Listing)
        node = {"_target_": f"{PACKAGE}.Listing"}
        ConfigStore.instance().store("listing", node, group="hydra/sweeper")

    overrides = ("hydra/sweeper=listing",)
    result = assert_as_hydra(Case(config, overrides, stored=stored, files=files, prepare=prepare))

    assert isinstance(result, Exception) or len(result) == len(jobs)
