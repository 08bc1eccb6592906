"""The overrides of a job read as Python values, for a table: no Hydra is loaded for it.

What is not read here as Hydra's grammar has it stays text: a table can show it all the same. This module
must not know what the values are for.
"""

from __future__ import annotations

import re
from typing import Any

_KEY = re.compile(r"\s*(~|\+{0,2})\s*([^=\s]+)\s*(?:=(.*))?", re.DOTALL)
_INT = re.compile(r"[+-]?(?:0|[1-9][0-9]*(?:_[0-9]+)*)")
_WHOLE = r"(?:0|[1-9](?:_?[0-9])*)"
_FLOAT = re.compile(
    rf"[+-]?(?:{_WHOLE}?\.[0-9](?:_?[0-9])*|{_WHOLE}\.?)(?:e[+-]?[0-9](?:_?[0-9])*)?", re.IGNORECASE
)
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}
_NUMBERS = re.compile(r"[+-]?(?:inf|nan)", re.IGNORECASE)
_QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"", re.DOTALL)
_BARE = re.compile(r"(?:\\.|[^\\,:\[\]{}()'\"])+", re.DOTALL)
_ESCAPED = re.compile(r"\\([\\()\[\]{}:=, \t])")


def read_override(text: str) -> tuple[str, Any]:
    """Give the key of an override, without its ``+``, and its value.

    Args:
        text: The override in Hydra's grammar. It sets one value: a job's, not a sweep's.

    Returns:
        Numbers, booleans, None, texts, lists and dicts; what is taken out (``~key``) has None.
    """
    found = _KEY.fullmatch(text)
    if found is None:
        return text, None
    kind, key, value = found.groups()
    return key, None if kind == "~" or value is None else read_value(value)


def read_value(text: str) -> Any:
    """Give the Python value of an override's right side.

    Args:
        text: It, in Hydra's grammar. Where that has no value (a function, an interpolation) it is a text.
    """
    text = text.strip()
    if text[:1] in "'\"[{":
        try:
            value, end = _value_at(text, 0)
        except _NoValue:
            return text
        return value if end == len(text) else text
    return _bare(text)


class _NoValue(Exception):  # noqa: N818 - never leaves this module
    """What stands there is nothing that is read here."""


def _bare(text: str) -> Any:
    """Give a value that has no quotes: a number, a word, or a text."""
    word = text.lower()
    if word in _WORDS:
        return _WORDS[word]
    if _INT.fullmatch(text):
        return int(text) if len(text) < 4000 else text  # Python reads no longer ones
    if _FLOAT.fullmatch(text) or _NUMBERS.fullmatch(text):
        return float(text)
    return _ESCAPED.sub(r"\1", text)


def _value_at(text: str, at: int, depth: int = 0) -> tuple[Any, int]:
    """Read the value that begins at a place; give it, and where it ends."""
    at = _skip(text, at)
    opening = text[at : at + 1]
    if depth > 20:
        raise _NoValue
    if opening == "[":
        return _list_at(text, at + 1, depth + 1)
    if opening == "{":
        return _dict_at(text, at + 1, depth + 1)
    if opening and opening in "'\"":
        found = _QUOTED.match(text, at)
        if found is None:
            raise _NoValue
        return _unquoted(found.group()[1:-1], opening), found.end()
    found = _BARE.match(text, at)
    if found is None or not found.group().strip():
        raise _NoValue
    return _bare(found.group().strip()), found.end()


def _list_at(text: str, at: int, depth: int) -> tuple[list[Any], int]:
    made: list[Any] = []
    at = _skip(text, at)
    if text[at : at + 1] == "]":
        return made, at + 1
    while True:
        value, at = _value_at(text, at, depth)
        made.append(value)
        at = _skip(text, at) + 1
        if text[at - 1 : at] == "]":
            return made, at
        if text[at - 1 : at] != ",":
            raise _NoValue


def _dict_at(text: str, at: int, depth: int) -> tuple[dict[Any, Any], int]:
    made: dict[Any, Any] = {}
    at = _skip(text, at)
    if text[at : at + 1] == "}":
        return made, at + 1
    while True:
        key, at = _value_at(text, at, depth)
        at = _skip(text, at) + 1
        if text[at - 1 : at] != ":" or isinstance(key, (list, dict)):
            raise _NoValue
        made[key], at = _value_at(text, at, depth)
        at = _skip(text, at) + 1
        if text[at - 1 : at] == "}":
            return made, at
        if text[at - 1 : at] != ",":
            raise _NoValue


def _unquoted(text: str, quote: str) -> str:
    """Take away the backslashes that Hydra's grammar has before a quote, and at the end."""
    return re.sub(rf"(\\+)(?={quote}|\Z)", lambda found: "\\" * (len(found.group()) // 2), text)


def _skip(text: str, at: int) -> int:
    while text[at : at + 1].isspace():
        at += 1
    return at
