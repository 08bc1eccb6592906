"""The one place that touches ``hydra._internal`` and OmegaConf's private names.

When Hydra moves (1.3 today, 1.4 coming) this is the file to adapt. It knows how Hydra is put
together; it must not know what zenrun does with it.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import hydra.version
from hydra._internal.hydra import Hydra
from hydra._internal.utils import create_config_search_path
from hydra.core.config_loader import ConfigLoader
from hydra.core.config_search_path import ConfigSearchPath, SearchPathQuery
from hydra.core.plugins import Plugins, ScanStats
from hydra.core.singleton import Singleton
from hydra.grammar.gen.OverrideLexer import (  # type: ignore[attr-defined,unused-ignore]
    CommonTokenStream,
    InputStream,
    OverrideLexer,
)
from hydra.grammar.gen.OverrideParser import OverrideParser
from hydra.plugins.launcher import Launcher
from hydra.plugins.plugin import Plugin
from hydra.plugins.sweeper import Sweeper
from omegaconf import DictConfig, ListConfig, Node
from omegaconf.basecontainer import BaseContainer
from omegaconf.errors import OmegaConfBaseException

from zenrun.errors import InvalidVersionBaseError

HYDRA_VERSION: tuple[int, int] = tuple(int(part) for part in hydra.__version__.split(".")[:2])  # type: ignore[assignment]

_CORE_PLUGINS = "hydra._internal.core_plugins"
_PLUGINS_NAMESPACE = "hydra_plugins"
_DEFAULT_VERSION_BASE = "1.3"
# The resolvers that Hydra registers when it starts.
_HYDRA_RESOLVERS = ("now", "hydra", "python_version")


# --- starting Hydra ----------------------------------------------------------------------------


def set_version_base(version_base: str | None) -> None:
    """Tell Hydra which version's defaults a run wants.

    Args:
        version_base: ``"1.1"`` to ``"1.3"``, or None for the installed Hydra's own.

    Raises:
        InvalidVersionBaseError: The installed Hydra does not serve that version.
    """
    # 1.4 calls the parameter deprecated: zenrun's default is noted there without the warning,
    # which would be about something that the user did not write.
    if version_base == _DEFAULT_VERSION_BASE and HYDRA_VERSION >= (1, 4):
        hydra.version.VersionBase.instance().setbase(version_base)  # type: ignore[arg-type, unused-ignore]
        return
    try:
        hydra.version.setbase(version_base)
    except Exception as error:
        serves = '"1.1", "1.2", "1.3" or None' if HYDRA_VERSION < (1, 4) else '"1.3", "1.4" or None'
        msg = (
            f"version_base={version_base!r} is not served by the installed Hydra "
            f"{hydra.__version__}, which takes {serves}. Hydra says: {error}"
        )
        raise InvalidVersionBaseError(msg) from error


def start_hydra(job_name: str, config_dirs: Sequence[str]) -> Hydra:
    """Give a Hydra that looks for configs in its own package, in folders, then in the ConfigStore.

    Args:
        job_name: What ``hydra.job.name`` will be.
        config_dirs: Folders with yaml files, the first one searched first.

    Returns:
        The started Hydra, known to ``GlobalHydra``.
    """
    search_path = create_config_search_path(config_dirs[0] if config_dirs else None)
    after = SearchPathQuery(provider="main")
    for folder in config_dirs[1:]:
        search_path.append("main", folder, anchor=after)
    return Hydra.create_main_hydra2(task_name=job_name, config_search_path=search_path)


def mode_override(name: str, overrides: Sequence[str]) -> list[str]:
    """Give the override that Hydra's command line adds to say what kind of run this is.

    Args:
        name: ``"RUN"`` or ``"MULTIRUN"``.
        overrides: The overrides so far.

    Returns:
        The overrides with it.
    """
    says = any(item.lstrip("+").startswith("hydra.mode=") for item in overrides)
    if name == "RUN" and HYDRA_VERSION >= (1, 4) and not says:
        return list(overrides)
    return [*overrides, f"hydra.mode={name}"]


def search_path_of(loader: ConfigLoader) -> ConfigSearchPath:
    """Give the places that a config loader looks in.

    Args:
        loader: Hydra's config loader.

    Returns:
        Its search path.
    """
    return loader.get_search_path()


# --- Hydra's table of singletons ---------------------------------------------------------------


def singletons() -> dict[type, Any]:
    """Give the table in which Hydra keeps its one instance of each global class."""
    return Singleton._instances  # type: ignore[return-value, unused-ignore]


def set_singletons(table: dict[type, Any]) -> None:
    """Put another table in the place of Hydra's.

    Args:
        table: What Hydra's singletons are looked up in from now on.
    """
    Singleton._instances = table  # type: ignore[assignment, unused-ignore]


def hydra_resolvers() -> dict[str, Any]:
    """Give what is registered with OmegaConf under the names that Hydra takes for itself."""
    return {
        name: BaseContainer._resolvers[name]
        for name in _HYDRA_RESOLVERS
        if name in BaseContainer._resolvers
    }


def restore_resolvers(saved: Mapping[str, Any]) -> None:
    """Register again what Hydra's start has replaced.

    Resolvers that only Hydra has registered stay: the configs that a run gave back still use them.

    Args:
        saved: What `hydra_resolvers` gave before.
    """
    BaseContainer._resolvers.update(saved)


def all_resolvers() -> dict[str, Any]:
    """Give every resolver registered with OmegaConf."""
    return dict(BaseContainer._resolvers)


def set_resolvers(saved: Mapping[str, Any]) -> None:
    """Make OmegaConf's resolvers exactly those that `all_resolvers` gave.

    Args:
        saved: The resolvers by name.
    """
    BaseContainer._resolvers.clear()
    BaseContainer._resolvers.update(saved)


# --- plugins -----------------------------------------------------------------------------------


class RunPlugins(Plugins):
    """Hydra's plugins as one run sees them: the discovered ones, and classes the config names.

    Hydra takes a sweeper or a launcher only from a ``hydra_plugins`` package. Here a class that
    lives anywhere serves as well, if it is a `Sweeper` or a `Launcher`: its class was given by
    the program's own code or config, and whatever it is built with still goes through Hydra's
    own checks.
    """

    shared: Plugins

    @classmethod
    def over(cls, shared: Plugins) -> RunPlugins:
        """Lay a run's plugins over those that the process knows.

        Args:
            shared: Hydra's plugins, or `discover_plugins`.
        """
        plugins: RunPlugins = object.__new__(cls)  # its metaclass would make it a singleton
        plugins.shared = shared
        plugins.plugin_type_to_subclass_list = shared.plugin_type_to_subclass_list
        plugins.class_name_to_class = dict(shared.class_name_to_class)
        plugins.stats = shared.stats
        return plugins

    def _register(self, clazz: type[Plugin]) -> None:
        self.shared._register(clazz)
        self.class_name_to_class[f"{clazz.__module__}.{clazz.__name__}"] = clazz

    def _instantiate(self, config: DictConfig) -> Plugin:
        name = config.get("_target_", None)
        if isinstance(name, str) and name not in self.class_name_to_class:
            self._admit(name)
        return super()._instantiate(config)

    def is_in_toplevel_plugins_module(self, clazz: str) -> bool:  # type: ignore[override]
        """Say whether Hydra may instantiate the class: 1.3 asks, 1.4 does not.

        Args:
            clazz: The dotted path of the class.
        """
        return clazz in self.class_name_to_class or Plugins.is_in_toplevel_plugins_module(clazz)

    def _admit(self, name: str) -> None:
        """Let a class outside the plugin packages serve, if it is what its place asks for."""
        if name.startswith((f"{_PLUGINS_NAMESPACE}.", f"{_CORE_PLUGINS}.")):
            return  # Hydra's own answer to a plugin that is not installed is the right one
        from hydra.utils import get_class

        try:
            clazz = get_class(name)
        except Exception:  # Hydra's own answer, with the import's reason, comes next
            return
        if issubclass(clazz, (Sweeper, Launcher)):
            self.class_name_to_class[name] = clazz


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
                found += [item for item in vars(module).values() if _is_plugin(item)]
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


# --- override grammar --------------------------------------------------------------------------


class _FirstError:
    """Remembers where reading stopped, as ANTLR's error listeners are told."""

    def __init__(self) -> None:
        self.column: int | None = None

    def syntaxError(self, _recognizer: Any, _symbol: Any, _line: int, column: int, *_: Any) -> None:  # noqa: N802
        if self.column is None:
            self.column = column

    def reportAmbiguity(self, *_: Any) -> None:  # noqa: N802
        """Nothing is wrong where the grammar can be read in two ways."""

    reportAttemptingFullContext: Callable[..., None] = reportAmbiguity  # noqa: N815
    reportContextSensitivity: Callable[..., None] = reportAmbiguity  # noqa: N815


