"""The settings that only Optuna's sweeper has, checked.

This module must not know what is done with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from omegaconf import DictConfig, ListConfig, OmegaConf

from zenrun_sweepers.errors import SweeperConfigError


@dataclass(frozen=True)
class OptunaSettings:
    """What the sweeper was told, checked.

    Attributes:
        storage: Where the study is, as it was given.
        study_name: The study's name, or None.
        load_if_exists: Whether one of that name may be joined.
        enqueue: The points to try first.
        constraints: What is to be 0 or less.
        user_attrs: Attributes that the study is given.
    """

    storage: Any = None
    study_name: str | None = None
    load_if_exists: bool = False
    enqueue: tuple[Mapping[str, Any], ...] = ()
    constraints: tuple[str, ...] = ()
    user_attrs: Mapping[str, Any] = field(default_factory=dict)


def read_optuna_settings(given: Mapping[str, Any]) -> OptunaSettings:
    """Check the settings.

    Args:
        given: The settings by name, as a config has them.

    Raises:
        SweeperConfigError: One is wrong.
    """
    plain = {key: _plain(value) for key, value in given.items() if key != "storage"}
    name, join = plain["study_name"], plain["load_if_exists"]
    if name is not None and (not isinstance(name, str) or not name):
        _refuse("study_name", "a text, or None", name)
    if not isinstance(join, bool):
        _refuse("load_if_exists", "true or false", join)
    if join and name is None:
        msg = "load_if_exists joins a study by its name, and hydra.sweeper.study_name is not set"
        raise SweeperConfigError(msg, "hydra.sweeper.study_name")
    points = plain["enqueue"] or []
    if not _is_list(points) or not all(isinstance(item, Mapping) for item in points):
        _refuse("enqueue", "a list of dicts with values by key, such as [{x: 1.5}]", points)
    constraints = plain["constraints"] or []
    constraints = [constraints] if isinstance(constraints, str) else constraints
    if not _is_list(constraints) or not all(isinstance(item, str) for item in constraints):
        example = "a list of keys or attributes of what the task returns, such as [size]"
        _refuse("constraints", example, constraints)
    attrs = plain["user_attrs"] or {}
    if not isinstance(attrs, Mapping):
        _refuse("user_attrs", "a dict, such as {team: vision}", attrs)
    return OptunaSettings(
        given["storage"], name, join, tuple(points), tuple(constraints), dict(attrs)
    )


def _plain(value: Any) -> Any:
    if isinstance(value, (DictConfig, ListConfig)):
        return OmegaConf.to_container(value, resolve=True)
    return value


def _is_list(value: Any) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping))


def _refuse(name: str, what: str, given: Any) -> NoReturn:
    msg = f"{name} is {what}; given was {given!r} of type {type(given).__name__}"
    raise SweeperConfigError(msg, f"hydra.sweeper.{name}")
