"""What configs made by zenrun name as their targets: these paths stand in yaml files and stay.

This module must not know how configs are made.
"""

from __future__ import annotations

from typing import Any

from zenrun.configs._targets import find_object

__all__ = ["get_obj"]


def get_obj(*, path: str) -> Any:
    """Give the object that a dotted path names. The target of configs made by `just`.

    Hydra checks what comes out of it, as it checks every target: a path that Hydra refuses as
    a target is refused here too.

    Args:
        path: A dotted path, such as ``"torch.optim.adam.Adam"``.

    Returns:
        The object itself.

    Raises:
        ImportError: No such object is found.

    Example:
        >>> from zenrun.funcs import get_obj
        >>> get_obj(path="builtins.dict")
        <class 'dict'>
    """
    return find_object(path)
