"""Launchers of others: their jobs are written down once they have come back.

This module must not know which launcher it is.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from hydra.core.utils import JobReturn

from zenrun import errors
from zenrun.launchers._attempt import outcome_of
from zenrun.launchers._prepare import JobPreparer
from zenrun.launchers._resumed import resumed_batch
from zenrun.launchers._sweep_run import SweepRun
from zenrun.launchers._workers import Workers
from zenrun.results._facts import note_facts

if TYPE_CHECKING:
    from hydra.plugins.launcher import Launcher as _Base
else:
    _Base = object


class RecordedLauncher(_Base):
    """A launcher of somebody else's, with a journal.

    Attributes:
        sweep: The sweep.
    """

    sweep: SweepRun

    def setup(self, **given: Any) -> None:
        """Take what the launcher works with, and see whether it can do what was asked for.

        Args:
            **given: As for every launcher.

        Raises:
            ExecutorError: Something was asked for that only zenrun's own launchers do.
        """
        asked = self.sweep.options.about_workers()
        if asked:
            name = type(self).__mro__[2].__name__
            msg = (
                f"{', '.join(f'{item}=' for item in asked)} cannot be kept by the launcher that "
                f"hydra/launcher chooses, {name}: it runs jobs in its own way. Leave that choice out, "
                "or set the launcher up by its own config"
            )
            raise errors.ExecutorError(msg)
        super().setup(**given)  # type: ignore[safe-super]
        self._preparer = JobPreparer(given["hydra_context"].config_loader, given["config"])
        self._config = given["config"]

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> Sequence[JobReturn]:
        """Have the launcher run the jobs that have not finished before.

        Args:
            job_overrides: The overrides of each job.
            initial_job_idx: The number of the first one.

        Returns:
            Hydra's account of each, in the order of the overrides.
        """
        sweep = self.sweep
        sweep.open(self._config, Workers)
        if sweep.resumed is None:
            return self._launched(job_overrides, initial_job_idx)
        return self._completed(sweep, job_overrides, initial_job_idx)

    def _completed(
        self, sweep: SweepRun, job_overrides: Sequence[Sequence[str]], first: int
    ) -> list[JobReturn]:
        assert sweep.resumed is not None
        results: dict[int, JobReturn] = {}
        left: list[tuple[int, int, Sequence[str]]] = []  # number, position, overrides
        found = resumed_batch(sweep.resumed, self._preparer, job_overrides, first)
        for position, (num, result) in enumerate(found):
            if result is None:
                left.append((num, position, job_overrides[position]))
            else:
                results[position] = result
                sweep.finished.append(result)
        for run in _consecutive(sorted(left)):
            made = self._launched([overrides for _, _, overrides in run], run[0][0])
            results.update(zip((position for _, position, _ in run), made, strict=True))
        return [results[position] for position in range(len(job_overrides))]

    def _launched(self, job_overrides: Sequence[Sequence[str]], first: int) -> Sequence[JobReturn]:
        start = time.time()
        results: Sequence[JobReturn] = super().launch(job_overrides, first)  # type: ignore[safe-super]
        # What it returns is its own affair, as long as the sweeper takes it.
        made = [item for item in results or () if isinstance(item, JobReturn)]
        if len(made) == len(job_overrides):
            for num, (overrides, result) in enumerate(zip(job_overrides, made, strict=True), first):
                self._write(num, overrides, result, start)
        self.sweep.finished += made
        return results

    def _write(self, num: int, overrides: Sequence[str], result: JobReturn, start: float) -> None:
        hydra = result.hydra_cfg.hydra if result.hydra_cfg is not None else None
        assert self.sweep.journal is not None
        directory = hydra.runtime.output_dir if hydra is not None else ""
        told = outcome_of(result)
        # How long it took by itself nobody here knows: the launcher has come back with all of them.
        note_facts(result, num=num, status=told["status"], duration=None, directory=str(directory))
        self.sweep.journal.job_ended(
            num=num,
            overrides=overrides,
            attempt=1,
            worker="",
            start=start,
            end=time.time(),
            directory=directory,
            **told,
        )


def _consecutive(left: Sequence[tuple[int, int, Sequence[str]]]) -> Iterator[list[Any]]:
    """Cut a list of jobs where their numbers leap: a launcher counts on from its first one."""
    run: list[Any] = []
    for item in left:
        if run and item[0] != run[-1][0] + 1:
            yield run
            run = []
        run.append(item)
    if run:
        yield run
