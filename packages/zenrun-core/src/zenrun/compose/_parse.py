"""Overrides read without ANTLR where their form is plain, else by Hydra's own parser.

This module knows Hydra's grammar; it must not know any config.

Source: https://hydra.cc/docs/advanced/override_grammar/basic
"""

from __future__ import annotations

import functools
import re
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import (
    Override,
    OverrideType,
    Quote,
    QuotedString,
    ValueType,
)

_KINDS = {
    "": OverrideType.CHANGE,
    "+": OverrideType.ADD,
    "++": OverrideType.FORCE_ADD,
}
_PLAIN = re.compile(
    r"""
    (?P<kind>\+{0,2})
    (?P<key>[A-Za-z_][A-Za-z0-9_]*(?:(?:\.[A-Za-z_][A-Za-z0-9_]*)*|(?:/[A-Za-z_][A-Za-z0-9_]*)*))
    =(?:
      (?P<int>-?(?:0|[1-9][0-9]*))
    | (?P<float>-?(?:0|[1-9][0-9]*)\.[0-9]+(?:e[+-]?[0-9]+)?)
    | (?P<text>[A-Za-z_][A-Za-z0-9_]*(?:[/.-][A-Za-z_][A-Za-z0-9_]*)*)
    | '(?P<quoted>[^'\\\n\r$]*)'
    )
    """,
    re.VERBOSE | re.ASCII,
)
_WORDS = {"true": True, "false": False, "null": None}
_OTHER_WORDS = frozenset({"inf", "nan"})


def parse(line: str) -> Override:
    """Read an override.

    Args:
        line: The override in Hydra's grammar.

    Returns:
        What Hydra's parser gives for it. It is shared: it must not be changed.

    Raises:
        OverrideParseException: Hydra's grammar does not know the line.
    """
    plain = _PLAIN.fullmatch(line)
    if plain is None:
        return _by_hydra(line)
    kind, key, integer, number, text, quoted = plain.groups()
    value: Any
    if integer is not None:
        value = int(integer)
    elif number is not None:
        value = float(number)
    elif text is not None:
        word = text.lower()
        if word in _WORDS:
            value = _WORDS[word]
        elif word in _OTHER_WORDS:
            return _by_hydra(line)
        else:
            value = text
    else:
        value = QuotedString(text=quoted, quote=Quote.single)
    return Override(
        type=_KINDS[kind],
        key_or_group=key,
        value_type=ValueType.ELEMENT,
        _value=value,
        input_line=line,
    )


@functools.lru_cache(maxsize=4096)
def _by_hydra(line: str) -> Override:
    return OverridesParser.create().parse_overrides([line])[0]
