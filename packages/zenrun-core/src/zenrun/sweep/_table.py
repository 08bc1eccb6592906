"""A list of trials that prints as a short table.

This module must not know what a search is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zenrun.sweep._trials import TrialResult

_ROWS = 20
_WIDE = 24


class TrialTable(list["TrialResult"]):
    """The results of a search's trials. It is a list, and prints as a short table."""

    def __repr__(self) -> str:
        """Show the first and the last trials, with their values."""
        if not self:
            return "no trials"
        shown, left_out = list(self), len(self) - _ROWS
        if left_out > 0:
            shown = [*self[: _ROWS // 2], *self[-_ROWS // 2 :]]
        keys = list(dict.fromkeys(key for item in shown for key in item.params))
        count = max(len(item.values or ()) for item in shown) or 1
        names = ["value"] if count == 1 else [f"value {n}" for n in range(count)]
        rows = [["#", "status", *names, *keys]]
        for item in shown:
            values = [*(item.values or ()), *[None] * count][:count]
            cells = [item.params.get(key, "") for key in keys]
            told = [str(item.trial.number), item.status, *map(_cell, values), *map(_cell, cells)]
            rows.append(told)
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        if left_out > 0:
            lines.insert(1 + _ROWS // 2, f"... {left_out} more ...")
        return "\n".join(lines)


def _cell(value: object) -> str:
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= _WIDE else f"{text[: _WIDE - 3]}..."
