"""A random search that was stopped goes on, and gives what it would have given."""

from __future__ import annotations

from pathlib import Path

import pytest

from zenrun import hydra_multirun, load_sweep

SEARCH = [
    "hydra/sweeper=random_search",
    "hydra.sweeper.optim.max_iter=6",
    "hydra.sweep.dir=search",
    "x=interval(-1, 1)",
]


def task(cfg):
    with Path("runs.txt").open("a") as file:
        file.write(f"{cfg.x}\n")
    if len(Path("runs.txt").read_text().split()) == 4 and Path("stop").exists():
        raise KeyboardInterrupt
    return cfg.x**2


@pytest.mark.parametrize("seed", [(), ("hydra.sweeper.optim.seed=7",)])
def test_search_that_was_stopped_goes_on_where_it_stopped(seed):
    """With a seed and without: finished jobs do not run again, and the draws are those of one search."""
    Path("stop").touch()
    with pytest.raises(KeyboardInterrupt) as stopped:
        hydra_multirun({"x": 0.0}, task, [*SEARCH, *seed])
    Path("stop").unlink()
    before = [job.cfg.x for job in stopped.value.finished_jobs]

    best, draws = hydra_multirun({"x": 0.0}, task, [*SEARCH, *seed], resume="search")

    ran = [float(line) for line in Path("runs.txt").read_text().split()]
    assert before == ran[:3]
    assert ran[3] == ran[4]  # the job that was stopped
    assert [draw["x"] for draw in draws] == [*ran[:3], *ran[4:]]
    assert best["best_evaluated_result"] == min(x**2 for x in ran)
    assert [job.return_value for job in load_sweep("search")] == [draw["x"] ** 2 for draw in draws]
