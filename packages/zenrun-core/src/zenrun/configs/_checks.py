"""What options and names of fields can be: one check for each.

This module must not know which function takes which option.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import is_dataclass
from typing import Any

from zenrun import errors
from zenrun._nearest import did_you_mean

HYDRAS_FIELDS = frozenset(
    (
        "_target_",
        "_partial_",
        "_recursive_",
        "_convert_",
        "_args_",
        "_zen_target",
        "_zen_partial",
        "_zen_exclude",
        "_zen_wrappers",
    )
)
_RESERVED = ("zen_", "hydra_", "_zen_")
_CONVERT = ("none", "partial", "object", "all")
_ZEN_CONVERT = ("dataclass", "flat_target")


def checked_zen_convert(value: Any, *, dataclass: bool) -> tuple[bool, bool]:
    """Give what ``zen_convert`` says of dataclasses, and of targets that are configs.

    Args:
        value: The option's value.
        dataclass: What holds where it says nothing of dataclasses.

    Raises:
        ConfigTypeError: It is no such dict.
    """
    if not value and (value is None or isinstance(value, Mapping)):
        return dataclass, True
    fine = isinstance(value, Mapping) and all(
        key in _ZEN_CONVERT and isinstance(item, bool) for key, item in value.items()
    )
    if not fine:
        msg = (
            "zen_convert is a dict of 'dataclass' and 'flat_target', each True or False; given was "
            f"{value!r}"
        )
        raise errors.ConfigTypeError(msg)
    return value.get("dataclass", dataclass), value.get("flat_target", True)


def checked_bases(bases: Any, option: str) -> tuple[type, ...]:
    """Give the configs to inherit from.

    Args:
        bases: A sequence of dataclass types.
        option: The option they were given as, for the message.

    Raises:
        ConfigTypeError: One is no dataclass type.
    """
    if bases == ():
        return ()
    if isinstance(bases, type) or not isinstance(bases, Sequence):
        msg = f"{option} is a tuple of dataclass types; given was {bases!r}"
        raise errors.ConfigTypeError(msg)
    for base in bases:
        if not isinstance(base, type) or not is_dataclass(base):
            msg = f"The {option} of a config are dataclass types; given was {base!r}"
            raise errors.ConfigTypeError(msg)
    return tuple(bases)


def check_field_name(name: Any, function: str) -> None:
    """Refuse what cannot be the name of a field.

    Args:
        name: The name.
        function: What it was given to, for the message.

    Raises:
        ConfigTypeError: It is no Python name.
    """
    if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name):
        msg = f"{function} takes names of fields; {name!r} is no Python name"
        raise errors.ConfigTypeError(msg)


def checked_partial(zen_partial: Any, hydra_partial: Any) -> bool | None:
    """Give the one value of an option that has two names.

    Args:
        zen_partial: What was given by its newer name.
        hydra_partial: What was given by its older name.

    Returns:
        True, False, or None where neither was given.

    Raises:
        ConfigTypeError: One is no bool, or they differ.
    """
    given: dict[str, bool] = {}
    for name, value in (("zen_partial", zen_partial), ("hydra_partial", hydra_partial)):
        if value is None:
            continue
        if not isinstance(value, bool):
            msg = f"builds takes {name}=True or False; given was {value!r}"
            raise errors.ConfigTypeError(msg)
        given[name] = value
    if len(set(given.values())) > 1:
        msg = "builds is given zen_partial and hydra_partial, two names of one option, and they differ"
        raise errors.ConfigTypeError(msg)
    return next(iter(given.values()), None)


def check_recursive(value: Any) -> None:
    """Refuse what Hydra's ``_recursive_`` cannot be.

    Args:
        value: The option's value.

    Raises:
        ConfigTypeError: It is neither a bool nor None.
    """
    if value is not None and not isinstance(value, bool):
        msg = f"builds takes hydra_recursive=True or False; given was {value!r}"
        raise errors.ConfigTypeError(msg)


def check_convert(value: Any) -> None:
    """Refuse what Hydra's ``_convert_`` cannot be.

    Args:
        value: The option's value.

    Raises:
        ConfigTypeError: It is neither one of Hydra's words nor None.
    """
    if value is not None and value not in _CONVERT:
        msg = f"builds takes hydra_convert={', '.join(map(repr, _CONVERT))}; given was {value!r}"
        raise errors.ConfigTypeError(msg)


def check_reserved(names: Iterable[str], function: str, options: Sequence[str]) -> None:
    """Refuse fields that are meant as options.

    Args:
        names: The names of the fields.
        function: The function they were given to, for the message.
        options: The options it has.

    Raises:
        ConfigTypeError: A name begins with ``zen_``, ``hydra_`` or ``_zen_``.
    """
    for name in names:
        if name.startswith(_RESERVED):
            msg = (
                f"Names that begin with zen_ or hydra_ are {function}'s own options, and it has no "
                f"{name!r}{did_you_mean(name, options)}. It has {', '.join(options)}"
            )
            raise errors.ConfigTypeError(msg)


def check_hydras_own(names: Iterable[str], function: str = "builds") -> None:
    """Refuse arguments that Hydra would take for its own.

    Args:
        names: The names of the arguments.
        function: The function they were given to, for the message.

    Raises:
        ConfigTypeError: A name is that of one of Hydra's fields.
    """
    for name in names:
        if name in HYDRAS_FIELDS:
            msg = f"{name!r} is Hydra's own field of a config; {function} sets it from its options"
            raise errors.ConfigTypeError(msg)


def checked_defaults(defaults: Any) -> list[Any]:
    """Give a defaults list as a new list.

    Args:
        defaults: A sequence of strings, and of dicts from config group to choice.

    Returns:
        The list.

    Raises:
        ConfigTypeError: It is no such sequence.
    """
    fine = isinstance(defaults, Sequence) and not isinstance(defaults, str)
    if not fine or not all(map(_is_default, defaults)):
        msg = (
            "hydra_defaults is a list of strings and of dicts from config group to choice, such "
            f"as ['_self_', {{'optim': 'sgd'}}]; given was {defaults!r}"
        )
        raise errors.ConfigTypeError(msg)
    return [dict(item) if isinstance(item, Mapping) else item for item in defaults]


def _is_default(item: Any) -> bool:
    if not isinstance(item, Mapping):
        return isinstance(item, str) or is_dataclass(item)
    return all(
        choice is None
        or isinstance(choice, str)
        or (isinstance(choice, Sequence) and all(isinstance(name, str) for name in choice))
        for choice in item.values()
    )
