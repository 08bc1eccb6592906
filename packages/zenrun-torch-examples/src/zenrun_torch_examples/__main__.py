"""``python -m zenrun_torch_examples``: descend under several optimizers, tell and draw how.

Arguments are overrides in Hydra's grammar. Without one that chooses optimizers the sweep is
``+optim=sgd,adam``; ``'+optim=glob(*)'`` takes every optimizer there is.
"""

# ruff: noqa: T201 - a program prints

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from hydra.errors import HydraException

from zenrun import hydra_multirun, instantiate
from zenrun.errors import ZenrunError
from zenrun_torch_examples.configs import ConfigGradDesc
from zenrun_torch_examples.optimizers import store_optimizers
from zenrun_torch_examples.plot import plot_trajectories

PICTURE = "trajectories.png"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the sweep, print its table, save its picture.

    Args:
        arguments: Overrides; None takes the program's own arguments.

    Returns:
        The exit status: 0, 1 where matplotlib is missing or cannot draw, 2 where a job fails.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    chosen = any(item.lstrip("+").startswith("optim=") for item in given)
    store_optimizers()
    try:
        batches = hydra_multirun(
            ConfigGradDesc, instantiate, given if chosen else ["+optim=sgd,adam", *given]
        )
    except (ZenrunError, HydraException) as error:
        print(error, file=sys.stderr)
        return 2
    jobs = [job for batch in batches for job in batch]
    trajectories = dict(zip(_labels(jobs), (job.return_value for job in jobs), strict=True))
    surface = instantiate(jobs[0].cfg.landscape_fn)
    _print_table(trajectories, surface)
    try:
        figure: Any = plot_trajectories(trajectories, surface).figure
        figure.savefig(PICTURE, dpi=150, bbox_inches="tight")
    except ZenrunError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The picture is {PICTURE}")
    return 0


def _labels(jobs: Sequence[Any]) -> list[str]:
    """Name each job by its own overrides, those that it does not share with all the others."""
    overrides = [list(job.overrides) for job in jobs]
    shared = set.intersection(*map(set, overrides)) if len(jobs) > 1 else set()
    labels = [
        ", ".join(item.lstrip("+").removeprefix("optim=") for item in own if item not in shared)
        for own in overrides
    ]
    if len(set(labels)) == len(labels):
        return labels
    return [f"{label} #{number}".lstrip() for number, label in enumerate(labels)]


def _print_table(trajectories: dict[str, Any], surface: Any) -> None:
    width = max(len("job"), *map(len, trajectories))
    print(f"\n{'job':<{width}}  {'steps':>6}  {'x':>10}  {'y':>10}  {'height':>10}")
    for label, path in trajectories.items():
        x, y = map(float, path[-1])
        print(
            f"{label:<{width}}  {len(path) - 1:>6}  {x:>10.3g}  {y:>10.3g}  {surface(x, y):>10.3g}"
        )


if __name__ == "__main__":
    sys.exit(main())
