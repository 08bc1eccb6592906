"""What each further job of a sweep costs: zenrun beside hydra-zen's launch and Hydra's command line.

The task does nothing. The seconds of a call with one job are taken off those of a call with many,
so that starting Hydra, which every call does once, is not counted: `bench_run.py` has that. The slow
sides run fewer jobs, which is said in the table; what is compared is the cost of one job.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count

from _configs import Case, full_store, large, many_options, small, typical, without_group
from _files import files_alone, files_of_a_job
from _measure import Plan, alternate, slope
from _sides import HYDRA, LAUNCH, ZENRUN, Side, Task, nothing, reading, sweep_seconds, sweeps
from _table import Row, compared, main

TARGETS = {LAUNCH: (1 / 100, 1 / 300), HYDRA: (1.0,)}
FLAT = (1.25,)  # what noise may make of a cost that is the same


def rows(plan: Plan) -> list[Row]:
    """Give the rows of the table."""
    found = []
    for case in (small(), typical(), large()):
        found += by_size(case, plan)
    return [*found, *files(plan), *reading_task(plan), *group_sweep(plan), *full(plan)]


@dataclass(frozen=True)
class Figures:
    """Seconds per job: zenrun's at several sizes, the slow sides' at one."""

    taken: dict[str, list[float]]
    sizes: dict[int, str]  # zenrun's names in `taken`
    slow: dict[str, int]  # how many jobs the other sides ran


def by_size(case: Case, plan: Plan) -> list[Row]:
    """Compare at each number of jobs, and zenrun with itself: is the cost flat?"""
    figures = measured(case, nothing, plan, plan.sizes)
    what = f"a job of a sweep, {case.name} config"
    found = []
    for size, ours in figures.sizes.items():
        found += beside_each(f"{what}, {size:,} jobs", figures, ours, counts=case.name != "large")
    base = 100 if 100 in figures.sizes else min(figures.sizes)
    for size, ours in figures.sizes.items():
        if size > base:
            found.append(
                compared(
                    f"flat? {what}, {size:,} jobs",
                    figures.taken,
                    figures.sizes[base],
                    ours=ours,
                    beside=f"zenrun, {base:,} jobs",
                    targets=FLAT,
                )
            )
    left_out = [f"{size:,}" for size in plan.sizes if size not in figures.sizes]
    if left_out:
        last = figures.taken[figures.sizes[max(figures.sizes)]]
        note = f"more than {plan.seconds_at_most:g} s, not measured; the figure is of fewer"
        found.append(Row(f"{what}, {' and '.join(left_out)} jobs", max(last), "ms", note=note))
    return found


def beside_each(what: str, figures: Figures, ours: str, *, counts: bool = True) -> list[Row]:
    """Make a row for each other side, or one where there is none."""
    return [
        compared(
            what,
            figures.taken,
            other,
            ours=ours,
            beside=f"{other}, {jobs} jobs",
            targets=TARGETS.get(other, ()) if counts or other == HYDRA else (),
        )
        for other, jobs in (figures.slow or {"": 0}).items()
    ]


def measured(case: Case, task: Task, plan: Plan, sizes: tuple[int, ...]) -> Figures:
    """Measure zenrun at sizes and the other sides at one, in turns.

    Args:
        case: The config and its sweep.
        task: What each job calls.
        plan: How much is measured.
        sizes: The numbers of zenrun's jobs; what would take too long is left out.

    Returns:
        The figures.
    """
    turns: dict[str, Callable[[], float]] = {}
    figures = Figures({}, {}, {})
    for name, side in sweeps(others=plan.others).items():
        seconds = partial(sweep_seconds, side, case, task)
        seconds(1)  # imports, plugins, caches
        guess = seconds(2) / 2
        if name == ZENRUN:
            guess = guess if len(sizes) == 1 else slope(seconds, 4)
            for size in sizes:
                if size == min(sizes) or guess * size <= plan.seconds_at_most:
                    figures.sizes[size] = f"{name} {size}"
                    times = often(guess * size)
                    turns[figures.sizes[size]] = partial(slope, seconds, size, times=times)
        else:
            fitting = round(plan.seconds_at_most / 3 / guess)
            figures.slow[name] = max(3, min(plan.slow_jobs, fitting))
            turns[name] = partial(slope, seconds, figures.slow[name])
    figures.taken.update(alternate(turns, plan.rounds))
    return figures


def files(plan: Plan) -> list[Row]:
    """Compare with what the files of a job cost alone: nothing can be below that."""
    side, case = sweeps(others=False)[ZENRUN], typical()
    seconds = partial(sweep_seconds, side, case, nothing)
    size, times = middle(plan, seconds)
    turns = {
        ZENRUN: partial(slope, seconds, size, times=times),
        "files": partial(files_alone, files_of_a_job(side, case)),
    }
    what = f"a job of a sweep, typical config, {size:,} jobs"
    return [compared(what, alternate(turns, plan.rounds), "files", beside="its files alone")]


def reading_task(plan: Plan) -> list[Row]:
    """Compare where the task reads its config, which may only be made when it is read."""
    size, _ = middle(plan, partial(sweep_seconds, sweeps(others=False)[ZENRUN], typical(), reading))
    figures = measured(typical(), reading, plan, (size,))
    what = f"a job of a sweep, typical config, its ten top values read by the task, {size:,} jobs"
    return beside_each(what, figures, figures.sizes[size])


def group_sweep(plan: Plan) -> list[Row]:
    """Compare sweeps over a group's options: never seen before, and each seen before."""
    sides = main_sides(plan)
    number = count()
    options = plan.options
    known = many_options("known", options)
    new: dict[str, Callable[[], float]] = {}
    again: dict[str, Callable[[], float]] = {}
    jobs: dict[str, int] = {}
    for name, side in sides.items():
        seconds = partial(sweep_seconds, side, known, nothing)
        taken = seconds(options)
        times = max(1, min(25, int(plan.seconds_at_most / 3 / taken))) if name == ZENRUN else 1
        jobs[name] = times * options
        new[name] = partial(_new_options, side, number, options)
        again[name] = partial(slope, seconds, 2 * jobs[name], base=jobs[name])
    rounds = max(1, plan.rounds // 2)
    what = f"a job of a sweep over a group's {options} options"
    beside = f"{LAUNCH}, jobs {options + 1} to {2 * options}"
    ours = f"jobs {jobs[ZENRUN] + 1:,} to {2 * jobs[ZENRUN]:,}"
    return [
        compared(f"{what}, each new", alternate(new, rounds), LAUNCH, note=f"{options} jobs"),
        compared(
            f"{what}, each seen before, {ours}",
            alternate(again, rounds),
            LAUNCH,
            beside=beside,
            targets=TARGETS[LAUNCH],
        ),
    ]


def _new_options(side: Side, number: count[int], options: int) -> float:
    """Give the seconds per option of a group that nobody has seen."""
    group = f"new_{next(number)}"
    with without_group(group):
        case = many_options(group, options)
        start = sweep_seconds(side, typical(), nothing, 1)
        return max(sweep_seconds(side, case, nothing, options) - start, 1e-9) / options


def full(plan: Plan) -> list[Row]:
    """Compare with a thousand more configs in the ConfigStore, which Hydra copies for each job."""
    sides = main_sides(plan)
    few = partial(sweep_seconds, sides[ZENRUN], typical(), nothing)
    size, times = middle(plan, few)
    sizes = {ZENRUN: (size, times), LAUNCH: (max(3, plan.slow_jobs // 5), 1)}

    def among_many(name: str, side: Side) -> float:
        jobs, often_enough = sizes[name]
        with full_store(plan.stored):
            seconds = partial(sweep_seconds, side, typical(), nothing)
            return slope(seconds, jobs, times=often_enough)

    turns = {name: partial(among_many, name, side) for name, side in sides.items()}
    turns["few"] = partial(slope, few, size, times=times)
    figures = alternate(turns, max(1, plan.rounds // 2))
    what = f"a job of a sweep, typical config, {plan.stored:,} configs more in the ConfigStore, {size:,} jobs"
    beside = f"{LAUNCH}, {sizes[LAUNCH][0]} jobs"
    return [
        compared(what, figures, LAUNCH, beside=beside, targets=TARGETS[LAUNCH]),
        compared(f"flat? {what}", figures, "few", beside="zenrun without them", targets=FLAT),
    ]


def middle(plan: Plan, seconds: Callable[[int], float]) -> tuple[int, int]:
    """Give the size at which zenrun is measured where one is enough, and how often."""
    seconds(1)  # imports, plugins, caches
    guess = seconds(2) / 2
    sizes = [size for size in plan.sizes if size <= 100]
    size = max([size for size in sizes if guess * size <= plan.seconds_at_most] or [min(sizes)])
    return size, often(guess * size)


def often(seconds: float) -> int:
    """Give how often a call is measured in one turn: short ones are noisy."""
    return max(1, min(7, round(0.5 / seconds)))


def main_sides(plan: Plan) -> dict[str, Side]:
    """Give zenrun's side and that of launch, where it is installed."""
    sides = sweeps(others=plan.others)
    return {name: side for name, side in sides.items() if name in {ZENRUN, LAUNCH}}


if __name__ == "__main__":
    main(rows)
