"""Where Hydra's grammar stops understanding an override.

This module must not know what overrides are for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hydra.grammar.gen.OverrideLexer import (  # type: ignore[attr-defined,unused-ignore]
    CommonTokenStream,
    InputStream,
    OverrideLexer,
)
from hydra.grammar.gen.OverrideParser import OverrideParser


class _FirstError:
    """Remembers where reading stopped, as ANTLR's error listeners are told."""

    def __init__(self) -> None:
        self.column: int | None = None

    def syntaxError(self, _recognizer: Any, _symbol: Any, _line: int, column: int, *_: Any) -> None:  # noqa: N802
        if self.column is None:
            self.column = column

    def reportAmbiguity(self, *_: Any) -> None:  # noqa: N802
        """Nothing is wrong where the grammar can be read in two ways."""

    reportAttemptingFullContext: Callable[..., None] = reportAmbiguity  # noqa: N815
    reportContextSensitivity: Callable[..., None] = reportAmbiguity  # noqa: N815


def syntax_error_column(override: str) -> int | None:
    """Say where Hydra's grammar stops understanding an override.

    Args:
        override: The override.

    Returns:
        The column of the first character that does not fit, from 0; None where all of them fit.
    """
    listener = _FirstError()
    lexer = OverrideLexer(InputStream(override))
    parser = OverrideParser(CommonTokenStream(lexer))
    for recognizer in (lexer, parser):
        recognizer.removeErrorListeners()
        recognizer.addErrorListener(listener)
    parser.override()  # type: ignore[no-untyped-call, unused-ignore]
    return listener.column
