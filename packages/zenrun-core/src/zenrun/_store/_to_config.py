"""What is stored, and the config that stands for it: `default_to_config`.

This module must not know where configs are stored.
"""

from __future__ import annotations

import dataclasses
import reprlib
import sys
from collections.abc import Mapping
from typing import Any

from zenrun import errors
from zenrun._nearest import did_you_mean
from zenrun.configs._builds import builds
from zenrun.configs._dataclass import make_config_class
from zenrun.configs._just import just
from zenrun.configs._nodes import is_node
from zenrun.configs._types import config_hint, fits_hint, is_config

BUILDS_FN = "CustomBuildsFn"  # the keyword that says with what configs are made
_MADE_HERE = ("zenrun.configs", "types")  # where configs say they are from: ours, and hydra-zen's


def default_to_config(target: Any, CustomBuildsFn: Any = None, **kw: Any) -> Any:  # noqa: N803
    """Make the config that a store keeps for an object.

    A config, which is a dataclass instance, a node of OmegaConf's, a class that `builds` or `make_config`
    gave or Hydra's ``HydraConf``, stays as it is. Of a list or a dict the values become configs, as by
    `just`. A dataclass type becomes a config of itself that also inherits from it. All else becomes
    ``builds(target, populate_full_signature=True, **kw)``.

    Args:
        target: The object.
        CustomBuildsFn: What has the ``builds`` and ``just`` that are used, instead of zenrun's.
        **kw: What `builds` takes. Containers have no use for it.

    Returns:
        The config.

    Raises:
        ConfigTypeError: Keyword arguments are given with a config that takes none.
        ConfigError: No config can be made of the object: see `builds`.

    Example:
        >>> from zenrun.wrapper import default_to_config
        >>> default_to_config([1, {"a": 2}])
        [1, {'a': 2}]
        >>> default_to_config(dict, a=1)()
        Builds_dict(_target_='builtins.dict', a=1)
    """
    make_builds = builds if CustomBuildsFn is None else CustomBuildsFn.builds
    make_just = just if CustomBuildsFn is None else CustomBuildsFn.just
    if is_node(target):
        return target
    if isinstance(target, (list, dict)):
        return make_just(target)
    if is_config(target):
        if not isinstance(target, type):
            check_keywords(target, kw)
            return target
        return _of_dataclass(target, make_builds, kw)
    if not callable(target):
        check_keywords(target, kw)
        made = make_just(target)
        if is_config(made) or isinstance(made, (list, dict)):
            return made
        msg = (
            f"{reprlib.repr(target)} of type {type(target).__name__} cannot be stored: an entry is a config, "
            "a dict, a list, or a function or class of which builds makes a config"
        )
        raise errors.ConfigTypeError(msg)
    return make_builds(target, **{"populate_full_signature": True, **kw})


def check_keywords(target: Any, kw: Mapping[str, Any]) -> None:
    """Refuse keyword arguments that have nowhere to go.

    Args:
        target: What is stored.
        kw: The keyword arguments that were given with it.

    Raises:
        ConfigTypeError: The object is no target, and there are some.
    """
    names = [name for name in kw if name != BUILDS_FN]
    if not names or (callable(target) and not takes_no_keywords(target)):
        return
    given = ", ".join(f"{name}=..." for name in names)
    if isinstance(target, type):
        way_out = f"Store an instance: store({target.__name__}({given}))"
    elif is_config(target) or isinstance(target, (list, dict)):
        way_out = "Change the config before it is stored"
    else:
        way_out = "They are arguments of a function or a class"
    msg = (
        f"{given} cannot be given with {reprlib.repr(target)} of type {type(target).__name__}: it is "
        f"stored as it is, and not called. {way_out}"
    )
    raise errors.ConfigTypeError(msg)


def takes_no_keywords(target: Any) -> bool:
    """Say whether an object is stored as it is, whatever else is said.

    Args:
        target: What is stored.
    """
    if isinstance(target, type):
        return is_hydra_conf(target)
    return is_config(target) or isinstance(target, (list, dict))


def is_hydra_conf(target: Any) -> bool:
    """Say whether an object configures Hydra itself.

    Args:
        target: Any object.
    """
    conf = getattr(sys.modules.get("hydra.conf"), "HydraConf", None)
    if conf is None:  # where it is not loaded, nobody has one
        return False
    return isinstance(target, conf) or (isinstance(target, type) and issubclass(target, conf))


def _of_dataclass(target: type, make_builds: Any, kw: dict[str, Any]) -> Any:
    if is_hydra_conf(target):
        check_keywords(target, kw)
        return target
    names = [item.name for item in dataclasses.fields(target)]
    if target.__module__ in _MADE_HERE or "_target_" in names:
        if not kw:
            return target
        if all(name in names for name in kw):
            return _with_values(target, kw)
        if "_target_" not in names:
            raise errors.ConfigTypeError(_no_field(target, kw, names))
    # A config of a frozen dataclass is not frozen, and what `__init__` does not take is no argument.
    params = target.__dataclass_params__  # type: ignore[attr-defined]
    fit = not params.frozen and all(item.init for item in dataclasses.fields(target))
    inherit = {"builds_bases": (target,)} if fit else {}
    return make_builds(target, **{"populate_full_signature": True, **inherit, **kw})


def _with_values(config: type, values: dict[str, Any]) -> Any:
    """Give a config with other values in some of its fields."""
    hints = {item.name: item.type for item in dataclasses.fields(config)}
    specs = []
    for name, item in values.items():
        value, hint = just(item), hints[name]
        fits = config_hint(hint) == hint and not is_config(value) and fits_hint(hint, value)
        specs.append((name, hint if fits else Any, value))
    return make_config_class(config.__name__, specs, bases=(config,), doc=config.__doc__ or "")


def _no_field(config: type, values: dict[str, Any], names: list[str]) -> str:
    unknown = next(name for name in values if name not in names)
    return (
        f"The config {config.__name__} has no field {unknown!r}. It has "
        f"{', '.join(names) or 'none'}{did_you_mean(unknown, names)}"
    )
