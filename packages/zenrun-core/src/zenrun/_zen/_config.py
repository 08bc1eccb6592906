"""A config that a wrapped function is called with: read, copied, resolved, checked.

This module must not know what the function does with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from typing import Any

from omegaconf import DictConfig, OmegaConf, read_write
from omegaconf.errors import InterpolationToMissingValueError, OmegaConfBaseException

from zenrun import _nodes, errors
from zenrun._nearest import did_you_mean, nearest
from zenrun.compose._primary import primary_config

_SHOWN_KEYS = 20


def node_of(config: Any) -> DictConfig:
    """Give the node of what a function is called with.

    Args:
        config: A dict, ``DictConfig``, dataclass type or instance, yaml text, or a path.

    Returns:
        The node: the very one where one was given.

    Raises:
        ConfigTypeError: It is no config, or no mapping.
    """
    if isinstance(config, DictConfig):
        if not _nodes.is_plain_mapping(config):
            raise errors.ConfigTypeError(_no_config(config))
        return config
    if isinstance(config, (str, PathLike)):
        return _read(config)
    if not isinstance(config, Mapping) and not hasattr(config, "__dataclass_fields__"):
        raise errors.ConfigTypeError(_no_config(config))
    return primary_config(config)


def _read(config: str | PathLike[str]) -> DictConfig:
    import yaml

    is_text = isinstance(config, str)
    try:
        node = OmegaConf.create(config) if is_text else OmegaConf.load(config)  # type: ignore[arg-type]
    except (yaml.YAMLError, OSError) as error:
        what = "The yaml text" if is_text else f"The file {config}"
        msg = f"{what} cannot be read as a config: {error}"
        raise errors.ConfigTypeError(msg) from error
    # OmegaConf makes a key without a value of text that is no mapping.
    only_text = is_text and ":" not in str(config)
    if not isinstance(node, DictConfig) or only_text:
        raise errors.ConfigTypeError(_no_config(config))
    return node


def _no_config(config: Any) -> str:
    hint = ""
    if isinstance(config, str):
        hint = ". Text is read as yaml: for a file give its Path"
    return (
        "A function wrapped by zen is called with a config: a dict, a DictConfig, a dataclass type "
        "or instance, yaml text of a mapping, or the Path of a yaml file; given was "
        f"{config!r} of type {type(config).__name__}{hint}"
    )


def copied(node: DictConfig) -> DictConfig:
    """Give a copy of a config, with one of what is around it: interpolations may lead there."""
    made: DictConfig = _nodes.clone_in_whole(node)
    return made


def resolved(node: DictConfig, *, whole: bool) -> DictConfig:
    """Give a config without interpolations, the config itself where there are none.

    Args:
        node: The config. It is not changed.
        whole: Whether all of it is needed. If not, interpolations that lead nowhere may stay: what
            nobody reads need not resolve.

    Raises:
        InterpolationResolutionError: An interpolation leads nowhere, and all are needed.
    """
    if not any(isinstance(value, str) and "${" in value for value in _nodes.leaves(node)):
        return node
    made = copied(node)
    try:
        with read_write(made):
            _nodes.resolve(made)
    except OmegaConfBaseException as error:
        # OmegaConf 2.4 raises where what an interpolation leads to is missing; 2.3 copies that.
        if whole and not isinstance(error, InterpolationToMissingValueError):
            raise
        return copied(node)
    return made


def items_of(node: DictConfig) -> Mapping[Any, Any]:
    """Give a config as a mapping that knows which keys are there, whatever their values are."""
    return _Items(node)


class _Items(Mapping[Any, Any]):
    """OmegaConf's own `in` is False for values that are missing."""

    def __init__(self, node: DictConfig) -> None:
        self._node = node
        self._content: dict[Any, Any] = _nodes.content_of(node)

    def __getitem__(self, key: Any) -> Any:
        return self._node[key]

    def __contains__(self, key: object) -> bool:
        return key in self._content

    def __iter__(self) -> Any:
        return iter(self._content)

    def __len__(self) -> int:
        return len(self._content)


def check(node: DictConfig, shown: str, required: Sequence[str], wanted: Iterable[str]) -> None:
    """Check that a config has what a function needs.

    Args:
        node: The config.
        shown: The function, for the message.
        required: The keys that have to be there.
        wanted: The keys that are taken if they are there.

    Raises:
        TaskArgumentError: One is not there.
        MissingValueError: One is there, mandatory, and was never given.
    """
    keys = list(_nodes.content_of(node))
    lacking = [name for name in required if name not in keys]
    if lacking:
        names = [key for key in keys if isinstance(key, str)]
        said = (repr(name) + did_you_mean(name, names) for name in lacking)
        msg = (
            f"{shown} cannot be called with this config, which has no {', no '.join(said)}. "
            f"It has {_listed(keys)}. Add to the config what is missing (+{lacking[0]}=... as an "
            "override), or give the parameter a default"
        )
        near = [nearest(name, names) for name in lacking]
        found = [name for name in near if name is not None]
        raise errors.TaskArgumentError(msg, missing=lacking, nearest=found)
    not_given = [name for name in wanted if name in keys and _is_missing(node, name)]
    if not_given:
        msg = (
            f"{shown} needs {', '.join(not_given)}: mandatory ('???') in the config, and never "
            f"given. Give it in the config, or by an override such as {not_given[0]}=1"
        )
        raise errors.MissingValueError(msg, keys=not_given)


def _is_missing(node: DictConfig, key: str) -> bool:
    if not OmegaConf.is_interpolation(node, key):
        return OmegaConf.is_missing(node, key)
    try:
        node[key]
    except InterpolationToMissingValueError:
        return True
    except OmegaConfBaseException:  # it leads nowhere, which is told where it is read
        return False
    return False


def _listed(keys: Sequence[Any]) -> str:
    if not keys:
        return "no keys at all"
    more = f" and {len(keys) - _SHOWN_KEYS} more" if len(keys) > _SHOWN_KEYS else ""
    return ", ".join(map(str, keys[:_SHOWN_KEYS])) + more
