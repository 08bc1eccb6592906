"""`just`: a value as a config that gives that value back.

This module must not know of targets that are called.
"""

from __future__ import annotations

from typing import Any

from zenrun.configs._values import config_value


def just(value: Any) -> Any:
    """Make a config that `instantiate` turns back into the value itself.

    Args:
        value: A function or a class; or a value that a config holds as it is, which is given back
            unchanged; or a list, tuple or dict of values. A config, which any dataclass type or
            instance is, stays that config.

    Returns:
        A config (a dataclass type) for a function or a class, else the value.

    Raises:
        UnsupportedValueError: No config can hold the value.
        InvalidTargetError: No dotted path leads to the function or class.

    Example:
        >>> from zenrun import instantiate, just
        >>> instantiate(just(len))
        <built-in function len>
        >>> just(3)
        3
    """
    return config_value(value)
