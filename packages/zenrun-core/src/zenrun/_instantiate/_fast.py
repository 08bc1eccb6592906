"""A call of ``instantiate`` from end to end: plan it, and give back what carries the plan out.

It must not call a target itself: as long as nothing is called, Hydra can take over.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from omegaconf import OmegaConf

from zenrun._instantiate._build import build
from zenrun._instantiate._controls import Overrides
from zenrun._instantiate._dataclasses import is_dataclass_config, materialized
from zenrun._instantiate._execute import Run, execute
from zenrun._instantiate._interpolations import Resolver
from zenrun._instantiate._nodes import (
    DictConfig,
    ListConfig,
    Node,
    child_of,
    copy_tree,
    full_key_of,
    layout_is_known,
    set_parent,
    work_copy,
)
from zenrun._instantiate._plan import MISSING, Call, Given, Mapping, Sequence, Unsure
from zenrun._instantiate._plan_nodes import NodePlanner
from zenrun._instantiate._plan_objects import NeedsNodes, ObjectPlanner
from zenrun._instantiate._targets import KEEPS_PARENTS, RESERVED, is_known, open_targets

__all__ = ["materialized", "prepared"]

_KNOWN = is_known() and layout_is_known()


def prepared(config: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Callable[[], Any]:
    """Give a function that gives what Hydra's ``instantiate`` gives.

    Args:
        config: The config.
        args: Positional arguments for its target.
        kwargs: Keyword arguments for it.

    Raises:
        Unsure: Nothing has been called; Hydra has to do it.
    """
    if config is None:
        return lambda: None
    if not _KNOWN:
        msg = "this version of Hydra or OmegaConf is not known"
        raise Unsure(msg)
    for key in RESERVED:
        if key in kwargs:
            msg = f"the argument {key}"
            raise Unsure(msg)
    cls = type(config)
    if cls is DictConfig or cls is ListConfig:
        return _of_node(config, args, kwargs, source=config)
    planner = ObjectPlanner(_node_inside, objects=not KEEPS_PARENTS)
    plan = None
    with contextlib.suppress(NeedsNodes):
        plan = planner.plan(config, Overrides(kwargs, _override))
    if plan is None:
        return _of_node(_nodes_of(config), args, kwargs, source=None)
    _check_args(args, plan)

    def carry_out() -> Any:
        with open_targets() as targets:
            run = Run(targets, lambda part: _home_of(part, plan, _structured(config), kwargs))
            return execute(plan, run, "", "", args)

    return carry_out


def _nodes_of(config: Any) -> Any:
    """Give the nodes that Hydra makes of a config first."""
    made = build(config, objects=not KEEPS_PARENTS)
    if made is not None:
        return made
    try:
        return _structured(config)
    except Exception as error:  # Hydra raises it, if it does
        msg = "no nodes can be made of the config"
        raise Unsure(msg) from error


def _structured(config: Any) -> Any:
    return OmegaConf.structured(config, flags=None if KEEPS_PARENTS else {"allow_objects": True})


def _of_node(
    config: DictConfig | ListConfig,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    *,
    source: DictConfig | ListConfig | None,
) -> Callable[[], Any]:
    content = config.__dict__["_content"]
    if type(content) is not dict and type(content) is not list:
        msg = "a config without content"
        raise Unsure(msg)
    given = bool(args or kwargs)
    overridden = bool(kwargs) or (KEEPS_PARENTS and given)
    resolver = None if KEEPS_PARENTS and given else Resolver(config, overridden=overridden)
    plan = NodePlanner(config, resolver).plan(Overrides(kwargs, _override))
    if KEEPS_PARENTS and given:
        source = None
        if _shows_nodes(plan):
            msg = "targets see a config changed by arguments"
            raise Unsure(msg)
    _check_args(args, plan)
    parent = None
    if not KEEPS_PARENTS and type(plan) in {Mapping, Sequence} and not plan.plain:
        # Hydra gives parts of the copy away where _recursive_ is false, and they leave it.
        changed = overridden or (resolver is not None and resolver.used) or _gives_nodes(plan)
        parent = _copy(config, changed=changed, owned=source is None)

    def carry_out() -> Any:
        with open_targets(source) as targets:
            run = Run(targets, lambda part: _home_of(part, plan, config, kwargs))
            made = execute(plan, run, *full_key_of(config), args)
        if parent is not None:
            set_parent(made, parent)
        return made

    return carry_out


def _copy(config: DictConfig | ListConfig, *, changed: bool, owned: bool) -> Any:
    """Give the copy that Hydra works on, and leaves as the parent of the config that it returns."""
    copied = None
    if not changed:
        copied = config if owned else copy_tree(config, config.__dict__["_parent"])
    if copied is None:
        msg = "the result is a config that is not as it was"
        raise Unsure(msg)
    state = copied.__dict__
    state["_metadata"].flags.update(allow_objects=True, struct=False, readonly=False)
    if type(copied) is DictConfig:
        for key in ("_recursive_", "_convert_", "_partial_"):
            state["_content"].pop(key, None)
    return copied


def _home_of(part: Any, plan: Any, config: Any, kwargs: dict[str, Any]) -> Any:
    """Give the node that stands for a part of a plan in the copy that Hydra works on."""
    found = work_copy(config, kwargs)
    for key in _path_to(part, plan) or ():
        found = child_of(found, key)
    return found


def _path_to(part: Any, plan: Any) -> list[Any] | None:
    """Give the keys that lead to a part of a plan."""
    if plan is part:
        return []
    if type(plan) is Given:
        return None
    items = enumerate(plan.items) if type(plan) is Sequence else ((i[0], i[1:]) for i in plan.items)
    for key, (item, is_plan) in items:
        path = _path_to(part, item) if is_plan else None
        if path is not None:
            return [key, *path]
    return None


def _shows_nodes(plan: Any) -> bool:
    """Say whether targets, or the caller, get nodes whose parents are the config's."""
    cls = type(plan)
    if cls is Given:
        return isinstance(plan.value, Node)
    if cls is Call or cls is Mapping:
        shown = cls is Mapping and not plan.plain
        return shown or any(is_plan and _shows_nodes(item) for _, item, is_plan in plan.items)
    return not plan.plain or any(is_plan and _shows_nodes(item) for item, is_plan in plan.items)


