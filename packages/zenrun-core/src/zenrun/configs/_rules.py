"""How values, type hints and targets are turned into what stands in a config: the default, in one object.

`BuildsFn` lets users change each of the three. This module must not know which config is made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from zenrun.configs._targets import target_path
from zenrun.configs._types import config_hint
from zenrun.configs._values import Conversion, config_value


class Rules(NamedTuple):
    """Three functions.

    Attributes:
        value: Gives what stands for a value, from the value, its place, and whether dataclasses without a
            target become configs of themselves.
        hint: Gives the hint that OmegaConf can hold for a type hint.
        path: Gives the dotted path of a target.
    """

    value: Callable[[Any, str, bool], Any]
    hint: Callable[[Any], Any]
    path: Callable[[Any], str]


_AS_THEY_ARE = Conversion(dataclasses=False)
_CONVERTED = Conversion()


def _value(value: Any, path: str, convert_dataclass: bool) -> Any:
    return config_value(value, path, _CONVERTED if convert_dataclass else _AS_THEY_ARE)


RULES = Rules(_value, config_hint, target_path)
