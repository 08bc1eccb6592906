"""A sweep from Python: which learning rate and momentum bring gradient descent home soonest?

Runs 20 jobs with Hydra, prints their results as a table, and saves them as first_sweep.png
in the folder that it is started in. Each job's config, overrides and log are in multirun/.

    pip install zenrun-core matplotlib
    python first_sweep.py
"""

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt

from zenrun import builds, hydra_multirun, instantiate, multirun

RATES = [0.03, 0.1, 0.3, 1.0, 2.0]
MOMENTA = [0.0, 0.5, 0.8, 0.9]


def descend(rate: float, momentum: float, start: tuple[float, float], steps: int) -> list[float]:
    """Go down the bowl 0.1 x² + 0.2 y² and give its height after each step."""
    (x, y), (vx, vy), heights = start, (0.0, 0.0), []
    for _ in range(steps):
        vx, vy = momentum * vx - rate * 0.2 * x, momentum * vy - rate * 0.4 * y
        x, y = x + vx, y + vy
        heights.append(0.1 * x**2 + 0.2 * y**2)
    return heights


Descend = builds(descend, rate=0.1, momentum=0.0, start=(-1.5, 0.5), steps=40)


def main() -> None:
    """Run the sweep, print its table and draw its picture."""
    (jobs,) = hydra_multirun(
        Descend, instantiate, {"rate": multirun(RATES), "momentum": multirun(MOMENTA)}
    )
    heights = {(job.cfg.rate, job.cfg.momentum): job.return_value for job in jobs}

    print("\nHeight after 40 steps")
    print("rate \\ momentum " + "".join(f"{momentum:>10}" for momentum in MOMENTA))
    for rate in RATES:
        row = "".join(f"{heights[rate, momentum][-1]:>10.1e}" for momentum in MOMENTA)
        print(f"{rate:>15} {row}")
    (rate, momentum), best = min(heights.items(), key=lambda item: item[1][-1])
    print(f"Lowest: rate={rate}, momentum={momentum}: {best[-1]:.1e}")

    figure, axes = plt.subplots(
        1, len(MOMENTA), figsize=(11, 3.4), sharey=True, layout="constrained"
    )
    colours = plt.get_cmap("viridis")
    for axis, momentum in zip(axes, MOMENTA, strict=True):
        for place, rate in enumerate(RATES):
            colour = colours(place / len(RATES))
            axis.semilogy(heights[rate, momentum], color=colour, label=f"rate {rate}")
        axis.set(title=f"momentum {momentum}", xlabel="step", ylim=(1e-15, 3))
        axis.grid(visible=True, alpha=0.3)
    axes[0].set_ylabel("height above the minimum")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside right upper", frameon=False)
    figure.suptitle("20 jobs of one hydra_multirun: gradient descent on 0.1 x² + 0.2 y²")
    figure.savefig("first_sweep.png", dpi=130)
    print("Picture: first_sweep.png")


if __name__ == "__main__":
    main()
