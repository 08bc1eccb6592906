"""The yaml files of a job, written by changing a few entries in a text that is there already.

The bytes are those of OmegaConf's ``to_yaml``: the text is made once for each choice of config groups.

This module must not know what the files are for.
"""

from __future__ import annotations

import functools
import marshal
from collections.abc import Sequence
from typing import Any

import yaml

from zenrun import _nodes
from zenrun._nodes import Path
from zenrun.job._yaml_text import entry_text, is_usual, mapping_text

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlTemplate:
    """A mapping as OmegaConf writes it, of which entries can be replaced.

    Args:
        plain: The mapping: text keys; plain values, lists and mappings below.
    """

    def __init__(self, plain: dict[str, Any]) -> None:
        self._plain = plain
        self.text = mapping_text(plain)
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
