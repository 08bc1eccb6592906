"""Config classes that travel: `pickle` sends them by what they are made of, whatever their place.

`pickle` finds a class by the name of its module, and a class that `builds` made has none. It asks first,
though, whether something else is known for the type of what it sends: so config classes have a type of
their own. A process that gets the same class twice has it once.

This module must not know how a config class is put together.
"""

from __future__ import annotations

import copyreg
import dataclasses
import functools
import operator
import sys
import uuid
import weakref
from typing import Any


class ConfigType(type):
    """The type of the dataclasses that are configs. It has nothing that `type` has not."""


# Pure caches: which class is the one that another process, or this one, has told of by an id.
_id_of: weakref.WeakKeyDictionary[type, str] = weakref.WeakKeyDictionary()
_class_of: weakref.WeakValueDictionary[str, type] = weakref.WeakValueDictionary()

OPTIONS = ("init", "repr", "eq", "order", "unsafe_hash", "frozen", "match_args", "kw_only")
OF_FIELDS = ("init", "repr", "hash", "compare", "kw_only")
# What `dataclasses` and Python put into a class by themselves.
_MADE = frozenset(
    (
        "__init__",
        "__repr__",
        "__eq__",
        "__hash__",
        "__lt__",
        "__le__",
        "__gt__",
        "__ge__",
        "__setattr__",
        "__delattr__",
        "__replace__",
        "__match_args__",
        "__dataclass_fields__",
        "__dataclass_params__",
        "__annotations__",
        "__annotate_func__",
        "__annotations_cache__",
        "__annotate__",
        "__dict__",
        "__weakref__",
        "__doc__",
        "__module__",
        "__qualname__",
        "__firstlineno__",
        "__static_attributes__",
        "__parameters__",
        "__orig_bases__",
        "_abc_impl",
        "__slots__",
        "__getstate__",
        "__setstate__",
        "__abstractmethods__",
    )
)


def travelling_type(bases: tuple[type, ...]) -> type:
    """Give the type of a config class with some bases.

    Args:
        bases: The bases, of which some may have a type of their own, as abstract classes do.
    """
    others = [type(base) for base in bases if not issubclass(ConfigType, type(base))]
    return _joint(others[0]) if others and not issubclass(others[0], ConfigType) else ConfigType


@functools.lru_cache(maxsize=64)  # a pure cache
def _joint(other: type) -> type:
    joint = type(f"Config{other.__name__}", (ConfigType, other), {"__module__": __name__})
    copyreg.pickle(joint, _reduced)
    return joint


def _reduced(cls: type) -> Any:
    if _has_path(cls):
        return cls.__qualname__  # by this, `pickle` sends it by its name
    known = _id_of.get(cls)
    if known is None:
        known = _id_of[cls] = uuid.uuid4().hex
        _class_of[known] = cls
    params = cls.__dataclass_params__  # type: ignore[attr-defined]
    options = {name: getattr(params, name) for name in OPTIONS if hasattr(params, name)}
    # What older Pythons do not write down is seen in the class.
    if "__match_args__" not in vars(cls):
        options["match_args"] = False
    slots = vars(cls).get("__slots__")
    if slots is not None:
        options["slots"] = True
        if "__weakref__" in slots:
            options["weakref_slot"] = True
    own = [cls.__dataclass_fields__[name] for name in vars(cls).get("__annotations__", ())]  # type: ignore[attr-defined]
    names = {item.name for item in own}
    more = {
        name: item for name, item in vars(cls).items() if name not in _MADE and name not in names
    }
    told = (
        cls.__name__,
        cls.__bases__,
        [_told(item) for item in own],
        cls.__doc__,
        cls.__module__,
        options,
        more,
    )
    return _class, (known, told)


def _told(field: dataclasses.Field[Any]) -> tuple[Any, ...]:
    """Tell all of a field but the markers by which `dataclasses` knows that it has no value."""
    value: dict[str, Any] = {}
    if field.default is not dataclasses.MISSING:
        value["default"] = field.default
    if field.default_factory is not dataclasses.MISSING:
        value["default_factory"] = field.default_factory
    if field.metadata:
        value["metadata"] = dict(field.metadata)
    options = {name: getattr(field, name) for name in OF_FIELDS}
    return field.name, field.type, value, options


def _has_path(cls: type) -> bool:
    try:
        found = operator.attrgetter(cls.__qualname__)(sys.modules[cls.__module__])
    except (AttributeError, KeyError):
        return False
    return found is cls


def _class(known: str, told: Any) -> type:
    """Give the class that was told of: the one that is there already, or a new one."""
    found = _class_of.get(known)
    if found is None:
        from zenrun.configs._dataclass import remade  # it is made of parts that this module has

        found = _class_of[known] = remade(*told)
        _id_of[found] = known
    return found


copyreg.pickle(ConfigType, _reduced)
