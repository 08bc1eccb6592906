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
    Zen,
    builds,
    hydra_list,
    hydra_multirun,
    hydra_run,
    instantiate,
    just,
    launch,
    load_sweep,
    make_config,
    multirun,
    zen,
)
from zenrun.errors import UnsupportedValueError, ZenrunError
from zenrun.funcs import get_obj
from zenrun.testing import isolated_hydra
from zenrun.third_party.beartype import validates_with_beartype
from zenrun.third_party.pydantic import pydantic_parser

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
    sweep = load_sweep("multirun/2026-01-01/00-00-00")
    return [job.return_value for job in sweep if job.status == "COMPLETED"]


# Functions that take their arguments from a config: parameters and results keep their types.
@zen
def fit(model: Model, rate: float = 0.1) -> float:
    """Stand for a training."""
    return model.width * rate


@zen(unpack_kwargs=True, pre_call=[print, fit], exclude=["seed"], run_in_context=True)
async def fetch(url: str, **more: Any) -> bytes:
    """Stand for a download."""
    return url.encode()


class Loud(Zen[..., Any]):
    """Says what it instantiates."""

    CFG_NAME = "config"

    def instantiate(self, value: Any, /) -> Any:
        """Say it."""
        print(value)
        return super().instantiate(value)


assert_type(fit({"model": ModelConf}), float)
assert_type(fit.func(Model(), rate=1.0), float)
fit.func("no model")  # type: ignore[arg-type]
fit(TrainConf)
fit.validate("model: 1")
louder = zen(task, ZenWrapper=Loud, instantiation_wrapper=pydantic_parser)
assert_type(zen(Model)({"width": 1}), Model)
assert_type(instantiate(ModelConf, _target_wrapper_=validates_with_beartype), Model)
assert_type(pydantic_parser(train)(Model(), Optimizer(0.1)), float)


def launched() -> tuple[JobReturn, list[float]]:
    """Launch a job and a sweep."""
    job = launch(Config, fit, lr=0.1, version_base=None)
    assert_type(job, JobReturn)
    (jobs,) = launch(Config, fit, {"lr": multirun([1, 2])}, multirun=True)
    launch(Config, fit, ["lr=1,2"], True, run_options={"executor": "loky"}, epochs="1,2")
    fit.hydra_main(config_path="conf", config_name="config", version_base=None)
    return job, [item.return_value for item in jobs]
