"""The errors that are also of Hydra's or OmegaConf's types, which are loaded for them.

This module must not know anything of zenrun but its other errors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hydra.errors import (
    CompactHydraException,
    ConfigCompositionException,
    InstantiationException,
    MissingConfigException,
    OverrideParseException,
)
from omegaconf.errors import ConfigAttributeError, MissingMandatoryValue, ValidationError
from yaml import YAMLError

from zenrun.errors._plain import (
    ConfigError,
    TaskFunctionError,
    ZenrunError,
    known_by_package,
)


class ConfigTypeError(ConfigError, TypeError, ValidationError):
    """Something that is no config, or no valid setting of one, stands where a config must."""


class YamlError(ConfigError, YAMLError, OSError, ValueError):
    """A text is no yaml of a config, or yaml that would make Python objects.

    Attributes:
        path: The file, or an empty string where the text has none.
    """

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.path = path


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


class CombinationError(ComposeError, ValueError):
    """What a sweep was told to combine, repeat or leave out does not give jobs to run."""


class MissingValueError(ComposeError, MissingMandatoryValue, InstantiationException):
    """A job read a value that is mandatory (``???``) and was never given.

    Attributes:
        keys: Every key of the job's config that has no value.
    """

    def __init__(self, message: str, keys: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.keys = tuple(keys)


class TaskArgumentError(TaskFunctionError, ConfigAttributeError):
    """A config lacks what a function wrapped by `zenrun.zen` needs.

    Attributes:
        missing: The parameters that the config has no key for.
        nearest: The keys of the config that look most like them.
    """

    def __init__(
        self, message: str, missing: Sequence[str] = (), nearest: Sequence[str] = ()
    ) -> None:
        super().__init__(message)
        self.missing = tuple(missing)
        self.nearest = tuple(nearest)


class SweeperError(ZenrunError, CompactHydraException):
    """A search cannot be carried out as it was asked for; root of the next three."""


class SweeperConfigError(SweeperError, ValueError, TypeError):
    """A setting of a sweeper is missing, unknown, or has a value it cannot have.

    Attributes:
        setting: The dotted path of the setting, such as ``"hydra.sweeper.n_trials"``.
    """

    def __init__(self, message: str, setting: str = "") -> None:
        super().__init__(message)
        self.setting = setting


class SearchSpaceError(SweeperError, ConfigCompositionException, ValueError):
    """The overrides give nothing to search, or a range or condition that nobody can search.

    Attributes:
        override: The override that is wrong, or an empty string where it is all of them.
    """

    def __init__(self, message: str, override: str = "") -> None:
        super().__init__(message)
        self.override = override


class ScoreError(SweeperError, TypeError, ValueError):
    """A job of a search returned something that is no score.

    Attributes:
        job_num: The number of the job.
        params: What was searched for with the job.
        score: What the job returned.
    """

    def __init__(
        self,
        message: str,
        job_num: int = -1,
        params: Mapping[str, Any] | None = None,
        score: Any = None,
    ) -> None:
        super().__init__(message)
        self.job_num = job_num
        self.params = dict(params or {})
        self.score = score


known_by_package(globals())
