"""OmegaConf's nodes from the inside: what a node holds, copies of it, new ones made at once.

It does what OmegaConf's public functions do, without their detours, for the kinds of nodes that
it knows. It must not know what instantiating is.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from enum import Enum
from typing import Any

from omegaconf import (
    AnyNode,
    BooleanNode,
    BytesNode,
    Container,
    DictConfig,
    EnumNode,
    FloatNode,
    IntegerNode,
    ListConfig,
    Node,
    OmegaConf,
    StringNode,
    UnionNode,
)
from omegaconf.nodes import PathNode

__all__ = [
    "ATOMS",
    "VALUE_NODES",
    "Container",
    "DictConfig",
    "ListConfig",
    "Node",
    "UnionNode",
    "any_node",
    "attach",
    "child_of",
    "copy_tree",
    "dict_config",
    "full_key_of",
    "holds_special",
    "is_wrapped_as_it_is",
    "layout_is_known",
    "list_config",
    "put_value",
    "set_parent",
    "to_plain",
    "work_copy",
]

VALUE_NODES = frozenset(
    {
        AnyNode,
        BooleanNode,
        BytesNode,
        EnumNode,
        FloatNode,
        IntegerNode,
        PathNode,
        StringNode,
    }
)
# Values that are the same wherever they stand, and never anything else to OmegaConf.
ATOMS = frozenset({bool, int, float, bytes, type(None)})
_WITH_CONTENT = {"_metadata", "_parent", "_flags_cache", "_content"}
_WITH_VALUE = {"_metadata", "_parent", "_flags_cache", "_val"}
_METADATA = {
    "ref_type",
    "object_type",
    "optional",
    "key",
    "flags",
    "flags_root",
    "resolver_cache",
}


def _sample(content: Any) -> Any:
    return OmegaConf.create(content, flags={"allow_objects": True})


# New nodes are made after these: what this OmegaConf makes itself.
_DICT, _LIST = _sample({}), _sample([])
_ANY = _sample({"key": 0})._get_node("key")
_CONTAINER_CLASS = type(_DICT._metadata)
_ANY_CLASS = type(_ANY._metadata)
_new: Any = object.__new__
# Types that OmegaConf makes something else of.
_CHANGED = frozenset({str, dict, list, tuple, type, Node})


def layout_is_known() -> bool:
    """Say whether this OmegaConf's nodes hold just what this module copies."""
    containers = all(
        node.__dict__.keys() == _WITH_CONTENT
        and node._metadata.__dict__.keys() == _METADATA | {"key_type", "element_type"}
        for node in (_DICT, _LIST)
    )
    return (
        containers
        and _ANY.__dict__.keys() == _WITH_VALUE
        and _ANY._metadata.__dict__.keys() == _METADATA
    )


def full_key_of(node: Any) -> tuple[Any, str]:
    """Give the path of a node from the root of its config, and what the paths in it begin with.

    Args:
        node: A DictConfig or ListConfig.
    """
    if node.__dict__["_parent"] is None:
        key = node.__dict__["_metadata"].key
        return ("", "") if key is None else (key, str(key))
    key, end = ("?", ".?") if type(node) is DictConfig else (0, "[0]")
    return node._get_full_key(None), str(node._get_full_key(key)).removesuffix(end)


def set_parent(node: Any, parent: Any) -> None:
    """Make a node part of another one.

    Args:
        node: The node.
        parent: The other one, or None.
    """
    node._set_parent(parent)


def _metadata(like: Any, key: Any, flags: dict[str, bool]) -> Any:
    made = _new(_CONTAINER_CLASS)
    made.ref_type = like.ref_type
    made.object_type = like.object_type
    made.optional = like.optional
    made.key = key
    made.flags = flags
    made.flags_root = like.flags_root
    cache = like.resolver_cache
    made.resolver_cache = copy.deepcopy(cache) if cache else defaultdict(dict)
    made.key_type = like.key_type
    made.element_type = like.element_type
    return made


