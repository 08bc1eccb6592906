"""Search for the lowest point of a function by random draws, with zenrun and zenrun-sweepers.

Run it with ``python examples/random_search.py``. It writes what Hydra writes for a sweep to
``multirun/`` in the current folder.
"""

from __future__ import annotations

from hydra.core.config_store import ConfigStore
from omegaconf import DictConfig

from zenrun import builds, hydra_multirun
from zenrun_sweepers import RandomSearchSweeper


def square(x: float, y: float, z: float = 12) -> float:
    return (x - 2) ** 2 + (y + 3) ** 2 + abs(z)


def task_function(cfg: DictConfig) -> float:
    return square(cfg.x, cfg.y)


def main() -> None:
    # The sweeper's config, found by its name as any of Hydra's own.
    sweeper = builds(RandomSearchSweeper, optim={"max_iter": 10, "seed": 3})
    ConfigStore.instance().store(group="hydra/sweeper", name="test_sweeper", node=sweeper)

    best, solutions = hydra_multirun(
        {"x": 1, "y": 12},
        task_function,
        overrides=[
            "hydra/sweeper=test_sweeper",
            "x=interval(-12, 12)",
            "y=interval(-12, 12)",
        ],
    )

    print(f"\n{'job':>3}  {'x':>8}  {'y':>8}  {'score':>8}")
    for number, solution in enumerate(solutions):
        mark = "  <- best" if solution == best["best_evaluated_params"] else ""
        score = square(**solution)
        print(f"{number:>3}  {solution['x']:>8.3f}  {solution['y']:>8.3f}  {score:>8.3f}{mark}")


if __name__ == "__main__":
    main()
