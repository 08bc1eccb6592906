"""Libraries that are loaded when a search needs them, and named with their extra when they are missing.

This module must not know what they are used for.
"""

from __future__ import annotations

import importlib
from typing import Any

from zenrun.errors import MissingExtraError


def library(name: str, *, extra: str, what_for: str) -> Any:
    """Load a library.

    Args:
        name: The name of its module.
        extra: The extra of zenrun-sweepers that installs it.
        what_for: What it is needed for, as the subject of a sentence.

    Returns:
        The module.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise MissingExtraError(extra, package, what_for, of="zenrun-sweepers") from error
