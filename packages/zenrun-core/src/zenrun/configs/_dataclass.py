"""The dataclass that is a config, whose methods are compiled when one is first used.

Compiling `__init__`, `__repr__`, `__eq__` and `__hash__` is most of the time that `dataclasses.make_dataclass`
takes, and most configs are composed and instantiated without any of them. So an ordinary config is put
together here, of the parts that `dataclasses` would give it; the methods are then its own, compiled
at their first look-up. Whatever is not ordinary is left to `dataclasses`.

This module must not know which values a config can hold.
"""

from __future__ import annotations

import copy
import functools
import keyword
import operator
import types
from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields, make_dataclass
from typing import Any

from zenrun import errors
from zenrun.configs._dataclass_options import ORDINARY, DataclassSpec
from zenrun.configs._nodes import MISSING as NO_VALUE
from zenrun.configs._travel import OF_FIELDS, OPTIONS, ConfigType, travelling_type
from zenrun.configs._types import is_config

_MODULE = "zenrun.configs"  # the same on every Python; the path of a config leads nowhere
_METHODS = ("__init__", "__repr__", "__eq__", "__hash__")
_NOTHING: frozenset[str] = frozenset()


@dataclass(unsafe_hash=True)
class _Ordinary:
    """What every ordinary dataclass has in common is taken from this one."""

    value: Any = None


_PARAMS = "__dataclass_params__"
_FIELDS = "__dataclass_fields__"
_FIELD_TYPE: Any = vars(_Ordinary)[_FIELDS]["value"]._field_type  # noqa: SLF001 - by it `fields` knows fields
_OPTIONS = {
    name: getattr(vars(_Ordinary)[_PARAMS], name)
    for name in OPTIONS
    if hasattr(vars(_Ordinary)[_PARAMS], name)
}
_OF_FIELD = {name: getattr(vars(_Ordinary)[_FIELDS]["value"], name) for name in OF_FIELDS}
_SHARED = {
    name: vars(_Ordinary)[name] for name in (_PARAMS, "__replace__") if name in vars(_Ordinary)
}


def make_config_class(
    name: str,
    specs: Sequence[tuple[str, Any, Any]],
    *,
    hidden: frozenset[str] = _NOTHING,
    bases: tuple[type, ...] = (),
    doc: str,
    spec: DataclassSpec = ORDINARY,
) -> Any:
    """Make the dataclass that is a config.

    Args:
        name: The name of the class, where its options give none.
        specs: Name, type hint and default value of each field; ``dataclasses.MISSING`` where there is no
            default.
        hidden: The fields that are no arguments of ``__init__``.
        bases: Configs to inherit from.
        doc: The class's docstring.
        spec: The options of the class, but for its bases and its target.

    Returns:
        The dataclass type.

    Raises:
        ConfigTypeError: The names, the bases or the options make no dataclass.
    """
    name = spec.name or name
    try:
        made = _made(name, specs, hidden, bases, doc, spec)
    except (TypeError, ValueError) as error:
        msg = f"The config {name} cannot be made of these fields: {error}"
        raise errors.ConfigTypeError(msg) from error
    if spec.module is not None:
        made.__module__ = spec.module
    return made


def _made(
    name: str,
    specs: Sequence[tuple[str, Any, Any]],
    hidden: frozenset[str],
    bases: tuple[type, ...],
    doc: str,
    spec: DataclassSpec,
) -> type:
    own = {key: _field_of(key, hint, value, init=key not in hidden) for key, hint, value in specs}
    if not spec.target_repr and "_target_" in own:
        own["_target_"].repr = False
    ordinary = not spec.flags and not spec.namespace
    if len(own) == len(specs) and all(map(_is_ordinary_name, own)):
        inherited = _inherited(bases)
        if inherited is not None and ordinary:
            every = {**inherited, **own}
            if _defaults_come_last(every) or (_give_defaults(own) and _defaults_come_last(every)):
                return ConfigType(name, bases, _namespace(own, every, doc))
    if not spec.flags.get("kw_only") and any(_has_default(base) for base in bases):
        _give_defaults(own)
    if spec.flags.get("kw_only"):
        for item in own.values():
            item.kw_only = True
    flags = {"unsafe_hash": "__hash__" not in {*own, *spec.namespace}, **spec.flags}
    items = [(key, hint, own[key]) for key, hint, _ in specs]
    space = {"__doc__": doc, "__module__": _MODULE, **spec.namespace}
    return _by_dataclasses(name, items, bases, space, **flags)


def _by_dataclasses(
    name: str,
    items: Sequence[tuple[str, Any, Field[Any]]],
    bases: tuple[type, ...],
    space: dict[str, Any],
    **options: Any,
) -> type:
    """Do what `make_dataclass` does, which takes no type for the class."""
    hints: dict[str, Any] = {}
    for key, hint, _ in items:
        if not key.isidentifier():
            msg = f"Field names must be valid identifiers: {key!r}"
            raise TypeError(msg)
        if keyword.iskeyword(key):
            msg = f"Field names must not be keywords: {key!r}"
            raise TypeError(msg)
        if key in hints:
            msg = f"Field name duplicated: {key!r}"
            raise TypeError(msg)
        hints[key] = hint
    filled = {**space, **{key: item for key, _, item in items}, "__annotations__": hints}
    made = types.new_class(
        name, bases, {"metaclass": travelling_type(bases)}, lambda inner: inner.update(filled)
    )
    return dataclass(made, **options)