def syntax_error_column(override: str) -> int | None:
    """Say where Hydra's grammar stops understanding an override.

    Args:
        override: The override.

    Returns:
        The column of the first character that does not fit, from 0; None where all of them fit.
    """
    listener = _FirstError()
    lexer = OverrideLexer(InputStream(override))
    parser = OverrideParser(CommonTokenStream(lexer))
    for recognizer in (lexer, parser):
        recognizer.removeErrorListeners()
        recognizer.addErrorListener(listener)
    parser.override()  # type: ignore[no-untyped-call, unused-ignore]
    return listener.column


# --- instantiating -----------------------------------------------------------------------------


def is_core_plugin_config(config: Any) -> bool:
    """Say whether a node is the ``hydra.launcher`` or ``hydra.sweeper`` that Hydra itself ships.

    Args:
        config: What is to be instantiated.
    """
    if not isinstance(config, DictConfig) or config._get_parent() is None:
        return False
    if config._is_none() or config._is_missing():
        return False
    if config._get_full_key(None) not in {"hydra.launcher", "hydra.sweeper"}:
        return False
    target = config.get("_target_", None)
    return isinstance(target, str) and target.startswith(f"{_CORE_PLUGINS}.")


def instantiate_core_plugin(config: DictConfig) -> Plugin:
    """Build Hydra's own launcher or sweeper, as Hydra does when it starts a sweep.

    Newer Hydras refuse these targets to the public ``instantiate``, which sweepers written
    for older ones call.

    Args:
        config: A node for which `is_core_plugin_config` holds.
    """
    return Plugins.instance()._instantiate(config)


