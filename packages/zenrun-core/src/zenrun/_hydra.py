"""The one place that touches ``hydra._internal``.

When Hydra moves (1.3 today, 1.4 coming) this is the file to adapt. It knows how Hydra is put
together; it must not know what zenrun does with it.
"""

from __future__ import annotations

import logging
import logging.config
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any, NamedTuple

import hydra.core.utils as hydra_utils
import hydra.version
from hydra._internal import config_loader_impl
from hydra._internal import defaults_list as hydra_defaults
from hydra._internal.callbacks import Callbacks
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.config_repository import (
    CachingConfigRepository,
    ConfigRepository,
    IConfigRepository,
)
from hydra._internal.core_plugins import basic_launcher, basic_sweeper
from hydra._internal.core_plugins.basic_launcher import BasicLauncher
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra._internal.core_plugins.importlib_resources_config_source import (
    ImportlibResourcesConfigSource,
)
from hydra._internal.hydra import Hydra
from hydra._internal.instantiate import _instantiate2
from hydra._internal.utils import create_config_search_path
from hydra.core.config_loader import ConfigLoader
from hydra.core.config_search_path import ConfigSearchPath, SearchPathQuery
from hydra.core.default_element import GroupDefault, ResultDefault
from hydra.core.global_hydra import GlobalHydra
from hydra.core.object_type import ObjectType
from hydra.core.override_parser.types import Override
from hydra.core.plugins import Plugins
from hydra.core.singleton import Singleton
from hydra.plugins.plugin import Plugin
from omegaconf import DictConfig

from zenrun.errors import InvalidVersionBaseError

try:  # from 1.3.4 on Hydra checks what a logging configuration makes
    from hydra._internal.logging_config import configure_logging as _configure_logging
except ImportError:
    _configure_logging = None  # type: ignore[assignment]

# How Hydra makes objects. Before 1.3.3 there is no policy of targets; 1.4 has another one.
instantiating: Any = _instantiate2
try:
    from hydra._internal import target_policy as _target_policy
except ImportError:
    _target_policy = None  # type: ignore[assignment]
try:
    from hydra._internal import execution_policy as _execution_policy  # type: ignore[attr-defined, unused-ignore]
except ImportError:
    _execution_policy = None
target_policy: Any = _target_policy
execution_policy: Any = _execution_policy

# What zenrun's own are made of. Hydra's plugin scan may execute their modules a second time.
HydraConfigLoader = ConfigLoaderImpl
HydraConfigRepository = ConfigRepository
HydraPackageSource = ImportlibResourcesConfigSource
HydraLauncher = BasicLauncher
HydraSweeper = BasicSweeper
LAUNCHER_PATH = f"{BasicLauncher.__module__}.{BasicLauncher.__name__}"
SWEEPER_PATH = f"{BasicSweeper.__module__}.{BasicSweeper.__name__}"

HYDRA_VERSION: tuple[int, int] = tuple(int(part) for part in hydra.__version__.split(".")[:2])  # type: ignore[assignment]

CORE_PLUGINS = "hydra._internal.core_plugins"
_DEFAULT_VERSION_BASE = "1.3"


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
    composed: Callable[[DictConfig], None] | None = None,
) -> Hydra:
    """Give a Hydra that looks for configs in its own package, in folders, then in the ConfigStore.

    Args:
        job_name: What ``hydra.job.name`` will be.
        config_dirs: Folders with yaml files, the first one searched first.
        make_loader: Makes the config loader; Hydra's own if None.
        composed: Called with the config of a run before anything is made of it, callbacks included.

    Returns:
        The started Hydra, known to ``GlobalHydra``.
    """
    search_path = create_config_search_path(config_dirs[0] if config_dirs else None)
    after = SearchPathQuery(provider="main")
    for folder in config_dirs[1:]:
        search_path.append("main", folder, anchor=after)
    started: _ShowingHydra
    if make_loader is None:
        made = _ShowingHydra.create_main_hydra2(task_name=job_name, config_search_path=search_path)
        assert isinstance(made, _ShowingHydra)
        started = made
    else:
        started = _ShowingHydra(task_name=job_name, config_loader=make_loader(search_path))
        GlobalHydra.instance().initialize(started)
    started.composed = composed
    return started


class _ShowingHydra(Hydra):
    """Hydra, which shows the config of a run before anything is made of it.

    Attributes:
        composed: Called with the config.
    """

    composed: Callable[[DictConfig], None] | None = None

    def __getstate__(self) -> dict[str, Any]:  # in workers no run is started with it
        return {**self.__dict__, "composed": None}

    def compose_config(self, *args: Any, **kwargs: Any) -> DictConfig:
        """Compose the config of a run, as Hydra does."""
        # Told to be verbose, Hydra composes anew meanwhile to show what it found: that is not the run's.
        show, self.composed = self.composed, None
        config = super().compose_config(*args, **kwargs)
        if show is not None:
            show(config)
        return config


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


# --- composing ---------------------------------------------------------------------------------

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


def find_source(repository: Any, config_path: str) -> Any:
    """Give the source that a config is read from, or None.

    Args:
        repository: What configs are read from.
        config_path: The config's group and name.
    """
    return repository.delegate._find_object_source(config_path, ObjectType.CONFIG)


