"""`make_custom_builds_fn`: `builds` with other defaults.

This module must not know what the options do.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Literal, cast, overload

from zenrun import errors
from zenrun._nearest import did_you_mean
from zenrun.configs._builds import builds
from zenrun.configs._builds_fn import BuildsFn, DefaultBuilds
from zenrun.configs._options import OPTIONS_OF_BUILDS, checked_options
from zenrun.configs._protocols import Convert, Exclude, StdBuilds
from zenrun.configs._rules import RULES
from zenrun.configs._variant_protocols import FullBuilds, PBuilds
from zenrun.configs._wrappers import wrapper_field
from zenrun.typing import DataclassOptions, ZenConvert, ZenWrappers

# Options that belong to one config, not to many.
_OF_ONE = ("builds_bases", "hydra_defaults")


@overload
def make_custom_builds_fn(  # type: ignore[overload-overlap]  # True is a bool: the first that fits holds
    *,
    zen_partial: Literal[True],
    zen_wrappers: ZenWrappers[Any] = ...,
    zen_meta: Mapping[str, Any] | None = ...,
    populate_full_signature: bool = ...,
    zen_exclude: Exclude = ...,
    zen_convert: ZenConvert | None = ...,
    zen_dataclass: DataclassOptions | None = ...,
    hydra_recursive: bool | None = ...,
    hydra_convert: Convert | None = ...,
    builds_fn: type[BuildsFn[Any]] = ...,
) -> PBuilds: ...


@overload
def make_custom_builds_fn(
    *,
    zen_partial: Literal[False] | None = ...,
    zen_wrappers: ZenWrappers[Any] = ...,
    zen_meta: Mapping[str, Any] | None = ...,
    populate_full_signature: Literal[True],
    zen_exclude: tuple[()] = ...,
    zen_convert: ZenConvert | None = ...,
    zen_dataclass: DataclassOptions | None = ...,
    hydra_recursive: bool | None = ...,
    hydra_convert: Convert | None = ...,
    builds_fn: type[BuildsFn[Any]] = ...,
) -> FullBuilds: ...


@overload
def make_custom_builds_fn(
    *,
    zen_partial: bool | None = ...,
    zen_wrappers: ZenWrappers[Any] = ...,
    zen_meta: Mapping[str, Any] | None = ...,
    populate_full_signature: bool = ...,
    zen_exclude: Exclude = ...,
    zen_convert: ZenConvert | None = ...,
    zen_dataclass: DataclassOptions | None = ...,
    hydra_recursive: bool | None = ...,
    hydra_convert: Convert | None = ...,
    builds_fn: type[BuildsFn[Any]] = ...,
) -> StdBuilds: ...


def make_custom_builds_fn(
    *,
    builds_fn: type[BuildsFn[Any]] = DefaultBuilds,
    **defaults: Any,
) -> Any:
    """Make a function that is `builds` with other defaults.

    Args:
        builds_fn: The class whose ``builds`` is called, where that is not `builds` itself.
        **defaults: Options of `builds`, but for ``builds_bases`` and ``hydra_defaults``. Each call can give
            others; of ``zen_dataclass`` it gives others key by key.

    Returns:
        The function.

    Raises:
        ConfigTypeError: There is no such option, or it does not take the value.
        InvalidTargetError: No path leads to a wrapper.

    Example:
        >>> from zenrun import instantiate, make_custom_builds_fn
        >>> pbuilds = make_custom_builds_fn(zen_partial=True)
        >>> instantiate(pbuilds(pow, exp=2))(3)
        9
        >>> instantiate(pbuilds(pow, 3, exp=2, zen_partial=False))
        9
    """
    known = [name for name in OPTIONS_OF_BUILDS if name not in _OF_ONE]
    for name in defaults:
        if name not in known:
            msg = (
                f"make_custom_builds_fn has no {name!r}{did_you_mean(name, known)}. "
                f"It has {', '.join(known)}"
            )
            raise errors.ConfigTypeError(msg)
    if not isinstance(builds_fn, BuildsFn) and not (
        isinstance(builds_fn, type) and issubclass(builds_fn, BuildsFn)
    ):
        msg = (
            f"make_custom_builds_fn takes as builds_fn a class of BuildsFn; given was {builds_fn!r}"
        )
        raise errors.ConfigTypeError(msg)
    # What is wrong is said here, not by the first call.
    checked_options(**defaults)
    wrapper_field(defaults.get("zen_wrappers", ()), RULES, lambda partial: partial)
    call: Any = builds if builds_fn is DefaultBuilds else builds_fn.builds
    spec = defaults.get("zen_dataclass") or {}

    @functools.wraps(cast(Any, builds))
    def custom_builds(target: Any, /, *args: Any, **kwargs: Any) -> Any:
        options = {**defaults, **kwargs}
        if spec:
            options["zen_dataclass"] = {**spec, **(kwargs.get("zen_dataclass") or {})}
        return call(target, *args, **options)

    return custom_builds
