"""Whether a wrapped function can be pickled by its name.

This module must not know what is wrapped.
"""

from __future__ import annotations

import functools
import sys
from typing import Any


def is_found_by_name(item: Any) -> bool:
    """Say whether an object is found again, in any process, under the name that it claims.

    Programs' own modules, ``__main__`` and those that cloudpickle was told to send by value, are
    no such place.

    Args:
        item: An object that may claim a module and a name.
    """
    module, name = getattr(item, "__module__", None), getattr(item, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(name, str) or module == "__main__":
        return False
    if any(module == sent or module.startswith(f"{sent}.") for sent in _sent_by_value()):
        return False
    try:
        return functools.reduce(getattr, name.split("."), sys.modules.get(module)) is item
    except AttributeError:
        return False


def _sent_by_value() -> list[str]:
    cloudpickle = sys.modules.get("cloudpickle")
    listed = getattr(cloudpickle, "list_registry_pickle_by_value", None)
    return [] if listed is None else sorted(listed())
