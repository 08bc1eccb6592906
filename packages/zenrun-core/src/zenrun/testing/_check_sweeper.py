"""What every search promises, as checks that anybody's sweeper can be put to.

This module must not know any sweeper.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from zenrun.testing._searches import KINDS, Searches, Task, TaskError, searches

Check = Callable[[Searches, int], None]


def check_sweeper(
    make: Callable[..., Any],
    check: str | None = None,
    *,
    kinds: Collection[str] = tuple(KINDS),
    n_trials: int = 6,
) -> None:
    """Check that a sweeper does what every search promises.

    The checks are: the same seed gives the same search; a fixed batch does so with jobs beside each other,
    too; no more jobs run than were asked for; each is asked for the moment a place is free; failed jobs
    are told and passed over; a search that was stopped goes on where it stopped; every kind of dimension
    gets values that it has; the best is what the direction says; and a target ends the search.

    They run small searches in a folder of their own, and leave everything global as it was.

    Args:
        make: The sweeper's class; or a function that makes its config from the settings ``n_trials``,
            ``seed``, ``batch_size``, ``direction``, ``target``, ``max_failure_rate`` and ``when``.
        check: One of `SWEEPER_CHECKS`; None is all of them.
        kinds: The kinds of dimensions that the sweeper takes, of "float", "int", "log", "choice", "range",
            "group" and "condition"; "float" has to be among them.
        n_trials: How many jobs a search of a check has, at least 4.

    Raises:
        AssertionError: The sweeper does not keep a promise; the message says which.
        ValueError: There is no such check or kind.

    Example:
        >>> import pytest
        >>> from zenrun.testing import SWEEPER_CHECKS, check_sweeper
        >>> @pytest.mark.parametrize("check", SWEEPER_CHECKS)
        ... def test_my_sweeper(check):
        ...     check_sweeper(MySweeper, check)
    """
    wanted = list(SWEEPER_CHECKS) if check is None else [check]
    for name in wanted:
        _known("check", name, SWEEPER_CHECKS)
    for kind in kinds:
        _known("kind of dimension", kind, KINDS)
    ordered = tuple(kind for kind in KINDS if kind in kinds)
    if "float" not in ordered or n_trials < 4:
        msg = 'A check needs the kind "float", and n_trials of at least 4'
        raise ValueError(msg)
    for name in wanted:
        with searches(make, ordered) as place:
            SWEEPER_CHECKS[name](place, n_trials)


def _known(what: str, name: str, names: Collection[str]) -> None:
    if name not in names:
        msg = f"There is no {what} {name!r}. There are {', '.join(names)}"
        raise ValueError(msg)


def _hold(holds: object, msg: str) -> None:
    if not holds:
        raise AssertionError(msg)


def _same_seed(place: Searches, n_trials: int) -> None:
    settings = {"n_trials": n_trials, "seed": 3}
    first, second = (place.run(Task(), settings, every_kind=True) for _ in range(2))
    _hold(first == second, f"the same seed gave {first} and then {second}")


def _fixed_batch(place: Searches, n_trials: int) -> None:
    settings = {"n_trials": n_trials, "seed": 3, "batch_size": 3}
    alone = place.run(Task(), settings)
    with ThreadPoolExecutor(3) as threads:
        beside = place.run(Task(), settings, executor=threads)
    _hold(alone == beside, f"a batch of 3 gave {alone} one by one, and {beside} on three threads")


def _places(place: Searches, n_trials: int) -> None:
    task = Task()
    with ThreadPoolExecutor(2) as threads:
        tried = place.run(task, {"n_trials": n_trials, "seed": 3}, executor=threads)
    _hold(len(tried) == len(task.runs), f"{len(task.runs)} jobs ran, and {len(tried)} were told")


def _number(place: Searches, n_trials: int) -> None:
    for number in (n_trials, 1, 0):
        task = Task()
        tried = place.run(task, {"n_trials": number, "seed": 3})
        _hold(
            task.runs == list(range(number)) and len(tried) == number,
            f"with n_trials={number} the jobs {task.runs} ran, and {len(tried)} were told",
        )


def _failures(place: Searches, n_trials: int) -> None:
    task = Task(fails=frozenset({1}))
    tried = place.run(task, {"n_trials": n_trials, "seed": 3, "max_failure_rate": 0.5})
    told = [item.get("status", "COMPLETED") for item in tried]
    wanted = ["COMPLETED", "FAILED", *["COMPLETED"] * (n_trials - 2)]
    _hold(
        told == wanted, f"where one job failed, and half of them may, the jobs were told as {told}"
    )
    try:
        place.run(Task(fails=frozenset({2})), {"n_trials": n_trials, "seed": 3})
    except TaskError:
        count = len(place.saved())
        _hold(count == 2, f"2 jobs had finished before one failed, and {count} are in the results")
    else:
        msg = "a job failed, none may, and the search did not raise its error"
        raise AssertionError(msg)


def _resume(place: Searches, n_trials: int) -> None:
    settings = {"n_trials": n_trials, "seed": 3}
    whole = place.run(Task(), settings)
    stopped = Task(stops=2)
    with contextlib.suppress(KeyboardInterrupt):
        place.run(stopped, settings)
    task = Task()
    resumed = place.run(task, settings, resume=str(place.folder))
    _hold(task.runs == list(range(2, n_trials)), f"after 2 of {n_trials} jobs, {task.runs} ran")
    _hold(resumed == whole, f"a search that went on gave {resumed}, and one that did not {whole}")


def _kinds(place: Searches, n_trials: int) -> None:
    task = Task()
    tried = place.run(task, {"n_trials": 2 * n_trials, "seed": 3}, every_kind=True)
    for number, item in enumerate(tried):
        _check_values(item["params"], task.seen[number], number)


def _check_values(params: dict[str, Any], seen: dict[str, Any], number: int) -> None:
    for key, value in params.items():
        found: Any = seen
        for name in key.lstrip("+").split("."):
            found = found.get(name)
        found = found["name"] if key == "+optim" else found
        _hold(
            found == value and _IS_OF[key](value),
            f"job {number} was to have {value!r} as {key}, and its config had {found!r}",
        )
    optim, has = params.get("+optim"), "+optim.momentum" in params
    _hold(optim == "sgd" or not has, f"job {number} had a momentum with optim={optim}")


_IS_OF: dict[str, Callable[[Any], bool]] = {
    "x": lambda value: type(value) is float and -1 <= value <= 1,
    "n": lambda value: type(value) is int and 1 <= value <= 4,
    "lr": lambda value: type(value) is float and 0.001 <= value <= 1,
    "kind": lambda value: value in ("a", "b c", None),
    "step": lambda value: type(value) is int and value in (0, 5),
    "+optim": lambda value: value in ("sgd", "adam"),
    "+optim.momentum": lambda value: type(value) is float and 0.5 <= value <= 0.75,
}


def _direction(place: Searches, n_trials: int) -> None:
    for direction, best in (("minimize", min), ("maximize", max)):
        settings = {"n_trials": n_trials, "seed": 3, "direction": direction}
        values = [item["result"] for item in place.run(Task(), settings)]
        found = place.results()["best_evaluated_result"]
        _hold(found == best(values), f"of {values} the best to {direction} was told to be {found}")


def _target(place: Searches, n_trials: int) -> None:
    ran = len(place.run(Task(), {"n_trials": n_trials, "seed": 3, "target": 1000.0}))
    _hold(ran == 1, f"the first job reached the target, and {ran} jobs ran")


SWEEPER_CHECKS: Final[dict[str, Check]] = {
    "same_seed": _same_seed,
    "fixed_batch": _fixed_batch,
    "places": _places,
    "number": _number,
    "failures": _failures,
    "resume": _resume,
    "kinds": _kinds,
    "direction": _direction,
    "target": _target,
}
