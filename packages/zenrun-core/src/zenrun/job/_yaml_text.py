"""Plain values as the lines of yaml that OmegaConf's ``to_yaml`` writes for them.

The usual ones are put together here, a line each; PyYAML writes the others, and all of them where
somebody has changed how it writes. This module must not know what the lines are for.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from zenrun import _nodes

# Text that yaml takes without quotes, and that it reads back as this text: a word, and some words. A longer
# line would be folded.
_WORD = r"[A-Za-z0-9_./=+@,${}:%()-]*(?<!:)"
_SAFE_TEXT = re.compile(rf"(?:\+{{0,2}}[A-Za-z_]|[/$]){_WORD}", re.ASCII)
_SAFE_WORDS = re.compile(rf"[A-Za-z_/$]{_WORD}(?: (?! |$){_WORD})+", re.ASCII)
_LINE = 80
_DIGITS = re.compile(r"0|[1-9][0-9]*", re.ASCII)
_SAFE_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,60}", re.ASCII)
_OTHER_MEANING = frozenset(
    [
        "y",
        "yes",
        "n",
        "no",
        "true",
        "false",
        "on",
        "off",
        "null",
        "nan",
        "inf",
        "infinity",
        "+inf",
        "+nan",
        "+infinity",
    ]
)


def is_usual() -> bool:
    """Say whether yaml is written as PyYAML and OmegaConf write it, and nobody has changed that."""
    dumper = _nodes.yaml_dumper()
    usual = yaml.SafeDumper.yaml_representers
    return (
        all(dumper.yaml_representers.get(kind) is usual[kind] for kind in _REPRESENTED)
        and dumper.yaml_representers[str] is dumper.str_representer
        and dumper.yaml_implicit_resolvers is _RESOLVERS
    )


_REPRESENTED = (bool, int, float, type(None), list, dict)
_RESOLVERS = yaml.resolver.Resolver.yaml_implicit_resolvers


def dump(plain: Any) -> str:
    """Write plain values as OmegaConf's ``to_yaml`` writes a config that holds them.

    Args:
        plain: A dict or a list of plain values.
    """
    text: str = yaml.dump(  # type: ignore[no-untyped-call, unused-ignore]
        plain,
        default_flow_style=False,
        allow_unicode=True,
        sort_keys=False,
        Dumper=_nodes.yaml_dumper(),
    )
    return text


def mapping_text(plain: Mapping[str, Any]) -> str:
    """Write a mapping.

    Args:
        plain: The mapping.
    """
    return _entries(plain, 0) if plain and is_usual() else dump(plain)


def _entries(plain: Mapping[str, Any], depth: int) -> str:
    return "".join([entry_text(key, value, depth) for key, value in plain.items()])


def entry_text(key: str, value: Any, depth: int) -> str:
    """Write one entry of a mapping.

    Args:
        key: Its key.
        value: Its value.
        depth: How many mappings the mapping is in.
    """
    if type(key) is str and _is_safe_key(key):
        start = "  " * depth + key
        scalar = scalar_text(value)
        if scalar is not None:
            return f"{start}: {scalar}\n"
        kind = type(value)
        if kind is str:
            if len(start) + 2 + len(value) <= _LINE and _SAFE_WORDS.fullmatch(value):
                return f"{start}: {value}\n"
        elif kind is dict:
            return f"{start}:\n{_entries(value, depth + 1)}" if value else f"{start}: {{}}\n"
        elif kind is list:
            items = [scalar_text(item) for item in value]
            if not items:
                return f"{start}: []\n"
            if None not in items:
                indent = "  " * depth
                return f"{start}:\n" + "".join([f"{indent}- {item}\n" for item in items])
    if type(value) is str:
        return _written_text(key, value, depth)
    return _written(key, value, depth)


def list_text(values: Sequence[str]) -> str:
    """Write a list of texts.

    Args:
        values: The texts.
    """
    items = [scalar_text(item) for item in values]
    if not items or None in items or not is_usual():
        return dump(list(values))
    return "".join([f"- {item}\n" for item in items])


def scalar_text(value: Any) -> str | None:
    """Write a plain value that needs no second look; None for any other.

    Args:
        value: The value.
    """
    kind = type(value)
    if kind is str:
        if _SAFE_TEXT.fullmatch(value) and _is_safe(value):
            return value  # type: ignore[no-any-return]
        return f"'{value}'" if not value or _DIGITS.fullmatch(value) else None
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return str(value)
    if value is None:
        return "null"
    if kind is float and value - value == 0:  # finite
        text = repr(value)
        return text if "e" not in text or "." in text else text.replace("e", ".0e", 1)
    return None


def _is_safe(text: str) -> bool:
    return text.lower() not in _OTHER_MEANING


@functools.lru_cache(maxsize=4096)
def _is_safe_key(key: str) -> bool:
    return _SAFE_KEY.fullmatch(key) is not None and _is_safe(key)


@functools.lru_cache(maxsize=1024)
def _written_text(key: str, value: str, depth: int) -> str:
    return _written(key, value, depth)


def _written(key: str, value: Any, depth: int) -> str:
    plain = {key: value}
    for _ in range(depth):
        plain = {"k": plain}
    text = dump(plain)
    for _ in range(depth):
        text = text.partition("\n")[2]
    return text
