"""Values of types of the standard library, as calls of what makes them.

A module of the library is not imported for its types: a value is of one only where it is loaded.

This module must not know types of other libraries, nor subclasses.
"""

from __future__ import annotations

import functools
import sys
import types
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any

from zenrun.configs._names import GET_OBJ
from zenrun.configs._values._made import (
    ConfigComplex,
    ConfigTimeDelta,
    call_config,
    instance_of,
    literal,
    reserved_among,
    value_config,
)
from zenrun.configs._values._parts import Parts

Way = Callable[[Any, Parts], Any]


def _complex(value: complex, _: Parts) -> Any:
    return ConfigComplex(value.real, value.imag)


def _set(value: Any, parts: Parts) -> Any:
    # In an order of its own a set would make another yaml each time that Python starts.
    try:
        ordered = sorted(value)
    except Exception:  # items compare as they like
        ordered = sorted(value, key=lambda item: (type(item).__name__, repr(item)))
    return value_config(f"builtins.{type(value).__name__}", [parts.items(ordered)])


def _bytearray(value: bytearray, _: Parts) -> Any:
    return value_config("builtins.bytearray", [bytes(value)])


def _range(value: Any, parts: Parts) -> Any:
    args = [value.start, value.stop, value.step]
    return value_config(f"builtins.{type(value).__name__}", [parts(item) for item in args])


def _deque(value: deque[Any], parts: Parts) -> Any:
    size = [] if value.maxlen is None else [value.maxlen]
    return value_config("collections.deque", [parts.items(value), *size])


def _ordered(value: OrderedDict[Any, Any], parts: Parts) -> Any:
    return value_config("collections.OrderedDict", [_pairs(value, parts)])


def _counter(value: Any, parts: Parts) -> Any:
    return value_config("collections.Counter", [parts(dict(value))])


def _defaultdict(value: defaultdict[Any, Any], parts: Parts) -> Any:
    factory = parts(value.default_factory, ".default_factory")
    return value_config("collections.defaultdict", [factory, parts(dict(value))])


def _mapping_proxy(value: Any, parts: Parts) -> Any:
    return value_config("types.MappingProxyType", [parts(dict(value))])


def _pairs(value: Any, parts: Parts) -> list[list[Any]]:
    return [[parts(key, ".keys()"), parts(item, f".{key}")] for key, item in value.items()]


def _namespace(value: types.SimpleNamespace, parts: Parts) -> Any:
    kwargs = vars(value)
    _check_names("types.SimpleNamespace", kwargs, parts)
    made = {name: parts(item, f".{name}") for name, item in kwargs.items()}
    return instance_of(call_config("Builds", "SimpleNamespace", "types.SimpleNamespace", made))


def _partial(value: functools.partial[Any], parts: Parts) -> Any:
    function = value.func
    target = parts.target(function)
    _check_names(target, value.keywords, parts)
    options: list[tuple[str, Any, Any]] = [("_partial_", bool, True)]
    if value.args:
        options.append(("_args_", Any, parts.items(value.args)))
    kwargs = {name: parts(item, f".{name}") for name, item in value.keywords.items()}
    name = getattr(function, "__name__", "target")
    return instance_of(call_config("PartialBuilds", name, target, kwargs, options))


def _check_names(target: str, names: Any, parts: Parts) -> None:
    taken = reserved_among(names)
    if taken is not None:
        msg = f"gives {target} an argument {taken!r}, which Hydra would take for its own"
        parts.refuse(msg)


def _text(target: str, text: Callable[[Any], str] = str) -> Way:
    return lambda value, _: value_config(target, [text(value)])


def _path(value: Any, _: Parts) -> Any:
    return value_config(f"pathlib.{type(value).__name__}", [literal(str(value))])


def _pattern(value: Any, _: Parts) -> Any:
    text = literal(value.pattern) if isinstance(value.pattern, str) else value.pattern
    return value_config("re.compile", [text, int(value.flags)])


