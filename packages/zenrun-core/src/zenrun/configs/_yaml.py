"""Configs as yaml texts and files, and back.

The text is OmegaConf's, but for what OmegaConf itself would not read back as it was: a member of an enum
becomes the config of one, and paths are written alike on every Python.

This module must not know how a config is made.
"""

from __future__ import annotations

import io
import os
import pathlib
import re
import typing
from enum import Enum
from typing import IO, TYPE_CHECKING, Any

from zenrun import errors
from zenrun.configs._names import GET_OBJ
from zenrun.configs._nodes import is_node
from zenrun.configs._targets import target_path
from zenrun.configs._types import is_config
from zenrun.configs._values import Conversion, config_value

if TYPE_CHECKING:
    from omegaconf import DictConfig, ListConfig

# From Python 3.13 on the classes of paths tell another module, which no reader of yaml knows.
_PATHS = re.compile(r"(!!python/object/apply:pathlib)\._local(\.\w+)$", re.MULTILINE)
# What yaml's writer and its reader do not agree on.
_ODD = re.compile("[\x85\u2028\u2029]|zenrun-stand-in-")
_SURROGATE = re.compile("[\ud800-\udfff]")  # no yaml can hold one
_STAND_IN = re.compile(r"zenrun-stand-in-(\d+)-")


def to_yaml(cfg: Any, *, resolve: bool = False, sort_keys: bool = False) -> str:
    """Give a config as a yaml text.

    A member of an enum is written as a config that gives it back, or by its name where OmegaConf reads
    the name back: in a field that has the enum's type, of a config without a target.

    Args:
        cfg: A config: what `builds` and `make_config` make, a dataclass, a ``DictConfig``, a dict or a
            list; or a value that `just` makes a config of.
        resolve: Whether interpolations are replaced by what they stand for.
        sort_keys: Whether the keys are in alphabetical order.

    Returns:
        The text.

    Raises:
        ConfigTypeError: It is no config, or one that OmegaConf refuses.
        UnsupportedValueError: No config can hold a value in it.

    Example:
        >>> from zenrun import builds, to_yaml
        >>> print(to_yaml(builds(dict, a=1, b=2j)))
        _target_: builtins.dict
        a: 1
        b:
          real: 0.0
          imag: 2.0
          _target_: builtins.complex
        <BLANKLINE>
    """
    from omegaconf import OmegaConf

    node = _node_of(cfg)
    plain = OmegaConf.to_container(node, resolve=resolve, enum_to_str=False)
    odd: list[str] = []
    if resolve or _has_more(plain):
        node = OmegaConf.create(_portable(plain, node, odd), flags={"allow_objects": True})
    text = _PATHS.sub(r"\1\2", OmegaConf.to_yaml(node, sort_keys=sort_keys))
    return _STAND_IN.sub(lambda found: _quoted(odd[int(found[1])]), text) if odd else text


def save_as_yaml(config: Any, f: str | os.PathLike[str] | IO[Any], resolve: bool = False) -> None:
    """Write a config to a yaml file.

    Args:
        config: A config, as `to_yaml` takes it.
        f: The path of the file, or a file that is open for writing.
        resolve: Whether interpolations are replaced by what they stand for.

    Raises:
        ConfigTypeError: It is no config, or ``f`` is neither a path nor a file.
        UnsupportedValueError: No config can hold a value in it.
        OSError: The file cannot be written.

    Example:
        >>> from zenrun import load_from_yaml, make_config, save_as_yaml
        >>> save_as_yaml(make_config(a=1, b="foo"), "test.yaml")
        >>> load_from_yaml("test.yaml")
        {'a': 1, 'b': 'foo'}
    """
    text = to_yaml(config, resolve=resolve)
    if isinstance(f, (str, os.PathLike)):
        pathlib.Path(f).write_text(text, encoding="utf-8")
    elif hasattr(f, "write"):
        binary = isinstance(f, (io.RawIOBase, io.BufferedIOBase))
        f.write(text.encode() if binary else text)
    else:
        raise errors.ConfigTypeError(_no_file(f, "save_as_yaml"))


