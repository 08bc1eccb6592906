"""Task functions and callbacks that tell what they see. They change nothing."""

from __future__ import annotations

import logging
import sys

from hydra.core.hydra_config import HydraConfig
from hydra.experimental.callback import Callback
from snapshots import config_of, resolved, surroundings, value_of

# What happened in a run, in order. Emptied before and after each run.
EVENTS = []


def spy(cfg):
    """Note what a task sees: its config, Hydra's, and what is global."""
    seen = {
        "cfg": config_of(cfg),
        "around": surroundings(),
        "the config is no part of hydra's": cfg is not HydraConfig.get()._get_root(),
    }
    EVENTS.append(("task", seen))
    logging.getLogger("task").info("the task logs %s", list(cfg))
    logging.getLogger("task").debug("and this is for verbose runs")
    print("the task prints")
    print("the task complains", file=sys.stderr)
    return resolved(cfg)


class Recorder(Callback):
    """A callback that notes each call with everything it got.

    Args:
        name: What it is called in the notes.
        fails_at: The methods that raise.
    """

    def __init__(self, name="recorder", fails_at=()):
        self.name = name
        self.fails_at = list(fails_at)
        EVENTS.append((name, "made"))

    def _note(self, method, **given):
        told = {key: value_of(value) for key, value in given.items() if key != "task_function"}
        if "task_function" in given:
            told["task_function"] = given["task_function"].__name__
        EVENTS.append((self.name, method, told, surroundings()))
        if method in self.fails_at:
            msg = f"{self.name} fails at {method}"
            raise RuntimeError(msg)

    def on_run_start(self, config, **kwargs):
        self._note("on_run_start", config=config, **kwargs)

    def on_run_end(self, config, **kwargs):
        self._note("on_run_end", config=config, **kwargs)

    def on_multirun_start(self, config, **kwargs):
        self._note("on_multirun_start", config=config, **kwargs)

    def on_multirun_end(self, config, **kwargs):
        self._note("on_multirun_end", config=config, **kwargs)

    def on_job_start(self, config, **kwargs):
        self._note("on_job_start", config=config, **kwargs)

    def on_job_end(self, config, job_return, **kwargs):
        self._note("on_job_end", config=config, job_return=job_return, **kwargs)

    def on_compose_config(self, config, config_name, overrides):
        given = {"config": config, "config_name": config_name, "overrides": overrides}
        self._note("on_compose_config", **given)
