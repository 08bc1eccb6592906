"""The nodes that an OmegaConf config is made of: copied, read and compared without their ceremony.

With `_hydra` this is the place for OmegaConf's private names. It knows how nodes are built
(OmegaConf 2.2 to 2.4); it must not know what the configs are for.
"""

from __future__ import annotations

import copy
import marshal
from collections import defaultdict
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any

from omegaconf import DictConfig, ListConfig, Node
from omegaconf._impl import _resolve_container_value
from omegaconf._utils import get_omega_conf_dumper
from omegaconf.base import UnionNode
from omegaconf.errors import OmegaConfBaseException
from omegaconf.nodes import ValueNode

Path = tuple[str, ...]

_new = object.__new__
# Values of which a copy is the value itself, and that yaml writes the same way wherever they stand.
PLAIN = frozenset({int, float, str, bool, type(None)})


# --- copying ------------------------------------------------------------------------------------


def clone(node: Any, parent: Any = None) -> Any:
    """Copy a node with everything below it, as ``copy.deepcopy`` does, some ten times faster.

    Args:
        node: Any node of a config.
        parent: What the copy says its parent is. Nothing is put into it.

    Returns:
        The copy. Values are shared, as by OmegaConf's own deep copy.
    """
    cls = type(node)
    if not (issubclass(cls, ValueNode) or cls in _CONTAINERS):
        copied = copy.deepcopy(node)
        copied.__dict__["_parent"] = parent
        return copied
    made = _new(cls)
    state = made.__dict__
    state.update(node.__dict__)
    state["_parent"] = parent
    state["_flags_cache"] = None
    metadata = state["_metadata"]
    state["_metadata"] = own = _new(type(metadata))
    facts = own.__dict__
    facts.update(metadata.__dict__)
    if facts["flags"]:
        facts["flags"] = dict(facts["flags"])
    else:
        facts["flags"] = {}
    cache = facts["resolver_cache"]
    facts["resolver_cache"] = copy.deepcopy(cache) if cache else defaultdict(dict)
    if "_content" in state:
        content = state["_content"]
        if type(content) is dict:
            state["_content"] = {key: clone(item, made) for key, item in content.items()}
        elif type(content) is list:
            state["_content"] = [clone(item, made) for item in content]
        elif isinstance(content, Node):
            state["_content"] = clone(content, made)
    return made


_CONTAINERS = (DictConfig, ListConfig, UnionNode)


def clone_in_whole(node: Any) -> Any:
    """Copy a node with the whole config that it stands in: resolving the copy changes no original.

    Args:
        node: A container.

    Returns:
        The copy of the node; its parents are copies too, where they really hold the node.
    """
    parent = node.__dict__["_parent"]
    if parent is None:
        return clone(node)
    key = node.__dict__["_metadata"].key
    content = parent.__dict__.get("_content")
    try:
        held = content[key] is node
    except (KeyError, IndexError, TypeError):
        held = False
    if not held:  # a copy that says where it was taken from
        return clone(node, clone_in_whole(parent))
    return clone_in_whole(parent).__dict__["_content"][key]


def alone(config: Any, key: str) -> Any:
    """Copy one key of a config, as ``OmegaConf.masked_copy`` does.

    Args:
        config: The config.
        key: The key.

    Returns:
        A config with that key alone.
    """
    made = DictConfig({})
    made.__dict__["_content"][key] = clone(content_of(config)[key], made)
    return made


# --- reading ------------------------------------------------------------------------------------


def resolve(node: Any) -> None:
    """Resolve the interpolations in a container, as ``OmegaConf.resolve`` does, and look at nothing else.

    Args:
        node: The container, which is there: not None, missing or an interpolation.

    Raises:
        OmegaConfBaseException: An interpolation leads nowhere.
    """
    content = node.__dict__["_content"]
    items = list(content.items() if type(content) is dict else enumerate(content))
    for key, item in items:
        state = item.__dict__
        value = state["_content"] if "_content" in state else state.get("_val")
        if type(value) in (dict, list):
            resolve(item)
        elif type(value) not in PLAIN or (type(value) is str and "${" in value):
            _resolve_container_value(node, key)


def content_of(node: Any) -> Any:
    """Give what a container holds: a dict or a list of nodes, or None or text that stands for it."""
    return node.__dict__["_content"]


def child(node: Any, path: Sequence[str]) -> Any:
    """Give the node at a path, without resolving anything.

    Args:
        node: The node to start from.
        path: Keys of mappings.

    Returns:
        The node, or None where there is none, or something on the way is no plain mapping.
    """
    for key in path:
        content = node.__dict__.get("_content") if type(node) is DictConfig else None
        if type(content) is not dict:
            return None
        node = content.get(key)
        if node is None:
            return None
    return node


def raw_value(node: Any) -> Any:
    """Give a leaf's value as it is written: interpolations and missing values as text."""
    return node.__dict__["_val"]


def value_of(node: Any) -> Any:
    """Give a leaf's value as it is written; None where there is no leaf."""
    return None if node is None else node.__dict__.get("_val")


def set_raw_value(node: Any, value: Any) -> None:
    """Set a leaf's value, which must be of the leaf's own type."""
    node.__dict__["_val"] = value


def settable_leaf(parent: Any, key: str) -> Any:
    """Give the leaf under a key, if to set a value there is to set it in the leaf itself.

    Args:
        parent: A plain mapping.
        key: The key.

    Returns:
        The leaf, or None: there is none, it is no leaf, or it may not be changed.
    """
    leaf = parent.__dict__["_content"].get(key)
    if not isinstance(leaf, ValueNode) or leaf._get_flag("readonly"):
        return None
    return leaf