def _container(cls: type, metadata: Any, parent: Any, content: Any) -> Any:
    made = _new(cls)
    state = made.__dict__  # DictConfig takes attributes for keys
    state["_metadata"] = metadata
    state["_parent"] = parent
    state["_flags_cache"] = None
    state["_content"] = content
    return made


def dict_config() -> DictConfig:
    """Make what ``OmegaConf.create({}, flags={"allow_objects": True})`` makes."""
    made: DictConfig = _container(
        DictConfig, _metadata(_DICT._metadata, None, {"allow_objects": True}), None, {}
    )
    return made


def list_config() -> ListConfig:
    """Make what ``OmegaConf.create([], flags={"allow_objects": True})`` makes."""
    made: ListConfig = _container(
        ListConfig, _metadata(_LIST._metadata, None, {"allow_objects": True}), None, []
    )
    return made


def any_node(value: Any, key: Any, parent: Any) -> Any:
    """Make the node that OmegaConf makes of a value without a type hint.

    Attributes set one by one cost half of what a dict put in their place does.

    Args:
        value: The value.
        key: Its key.
        parent: The DictConfig or ListConfig that it is in.
    """
    metadata = _new(_ANY_CLASS)
    metadata.ref_type = Any
    metadata.object_type = None
    metadata.optional = True
    metadata.key = key
    metadata.flags = {}
    metadata.flags_root = False
    metadata.resolver_cache = defaultdict(dict)
    made = _new(AnyNode)
    made._metadata = metadata
    made._parent = parent
    made._flags_cache = None
    made._val = value
    return made


def put_value(parent: Any, key: Any, value: Any) -> None:
    """Add a value to a DictConfig or at the end of a ListConfig, wrapped as OmegaConf wraps it.

    Args:
        parent: What `dict_config` or `list_config` made.
        key: The new key or index.
        value: A value for which `is_wrapped_as_it_is` holds.
    """
    content = parent.__dict__["_content"]
    if type(content) is list:
        content.append(any_node(value, key, parent))
    else:
        content[key] = any_node(value, key, parent)


def attach(parent: Any, key: Any, node: Any) -> None:
    """Add a node that nobody else holds to a DictConfig or at the end of a ListConfig.

    Args:
        parent: What `dict_config` or `list_config` made.
        key: The new key or index.
        node: What one of them made.
    """
    node._set_parent(parent)
    node.__dict__["_metadata"].key = key
    content = parent.__dict__["_content"]
    if type(content) is list:
        content.append(node)
    else:
        content[key] = node


def is_wrapped_as_it_is(value: Any) -> bool:
    """Say whether OmegaConf, told to allow objects, wraps a value as it is.

    Args:
        value: The value. Containers, dataclasses, nodes, classes and what looks like an
            interpolation it does not, and other subclasses of plain types are not vouched for.
    """
    cls = type(value)
    if cls in ATOMS:
        return True
    if cls is str:
        return "${" not in value and value != "???"
    if value.__class__ is not cls or not _CHANGED.isdisjoint(cls.__mro__):
        return False
    return not (hasattr(cls, "__dataclass_fields__") or hasattr(cls, "__attrs_attrs__"))


def holds_special(node: ListConfig) -> bool:
    """Say whether an item of a list is missing or an interpolation.

    Args:
        node: The list.
    """
    content = node.__dict__["_content"]
    values = (child.__dict__.get("_content", child.__dict__.get("_val")) for child in content)
    return any(isinstance(item, str) and ("${" in item or item == "???") for item in values)


def work_copy(config: Any, kwargs: dict[str, Any]) -> Any:
    """Give the copy of a config that Hydra 1.3 works on, everything in it resolved.

    Args:
        config: A DictConfig or ListConfig.
        kwargs: The keyword arguments that go over it.
    """
    copied = copy.deepcopy(config)
    copied._set_flag(flags=["allow_objects", "struct", "readonly"], values=[True, False, False])
    copied._set_parent(config._get_parent())
    if kwargs:
        copied = OmegaConf.merge(copied, kwargs)
    OmegaConf.resolve(copied)
    if isinstance(copied, DictConfig):
        for key in ("_recursive_", "_convert_", "_partial_"):
            copied.pop(key, None)
    return copied


