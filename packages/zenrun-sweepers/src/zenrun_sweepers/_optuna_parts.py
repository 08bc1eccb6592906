"""Samplers and pruners: by a short name, by config, or as they are.

This module must not know what they are used for.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Mapping
from typing import Any

from hydra.errors import HydraException
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from zenrun_sweepers._libraries import library
from zenrun_sweepers._nearest import nearest
from zenrun_sweepers.errors import SweeperConfigError

SAMPLERS = {
    "tpe": "TPESampler",
    "gp": "GPSampler",
    "cmaes": "CmaEsSampler",
    "nsgaii": "NSGAIISampler",
    "nsgaiii": "NSGAIIISampler",
    "qmc": "QMCSampler",
    "random": "RandomSampler",
    "grid": "GridSampler",
    "brute_force": "BruteForceSampler",
}
PRUNERS = {
    "median": "MedianPruner",
    "percentile": "PercentilePruner",
    "hyperband": "HyperbandPruner",
    "successive_halving": "SuccessiveHalvingPruner",
    "threshold": "ThresholdPruner",
    "patient": "PatientPruner",
    "wilcoxon": "WilcoxonPruner",
    "nop": "NopPruner",
}
# What a sampler imports only once it has seen some trials, and the extra that installs it.
_LATE = {"gp": ("gp", "torch"), "cmaes": ("optuna", "cmaes"), "qmc": ("optuna", "scipy")}
# What a part takes from the search, where its own settings do not have it: seed and the like.
Offers = Mapping[str, Any]


def optuna_library() -> Any:
    """Load Optuna.

    Raises:
        MissingExtraError: It is not installed.
    """
    return library("optuna", extra="optuna", what_for="The sweeper optuna")


def make_sampler(given: Any, offers: Offers) -> Any:
    """Make a sampler.

    Args:
        given: A short name; a config with a short name as ``name`` or with ``_target_``, and its
            settings; or a sampler.
        offers: What it is given if it takes it, and its settings do not have it.

    Raises:
        SweeperConfigError: There is no such sampler, or its settings are wrong.
        MissingExtraError: A library that it needs is not installed.
    """
    name = given if isinstance(given, str) else _config(given).get("name")
    if name in _LATE:
        extra, module = _LATE[name]
        library(module, extra=extra, what_for=f"The sampler {name}")
    return _make("sampler", given, SAMPLERS, offers)


def make_pruner(given: Any) -> Any:
    """Make a pruner; None stays None.

    Args:
        given: As for `make_sampler`.

    Raises:
        SweeperConfigError: There is no such pruner, or its settings are wrong.
    """
    return None if given is None else _make("pruner", given, PRUNERS, {})


def check_part(kind: str, given: Any) -> None:
    """Check a short name, before anything is made.

    Args:
        kind: "sampler" or "pruner".
        given: What was given for it.

    Raises:
        SweeperConfigError: There is none of that name.
    """
    known = SAMPLERS if kind == "sampler" else PRUNERS
    name = given if isinstance(given, str) else _config(given).get("name")
    if name is not None and name not in known:
        msg = (
            f"There is no {kind} {name!r}{nearest(str(name), known)} There are {', '.join(known)}; any other "
            f"is named by its class: {{_target_: my_package.MyClass}}"
        )
        raise SweeperConfigError(msg, f"hydra.sweeper.{kind}")


def _make(kind: str, given: Any, known: Mapping[str, str], offers: Offers) -> Any:
    check_part(kind, given)
    config = {"name": given} if isinstance(given, str) else _config(given)
    if not config:
        return given
    try:
        if "_target_" in config:
            make = instantiate({**config, "_partial_": True})
            settings: dict[str, Any] = {}
        else:
            module = getattr(optuna_library(), f"{kind}s")
            settings = {key: value for key, value in config.items() if key != "name"}
            settings = dict(instantiate(settings, _convert_="all")) if settings else {}
            make = getattr(module, known[config["name"]])
        takes = inspect.signature(make).parameters
        for key, value in offers.items():
            if key in takes and key not in config:
                settings[key] = value
        with warnings.catch_warnings():
            # That some of them are experimental is told on Optuna's own pages.
            warnings.simplefilter("ignore", optuna_library().exceptions.ExperimentalWarning)
            return make(**settings)
    except (TypeError, ValueError, AttributeError, HydraException) as error:
        msg = f"The {kind} {config!r} cannot be made: {error}"
        raise SweeperConfigError(msg, f"hydra.sweeper.{kind}") from error


def _config(given: Any) -> dict[str, Any]:
    """Give a config as a dict; an empty one if it is none."""
    if isinstance(given, DictConfig):
        given = OmegaConf.to_container(given, resolve=True)
    return {str(key): value for key, value in given.items()} if isinstance(given, Mapping) else {}
