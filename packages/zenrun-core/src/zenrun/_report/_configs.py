"""The configs of jobs, which are nearly the same: kept once, with the lines in which they differ.

This module must not know what is in them.
"""

from __future__ import annotations

from typing import Any

from zenrun._report._texts import Texts


class Configs:
    """The configs of a page's jobs.

    Args:
        texts: The page's texts.
        kind: What kind of text configs are there.

    Attributes:
        bases: The place of each config that others are told by.
    """

    def __init__(self, texts: Texts, kind: str) -> None:
        self.bases: list[int] = []
        self._texts = texts
        self._kind = kind
        self._shapes: dict[tuple[str, ...], tuple[int, list[str]]] = {}

    def add(self, text: str) -> list[Any] | None:
        """Give how a config is told: its base, and pairs of a line's number and its text.

        Args:
            text: The config as yaml.

        Returns:
            None where there is no room for it.
        """
        lines = text.split("\n")
        shape = tuple(line.partition(": ")[0] for line in lines)
        if shape not in self._shapes:
            place = self._texts.add(self._kind, text)
            if place is None:
                return None
            self._shapes[shape] = len(self.bases), lines
            self.bases.append(place)
        base, of_base = self._shapes[shape]
        changed: list[Any] = []
        for number, (line, other) in enumerate(zip(lines, of_base, strict=True)):
            if line != other:
                place = self._texts.add(self._kind, line)
                if place is None:
                    return None
                changed.append([number, place])
        return [base, changed]
