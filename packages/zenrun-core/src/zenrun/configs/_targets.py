"""An object and the dotted path by which a config names it.

This module must not know what a config is.
"""

from __future__ import annotations

import functools
import importlib
import sys
from typing import Any

from zenrun.errors import InvalidTargetError


def target_path(target: Any) -> str:
    """Give the dotted path under which an object is found again.

    Args:
        target: A function, a class, or another object that has a name.

    Returns:
        The path, such as ``"torch.optim.adam.Adam"``.

    Raises:
        InvalidTargetError: The object has no path, or its path leads to another object.
    """
    name = getattr(target, "__qualname__", None) or getattr(target, "__name__", None)
    if not isinstance(name, str):
        raise InvalidTargetError(_not_nameable(target))
    if "<lambda>" in name or "<locals>" in name:
        kind = "a lambda" if "<lambda>" in name else "defined inside a function"
        msg = (
            f"{target!r} is {kind}, so no path leads to it and no config can name it. "
            "Define it at the top level of a module (or of the notebook) and use it from there"
        )
        raise InvalidTargetError(msg)
    module = _module_name(target)
    if module is not None and _leads_to(f"{module}.{name}", target):
        return f"{module}.{name}"
    path = _search_modules(target, name.rpartition(".")[2])
    if path is not None:
        return path
    found = f"{module}.{name}" if module else name
    msg = (
        f"{target!r} calls itself {found!r}, but that path does not lead to it, so a config made "
        "of it would build something else. Was it redefined, wrapped without being assigned to its "
        "name, or made by a function? Give it a name at the top level of its module"
    )
    raise InvalidTargetError(msg)


def find_object(path: str) -> Any:
    """Give the object that a dotted path leads to.

    Args:
        path: Modules, then attributes, joined by dots.

    Returns:
        The object.

    Raises:
        ImportError: Nothing is found there.
    """
    parts = path.split(".")
    for end in range(len(parts), 0, -1):
        name = ".".join(parts[:end])
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
                continue
            raise  # the module is there, and lacks something that it imports itself
        try:
            return functools.reduce(getattr, parts[end:], module)
        except AttributeError as error:
            msg = f"{path!r} leads nowhere: {error}"
            raise ImportError(msg) from error
    msg = f"{path!r} leads nowhere: there is no module {parts[0]!r}"
    raise ImportError(msg)


def _module_name(target: Any) -> str | None:
    module = getattr(target, "__module__", None)
    if module is None:  # a method of a builtin class, such as dict.fromkeys
        module = getattr(getattr(target, "__self__", None), "__module__", None)
    return module if isinstance(module, str) else None


def _leads_to(path: str, target: Any) -> bool:
    module, *names = path, *()
    parts = path.split(".")
    for end in range(len(parts) - 1, 0, -1):
        module = sys.modules.get(".".join(parts[:end]))  # type: ignore[assignment]
        if module is not None:
            names = parts[end:]
            break
    else:
        return False
    try:
        found = functools.reduce(getattr, names, module)
    except AttributeError:
        return False
    # Bound methods are made anew by each look-up: they are equal, not the same.
    return found is target or (callable(found) and type(found) is type(target) and found == target)


def _search_modules(target: Any, name: str) -> str | None:
    """Look for an object whose own idea of its module is wrong, as with C extensions."""
    found = [
        module_name
        for module_name, module in list(sys.modules.items())
        if getattr(module, "__dict__", {}).get(name) is target and module_name != "__main__"
    ]
    public = sorted(found, key=lambda item: ("._" in f".{item}", item.count("."), item))
    return f"{public[0]}.{name}" if public else None


def _not_nameable(target: Any) -> str:
    if isinstance(target, functools.partial):
        return (
            f"{target!r} is a partial, which no path leads to. Configure its function instead: "
            "builds(function, ..., zen_partial=True)"
        )
    return (
        f"{target!r} of type {type(target).__name__} is no function and no class, so no config "
        "can name it"
    )
