"""The callback for TensorBoard: each job's folder is one of its runs.

What is written when a job starts, and when it has ended, is a file of its own each time: TensorBoard reads the
files of a folder in the order of their names, and comes back to none. This module must not know who runs the jobs.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from zenrun._extras import library
from zenrun.trackers._account import JobFacts, Outcome, number_of, task_config
from zenrun.trackers._tracker import Tracker

_SUFFIX = ".zenrun"
_LONGEST = 100_000  # characters of a text


class TensorBoardCallback(Tracker):
    """Writes what TensorBoard shows of jobs, as a callback of Hydra's.

    Each job's folder becomes a run, so ``tensorboard --logdir SWEEP_DIRECTORY`` shows a sweep, and the directory above
    it all sweeps: the numbers that jobs returned as scalars, a returned series with its steps; the config and, of
    failed jobs, the traceback as texts; the overrides and how jobs ended under HParams. What a task writes to its
    folder itself stands beside it.

    A folder that cannot be written costs a warning and never a job.

    Raises:
        MissingExtraError: tensorboardX is not installed.

    Example:
        >>> from zenrun import hydra_multirun
        >>> asked = ["lr=1,2", "hydra/callbacks=tensorboard", "hydra.sweep.dir=sweep"]
        >>> jobs = hydra_multirun({"lr": 0.1}, lambda cfg: {"loss": 1 / cfg.lr}, asked)
    """

    name = "TensorBoard"

    def __init__(self) -> None:
        super().__init__()
        _tensorboardx()

    def start(self, config: DictConfig, facts: JobFacts) -> None:
        """Write the job's config and overrides.

        Args:
            config: The job's config.
            facts: What is known of it.
        """
        for old in facts.directory.glob(f"events.out.tfevents.*{_SUFFIX}"):
            old.unlink()  # of an attempt that failed, or of an earlier sweep in this folder
        now = time.time()
        text = _preformatted(OmegaConf.to_yaml(task_config(config)))
        entries = [_text("config", text), _session_start(facts.params, now)]
        # Before any file that the task makes in this second.
        _write(facts.directory, int(now) - 1, [(0, entry) for entry in entries])

    def end(self, started: None, facts: JobFacts, outcome: Outcome) -> None:  # noqa: ARG002 - nothing is kept
        """Write what came of the job.

        Args:
            started: Nothing.
            facts: What was known of it.
            outcome: What came of it.
        """
        now = time.time()
        steps = {**{name: [number] for name, number in outcome.scalars.items()}, **outcome.series}
        entries = [
            (step, _scalar(name, number))
            for name, numbers in steps.items()
            for step, number in enumerate(numbers)
        ]
        if outcome.error is not None:
            entries.append((0, _text("error", _preformatted(outcome.traceback or outcome.error))))
        entries.append((0, _session_end(failed=outcome.error is not None, now=now)))
        _write(facts.directory, int(now) + 1, entries)


def _tensorboardx() -> Any:
    return library(
        "tensorboardX", extra="tensorboard", what_for="zenrun.trackers.TensorBoardCallback"
    )


def _write(folder: Path, second: int, entries: Iterable[tuple[int, Any]]) -> None:
    """Write a file of events: summaries with their steps."""
    from tensorboardX.proto.event_pb2 import Event
    from tensorboardX.record_writer import RecordWriter

    name = f"events.out.tfevents.{second:010d}.{socket.gethostname()}.{os.getpid()}{_SUFFIX}"
    writer = RecordWriter(str(folder / name))
    try:
        now = time.time()
        writer.write(Event(wall_time=now, file_version="brain.Event:2").SerializeToString())
        for step, entry in entries:
            writer.write(Event(wall_time=now, step=step, summary=entry).SerializeToString())
    finally:
        writer.close()


def _scalar(name: str, number: float) -> Any:
    from tensorboardX.proto.summary_pb2 import Summary

    return Summary(value=[Summary.Value(tag=name, simple_value=number)])


def _text(name: str, text: str) -> Any:
    from tensorboardX import summary

    made = summary.text(name, text)
    made.value[0].tag = name  # without what tensorboardX puts behind it
    return made


def _preformatted(text: str) -> str:
    """Give a text that TensorBoard, which reads Markdown, shows as it is."""
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n..."
    return "\n".join(f"    {line}" for line in shown.splitlines())


def _session_start(params: Mapping[str, Any], now: float) -> Any:
    from tensorboardX.proto.plugin_hparams_pb2 import HParamsPluginData, SessionStartInfo

    info = SessionStartInfo(start_time_secs=now)
    for name, value in params.items():
        if isinstance(value, bool):
            info.hparams[name].bool_value = value
        elif (number := number_of(value)) is not None:
            info.hparams[name].number_value = number
        else:
            info.hparams[name].string_value = str(value)
    return _of_hparams("session_start_info", HParamsPluginData(session_start_info=info))


def _session_end(*, failed: bool, now: float) -> Any:
    from tensorboardX.proto.api_pb2 import Status
    from tensorboardX.proto.plugin_hparams_pb2 import HParamsPluginData, SessionEndInfo

    status = Status.Value("STATUS_FAILURE" if failed else "STATUS_SUCCESS")
    info = SessionEndInfo(status=status, end_time_secs=now)
    return _of_hparams("session_end_info", HParamsPluginData(session_end_info=info))


def _of_hparams(name: str, content: Any) -> Any:
    from tensorboardX.proto.summary_pb2 import Summary, SummaryMetadata

    data = SummaryMetadata.PluginData(plugin_name="hparams", content=content.SerializeToString())
    value = Summary.Value(tag=f"_hparams_/{name}", metadata=SummaryMetadata(plugin_data=data))
    return Summary(value=[value])
