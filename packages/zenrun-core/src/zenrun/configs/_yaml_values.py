"""What is written in yaml for the values that OmegaConf itself would not read back as they were.

This module must not know of files.
"""

from __future__ import annotations

import pathlib
import re
import typing
from enum import Enum
from typing import Any

from zenrun import errors
from zenrun.configs._names import GET_OBJ
from zenrun.configs._nodes import is_node
from zenrun.configs._targets import target_path
from zenrun.configs._values import Conversion, config_value

# What yaml's writer and its reader do not agree on.
_ODD = re.compile("[\x85\u2028\u2029]|zenrun-stand-in-")
_SURROGATE = re.compile("[\ud800-\udfff]")  # no yaml can hold one
STAND_IN = re.compile(r"zenrun-stand-in-(\d+)-")


def has_more(plain: Any) -> bool:
    """Say whether something would not be read back from OmegaConf's yaml as it was."""
    if isinstance(plain, dict):
        return any(map(has_more, plain)) or any(map(has_more, plain.values()))
    if isinstance(plain, list):
        return any(map(has_more, plain))
    return _needs_config(plain) or (isinstance(plain, str) and _ODD.search(plain) is not None)


def _needs_config(plain: Any) -> bool:
    """Say whether yaml has no text for a value: a member of an enum, or a part of a sign."""
    text = str(plain) if isinstance(plain, (str, pathlib.Path)) else ""
    return isinstance(plain, Enum) or _SURROGATE.search(text) is not None


def portable(plain: Any, node: Any, odd: list[str]) -> Any:
    """Give what is to be written for what a node holds.

    Args:
        plain: What it holds.
        node: The node, or None where there is none.
        odd: Gets the texts for which something else stands.
    """
    if isinstance(plain, dict):
        by_name = _typed_keys(plain, node)
        content = {
            key: _named(item) if key in by_name else portable(item, _child(node, key, item), odd)
            for key, item in plain.items()
        }
        if any(map(_needs_config, plain)):
            pairs = [[portable(key, None, odd), item] for key, item in content.items()]
            return {"_target_": "builtins.dict", "_args_": [pairs], "_convert_": "all"}
        return {portable(key, None, odd): item for key, item in content.items()}
    if isinstance(plain, list):
        return [portable(item, _child(node, i, item), odd) for i, item in enumerate(plain)]
    if _needs_config(plain):
        return _config_of(plain)
    if isinstance(plain, str) and _ODD.search(plain):
        odd.append(plain)
        return f"zenrun-stand-in-{len(odd) - 1}-"
    return plain


def _config_of(plain: Any) -> Any:
    if isinstance(plain, Enum):
        return _member(plain)
    if isinstance(plain, pathlib.Path):
        return {"_target_": "pathlib.Path", "_args_": [_config_of(str(plain))]}
    code = ["utf-8", "surrogatepass"]
    return {"_target_": "builtins.str", "_args_": [plain.encode(*code), *code]}


def _named(plain: Any) -> Any:
    """Give what a typed field holds, with the members of enums by their names."""
    if isinstance(plain, dict):
        return {_named(key): _named(item) for key, item in plain.items()}
    if isinstance(plain, list):
        return [_named(item) for item in plain]
    return plain.name if isinstance(plain, Enum) else plain


def quoted(text: str) -> str:
    """Give a text as yaml, with all escaped that yaml has an escape for."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(sign: str) -> str:
    if sign in '"\\':
        return f"\\{sign}"
    code = ord(sign)
    if 0x20 <= code < 0x7F:
        return sign
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _child(node: Any, key: Any, item: Any) -> Any:
    """Give the node of a container in a node, where it is no interpolation."""
    return node[key] if isinstance(item, (dict, list)) and is_node(node) else None


def _typed_keys(plain: dict[Any, Any], node: Any) -> set[Any]:
    """Give the keys of a config without a target that have an enum in their type."""
    from omegaconf import OmegaConf

    kind = OmegaConf.get_type(node) if is_node(node) and "_target_" not in plain else None
    if kind is None or not hasattr(kind, "__dataclass_fields__"):
        return set()
    try:
        hints = typing.get_type_hints(kind)
    except Exception:  # what OmegaConf could read has hints; others name no enum
        return set()
    return {key for key, hint in hints.items() if _names_enum(hint)}


def _names_enum(hint: Any) -> bool:
    if isinstance(hint, type) and not typing.get_args(hint):
        return issubclass(hint, Enum)
    return any(map(_names_enum, typing.get_args(hint)))


def _member(member: Enum) -> Any:
    """Give the config of a member of an enum; its name where no path leads to it."""
    try:
        path = target_path(type(member))
    except errors.InvalidTargetError:
        return member.name
    name = member.name
    if name is not None and name.isidentifier():
        return {"_target_": GET_OBJ, "path": f"{path}.{name}"}
    value = config_value(member.value, conversion=Conversion(exact=True))
    return {"_target_": path, "_args_": [value], "_convert_": "all"}
