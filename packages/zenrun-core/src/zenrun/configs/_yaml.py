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
from typing import IO, TYPE_CHECKING, Any

from zenrun import errors
from zenrun.configs._nodes import is_node
from zenrun.configs._types import is_config
from zenrun.configs._values import config_value
from zenrun.configs._yaml_values import STAND_IN, has_more, portable, quoted

if TYPE_CHECKING:
    from omegaconf import DictConfig, ListConfig

# From Python 3.13 on the classes of paths tell another module, which no reader of yaml knows.
_PATHS = re.compile(r"(!!python/object/apply:pathlib)\._local(\.\w+)$", re.MULTILINE)


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
    if resolve or has_more(plain):
        node = OmegaConf.create(portable(plain, node, odd), flags={"allow_objects": True})
    text = _PATHS.sub(r"\1\2", OmegaConf.to_yaml(node, sort_keys=sort_keys))
    return STAND_IN.sub(lambda found: quoted(odd[int(found[1])]), text) if odd else text


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
