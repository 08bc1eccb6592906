"""What a user gives as the config of a run, as the node that Hydra composes from.

This module must not know of overrides.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from zenrun import _nodes
from zenrun.configs._values import Conversion, config_value
from zenrun.errors import ConfigNameError, ConfigPathError, ConfigTypeError

_TAKEN = (
    "a dataclass type or an instance of one (builds and make_config make them), a dict, "
    "or a DictConfig"
)


def primary_config(config: Any, *, to_dictconfig: bool = False) -> DictConfig:
    """Give the node of a run's config.

    Args:
        config: A dataclass type or instance, a dict, or a ``DictConfig``.
        to_dictconfig: Whether to forget the types of a structured config, so that no override is
            checked against them and the config needs no class to travel to another process.

    Returns:
        The node, a copy of what was given.

    Raises:
        ConfigTypeError: It is no config, or one that OmegaConf refuses.
        UnsupportedValueError: A dict holds a value that no config can hold.
    """
    if isinstance(config, Mapping) and not isinstance(config, DictConfig):
        config = config_value(config, conversion=Conversion(dataclasses=False))
    elif not isinstance(config, DictConfig) and not hasattr(config, "__dataclass_fields__"):
        is_attrs = hasattr(config, "__attrs_attrs__")
        if not is_attrs:
            raise ConfigTypeError(_no_config(config))
    try:
        node = OmegaConf.structured(config)
        if to_dictconfig:
            node = OmegaConf.create(OmegaConf.to_container(node, resolve=False, enum_to_str=False))
    except OmegaConfBaseException as error:
        msg = f"The config cannot be read: {error}\nA config is {_TAKEN}, with values that fit"
        raise ConfigTypeError(msg) from error
    if not isinstance(node, DictConfig) or _nodes.is_none(node) or _nodes.is_missing(node):
        raise ConfigTypeError(_no_config(config))
    return node


def checked_name(value: Any, parameter: str) -> str:
    """Give the name of a config or of a job, if it can be one.

    Args:
        value: What was given.
        parameter: The parameter it was given for.

    Returns:
        The name.

    Raises:
        ConfigNameError: It is no text, is empty, or would be read as a path.
    """
    text = value if isinstance(value, str) else ""
    if not text.strip() or text == "_self_" or any(sign in text for sign in "/\\\n\0"):
        msg = f"{parameter} is a name without slashes, such as 'hydra_run'; given was {value!r}"
        raise ConfigNameError(msg)
    return text.removesuffix(".yaml") if parameter == "config_name" else text


def config_folders(config_dir: Any, config_name: str) -> list[str]:
    """Give the folders that are searched for configs.

    Args:
        config_dir: None, a path, or a sequence of paths, the first one searched first.
        config_name: The name of the run's config, which no file there may hide.

    Returns:
        Their absolute paths.

    Raises:
        ConfigPathError: One is no folder.
        ConfigNameError: A file in one has the name of the run's config.
    """
    if config_dir is None:
        given: Sequence[Any] = []
    elif isinstance(config_dir, (str, os.PathLike)):
        given = [config_dir]
    elif isinstance(config_dir, Sequence) and not isinstance(config_dir, bytes):
        given = config_dir
    else:
        msg = f"config_dir is a path or a list of paths; given was {config_dir!r}"
        raise ConfigPathError(msg, path=str(config_dir))
    folders = []
    for item in given:
        if not isinstance(item, (str, os.PathLike)):
            msg = f"config_dir is a path or a list of paths; given was {config_dir!r}"
            raise ConfigPathError(msg, path=str(item))
        folder = Path(item).expanduser().absolute()
        if not folder.is_dir():
            what = "is a file, not a folder" if folder.exists() else "does not exist"
            msg = f"config_dir={os.fspath(item)!r} {what} (looked for {folder})"
            raise ConfigPathError(msg, path=os.fspath(item))
        hiding = folder / f"{config_name}.yaml"
        if hiding.exists():
            msg = (
                f"{hiding} has the name of the run's own config and would be read in its place. "
                f"Give the run another name: config_name='my_{config_name}'"
            )
            raise ConfigNameError(msg)
        folders.append(str(folder))
    return folders


def _no_config(config: Any) -> str:
    given = "None" if config is None else f"{config!r} of type {type(config).__name__}"
    hint = ""
    if callable(config) and not isinstance(config, type):
        hint = ". A function is configured by builds(function, ...)"
    return f"The first argument is the config of the run: {_TAKEN}. Given was {given}{hint}"
