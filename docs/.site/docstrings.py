"""Docstrings as the site shows them.

The part ``Example:`` holds examples, and ``Source:`` names a source: griffe would take both for boxes of text. What a
module must not know is for those who change it.
"""

from __future__ import annotations

import re
from typing import Any

import griffe

CHANGES = (
    (re.compile(r"^Example:$", re.MULTILINE), "Examples:"),
    (re.compile(r"^Source: ", re.MULTILINE), "*Source:* "),
    (re.compile(r"This (?:module|package|room) must not know[^.]*\."), ""),
)


class Parts(griffe.Extension):
    """Renames parts of docstrings before they are read."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Change an object's docstring."""
        if obj.docstring is not None:
            text = obj.docstring.value
            for pattern, put in CHANGES:
                text = pattern.sub(put, text)
            obj.docstring.value = text