def load_from_yaml(file_: str | os.PathLike[str] | IO[Any]) -> DictConfig | ListConfig:
    """Read a config from a yaml file. Reading it runs no code.

    Args:
        file_: The path of the file, or a file that is open for reading.

    Returns:
        The config; an empty one if the file is empty.

    Raises:
        YamlError: It is no yaml of a dict or a list, or has a tag that would make a Python object.
        ConfigTypeError: ``file_`` is neither a path nor a file.
        FileNotFoundError: The file is not there.

    Example:
        >>> import io
        >>> from zenrun import load_from_yaml
        >>> load_from_yaml(io.StringIO("a: 1"))
        {'a': 1}
    """
    import yaml
    from omegaconf import DictConfig, ListConfig, OmegaConf

    if not isinstance(file_, (str, os.PathLike)) and not hasattr(file_, "read"):
        raise errors.ConfigTypeError(_no_file(file_, "load_from_yaml"))
    source: Any = file_ if not isinstance(file_, (str, os.PathLike)) else pathlib.Path(file_)
    path = str(source) if isinstance(source, pathlib.Path) else ""
    where = f" {path}" if path else ""
    try:
        loaded = OmegaConf.load(source)
    except yaml.YAMLError as error:
        said = f"The yaml{where} cannot be read: {error}"
        if "python/" in str(error):
            said += (
                "\nReading a config never makes Python objects. A config names what is to be called "
                "as its _target_, and instantiate calls it"
            )
        raise errors.YamlError(said, path) from error
    except OSError as error:
        if error.errno is not None:
            raise
        msg = f"The yaml{where} holds no config, which is a dict or a list: {error}"
        raise errors.YamlError(msg, path) from error
    assert isinstance(loaded, (DictConfig, ListConfig))
    return loaded


def _no_file(given: Any, function: str) -> str:
    return f"{function} takes the path of a file, or an open file; given was {given!r}"


def _node_of(cfg: Any) -> Any:
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    if is_node(cfg):
        return cfg
    if not is_config(cfg) and not hasattr(cfg, "__attrs_attrs__"):
        cfg = config_value(cfg)
        if not isinstance(cfg, (list, dict)) and not is_config(cfg):
            msg = f"to_yaml takes a config, a dataclass, a dict or a list; given was {cfg!r}"
            raise errors.ConfigTypeError(msg)
    try:
        return OmegaConf.create(cfg)
    except OmegaConfBaseException as error:
        msg = f"The config cannot be read: {error}"
        raise errors.ConfigTypeError(msg) from error


def _has_more(plain: Any) -> bool:
    """Say whether something would not be read back from OmegaConf's yaml as it was."""
    if isinstance(plain, dict):
        return any(map(_has_more, plain)) or any(map(_has_more, plain.values()))
    if isinstance(plain, list):
        return any(map(_has_more, plain))
    return _needs_config(plain) or (isinstance(plain, str) and _ODD.search(plain) is not None)


def _needs_config(plain: Any) -> bool:
    """Say whether yaml has no text for a value: a member of an enum, or a part of a sign."""
    text = str(plain) if isinstance(plain, (str, pathlib.Path)) else ""
    return isinstance(plain, Enum) or _SURROGATE.search(text) is not None


def _portable(plain: Any, node: Any, odd: list[str]) -> Any:
    """Give what is to be written for what a node holds.

    Args:
        plain: What it holds.
        node: The node, or None where there is none.
        odd: Gets the texts for which something else stands.
    """
    if isinstance(plain, dict):
        by_name = _typed_keys(plain, node)
        content = {
            key: _named(item) if key in by_name else _portable(item, _child(node, key, item), odd)
            for key, item in plain.items()
        }
        if any(map(_needs_config, plain)):
            pairs = [[_portable(key, None, odd), item] for key, item in content.items()]
            return {"_target_": "builtins.dict", "_args_": [pairs], "_convert_": "all"}
        return {_portable(key, None, odd): item for key, item in content.items()}
    if isinstance(plain, list):
        return [_portable(item, _child(node, i, item), odd) for i, item in enumerate(plain)]
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


def _quoted(text: str) -> str:
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
