"""What callbacks of Hydra's are told of a sweep of zenrun's."""

from __future__ import annotations

import os
from pathlib import Path

from hydra.experimental.callback import Callback

from zenrun import hydra_multirun

SEEN = "hydra.callbacks.seen._target_=" + __name__ + ".Seen"
seen: list[str] = []


class Seen(Callback):
    """Notes which directory it is told of when a sweep starts."""

    def on_multirun_start(self, config, **kwargs):
        seen.append(config.hydra.sweep.dir)


def test_callbacks_are_told_the_directory_that_the_sweep_has():
    """The directory at the sweep's start is the one that its jobs have, also of one that goes on."""
    seen.clear()
    same = "hydra.sweep.dir=out/${now:%Y}"
    for resume in (None, None, "out/first"):
        if resume:
            Path(seen[0]).rename(resume)
        (jobs,) = hydra_multirun(
            {"x": 0}, lambda cfg: cfg.x, ["x=1", same, "+" + SEEN], resume=resume
        )
        assert jobs[0].hydra_cfg.hydra.sweep.dir == seen[-1]
        assert os.path.isdir(seen[-1]) or resume

    assert seen[1] == f"{seen[0]}_1"
    assert seen[2] == "out/first"
