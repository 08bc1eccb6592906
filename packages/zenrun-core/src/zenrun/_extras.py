"""Libraries that are loaded when they are used, and named with their extra when they are missing.

This module must not know what they are used for.
"""

from __future__ import annotations

import importlib
from typing import Any

from zenrun import errors


def library(name: str, *, extra: str, what_for: str) -> Any:
    """Load a library.

    Args:
        name: The name of its module, and of its package.
        extra: The extra of zenrun-core that installs it.
        what_for: What it is needed for, as the subject of a sentence.

    Returns:
        The module.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise errors.MissingExtraError(extra=extra, package=name, what_for=what_for) from error
