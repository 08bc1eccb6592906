"""The methods of a config's class, compiled when one is first used.

Compiling `__init__`, `__repr__`, `__eq__` and `__hash__` is most of the time that `dataclasses.make_dataclass`
takes, and most configs are composed and instantiated without any of them.

This module must not know which values a config can hold.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, make_dataclass
from typing import Any

from zenrun.configs._class_fields import FIELDS, PARAMS, Ordinary, by_position
from zenrun.configs._travel import OPTIONS

MODULE = "zenrun.configs"  # the same on every Python; the path of a config leads nowhere
_METHODS = ("__init__", "__repr__", "__eq__", "__hash__")
_SHARED = {name: vars(Ordinary)[name] for name in (PARAMS, "__replace__") if name in vars(Ordinary)}
OPTIONS_OF_ORDINARY = {
    name: getattr(vars(Ordinary)[PARAMS], name)
    for name in OPTIONS
    if hasattr(vars(Ordinary)[PARAMS], name)
}


def namespace_of(
    own: dict[str, Field[Any]], every: dict[str, Field[Any]], doc: str
) -> dict[str, Any]:
    """Give what `dataclasses` would leave in the class."""
    return {
        **{key: item.default for key, item in own.items() if item.default is not MISSING},
        **{method: _Uncompiled() for method in _METHODS},
        **_SHARED,
        "__annotations__": {key: item.type for key, item in own.items()},
        "__doc__": doc,
        "__match_args__": tuple(item.name for item in by_position(every)),
        "__module__": MODULE,
        FIELDS: every,
    }


class _Uncompiled:
    """Stands for a method of a config until it is first looked up."""

    __slots__ = ("name", "owner")

    def __set_name__(self, owner: type, name: str) -> None:
        self.owner, self.name = owner, name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self._method().__get__(instance, owner)

    def __reduce__(self) -> tuple[Any, ...]:
        # It travels as the method itself, so a process that reads the class need not have zenrun.
        return operator.getitem, ((self._method(),), 0)

    def _method(self) -> Callable[..., Any]:
        if vars(self.owner)[self.name] is self:
            setattr(self.owner, self.name, _compiled(self.owner, self.name))
        found: Callable[..., Any] = vars(self.owner)[self.name]
        return found


def _compiled(config: type, method: str) -> Any:
    """Have `dataclasses` compile one of a config's methods: most configs never need the others."""
    after_init = {"__post_init__": None} if hasattr(config, "__post_init__") else {}
    twin = make_dataclass(
        config.__name__,
        [(item.name, item.type, item) for item in fields(config)],
        namespace=after_init,
        init=method == "__init__",
        repr=method == "__repr__",
        eq=method == "__eq__",
        unsafe_hash=method == "__hash__",
    )
    return vars(twin)[method]
