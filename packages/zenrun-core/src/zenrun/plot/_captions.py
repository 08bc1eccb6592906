"""What explains a picture: legends, colour bars, and the small note above.

Axes that are drawn beside each other have one of each in common. This module must not know what is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from zenrun.plot._style import GREY, is_ours
from zenrun.plot._text import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_NOTE = 110


class Captions(Protocol):
    """Where a picture is explained."""

    def legend(
        self,
        handles: Sequence[Any],
        labels: Sequence[str],
        title: str = "",
        order: Sequence[str] = (),
    ) -> None:
        """Say what marks mean.

        Args:
            handles: The marks.
            labels: What they mean, ready to be drawn.
            title: A line above.
            order: All the labels there could be, in their order.
        """
        ...

    def bar(self, mappable: Any, label: str) -> None:
        """Say what colours mean.

        Args:
            mappable: What has been coloured.
            label: What the colours are, ready to be drawn.
        """
        ...

    def note(self, *parts: str, drawn: int, count: int) -> None:
        """Say what the picture does not show by itself.

        Args:
            *parts: What is said; empty ones are left out.
            drawn: How many jobs are drawn.
            count: How many there are.
        """
        ...


class OwnCaptions:
    """Those of one Axes.

    Args:
        ax: The Axes.
    """

    def __init__(self, ax: Axes) -> None:
        self._ax = ax

    def legend(
        self,
        handles: Sequence[Any],
        labels: Sequence[str],
        title: str = "",
        order: Sequence[str] = (),  # noqa: ARG002 - the labels are in it
    ) -> None:
        """Put it beside the Axes; of a figure that is not zenrun's, where it covers the least."""
        where: dict[str, Any] = {"loc": "best"}
        if is_ours(self._ax):
            where = {"loc": "upper left", "bbox_to_anchor": (1.01, 1.0), "borderaxespad": 0.0}
        _put(self._ax, handles, labels, title, **where)

    def bar(self, mappable: Any, label: str) -> None:
        """Put it beside the Axes."""
        self._ax.figure.colorbar(mappable, ax=self._ax, label=label)

    def note(self, *parts: str, drawn: int, count: int) -> None:
        """Put it above the Axes."""
        text = _told([*parts, _left_out(drawn, count)])
        if text:
            self._ax.set_title(text, loc="left", fontsize="small", color=GREY)


class SharedCaptions:
    """Those of several Axes, each once."""

    def __init__(self) -> None:
        self._handles: dict[str, Any] = {}
        self._title = ""
        self._order: list[str] = []
        self._bar: tuple[Any, str] | None = None
        self._said: dict[str, None] = {}
        self._drawn = self._count = 0

    def legend(
        self,
        handles: Sequence[Any],
        labels: Sequence[str],
        title: str = "",
        order: Sequence[str] = (),
    ) -> None:
        """Remember what another Axes has not had yet."""
        for handle, label in zip(handles, labels, strict=True):
            self._handles.setdefault(label, handle)
        self._title, self._order = title, list(order)

    def bar(self, mappable: Any, label: str) -> None:
        """Remember the colours, which are the same for all."""
        self._bar = mappable, label

    def note(self, *parts: str, drawn: int, count: int) -> None:
        """Remember it, and count the jobs of all."""
        self._said.update(dict.fromkeys(parts))
        self._drawn += drawn
        self._count += count

    def put(self, figure: Figure, axes: Sequence[Axes], more: str) -> None:
        """Put all of it beside the Axes.

        Args:
            figure: Their figure.
            axes: The Axes.
            more: What else is to be said.
        """
        text = _told([*self._said, _left_out(self._drawn, self._count), more])
        if text:
            figure.suptitle(text, fontsize="small", color=GREY)
        if self._handles:
            known = [label for label in self._order if label in self._handles]
            labels = [*known, *(label for label in self._handles if label not in known)]
            handles = [self._handles[label] for label in labels]
            _put(figure, handles, labels, self._title, loc="outside right upper")
        if self._bar is not None:
            mappable, label = self._bar
            figure.colorbar(mappable, ax=list(axes), label=label)


def _put(
    where: Any, handles: Sequence[Any], labels: Sequence[str], title: str, **place: Any
) -> None:
    # Labels that begin with an underscore would be left out, so they are put in afterwards.
    made = where.legend(handles, [str(n) for n in range(len(labels))], frameon=False, **place)
    for text, label in zip(made.get_texts(), labels, strict=True):
        text.set_text(label)
    if title:
        made.set_title(title)
        made.set_alignment("left")


def _told(parts: Sequence[str]) -> str:
    return shown("; ".join(part for part in parts if part), _NOTE) if any(parts) else ""


def _left_out(drawn: int, count: int) -> str:
    return "" if drawn == count else f"{count - drawn} of {count} jobs not drawn"


def captions_of(shared: Any, ax: Axes) -> Captions:
    """Give where a picture is explained.

    Args:
        shared: The captions that it shares with others, or None.
        ax: Its Axes.
    """
    if shared is None:
        return OwnCaptions(ax)
    assert isinstance(shared, SharedCaptions)
    return shared
