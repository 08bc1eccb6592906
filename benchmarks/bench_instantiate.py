"""What instantiating costs: zenrun beside the installed Hydra, in one process on the same configs.

The targets do nothing but keep their arguments. The two sides take turns, and the medians of several
rounds are compared, as ratios.

    python3 noxfile.py -s bench
    python benchmarks/bench_instantiate.py --rounds 15
"""

from __future__ import annotations

import argparse
import gc
import statistics
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, make_dataclass
from typing import Any

import hydra
import hydra.utils
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


def seconds(function: Callable[[Any], Any], config: Any, calls: int = 5) -> float:
    """Time one call, as the mean of several: the processor's time, as other programs run too.

    What was left behind before is cleared away, so that neither side pays for the other, and
    one call goes before, so that neither starts cold.
    """
    gc.collect()
    function(config)
    start = time.process_time()
    for _ in range(calls):
        function(config)
    return (time.process_time() - start) / calls


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    warnings.simplefilter("ignore")  # what 1.4 says of whitelists is said on both sides

    print(f"hydra {hydra.__version__}")
    print(f"{'config':<36} {'hydra ms':>10} {'zenrun ms':>10} {'hydra / zenrun':>15}")
    for name, config in configs().items():
        taken: dict[Callable[[Any], Any], list[float]] = {hydra.utils.instantiate: []}
        taken[instantiate] = []
        for function in taken:
            function(config)
        for _ in range(given.rounds):
            for function, times in taken.items():
                times.append(1000 * seconds(function, config))
        theirs, ours = (statistics.median(times) for times in taken.values())
        print(f"{name:<36} {theirs:>10.2f} {ours:>10.3f} {theirs / ours:>15.1f}")


if __name__ == "__main__":
    main()
