"""`ZenField` and `mutable_value`: a field's name, type and default, said by the user.

This module must not know which config has the field.
"""

from __future__ import annotations

import copy
import dataclasses
import functools
from typing import Any, TypeVar, cast

from zenrun import errors
from zenrun.configs._checks import check_field_name, checked_zen_convert
from zenrun.configs._rules import RULES, Rules
from zenrun.typing import ZenConvert

T = TypeVar("T")


class ZenField:
    """A field of a config that `make_config` makes: its type, its default, its name.

    Args:
        hint: The field's type hint. It is widened where OmegaConf cannot hold it.
        default: The field's value; any value that `just` takes. Without one the field is mandatory.
        name: The field's name: it has to be given where the field is given by position.
        zen_convert: How the value becomes a config.

    Raises:
        ConfigTypeError: The name is no Python name, or ``zen_convert`` is no such dict.

    Example:
        >>> from zenrun import ZenField, make_config
        >>> Config = make_config(ZenField(str, name="user"), age=ZenField(int, 0))
        >>> Config(user="me")
        Config(user='me', age=0)
    """

    def __init__(
        self,
        hint: Any = Any,
        default: Any = dataclasses.MISSING,
        name: str | None = None,
        zen_convert: ZenConvert | None = None,
    ) -> None:
        if name is not None:
            check_field_name(name, "ZenField")
        checked_zen_convert(zen_convert, dataclass=False)
        self.hint = hint
        self.default = default
        self.name = name
        self.zen_convert = zen_convert

    def __repr__(self) -> str:
        shown = "" if self.default is dataclasses.MISSING else f", default={self.default!r}"
        named = "" if self.name is None else f", name={self.name!r}"
        return f"ZenField({self.hint!r}{shown}{named})"


def field_default(value: Any) -> Any:
    """Give the default of what ``dataclasses.field`` and `mutable_value` give, and any other value as it is.

    Args:
        value: A field, or a value.
    """
    if not isinstance(value, dataclasses.Field):
        return value
    if value.default_factory is not dataclasses.MISSING:
        return value.default_factory()
    return value.default


def mutable_value(value: T, *, zen_convert: ZenConvert | None = None) -> T:
    """Give a dataclass's field whose default is a fresh copy of a value that can change.

    Type checkers are told that it is the value.

    Args:
        value: A list, a dict, or any other value that `just` takes.
        zen_convert: How the value becomes a config.

    Returns:
        What ``dataclasses.field(default_factory=...)`` gives.

    Raises:
        ConfigTypeError: ``zen_convert`` is no such dict.
        UnsupportedValueError: No config can hold the value.

    Example:
        >>> from dataclasses import dataclass
        >>> from zenrun import mutable_value
        >>> @dataclass
        ... class Config:
        ...     layers: list = mutable_value([64, 64])
        >>> Config().layers.append(10)
        >>> Config()
        Config(layers=[64, 64])
    """
    return mutable_field(value, zen_convert, RULES)


def mutable_field(value: T, zen_convert: ZenConvert | None, rules: Rules) -> T:
    """Do what `mutable_value` does, with other rules.

    Args:
        value: The value.
        zen_convert: How it becomes a config.
        rules: How values are turned into what stands in a config.
    """
    convert, _ = checked_zen_convert(zen_convert, dataclass=False)
    held = rules.value(value, "", convert)
    made = dataclasses.field(default_factory=functools.partial(copy.deepcopy, held))
    return cast(T, made)


def misplaced(name: str, field: ZenField) -> None:
    """Refuse a field whose name is not the one that it is given under.

    Args:
        name: The name it is given under.
        field: The field.

    Raises:
        ConfigTypeError: They differ.
    """
    if field.name is not None and field.name != name:
        msg = f"make_config is given {name!r} as a ZenField that has another name, {field.name!r}"
        raise errors.ConfigTypeError(msg)
