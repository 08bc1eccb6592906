"""An object and the dotted path by which a config names it.

This module must not know what a config is.
"""

from __future__ import annotations

import functools
import importlib
import sys
import types
from collections.abc import Iterator
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
    module = getattr(target, "__module__", None)
    # Most objects are in the module that they claim, under their name.
    if (
        isinstance(name, str)
        and isinstance(module, str)
        and getattr(sys.modules.get(module), "__dict__", {}).get(name) is target
    ):
        return f"{module}.{name}"
    if not isinstance(name, str):
        raise InvalidTargetError(_not_nameable(target))
    if "<lambda>" in name or "<locals>" in name:
        kind = "a lambda" if "<lambda>" in name else "defined inside a function"
        msg = (
            f"{target!r} is {kind}, so no path leads to it and no config can name it. "
            "Define it at the top level of a module (or of the notebook) and use it from there"
        )
        raise InvalidTargetError(msg)
    claimed = list(_claimed_paths(target, name))
    for path in claimed:
        if _leads_to(path, target):
            return path
    # Some callables, such as ufuncs of older numpys, claim nothing: their class is from somewhere.
    root = (claimed[0] if claimed else type(target).__module__).partition(".")[0]
    found = _search_modules(target, name.rpartition(".")[2], root)
    if found is not None:
        return found
    if not isinstance(getattr(target, "__self__", None), (type(None), type, types.ModuleType)):
        raise InvalidTargetError(_bound(target, claimed))
    msg = (
        f"{target!r} calls itself {(claimed or [name])[0]!r}, but that path does not lead to it, so a config made "
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
    if not all(part.isidentifier() for part in parts):
        msg = f"{path!r} is no dotted path of Python names"
        raise ImportError(msg)
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


def _claimed_paths(target: Any, name: str) -> Iterator[str]:
    """Give the paths that an object names for itself, the plainest first."""
    module = getattr(target, "__module__", None)
    if isinstance(module, str):
        yield f"{module}.{name}"
    # Methods of builtin classes tell no module, and inherited class methods tell the class that
    # defines them: these tell the class they were taken from.
    owner = getattr(target, "__objclass__", getattr(target, "__self__", None))
    if owner is not None and not isinstance(owner, (type, types.ModuleType)):
        owner = type(owner)
    if isinstance(owner, type):
        yield f"{owner.__module__}.{owner.__qualname__}.{name.rpartition('.')[2]}"


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
    bound = isinstance(target, (types.MethodType, types.BuiltinMethodType))
    return found is target or (bound and isinstance(found, type(target)) and bool(found == target))


def _search_modules(target: Any, name: str, root: str) -> str | None:
    """Look for an object whose own idea of its module is wrong, as with C extensions."""
    found = [
        module_name
        for module_name, module in list(sys.modules.items())
        if getattr(module, "__dict__", {}).get(name) is target and module_name != "__main__"
    ]
    # The object's own package comes first: any module may have imported the object.
    public = sorted(
        found,
        key=lambda item: (
            item.partition(".")[0] != root,
            "._" in f".{item}",
            item.count("."),
            item,
        ),
    )
    return f"{public[0]}.{name}" if public else None


def _bound(target: Any, claimed: list[str]) -> str:
    return (
        f"{target!r} belongs to one {type(target.__self__).__name__}, which no path leads to. "
        f"Configure the function of the class, {claimed[-1]}, and give it a config of the "
        "object as its first argument"
    )


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