def is_made_here(cls: type) -> bool:
    """Say whether a class is a config that zenrun has made, or comes from one.

    Args:
        cls: The class.
    """
    return isinstance(cls, ConfigType)


def remade(
    name: str,
    bases: tuple[type, ...],
    told: Sequence[tuple[str, Any, dict[str, Any], dict[str, Any]]],
    doc: str,
    module: str,
    options: dict[str, Any],
    more: dict[str, Any],
) -> type:
    """Make a config class again of what was told of it in another process.

    Args:
        name: Its name.
        bases: Its bases.
        told: Name, type hint, value and options of each field.
        doc: Its docstring.
        module: The module that it names.
        options: Those of `dataclasses.dataclass`.
        more: What else was in it.
    """
    hidden = frozenset(key for key, _, _, of_field in told if not of_field["init"])
    ordinary = options == _OPTIONS and module == _MODULE and not more
    if ordinary and all(
        _is_simple(value) and {**of_field, "init": True} == _OF_FIELD
        for _, _, value, of_field in told
    ):
        specs = [(key, hint, _value_of(value)) for key, hint, value, _ in told]
        return _made(name, specs, hidden, bases, doc, ORDINARY)
    items = [(key, hint, field(**value, **of_field)) for key, hint, value, of_field in told]
    return _by_dataclasses(
        name, items, bases, {"__doc__": doc, "__module__": module, **more}, **options
    )


def _is_simple(value: dict[str, Any]) -> bool:
    """Say whether `_field_of` makes a field's default of a value."""
    factory = value.get("default_factory")
    if factory is not None:
        return isinstance(factory, functools.partial) and factory.func is copy.deepcopy
    return "metadata" not in value


def _value_of(value: dict[str, Any]) -> Any:
    """Give the value of which `_field_of` makes a field's default."""
    if "default_factory" in value:
        return value["default_factory"].args[0]
    return value.get("default", MISSING)


def _field_of(name: str, hint: Any, value: Any, *, init: bool) -> Field[Any]:
    """Give the field whose default is the value, a fresh copy for each config if it can change."""
    made: Any
    if value is MISSING:
        made = field(init=init, kw_only=False)
    # What has no hash can change, says `dataclasses`, and takes no such default.
    elif type(value).__hash__ is None or (is_config(value) and not isinstance(value, type)):
        factory = functools.partial(copy.deepcopy, value)
        made = field(default_factory=factory, init=init, kw_only=False)
    else:
        made = field(default=value, init=init, kw_only=False)
    made.name, made.type, made._field_type = name, hint, _FIELD_TYPE  # noqa: SLF001
    return made  # type: ignore[no-any-return]


def _give_defaults(own: dict[str, Field[Any]]) -> bool:
    """Let mandatory fields stand behind others that have defaults, and say whether there are any.

    To OmegaConf they are missing all the same.
    """
    mandatory = [
        item for item in own.values() if item.default is MISSING and item.default_factory is MISSING
    ]
    for item in mandatory:
        item.default = NO_VALUE
    return bool(mandatory)


def _has_default(base: type) -> bool:
    return any(
        item.default is not MISSING or item.default_factory is not MISSING
        for item in getattr(base, _FIELDS, {}).values()
    )


def _is_ordinary_name(name: str) -> bool:
    return name.isidentifier() and not keyword.iskeyword(name) and name[:2] != "__"


def _inherited(bases: tuple[type, ...]) -> dict[str, Field[Any]] | None:
    """Give the fields of the only base, or None where bases ask for more than fields."""
    if not bases:
        return {}
    if len(bases) > 1 or type(bases[0]) not in (type, ConfigType):
        return None
    found: dict[str, Field[Any]] = {}
    for base in reversed(bases[0].__mro__):
        params = getattr(base, _PARAMS, None)
        if params is not None and params.frozen:
            return None
        found.update(getattr(base, _FIELDS, {}))
    ordinary = all(
        item._field_type is _FIELD_TYPE  # type: ignore[attr-defined]  # noqa: SLF001
        and not hasattr(item.default, "__set_name__")
        for item in found.values()
    )
    return found if ordinary else None


def _defaults_come_last(every: dict[str, Field[Any]]) -> bool:
    mandatory = [
        item.default is MISSING and item.default_factory is MISSING for item in _by_position(every)
    ]
    return mandatory == sorted(mandatory, reverse=True)


def _by_position(every: dict[str, Field[Any]]) -> list[Field[Any]]:
    return [item for item in every.values() if item.init and not item.kw_only]


def _namespace(
    own: dict[str, Field[Any]], every: dict[str, Field[Any]], doc: str
) -> dict[str, Any]:
    """Give what `dataclasses` would leave in the class."""
    return {
        **{key: item.default for key, item in own.items() if item.default is not MISSING},
        **{method: _Uncompiled() for method in _METHODS},
        **_SHARED,
        "__annotations__": {key: item.type for key, item in own.items()},
        "__doc__": doc,
        "__match_args__": tuple(item.name for item in _by_position(every)),
        "__module__": _MODULE,
        _FIELDS: every,
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
