"""Code as users write it: it must pass mypy --strict and pyright, and is never run.

Where the types that zenrun gives matter, `assert_type` says what they are.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydra.core.utils import JobReturn
from omegaconf import DictConfig

from zenrun import (
    MISSING,
    builds,
    grids,
    hydra_list,
    hydra_multirun,
    hydra_run,
    instantiate,
    just,
    load_sweep,
    make_config,
    multirun,
    repeat,
    zipped,
)
from zenrun.errors import UnsupportedValueError, ZenrunError
from zenrun.funcs import get_obj
from zenrun.testing import isolated_hydra

if TYPE_CHECKING:
    from typing_extensions import assert_type


class Colour(Enum):
    RED = 1


class Model:
    def __init__(self, width: int = 3, *, name: str = "m") -> None:
        self.width = width
        self.name = name

    @classmethod
    def small(cls) -> Model:
        return cls(1)

    @staticmethod
    def area(width: float, height: float) -> float:
        return width * height


@dataclass
class Optimizer:
    lr: float
    betas: list[float] = field(default_factory=lambda: [0.9, 0.999])


def record(**values: Any) -> dict[str, Any]:
    """Give the arguments back."""
    return values


def train(model: Model, optimizer: Optimizer, steps: int = 10) -> float:
    """Stand for a training."""
    return model.width * optimizer.lr * steps


# A config of a class, a function, a class method and a static method, as types and instances.
ModelConf = builds(Model, width=4, populate_full_signature=True)
assert_type(instantiate(ModelConf), Model)
assert_type(instantiate(ModelConf(width=5)), Model)
assert_type(instantiate(ModelConf, width=6), Model)
assert_type(instantiate(builds(Model.small)), Model)
assert_type(instantiate(builds(Model.area, 1.0, height=2)), float)
assert_type(instantiate(builds(len, [1, 2])), int)
assert_type(instantiate(builds(Optimizer, lr=0.1)), Optimizer)

# Configs in configs, and every kind of value.
TrainConf = builds(
    train,
    ModelConf,
    optimizer=builds(Optimizer, lr=MISSING, betas=(0.9, 0.99)),
    steps="${steps}",
    hydra_convert="all",
    hydra_recursive=True,
    hydra_defaults=["_self_", {"optimizer": "sgd"}, {"data": None}, {"more": ["a", "b"]}],
)
assert_type(instantiate(TrainConf), float)
Values = builds(record, a=None, b=1, c=Path("x"), d=Colour.RED, e=[1, {"x": len}], f=Model, g=b"x")
number: int = instantiate(Values)["b"]

# Partials have their own type, under both names of the option.
PartialConf = builds(train, steps=3, zen_partial=True)
assert_type(instantiate(PartialConf), functools.partial[float])
assert_type(instantiate(builds(Model, hydra_partial=True)), functools.partial[Model])
assert_type(instantiate(builds(Model, zen_partial=False)), Model)
assert_type(instantiate(PartialConf)(Model(), Optimizer(0.1)), float)


def maybe_partial(wish: bool) -> object:
    """Leave open whether a partial comes out."""
    return instantiate(builds(Model, zen_partial=wish))


# Functions and classes themselves, and configs without a target.
same_len = instantiate(just(len))
Config = make_config("lr", epochs=10, model=ModelConf, hydra_defaults=["_self_"])
Child = make_config(bases=(Config,), config_name="Child", seed=1)
config = Child(lr=0.1)
epochs: int = config.epochs
assert_type(instantiate(DictConfig({"a": 1})), Any)
assert_type(get_obj(path="builtins.len"), Any)


# Runs.
def task(cfg: DictConfig) -> float:
    """Stand for a task function."""
    return float(cfg.lr)


def run() -> tuple[JobReturn, list[float]]:
    """Run one job and many."""
    with isolated_hydra():
        job = hydra_run(Config, task, overrides=["lr=0.1"], job_name="api", version_base="1.3")
        hydra_run(Config, task, overrides={"lr": 0.1, "epochs": 3, "model.width": 1})
        hydra_run({"lr": 1}, lambda cfg: cfg.lr, config_dir=Path("conf"), to_dictconfig=True)
        (jobs,) = hydra_multirun(Config, task, overrides=["lr=0.1,0.2"])
        hydra_multirun(Config, task, {"lr": multirun([0.1, 0.2]), "epochs": hydra_list([1, 2])})
    return job, [item.return_value for item in jobs]


try:
    builds(Model, width=object())
except UnsupportedValueError as error:
    where: str = error.path
except ZenrunError:
    raise


def read_a_sweep() -> list[Any]:
    """Go on with a sweep on all cores, and read what it has left."""
    hydra_multirun({"x": 1}, print, ["x=1,2"], executor="loky", retries=1, resume="last")
    hydra_multirun(
        {"x": 1}, print, {"x": zipped([1, 2]), "y": zipped(("a", "b"), name="z")}, where="x < 2"
    )
    hydra_multirun({"x": 1}, print, grids({"x": repeat(3)}, ["y=1,2"]), where=lambda job: job["x"])
    assert_type(zipped([0.1, 0.2]), zipped[float])
    sweep = load_sweep("multirun/2026-01-01/00-00-00")
    return [job.return_value for job in sweep if job.status == "COMPLETED"]
