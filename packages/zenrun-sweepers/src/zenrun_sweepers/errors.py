"""Every error that zenrun-sweepers raises on purpose.

Each is a `zenrun.errors.ZenrunError`, one of Hydra's exceptions (so that a command line shows its
message without a traceback), and the built-in type that fits.

This module must not know anything else of zenrun-sweepers.
"""

from __future__ import annotations

from typing import Any

from hydra.errors import CompactHydraException, ConfigCompositionException

from zenrun.errors import ZenrunError

__all__ = ["ScoreError", "SearchSpaceError", "SweeperConfigError", "SweeperError"]


class SweeperError(ZenrunError, CompactHydraException):
    """The root of every error that a sweeper of zenrun-sweepers raises on purpose.

    Example:
        >>> from zenrun import hydra_multirun
        >>> from zenrun_sweepers.errors import SweeperError
        >>> try:
        ...     hydra_multirun({"x": 1}, print, ["hydra/sweeper=random_search", "x=2"])
        ... except SweeperError as error:
        ...     print(type(error).__name__)
        SearchSpaceError
    """


class SweeperConfigError(SweeperError, ValueError, TypeError):
    """A setting of the sweeper itself is missing, or has a value it cannot have.

    Attributes:
        setting: The dotted path of the setting, such as ``"hydra.sweeper.optim.max_iter"``.
    """

    def __init__(self, message: str, setting: str = "") -> None:
        super().__init__(message)
        self.setting = setting


class SearchSpaceError(SweeperError, ConfigCompositionException, ValueError):
    """The overrides give nothing to search, or a range that no value can be drawn from.

    Attributes:
        override: The override that is wrong, or an empty string where it is all of them.
    """

    def __init__(self, message: str, override: str = "") -> None:
        super().__init__(message)
        self.override = override


class ScoreError(SweeperError, TypeError, ValueError):
    """A job returned something that is no score.

    Attributes:
        job_num: The number of the job.
        params: What was drawn for the job.
        score: What the job returned.
    """

    def __init__(
        self,
        message: str,
        job_num: int = -1,
        params: dict[str, Any] | None = None,
        score: Any = None,
    ) -> None:
        super().__init__(message)
        self.job_num = job_num
        self.params = dict(params or {})
        self.score = score
