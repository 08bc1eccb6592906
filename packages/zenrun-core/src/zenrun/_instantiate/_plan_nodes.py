"""Plans of configs that are OmegaConf nodes.

It must not know of configs that are plain Python objects.
"""

from __future__ import annotations

from typing import Any

from zenrun._instantiate._controls import Controls, Overrides
from zenrun._instantiate._dataclasses import is_dataclass_config
from zenrun._instantiate._interpolations import Resolver
from zenrun._instantiate._nodes import (
    ATOMS,
    VALUE_NODES,
    DictConfig,
    ListConfig,
    Node,
    UnionNode,
    copy_tree,
    to_plain,
)
from zenrun._instantiate._plan import (
    MISSING,
    PLANS,
    Given,
    Mapping,
    Sequence,
    Unsure,
    check_hidden,
    check_key,
)
from zenrun._instantiate._targets import KEEPS_PARENTS

__all__ = ["NodePlanner"]


class NodePlanner:
    """Plans one call of ``instantiate`` on a DictConfig or ListConfig."""

    def __init__(self, config: Any, resolver: Resolver | None) -> None:
        """Read nothing yet.

        Args:
            config: The config.
            resolver: Resolves its interpolations; None where there must be none.
        """
        self.config = config
        self.resolver = resolver

    def plan(self, overrides: Overrides) -> Any:
        """Plan the whole config.

        Args:
            overrides: The keyword arguments.

        Raises:
            Unsure: Hydra has to do it.
        """
        if type(self.config) is not ListConfig:
            return self._dict(self.config, "none", recursive=True, overrides=overrides)
        if overrides.given:
            msg = "keyword arguments for a list"
            raise Unsure(msg)
        return self._list(self.config, "none", recursive=True)

    def inner(self, convert: str, *, recursive: bool) -> Any:
        """Plan the config as a part of another one.

        Args:
            convert: The mode around it.
            recursive: The mode around it.

        Raises:
            Unsure: Hydra has to do it.
        """
        value = self._child(self.config, convert, recursive=recursive)
        if isinstance(value, str) and value == MISSING:
            msg = "a missing config"
            raise Unsure(msg)
        return value

    def _value(self, node: Any, _key: str) -> Any:
        """Give the plain value of a node that controls how its config is instantiated."""
        if type(node) in VALUE_NODES:
            value = node.__dict__["_val"]
            if type(value) is bool or (type(value) is str and "${" not in value):
                return value
        value = self._leaf(node)
        if isinstance(value, Node):
            msg = "a special key with a container"
            raise Unsure(msg)
        return value

    def _leaf(self, node: Any) -> Any:
        """Give what a node holds: a plain value, or the container that it is or leads to."""
        cls = type(node)
        if cls in VALUE_NODES:
            value = node.__dict__["_val"]
            if type(value) in ATOMS:
                return value
            if isinstance(value, str) and "${" in value:
                return self._interpolated(node)
            if isinstance(value, Node):
                msg = "a node in a node"
                raise Unsure(msg)
            return value
        if cls is DictConfig or cls is ListConfig:
            content = node.__dict__["_content"]
            if content is None:
                return None
            if isinstance(content, str):
                if content == MISSING:
                    return MISSING
                msg = "a container that is an interpolation"
                raise Unsure(msg)
            return node
        if cls is UnionNode:
            content = node.__dict__["_content"]
            if content is None:
                return None
            if not isinstance(content, Node):
                msg = "a union with an interpolation or without a value"
                raise Unsure(msg)
            return self._leaf(content)
        msg = f"a node of type {cls.__name__}"
        raise Unsure(msg)

    def _interpolated(self, node: Any) -> Any:
        if self.resolver is None:
            msg = "an interpolation that leads out of its config"
            raise Unsure(msg)
        value = self.resolver.resolve(node)
        if not KEEPS_PARENTS:
            parent = node
            while parent is not None:  # Hydra sets the value, which such a node refuses
                if parent is not self.config and parent.__dict__["_metadata"].flags.get("readonly"):
                    msg = "an interpolation in what is read-only"
                    raise Unsure(msg)
                parent = parent.__dict__["_parent"]
        if isinstance(value, Node):
            if KEEPS_PARENTS:
                msg = "an interpolation of a container"
                raise Unsure(msg)
            return _Elsewhere(value)
        return value

    def _child(self, node: Any, convert: str, *, recursive: bool) -> Any:
        value = self._leaf(node)
        cls = type(value)
        if cls is DictConfig:
            return self._dict(value, convert, recursive=recursive)
        if cls is ListConfig:
            return self._list(value, convert, recursive=recursive)
        if cls is _Elsewhere:
            return NodePlanner(value.node, None).inner(convert, recursive=recursive)
        return value

    def _dict(
        self, node: Any, convert: str, *, recursive: bool, overrides: Overrides | None = None
    ) -> Any:
        content: dict[Any, Any] = node.__dict__["_content"]
        controls = Controls(content, overrides, self._value, convert, recursive=recursive)
        given = overrides.given if overrides is not None else {}
        for key, value in given.items():
            if key in content:
                self._check_overridable(content[key], value)
            elif node.__dict__["_metadata"].element_type is not Any:
                msg = "a keyword argument for a typed dict"
                raise Unsure(msg)
        skipped, convert, recursive = controls.skipped, controls.convert, controls.recursive
        items: list[Any] = []
        plans: list[tuple[str, Any]] = []
        for key, child in content.items():
            if type(key) is not str or not key:
                check_key(key)
            if key in skipped:
                continue
            if key in given:
                value = controls.override(key)
            elif type(child) in VALUE_NODES:
                value = child.__dict__["_val"]
                cls = type(value)
                if cls in ATOMS or (cls is str and "${" not in value and value != MISSING):
                    items.append((key, value, False))
                    continue
                value = self._child(child, convert, recursive=recursive)
            elif controls.untouched:
                value = self._untouched(child, convert, is_call=controls.is_call)
            elif type(child) is DictConfig and type(child.__dict__["_content"]) is dict:
                value = self._dict(child, convert, recursive=recursive)
            else:
                value = self._child(child, convert, recursive=recursive)
            is_plan = type(value) in PLANS
            if not is_plan and isinstance(value, str) and value == MISSING:
                if controls.is_call and controls.partial:
                    continue
                msg = "a missing value"
                raise Unsure(msg)
            items.append((key, value, is_plan))
            if is_plan:
                plans.append((key, value))
        if given:
            added = controls.added()
            items += added
            plans += [(key, value) for key, value, is_plan in added if is_plan]
        if controls.is_call:
            return controls.call(items, plans)
        return self._mapping(node, items, plans, convert)

    @staticmethod
    def _mapping(
        node: Any, items: list[Any], plans: list[tuple[str, Any]], convert: str
    ) -> Mapping:
        object_type = node.__dict__["_metadata"].object_type
        structured = object_type is not None and object_type is not dict
        if structured and convert in {"partial", "object"}:
            msg = f"a dataclass without a target and _convert_={convert}"
            raise Unsure(msg)
        if not KEEPS_PARENTS and convert != "none":
            check_hidden(plan for _, plan in plans)
        return Mapping(items, node, object_type, plain=convert != "none")

    def _check_overridable(self, node: Any, value: Any) -> None:
        """Refuse a keyword argument that is merged with what is there, or converted."""
        cls = type(node)
        metadata = node.__dict__["_metadata"]
        same = metadata.ref_type is Any or type(value) is metadata.ref_type
        if cls in VALUE_NODES:
            current = node.__dict__["_val"]
            if same and not metadata.flags and not (isinstance(current, str) and "${" in current):
                return
        elif (
            (cls is DictConfig or cls is ListConfig)
            and metadata.ref_type is Any
            and not isinstance(node.__dict__["_content"], str)
            and not isinstance(value, (dict, list, tuple, Node, type))
            and not is_dataclass_config(value)
            and metadata.object_type in (dict, list, None)
        ):
            return
        msg = "a keyword argument to be merged"
        raise Unsure(msg)

    def _list(self, node: Any, convert: str, *, recursive: bool) -> Any:
        items = []
        for child in node.__dict__["_content"]:
            value = self._child(child, convert, recursive=recursive)
            if isinstance(value, str) and value == MISSING:
                msg = "a missing value"
                raise Unsure(msg)
            items.append((value, type(value) in PLANS))
        if not KEEPS_PARENTS and convert != "none":
            check_hidden(item for item, is_plan in items if is_plan)
        return Sequence(items, node, plain=convert != "none")

    def _untouched(self, node: Any, convert: str, *, is_call: bool) -> Any:
        """Give a value of a target that takes its configs as they are."""
        if not is_call:
            msg = "a dict without a target that is not instantiated"
            raise Unsure(msg)
        value = self._leaf(node)
        if type(value) is _Elsewhere:
            if convert == "none":
                msg = "an interpolation of a config that is not instantiated"
                raise Unsure(msg)
            value = value.node
        if not isinstance(value, Node):
            return value
        if convert != "none":
            plain = to_plain(value, structured=convert == "all")
            if plain is NotImplemented:
                msg = "a config with something special where _recursive_ is false"
                raise Unsure(msg)
            return Given(plain)
        if KEEPS_PARENTS:
            return Given(value)
        copied = copy_tree(value)
        if copied is None:
            msg = "a config with something special where _recursive_ is false"
            raise Unsure(msg)
        return Given(copied)


class _Elsewhere:
    """A container that an interpolation leads to."""

    __slots__ = ("node",)

    def __init__(self, node: Any) -> None:
        self.node = node
