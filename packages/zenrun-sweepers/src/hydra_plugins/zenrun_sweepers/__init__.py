"""What Hydra finds of zenrun-sweepers: ``hydra/sweeper=random_search``.

Hydra takes only classes that are defined here, imports this module each time it looks for plugins,
and some of its versions execute it anew each time. So it holds no more than it must.
"""

from __future__ import annotations

from hydra.core.config_store import ConfigStore

# The module and not its class: Hydra would take each sweeper class it sees here for a plugin.
from zenrun_sweepers import random_search


class RandomSearchSweeper(random_search.RandomSearchSweeper):
    """`zenrun_sweepers.RandomSearchSweeper`, where Hydra finds it."""


# A dict, for a dataclass cannot be read while Hydra 1.3 executes a module that is not in
# sys.modules yet. The sweeper checks the values itself.
ConfigStore.instance().store(
    group="hydra/sweeper",
    name="random_search",
    node={
        "_target_": f"{__name__}.RandomSearchSweeper",
        "optim": {"max_iter": 10, "seed": None},
        "params": None,
    },
    provider="zenrun-sweepers",
)