def _gives_nodes(plan: Any) -> bool:
    """Say whether a target receives a part of the config as it is."""
    cls = type(plan)
    if cls is Given:
        return isinstance(plan.value, Node)
    if cls is Sequence:
        return any(is_plan and _gives_nodes(item) for item, is_plan in plan.items)
    return any(is_plan and _gives_nodes(item) for _, item, is_plan in plan.items)


def _check_args(args: tuple[Any, ...], plan: Any) -> None:
    """Refuse positional arguments that Hydra looks into, or makes an item of the result."""
    if KEEPS_PARENTS and args:
        if type(plan) is not Call:
            msg = "positional arguments without a target"
            raise Unsure(msg)
        for value in args:
            _refuse_special(value)


def _refuse_special(value: Any) -> None:
    if isinstance(value, (str, dict, list, tuple, Node)) or is_dataclass_config(value):
        special = not isinstance(value, str) or "${" in value or value == MISSING
        if special:
            msg = "a container or a special value among the arguments"
            raise Unsure(msg)


def _override(value: Any, convert: str, *, recursive: bool) -> Any:
    """Give the value or the plan of a keyword argument."""
    if KEEPS_PARENTS:
        _refuse_special(value)
        return value
    planned = _OVERRIDES.value(value, convert, recursive=recursive)
    if type(planned) is str and planned == MISSING:
        msg = "a missing value among the arguments"
        raise Unsure(msg)
    return planned


def _node_inside(node: Any, convert: str, *, recursive: bool) -> Any:
    """Give the plan of a node inside of a config without nodes."""
    if KEEPS_PARENTS or type(node) not in {DictConfig, ListConfig} or not recursive:
        msg = "a node inside of something else"
        raise Unsure(msg)
    planner = NodePlanner(node, None)
    return planner.inner(convert, recursive=recursive)


_OVERRIDES = ObjectPlanner(_node_inside, objects=True)
