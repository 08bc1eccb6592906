"""Texts of Hydra's config whose interpolations are known without building the config.

This module must not know what the texts are for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from zenrun import _nodes, _resolvers
from zenrun.compose._composition import NotSureError
from zenrun.configs._types import is_special

_TOKEN = re.compile(r"\$\{hydra[.:]([a-z_]+(?:\.[a-z_]+)*)\}")
_RESOLVER = "hydra"
_CONSTANT = (str, int)


class KnownText:
    """A text with interpolations of Hydra's own values, such as ``${hydra.job.num}``.

    Args:
        text: The text as it stands in the config.
        hydra: The ``hydra`` node that it stands in.
        changing: The values that are known for each job only, by their path below ``hydra``.

    Raises:
        NotSureError: The text has interpolations of another kind.
    """

    def __init__(self, text: str, hydra: Any, changing: frozenset[str]) -> None:
        literals = _TOKEN.split(text)
        plain = "".join(literals[::2])
        if "${" in plain or ("\\" in plain and len(literals) > 1):
            msg = f"{text!r} is resolved in the config of each job"
            raise NotSureError(msg)
        # The resolver that Hydra registers; somebody may register another one meanwhile.
        self._calls = f"${{{_RESOLVER}:" in text
        self._resolver = _resolvers.resolver_named(_RESOLVER)
        self._parts: list[tuple[bool, Any]] = []
        for position, part in enumerate(literals):
            if position % 2 == 0:
                if part:
                    self._parts.append((False, part))
            elif part in changing:
                self._parts.append((True, part))
            else:
                self._parts.append((False, _constant(part, hydra)))

    def value(self, known: Mapping[str, Any]) -> Any:
        """Give what the text resolves to.

        Args:
            known: The values that change, by path.

        Raises:
            NotSureError: A value is not known yet, or the resolver is another one than before.
        """
        if self._calls and self._resolver is not _resolvers.resolver_named(_RESOLVER):
            msg = "the resolver 'hydra' is another one than before"
            raise NotSureError(msg)
        if any(changes and part not in known for changes, part in self._parts):
            msg = "a text tells what is not known yet"
            raise NotSureError(msg)
        values = [known[part] if changes else part for changes, part in self._parts]
        if any(changes and is_special(known[part]) for changes, part in self._parts):
            msg = "an override, which the text tells, is resolved in the config of each job"
            raise NotSureError(msg)
        return values[0] if len(values) == 1 else "".join(map(str, values))


def _constant(path: str, hydra: Any) -> Any:
    leaf = _nodes.child(hydra, path.split("."))
    value = _nodes.value_of(leaf)
    if type(value) not in _CONSTANT or is_special(value):
        msg = f"hydra.{path} is resolved in the config of each job"
        raise NotSureError(msg)
    return value