def child_of(node: Any, key: Any) -> Any:
    """Give a node in a DictConfig or ListConfig.

    Args:
        node: The DictConfig or ListConfig.
        key: The key or index.
    """
    return node._get_child(key)


def copy_tree(node: Any, parent: Any = None) -> Any:
    """Give what ``copy.deepcopy`` gives for a node, under another parent.

    Args:
        node: The node.
        parent: The parent of the copy.

    Returns:
        The copy, or None where the tree holds a kind of node that is not known, or an
        interpolation.
    """
    try:
        return _copied(node, parent)
    except _Unknown:
        return None


class _Unknown(Exception):  # noqa: N818 - a way out, not an error
    """A node that is not known."""


def _copied_any(node: Any, parent: Any) -> Any:
    """Do what `_copied` does, for the nodes that there are most of."""
    value = node._val
    described = node._metadata
    plain = "${" not in value if type(value) is str else type(value) in ATOMS
    if not plain or described.flags or described.resolver_cache or described.flags_root:
        return _copied(node, parent)
    made = any_node(value, described.key, parent)
    metadata = made._metadata
    metadata.object_type = described.object_type
    metadata.optional = described.optional
    return made


def _copied(node: Any, parent: Any) -> Any:
    cls = type(node)
    if cls is DictConfig or cls is ListConfig:
        source = node.__dict__
        metadata = source["_metadata"]
        content = source["_content"]
        made = _container(
            cls, _metadata(metadata, metadata.key, metadata.flags.copy()), parent, content
        )
        if type(content) is dict:
            made.__dict__["_content"] = {
                key: _copied_any(child, made) if type(child) is AnyNode else _copied(child, made)
                for key, child in content.items()
            }
        elif type(content) is list:
            made.__dict__["_content"] = [_copied(child, made) for child in content]
        elif isinstance(content, str) and content != "???":
            raise _Unknown
        return made
    if cls not in VALUE_NODES:
        raise _Unknown
    state = node.__dict__.copy()
    value = state["_val"]
    if isinstance(value, str) and "${" in value:
        raise _Unknown
    metadata = state["_metadata"]
    described = metadata.__dict__.copy()
    described["flags"] = described["flags"].copy()
    cache = described["resolver_cache"]
    described["resolver_cache"] = copy.deepcopy(cache) if cache else defaultdict(dict)
    copied = _new(type(metadata))
    copied.__dict__ = described
    state["_metadata"] = copied
    state["_parent"] = parent
    state["_flags_cache"] = None
    made = _new(cls)
    made.__dict__ = state
    return made


def to_plain(node: Any, *, structured: bool) -> Any:
    """Give the plain dict or list that a node stands for, as ``OmegaConf.to_container`` does.

    Args:
        node: A DictConfig or ListConfig.
        structured: Whether those that were made of dataclasses become dicts as well.

    Returns:
        The dict or list, or `NotImplemented` where the tree holds a kind of node that is not
        known, an interpolation, or what ``structured`` leaves out.
    """
    cls = type(node)
    if cls in VALUE_NODES:
        value = node.__dict__["_val"]
        if isinstance(value, str) and ("${" in value or value == "???"):
            return NotImplemented
        return value
    if cls is not DictConfig and cls is not ListConfig:
        return NotImplemented
    content = node.__dict__["_content"]
    if content is None:
        return None
    if type(content) is list:
        items = [to_plain(child, structured=structured) for child in content]
        return NotImplemented if any(item is NotImplemented for item in items) else items
    if type(content) is not dict:
        return NotImplemented
    if not structured and node.__dict__["_metadata"].object_type not in (dict, None):
        return NotImplemented
    made = {}
    for key, child in content.items():
        if isinstance(key, Enum):
            return NotImplemented
        item = to_plain(child, structured=structured)
        if item is NotImplemented:
            return NotImplemented
        made[key] = item
    return made