def new_repository(repository: IConfigRepository) -> CachingConfigRepository:
    """Give what one composing reads configs from, each of them once.

    Args:
        repository: What it reads them with.
    """
    return CachingConfigRepository(repository)


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
    hydras = _with_own(hydra_defaults, _create_interpolation_map=_interpolation_map)
    found = hydras["create_defaults_list"](
        repo=repository,
        config_name=config_name,
        overrides_list=overrides,
        prepend_hydra=True,
        skip_missing=skip_missing,
    )
    return Defaults(found.defaults, found.config_overrides, found.overrides.known_choices)


def _with_own(module: Any, **own: Any) -> dict[str, Any]:
    """Give the functions of a module as they are, but that they call others; the module stays as it is.

    Args:
        module: The module.
        own: What stands in the place of its functions, by their names.
    """
    names = dict(vars(module))
    for name, item in vars(module).items():
        if isinstance(item, FunctionType) and item.__globals__ is vars(module):
            code, defaults, cells = item.__code__, item.__defaults__, item.__closure__
            names[name] = FunctionType(code, names, name, defaults, cells)
    names.update(own)
    return names


def _interpolation_map(overrides: Any, defaults_list: list[Any], self_added: bool) -> Any:
    """Give what interpolations in a defaults list are resolved with; None where there are none.

    Hydra makes it for each config of a run, all the choices so far in it: half of the time of a defaults list.
    """
    entries = [
        item.value if isinstance(item, GroupDefault) else item.path for item in defaults_list
    ]
    texts = [*overrides.known_choices.values(), *entries]
    if all(item is None or (type(item) is str and "${" not in item) for item in texts):
        return None
    return hydra_defaults._create_interpolation_map(overrides, defaults_list, self_added)


class ComposedFrom:
    """What Hydra composed a config from.

    Args:
        defaults: The final defaults list.
        repository: What the configs in it were read from.
    """

    def __init__(self, defaults: Sequence[ResultDefault], repository: IConfigRepository) -> None:
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
        """Give the configs that were read, but for Hydra's own, and those that were not found.

        Without ``.yaml``.
        """
        read = getattr(self._repository, "cache", {}).items()
        absent = [key.removeprefix("config_path=") for key, item in read if item is None]
        paths = [*(item.config_path for item in self._defaults), *absent]
        named = [path for path in paths if path is not None and not path.startswith("hydra/")]
        return [path.removesuffix(".yaml") for path in dict.fromkeys(named)]

    def hydra_paths(self) -> list[str]:
        """Give the configs of Hydra's own groups in the defaults list, without ``.yaml``."""
        paths = (item.config_path or "" for item in self._defaults)
        return [path.removesuffix(".yaml") for path in paths if path.startswith("hydra/")]


# --- running a job -------------------------------------------------------------------------------

# Hydra's users know its launcher's messages by this name.
launcher_log = logging.getLogger(basic_launcher.__name__)


def configure_log(config: DictConfig, context: Any) -> None:
    """Configure Python's logging as Hydra does for its own messages.

    Args:
        config: The sweep's config.
        context: Hydra's context.
    """
    hydra_node = config.hydra
    own = {}
    if HYDRA_VERSION >= (1, 4):
        own = {"execution_whitelist": context.execution_whitelist}
    hydra_utils.configure_log(hydra_node.hydra_logging, hydra_node.verbose, **own)


def configure_logging(conf: dict[str, Any]) -> None:
    """Configure Python's logging as Hydra does, from plain values.

    Args:
        conf: The configuration, as `logging.config.dictConfig` takes it.
    """
    if _configure_logging is None:
        logging.config.dictConfig(conf)
    else:
        _configure_logging(conf)


def job_name() -> Any:
    """Give the name of the job that runs, as ``JobRuntime.instance().get("name")`` does."""
    runtime = hydra_utils.JobRuntime.instance()
    leaf = (runtime.conf.__dict__["_content"] or {}).get("name")
    value = None if leaf is None else leaf.__dict__.get("_val")
    if isinstance(value, str) and "${" not in value:
        return value
    return runtime.get("name")


def new_sweeper(max_batch_size: int | None, params: Any) -> BasicSweeper:
    """Make Hydra's basic sweeper.

    Args:
        max_batch_size: How many jobs a batch has at most, or None.
        params: What is swept over.
    """
    # Hydra's plugin scan may have executed the module a second time: its class of now is the one.
    return basic_sweeper.BasicSweeper(max_batch_size=max_batch_size, params=params)


def callbacks_of(config: DictConfig | None) -> Callbacks:
    """Give the callbacks that a run's config names; none where there is no config.

    Args:
        config: The config, with its ``hydra`` node.
    """
    return Callbacks(config)


def calls_nobody(callbacks: Any) -> bool:
    """Say whether callbacks are Hydra's own, and there is none: sweepers may bring others.

    Args:
        callbacks: What a job is to call.
    """
    return type(callbacks) is Callbacks and not callbacks.callbacks


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
    return isinstance(target, str) and target.startswith(f"{CORE_PLUGINS}.")


def instantiate_core_plugin(config: DictConfig) -> Plugin:
    """Build Hydra's own launcher or sweeper, as Hydra does when it starts a sweep.

    Newer Hydras refuse these targets to the public ``instantiate``, which sweepers written
    for older ones call.

    Args:
        config: A node for which `is_core_plugin_config` holds.
    """
    return Plugins.instance()._instantiate(config)
