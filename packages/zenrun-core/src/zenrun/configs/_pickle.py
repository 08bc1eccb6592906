"""Dataclasses that travel: cloudpickle sends those of ``__main__`` and notebooks by value.

The `dataclasses` module tells fields apart by marker objects that it compares by identity. Sent by
value the markers would arrive as copies, and the class would have no fields left; sent by
name they arrive as what they are. (Seen with cloudpickle 3.1.)
"""

from __future__ import annotations

import copyreg
import dataclasses

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
            copyreg.pickle(type(marker), _name_of)


def _name_of(marker: object) -> str:
    return next(name for name in _MARKERS if getattr(dataclasses, name, None) is marker)
