"""The policy by which Hydra judges targets, validated as Hydra does it.

It must not know what a target is, nor a config.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from zenrun import _hydra

__all__ = ["POLICY", "hydras", "policies", "whitelists"]


hydras: Any = _hydra.instantiating
policies: Any = _hydra.target_policy
whitelists: Any = _hydra.execution_policy

# What a policy is read from; all of it is immutable but for the dict behind a mapping proxy.
_STATE = (frozenset, tuple, types.MappingProxyType, ContextVar)


class _PolicyCache:
    """Hydra's policy, validated again only where something that it is read from has changed."""

    def __init__(
        self, module: Any, capture: Callable[[], Any], validate: Callable[..., Any]
    ) -> None:
        self._module = vars(module)
        self._validate = validate
        names = [name for name in capture.__code__.co_names if name in self._module]
        self._names = [name for name in names if isinstance(self._module[name], _STATE)]
        self._state: list[Any] = []
        self._policy: Any = None

    def get(self) -> Any:
        """Give the policy.

        Raises:
            InstantiationException: It is not what Hydra was shipped with.
        """
        before = self._state
        state: list[Any] = []
        same = bool(before)
        for index, name in enumerate(self._names):
            value = self._module[name]
            if type(value) is types.MappingProxyType:  # the dict behind it could change
                pairs = tuple(value.items())
                same = same and before[index][0] is value and _same_pairs(before[index][1], pairs)
                value = (value, pairs)
            else:
                same = same and before[index] is value
            state.append(value)
        if not same:
            self._policy = self._validate(_expected_digest())
            self._state = state
        return self._policy


def _same_pairs(new: tuple[Any, ...], old: tuple[Any, ...]) -> bool:
    return len(new) == len(old) and all(
        one[0] is other[0] and one[1] is other[1] for one, other in zip(new, old, strict=True)
    )


@functools.lru_cache(maxsize=1)
def _expected_digest() -> str:
    """Give the digest that Hydra checks its policy against; 1.4 has it in its function alone."""
    if policies is not None:
        return str(policies._EXPECTED_TARGET_POLICY_DIGEST)
    constants = hydras.instantiate.__code__.co_consts
    (digest,) = [item for item in constants if isinstance(item, str) and len(item) == 64]
    return digest


def _policy_cache() -> Any:
    if whitelists is not None:
        return _PolicyCache(
            whitelists,
            whitelists._capture_execution_policy,
            whitelists._validated_execution_policy,
        )
    if policies is not None:
        return _PolicyCache(
            policies, policies._capture_target_policy, policies._validated_target_policy
        )
    return None


POLICY = _policy_cache()
