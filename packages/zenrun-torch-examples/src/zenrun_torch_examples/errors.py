"""The errors of these examples, each under zenrun's root and under the type users catch.

This module must not know anything else of the package.
"""

from __future__ import annotations

from zenrun.errors import JobError, ZenrunError

__all__ = ["DescentArgumentError", "DeviceError", "MissingExtraError", "PlotDataError"]


class DescentArgumentError(JobError, ValueError, TypeError):
    """A descent is asked for with an argument that it cannot use.

    Attributes:
        argument: The argument's name.
    """

    def __init__(self, message: str, argument: str = "") -> None:
        super().__init__(message)
        self.argument = argument


class DeviceError(JobError, RuntimeError):
    """The device that a descent is to run on is not there.

    Attributes:
        device: The device, as it was given.
        available: The devices that there are.
    """

    def __init__(self, message: str, device: str = "", available: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.device = device
        self.available = available


class MissingExtraError(ZenrunError, ModuleNotFoundError):
    """A library that an extra of this package installs is not there.

    Attributes:
        extra: The extra's name.
    """

    def __init__(self, message: str, name: str | None = None, extra: str = "") -> None:
        super().__init__(message, name=name)
        self.extra = extra


class PlotDataError(ZenrunError, ValueError):
    """What is to be drawn is no trajectory in the plane, or cannot be drawn within the limits."""
