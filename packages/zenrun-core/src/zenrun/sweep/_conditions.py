"""Which keys of a space exist only while another one has a certain value.

This module must not know how values are chosen.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException

from zenrun import errors
from zenrun._nearest import nearest
from zenrun.sweep._dimensions import Choices, Dimension
from zenrun.sweep._space import Condition, SearchSpace

_EXAMPLE = (
    "such as {'optim.momentum': 'optim=sgd'}: the key, and the value that another one must have"
)


def read_conditions(
    space: SearchSpace, when: Mapping[str, str], parser: OverridesParser
) -> SearchSpace:
    """Give a space in which keys depend on others.

    Args:
        space: The space.
        when: By key, the override that another key must have for it to exist.
        parser: Reads overrides.

    Returns:
        The space with its conditions. One that depends on a fixed override has been decided: its key
        has no condition, or is gone.

    Raises:
        SearchSpaceError: A key is not there, or a condition can never hold, or is no override.
    """
    if not when:
        return space
    parts, conditions = dict(space.parts), {}
    for key, text in when.items():
        own = _find(key, space, f"hydra.sweeper.when names {key!r}")
        condition = _condition(key, text, space, parser)
        other = parts.get(condition.key)
        if isinstance(other, str):
            held = other.partition("=")[2].strip() in condition.texts
            if not held:
                del parts[own]
        else:
            conditions[own] = condition
    _drop_orphans(parts, conditions)
    _check_circle(conditions)
    if all(isinstance(part, str) for part in parts.values()):
        msg = "The search has nothing to search: hydra.sweeper.when leaves no key"
        raise errors.SearchSpaceError(msg)
    return dataclasses.replace(space, parts=parts, conditions=conditions)


def _condition(key: str, text: str, space: SearchSpace, parser: OverridesParser) -> Condition:
    where = f"hydra.sweeper.when[{key!r}], {text!r},"
    try:
        override = parser.parse_override(str(text))
        if override.is_sweep_override():
            texts = [str(item) for item in override.sweep_string_iterator()]
        else:
            texts = [override.get_value_element_as_str()]
    except HydraException as error:
        msg = f"{where} is no override in Hydra's grammar; it is {_EXAMPLE}. Hydra says: {error}"
        raise errors.SearchSpaceError(msg, str(text)) from error
    other = _find(override.key_or_group, space, where + " names a key")
    part = space.parts[other]
    if isinstance(part, str):
        return Condition(other, frozenset(texts))
    if not isinstance(part, Choices):
        msg = (
            f"{where} asks for a value of {other!r}, which is an interval. A condition needs a key with "
            "values to choose from"
        )
        raise errors.SearchSpaceError(msg, str(text))
    try:
        held = [part.pair(parser.parse_override(f"key={item}").value())[0] for item in texts]
    except ValueError as error:
        msg = f"{where} can never hold: for {other!r}, {error}"
        msg += "".join(_nearest(item, part.texts) for item in texts if item not in part.texts)
        raise errors.SearchSpaceError(msg, str(text)) from error
    return Condition(other, frozenset(held))


def _find(key: str, space: SearchSpace, who: str) -> str:
    """Find a key of the space, with its prefix, whether it is named with it or without."""
    if key in space.parts:
        return key
    bare = {name.lstrip("+~"): name for name in space.parts}
    found = bare.get(key.lstrip("+~"))
    if found is None:
        msg = (
            f"{who} that no override of the search has{_nearest(key, space.parts)}. They have "
            f"{', '.join(map(repr, space.parts))}"
        )
        raise errors.SearchSpaceError(msg, key)
    return found


def _nearest(name: str, known: Iterable[str]) -> str:
    near = nearest(name, known)
    return "" if near is None else f"; the nearest is {near}"


def _drop_orphans(parts: dict[str, Dimension | str], conditions: dict[str, Condition]) -> None:
    """Take away what depends on a key that is gone."""
    gone = [key for key, item in conditions.items() if key not in parts or item.key not in parts]
    for key in gone:
        del conditions[key]
        parts.pop(key, None)
    if gone:
        _drop_orphans(parts, conditions)


def _check_circle(conditions: Mapping[str, Condition]) -> None:
    for start in conditions:
        seen, key = [start], conditions[start].key
        while key in conditions and key not in seen:
            seen.append(key)
            key = conditions[key].key
        if key in seen:
            circle = " -> ".join([*seen, key])
            msg = f"hydra.sweeper.when goes in a circle, so no key of it can be first: {circle}"
            raise errors.SearchSpaceError(msg, start)
