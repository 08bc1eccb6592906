"""A small machine-learning study: which model reads handwritten digits best, and with which settings?

Four kinds of scikit-learn's models are the options of one config group. A grid runs each of them on three splits of the
data; a search then looks for better settings of the best one; and what it finds is tested once, on digits that neither has
seen. Prints the grid's and the search's tables and the result of the test; saves a picture in digits_study.png, and a
report of the search, to look through in a browser, in digits_study.html. What Hydra writes of each job is in digits_study/.

    pip install "zenrun-core[plot,table]" "zenrun-sweepers[quasi]" scikit-learn
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
    plot,
    repeat,
    report,
    store,
    zen,
)

# The config group `model`: each option is a config of a classifier.
models = store(group="model")
models(builds(LogisticRegression, C=1.0, tol=1e-4, solver="newton-cg"), name="logistic")
models(builds(KNeighborsClassifier, n_neighbors=5, p=2), name="neighbours")
models(
    builds(RandomForestClassifier, 50, max_features=8, max_depth=20, random_state=0), name="forest"
)
models(builds(SVC, C=1.0, gamma=0.3), name="svm")

# Where the search looks, whichever of them the grid finds best.
SPACES = {
    "logistic": [
        "model.C=tag(log, interval(0.01, 100.0))",
        "model.tol=tag(log, interval(1e-6, 0.1))",
    ],
    "neighbours": ["model.n_neighbors=range(1, 16)", "model.p=1,2"],
    "forest": ["model.max_features=range(2, 33)", "model.max_depth=range(4, 25)"],
    "svm": ["model.gamma=tag(log, interval(0.01, 3.0))", "model.C=tag(log, interval(0.3, 100.0))"],
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
            "splits=2",
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

    draw(jobs, search, read).savefig("digits_study.png", dpi=130)
    page = report("digits_study/search", "digits_study.html", title="Handwritten digits")
    print(f"The picture is digits_study.png, and all about the search is in {page.name}")


def draw(jobs: Any, search: Any, read: Any) -> Figure:
    """Draw the models side by side, the search, and the digits that the best model misreads."""
    figure = Figure(figsize=(13, 4), layout="constrained")
    models, settings, misread = figure.subfigures(1, 3, width_ratios=(1, 1.2, 0.8))
    plot.value(jobs, "model", value="accuracy", ax=models.subplots())
    models.suptitle("Which model?")
    first, second = search.best.params
    plot.value(search, first, by=second, ax=settings.subplots())
    settings.suptitle("Which settings of the best?")
    wrong = np.flatnonzero(read != UNSEEN_LABELS)[:6]
    misread.suptitle("What it still misreads")
    grid = misread.subplots((len(wrong) + 1) // 2 or 1, 2, squeeze=False)
    for place, axes in zip(wrong, grid.flat, strict=False):
        axes.imshow(UNSEEN[place].reshape(8, 8), cmap="gray_r")
        axes.set_title(f"{UNSEEN_LABELS[place]} read as {read[place]}", fontsize="medium")
    for axes in misread.axes:
        axes.axis("off")
    return figure


if __name__ == "__main__":
    main()