# --- nodes of a config -------------------------------------------------------------------------


def is_none(node: DictConfig) -> bool:
    """Say whether a node of OmegaConf's stands for None.

    Args:
        node: The node.
    """
    return node._is_none()


def config_paths(config: DictConfig) -> list[str]:
    """List the dotted paths of everything in a config, resolving nothing.

    Args:
        config: The config.
    """
    return [path for path, _ in _nodes_of(config)]


def missing_paths(config: DictConfig) -> list[str]:
    """List the dotted paths of a config's mandatory values that nobody gave, resolving nothing.

    Args:
        config: The config.
    """
    return [path for path, node in _nodes_of(config) if node._is_missing()]


def _nodes_of(config: DictConfig, before: str = "") -> Iterator[tuple[str, Node]]:
    for key in config:
        path = f"{before}.{key!s}" if before else str(key)
        node = config._get_node(key)
        assert isinstance(node, Node)
        yield path, node
        plain = not (node._is_none() or node._is_missing() or node._is_interpolation())
        if isinstance(node, DictConfig) and plain:
            yield from _nodes_of(node, path)


def root_of(error: OmegaConfBaseException) -> Any:
    """Give the whole config in which OmegaConf met an error, or None.

    Args:
        error: The error.
    """
    node = error.parent_node
    while isinstance(node, (DictConfig, ListConfig)) and node._get_parent() is not None:
        node = node._get_parent()  # type: ignore[assignment, unused-ignore]
    return node
