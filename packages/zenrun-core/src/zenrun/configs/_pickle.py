"""Dataclasses that travel: cloudpickle sends those of ``__main__`` and notebooks by value.

The `dataclasses` module tells fields apart by marker objects that it compares by identity. Sent by
value the markers would arrive as copies, and the class would have no fields left; sent by
name they arrive as what they are. A process that has read them sends them by name itself, though
zenrun may be unknown there: else what a worker gives back would bring copies, and cloudpickle
would put them in the sender's own class. (Seen with cloudpickle 3.1.)
"""

from __future__ import annotations

import copyreg
import dataclasses
import functools
import operator
import pkgutil
from typing import Any

_MARKERS = (
    "MISSING",
    "_HAS_DEFAULT_FACTORY",
    "KW_ONLY",
    "_FIELD",
    "_FIELD_CLASSVAR",
    "_FIELD_INITVAR",
)


def let_dataclasses_travel() -> None:
    """Have the markers of `dataclasses` pickled by their names."""
    for name in _MARKERS:
        marker = getattr(dataclasses, name, None)
        if marker is not None:  # most of the names are private, and may change
            copyreg.pickle(type(marker), _reduced)


class _Call:
    """Pickled as a call: what it gives is what arrives."""

    def __init__(self, function: Any, *args: Any) -> None:
        self.call = function, args

    def __reduce__(self) -> Any:
        return self.call


def _reduced(marker: object) -> Any:
    name = next(name for name in _MARKERS if getattr(dataclasses, name, None) is marker)
    found = _Call(pkgutil.resolve_name, f"dataclasses:{name}")
    # Markers of one type know their names. Only the standard library is named here.
    named = (
        operator.attrgetter("name")
        if hasattr(marker, "name")
        else functools.partial(str.format, name)
    )
    sent_by_name_there = _Call(copyreg.pickle, type(marker), named)
    return operator.getitem, ([found, sent_by_name_there], 0)
