"""Which way something was done, said at the debug level to those who asked for it by name.

A verbose run has every logger speak that has no level of its own; it is to print what Hydra prints.
This module must not know which ways there are.
"""

from __future__ import annotations

import logging


def tell(log: logging.Logger, message: str, *arguments: object) -> None:
    """Say something, if the logger was itself given a level that lets it through.

    Args:
        log: The logger.
        message: The message, as `logging.Logger.debug` takes it.
        *arguments: What is put into it.
    """
    if log.level and log.isEnabledFor(logging.DEBUG):
        log.debug(message, *arguments)
