"""What differs in how values become configs, and where in a config a value stands.

This module must not know any type of value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

from zenrun import errors
from zenrun.configs._targets import target_path


class Conversion(NamedTuple):
    """How values become configs; it holds for all the parts of a value.

    Attributes:
        dataclasses: Whether a dataclass that is no config becomes one that gives it back. If not, it
            stands in the config as it is, and Hydra reads it as a config without a target.
        recursive: Hydra's ``_recursive_`` for the configs of dataclass instances.
        convert: Hydra's ``_convert_`` for them.
        exact: Whether tuples stay tuples. OmegaConf makes lists of those in plain places.
        nested: What the parts of a value are given to, with their path and this object, in the
            place of `config_value`.
    """

    dataclasses: bool = True
    recursive: bool | None = None
    convert: str | None = None
    exact: bool = False
    nested: Callable[[Any, str, Conversion], Any] | None = None


class Parts:
    """Makes configs of the parts of a value that itself becomes a config."""

    __slots__ = ("_convert", "conversion", "path")

    def __init__(
        self, convert: Callable[[Any, str, Conversion], Any], path: str, conversion: Conversion
    ) -> None:
        """Keep them.

        Args:
            convert: Gives what stands for a part: `config_value`, but where the conversion says otherwise.
            path: Where the value stands.
            conversion: How parts become configs.
        """
        self._convert = convert if conversion.nested is None else conversion.nested
        self.path = path
        self.conversion = conversion if conversion.exact else conversion._replace(exact=True)

    def __call__(self, part: Any, name: str = "") -> Any:
        """Give what stands for a part.

        Args:
            part: The part.
            name: How the path goes on: ``[0]`` or ``.name``.
        """
        path = self.path + name
        return self._convert(part, path if self.path else path.removeprefix("."), self.conversion)

    def items(self, parts: Any) -> list[Any]:
        """Give what stands for the items of a sequence or a set.

        Args:
            parts: The items.
        """
        return [self(part, f"[{index}]") for index, part in enumerate(parts)]

    def target(self, target: Any) -> str:
        """Give the path of what makes the value.

        Args:
            target: A function or a class.

        Raises:
            InvalidTargetError: No path leads to it.
        """
        return path_of(target, self.path)

    def refuse(self, reason: str) -> NoReturn:
        """Raise the error that says that no config holds the value.

        Args:
            reason: What is wrong, without a full stop, and what to do.

        Raises:
            UnsupportedValueError: Always.
        """
        refuse(reason, self.path)


def at(path: str) -> str:
    """Give the words that tell where a value stands.

    Args:
        path: Its path; empty where it stands alone.
    """
    return f" at {path!r}" if path else ""


def path_of(target: Any, path: str) -> str:
    """Give the dotted path of an object that a value needs.

    Args:
        target: A function or a class.
        path: Where the value stands.

    Raises:
        InvalidTargetError: No path leads to it.
    """
    try:
        return target_path(target)
    except errors.InvalidTargetError as error:
        msg = f"The value{at(path)} cannot stand in a config: {error}"
        raise errors.InvalidTargetError(msg) from error


def refuse(reason: str, path: str) -> NoReturn:
    """Raise the error that says that no config holds a value.

    Args:
        reason: What is wrong, and what to do.
        path: Where the value stands.

    Raises:
        UnsupportedValueError: Always.
    """
    msg = f"The value{at(path)} {reason}"
    raise errors.UnsupportedValueError(msg, path=path)
