"""The one place that touches ``hydra._internal`` and OmegaConf's private names.

When Hydra moves (1.3 today, 1.4 coming) this is the file to adapt. It knows how Hydra is put
together; it must not know what zenrun does with it.
"""

from __future__ import annotations

import copy
import functools
import importlib
import logging
import logging.config
import os
import pkgutil
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import hydra.core.utils as hydra_utils
import hydra.version
from hydra._internal import config_loader_impl
from hydra._internal.callbacks import Callbacks
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.config_repository import (
    CachingConfigRepository,
    ConfigRepository,
    IConfigRepository,
)
from hydra._internal.core_plugins import basic_launcher
from hydra._internal.core_plugins.basic_launcher import BasicLauncher
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra._internal.core_plugins.importlib_resources_config_source import (
    ImportlibResourcesConfigSource,
)
from hydra._internal.hydra import Hydra
from hydra._internal.utils import create_config_search_path
from hydra.core.config_loader import ConfigLoader
from hydra.core.config_search_path import ConfigSearchPath, SearchPathQuery
from hydra.core.default_element import ResultDefault
from hydra.core.global_hydra import GlobalHydra
from hydra.core.object_type import ObjectType
from hydra.core.override_parser.types import Override
from hydra.core.plugins import Plugins, ScanStats
from hydra.core.singleton import Singleton
from hydra.grammar.gen.OverrideLexer import (  # type: ignore[attr-defined,unused-ignore]
    CommonTokenStream,
    InputStream,
    OverrideLexer,
)
from hydra.grammar.gen.OverrideParser import OverrideParser
from hydra.plugins.config_source import ConfigResult
from hydra.plugins.launcher import Launcher
from hydra.plugins.plugin import Plugin
from hydra.plugins.sweeper import Sweeper
from omegaconf import DictConfig, ListConfig, Node
from omegaconf.basecontainer import BaseContainer
from omegaconf.errors import OmegaConfBaseException

from zenrun import _nodes
from zenrun.errors import InvalidVersionBaseError

try:  # from 1.3.4 on Hydra checks what a logging configuration makes
    from hydra._internal.logging_config import configure_logging as _configure_logging
except ImportError:
    _configure_logging = None

HydraLauncher = BasicLauncher
HydraSweeper = BasicSweeper
LAUNCHER_PATH = f"{BasicLauncher.__module__}.{BasicLauncher.__name__}"
SWEEPER_PATH = f"{BasicSweeper.__module__}.{BasicSweeper.__name__}"

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


def start_hydra(
    job_name: str,
    config_dirs: Sequence[str],
    make_loader: Callable[[ConfigSearchPath], ConfigLoader] | None = None,
) -> Hydra:
    """Give a Hydra that looks for configs in its own package, in folders, then in the ConfigStore.

    Args:
        job_name: What ``hydra.job.name`` will be.
        config_dirs: Folders with yaml files, the first one searched first.
        make_loader: Makes the config loader; Hydra's own if None.

    Returns:
        The started Hydra, known to ``GlobalHydra``.
    """
    search_path = create_config_search_path(config_dirs[0] if config_dirs else None)
    after = SearchPathQuery(provider="main")
    for folder in config_dirs[1:]:
        search_path.append("main", folder, anchor=after)
    if make_loader is None:
        return Hydra.create_main_hydra2(task_name=job_name, config_search_path=search_path)
    started = Hydra(task_name=job_name, config_loader=make_loader(search_path))
    GlobalHydra.instance().initialize(started)
    return started


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


# --- composing ---------------------------------------------------------------------------------

HydraConfigLoader = ConfigLoaderImpl
# 1.4 parses, composes and runs in steps of its own, which the fast way does not know yet.
KNOWS_COMPOSING = HYDRA_VERSION < (1, 4)
_STATIC_SOURCES = frozenset({"file", "pkg", "structured"})


def apply_overrides(overrides: Sequence[Override], config: DictConfig) -> None:
    """Apply value overrides to a composed config, as Hydra does when it composes.

    Args:
        overrides: The overrides.
        config: The config, which is changed.
    """
    ConfigLoaderImpl._apply_overrides_to_config(list(overrides), config)


