"""Python's logging, kept and put back; and each run's handlers kept to its own records.

Hydra configures logging for the whole process: it closes every handler there is and sets up its
own. While runs are active that step is narrowed to the run that takes it: the handlers of the
program and of other runs are out of its sight, so that they are neither closed nor forgotten,
and the handlers it makes take only records of that run.
"""

from __future__ import annotations

import contextlib
import logging
import logging.config
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from zenrun._isolation._scope import Scope, find_scope

# logging has no public list of its handlers; Hydra reads the same private one.
_handler_refs: list[Any] = logging._handlerList  # type: ignore[attr-defined]
_named_handlers: Any = logging._handlers  # type: ignore[attr-defined]
logging_lock: Any = logging._lock  # type: ignore[attr-defined]
# Set on the handlers of a run that is over, which nothing may bring back.
_CLOSED = "zenrun_closed"


def all_loggers() -> dict[str, logging.Logger]:
    """Give every logger by its name, the root's being empty."""
    named = logging.root.manager.loggerDict
    return {
        "": logging.root,
        **{name: item for name, item in named.items() if isinstance(item, logging.Logger)},
    }


@dataclass(frozen=True)
class _LoggerState:
    level: int
    propagate: bool
    disabled: bool
    handlers: tuple[logging.Handler, ...]
    filters: tuple[Any, ...]
    handler_list: list[logging.Handler] | None = None

    @classmethod
    def take(cls, logger: logging.Logger) -> _LoggerState:
        return cls(
            logger.level,
            logger.propagate,
            logger.disabled,
            tuple(logger.handlers),
            tuple(logger.filters),
            logger.handlers,
        )

    def restore(self, logger: logging.Logger) -> None:
        if logger.level != self.level:
            logger.setLevel(self.level)
        logger.propagate = self.propagate
        logger.disabled = self.disabled
        logger.filters[:] = self.filters
        # The same list: other objects may hold it.
        found = logger.handlers if self.handler_list is None else self.handler_list
        found[:] = [item for item in self.handlers if not hasattr(item, _CLOSED)]
        logger.handlers = found


_NEW_LOGGER = _LoggerState(logging.NOTSET, propagate=True, disabled=False, handlers=(), filters=())


@dataclass(frozen=True)
class LoggingState:
    """Logging as it was at one moment: each logger's settings, and all handlers."""

    loggers: dict[str, _LoggerState]
    handler_refs: tuple[Any, ...]
    named_handlers: dict[str, logging.Handler]
    disabled_below: int

    @classmethod
    def take(cls) -> LoggingState:
        """Keep what holds now."""
        loggers = {name: _LoggerState.take(item) for name, item in all_loggers().items()}
        return cls(
            loggers, tuple(_handler_refs), dict(_named_handlers), logging.root.manager.disable
        )

    def restore(self, configured: Collection[str] = ()) -> None:
        """Put back what held then. Handlers of runs that are over meanwhile stay away.

        Args:
            configured: The names of loggers that runs have configured since. Other new ones stay as they
                are: a library that was first imported in a task has set its own up, and does so once.
        """
        logging.disable(self.disabled_below)
        with logging_lock:
            for name, logger in all_loggers().items():
                if name in self.loggers:
                    self.loggers[name].restore(logger)
                elif name in configured:
                    _NEW_LOGGER.restore(logger)
            known = {id(ref) for ref in self.handler_refs}
            # Handlers made since, by code that is no run, stay known to logging.shutdown.
            refs = [*self.handler_refs, *(ref for ref in _handler_refs if id(ref) not in known)]
            alive = [ref for ref in refs if ref() is not None]
            _handler_refs[:] = [ref for ref in alive if not hasattr(ref(), _CLOSED)]
            for name, handler in self.named_handlers.items():
                if not hasattr(handler, _CLOSED):
                    _named_handlers[name] = handler


