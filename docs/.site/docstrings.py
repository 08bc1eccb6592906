"""Docstrings as the site shows them: the part ``Example:`` holds examples, and ``Source:`` a source.

Google's style knows both names in no other sense, and griffe would take them for boxes of text.
"""

from __future__ import annotations

import re
from typing import Any

import griffe


class Parts(griffe.Extension):
    """Renames parts of docstrings before they are read."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Change an object's docstring."""
        if obj.docstring is not None:
            text = re.sub(r"^Example:$", "Examples:", obj.docstring.value, flags=re.MULTILINE)
            obj.docstring.value = re.sub(r"^Source: ", "*Source:* ", text, flags=re.MULTILINE)
