"""Every error that zenrun raises on purpose, under one root.

An error is found twice: by zenrun's own class, and by the class that users of Hydra, OmegaConf
or plain Python already catch. The data a program needs is in attributes; the message is for people.

This module must not know anything else of zenrun.
"""

from __future__ import annotations

from collections.abc import Sequence

from hydra.errors import (
    ConfigCompositionException,
    InstantiationException,
    MissingConfigException,
    OverrideParseException,
)
from omegaconf.errors import MissingMandatoryValue, ValidationError

__all__ = [
    "ComposeError",
    "ConfigError",
    "ConfigNameError",
    "ConfigPathError",
    "ConfigTypeError",
    "GroupOptionError",
    "InvalidTargetError",
    "InvalidVersionBaseError",
    "JobError",
    "MissingValueError",
    "OutputDirError",
    "OverrideSyntaxError",
    "OverrideTypeError",
    "OverrideValueError",
    "SignatureError",
    "TaskFunctionError",
    "UnknownOverrideError",
    "UnsupportedValueError",
    "ZenrunError",
]


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


class ConfigTypeError(ConfigError, TypeError, ValidationError):
    """Something that is no config, or no valid setting of one, stands where a config must."""


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


# --- composing ---------------------------------------------------------------------------------


class ComposeError(ZenrunError, ConfigCompositionException):
    """The config and the overrides do not give a config that a job can have."""


class ConfigNameError(ComposeError, ValueError):
    """The config's name cannot be used, or a file on the search path hides the config."""


class ConfigPathError(ComposeError, FileNotFoundError):
    """A folder given as ``config_dir`` is not there.

    Attributes:
        path: The folder, as it was given.
    """

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.path = path


class InvalidVersionBaseError(ComposeError, ValueError):
    """``version_base`` names a version that the installed Hydra does not serve."""


class OverrideTypeError(ComposeError, TypeError, ValueError):
    """Overrides of a type, or with a value, that Hydra's grammar cannot express.

    Attributes:
        key: The override's key, or an empty string where the overrides themselves are wrong.
    """

    def __init__(self, message: str, key: str = "") -> None:
        super().__init__(message)
        self.key = key


class OverrideSyntaxError(ComposeError, OverrideParseException):
    """An override that Hydra's grammar does not know.

    Attributes:
        override: The override as given.
        column: Where reading it stopped (0 is the first character), or None if unknown.
    """

    def __init__(self, override: str, message: str, column: int | None = None) -> None:
        super().__init__(override, message)
        self.column = column

    def __reduce__(self) -> tuple[type, tuple[str, str, int | None]]:
        return type(self), (self.override, self.message, self.column)


class UnknownOverrideError(ComposeError):
    """An override names a key or a config group that is not there.

    Attributes:
        key: The key that was not found.
        nearest: The keys that look most like it.
    """

    def __init__(self, message: str, key: str = "", nearest: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.key = key
        self.nearest = tuple(nearest)


class OverrideValueError(ComposeError, ValidationError):
    """An override gives a key a value that the key's type does not take."""


class GroupOptionError(ComposeError, MissingConfigException):
    """A config group has no option of the given name.

    Attributes:
        missing_cfg_file: The config that was looked for, as in Hydra's own error.
        options: The options there are.
    """

    def __init__(
        self,
        message: str,
        missing_cfg_file: str | None = None,
        options: Sequence[str] | None = None,
    ) -> None:
        super().__init__(message, missing_cfg_file, options)


class MissingValueError(ComposeError, MissingMandatoryValue, InstantiationException):
    """A job read a value that is mandatory (``???``) and was never given.

    Attributes:
        keys: Every key of the job's config that has no value.
    """

    def __init__(self, message: str, keys: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.keys = tuple(keys)


# --- running -----------------------------------------------------------------------------------


class JobError(ZenrunError):
    """A job could not be run."""


class TaskFunctionError(JobError, TypeError):
    """The task function cannot be called with a job's config."""


class OutputDirError(JobError, OSError):
    """The folder that a job or a sweep writes to cannot be made or written.

    Attributes:
        path: The folder or the file.
    """

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.path = path