def overrides_dirname(
    overrides: Sequence[Override], exclude_keys: Sequence[str], item_sep: str, kv_sep: str
) -> str:
    """Give ``hydra.job.override_dirname``.

    Args:
        overrides: The job's overrides, without Hydra's own.
        exclude_keys: Keys to leave out.
        item_sep: What stands between two overrides.
        kv_sep: What stands between key and value.
    """
    name: str = config_loader_impl.get_overrides_dirname(
        overrides=list(overrides),
        exclude_keys=list(exclude_keys),
        item_sep=item_sep,
        kv_sep=kv_sep,
    )
    return name


def caching_repository(
    loader: ConfigLoaderImpl, config_name: str, overrides: list[str]
) -> CachingConfigRepository:
    """Give what a loader reads configs from, with the search path that overrides ask for.

    Args:
        loader: The loader.
        config_name: The name of the run's config.
        overrides: The overrides, of which ``hydra.searchpath`` counts.
    """
    return loader._parse_overrides_and_create_caching_repo(config_name, overrides)[1]


class RunRepository(ConfigRepository):
    """What a run reads configs from, where those of Hydra's own package are read once."""

    def initialize_sources(self, config_search_path: ConfigSearchPath) -> None:
        """Make the sources.

        Args:
            config_search_path: Where to look.
        """
        super().initialize_sources(config_search_path)
        self.sources = [
            _PackagedSource(source.provider, f"pkg://{_PACKAGED}")
            if source.scheme() == "pkg" and source.path == _PACKAGED
            else source
            for source in self.sources
        ]


_PACKAGED = "hydra.conf"


class _PackagedSource(ImportlibResourcesConfigSource):
    """Hydra's own yaml files: they are the same for as long as the process lives."""

    def load_config(self, config_path: str) -> ConfigResult:
        read = copy.copy(_packaged_config(self.provider, self._normalize_file_name(config_path)))
        read.config = _nodes.clone(read.config)
        read.header = dict(read.header)
        return read

    def is_config(self, config_path: str) -> bool:
        return _is_packaged(self._normalize_file_name(config_path), is_group=False)

    def is_group(self, config_path: str) -> bool:
        return _is_packaged(config_path, is_group=True)

    def available(self) -> bool:
        return True


@functools.lru_cache(maxsize=256)
def _packaged_config(provider: str, config_path: str) -> ConfigResult:
    return ImportlibResourcesConfigSource(provider, f"pkg://{_PACKAGED}").load_config(config_path)


@functools.lru_cache(maxsize=1024)
def _is_packaged(path: str, *, is_group: bool) -> bool:
    source = ImportlibResourcesConfigSource("hydra", f"pkg://{_PACKAGED}")
    return source.is_group(path) if is_group else source.is_config(path)


class Defaults(NamedTuple):
    """A final defaults list.

    Attributes:
        defaults: The configs, in the order in which they are merged.
        config_overrides: The overrides of values.
        known_choices: The choice for each config group.
    """

    defaults: list[ResultDefault]
    config_overrides: list[Override]
    known_choices: Any


def defaults_list(
    repository: IConfigRepository,
    config_name: str | None,
    overrides: list[Override],
    *,
    skip_missing: bool,
) -> Defaults:
    """Have Hydra work out a defaults list.

    Args:
        repository: What configs are read from.
        config_name: The name of the run's config.
        overrides: All overrides.
        skip_missing: Whether groups without a choice are passed over, as in a sweep.
    """
    found = config_loader_impl.create_defaults_list(
        repo=repository,
        config_name=config_name,
        overrides_list=overrides,
        prepend_hydra=True,
        skip_missing=skip_missing,
    )
    return Defaults(found.defaults, found.config_overrides, found.overrides.known_choices)


def reads_hydras_own_alone(repository: Any) -> bool:
    """Say whether configs of Hydra's own groups come from its package and the ConfigStore alone.

    Args:
        repository: What configs are read from.
    """
    first, *between, last = repository.get_sources()
    return (
        isinstance(first, _PackagedSource)
        and last.scheme() == "structured"
        and last.provider == "schema"
        and all(
            item.scheme() == "file" and not os.path.isdir(os.path.join(item.path, "hydra"))
            for item in between
        )
    )


def is_hydras_own(repository: Any, config_path: str) -> bool:
    """Say whether a config is read from Hydra's package or from the ConfigStore, not from a file.

    Args:
        repository: What it is read from.
        config_path: Its group and name.
    """
    found = repository.delegate._find_object_source(config_path, ObjectType.CONFIG)
    return isinstance(found, _PackagedSource) or (
        found is not None and found.scheme() == "structured" and found.provider == "schema"
    )


