"""Interpolations that only name other values: what they lead to.

Anything else, such as a resolver, is left to OmegaConf, and the call to Hydra: a resolver may do
something, and it must not do it twice. It must not know what a plan is.
"""

from __future__ import annotations

import re
from typing import Any

from zenrun._instantiate._nodes import VALUE_NODES, DictConfig, ListConfig, UnionNode
from zenrun._instantiate._plan import MISSING, Unsure

__all__ = ["Resolver"]

_NAME = r"[A-Za-z_]\w*"
_INTERPOLATION = re.compile(rf"\$\{{(\.*)({_NAME}(?:\.(?:{_NAME}|\d+))*)\}}", re.ASCII)
# Words of OmegaConf's grammar that are no plain names.
_WORDS = {"null", "true", "false", "inf", "nan"}
_DEEP = 20


class Resolver:
    """Resolves the interpolations of one config."""

    def __init__(self, config: Any, *, overridden: bool) -> None:
        """Read nothing yet.

        Args:
            config: The DictConfig or ListConfig that is instantiated.
            overridden: Whether some of its values are not those that will be used.
        """
        self.config = config
        self.used = False
        self._overridden = overridden

    def resolve(self, node: Any, depth: int = 0) -> Any:
        """Give what a value node with an interpolation stands for.

        Args:
            node: The node.
            depth: How many interpolations led to it.

        Returns:
            A plain value, or the DictConfig or ListConfig that it leads to.

        Raises:
            Unsure: OmegaConf itself has to say.
        """
        self.used = True
        state = node.__dict__
        metadata = state["_metadata"]
        text = state["_val"]
        if type(text) is not str or depth > _DEEP:
            msg = "an interpolation that leads far"
            raise Unsure(msg)
        match = _INTERPOLATION.fullmatch(text)
        if match is not None:
            value = self._follow(node, match, depth)
        else:
            value = self._joined(node, text, depth)
        ref_type = metadata.ref_type
        if ref_type is not Any and type(value) is not ref_type:
            msg = f"an interpolation to be converted, {text!r}"
            raise Unsure(msg)
        if isinstance(value, str) and (value == MISSING or "${" in value):
            msg = f"an interpolation of a special value, {text!r}"
            raise Unsure(msg)
        return value

    def _joined(self, node: Any, text: str, depth: int) -> str:
        """Give a text with interpolations in it."""
        parts: list[str] = []
        end = 0
        for match in _INTERPOLATION.finditer(text):
            value = self._follow(node, match, depth)
            if type(value) not in {str, int, bool}:
                msg = f"an interpolation of no text in a text, {text!r}"
                raise Unsure(msg)
            parts += [text[end : match.start()], str(value)]
            end = match.end()
        parts.append(text[end:])
        around = "".join(parts[::2])
        if "$" in around or "\\" in around:
            msg = f"the interpolation {text!r}"
            raise Unsure(msg)
        return "".join(parts)

    def _follow(self, node: Any, match: re.Match[str], depth: int) -> Any:
        dots, path = match.groups()
        keys = path.split(".")
        if not _WORDS.isdisjoint(key.lower() for key in keys):
            msg = f"the interpolation {match.group()!r}"
            raise Unsure(msg)
        if self._overridden and dots:
            msg = f"the interpolation {match.group()!r} among keyword arguments"
            raise Unsure(msg)
        found = node.__dict__["_parent"]
        if type(found) is UnionNode:
            found = found.__dict__["_parent"]
        if dots:
            for _ in dots[1:]:
                found = found.__dict__["_parent"] if found is not None else None
        else:
            while found is not None and found.__dict__["_parent"] is not None:
                found = found.__dict__["_parent"]
            if self._overridden and found is self.config:
                msg = f"the interpolation {match.group()!r} among keyword arguments"
                raise Unsure(msg)
        return self._value(self._walk(found, keys, match.group()), match.group(), depth)

    def _walk(self, found: Any, keys: list[str], text: str) -> Any:
        for key in keys:
            content = found.__dict__["_content"] if type(found) in {DictConfig, ListConfig} else ()
            if type(content) is dict and key in content:
                found = content[key]
            elif type(content) is list and key.isdigit() and int(key) < len(content):
                found = content[int(key)]
            else:
                msg = f"the interpolation {text!r} leads nowhere plain"
                raise Unsure(msg)
            if type(found) is UnionNode and found.__dict__["_content"] is not None:
                found = found.__dict__["_content"]
        return found

    def _value(self, found: Any, text: str, depth: int) -> Any:
        cls = type(found)
        if cls in VALUE_NODES:
            value = found.__dict__["_val"]
            if isinstance(value, str) and "${" in value:
                return self.resolve(found, depth + 1)
            return value
        if cls is DictConfig or cls is ListConfig:
            content = found.__dict__["_content"]
            if content is None or type(content) in {dict, list}:
                return None if content is None else found
        msg = f"the interpolation {text!r} leads to nothing plain"
        raise Unsure(msg)
