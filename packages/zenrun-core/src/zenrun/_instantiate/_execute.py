"""Carry out a plan: call its targets, innermost first, and put the containers around them.

It must not know what the config looked like.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from omegaconf import OmegaConf

from zenrun._instantiate._nodes import (
    Container,
    ListConfig,
    Node,
    attach,
    dict_config,
    holds_special,
    is_wrapped_as_it_is,
    list_config,
    put_value,
    set_parent,
)
from zenrun._instantiate._plan import Call, Given, Mapping, Sequence
from zenrun._instantiate._targets import KEEPS_PARENTS, Targets, convert_node, wrapped

__all__ = ["Run", "execute"]


class Run:
    """What carrying out a plan needs: the targets, and the config that Hydra would work on."""

    __slots__ = ("home_of", "targets")

    def __init__(self, targets: Targets, home_of: Callable[[Any], Any]) -> None:
        """Keep them.

        Args:
            targets: How targets are called.
            home_of: Gives the node that stands, in Hydra's copy of the config, for a plan.
        """
        self.targets = targets
        self.home_of = home_of


def execute(plan: Any, run: Run, full_key: Any, inside: str, args: tuple[Any, ...] = ()) -> Any:
    """Give what a plan makes.

    Args:
        plan: The plan.
        run: What it needs.
        full_key: Where in the config it stands, as OmegaConf tells it.
        inside: What the same begins with for what stands in it: OmegaConf says ``a0`` of an item
            of the list ``a``, and ``a[0].b`` of what is in that.
        args: Positional arguments in place of the plan's own.
    """
    cls = type(plan)
    if cls is Call:
        return run.targets.call(
            plan.path,
            lambda: _arguments(plan, run, inside, args),
            full_key,
            partial=plan.partial,
        )
    if cls is Mapping:
        return _mapping(plan, run, inside)
    if cls is Sequence:
        return _sequence(plan, run, inside)
    assert cls is Given
    return plan.value


def _arguments(
    plan: Call, run: Run, inside: str, args: tuple[Any, ...]
) -> tuple[Any, dict[str, Any]]:
    """Give the arguments; None for positional ones that Hydra itself has to take from the others."""
    if plan.is_leaf and not args:  # nor has it ``_args_``, which would be a plan
        return (), {key: value for key, value, _ in plan.items}
    kwargs: dict[str, Any] = {}
    configs = []
    for key, item, is_plan in plan.items:
        value = item
        if is_plan:
            path = f"{inside}.{key}" if inside else key
            value = execute(item, run, path, path)
            if Container in value.__class__.__mro__:  # asking an abstract class takes long
                if plan.convert != "none":
                    value = convert_node(value, plan.convert)
                configs.append(value)
        kwargs[key] = value
    positional: Any = kwargs.pop("_args_", ())
    if args:
        positional = args
    elif not KEEPS_PARENTS and type(positional) is ListConfig and holds_special(positional):
        # Hydra reads such values while the list is still at home, and has its own words for errors.
        (home,) = (item for key, item, _ in plan.items if key == "_args_")
        set_parent(positional, run.home_of(home))
        return None, {**kwargs, "_args_": positional}
    if not KEEPS_PARENTS:
        detached = (*positional, *configs) if positional else configs
        for value in detached:
            if isinstance(value, Container) and value is not positional:
                set_parent(value, None)
    return positional, kwargs


def _mapping(plan: Mapping, run: Run, inside: str) -> Any:
    if plan.plain:
        plain = {}
        for key, item, is_plan in plan.items:
            value = item
            if is_plan:
                path = f"{inside}.{key}" if inside else key
                value = execute(item, run, path, path)
            plain[key] = value
        return plain
    made = dict_config()
    for key, item, is_plan in plan.items:
        value = item
        if is_plan:
            path = f"{inside}.{key}" if inside else key
            value = execute(item, run, path, path)
            if (type(item) is Mapping or type(item) is Sequence) and isinstance(value, Node):
                attach(made, key, value)
                continue
        if is_wrapped_as_it_is(value):
            put_value(made, key, value)
        else:
            made[key] = wrapped(value)
    made.__dict__["_metadata"].object_type = plan.object_type
    if KEEPS_PARENTS:
        set_parent(made, plan.source)
    return made


def _sequence(plan: Sequence, run: Run, inside: str) -> Any:
    values = [
        # An index at the root stays a number, which OmegaConf's path of an item is then.
        execute(item, run, f"{inside}{index}" if inside else index, f"{inside}[{index}]")
        if is_plan
        else item
        for index, (item, is_plan) in enumerate(plan.items)
    ]
    if plan.plain:
        return values
    ours = [
        (type(item) is Mapping or type(item) is Sequence) and isinstance(value, Node)
        for (item, _), value in zip(plan.items, values, strict=True)
    ]
    simple = all(own or is_wrapped_as_it_is(value) for own, value in zip(ours, values, strict=True))
    if not simple and not KEEPS_PARENTS:
        return OmegaConf.create(values, flags={"allow_objects": True})
    made = list_config()
    for index, (value, own) in enumerate(zip(values, ours, strict=True)):
        if own:
            attach(made, index, value)
        elif is_wrapped_as_it_is(value):
            put_value(made, index, value)
        else:
            made.append(wrapped(value))
    if KEEPS_PARENTS:
        set_parent(made, plan.source)
    return made
