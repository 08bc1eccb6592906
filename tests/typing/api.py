"""Code as users write it: it must pass mypy --strict and pyright, and is never run.

Where the types that zenrun gives matter, `assert_type` says what they are.
"""

from __future__ import annotations

import functools
import random
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydra.core.utils import JobReturn
from omegaconf import DictConfig

from zenrun import (
    MISSING,
    BuildsFn,
    Zen,
    ZenField,
    ZenStore,
    aggregate_repeats,
    builds,
    compare,
    get_target,
    grids,
    hydra_list,
    hydra_multirun,
    hydra_run,
    hydrated_dataclass,
    instantiate,
    is_partial_builds,
    just,
    kwargs_of,
    launch,
    load_sweep,
    make_config,
    make_custom_builds_fn,
    multirun,
    mutable_value,
    plot,
    repeat,
    store,
    to_dataframe,
    to_xarray,
    uses_zen_processing,
    zen,
    zipped,
)
from zenrun.errors import UnsupportedValueError, ZenrunError
from zenrun.funcs import get_obj, zen_processing
from zenrun.sweep import SearchResult, SearchSweeper, Suggestion, TrialResult
from zenrun.sweep.space import SearchSpace, read_space
from zenrun.testing import isolated_hydra
from zenrun.third_party.beartype import validates_with_beartype
from zenrun.third_party.pydantic import pydantic_parser
from zenrun.typing import Builds, BuildsWithSig, CustomConfigType, PartialBuilds

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
assert_type(instantiate(just(len))([1]), int)
assert_type(instantiate(just(Model)), type[Model])
assert_type(instantiate(just(functools.partial(Model, width=3))), functools.partial[Model])
assert_type(instantiate(just(ModelConf)), Model)
assert_type(just([1, len]), Any)
Config = make_config("lr", epochs=10, model=ModelConf, hydra_defaults=["_self_"])
Child = make_config(bases=(Config,), config_name="Child", seed=1)
config = Child(lr=0.1)
epochs: int = config.epochs
assert_type(instantiate(DictConfig({"a": 1})), Any)
assert_type(get_obj(path="builtins.len"), Any)


# Stores: a decorated object keeps its type, a store called with keywords is a store.
model_store = store(group="model", zen_partial=True)
assert_type(model_store, ZenStore)
assert_type(model_store(package="p")(provider="me"), ZenStore)
assert_type(store({"a": 1}, name="a"), dict[str, int])
assert_type(store(Model, name=lambda made: str(made.__name__), width=3), type[Model])


@model_store(name="scaled", factor=2.0)
@store(name="plain", to_config=builds)
def scaled(model: Model, factor: float = 1.0) -> float:
    """Stand for a function that is stored."""
    return model.width * factor


@store
class Stored:
    """Stand for a class that is stored."""

    size: int = 1


assert_type(scaled(Model(), factor=3), float)
assert_type(Stored().size, int)


class MyStore(ZenStore):
    """Stand for a store of one's own."""


mine = MyStore("mine", deferred_to_config=False, overwrite_ok=True)
assert_type(mine(group="g"), MyStore)
assert_type(mine.copy() | store, MyStore)
assert_type(mine.copy_with_mapped_groups({None: "a", "b": None}), MyStore)
groups: list[str | None] = mine.groups
names: list[str] = [entry["name"] for entry in mine]
package: str | None = mine.get_entry("model", "scaled")["package"]


def wrongly_stored() -> None:
    """Hold what a type checker refuses: mypy tells an ignore that it does not need."""
    store(Model, name=3)  # type: ignore[call-overload]
    store(Model, "name")  # type: ignore[call-overload]
    store(group=3)  # type: ignore[call-overload]
    mine.merge({})  # type: ignore[arg-type]


def add_stored() -> bool:
    """Put the entries where Hydra finds them."""
    mine.update(store)
    mine.add_to_hydra_store(overwrite_ok=True)
    return ("model", "scaled") in mine and mine.has_enqueued()


# With the whole signature, a config's arguments are its target's.
FullConf = builds(Model, populate_full_signature=True)
assert_type(instantiate(FullConf(width=5)), Model)
assert_type(instantiate(FullConf(3, name="n")), Model)
FullConf(wdth=5)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
FullConf(width="a")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
OptConf = builds(Optimizer, populate_full_signature=True, hydra_convert="all", zen_meta={"m": 1})
OptConf(lr=0.1, betas=[0.1])
OptConf()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
full_train: float = instantiate(builds(train, populate_full_signature=True)(Model(), Optimizer(1)))


def takes_configs(
    model: type[Builds[type[Model]]],
    partial: type[PartialBuilds[type[Model]]],
    full: BuildsWithSig[type[Model], ...],
) -> tuple[Model, functools.partial[Model], Model]:
    """Name the types of configs in annotations."""
    return instantiate(model), instantiate(partial), instantiate(full)


takes_configs(builds(Model), builds(Model, zen_partial=True), FullConf(width=1))
takes_configs(builds(Model), builds(Model), FullConf())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


# Options, and functions with other defaults.
def twice(function: Any) -> Any:
    """Stand for a wrapper."""
    return function


