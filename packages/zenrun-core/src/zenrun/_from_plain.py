"""The node of a plain dict, as `OmegaConf.create` makes it, some ten times faster.

OmegaConf checks each value against everything that it could be. A number in a plain dict is a number.

This module must not know what the configs are for.
"""

from __future__ import annotations

import functools
from typing import Any

from omegaconf import DictConfig, OmegaConf

from zenrun import _nodes


def config_of(content: dict[str, Any]) -> DictConfig:
    """Make the config of a dict.

    Args:
        content: The dict. Values that are no dicts, lists, numbers, texts, True, False and None are left to
            OmegaConf, one by one.

    Returns:
        What `OmegaConf.create` gives.

    Raises:
        OmegaConfBaseException: OmegaConf refuses the dict.
    """
    try:
        made = _grown(_patterns()[None], content, None, None)
    except Exception:  # OmegaConf says what is wrong, and where
        made = OmegaConf.create(content)
    assert isinstance(made, DictConfig)
    return made


@functools.cache
def _patterns() -> dict[Any, Any]:
    """Give a node of OmegaConf's making for each kind that there is, and for the root."""
    root = OmegaConf.create({"container": {}, "items": [], "value": 0})
    container, items, value = (root._get_node(key) for key in ("container", "items", "value"))
    return {None: OmegaConf.create({}), dict: container, list: items, int: value}


def _grown(pattern: Any, value: Any, key: Any, parent: Any) -> Any:
    made = _nodes.clone(pattern, parent)
    made._metadata.key = key
    if type(value) is dict:
        made.__dict__["_content"] = {name: _node(item, name, made) for name, item in value.items()}
    elif type(value) is list:
        made.__dict__["_content"] = [_node(item, place, made) for place, item in enumerate(value)]
    else:
        made.__dict__["_val"] = value
    return made


def _node(value: Any, key: Any, parent: Any) -> Any:
    kind = type(value)
    if type(key) in (str, int) and (
        kind in (dict, list, int, float, bool, type(None)) or (kind is str and "${" not in value)
    ):
        pattern = _patterns()[kind if kind in (dict, list) else int]
        return _grown(pattern, value, key, parent)
    if type(parent) is DictConfig:
        return _nodes.clone(OmegaConf.create({key: value})._get_node(key), parent)
    made = _nodes.clone(OmegaConf.create([value])._get_node(0), parent)
    made._metadata.key = key
    return made