class RecordsOf:
    """A logging filter that lets through the records of one run."""

    def __init__(self, scope: Scope, active: Sequence[Scope]) -> None:
        self.scope = scope
        self.active = active

    def filter(self, _record: logging.LogRecord) -> bool:
        asking = find_scope(self.active)
        if asking is None:
            return False
        # A run that has not configured logging writes to the handlers of the run it is in.
        owners = (item for item in asking.lineage() if item.configures_logging)
        return next(owners, None) is self.scope


class LoggingRouter:
    """Narrows the configuring of logging to the run that does it, while runs are active.

    Args:
        active: The runs that are active; the list is read each time.
    """

    def __init__(self, active: list[Scope]) -> None:
        self.active = active
        self._original: Callable[..., Any] | None = None

    def install(self) -> None:
        """Stand before `logging.config.DictConfigurator`, which Hydra and programs use."""
        self._original = original = logging.config.DictConfigurator.configure

        def configure(configurator: Any) -> None:
            scope = find_scope(self.active)
            if scope is None:
                original(configurator)
                return
            scope.loggers.update(configurator.config.get("loggers") or ())
            with logging_lock, self._narrowed_to(scope):
                original(configurator)

        self._installed = configure
        logging.config.DictConfigurator.configure = configure  # type: ignore[method-assign, assignment]

    def uninstall(self) -> None:
        """Leave the place before `logging.config.DictConfigurator`."""
        if logging.config.DictConfigurator.configure is self._installed and self._original:
            logging.config.DictConfigurator.configure = self._original  # type: ignore[method-assign]

    @contextlib.contextmanager
    def _narrowed_to(self, scope: Scope) -> Any:
        own = {id(item) for item in scope.handlers}
        hidden_refs = [ref for ref in _handler_refs if id(ref()) not in own]
        hidden_names = {
            name: item for name, item in dict(_named_handlers).items() if id(item) not in own
        }
        others = handlers_of_others(scope, self.active)
        for logger, _ in others:
            give_handlers(logger, logger.handlers)
        _handler_refs[:] = [ref for ref in _handler_refs if id(ref()) in own]
        try:
            yield
        finally:
            made = [handler for ref in _handler_refs if (handler := ref()) is not None]
            for handler in made:
                handler.addFilter(RecordsOf(scope, self.active))
            scope.handlers[:] = made
            scope.configures_logging = True
            _handler_refs[:0] = hidden_refs
            for name, handler in hidden_names.items():
                _named_handlers.setdefault(name, handler)
            for logger, handlers in others:
                give_handlers(logger, [*logger.handlers, *handlers])


def give_handlers(logger: logging.Logger, handlers: Sequence[logging.Handler]) -> None:
    """Set the handlers of a logger, each once.

    The list is another one each time: a thread that is going through the old one with a record meets
    each of its handlers once.

    Args:
        logger: The logger.
        handlers: Its handlers.
    """
    logger.handlers = list(dict.fromkeys(handlers))


def handlers_of_others(
    scope: Scope, active: Sequence[Scope]
) -> list[tuple[logging.Logger, list[logging.Handler]]]:
    """Give each logger that has handlers of other runs, with these.

    Args:
        scope: The run whose own do not count.
        active: The runs that are active.
    """
    theirs = {id(item) for run in active if run is not scope for item in run.handlers}
    found = [
        (logger, [item for item in logger.handlers if id(item) in theirs])
        for logger in all_loggers().values()
    ]
    return [(logger, handlers) for logger, handlers in found if handlers]


def close_handlers(scope: Scope) -> None:
    """Close the handlers that a run has configured and take them off their loggers.

    Args:
        scope: The run.
    """
    for handler in scope.handlers:
        setattr(handler, _CLOSED, True)
    with logging_lock:
        for logger in all_loggers().values():
            if any(hasattr(item, _CLOSED) for item in logger.handlers):
                give_handlers(logger, [x for x in logger.handlers if not hasattr(x, _CLOSED)])
    for handler in scope.handlers:
        with contextlib.suppress(OSError, ValueError):  # a full disk, a stream the task closed
            handler.close()
    scope.handlers.clear()
