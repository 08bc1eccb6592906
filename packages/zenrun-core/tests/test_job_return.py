"""What a job of a sweep gives back: Hydra's JobReturn, whenever and however it is read."""

from __future__ import annotations

import copy
import dataclasses
import gc
import pickle

import pytest
from hydra.core.utils import JobReturn, JobStatus
from omegaconf import DictConfig, OmegaConf, open_dict

from zenrun import hydra_multirun


def sweep(task, config=None):
    """Run two jobs and give what came of the second, with no folder that tells the time."""
    folders = ["hydra.sweep.dir=out", "hydra.run.dir=out"]
    (jobs,) = hydra_multirun(config or {"a": 1, "b": {"c": [1, 2]}}, task, ["a=5,6", *folders])
    return jobs[1]


def nothing(_):
    """Do nothing."""


def test_job_return_is_hydras():
    """It is a JobReturn with Hydra's fields, and prints as one."""
    job = sweep(lambda cfg: cfg.a)

    assert isinstance(job, JobReturn)
    assert dataclasses.is_dataclass(job)
    assert (job.return_value, job.status, job.task_name) == (6, JobStatus.COMPLETED, "hydra_run")
    assert repr(job).startswith("JobReturn(overrides=['a=6'], cfg={'a': 6, 'b': {'c': [1, 2]}},")


def test_job_return_builds_the_config_that_the_task_saw():
    """Its config is a DictConfig in struct mode with the job's values, the same each time."""
    job = sweep(nothing)

    assert type(job.cfg) is DictConfig
    assert job.cfg == {"a": 6, "b": {"c": [1, 2]}}
    assert OmegaConf.is_struct(job.cfg)
    assert job.cfg is job.cfg
    assert job.hydra_cfg.hydra.job.num == 1
    assert job.hydra_cfg is job.hydra_cfg


def test_job_return_keeps_the_config_that_somebody_holds():
    """A config or a part of it that the task keeps is the very one that the JobReturn has."""
    held = []
    job = sweep(lambda cfg: held.append(cfg.b))

    gc.collect()

    assert job.cfg.b is held[1]


def test_job_return_keeps_what_the_task_changed():
    """What the task writes into its config, or into its flags, stands in the JobReturn's."""

    def task(cfg):
        with open_dict(cfg):
            cfg.new = cfg.a
        cfg.b.c.append(3)
        OmegaConf.set_readonly(cfg.b, value=True)

    job = sweep(task)

    assert job.cfg == {"a": 6, "b": {"c": [1, 2, 3]}, "new": 6}
    assert OmegaConf.is_readonly(job.cfg.b)


def pickled(job):
    """Send a job through pickle, but for Hydra's own config.

    In this process Hydra's plugin scan, of another test, may have made its classes anew.
    """
    job.hydra_cfg = OmegaConf.create({"hydra": {"job": {"num": job.hydra_cfg.hydra.job.num}}})
    return pickle.loads(pickle.dumps(job))


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, pickled])
def test_job_return_travels_as_hydras_own(way):
    """A copy, and what arrives in another process, is Hydra's JobReturn with all its parts."""
    job = sweep(lambda cfg: cfg.a)

    twin = way(job)

    assert type(twin) is JobReturn
    assert twin == job
    assert job == twin
    assert twin.cfg == job.cfg
    assert twin.hydra_cfg.hydra.job.num == 1


def test_job_return_is_compared_by_its_fields():
    """It is equal to a JobReturn with the same fields, and to no other."""
    job = sweep(lambda cfg: cfg.a)
    fields = {field.name: getattr(job, field.name) for field in dataclasses.fields(job)}

    assert job == JobReturn(**fields)
    assert job != JobReturn(**{**fields, "task_name": "another"})
    assert job != "a text"


def test_job_return_serves_the_functions_of_dataclasses():
    """`replace` and `asdict` take it as they take any dataclass."""
    job = sweep(lambda cfg: cfg.a)

    assert dataclasses.replace(job, task_name="another").cfg == job.cfg
    assert dataclasses.asdict(job)["overrides"] == ["a=6"]


def test_job_returns_of_a_sweep_share_no_config():
    """A change to one job's config is not seen in another's."""
    (jobs,) = hydra_multirun({"b": {"c": [1]}}, nothing, ["+a=1,2"])

    jobs[0].cfg.b.c.append(2)

    assert jobs[1].cfg.b.c == [1]
