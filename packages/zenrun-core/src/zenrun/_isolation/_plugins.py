"""Hydra's plugins: found once per process, and as one run sees them.

This module must not know what the plugins do.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
import warnings
from typing import Any

from hydra.core.plugins import Plugins, ScanStats
from hydra.plugins.launcher import Launcher
from hydra.plugins.plugin import Plugin
from hydra.plugins.sweeper import Sweeper
from omegaconf import DictConfig

from zenrun import _hydra

_PLUGINS_NAMESPACE = "hydra_plugins"


class PluginOverlay:
    """What a run lays over Hydra's plugins. As it stands here, nothing.

    `session` has one that knows zenrun's sweeps.
    """

    def over(self, plugin: Plugin) -> Plugin:
        """Give what serves instead of a plugin that Hydra has looked up, checked and built.

        Args:
            plugin: The sweeper or launcher.
        """
        return plugin

    @property
    def sweep(self) -> Any:
        """What runs the jobs of the sweep that the run is; None where it is one job."""
        return None


def current_overlay() -> PluginOverlay:
    """Give what the asking run lays over Hydra's plugins; in a run of Hydra's own, nothing."""
    found = getattr(Plugins.instance(), "overlay", None)
    return found if isinstance(found, PluginOverlay) else PluginOverlay()


class RunPlugins(Plugins):
    """Hydra's plugins as one run sees them: the discovered ones, and classes the config names.

    Hydra takes a sweeper or a launcher only from a ``hydra_plugins`` package. Here a class that
    lives anywhere serves as well, if it is a `Sweeper` or a `Launcher`: its class was given by
    the program's own code or config, and whatever it is built with still goes through Hydra's
    own checks.
    """

    shared: Plugins
    overlay: PluginOverlay

    @classmethod
    def over(cls, shared: Plugins, overlay: PluginOverlay) -> RunPlugins:
        """Lay a run's plugins over those that the process knows.

        Args:
            shared: Hydra's plugins, or `discover_plugins`.
            overlay: What the run lays over them.
        """
        plugins: RunPlugins = object.__new__(cls)  # its metaclass would make it a singleton
        plugins.shared = shared
        plugins.plugin_type_to_subclass_list = shared.plugin_type_to_subclass_list
        plugins.class_name_to_class = dict(shared.class_name_to_class)
        plugins.stats = shared.stats
        plugins.overlay = overlay
        return plugins

    def _register(self, clazz: type[Plugin]) -> None:
        self.shared._register(clazz)
        self.class_name_to_class[f"{clazz.__module__}.{clazz.__name__}"] = clazz

    def _instantiate(self, config: DictConfig) -> Plugin:
        name = config.get("_target_", None)
        if isinstance(name, str) and name not in self.class_name_to_class:
            self._admit(name)
        return self.overlay.over(super()._instantiate(config))

    def is_in_toplevel_plugins_module(self, clazz: str) -> bool:  # type: ignore[override]
        """Say whether Hydra may instantiate the class: 1.3 asks, 1.4 does not.

        Args:
            clazz: The dotted path of the class.
        """
        return clazz in self.class_name_to_class or Plugins.is_in_toplevel_plugins_module(clazz)

    def _admit(self, name: str) -> None:
        """Let a class outside the plugin packages serve, if it is what its place asks for."""
        if name.startswith((f"{_PLUGINS_NAMESPACE}.", f"{_hydra.CORE_PLUGINS}.")):
            return  # Hydra's own answer to a plugin that is not installed is the right one
        from hydra.utils import get_class

        try:
            clazz = get_class(name)
        except Exception:  # Hydra's own answer, with the import's reason, comes next
            return
        if issubclass(clazz, (Sweeper, Launcher)):
            self.class_name_to_class[name] = clazz


def mixed(mixin: type, plugin: Plugin) -> Plugin:
    """Lay a class over a plugin that Hydra has looked up, checked and built.

    Its own class is the base: Hydra's plugin scan may have executed its module a second time.

    Args:
        mixin: The class whose methods come first.
        plugin: The plugin, which is left as it is.
    """
    own = type(plugin)
    both = type(own.__name__, (mixin, own), {"__module__": own.__module__})
    made: Plugin = object.__new__(both)
    made.__dict__.update(plugin.__dict__)
    return made


class DiscoveredPlugins(Plugins):
    """What Hydra's plugin discovery finds, where one broken plugin costs a warning, not the run.

    Hydra itself lets any error but ImportError end the run, and executes a second time modules
    that are already imported.
    """

    @classmethod
    def scan(cls) -> DiscoveredPlugins:
        """Look through Hydra's own plugins and every ``hydra_plugins`` package."""
        plugins: DiscoveredPlugins = object.__new__(cls)
        plugins._initialize()
        return plugins

    @staticmethod
    def _scan_all_plugins(
        modules: list[Any],
    ) -> tuple[list[type[Plugin]], ScanStats]:
        found: list[type[Plugin]] = []
        stats = ScanStats()
        broken: set[str] = set()
        for package in modules:
            for info in pkgutil.walk_packages(
                package.__path__, package.__name__ + ".", onerror=lambda _: None
            ):
                last = info.name.rsplit(".", 1)[-1]
                if last.startswith("_") and not last.startswith("__"):
                    continue
                try:
                    module = importlib.import_module(info.name)
                except Exception as error:
                    plugin = ".".join(info.name.split(".")[:2])
                    if plugin not in broken:  # its other modules fail for the same reason
                        _warn_of_broken_plugin(info.name, error)
                    broken.add(plugin)
                    continue
                stats.modules_import_time[info.name] = 0.0
                found += [item for _, item in inspect.getmembers(module) if _is_plugin(item)]
        return found, stats


def _is_plugin(item: Any) -> bool:
    return (
        isinstance(item, type)
        and issubclass(item, Plugin)
        and not getattr(item, "__abstractmethods__", None)
    )


def _warn_of_broken_plugin(module: str, error: Exception) -> None:
    msg = (
        f"The Hydra plugin module {module!r} could not be imported and is left out: "
        f"{type(error).__name__}: {error}. Runs go on without it; upgrade or uninstall "
        f"the package it belongs to."
    )
    warnings.warn(msg, UserWarning, stacklevel=3)


@functools.lru_cache(maxsize=1)
def discover_plugins() -> Plugins:
    """Find Hydra's plugins, once per process, as Hydra does."""
    return DiscoveredPlugins.scan()
