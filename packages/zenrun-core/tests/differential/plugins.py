"""Sweepers and launchers of others: what they have in common, and how Hydra gets to know them."""

from __future__ import annotations

import importlib.util
import sys
import types

from hydra.core.plugins import Plugins
from hydra.plugins.sweeper import Sweeper
from snapshots import config_of
from spies import EVENTS

# Hydra takes plugins from this package alone.
PACKAGE = "hydra_plugins.zenrun_differential"


class Configured:
    """What sweepers and launchers have in common."""

    def setup(self, *, hydra_context, task_function, config):
        self.hydra_context = hydra_context
        self.task_function = task_function
        self.config = config
        EVENTS.append(("setup", type(self).__name__, config_of(config)))


class OwnSweeper(Configured, Sweeper):
    """A sweeper with the configured launcher."""

    def setup(self, *, hydra_context, task_function, config):
        super().setup(hydra_context=hydra_context, task_function=task_function, config=config)
        self.launcher = Plugins.instance().instantiate_launcher(
            hydra_context=hydra_context, task_function=task_function, config=config
        )


def put_in_package(monkeypatch, plugins):
    """Put classes into the package of Hydra's plugins."""
    module = types.ModuleType(PACKAGE)
    for plugin in plugins:
        setattr(module, plugin.__name__, plugin)
        monkeypatch.setattr(plugin, "__module__", PACKAGE)
    monkeypatch.setitem(sys.modules, PACKAGE, module)
    namespace = PACKAGE.partition(".")[0]
    if importlib.util.find_spec(namespace) is None:  # where no plugin is installed
        above = types.ModuleType(namespace)
        above.__path__ = []
        monkeypatch.setitem(sys.modules, namespace, above)
    monkeypatch.setattr(
        importlib.import_module(namespace), PACKAGE.rpartition(".")[2], module, raising=False
    )
