"""Logging configured again and again in the plainest form, without asking Python's configurator.

What is set up is what `logging.config.dictConfig` sets up for the same configuration, and what it
clears away is cleared away, in the run that asks.
"""

from __future__ import annotations

import contextlib
import logging
import logging.config
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from zenrun import _hydra
from zenrun._isolation._logging import (
    RecordsOf,
    all_loggers,
    give_handlers,
    handlers_of_others,
    logging_lock,
)
from zenrun._isolation._scope import Scope, find_scope
from zenrun._isolation._singletons import SingletonRouter

_STREAMS = {"ext://sys.stdout": "stdout", "ext://sys.stderr": "stderr"}
_DICT_CONFIGURATOR = logging.config.DictConfigurator

MakeHandler = Callable[[Mapping[str, Any]], logging.Handler]


class QuickLogging:
    """A configuration of formatters with a format, stream and file handlers, and levels.

    Args:
        conf: The configuration, as `logging.config.dictConfig` takes it. It is not changed.

    Raises:
        ValueError: It has anything else.
    """

    def __init__(self, conf: Mapping[str, Any]) -> None:
        known = {"version", "formatters", "handlers", "root", "loggers", "disable_existing_loggers"}
        _require(set(conf) <= known and conf.get("version") == 1)
        _require(conf.get("disable_existing_loggers", True) is False)
        formatters = conf.get("formatters") or {}
        _require(all(set(item) <= {"format", "datefmt"} for item in formatters.values()))
        handlers = {
            name: _handler(name, item, formatters)
            for name, item in (conf.get("handlers") or {}).items()
        }
        root = conf["root"]
        _require(
            set(root) <= {"level", "handlers"} and set(root.get("handlers") or ()) <= set(handlers)
        )
        # Python makes them in the order of their names, and the root has them in its own.
        self._makers = [(name, handlers[name]) for name in sorted(handlers)]
        self._of_root: list[str] = list(root.get("handlers") or ())
        self._root_level = _level(root.get("level"))
        self._levels: dict[str, int | None] = {}
        for name, item in (conf.get("loggers") or {}).items():
            _require(set(item) <= {"level"})
            self._levels[name] = _level(item.get("level"))

    def apply(self, conf: Mapping[str, Any]) -> bool:
        """Configure logging for the run that asks.

        Args:
            conf: The configuration, which differs from the first one in names of files alone.

        Returns:
            Whether that was done. If not, Python's configurator does it, or says what is wrong.
        """
        table = _hydra.singletons()
        scope = find_scope(table.active) if isinstance(table, SingletonRouter) else None
        if scope is None or logging.config.dictConfigClass is not _DICT_CONFIGURATOR:
            return False
        assert isinstance(table, SingletonRouter)
        existing = all_loggers()
        if any(name.startswith(f"{ours}.") for ours in self._levels for name in existing):
            return False
        with logging_lock:
            return self._apply(conf, scope, table.active, existing)

    def _apply(
        self,
        conf: Mapping[str, Any],
        scope: Scope,
        active: Sequence[Scope],
        existing: Mapping[str, logging.Logger],
    ) -> bool:
        others = handlers_of_others(scope, active) if len(active) > 1 else []
        _shut_down(scope.handlers)
        made: dict[str, logging.Handler] = {}
        try:
            for name, make in self._makers:
                made[name] = make(conf["handlers"][name])
        except Exception:
            _shut_down(list(made.values()))
            scope.handlers.clear()
            return False
        for handler in made.values():
            handler.addFilter(RecordsOf(scope, active))
        root = logging.root
        theirs = dict(others)
        give_handlers(root, [*(made[name] for name in self._of_root), *theirs.get(root, ())])
        if self._root_level is not None and root.level != self._root_level:
            root.setLevel(self._root_level)
        for logger in existing.values():
            if logger.disabled and logger is not root:
                logger.disabled = False
        for name, level in self._levels.items():
            logger = logging.getLogger(name)
            _set_up(logger, level, theirs.get(logger, ()))
        scope.loggers.update(self._levels)
        scope.handlers[:] = made.values()
        scope.configures_logging = True
        return True


def _set_up(logger: logging.Logger, level: int | None, handlers: Sequence[logging.Handler]) -> None:
    if level is not None and logger.level != level:
        logger.setLevel(level)
    give_handlers(logger, handlers)
    logger.disabled = False


def _shut_down(handlers: Sequence[logging.Handler]) -> None:
    for handler in reversed(handlers):
        for ends in (handler.flush, handler.close):  # where the disk is full, both of them raise
            with contextlib.suppress(OSError, ValueError):
                ends()
    _forget(handlers)


def _forget(handlers: Sequence[logging.Handler]) -> None:
    gone = {id(item) for item in handlers}
    refs: list[Any] = logging._handlerList  # type: ignore[attr-defined]
    refs[:] = [ref for ref in refs if (item := ref()) is not None and id(item) not in gone]


def _require(holds: bool) -> None:
    if not holds:
        msg = "a logging configuration of another form"
        raise ValueError(msg)


def _level(value: Any) -> int | None:
    if value is None:
        return None
    level = logging.getLevelName(value) if isinstance(value, str) else value
    _require(isinstance(level, int) and not isinstance(level, bool))
    return int(level)


def _handler(
    name: str, conf: Mapping[str, Any], formatters: Mapping[str, Mapping[str, Any]]
) -> MakeHandler:
    kind, level = conf.get("class"), _level(conf.get("level"))
    formatter = formatters[conf["formatter"]] if "formatter" in conf else None
    common = {"class", "formatter", "level"}
    if kind == "logging.StreamHandler":
        _require(set(conf) <= common | {"stream"} and conf.get("stream") in _STREAMS)
    else:
        _require(kind == "logging.FileHandler" and set(conf) <= common | {"filename"})
        _require(isinstance(conf.get("filename"), str) and not conf["filename"].startswith("ext:"))

    def make(current: Mapping[str, Any]) -> logging.Handler:
        made: logging.Handler
        if kind == "logging.StreamHandler":
            made = logging.StreamHandler(getattr(sys, _STREAMS[conf["stream"]]))
        else:
            made = logging.FileHandler(current["filename"])
        if formatter is not None:
            made.setFormatter(logging.Formatter(formatter.get("format"), formatter.get("datefmt")))
        if level is not None:
            made.setLevel(level)
        made.name = name
        return made

    return make