def _fraction(value: Any, _: Parts) -> Any:
    return value_config("fractions.Fraction", [value.numerator, value.denominator])


def _timedelta(value: Any, _: Parts) -> Any:
    return ConfigTimeDelta(value.days, value.seconds, value.microseconds)


def _moment(value: Any, parts: Parts) -> Any:
    """Give a datetime or a time as text where nothing of it is lost, else by its parts."""
    kind = type(value)
    target = f"datetime.{kind.__name__}"
    again = kind.fromisoformat(value.isoformat())
    if value.fold == 0 and repr(again) == repr(value):
        return value_config(f"{target}.fromisoformat", [value.isoformat()])
    names = ["hour", "minute", "second", "microsecond", "tzinfo"]
    if target == "datetime.datetime":
        names = ["year", "month", "day", *names]
    kwargs = {name: parts(getattr(value, name), f".{name}") for name in names}
    kwargs["fold"] = value.fold
    return instance_of(call_config("Builds", kind.__name__, target, kwargs))


def _timezone(value: Any, parts: Parts) -> Any:
    offset, *name = value.__getinitargs__()
    return value_config("datetime.timezone", [parts(offset), *map(literal, name)])


def _zone(value: Any, parts: Parts) -> Any:
    if value.key is None:
        parts.refuse("was read from a file and has no key. Use one from zoneinfo.ZoneInfo(key)")
    return value_config("zoneinfo.ZoneInfo", [value.key])


def named_object(path: str) -> Any:
    """Give the config of the object that a path leads to.

    Args:
        path: Its dotted path.
    """
    return call_config("Just", path.rpartition(".")[2], GET_OBJ, {"path": path})


BUILTIN: dict[type, Way] = {
    complex: _complex,
    set: _set,
    frozenset: _set,
    bytearray: _bytearray,
    range: _range,
    slice: _range,
    type(...): lambda _, __: named_object("builtins.Ellipsis"),
    type(NotImplemented): lambda _, __: named_object("builtins.NotImplemented"),
    deque: _deque,
    OrderedDict: _ordered,
    Counter: _counter,
    defaultdict: _defaultdict,
    types.MappingProxyType: _mapping_proxy,
    types.SimpleNamespace: _namespace,
    functools.partial: _partial,
}

_BY_NAME: dict[tuple[str, str], Way] = {
    ("datetime", "date"): _text("datetime.date.fromisoformat"),
    ("datetime", "time"): _moment,
    ("datetime", "datetime"): _moment,
    ("datetime", "timedelta"): _timedelta,
    ("datetime", "timezone"): _timezone,
    ("zoneinfo", "ZoneInfo"): _zone,
    ("decimal", "Decimal"): _text("decimal.Decimal"),
    ("fractions", "Fraction"): _fraction,
    ("uuid", "UUID"): _text("uuid.UUID"),
    ("re", "Pattern"): _pattern,
    ("pathlib", "PosixPath"): _path,
    ("pathlib", "WindowsPath"): _path,
    ("pathlib", "PurePosixPath"): _path,
    ("pathlib", "PureWindowsPath"): _path,
    ("ipaddress", "IPv4Address"): _text("ipaddress.IPv4Address"),
    ("ipaddress", "IPv6Address"): _text("ipaddress.IPv6Address"),
    ("ipaddress", "IPv4Network"): _text("ipaddress.IPv4Network"),
    ("ipaddress", "IPv6Network"): _text("ipaddress.IPv6Network"),
}


def standard(kind: type) -> Way | None:
    """Give the way of a type of the standard library.

    Args:
        kind: The type.
    """
    module = kind.__module__.partition(".")[0]
    way = _BY_NAME.get((module, kind.__qualname__))
    # A class of the same name is another one.
    if way is None or getattr(sys.modules.get(module), kind.__qualname__, None) is not kind:
        return None
    return way
