"""What Hydra finds of zenrun-sweepers: ``hydra/sweeper=random_search`` and the others.

Hydra takes only classes that are defined here, imports this module each time it looks for plugins,
and some of its versions execute it anew each time. So it holds no more than it must; the libraries of the
searches are imported when a search starts.
"""

from __future__ import annotations

from hydra.core.config_store import ConfigStore

# The modules and not their classes: Hydra would take each sweeper class it sees here for a plugin.
from zenrun_sweepers import grid_search, optuna_search, quasi_random, random_search


class RandomSearchSweeper(random_search.RandomSearchSweeper):
    """`zenrun_sweepers.RandomSearchSweeper`, where Hydra finds it."""


class QuasiRandomSweeper(quasi_random.QuasiRandomSweeper):
    """`zenrun_sweepers.QuasiRandomSweeper`, where Hydra finds it."""


class GridSearchSweeper(grid_search.GridSearchSweeper):
    """`zenrun_sweepers.GridSearchSweeper`, where Hydra finds it."""


class OptunaSweeper(optuna_search.OptunaSweeper):
    """`zenrun_sweepers.OptunaSweeper`, where Hydra finds it."""


# The settings of every search, so that a command line can override them without a plus.
_SETTINGS = {
    "direction": "minimize",
    "seed": None,
    "batch_size": None,
    "time_budget": None,
    "target": None,
    "patience": None,
    "max_failure_rate": 0.0,
    "objective": None,
    "params": None,
    "when": None,
    "n_jobs": None,
}
# Dicts, for a dataclass cannot be read while Hydra 1.3 executes a module that is not in
# sys.modules yet. The sweepers check the values themselves.
_CONFIGS = {
    "random_search": {
        "_target_": f"{__name__}.RandomSearchSweeper",
        "optim": {"max_iter": 10, "seed": None},
        **{key: value for key, value in _SETTINGS.items() if key != "seed"},
    },
    "quasi_random": {
        "_target_": f"{__name__}.QuasiRandomSweeper",
        "sequence": "sobol",
        "scramble": True,
        "n_trials": 16,
        **_SETTINGS,
    },
    "grid": {
        "_target_": f"{__name__}.GridSearchSweeper",
        "limit": None,
        "shuffle": False,
        "points": None,
        "n_trials": None,
        **_SETTINGS,
    },
    "optuna": {
        "_target_": f"{__name__}.OptunaSweeper",
        # The sweeper makes its sampler itself, and gives it the seed.
        "_recursive_": False,
        "sampler": "tpe",
        "pruner": None,
        "storage": None,
        "study_name": None,
        "load_if_exists": False,
        "enqueue": None,
        "constraints": None,
        "user_attrs": None,
        "n_trials": 20,
        **_SETTINGS,
    },
}
for _name, _node in _CONFIGS.items():
    ConfigStore.instance().store(
        group="hydra/sweeper", name=_name, node=_node, provider="zenrun-sweepers"
    )
