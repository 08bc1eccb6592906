"""The yaml files of a job, written by changing a few entries in a text that is there already.

The bytes are those of OmegaConf's ``to_yaml``: it writes the text once for each choice of config
groups, and any entry that is not of the plainest kind.

This module must not know what the files are for.
"""

from __future__ import annotations

import functools
import marshal
import re
from collections.abc import Sequence
from typing import Any

import yaml

from zenrun import _nodes
from zenrun._nodes import Path

# Text that yaml takes without quotes, and that it reads back as this text.
_SAFE_TEXT = re.compile(r"(?:\+{0,2}[A-Za-z_]|/)[A-Za-z0-9_./=+@,-]*", re.ASCII)
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
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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


class YamlTemplate:
    """A mapping as OmegaConf writes it, of which entries can be replaced.

    Args:
        plain: The mapping: text keys; plain values, lists and mappings below.
    """

    def __init__(self, plain: dict[str, Any]) -> None:
        self._plain = plain
        self.text = dump(plain)
        self._is_usual = is_usual()

    @functools.cached_property
    def _spans(self) -> dict[Path, tuple[int, int]]:
        """From where to where each entry goes in the text."""
        found: dict[Path, tuple[int, int]] = {(): (0, len(self.text))}
        # What libyaml reads differently, such as halves of surrogate pairs, is not ASCII or escaped.
        plain = self.text.isascii() and "\\" not in self.text
        loader = _LOADER if plain else yaml.SafeLoader
        self._find_entries(yaml.compose(self.text, Loader=loader), (), len(self.text), found)  # type: ignore[no-untyped-call, unused-ignore]
        return found

    def _find_entries(
        self, node: Any, path: Path, end: int, found: dict[Path, tuple[int, int]]
    ) -> None:
        """Find whole lines for each entry, as mappings are in block style."""
        if not isinstance(node, yaml.MappingNode) or node.flow_style:
            return
        starts = [key.start_mark.index - key.start_mark.column for key, _ in node.value]
        for (key, value), start, stop in zip(node.value, starts, [*starts[1:], end], strict=True):
            entry = (*path, key.value)
            found[entry] = (start, stop)
            self._find_entries(value, entry, stop, found)

    def with_entries(self, entries: Sequence[tuple[Path, Any]]) -> str | None:
        """Give the text with entries set, added or, where the value is `DELETED`, left out.

        Args:
            entries: Paths and plain values. No path leads to below another one.

        Returns:
            The text, or None where the mapping has to be written as a whole.
        """
        if not (self._is_usual and is_usual()):
            return None
        if not entries:
            return self.text
        changes: list[tuple[int, int, int, int, str]] = []
        gone: dict[Path, int] = {}
        for order, (path, value) in enumerate(entries):
            depth, parent = len(path) - 1, path[:-1]
            span = self._spans.get(path)
            if value is DELETED:
                gone[parent] = gone.get(parent, 0) + 1
                if span is None or gone[parent] == len(self._at(parent)):
                    return None
                changes.append((*span, -depth, order, ""))
            elif span is not None:
                changes.append((*span, -depth, order, entry_text(path[-1], value, depth)))
            else:
                above = self._spans.get(parent)
                if above is None or not self._at(parent) or parent in gone:
                    return None
                added = entry_text(path[-1], value, depth)
                changes.append((above[1], above[1], -depth, order, added))
        changes.sort()  # where mappings end together, what is added to the inner one comes first
        pieces, position = [], 0
        for start, stop, _, _, text in changes:
            pieces += [self.text[position:start], text]
            position = stop
        return "".join([*pieces, self.text[position:]])

    def _at(self, path: Path) -> Any:
        return functools.reduce(lambda plain, key: plain[key], path, self._plain)


DELETED = object()


def yaml_template(plain: dict[str, Any]) -> YamlTemplate:
    """Give the template of a mapping; for one that was asked for lately, the same one again.

    Args:
        plain: The mapping: text keys; plain values, lists and mappings below.
    """
    if not is_usual():
        return YamlTemplate(plain)
    return _known_template(_nodes.key_of_plain(plain))


@functools.lru_cache(maxsize=32)
def _known_template(marshalled: bytes) -> YamlTemplate:
    return YamlTemplate(marshal.loads(marshalled))  # noqa: S302 - just written by this module


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


def entry_text(key: str, value: Any, depth: int) -> str:
    """Write one entry of a mapping.

    Args:
        key: Its key.
        value: Its value.
        depth: How many mappings the mapping is in.
    """
    if _SAFE_KEY.fullmatch(key) and _is_safe(key):
        indent, scalar = "  " * depth, scalar_text(value)
        if scalar is not None:
            return f"{indent}{key}: {scalar}\n"
        if type(value) is list and value:
            items = [scalar_text(item) for item in value]
            if None not in items:
                return f"{indent}{key}:\n" + "".join([f"{indent}- {item}\n" for item in items])
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
        return f"'{value}'" if _DIGITS.fullmatch(value) else None
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
