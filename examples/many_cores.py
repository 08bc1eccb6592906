"""A sweep on all cores that fails half way, is mended, and goes on.

Some settings of this "training" diverge. With ``on_failure="return"`` they cost their own job alone;
``resume`` then runs those jobs, and no other, with what was mended.
"""

from __future__ import annotations

import time

from omegaconf import DictConfig

from zenrun import hydra_multirun, load_sweep

SWEEP = {"lr": "0.1,0.3,0.9", "momentum": "0.0,0.9"}
OVERRIDES = [f"{key}={values}" for key, values in SWEEP.items()]


def train(cfg: DictConfig) -> dict[str, float]:
    """Take a while, and diverge where the steps are too large."""
    time.sleep(0.2)
    if not cfg.clip and cfg.lr * (1 + cfg.momentum) > 1:
        msg = f"the loss is not finite at lr={cfg.lr}, momentum={cfg.momentum}"
        raise FloatingPointError(msg)
    return {"loss": round((cfg.lr - 0.3) ** 2 + 0.1 * cfg.momentum, 4)}


def mended(cfg: DictConfig) -> dict[str, float]:
    """Train with gradients that are clipped."""
    cfg.clip = True
    return train(cfg)


if __name__ == "__main__":
    config = {"lr": 0.1, "momentum": 0.0, "clip": False}
    where = "hydra.sweep.dir=many_cores"

    hydra_multirun(config, train, [*OVERRIDES, where], executor="loky", on_failure="return")
    print(load_sweep("many_cores"), end="\n\n")

    (jobs,) = hydra_multirun(config, mended, OVERRIDES, executor="loky", resume="many_cores")
    print(load_sweep("many_cores"), end="\n\n")
    best = min(jobs, key=lambda job: job.return_value["loss"])
    print("the best:", *best.overrides, best.return_value)
