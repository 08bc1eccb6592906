"""Edges that a hostile review has found, each as Hydra has it."""

from __future__ import annotations

import logging

import pytest
from reference import Case, assert_as_hydra
from strategies import named


def sweep(config, *overrides, **more):
    return Case(config, overrides, **more)


def single(config, *overrides, **more):
    return Case(config, overrides, many=False, **more)


ADDED = [
    sweep({"a": {"k": 1}}, "+z=1,2", "+a.x=5"),
    sweep({"a": {"k": {"d": 1}}}, "+z=0", "+a.z=1,2", "+a.k.x=5"),
]


@pytest.mark.parametrize("case", ADDED, ids=named)
def test_keys_added_where_mappings_end_together_stand_as_hydras(case):
    """A key added to an inner mapping is written in it, not in what follows."""
    assert_as_hydra(case)


def cuts_a_logger_off(cfg):
    logger = logging.getLogger("edges")
    print(logger.propagate)
    logger.propagate = False
    return cfg.a


NUMBERED = "hydra.job_logging.formatters.simple.format='[${hydra.job.num}] %(message)s'"
LOGGING = [
    sweep({"a": 1}, "a=1,2", NUMBERED),
    sweep({"a": 1}, "a=1,2", "hydra.job_logging.handlers.console.formatter=null"),
    single({"a": 1}, "hydra.hydra_logging.handlers.console.formatter=null"),
    sweep(
        {"a": 1, "hydra": {"job_logging": {"loggers": {"edges": {"level": "INFO"}}}}},
        "a=1,2",
        task=cuts_a_logger_off,
        prepare=lambda: setattr(logging.getLogger("edges"), "propagate", True),
    ),
]


@pytest.mark.parametrize("case", LOGGING, ids=named)
def test_logging_is_configured_as_hydras(case):
    """Formats that tell the job, handlers without a formatter, loggers that a task has changed."""
    assert_as_hydra(case)
