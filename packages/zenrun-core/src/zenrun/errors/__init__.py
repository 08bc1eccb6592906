"""Every error that zenrun raises on purpose, under one root.

An error is found twice: by zenrun's own class, and by the class that users of Hydra, OmegaConf
or plain Python already catch. The data a program needs is in attributes; the message is for people.

The classes that are of Hydra's types are made when they are first asked for, so that programs which only
make configs load no Hydra. Code that raises one says ``raise errors.ComposeError(msg)``.

This package must not know anything else of zenrun.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zenrun.errors._plain import (
    ConfigError,
    EntryExistsError,
    EntryNotFoundError,
    ExecutorError,
    InvalidTargetError,
    JobError,
    JobFailedError,
    JobTimeoutError,
    JournalError,
    MissingExtraError,
    NotPicklableError,
    OutputDirError,
    PickledValueError,
    PlotError,
    RemoteJobError,
    ResumeError,
    SignatureError,
    SweepRunningError,
    TableError,
    TaskFunctionError,
    UnsupportedValueError,
    WorkerDiedError,
    ZenrunError,
)

if TYPE_CHECKING:
    from zenrun.errors._of_hydra import (
        CombinationError,
        ComposeError,
        ConfigNameError,
        ConfigPathError,
        ConfigTypeError,
        GroupOptionError,
        InvalidVersionBaseError,
        MissingValueError,
        OverrideSyntaxError,
        OverrideTypeError,
        OverrideValueError,
        ScoreError,
        SearchSpaceError,
        SweeperConfigError,
        SweeperError,
        TaskArgumentError,
        UnknownOverrideError,
        YamlError,
    )

__all__ = [
    "CombinationError",
    "ComposeError",
    "ConfigError",
    "ConfigNameError",
    "ConfigPathError",
    "ConfigTypeError",
    "EntryExistsError",
    "EntryNotFoundError",
    "ExecutorError",
    "GroupOptionError",
    "InvalidTargetError",
    "InvalidVersionBaseError",
    "JobError",
    "JobFailedError",
    "JobTimeoutError",
    "JournalError",
    "MissingExtraError",
    "MissingValueError",
    "NotPicklableError",
    "OutputDirError",
    "OverrideSyntaxError",
    "OverrideTypeError",
    "OverrideValueError",
    "PickledValueError",
    "PlotError",
    "RemoteJobError",
    "ResumeError",
    "ScoreError",
    "SearchSpaceError",
    "SignatureError",
    "SweepRunningError",
    "SweeperConfigError",
    "SweeperError",
    "TableError",
    "TaskArgumentError",
    "TaskFunctionError",
    "UnknownOverrideError",
    "UnsupportedValueError",
    "WorkerDiedError",
    "YamlError",
    "ZenrunError",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from zenrun.errors import _of_hydra

    found = getattr(_of_hydra, name)
    globals()[name] = found  # found without this function from now on
    return found


def __dir__() -> list[str]:
    return __all__