def with_value(leaf: Any, value: Any) -> Any:
    """Copy a leaf and set a value in the copy, with OmegaConf's checks and conversions.

    Args:
        leaf: The leaf.
        value: A bool, int, float or str.

    Returns:
        The copy, with the leaf's parent.

    Raises:
        ValidationError: The leaf's type does not take the value.
    """
    made = clone(leaf, leaf.__dict__["_parent"])
    made._set_value(value)
    return made


def put(parent: Any, key: str, node: Any) -> None:
    """Put a node into a mapping, under a key that is already the node's own."""
    node.__dict__["_parent"] = parent
    parent.__dict__["_content"][key] = node


def take(parent: Any, key: str) -> Any:
    """Take a node out of a mapping and give it; None where there is none."""
    return parent.__dict__["_content"].pop(key, None)


def is_plain_mapping(node: Any) -> bool:
    """Say whether a node is a mapping that is there: not None, missing or an interpolation."""
    return type(node) is DictConfig and type(node.__dict__["_content"]) is dict


def takes_text_keys(node: Any) -> bool:
    """Say whether a mapping's keys are text, so that the keys of overrides are its own."""
    return node.__dict__["_metadata"].key_type in (Any, str)


def leaves(node: Any) -> Iterator[Any]:
    """Give the values of all leaves below a node, as they are written."""
    content = node.__dict__.get("_content")
    if type(content) is dict:
        for item in content.values():
            yield from leaves(item)
    elif type(content) is list:
        for item in content:
            yield from leaves(item)
    elif isinstance(content, Node):
        yield from leaves(content)
    else:
        yield content if "_content" in node.__dict__ else node.__dict__["_val"]


class NotPlainError(Exception):
    """A config holds something else than text, numbers, truth values, lists and mappings."""


def to_plain(node: Any) -> Any:
    """Give a config as yaml will hold it: dicts, lists and plain values, nothing resolved.

    Args:
        node: Any node.

    Returns:
        What ``OmegaConf.to_container(node, enum_to_str=True)`` gives.

    Raises:
        NotPlainError: A key or a value is of another kind.
    """
    state = node.__dict__
    if "_content" in state:
        content = state["_content"]
        if type(content) is dict:
            plain = {}
            for key, item in content.items():
                if type(key) is not str:
                    raise NotPlainError
                plain[key] = to_plain(item)
            return plain
        if type(content) is list:
            return [to_plain(item) for item in content]
        if isinstance(content, Node):
            return to_plain(content)
        return content
    value = state["_val"]
    if type(value) in PLAIN:
        return value
    if isinstance(value, Enum):
        return value.name
    raise NotPlainError


def key_of_plain(plain: Any) -> bytes:
    """Give what tells plain values, as `to_plain` gives them, from others that are not equal.

    Args:
        plain: The values. They come back by `marshal.loads`.
    """
    # Later versions of the format tell which objects are the same, and equal values look different.
    return marshal.dumps(plain, 2)


def plain_list(node: Any) -> list[Any] | None:
    """Give the values of a list of leaves, or None where it is something else."""
    content = node.__dict__.get("_content")
    if type(content) is not list:
        return None
    values = [item.__dict__.get("_val") for item in content]
    return values if all(type(value) is str for value in values) else None


def fill_list(node: Any, values: Sequence[str], like: Any) -> None:
    """Make a list hold text.

    Args:
        node: The list.
        values: The texts.
        like: A leaf as the list has them; it is copied.
    """
    items = []
    for index, value in enumerate(values):
        item = clone(like, node)
        item.__dict__["_val"] = value
        item.__dict__["_metadata"].key = index
        items.append(item)
    node.__dict__["_content"] = items


def yaml_dumper() -> Any:
    """Give the class with which OmegaConf writes yaml."""
    return get_omega_conf_dumper()


# --- paths through a config --------------------------------------------------------------------


def is_none(node: DictConfig) -> bool:
    """Say whether a node of OmegaConf's stands for None.

    Args:
        node: The node.
    """
    return node._is_none()


def is_missing(node: DictConfig) -> bool:
    """Say whether a node of OmegaConf's stands for a value that is still to be given.

    Args:
        node: The node.
    """
    return node._is_missing()


def config_paths(config: DictConfig) -> list[str]:
    """List the dotted paths of everything in a config, resolving nothing.

    Args:
        config: The config.
    """
    return [path for path, _ in _nodes_of(config)]


def missing_paths(config: DictConfig) -> list[str]:
    """List the dotted paths of a config's mandatory values that nobody gave, resolving nothing.

    Args:
        config: The config.
    """
    return [path for path, node in _nodes_of(config) if node._is_missing()]


def _nodes_of(config: DictConfig, before: str = "") -> Iterator[tuple[str, Node]]:
    for key in config:
        path = f"{before}.{key!s}" if before else str(key)
        node = config._get_node(key)
        assert isinstance(node, Node)
        yield path, node
        plain = not (node._is_none() or node._is_missing() or node._is_interpolation())
        if isinstance(node, DictConfig) and plain:
            yield from _nodes_of(node, path)


def root_of(error: OmegaConfBaseException) -> Any:
    """Give the whole config in which OmegaConf met an error, or None.

    Args:
        error: The error.
    """
    node = error.parent_node
    while isinstance(node, (DictConfig, ListConfig)) and node._get_parent() is not None:
        node = node._get_parent()  # type: ignore[assignment, unused-ignore]
    return node