Wrapped = builds(
    Model,
    zen_wrappers=[twice, None, "${wrapper}", builds(twice, zen_partial=True), just(twice)],
    zen_meta={"note": "x"},
    zen_exclude=["name", 0],
    zen_convert={"dataclass": False, "flat_target": True},
    zen_dataclass={"cls_name": "Wrapped", "module": __name__, "frozen": True},
    builds_bases=(ModelConf,),
)
assert_type(instantiate(Wrapped), Model)
assert_type(get_target(ModelConf), type[Model])
builds(Model, hydra_convert="most")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
builds(Model, zen_dataclass={"frosen": True})  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
full_builds = make_custom_builds_fn(populate_full_signature=True, hydra_convert="all")
assert_type(instantiate(full_builds(Model)(width=3)), Model)
full_builds(Model)(depth=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
partial_builds = make_custom_builds_fn(zen_partial=True, zen_wrappers=twice)
assert_type(instantiate(partial_builds(Model)), functools.partial[Model])
assert_type(instantiate(partial_builds(Model, zen_partial=False)), Model)
assert_type(instantiate(make_custom_builds_fn()(len, [1])), int)
TrainArguments = kwargs_of(train)
arguments: dict[str, Any] = instantiate(TrainArguments(Model(), Optimizer(0.1), steps=1))
TrainArguments(stps=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
rest = kwargs_of(train, zen_exclude=(0, 1))
rest(steps=3)
rest(model=Model())  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
instantiate(kwargs_of(train, zen_exclude=["steps"], model=Model())(optimizer=Optimizer(1)))
Fields = make_config(
    ZenField(int, name="seed"),
    lr=ZenField(float, 0.1),
    zen_dataclass={"cls_name": "Fields"},
    hydra_recursive=False,
    hydra_convert="partial",
)
seed: int = Fields(seed=1).seed


class MyBuilds(BuildsFn[CustomConfigType[Colour]]):
    """Know one more type."""

    @classmethod
    def _make_hydra_compatible(cls, value: Any, **options: Any) -> Any:
        if isinstance(value, Colour):
            return cls.builds(Colour, value.value)
        return super()._make_hydra_compatible(value, **options)


assert_type(instantiate(MyBuilds.builds(Model, name=Colour.RED)), Model)
assert_type(instantiate(MyBuilds.builds(Model, populate_full_signature=True)(width=1)), Model)
MyBuilds.make_config("a", b=1)
MyBuilds.kwargs_of(train)
MyBuilds.just(Colour.RED)


@hydrated_dataclass(Optimizer, frozen=True)
class SGD:
    """A config that is written as a dataclass."""

    lr: float
    betas: list[float] = mutable_value([0.9, 0.99])


lr: float = SGD(lr=0.1).lr
SGD(0.1).lr = 3  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
SGD(rate=0.1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
instantiate(SGD(0.1))
assert_type(zen_processing(_zen_target="builtins.dict", a=1), Any)


def told(config: Any) -> object:
    """Ask of what kind a config is."""
    if is_partial_builds(config):
        return instantiate(config)
    return uses_zen_processing(config)


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


def look_at_a_sweep() -> tuple[int, ...]:
    """Make tables of jobs, of a sweep, and of a directory."""
    jobs = hydra_multirun({"x": 1}, print, ["x=1,2"])
    aggregate_repeats(jobs, over=["seed"])
    to_xarray(load_sweep("out"), unpickle=False)
    assert_type(compare("out", load_sweep("out")).differs, bool)
    return len(to_dataframe(Path("out"), unpickle=True)), *to_dataframe(jobs[0]).shape


def pictures() -> list[str]:
    """Draw what came out."""
    jobs = hydra_multirun({"x": 1, "y": 1}, print, ["x=1,2", "y=1,2"])
    ax = plot.heatmap(jobs, "x", "y", ax=plot.value(jobs, "x", by="y"))
    ax.get_yscale().upper()  # of matplotlib what its own types know whole
    panels = plot.multiples(Path("out"), functools.partial(plot.curves, value="losses"), "x")
    panels["1"].get_title().upper()
    panels.figure.axes.clear()
    plot.history("out", direction="maximize", ax=plot.parallel(jobs, parameters=["x"]))
    return [title for title, figure in plot.overview(load_sweep("out")).items() if figure.axes]


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


class Search(SearchSweeper):
    """Draws by chance, in a class of a user's own."""

    def make_searcher(self, space: SearchSpace, directions: tuple[str, ...], seed: int) -> Search:
        """Give itself."""
        self.space, self.rng = space, random.Random(seed)
        return self

    def ask(self) -> Suggestion:
        """Draw."""
        return Suggestion(self.space.draw(self.rng), handle=1)

    def tell(self, result: TrialResult) -> None:
        """Learn nothing."""
        assert_type(result.value, float | None)


def found(result: SearchResult) -> list[TrialResult]:
    """Look at what a search has found."""
    assert_type(result.best, TrialResult | None)
    assert_type(result.best_job, JobReturn | None)
    assert_type(read_space(["x=1,2"]), SearchSpace)
    return result.pareto or result.trials
