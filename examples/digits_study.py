"""A small machine-learning study: which model reads handwritten digits best, and with which settings?

Four kinds of scikit-learn's models are the options of one config group. A grid runs each of them on three splits of the
data; a search then looks for better settings of the best one; and what it finds is tested once, on digits that neither has
seen. Prints the grid's and the search's tables and the result of the test, and saves a picture in digits_study.png. What
Hydra writes of each job is in digits_study/.

    pip install "zenrun-core[table]" "zenrun-sweepers[quasi]" scikit-learn matplotlib
    python digits_study.py
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from sklearn.base import ClassifierMixin
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from zenrun import (
    aggregate_repeats,
    builds,
    hydra_multirun,
    hydra_run,
    make_config,
    multirun,
    repeat,
    store,
    zen,
)

# The config group `model`: each option is a config of a classifier.
models = store(group="model")
models(builds(LogisticRegression, C=1.0, tol=1e-4, max_iter=1000), name="logistic")
models(builds(KNeighborsClassifier, n_neighbors=5, p=2.0), name="neighbours")
models(builds(RandomForestClassifier, 50, max_features=8, max_depth=20, random_state=0), name="forest")
models(builds(SVC, C=1.0, gamma=1.0), name="svm")

# Where the search looks, whichever of them the grid finds best.
SPACES = {
    "logistic": ["model.C=tag(log, interval(0.01, 100.0))", "model.tol=tag(log, interval(1e-6, 0.1))"],
    "neighbours": ["model.n_neighbors=range(1, 16)", "model.p=interval(1.0, 4.0)"],
    "forest": ["model.max_features=range(2, 33)", "model.max_depth=range(4, 25)"],
    "svm": ["model.C=tag(log, interval(0.1, 100.0))", "model.gamma=tag(log, interval(0.01, 10.0))"],
}

Config = make_config("model", seed=0, splits=1, hydra_defaults=["_self_", {"model": "svm"}])


def split(images: Any, labels: Any, seed: int) -> list[Any]:
    """Give the images to learn from and those to read, then the labels of both."""
    return list(train_test_split(images, labels, test_size=0.3, stratify=labels, random_state=seed))


IMAGES, UNSEEN, LABELS, UNSEEN_LABELS = split(*load_digits(return_X_y=True), seed=0)


@zen
def validate(model: ClassifierMixin, seed: int, splits: int) -> dict[str, float]:
    """Fit a model, and give the part of other digits that it reads rightly, over some splits."""
    found = []
    for number in range(seed, seed + splits):
        images, others, labels, other_labels = split(IMAGES / 16, LABELS, number)
        found.append(model.fit(images, labels).score(others, other_labels))
    return {"accuracy": float(np.mean(found))}


@zen
def examine(model: ClassifierMixin) -> list[int]:
    """Fit a model to all digits but the unseen ones, and give what it reads those as."""
    return [int(digit) for digit in model.fit(IMAGES / 16, LABELS).predict(UNSEEN / 16)]


def main() -> None:
    """Run the grid, the search and the test; print and draw what came out."""
    store.add_to_hydra_store()
    jobs = hydra_multirun(
        Config,
        validate,
        {
            "model": multirun(list(SPACES)),
            "seed": repeat(3),
            "hydra.sweep.dir": "digits_study/models",
        },
    )
    table = aggregate_repeats(jobs, over="seed")["accuracy"]
    best = table["mean"].idxmax()
    print(f"\n{table.round(4)}\n\nThe search is for settings of: {best}\n")

    search = hydra_multirun(
        Config,
        validate,
        [
            f"model={best}",
            *SPACES[best],
            "splits=3",
            "hydra/sweeper=quasi_random",
            "hydra.sweeper.n_trials=16",
            "hydra.sweeper.seed=0",
            "hydra.sweeper.objective=accuracy",
            "hydra.sweeper.direction=maximize",
            "hydra.sweep.dir=digits_study/search",
        ],
    )
    print(f"\n{search.trials}\n")

    exam = hydra_run(
        Config, examine, {"model": best, **search.best.params, "hydra.run.dir": "digits_study/exam"}
    )
    read = np.array(exam.return_value)
    right = np.mean(read == UNSEEN_LABELS)
    print(f"\nOf {len(read)} digits that nothing has seen before, it reads {right:.2%} rightly.")

    draw(jobs[0], best, search, read).savefig("digits_study.png", dpi=130)
    print("The picture is digits_study.png")


def draw(jobs: Any, best: str, search: Any, read: Any) -> Figure:
    """Draw the models side by side, the search, and the digits that the best one misreads."""
    figure = Figure(figsize=(11, 3.8), layout="constrained")
    compared, searched, misread = figure.subfigures(1, 3, width_ratios=(1.1, 1.4, 1.0))

    axes = compared.subplots()
    for row, name in enumerate(SPACES):
        found = [job.return_value["accuracy"] for job in jobs if f"model={name}" in job.overrides]
        axes.plot(found, [row] * len(found), "o", color="#0072B2", alpha=0.5)
        axes.plot(np.mean(found), row, "|", color="black", markersize=16, markeredgewidth=2)
    axes.set(title="Models: three splits, and their mean", xlabel="accuracy", ylim=(-0.5, len(SPACES) - 0.5))
    axes.set_yticks(range(len(SPACES)), SPACES)
    axes.grid(axis="x", alpha=0.3)

    axes = searched.subplots()
    x, y = search.best.params
    values = [[trial.params[key] for trial in search.trials] for key in (x, y)]
    shown = axes.scatter(*values, c=[trial.value for trial in search.trials], s=70, cmap="viridis")
    axes.plot(search.best.params[x], search.best.params[y], "o", ms=14, mfc="none", mec="#D55E00", mew=2)
    axes.set(title=f"Search: settings of {best}, the best ringed", xlabel=x, ylabel=y)
    for scale, override in zip((axes.set_xscale, axes.set_yscale), SPACES[best], strict=True):
        scale("log" if "log" in override else "linear")
    searched.colorbar(shown, ax=axes, label="accuracy")

    wrong = np.flatnonzero(read != UNSEEN_LABELS)[:9]
    grid = misread.subplots(3, 3)
    misread.suptitle("Test: misread digits", fontsize="large")
    for axes in grid.flat:
        axes.axis("off")
    for axes, place in zip(grid.flat, wrong, strict=False):
        axes.imshow(UNSEEN[place].reshape(8, 8), cmap="gray_r")
        axes.set_title(f"{UNSEEN_LABELS[place]} read as {read[place]}", fontsize="small")
    return figure


if __name__ == "__main__":
    main()
