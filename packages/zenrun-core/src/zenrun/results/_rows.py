"""The jobs of a sweep as rows, whichever way they are at hand.

What is taken: what `hydra_multirun` and `hydra_run` return, what `load_sweep` gives, a search's result, or
a sweep's directory. This module must not know what is made of the rows, and loads no Hydra: JobReturns are
known by what they have.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zenrun.errors import PickledValueError, TableError
from zenrun.results._facts import facts_of
from zenrun.results._load import Sweep, SweepJob, load_sweep
from zenrun.results._overrides import read_override
from zenrun.results._parts import VALUE, parts_of
from zenrun.results._records import COMPLETED, told
from zenrun.results._show import Shown


@dataclass(frozen=True)
class Row:
    """A job.

    Attributes:
        num: Its number.
        params: The values of its overrides, by key.
        status: What came of it, as the journal calls it.
        duration: How many seconds it took, or None.
        directory: Its folder, or None.
        value: Gives what it returned, and raises what reading that raises; None if it has not completed.
        shown: Gives what it returned, or a text that shows it where it would have to be unpickled.
        error: Its exception in one line, or None.
        overrides: Its overrides as they were written.
        traceback: Gives where its exception came from, or None.
    """

    num: int
    params: Mapping[str, Any]
    status: str
    duration: float | None
    directory: str | None
    value: Callable[[], Any] | None
    shown: Callable[[], Any]
    error: str | None = None
    overrides: Sequence[str] = ()
    traceback: Callable[[], str | None] = lambda: None

    def seen_parts(self) -> dict[str, Any]:
        """Give the parts of what it returned as `shown` has it, and of what cannot be read a question mark."""
        if self.status != COMPLETED:
            return {}
        try:
            return parts_of(self.shown())
        except Exception:  # the class of a user's own, or a journal that was damaged
            return {VALUE: Shown("?")}

    def parts(self) -> dict[str, Any]:
        """Give the parts of what it returned, so far as they are known; none if it has not completed.

        Raises:
            PickledValueError: It would have to be unpickled, and nothing of it is known without that.
            JournalError: It is not on the disk as it was written.
        """
        if self.value is None:
            return {}
        try:
            return parts_of(self.value())
        except PickledValueError:
            shown = self.shown()
            if isinstance(shown, Shown):
                raise
            return parts_of(shown)


def rows_of(jobs: Any, *, unpickle: bool = False) -> list[Row]:
    """Give a row for each job.

    Args:
        jobs: JobReturns in a list, or in batches; one JobReturn; a `Sweep` or jobs of it; a search's
            result or its trials; or the directory of a sweep.
        unpickle: Whether values may be unpickled, where it is a directory.

    Raises:
        TableError: It is none of these.
        JournalError: In the directory there is no sweep.
    """
    if isinstance(jobs, (str, os.PathLike)):
        jobs = load_sweep(jobs, unpickle=unpickle)
    return [_row(job, place) for place, job in enumerate(each_job(jobs))]


def each_job(jobs: Any) -> list[Any]:
    """Give the jobs themselves in one list.

    Args:
        jobs: As for `rows_of`, but for a directory.

    Raises:
        TableError: It is none of these.
    """
    if not isinstance(jobs, (Sweep, SweepJob)) and _is_search(jobs):
        jobs = jobs.trials
    return list(_flat(jobs, jobs))


def is_job_return(job: Any) -> bool:
    """Say whether something is Hydra's account of a job.

    Args:
        job: Anything.
    """
    return any(kind.__name__ == "JobReturn" for kind in type(job).__mro__)


def _is_search(jobs: Any) -> bool:
    return isinstance(getattr(jobs, "trials", None), list) and hasattr(jobs, "directions")


def _is_trial(item: Any) -> bool:
    return hasattr(item, "trial") and hasattr(item, "job")


def _flat(item: Any, given: Any) -> Iterable[Any]:
    if isinstance(item, SweepJob) or is_job_return(item) or _is_trial(item):
        yield item
    elif isinstance(item, Sequence) and not isinstance(item, (str, bytes, bytearray)):
        for one in item:
            yield from _flat(one, given)
    else:
        raise TableError(_about_jobs(item, given))


def _row(job: Any, place: int) -> Row:
    if isinstance(job, SweepJob):
        return _of_sweep_job(job)
    if is_job_return(job):
        return _of_job_return(job, place)
    account = job.job
    found = None if account is None else _of_job_return(account, place)
    done = job.status == COMPLETED and found is not None and found.value is not None
    return Row(
        num=job.trial.number,
        params={key.lstrip("+"): value for key, value in job.params.items()},
        status=job.status,
        duration=job.duration,
        directory=None if found is None else found.directory,
        value=found.value if done and found is not None else None,
        shown=found.shown if done and found is not None else _nothing,
        error=None if found is None else found.error,
        overrides=job.trial.overrides,
        traceback=_nothing if found is None else found.traceback,
    )


def _of_sweep_job(job: SweepJob) -> Row:
    done = job.status == COMPLETED
    return Row(
        num=job.num,
        params=_params(job.overrides),
        status=job.status,
        duration=job.duration,
        directory=None if job.directory is None else str(job.directory),
        value=(lambda: job.return_value) if done else None,
        shown=job.seen_value if done else _nothing,
        error=job.error,
        overrides=job.overrides,
        traceback=lambda: job.traceback,
    )


def _of_job_return(job: Any, place: int) -> Row:
    facts = facts_of(job)
    status = str(getattr(job.status, "name", job.status))
    value = vars(job).get("_return_value")
    done = status == COMPLETED
    return Row(
        num=facts.get("num", place),
        params=_params(job.overrides or ()),
        status=facts.get("status", status),
        duration=facts.get("duration"),
        directory=facts["directory"] or None if facts else _output_dir(job),
        value=(lambda: value) if done else None,
        shown=(lambda: value) if done else _nothing,
        error=None if done or value is None else told(value),
        overrides=tuple(job.overrides or ()),
        traceback=lambda: None if done else _traceback(value),
    )


def _output_dir(job: Any) -> str | None:
    """Give the folder that Hydra's config names: of jobs that zenrun's launcher has not run."""
    hydra = getattr(job.hydra_cfg, "hydra", None)
    try:
        return str(hydra.runtime.output_dir)  # type: ignore[union-attr]
    except Exception:  # OmegaConf: it is missing, or was never set
        return None


def _params(overrides: Iterable[str]) -> dict[str, Any]:
    return dict(map(read_override, overrides))


def _nothing() -> Any:
    return None


def _traceback(value: Any) -> str | None:
    if not isinstance(value, BaseException):
        return None
    try:
        return "".join(traceback.format_exception(type(value), value, value.__traceback__))
    except Exception:  # the class of a user's own
        return None


def _about_jobs(item: Any, given: Any) -> str:
    where = (
        "" if item is given else f", in which there is {item!r:.80} of type {type(item).__name__}"
    )
    return (
        "A table is made of what hydra_multirun or load_sweep gives, of the jobs in it, or of the "
        f"directory of a sweep; given was {given!r:.80} of type {type(given).__name__}{where}"
    )
