"""What a random search draws from: overrides in Hydra's grammar, read as dimensions.

The space is zenrun's own, `zenrun.sweep.space`; an interval is one of floats here, as random search
draws them, whatever its bounds look like. This module must not know how values are used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hydra.core.config_loader import ConfigLoader

from zenrun.sweep import space
from zenrun.sweep.space import Choices, Dimension, Interval, SearchSpace

__all__ = ["Choices", "Dimension", "Interval", "SearchSpace", "read_space"]


def read_space(
    arguments: Sequence[str],
    config_loader: ConfigLoader | None,
    when: Mapping[str, str] | None = None,
) -> SearchSpace:
    """Read overrides as a space to search.

    ``interval(a, b)`` is drawn from uniformly, as floats; ``tag(log, interval(a, b))``
    log-uniformly; ``int(interval(a, b))`` gives whole numbers. Of ``a,b,c``, ``choice(...)``,
    ``range(...)`` and ``glob(...)`` each value is as likely as the others. Anything else is fixed.

    Args:
        arguments: Overrides in Hydra's grammar. Of two with the same key the later one holds.
        config_loader: Where ``glob(...)`` looks up the options of a config group.
        when: By key, the override that another key must have for it to exist.

    Returns:
        The space.

    Raises:
        SearchSpaceError: No override gives anything to search, or one gives nothing to draw.
        hydra.errors.OverrideParseException: An override does not follow Hydra's grammar.

    Example:
        >>> import random
        >>> from zenrun_sweepers.space import read_space
        >>> space = read_space(["x=interval(0, 1)", "+optim=sgd"], None)
        >>> params = space.draw(random.Random(0))
        >>> params
        {'x': 0.8444218515250481}
        >>> space.overrides(params)
        ['x=0.8444218515250481', '+optim=sgd']
    """
    return space.read_space(arguments, config_loader, when, whole_bounds=False)
