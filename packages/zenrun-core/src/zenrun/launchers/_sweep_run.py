"""One sweep while it runs: its directory and journal, where its jobs run, what has finished.

It lives from the start of the sweep to its end, over all batches. This module must not know when a
job is started.
"""

from __future__ import annotations

import contextlib
import logging
import os
import platform
import uuid
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import hydra
from hydra.core.utils import JobReturn
from omegaconf import DictConfig, OmegaConf

from zenrun import _nodes
from zenrun.job._shape import template_of
from zenrun.launchers._options import LaunchOptions
from zenrun.launchers._progress import ProgressView, progress_view
from zenrun.launchers._reply import ReplyFiles
from zenrun.launchers._resumed import Resumed
from zenrun.launchers._sweep_dir import SweepDir, find_sweep_dir, set_sweep_dir
from zenrun.launchers._workers import Workers
from zenrun.results._job_table import JobList
from zenrun.results._lock import SweepLock
from zenrun.results._reader import read_journal
from zenrun.results._writer import FOLDER, JOURNAL, JournalWriter

log = logging.getLogger("zenrun.sweep")


class SweepRun:
    """A sweep that is running.

    Args:
        options: What the caller said about the running of jobs.
        asked: What is written down of what was asked for, where the config does not tell: overrides.

    Attributes:
        id: Names this process's sweep in the journal.
        finished: The JobReturns of the jobs that have ended, in that order.
        journal: Where jobs are written down; None until the first is launched.
        resumed: What an earlier process has left; None for a sweep that begins.
        workers: Where jobs run; None until the first is launched.
        replies: What workers send back, as far as it is large.
        progress: What is shown of it; None until the first is launched.
        total: How many jobs it has, where that is known before the first is launched.
    """

    def __init__(self, options: LaunchOptions, asked: Mapping[str, Any]) -> None:
        self.options = options
        self.finished: list[JobReturn] = []
        self.journal: JournalWriter | None = None
        self.resumed: Resumed | None = None
        self.workers: Workers | None = None
        self.replies = ReplyFiles()
        self.progress: ProgressView | None = None
        self.total: int | None = None
        self._asked = dict(asked)
        self._notes: dict[str, Any] = {}
        self._dir: SweepDir | None = None
        self._lock: SweepLock | None = None
        self.id = uuid.uuid4().hex[:16]

    def claim(self, config: DictConfig) -> None:
        """Take the sweep's directory, before anything is put there.

        Args:
            config: The sweep's config, which is changed where the directory is not the one it names.

        Raises:
            ResumeError: The sweep to go on with has another config.
            JournalError: There is no sweep to go on with.
        """
        if self.options.resume is None:
            with contextlib.suppress(Exception):  # Hydra meets it as well, and it is explained then
                self._dir = SweepDir.of(config)
            return
        path = find_sweep_dir(config, self.options.resume)
        self.resumed = Resumed(read_journal(path), path)
        self.resumed.check_config(_task_yaml(config))
        set_sweep_dir(config, path)
        self._dir = SweepDir(path, [])

    def remember(self, key: str, make: Callable[[], Any]) -> Any:
        """Give a value that the sweep has to have again when it goes on.

        Args:
            key: Its name in the journal.
            make: Makes it, for a sweep that begins: something that JSON can hold.
        """
        known = {} if self.resumed is None else self.resumed.notes
        self._notes[key] = value = known[key] if key in known else make()
        if self.journal is not None:
            self.journal.note(key, value)
        return value

    def open(self, config: DictConfig, make_workers: Callable[[], Workers]) -> None:
        """Have the journal and the workers ready.

        Args:
            config: The sweep's config.
            make_workers: Makes the workers.

        Raises:
            SweepRunningError: Another process runs a sweep in the same directory.
            JournalError: Nothing can be written there.
        """
        if self.journal is None:
            path = Path(os.path.abspath(str(config.hydra.sweep.dir)))
            path.mkdir(parents=True, exist_ok=True)
            self._lock = SweepLock(path)
            self._lock.acquire()
            if self.resumed is not None:  # somebody may have gone on with it until this moment
                self.resumed = Resumed(read_journal(path), path)
            else:
                while _put_aside(path):  # with the lock; another sweep may take the new place first
                    self._lock.acquire()
            self.journal = JournalWriter(path, self._head(config))
            self.journal.open()
            for key, value in self._notes.items():
                self.journal.note(key, value)
        if self.workers is None:
            self.workers = make_workers()
        if self.progress is None:
            self.progress = progress_view(self.options.progress, self.total, log)

    def _head(self, config: DictConfig) -> dict[str, Any]:
        return {
            "sweep": self.id,
            "zenrun": version("zenrun-core"),
            "hydra": hydra.__version__,
            "python": platform.python_version(),
            "cwd": os.getcwd(),
            "job_name": str(config.hydra.job.name),
            "config_name": str(config.hydra.job.config_name),
            "overrides": list(self._asked.get("overrides", config.hydra.overrides.task)),
            "config": _task_yaml(config),
        }

    def attach_to(self, error: BaseException) -> None:
        """Give an error that ends the sweep what had finished before.

        Args:
            error: The error. It gets an attribute ``finished_jobs``, a list of JobReturns.
        """
        # The error may be the task's own; its class need not take attributes.
        with contextlib.suppress(Exception):
            error.finished_jobs = JobList(self.finished)  # type: ignore[attr-defined]
        add_note = getattr(error, "add_note", None)
        if add_note is not None and self.finished:
            with contextlib.suppress(Exception):
                add_note(
                    f"{len(self.finished)} jobs of the sweep have ended; their JobReturns are in "
                    f"this exception's finished_jobs, and on disk in {self._dir and self._dir.path}"
                )

    def close(self, error: BaseException | None) -> None:
        """End the sweep: what was opened is closed, and how it ended is written down.

        Args:
            error: What ended it, or None.
        """
        interrupted = error is not None and not isinstance(error, Exception)
        with contextlib.ExitStack() as stack:
            if self._dir is not None:
                stack.callback(self._dir.leave)
            if self._lock is not None:
                stack.callback(self._lock.release)
            if self.journal is not None:
                stack.callback(self.journal.close)
                how = "FINISHED" if error is None else "INTERRUPTED" if interrupted else "FAILED"
                stack.callback(_quietly, self.journal.end, how)
            stack.callback(self.replies.close)
            if self.workers is not None and self.workers is not self.options.executor:
                stack.callback(self.workers.close, kill=error is not None)
            if self.progress is not None:
                stack.callback(self.progress.close)


def _quietly(function: Callable[..., Any], *args: Any) -> None:
    with contextlib.suppress(OSError):
        function(*args)


def _task_yaml(config: DictConfig) -> str:
    made = _nodes.clone(config)
    _nodes.take(made, "hydra")
    template = template_of(made)  # the jobs' own, where they have one
    text = None if template is None else template.with_entries(())
    return OmegaConf.to_yaml(made) if text is None else text


def _put_aside(sweep_dir: Path) -> bool:
    """Keep the journal of an earlier sweep that was told to use the same directory."""
    folder = sweep_dir / FOLDER
    if not (folder / JOURNAL).exists():
        return False
    number = 1
    while (aside := sweep_dir / f"{FOLDER}-{number}").exists():
        number += 1
    folder.rename(aside)
    return True
