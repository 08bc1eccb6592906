"""One run's share of everything that is global, and all of it put back when the run ends.

Runs may be nested and may be active in several threads at once. Hydra's globals and logging are
kept apart; the working directory and the environment belong to the process, so runs that are
active at the same moment share them, and they are put back when the last one ends.

This package must not know what a run does.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextvars import Token
from typing import Any

from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from hydra.core.plugins import Plugins
from omegaconf import DictConfig

from zenrun import _hydra, _resolvers
from zenrun._isolation._config_store import overlay_config_store
from zenrun._isolation._hydra_config import RunHydraConfig
from zenrun._isolation._logging import LoggingRouter, LoggingState, close_handlers
from zenrun._isolation._plugins import PluginOverlay, RunPlugins, discover_plugins
from zenrun._isolation._process import ProcessState, interrupts_held
from zenrun._isolation._scope import CURRENT, Scope, ThreadStarts
from zenrun._isolation._singletons import RUN_SCOPED, SingletonRouter

# Runs enter and leave one at a time; what they do between is not locked.
_DOOR = threading.RLock()


class ProcessGlobals:
    """Everything that a run may change and that is not its own, as it was at one moment."""

    def __init__(self) -> None:
        self.process = ProcessState.take()
        self.logging = LoggingState.take()
        self.resolvers = _resolvers.hydra_resolvers()

    def restore(self, configured: Collection[str] = ()) -> None:
        """Put it back.

        Args:
            configured: The names of loggers that runs have configured since.
        """
        try:
            self.logging.restore(configured)
            _resolvers.restore_resolvers(self.resolvers)
        finally:
            self.process.restore()


class _Board(SingletonRouter):
    """Which runs are active, and what is put back when the last of them has left."""

    def __init__(self, shared: dict[type, object]) -> None:
        super().__init__(shared)
        self.before = ProcessGlobals()
        self.loggers: set[str] = set()
        self.routers = (LoggingRouter(self.active), ThreadStarts(self.active))

    def install(self) -> None:
        _hydra.set_singletons(self)
        for router in self.routers:
            router.install()

    def uninstall(self) -> None:
        for router in self.routers:
            router.uninstall()
        _hydra.set_singletons(self.shared)


def _enter() -> tuple[_Board, Scope, ProcessGlobals]:
    table = _hydra.singletons()
    if isinstance(table, _Board):
        board, before = table, ProcessGlobals()
    else:
        board = _Board(table)
        before = board.before
        board.install()
    scope = Scope(parent=CURRENT.get())
    board.active.append(scope)
    return board, scope, before


def _leave(board: _Board, scope: Scope, before: ProcessGlobals) -> None:
    scope.ended = True
    board.active.remove(scope)
    board.loggers |= scope.loggers
    try:
        close_handlers(scope)
    finally:
        if not board.active:
            board.uninstall()
            board.before.restore(board.loggers)
        elif set(board.active) <= set(scope.lineage()):  # nobody else can have changed anything
            before.restore(board.loggers)


def _give_own_globals(
    board: _Board,
    scope: Scope,
    config_name: str,
    node: DictConfig,
    overlay: PluginOverlay,
) -> None:
    shared_store = board.shared[ConfigStore]
    assert isinstance(shared_store, ConfigStore)
    scope.instances[ConfigStore] = overlay_config_store(shared_store, config_name, node)
    scope.instances[HydraConfig] = RunHydraConfig.make()
    # After the ConfigStore: plugins store their configs when they are imported.
    shared_plugins = board.shared.get(Plugins) or discover_plugins()
    assert isinstance(shared_plugins, Plugins)
    scope.instances[Plugins] = RunPlugins.over(shared_plugins, overlay)


def will_be_verbose(verbose: Any) -> None:
    """Hear that Hydra is about to set the levels of loggers, for the run that asks.

    Args:
        verbose: ``hydra.verbose``: one name, several, or whether all are verbose.
    """
    scope = CURRENT.get()
    if scope is not None and not isinstance(verbose, bool):
        scope.loggers.update([verbose] if isinstance(verbose, str) else verbose)


def run_scoped_classes() -> frozenset[type]:
    """Give the classes of Hydra of which each run has an instance of its own."""
    return RUN_SCOPED


@contextlib.contextmanager
def isolated_run(config_name: str, node: DictConfig, overlay: PluginOverlay) -> Iterator[None]:
    """Give the code inside Hydra globals of its own, and put every global back after it.

    Args:
        config_name: The name under which the run's config is found in its ConfigStore.
        node: The run's config.
        overlay: What to lay over Hydra's plugins.
    """

    def give(board: _Board, scope: Scope) -> None:
        _give_own_globals(board, scope, config_name, node, overlay)

    with _isolated(give):
        yield


@contextlib.contextmanager
def isolated_job(instances: Mapping[type, Any]) -> Iterator[None]:
    """Give the code inside the globals of a run that goes on elsewhere: one job of it runs here.

    Args:
        instances: The run's own of Hydra's globals, as `sent_globals` gave them.
    """

    def give(board: _Board, scope: Scope) -> None:
        scope.instances.update(instances)
        scope.instances[HydraConfig] = RunHydraConfig.make()
        scope.instances[Plugins] = board.shared.get(Plugins) or discover_plugins()

    with _isolated(give):
        yield


def sent_globals() -> dict[type, Any]:
    """Give the asking run's own of Hydra's globals, for `isolated_job` somewhere else."""
    found = dict(_hydra.singletons().items())
    return {cls: found[cls] for cls in RUN_SCOPED - {HydraConfig, Plugins} if cls in found}


@contextlib.contextmanager
def _isolated(give: Callable[[_Board, Scope], None]) -> Iterator[None]:
    # Ctrl-C waits while the globals change hands: before that nothing has happened, after it
    # everything is put back.
    with contextlib.ExitStack() as stack:
        with interrupts_held(), _DOOR:
            board, scope, before = _enter()
            stack.callback(_leave_whole, board, scope, before, CURRENT.set(scope))
        with _DOOR:  # finding plugins imports modules, once
            give(board, scope)
        try:
            yield
        except BaseException as error:
            _call_endings(scope, error)
            raise
        _call_endings(scope, None)


def when_run_ends(function: Callable[[BaseException | None], None]) -> bool:
    """Have a function called when the asking run ends, however it ends.

    Args:
        function: Called with the exception that ends it, or None. The globals are still the run's.

    Returns:
        Whether it will be: False outside of zenrun's runs.
    """
    scope = CURRENT.get()
    if scope is None or scope.ended:
        return False
    scope.endings.append(function)
    return True


def _call_endings(scope: Scope, error: BaseException | None) -> None:
    with contextlib.ExitStack() as stack:
        for function in scope.endings:
            stack.callback(function, error)


def _leave_whole(
    board: _Board, scope: Scope, before: ProcessGlobals, token: Token[Scope | None]
) -> None:
    with interrupts_held(), _DOOR:
        CURRENT.reset(token)
        _leave(board, scope, before)
