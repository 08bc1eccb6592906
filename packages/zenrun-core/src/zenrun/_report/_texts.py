"""Texts of jobs as a page can hold them: cleaned, cut, each once, and not more of them than a page can carry.

This module must not know what the texts are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# Colours and cursor movements of terminals, and links to click there.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_LINE_ENDS = re.compile(r"\r\n?")
# Controls, halves of surrogate pairs, and what turns the direction of the text that follows.
_NOT_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def clean(text: str) -> str:
    """Give a text that shows nothing but itself.

    Args:
        text: Any text: its line ends become newlines, and escape sequences of terminals go. What else is no
            character to look at becomes U+FFFD.
    """
    if text.isprintable():
        return text
    return _NOT_TEXT.sub("\ufffd", _LINE_ENDS.sub("\n", _ESCAPES.sub("", text)))


def middle_cut(text: str, most: int) -> str:
    """Give the beginning and the end of a text that is too long.

    Args:
        text: It.
        most: How many characters stay.
    """
    if len(text) <= most:
        return text
    end = most * 3 // 4
    cut = f"\n... {len(text) - most:,} characters are left out ...\n"
    return f"{text[: most - end]}{cut}{text[len(text) - end :]}"


class Texts:
    """The texts of a page. Jobs name them by their place.

    Args:
        most: How many characters there may be of each kind.

    Attributes:
        all: The texts.
        refused: How many there was no room for, by kind.
    """

    def __init__(self, most: Mapping[str, int]) -> None:
        self.all: list[str] = []
        self.refused = dict.fromkeys(most, 0)
        self._left = dict(most)
        self._places: dict[str, int] = {}

    def add(self, kind: str, text: str) -> int | None:
        """Give the place of a text; None where there is no room for it.

        Args:
            kind: Its kind.
            text: It.
        """
        place = self._places.get(text)
        if place is None:
            if len(text) > self._left[kind]:
                self.refused[kind] += 1
                return None
            self._left[kind] -= len(text)
            place = self._places[text] = len(self.all)
            self.all.append(text)
        return place

    def share(self, kind: str, count: int) -> int:
        """Give how many characters each of some texts may have.

        Args:
            kind: Their kind.
            count: How many there are.
        """
        return self._left[kind] // max(count, 1)
