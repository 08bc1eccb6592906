"""The words in which views tell a tally.

This module must not know where they are shown.
"""

from __future__ import annotations

import math

from zenrun.launchers._progress._tally import Tally

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def time_text(seconds: float) -> str:
    """Give a time as people say it, in at most two units.

    Args:
        seconds: The time.

    Returns:
        The text.
    """
    whole = round(seconds)
    for unit, name, small, small_name in (
        (_DAY, "d", _HOUR, "h"),
        (_HOUR, "h", _MINUTE, "min"),
        (_MINUTE, "min", 1, "s"),
    ):
        if whole >= unit:
            return f"{whole // unit} {name} {whole % unit // small} {small_name}"
    return f"{whole} s"


def rate_text(rate: float) -> str:
    """Give a rate in the unit that makes its number neither tiny nor huge.

    Args:
        rate: Jobs in a second.

    Returns:
        The text.
    """
    if rate > 0.999:  # a job each second may be told by a little less
        return f"{_digits(rate)} jobs/s"
    spent = 1 / rate
    for unit, name in ((_HOUR, "h"), (_MINUTE, "min")):
        if spent >= unit:
            return f"{_digits(spent / unit)} {name}/job"
    return f"{_digits(spent)} s/job"


def _digits(number: float) -> str:
    return f"{number:.0f}" if number >= 9.95 else f"{number:.1f}"


def running_parts(tally: Tally, now: float) -> dict[str, str]:
    """Say how a sweep stands.

    Args:
        tally: Its tally.
        now: The time.

    Returns:
        The parts of the sentence by what they tell, in their order.
    """
    parts = _counts(tally)
    if tally.running:
        parts["running"] = f"{tally.running} running"
    rate, left = tally.rate(now), tally.left(now)
    if rate is not None:
        parts["rate"] = rate_text(rate)
    if left is None:
        parts["time"] = f"{time_text(now - tally.began)} so far"
    else:
        parts["time"] = f"{time_text(math.ceil(round(left, 3)))} left"
    return parts | best_part(tally)


def final_parts(tally: Tally, now: float) -> dict[str, str]:
    """Say how a sweep ended.

    Args:
        tally: Its tally.
        now: The time.

    Returns:
        The parts of the sentence by what they tell, in their order.
    """
    parts = _counts(tally)
    parts["time"] = f"in {time_text(now - tally.began)}"
    return parts | best_part(tally)


def _counts(tally: Tally) -> dict[str, str]:
    parts = {"done": done_text(tally)}
    if tally.failed:
        parts["failed"] = f"{tally.failed} failed"
    if tally.cancelled:
        parts["cancelled"] = f"{tally.cancelled} cancelled"
    return parts


def done_text(tally: Tally) -> str:
    """Say how many jobs are done, and of how many.

    Args:
        tally: The tally.

    Returns:
        The text.
    """
    if tally.total is None:
        return f"{tally.done} job{'' if tally.done == 1 else 's'}"
    return f"{tally.done}/{tally.total} job{'' if tally.total == 1 else 's'}"


def best_part(tally: Tally) -> dict[str, str]:
    """Say what a search has found.

    Args:
        tally: The tally.

    Returns:
        The one part, or none if there is no search.
    """
    if tally.best is None:
        return {}
    number, num = tally.best
    return {"best": f"best {number:.5g} (job {num})"}
