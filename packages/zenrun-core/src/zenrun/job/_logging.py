"""Logging configured from Hydra's config, resolved once but for what differs from job to job.

This module must not know when logging is configured.
"""

from __future__ import annotations

import copy
import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from zenrun import _hydra, _nodes
from zenrun._isolation._quick_logging import QuickLogging
from zenrun.compose._composition import NotSureError
from zenrun.job._text import KnownText

_KEPT = 16
# By the configuration: how to set it up quickly, once Hydra has set it up; None where there is no
# such way. A pure cache: it depends on the configuration alone.
_known: OrderedDict[bytes, QuickLogging | None] = OrderedDict()


class LoggingForm:
    """A logging configuration of Hydra's.

    Args:
        plain: The configuration as plain values.
        texts: What has to be resolved in it for each job, and where.
        verbose: ``hydra.verbose``.
    """

    def __init__(
        self, plain: dict[str, Any], texts: list[tuple[list[Any], KnownText]], *, verbose: bool
    ) -> None:
        self._plain = plain
        self._texts = texts
        self._verbose = verbose
        # All else is set up as it was the first time.
        self._is_quick = all(
            path[0] == "handlers" and path[2:] == ["filename"] for path, _ in texts
        )
        self._key = _nodes.key_of_plain(plain)
        self._quick = _known.get(self._key) if self._is_quick else None

    def configure(self, known: Mapping[str, Any]) -> None:
        """Configure Python's logging, as Hydra does.

        Args:
            known: The job's own values below ``hydra``, by path.

        Raises:
            NotSureError: It has to be resolved in the job's config; nothing is configured yet.
        """
        if self._plain["root"] is not None:
            made = self._plain
            for path, text in self._texts:
                made = _with_value(made, path, text.value(known))
            if self._quick is None or not self._quick.apply(made):
                self._configure_in_full(made)
        if self._verbose:
            logging.getLogger().setLevel(logging.DEBUG)

    def _configure_in_full(self, conf: dict[str, Any]) -> None:
        """Configure by Hydra, which also judges the configuration; from then on it may be quick."""
        _hydra.configure_logging(copy.deepcopy(conf))  # Python's configurator changes it
        if not self._is_quick:
            return
        if self._key not in _known:
            try:
                _known[self._key] = QuickLogging(conf)
            except Exception:  # Python's configurator takes what QuickLogging cannot read
                _known[self._key] = None
            while len(_known) > _KEPT:
                _known.popitem(last=False)
        self._quick = _known[self._key]


def _with_value(plain: Any, path: Sequence[Any], value: Any) -> Any:
    """Copy what leads to a place, and set the value there in the copy."""
    if not path:
        return value
    made = plain.copy()
    made[path[0]] = _with_value(plain[path[0]], path[1:], value)
    return made


def logging_form(hydra: Any, name: str, changing: frozenset[str]) -> LoggingForm | None:
    """Prepare a logging configuration.

    Args:
        hydra: The ``hydra`` node.
        name: ``"job_logging"`` or ``"hydra_logging"``.
        changing: The values below ``hydra`` that are known for each job only.

    Returns:
        The configuration, or None where it has to be resolved in each job's config.
    """
    node, verbose = _nodes.child(hydra, (name,)), _nodes.child(hydra, ("verbose",))
    if not _nodes.is_plain_mapping(node) or type(_nodes.value_of(verbose)) is not bool:
        return None
    texts: list[tuple[list[Any], KnownText]] = []
    try:
        plain = _nodes.to_plain(node)
        _find_texts(plain, [], texts, hydra, changing)
    except (NotSureError, _nodes.NotPlainError):
        return None
    if "root" not in plain:
        return None
    return LoggingForm(plain, texts, verbose=_nodes.value_of(verbose))


def _find_texts(
    plain: Any,
    path: list[Any],
    found: list[tuple[list[Any], KnownText]],
    hydra: Any,
    changing: frozenset[str],
) -> None:
    items = plain.items() if isinstance(plain, dict) else enumerate(plain)
    for key, value in items:
        if isinstance(value, (dict, list)):
            _find_texts(value, [*path, key], found, hydra, changing)
        elif isinstance(value, str) and "${" in value:
            found.append(([*path, key], KnownText(value, hydra, changing)))
