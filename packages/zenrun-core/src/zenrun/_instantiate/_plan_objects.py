"""Plans of configs that are dicts, lists and dataclasses.

Hydra makes nodes of them first; here they are read as they are, where the nodes would hold just
the same. It must not know how plans of nodes are made, but that they can be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import Path
from typing import Any

from zenrun._instantiate._controls import Controls, Overrides
from zenrun._instantiate._dataclasses import (
    admits,
    field_values,
    fields_of,
    is_dataclass_config,
)
from zenrun._instantiate._nodes import Node
from zenrun._instantiate._plan import (
    MISSING,
    PLANS,
    Mapping,
    Sequence,
    Unsure,
    check_hidden,
    check_key,
)
from zenrun._instantiate._targets import KEEPS_PARENTS

__all__ = ["NeedsNodes", "ObjectPlanner"]

_ATOMS = frozenset({bool, int, float, bytes, type(None)})
# What OmegaConf itself takes; 1.3 has it take every object, 1.4 does not.
_VALUES = (Enum, Path)


class NeedsNodes(Unsure):
    """Targets get to see nodes of the config: they have to be made."""


class ObjectPlanner:
    """Plans one call of ``instantiate`` on a config without nodes, or on a keyword argument."""

    def __init__(self, of_node: Callable[..., Any], *, objects: bool) -> None:
        """Read nothing yet.

        Args:
            of_node: Plans a DictConfig or ListConfig in the config, from it and the two modes.
            objects: Whether values may be any objects.
        """
        self.of_node = of_node
        self.objects = objects

    def plan(self, config: Any, overrides: Overrides) -> Any:
        """Plan a whole config.

        Args:
            config: The dict, list or dataclass.
            overrides: The keyword arguments.

        Raises:
            Unsure: Hydra has to do it.
        """
        if type(config) is dict:
            plan = self._dict(config, Any, dict, "none", recursive=True, overrides=overrides)
        elif type(config) is list and not overrides.given:
            plan = self._list(config, Any, "none", recursive=True)
        elif is_dataclass_config(config):
            plan = self._dataclass(config, "none", recursive=True, overrides=overrides)
        else:
            msg = f"a config of type {type(config).__name__}"
            raise Unsure(msg)
        if type(plan) in {Mapping, Sequence} and not plan.plain:
            msg = "the result is a config"  # and its parent, the config that it came from
            raise NeedsNodes(msg)
        return plan

    def value(self, value: Any, convert: str, *, recursive: bool, hint: Any = Any) -> Any:
        """Give the value or the plan of one value.

        Args:
            value: The value.
            convert: The mode around it.
            recursive: Whether it is instantiated.
            hint: What its field admits.

        Raises:
            Unsure: Hydra has to do it.
        """
        cls = type(value)
        if cls in _ATOMS:
            self._check_hint(hint, value)
            return value
        if cls is str:
            if "${" in value:
                msg = "an interpolation in a config without nodes"
                raise Unsure(msg)
            if value != MISSING:
                self._check_hint(hint, value)
            return value
        inner: Any = hint[1] if type(hint) is tuple and hint[0] is None else hint
        if cls is tuple and (
            not KEEPS_PARENTS or (type(inner) is tuple and inner[0] is list)
        ):  # OmegaConf 2.4 keeps tuples apart where no hint says that they are lists
            cls = list
        if cls is dict or cls is list:
            if inner is not Any and (
                type(inner) is not tuple or inner[0] is not (dict if cls is dict else list)
            ):
                msg = f"a {cls.__name__} for another type"
                raise Unsure(msg)
            element: Any = inner[1] if type(inner) is tuple else Any
            if cls is dict:
                return self._dict(value, element, dict, convert, recursive=recursive)
            return self._list(value, element, convert, recursive=recursive)
        if is_dataclass_config(value):
            kind = value if isinstance(value, type) else cls
            if inner is not Any and not (isinstance(inner, type) and issubclass(kind, inner)):
                msg = "a dataclass for another type"
                raise Unsure(msg)
            return self._dataclass(value, convert, recursive=recursive)
        if isinstance(value, Node):
            if hint is not Any:
                msg = "a node in a typed field"
                raise Unsure(msg)
            return self.of_node(value, convert, recursive=recursive)
        return self._object(value, hint)

    def _object(self, value: Any, hint: Any) -> Any:
        kind = value if isinstance(value, type) else type(value)
        if issubclass(kind, (str, dict, list, tuple)) or hasattr(kind, "__attrs_attrs__"):
            msg = f"a value of type {type(value).__name__}"
            raise Unsure(msg)
        if not self.objects and not isinstance(value, _VALUES):
            msg = f"a value of type {type(value).__name__}"
            raise Unsure(msg)
        self._check_hint(hint, value)
        return value

    def _check_hint(self, hint: Any, value: Any) -> None:
        if hint is not Any and not admits(hint, value):
            msg = f"a {type(value).__name__} for another type"
            raise Unsure(msg)

    def _check_overridable(self, current: Any, hint: Any, value: Any) -> None:
        """Refuse a keyword argument that is merged with what is there, or converted."""
        self._check_hint(hint, value)
        merged = isinstance(value, (dict, list, tuple, Node, type)) or is_dataclass_config(value)
        if isinstance(current, (str, dict, list, tuple, Node)) or is_dataclass_config(current):
            special = "${" in current if isinstance(current, str) else merged
            if special or is_dataclass_config(current) or isinstance(current, Node):
                msg = "a keyword argument to be merged"
                raise Unsure(msg)

    def _dataclass(
        self, config: Any, convert: str, *, recursive: bool, overrides: Overrides | None = None
    ) -> Any:
        cls = config if isinstance(config, type) else type(config)
        fields = fields_of(cls)
        values = None if fields is None else field_values(config, fields)
        if fields is None or values is None:
            msg = f"the dataclass {cls.__name__}"
            raise Unsure(msg)
        content = {name: value for (name, _), value in zip(fields.hints, values, strict=True)}
        return self._dict(
            content, dict(fields.hints), cls, convert, recursive=recursive, overrides=overrides
        )

    def _dict(
        self,
        content: dict[Any, Any],
        hints: Any,
        object_type: type,
        convert: str,
        *,
        recursive: bool,
        overrides: Overrides | None = None,
    ) -> Any:
        by_field = type(hints) is dict

        def read(value: Any, key: str) -> Any:
            if hints is not Any and value != MISSING:
                self._check_hint(hints[key] if by_field else hints, value)
            return value

        controls = Controls(content, overrides, read, convert, recursive=recursive)
        given = overrides.given if overrides is not None else {}
        for key, value in given.items():
            if key in content:
                self._check_overridable(content[key], hints[key] if by_field else hints, value)
        convert, recursive, untouched = controls.convert, controls.recursive, controls.untouched
        items: list[Any] = []
        plans: list[tuple[str, Any]] = []
        for key, child in content.items():
            check_key(key)
            if key in controls.skipped:
                continue
            if key in given:
                value = controls.override(key)
            else:
                hint = hints[key] if by_field else hints
                value = self.value(child, convert, recursive=recursive, hint=hint)
            if type(value) is str and value == MISSING:
                if controls.is_call and controls.partial:
                    continue
                msg = "a missing value"
                raise Unsure(msg)
            is_plan = type(value) in PLANS
            if is_plan and untouched:
                msg = "a config that is not instantiated"
                raise NeedsNodes(msg)
            items.append((key, value, is_plan))
            if is_plan:
                plans.append((key, value))
        if given:
            added = controls.added()
            items += added
            plans += [(key, value) for key, value, is_plan in added if is_plan]
        if controls.is_call:
            return controls.call(items, plans)
        if object_type is not dict and convert in {"partial", "object"}:
            msg = f"a dataclass without a target and _convert_={convert}"
            raise Unsure(msg)
        self._check_visible(convert, (plan for _, plan in plans))
        return Mapping(items, None, object_type, plain=convert != "none")

    def _list(self, content: Any, hint: Any, convert: str, *, recursive: bool) -> Any:
        items = []
        for child in content:
            value = self.value(child, convert, recursive=recursive, hint=hint)
            if type(value) is str and value == MISSING:
                msg = "a missing value"
                raise Unsure(msg)
            items.append((value, type(value) in PLANS))
        self._check_visible(convert, (item for item, is_plan in items if is_plan))
        return Sequence(items, None, plain=convert != "none")

    @staticmethod
    def _check_visible(convert: str, plans: Iterable[Any]) -> None:
        if KEEPS_PARENTS and convert == "none":
            msg = "targets see the config itself"
            raise NeedsNodes(msg)
        if convert != "none":
            check_hidden(plans)
