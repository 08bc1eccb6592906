"""Torch's optimizers side by side: where does each of them go, and how soon is it down?

Six descents of Himmelblau's surface, which has four minima, in one sweep: an optimizer of torch's each, as options of a config
group. Prints where each one ends, and draws their paths on the surface, beside the heights on the way, in
torch_optimizers.png.

    pip install "zenrun-torch-examples[plot]"
    python torch_optimizers.py
"""

from __future__ import annotations

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt

from zenrun import builds, grids, hydra_multirun, instantiate, multirun
from zenrun_torch_examples import gradient_descent, himmelblau, plot_trajectories, store_optimizers

Descent = builds(
    gradient_descent,
    optim=None,  # chosen by an override
    landscape_fn=himmelblau,
    starting_xy=(-4.5, 0.3),
    num_steps=40,
)

ADAPTIVE = ["adam", "nadam", "rmsprop", "rprop"]


def main() -> None:
    # The options of the config group `optim`; a job chooses one of them by its name.
    store_optimizers()
    (jobs,) = hydra_multirun(
        Descent,
        instantiate,
        grids(
            {"+optim": "sgd", "optim.lr": 0.01},  # the surface is steep: 0.3 would fly off
            {"+optim": "sgd", "optim.lr": 0.003, "optim.momentum": 0.9},
            {"+optim": multirun(ADAPTIVE)},
        ),
    )
    # Each job's return value is what gradient_descent gave: its points, of shape (41, 2).
    names = ["sgd", "sgd, momentum", *ADAPTIVE]
    paths = dict(zip(names, (job.return_value for job in jobs), strict=True))

    print("\noptimizer              x         y      height")
    for name, path in paths.items():
        x, y = map(float, path[-1])
        print(f"{name:<14} {x:>9.4f} {y:>9.4f} {himmelblau(x, y):>11.2g}")

    figure, (surface, heights) = plt.subplots(
        1, 2, figsize=(11, 5), width_ratios=(1.4, 1), layout="constrained"
    )
    plot_trajectories(paths, himmelblau, ax=surface, title="Where they go")
    for line in surface.get_lines():  # in the colours that they have there
        path = paths[str(line.get_label())].astype(float)
        style = {"color": line.get_color(), "linestyle": line.get_linestyle()}
        heights.semilogy(himmelblau(*path.T), **style)
    heights.set(title="How soon they are down", xlabel="step", ylabel="height", ylim=(1e-7, 1e3))
    heights.grid(alpha=0.3)
    figure.savefig("torch_optimizers.png", dpi=120)
    print("The picture is torch_optimizers.png")


if __name__ == "__main__":
    main()