class ComposedFrom:
    """What Hydra composed a config from.

    Args:
        defaults: The final defaults list.
        repository: What the configs in it were read from.
    """

    def __init__(
        self, defaults: Sequence[ResultDefault], repository: IConfigRepository
    ) -> None:
        self._defaults = defaults
        self._repository = repository

    def sources(self) -> list[Any]:
        """Give the places that were searched, in their order."""
        return list(self._repository.get_sources())

    def is_static(self) -> bool:
        """Say whether the same choices give the same config again, unless a source changes.

        A defaults list may call resolvers, and plugins may bring sources of any kind.
        """
        read = getattr(self._repository, "cache", {}).values()
        lists = [item.defaults_list for item in read if item is not None and item.defaults_list]
        calls = any("${" in text and ":" in text for text in map(repr, lists))
        schemes = {source.scheme() for source in self.sources()}
        return not calls and schemes <= _STATIC_SOURCES

    def config_paths(self) -> list[str]:
        """Give the configs in the defaults list but for Hydra's own, without ``.yaml``."""
        paths = (item.config_path for item in self._defaults)
        named = [path for path in paths if path is not None and not path.startswith("hydra/")]
        return [path.removesuffix(".yaml") for path in dict.fromkeys(named)]


# --- running a job -------------------------------------------------------------------------------

# Hydra's users know its launcher's messages by this name.
launcher_log = logging.getLogger(basic_launcher.__name__)


def configure_logging(conf: dict[str, Any]) -> None:
    """Configure Python's logging as Hydra does, from plain values.

    Args:
        conf: The configuration, as `logging.config.dictConfig` takes it.
    """
    if _configure_logging is None:
        logging.config.dictConfig(conf)
    else:
        _configure_logging(conf)


def job_name() -> str:
    """Give the name of the job that runs, as ``JobRuntime.instance().get("name")`` does."""
    runtime = hydra_utils.JobRuntime.instance()
    leaf = (runtime.conf.__dict__["_content"] or {}).get("name")
    value = None if leaf is None else leaf.__dict__.get("_val")
    if isinstance(value, str) and "${" not in value:
        return value
    return str(runtime.get("name"))


def no_callbacks() -> Callbacks:
    """Give the callbacks of a run that has none."""
    return Callbacks(None)


def flush_loggers() -> None:
    """Flush every logging handler, as Hydra does when a job has ended."""
    hydra_utils._flush_loggers()


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
    mixins: Mapping[str, type]

    @classmethod
    def over(cls, shared: Plugins, mixins: Mapping[str, type]) -> RunPlugins:
        """Lay a run's plugins over those that the process knows.

        Args:
            shared: Hydra's plugins, or `discover_plugins`.
            mixins: What to lay over plugins of Hydra's own, by the paths of their classes.
        """
        plugins: RunPlugins = object.__new__(cls)  # its metaclass would make it a singleton
        plugins.shared = shared
        plugins.plugin_type_to_subclass_list = shared.plugin_type_to_subclass_list
        plugins.class_name_to_class = dict(shared.class_name_to_class)
        plugins.stats = shared.stats
        plugins.mixins = mixins
        return plugins

    def _register(self, clazz: type[Plugin]) -> None:
        self.shared._register(clazz)
        self.class_name_to_class[f"{clazz.__module__}.{clazz.__name__}"] = clazz

    def _instantiate(self, config: DictConfig) -> Plugin:
        name = config.get("_target_", None)
        if isinstance(name, str) and name not in self.class_name_to_class:
            self._admit(name)
        plugin = super()._instantiate(config)
        mixin = self.mixins.get(f"{type(plugin).__module__}.{type(plugin).__name__}")
        return plugin if mixin is None else _mixed(mixin, plugin)

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


def _mixed(mixin: type, plugin: Plugin) -> Plugin:
    """Lay a class over a plugin that Hydra has looked up, checked and built.

    Its own class is the base: Hydra's plugin scan may have executed its module a second time.
    """
    mixed = type(mixin.__name__, (mixin, type(plugin)), {"__module__": mixin.__module__})
    made: Plugin = object.__new__(mixed)
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
    if not isinstance(config, DictConfig) or config._is_none() or config._is_missing():
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
