"""Plans of configs that are OmegaConf nodes.

It must not know of configs that are plain Python objects.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zenrun._hydra_nodes import (
    ATOMS,
    VALUE_NODES,
    DictConfig,
    ListConfig,
    Node,
    UnionNode,
    copy_tree,
    to_plain,
)
from zenrun._hydra_targets import KEEPS_PARENTS, RESERVED
from zenrun._hydra_dataclasses import is_dataclass_config
from zenrun._instantiate._interpolations import Resolver
from zenrun._instantiate._plan import (
    MISSING,
    PLANS,
    SPECIAL,
    Call,
    Given,
    Mapping,
    Sequence,
    Unsure,
    check_hidden,
    check_key,
    convert_mode,
    flag,
    target_path,
)

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

    def plan(self, overrides: dict[str, Any], of_override: Callable[..., Any]) -> Any:
        """Plan the whole config.

        Args:
            overrides: Values in place of the config's own, by key.
            of_override: Gives the value or the plan of one, from the value and the two modes.

        Raises:
            Unsure: Hydra has to do it.
        """
        if type(self.config) is ListConfig:
            if overrides:
                msg = "keyword arguments for a list"
                raise Unsure(msg)
            return self._list(self.config, "none", recursive=True)
        return self._dict(
            self.config,
            "none",
            recursive=True,
            overrides=overrides,
            of_override=of_override,
            is_root=True,
        )

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

    def _value(self, node: Any) -> Any:
        """Give the plain value of a node that controls how its config is instantiated."""
        value = self._leaf(node)
        if isinstance(value, Node):
            msg = "a special key with a container"
            raise Unsure(msg)
        return value

    def _leaf(self, node: Any) -> Any:
        """Give what a node holds: a plain value, or the container that it is or leads to."""
        cls = type(node)
        if cls is UnionNode:
            content = node.__dict__["_content"]
            if content is None:
                return None
            if not isinstance(content, Node):
                msg = "a union with an interpolation or without a value"
                raise Unsure(msg)
            return self._leaf(content)
        if cls in VALUE_NODES:
            value = node.__dict__["_val"]
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
        self,
        node: Any,
        convert: str,
        *,
        recursive: bool,
        overrides: dict[str, Any] | None = None,
        of_override: Callable[..., Any] | None = None,
        is_root: bool = False,
    ) -> Any:
        content: dict[Any, Any] = node.__dict__["_content"]
        given = overrides or {}
        for key in RESERVED:
            if key in content:
                msg = f"the key {key}"
                raise Unsure(msg)

        def control(key: str) -> Any:
            return given[key] if key in given else self._value(content[key])

        partial = False
        if "_convert_" in content or "_convert_" in given:
            convert = convert_mode(control("_convert_"))
        if "_recursive_" in content or "_recursive_" in given:
            recursive = flag(control("_recursive_"), "_recursive_")
        if "_partial_" in content or "_partial_" in given:
            partial = flag(control("_partial_"), "_partial_")
        for key in given:
            if key in SPECIAL and key in content:
                self._check_overridable(content[key], given[key])
        is_call = "_target_" in content or "_target_" in given
        items: list[Any] = []
        for key, child in content.items():
            if type(key) is not str or not key:
                check_key(key)
            if key in SPECIAL and (is_call or (is_root and key != "_target_")):
                continue
            if key in given:
                self._check_overridable(child, given[key])
                value = of_override(given[key], convert, recursive=recursive)  # type: ignore[misc]
                if (is_call or KEEPS_PARENTS) and not recursive and type(value) in PLANS:
                    msg = "a config that is not instantiated, as a keyword argument"
                    raise Unsure(msg)
            elif type(child) in VALUE_NODES:
                value = child.__dict__["_val"]
                cls = type(value)
                if cls in ATOMS or (cls is str and "${" not in value and value != MISSING):
                    items.append((key, value, False))
                    continue
                value = self._child(child, convert, recursive=recursive)
            elif not recursive and (is_call or KEEPS_PARENTS):
                if not is_call:
                    msg = "a dict without a target that is not instantiated"
                    raise Unsure(msg)
                value = self._untouched(child, convert)
            else:
                value = self._child(child, convert, recursive=recursive)
            if isinstance(value, str) and value == MISSING:
                if is_call and partial:
                    continue
                msg = "a missing value"
                raise Unsure(msg)
            items.append((key, value, type(value) in PLANS))
        for key, override in given.items():
            if key not in content and not (
                key in SPECIAL and (is_call or (is_root and key != "_target_"))
            ):
                check_key(key)
                if node.__dict__["_metadata"].element_type is not Any:
                    msg = "a keyword argument for a typed dict"
                    raise Unsure(msg)
                value = of_override(override, convert, recursive=recursive)  # type: ignore[misc]
                if (is_call or KEEPS_PARENTS) and not recursive and type(value) in PLANS:
                    msg = "a config that is not instantiated, as a keyword argument"
                    raise Unsure(msg)
                items.append((key, value, type(value) in PLANS))
        if is_call:
            return Call(target_path(control("_target_")), items, convert, partial=partial)
        object_type = node.__dict__["_metadata"].object_type
        structured = object_type is not None and object_type is not dict
        if structured and convert in {"partial", "object"}:
            msg = f"a dataclass without a target and _convert_={convert}"
            raise Unsure(msg)
        if not KEEPS_PARENTS and convert != "none":
            check_hidden(item for _, item, is_plan in items if is_plan)
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

    def _untouched(self, node: Any, convert: str) -> Any:
        """Give a value of a target that takes its configs as they are."""
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
