"""Overrides in Hydra's grammar, read as a space to search.

This module must not know how values are chosen.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from hydra.core.config_loader import ConfigLoader
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import ChoiceSweep, IntervalSweep, Override, RangeSweep
from hydra.errors import HydraException

from zenrun import errors
from zenrun.sweep._conditions import read_conditions
from zenrun.sweep._dimensions import Choices, Dimension, Interval
from zenrun.sweep._space import SearchSpace

_INT = r"(?:\w+\s*=\s*)?[+-]?\d[\d_]*"
_WHOLE_BOUNDS = re.compile(rf"\binterval\s*\(\s*{_INT}\s*,\s*{_INT}\s*\)")
_CAST_TO_FLOAT = re.compile(r"\bfloat\s*\(")
_TAKES = (
    "A search takes interval(a, b), tag(log, interval(a, b)), int(interval(a, b)), range(a, b, step), "
    "choice(a, b, ...), a,b,... and glob(...)"
)


def read_space(
    arguments: Sequence[str],
    config_loader: ConfigLoader | None = None,
    when: Mapping[str, str] | None = None,
    *,
    whole_bounds: bool = True,
) -> SearchSpace:
    """Read overrides as a space to search.

    ``interval(a, b)`` are numbers: whole ones if both bounds are written as such, and floats if not;
    ``int(...)`` and ``float(...)`` around it say which. ``tag(log, interval(a, b))`` are numbers whose
    logarithm counts. ``a,b,c``, ``choice(...)``, ``range(...)`` (without its end, as in Hydra) and
    ``glob(...)`` are values to choose from. Anything else is fixed.

    Args:
        arguments: Overrides in Hydra's grammar. Of two with the same key the later one holds.
        config_loader: Where ``glob(...)`` looks up the options of a config group.
        when: By key, the override that another key must have for it to exist:
            ``{"optim.momentum": "optim=sgd"}``; several values are separated by commas.
        whole_bounds: Whether an interval with bounds that are written as ints is one of ints.

    Returns:
        The space.

    Raises:
        SearchSpaceError: No override gives anything to search, or one gives nothing to choose from, or
            a condition does not fit.
        hydra.errors.OverrideParseException: An override does not follow Hydra's grammar.

    Example:
        >>> import random
        >>> from zenrun.sweep.space import read_space
        >>> space = read_space(["x=interval(0.0, 1)", "n=interval(1, 5)", "+optim=sgd"])
        >>> params = space.draw(random.Random(0))
        >>> params
        {'x': 0.8444218515250481, 'n': 4}
        >>> space.overrides(params)
        ['x=0.8444218515250481', 'n=4', '+optim=sgd']
    """
    parser = OverridesParser.create(config_loader=config_loader)
    parts: dict[str, Dimension | str] = {}
    for override in parser.parse_overrides(list(arguments)):
        parts[override.get_key_element()] = _part(override, parser, whole_bounds=whole_bounds)
    if all(isinstance(part, str) for part in parts.values()):
        given = f"the overrides {list(arguments)!r}" if arguments else "no overrides"
        msg = (
            f"The search has nothing to search: it was given {given}. Give at least one key an "
            "interval, such as 'x=interval(-1, 1)', or values to choose from, such as 'x=1,2,3'; "
            "in a config they go in hydra.sweeper.params, such as {'x': 'interval(-1, 1)'}"
        )
        raise errors.SearchSpaceError(msg)
    return read_conditions(SearchSpace(parts), when or {}, parser)


def _part(override: Override, parser: OverridesParser, *, whole_bounds: bool) -> Dimension | str:
    text = str(override.input_line)
    value = override.value()
    if isinstance(value, IntervalSweep):
        return _interval(value, text, whole_bounds=whole_bounds)
    if not override.is_sweep_override():
        return text
    shuffled = False
    if isinstance(value, (ChoiceSweep, RangeSweep)):
        # Hydra would shuffle with Python's global generator, which is not to be touched.
        shuffled, value.shuffle = value.shuffle, False
    try:
        texts = tuple(str(item) for item in override.sweep_string_iterator())
        items = list(override.sweep_iterator())
    except (HydraException, ValueError) as error:  # a step of 0
        msg = f"The override {text!r} cannot be read as values to choose from: {error}. {_TAKES}"
        raise errors.SearchSpaceError(msg, text) from error
    if not texts:
        msg = (
            f"The override {text!r} gives no value to choose from: it needs at least one. {_TAKES}"
        )
        raise errors.SearchSpaceError(msg, text)
    values = tuple(_value(item, text, parser) for item, text in zip(items, texts, strict=True))
    return Choices(texts, values, ordered=isinstance(value, RangeSweep), shuffled=shuffled)


def _value(item: Any, text: str, parser: OverridesParser) -> Any:
    if item is None or isinstance(item, (bool, int, float)):
        return item
    return parser.parse_override(f"key={text}").value()


def _interval(sweep: IntervalSweep, text: str, *, whole_bounds: bool) -> Interval:
    start, end = sweep.start, sweep.end
    if start is None or end is None or not (math.isfinite(start) and math.isfinite(end)):
        msg = f"The override {text!r} has no two finite bounds, so nothing can be drawn from it"
        raise errors.SearchSpaceError(msg, text)
    low, high = min(start, end), max(start, end)
    log = "log" in sweep.tags
    if log and low <= 0:
        msg = (
            f"The override {text!r} is tagged log, and a logarithm needs bounds above 0; its lower "
            f"bound is {low!r}"
        )
        raise errors.SearchSpaceError(msg, text)
    # Hydra gives the bounds as floats, unless int(interval(...)) has made whole numbers of them.
    whole = isinstance(low, int) and isinstance(high, int)
    if not whole and whole_bounds and _WHOLE_BOUNDS.search(text):
        whole = not _CAST_TO_FLOAT.search(text)
    if whole:
        low, high = int(low), int(high)
    return Interval(low, high, log=log, whole=whole)
