"""The errors that are of zenrun's and Python's types alone: they load nothing.

This module must not know anything else of zenrun.
"""

from __future__ import annotations

from typing import Any


class ZenrunError(Exception):
    """The root of every error that zenrun raises on purpose.

    Example:
        >>> from zenrun import builds
        >>> from zenrun.errors import ZenrunError
        >>> try:
        ...     builds(dict, hydra_recursive="yes")
        ... except ZenrunError as error:
        ...     print(type(error).__name__)
        ConfigTypeError
    """

    def __str__(self) -> str:
        # Some of the types that errors here also are would show their arguments or an errno.
        return str(self.args[0]) if self.args else ""


# --- making configs ---------------------------------------------------------------------------


class ConfigError(ZenrunError):
    """A config could not be made."""


class SignatureError(ConfigError, TypeError):
    """The arguments of a config do not fit the signature of its target.

    Attributes:
        target: The dotted path of the target.
    """

    def __init__(self, message: str, target: str = "") -> None:
        super().__init__(message)
        self.target = target


class InvalidTargetError(ConfigError, TypeError):
    """An object cannot be found again by a dotted path, so no config can name it."""


class UnsupportedValueError(ConfigError, ValueError, TypeError):
    """A Python value that no config can hold.

    Attributes:
        path: Where in the config the value stands, such as ``"optim.betas[1]"``.
    """

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.path = path


class EntryExistsError(ConfigError, ValueError):
    """A config is to be stored where another one is.

    Attributes:
        group: The group of both, or None.
        name: The name of both.
    """

    def __init__(self, message: str, group: str | None = None, name: str = "") -> None:
        super().__init__(message)
        self.group = group
        self.name = name


class EntryNotFoundError(ConfigError, KeyError):
    """A store has no such entry.

    Attributes:
        group: The group that was asked for, or None.
        name: The name that was asked for.
    """

    def __init__(self, message: str, group: str | None = None, name: str = "") -> None:
        super().__init__(message)
        self.group = group
        self.name = name


# --- running -----------------------------------------------------------------------------------


class JobError(ZenrunError):
    """A job could not be run."""


class TaskFunctionError(JobError, TypeError):
    """The task function cannot be called with a job's config."""


class OutputDirError(JobError, OSError):
    """The folder that a job or a sweep writes to, or the file of a report, cannot be made or written.

    Attributes:
        path: The folder or the file.
    """

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.path = path


class ExecutorError(JobError, ValueError, TypeError):
    """What was said about where and how jobs run cannot be done."""


class JournalError(JobError, OSError):
    """The journal of a sweep cannot be written or read.

    Attributes:
        path: The file or the folder.
    """

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.path = path


class SweepRunningError(JobError, RuntimeError):
    """Another process runs a sweep in the same directory."""


class JobFailedError(JobError, RuntimeError):
    """A job of a sweep has not returned anything that could be read."""


class PickledValueError(JobError, ValueError):
    """What a job returned would have to be unpickled, and that was not asked for."""


class TableError(JobError, ValueError, TypeError):
    """No table can be made of what was given, or not the one that was asked for."""


class PlotError(JobError, ValueError):
    """No picture can be drawn of the jobs, or not the one that was asked for."""


class ResumeError(JobError, ValueError):
    """A sweep cannot be gone on with, because it is not the sweep that it was."""


class NotPicklableError(JobError, TypeError):
    """Something that has to travel to a worker, or back from it, cannot be pickled."""


class WorkerDiedError(JobError, RuntimeError):
    """The process in which a job ran is gone, and with it what the job was doing."""


class JobTimeoutError(JobError, TimeoutError):
    """A job ran longer than it may, and was ended."""


class RemoteJobError(JobError, RuntimeError):
    """A job failed in a worker with an exception that cannot travel; this one tells of it.

    Attributes:
        type_name: The name of the exception's type.
    """

    def __init__(self, message: str, type_name: str = "") -> None:
        super().__init__(message)
        self.type_name = type_name

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.type_name)


class MissingExtraError(ZenrunError, ImportError):
    """Something was asked for that needs a package which is not installed.

    Args:
        extra: The extra that brings the package.
        package: The package.
        what_for: What was asked for, as the subject of a sentence.
        of: The distribution that has the extra.

    Attributes:
        extra: As given.
        package: As given.
        what_for: As given.
        of: As given.
    """

    def __init__(self, extra: str, package: str, what_for: str, of: str = "zenrun-core") -> None:
        super().__init__(
            f"{what_for} needs {package}, which is not installed.\n"
            f'Install it with: pip install "{of}[{extra}]"',
            name=package,
        )
        self.extra = extra
        self.package = package
        self.what_for = what_for
        self.of = of

    def __reduce__(self) -> tuple[type, tuple[str, str, str, str]]:
        return type(self), (self.extra, self.package, self.what_for, self.of)


def known_by_package(names: dict[str, Any]) -> None:
    """Give a module's errors the package's name, by which tracebacks, pickles and docs tell them.

    Args:
        names: The names of the module.
    """
    for item in names.values():
        if isinstance(item, type) and item.__module__ == names["__name__"]:
            item.__module__ = names["__package__"]


known_by_package(globals())
