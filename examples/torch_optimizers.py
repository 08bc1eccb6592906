"""Compare torch's optimizers in one sweep: a table, and a picture in torch_optimizers.png.

Needs zenrun-torch-examples[plot]. Run it in any folder:

    python torch_optimizers.py
"""

from __future__ import annotations

from zenrun import hydra_multirun, instantiate, multirun
from zenrun_torch_examples import ConfigGradDesc, paraboloid, plot_trajectories, store_optimizers

OPTIMIZERS = ["sgd", "adam", "nadam", "rprop", "rmsprop"]
PICTURE = "torch_optimizers.png"


def main() -> None:
    # The options of the config group `optim`; a job chooses one of them by its name.
    store_optimizers()
    (jobs,) = hydra_multirun(
        ConfigGradDesc, task_function=instantiate, overrides={"+optim": multirun(OPTIMIZERS)}
    )
    # Each job's return value is what gradient_descent gave: its points, of shape (21, 2).
    trajectories = dict(zip(OPTIMIZERS, (job.return_value for job in jobs), strict=True))

    print("\noptimizer         x         y    height")
    for name, path in trajectories.items():
        x, y = map(float, path[-1])
        print(f"{name:<9} {x:>9.4f} {y:>9.4f} {paraboloid(x, y):>9.6f}")

    ax = plot_trajectories(trajectories, paraboloid, title="20 steps down a paraboloid")
    ax.figure.savefig(PICTURE, dpi=150, bbox_inches="tight")
    print(f"The picture is {PICTURE}")


if __name__ == "__main__":
    main()
