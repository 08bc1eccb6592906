"""The options of `builds` and `make_config`, which stand beside a config's own fields.

This module must not know how a config is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Union

from zenrun import errors

Defaults = Sequence[Union[str, Mapping[str, Union[str, Sequence[str], None]]]]  # noqa: UP007

OPTIONS_OF_BUILDS = (
    "zen_partial",
    "hydra_partial",
    "populate_full_signature",
    "hydra_recursive",
    "hydra_convert",
    "hydra_defaults",
)
_CONVERT = ("none", "partial", "object", "all")
_HYDRAS_FIELDS = ("_target_", "_partial_", "_recursive_", "_convert_", "_args_")


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
        ConfigTypeError: A name begins with ``zen_`` or ``hydra_``.
    """
    for name in names:
        if name.startswith(("zen_", "hydra_")):
            msg = (
                f"Names that begin with zen_ or hydra_ are {function}'s own options, and it has no "
                f"{name!r}. It has {', '.join(options)}"
            )
            raise errors.ConfigTypeError(msg)


def check_hydras_own(names: Iterable[str]) -> None:
    """Refuse arguments that Hydra would take for its own.

    Args:
        names: The names of the arguments.

    Raises:
        ConfigTypeError: A name is that of one of Hydra's fields.
    """
    for name in names:
        if name in _HYDRAS_FIELDS:
            msg = f"{name!r} is Hydra's own field of a config; builds sets it from its options"
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
    if not fine or not all(isinstance(item, (str, Mapping)) for item in defaults):
        msg = (
            "hydra_defaults is a list of strings and of dicts from config group to choice, such "
            f"as ['_self_', {{'optim': 'sgd'}}]; given was {defaults!r}"
        )
        raise errors.ConfigTypeError(msg)
    return [dict(item) if isinstance(item, Mapping) else item for item in defaults]
