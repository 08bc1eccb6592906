"""What a tracker says of a job: its name, its overrides, its config, and what it has measured.

This module must not know which tracker it is, or who runs the job.
"""

from __future__ import annotations

import numbers
import traceback
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from hydra.core.utils import JobReturn, JobStatus
from omegaconf import DictConfig, OmegaConf

from zenrun.job._return import returned
from zenrun.results._overrides import read_override
from zenrun.results._parts import parts_of
from zenrun.results._records import told


class JobFacts:
    """What is known of a job when it starts.

    Args:
        config: Its config, with its ``hydra`` node.

    Attributes:
        num: Its number in the sweep; None where it is no part of one.
        directory: Its folder.
        overrides: Its overrides, as texts.
    """

    def __init__(self, config: DictConfig) -> None:
        hydra = config.hydra
        num = OmegaConf.select(hydra, "job.num", throw_on_missing=False, default=None)
        self.num: int | None = None if num is None else int(num)
        self.directory = Path(str(hydra.runtime.output_dir))
        self.overrides: list[str] = [str(item) for item in hydra.overrides.task]

    @property
    def name(self) -> str:
        """What people see: ``3 lr=0.1 width=8``, or the name of the folder of a job by itself."""
        if self.num is None:
            return self.directory.name
        return " ".join([str(self.num), *self.overrides])

    @property
    def params(self) -> dict[str, Any]:
        """The values of its overrides, by key."""
        return dict(map(read_override, self.overrides))


class Outcome(NamedTuple):
    """What came of a job.

    Attributes:
        scalars: The numbers that it returned, by name.
        series: The series of numbers that it returned, by name.
        error: Its exception in one line; None where it has not failed.
        traceback: Where that came from.
        interrupted: Whether it did not fail by itself: Ctrl-C, or an exit.
    """

    scalars: dict[str, float]
    series: dict[str, list[float]]
    error: str | None = None
    traceback: str = ""
    interrupted: bool = False


def outcome_of(job: JobReturn) -> Outcome:
    """Give what came of a job.

    Args:
        job: Hydra's account of it.
    """
    value = returned(job)
    if job.status is not JobStatus.COMPLETED:
        lines = traceback.format_exception(value) if isinstance(value, BaseException) else []
        return Outcome({}, {}, told(value), "".join(lines), not isinstance(value, Exception))
    scalars: dict[str, float] = {}
    series: dict[str, list[float]] = {}
    for name, part in parts_of(value).items():
        number = number_of(part)
        if number is not None:
            scalars[name] = number
        elif (steps := _steps(part)) is not None:
            series[name] = steps
    return Outcome(scalars, series)


def number_of(part: Any) -> float | None:
    """Give a value as a number that trackers take; None if it is none.

    Args:
        part: The value.
    """
    if not isinstance(part, numbers.Real):
        return None
    try:
        return float(part)
    except (OverflowError, ValueError):  # an int that no float holds
        return None


def _steps(part: Any) -> list[float] | None:
    """Give a series of numbers: a list, a tuple, or an array with one dimension."""
    if getattr(part, "ndim", None) == 1 and hasattr(part, "tolist"):
        part = part.tolist()
    if not isinstance(part, (list, tuple)) or not part:
        return None
    steps = [number for item in part if (number := number_of(_plain(item))) is not None]
    return steps if len(steps) == len(part) else None


def _plain(item: Any) -> Any:
    return next(iter(parts_of(item).values()), None) if getattr(item, "ndim", None) == 0 else item


def task_config(config: DictConfig) -> DictConfig:
    """Give what a task sees of a config.

    Args:
        config: The config, with its ``hydra`` node.
    """
    own: list[Any] = [key for key in config if key != "hydra"]
    return OmegaConf.masked_copy(config, own)


def flat_config(config: DictConfig) -> dict[str, str]:
    """Give the values of a job's config by their paths, as text.

    Args:
        config: The config, with its ``hydra`` node.

    Returns:
        An item for each value: ``optim.lr``; lists of plain values are one.
    """
    own = task_config(config)
    try:
        plain = OmegaConf.to_container(own, resolve=True, enum_to_str=True)
    except Exception:  # an interpolation leads nowhere, or a resolver fails
        plain = OmegaConf.to_container(own, resolve=False, enum_to_str=True)
    return dict(_flat(plain, ""))


def _flat(value: Any, path: str) -> Iterable[tuple[str, str]]:
    items: Iterable[tuple[Any, Any]]
    if isinstance(value, Mapping) and (value or not path):
        items = value.items()
    elif isinstance(value, list) and any(isinstance(item, (Mapping, list)) for item in value):
        items = enumerate(value)
    else:
        yield path, str(value)
        return
    for key, item in items:
        yield from _flat(item, f"{path}.{key}" if path else str(key))


def chosen_files(directory: Path, patterns: Iterable[str]) -> list[Path]:
    """Give the files of a folder that patterns choose, each once.

    Args:
        directory: The folder.
        patterns: Such as ``*.log``; ``**/`` leads into the folders below.
    """
    found = (path for pattern in patterns for path in sorted(directory.glob(pattern)))
    return [path for path in dict.fromkeys(found) if path.is_file()]
