"""Override values that are text, as hydra-zen's `launch` reads them.

This module must not know what an override is put to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zenrun.compose._overrides import override_strings
from zenrun.compose._swept import Grid, grid_of, grids

# Without one of these, text is a word, a number or the like to Hydra's grammar.
_SIGNS = frozenset(",[]{}()'\"$")


def launch_overrides(overrides: Any, keywords: Mapping[str, Any]) -> Grid | grids:
    """Write overrides in Hydra's grammar; text that is an expression of the grammar stays one.

    Text is an expression where the grammar reads it as a sweep, a list, a dict, an interpolation, a
    call, or text in quotes. All other text arrives as it is: ``"5"`` is no number.

    Args:
        overrides: As `override_strings` takes them, or `grids`.
        keywords: Further overrides by key.

    Returns:
        The overrides, written. Of several grids each has the keywords, too.

    Raises:
        OverrideTypeError: The overrides have no such form, or a value has none in the grammar.
        OverrideSyntaxError: A string names no key.
    """
    if isinstance(overrides, grids):
        return grids(
            *(
                item
                if isinstance(item, Grid)
                else grid_of(_written(keywords) + _read(item), keywords, item)
                for item in overrides.overrides
            )
        )
    return grid_of(_read(overrides) + _written(keywords), overrides, keywords)


def _read(overrides: Any) -> list[str]:
    return _written(overrides) if isinstance(overrides, Mapping) else override_strings(overrides)


def _written(values: Mapping[Any, Any]) -> list[str]:
    written = []
    for key, value in values.items():
        (line,) = override_strings({key: value})
        text = isinstance(value, str) and type(value).__str__ is str.__str__
        written.append(f"{key}={value}" if text and _is_expression(value) else line)
    return written


def _is_expression(text: str) -> bool:
    if _SIGNS.isdisjoint(text):
        return False
    from hydra.core.override_parser.types import QuotedString
    from hydra.errors import OverrideParseException

    from zenrun.compose._parse import parse

    try:
        override = parse(f"key={text}")
    except OverrideParseException:
        return False
    value = override.value()
    quoted = isinstance(override._value, QuotedString)  # noqa: SLF001 - only there quotes are told
    return override.is_sweep_override() or quoted or value != text or "${" in text
