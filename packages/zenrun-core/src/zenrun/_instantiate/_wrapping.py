"""Configs whose targets are wrapped before they are called.

In a copy of the config the wrapped targets stand where their paths stood; Hydra calls them as they are.
It must not know what the wrapper does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from omegaconf import AnyNode, DictConfig, ListConfig, OmegaConf, read_write

from zenrun import _nodes
from zenrun._instantiate._targets import Targets, open_targets
from zenrun.configs._types import is_config

__all__ = ["with_wrapped_targets"]

_OBJECTS = {"allow_objects": True}
_PROCESSING = "zenrun.funcs.zen_processing"


def with_wrapped_targets(
    config: Any, kwargs: Mapping[str, Any], wrap: Callable[[Any], Any]
) -> tuple[Any, dict[str, Any]]:
    """Put wrapped targets in the place of the paths in a config and in keyword arguments.

    Args:
        config: What is to be instantiated.
        kwargs: The keyword arguments that go over it.
        wrap: Gives what is called in place of a target.

    Returns:
        Copies of both.

    Raises:
        InstantiationException: A target is not found, or refused by Hydra.
    """
    with open_targets() as targets:
        put = _Wrapping(targets, wrap)
        recursive = bool(kwargs.get("_recursive_", True))
        node = _copied(config)
        if isinstance(node, DictConfig) and "_recursive_" not in kwargs:
            recursive = _is_recursive(node, recursive)
        put.into(node, "", recursive=recursive)
        given = {}
        for key, value in kwargs.items():
            given[key] = value
            if key == "_target_" and isinstance(value, str):
                given[key] = put.wrapped(value, "")
            elif recursive and (is_config(value) or isinstance(value, (Mapping, list, tuple))):
                given[key] = put.into(_copied(value), key, recursive=recursive)
    return node, given


def _copied(config: Any) -> Any:
    if isinstance(config, (DictConfig, ListConfig)):
        node = _nodes.clone_in_whole(config)
    elif isinstance(config, (list, tuple)):
        node = OmegaConf.create(list(config), flags=_OBJECTS)
    elif isinstance(config, Mapping) or is_config(config):
        node = OmegaConf.structured(config, flags=_OBJECTS)
    else:
        return config
    with read_write(node):
        OmegaConf.resolve(node)
    return node


class _Wrapping:
    def __init__(self, targets: Targets, wrap: Callable[[Any], Any]) -> None:
        self._targets = targets
        self._wrap = wrap

    def wrapped(self, path: str, full_key: str) -> Any:
        return self._wrap(self._targets.find(path, full_key))

    def into(self, node: Any, full_key: str, *, recursive: bool) -> Any:
        """Put wrapped targets into a node, and what of it is instantiated with it."""
        if not isinstance(node, (DictConfig, ListConfig)):
            return node
        content = _nodes.content_of(node)
        if isinstance(node, ListConfig):
            if isinstance(content, list):
                for index, item in enumerate(content):
                    self._below(item, f"{full_key}[{index}]", recursive=recursive)
            return node
        if not isinstance(content, dict):
            return node
        path = _nodes.value_of(content.get("_target_"))
        if path == _PROCESSING and "_zen_target" in content:
            # It calls another target: the wrapper goes around that one, inside of its own wrappers.
            inside = ListConfig([self._wrap, *_several(node.get("_zen_wrappers"))], flags=_OBJECTS)
            _nodes.put(node, "_zen_wrappers", inside)
        elif isinstance(path, str) and not OmegaConf.is_missing(node, "_target_"):
            target = AnyNode(self.wrapped(path, full_key), key="_target_", flags=_OBJECTS)
            _nodes.put(node, "_target_", target)
        if recursive:
            for key, item in content.items():
                below = f"{full_key}.{key}" if full_key else str(key)
                self._below(item, below, recursive=recursive)
        return node

    def _below(self, item: Any, full_key: str, *, recursive: bool) -> None:
        if isinstance(item, DictConfig):
            recursive = _is_recursive(item, recursive)
        self.into(item, full_key, recursive=recursive)


def _several(wrappers: Any) -> list[Any]:
    if isinstance(wrappers, ListConfig):
        return list(_nodes.content_of(wrappers))
    return [] if wrappers is None else [wrappers]


def _is_recursive(node: DictConfig, inherited: bool) -> bool:
    content = _nodes.content_of(node)
    found = _nodes.value_of(content.get("_recursive_")) if isinstance(content, dict) else None
    return found if isinstance(found, bool) else inherited
