"""A list of trials that shows itself as a table.

This module must not know what a search is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenrun.results._show import ROWS, Shown, Table

if TYPE_CHECKING:
    from zenrun.sweep._trials import TrialResult


class TrialTable(list["TrialResult"]):
    """The results of a search's trials. It is a list, and shows itself as a table."""

    def __repr__(self) -> str:
        """Show the first and the last trials, with their values."""
        return self.shown(ROWS).text() if self else "no trials"

    def _repr_html_(self) -> str:
        """Show them in a notebook."""
        return self.shown(3 * ROWS, f"{len(self)} trials").html()

    def shown(self, limit: int, title: str = "") -> Table:
        """Give the table.

        Args:
            limit: How many trials are shown at most.
            title: The line above it.
        """
        shown, left_out = list(self), max(len(self) - limit, 0)
        if left_out:
            shown = [*self[: limit // 2], *self[-limit // 2 :]]
        keys = list(dict.fromkeys(key for item in shown for key in item.params))
        count = max((len(item.values or ()) for item in shown), default=0) or 1
        names = ["value"] if count == 1 else [f"value {n}" for n in range(count)]
        rows = [
            [
                item.trial.number,
                Shown(item.status),
                *[*(item.values or ()), *[None] * count][:count],
                *(item.params.get(key) for key in keys),
            ]
            for item in shown
        ]
        marked = {at for at, item in enumerate(shown) if item.status == "FAILED"}
        return Table(
            title,
            ["#", "status", *names, *keys],
            rows,
            left_out,
            limit // 2,
            list(range(2 + count)),
            marked=marked,
        )
