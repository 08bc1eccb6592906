"""What instantiating costs: zenrun beside the installed Hydra, in one process on the same configs.

The targets do nothing but keep their arguments. The two sides take turns, and the medians of several
rounds are compared, as ratios.

    python3 noxfile.py -s bench -- bench_instantiate
"""

from __future__ import annotations

import functools
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, make_dataclass
from typing import Any

import hydra
import hydra.utils
from _measure import Plan, alternate
from _table import Row, compared, main
from omegaconf import OmegaConf

from zenrun import builds, instantiate

NESTED = 50


class Layer:
    """A target."""

    def __init__(self, x: Any = None, y: float = 0.0, z: str = "", **rest: Any) -> None:
        self.given = (x, y, z, rest)


@dataclass
class LayerConfig:
    """A config of it written by hand."""

    _target_: str = f"{__name__}.Layer"
    x: Any = 1
    y: float = 2.0
    z: str = "text"


def layer(**items: Any) -> dict[str, Any]:
    """Give a dict that is a config of a target."""
    return {"_target_": f"{__name__}.Layer", "x": 1, "y": 2.0, "z": "text", **items}


def layers() -> dict[str, Any]:
    """Give many of them by name."""
    return {f"layer{index}": layer() for index in range(NESTED)}


def chain() -> dict[str, Any]:
    """Give many of them, each in the one before."""
    made = layer()
    for _ in range(NESTED - 1):
        made = layer(x=made)
    return made


def configs() -> dict[str, Any]:
    """Give the configs by what they are called in the table."""
    by_name = layers()
    fields = [(name, LayerConfig, field(default_factory=LayerConfig)) for name in by_name]
    in_one = make_dataclass("InOne", [("_target_", str, f"{__name__}.Layer"), *fields])
    without = make_dataclass("Without", fields)
    whole = {"lr": 0.5, "node": {name: layer(y="${lr}") for name in by_name}}
    whole["node"]["_target_"] = f"{__name__}.Layer"
    made = builds(Layer, **{name: builds(Layer, x=1, y=2.0, z="text") for name in by_name})
    plain = {
        "one target": layer(),
        "50 in a target": layer(**by_name),
        "50 in a list": layer(x=list(by_name.values())),
        "50 in a list, all": layer(x=list(by_name.values()), _convert_="all"),
        "50 in each other": chain(),
        "50 without a target": by_name,
    }
    return {
        **{f"DictConfig: {name}": OmegaConf.create(item) for name, item in plain.items()},
        "DictConfig: 50 with interpolations": OmegaConf.create(whole).node,
        **{f"dict: {name}": item for name, item in plain.items()},
        "dataclass: one target": LayerConfig(),
        "dataclass: 50 in a target": in_one(),
        "dataclass: 50 without a target": without(),
        "builds: 50 in a target": made,
    }


# The issue's own cases; the others show where the time goes.
COUNTED = ("DictConfig: 50 in a target", "dataclass: 50 in a target", "dict: 50 in a target")
NEXT_HYDRA = hydra.__version__.startswith("1.4")


def seconds(function: Callable[[Any], Any], config: Any, calls: int) -> float:
    """Time one call, as the mean of several: the processor's time, as other programs run too.

    One call goes before, so that neither side starts cold.
    """
    function(config)
    start = time.process_time()
    for _ in range(calls):
        function(config)
    return (time.process_time() - start) / calls


def rows(plan: Plan) -> list[Row]:
    """Give the rows of the table."""
    warnings.simplefilter("ignore")  # what 1.4 says of whitelists is said on both sides
    other = "hydra.utils.instantiate"
    found = []
    for name, config in configs().items():
        sides = {"zenrun": functools.partial(seconds, instantiate, config, 20)}
        if plan.others:
            sides[other] = functools.partial(seconds, hydra.utils.instantiate, config, 3)
        taken = alternate(sides, plan.rounds)
        targets = (1.0,) if NEXT_HYDRA else (1 / 50,)
        row = compared(
            f"instantiate, {name}", taken, other, targets=targets if name in COUNTED else ()
        )
        found.append(row)
    return found


if __name__ == "__main__":
    main(rows)
