"""Yaml that somebody has left in a sweep's directory, read as plain values, or not at all.

This module must not know what it says.
"""

from __future__ import annotations

import importlib
import itertools
from typing import Any

_DEEPEST = 50  # of brackets: PyYAML takes the square of their depth


class NotPlainError(ValueError):
    """The text is no yaml of plain values, or such as would take long to read."""


def read_yaml(text: str) -> Any:
    """Give the values of a yaml text.

    Args:
        text: The text.

    Raises:
        NotPlainError: It is no yaml, makes objects, refers to itself, or is nested too deep.
    """
    yaml: Any = importlib.import_module("yaml")  # it comes with OmegaConf

    steps = ((char in "[{") - (char in "]}") for char in text)
    if max(itertools.accumulate(steps), default=0) > _DEEPEST:
        msg = "it is nested too deep"
        raise NotPlainError(msg)
    try:
        if "*" in text and any(
            isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)
        ):
            msg = "it refers to itself, and may stand for endlessly much"
            raise NotPlainError(msg)
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise NotPlainError(str(error)) from error
