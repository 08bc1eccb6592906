"""What Hydra finds of zenrun-core: ``hydra/launcher=loky``, ``dask``, ``submitit``, a sweeper, trackers.

Hydra takes only classes that are defined here, imports this module each time it looks for plugins,
and some of its versions execute it anew each time. So it holds no more than it must.
"""

from __future__ import annotations

from hydra.core.config_store import ConfigStore

# The module and not its class: Hydra would take each launcher class it sees here for a plugin. Its
# dataclasses stay the ones that workers find, however often this module is executed.
from zenrun.launchers import configured
from zenrun.sweep import configured as sweepers
from zenrun.trackers import configured as trackers


class ZenrunLauncher(configured.ConfiguredLauncher):
    """zenrun's launcher, where Hydra finds it."""


class ZenrunSweeper(sweepers.ConfiguredSweeper):
    """zenrun's sweeper ``combinations``, where Hydra finds it."""


for _name, _sweeper in sweepers.CONFIGS.items():
    ConfigStore.instance().store(
        group="hydra/sweeper", name=_name, node=_sweeper, provider="zenrun-core"
    )
for _name, _tracker in trackers.CONFIGS.items():
    ConfigStore.instance().store(
        group="hydra/callbacks", name=_name, node=_tracker, provider="zenrun-core"
    )
for _name, _config in configured.CONFIGS.items():
    ConfigStore.instance().store(
        group="hydra/launcher", name=_name, node=_config, provider="zenrun-core"
    )
