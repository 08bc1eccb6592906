"""`builds`: a call of a target as a config.

This module must not know how the fields of a config are worked out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zenrun.configs._build import build_config
from zenrun.configs._options import checked_options
from zenrun.configs._protocols import Convert, Exclude, StdBuilds
from zenrun.typing import DataclassOptions, DefaultsList, ZenConvert, ZenWrappers


def _builds(
    target: Any,
    /,
    *args: Any,
    zen_partial: bool | None = None,
    zen_wrappers: ZenWrappers[Any] = (),
    zen_meta: Mapping[str, Any] | None = None,
    populate_full_signature: bool = False,
    zen_exclude: Exclude = (),
    zen_convert: ZenConvert | None = None,
    zen_dataclass: DataclassOptions | None = None,
    hydra_partial: bool | None = None,
    hydra_recursive: bool | None = None,
    hydra_convert: Convert | None = None,
    hydra_defaults: DefaultsList | None = None,
    builds_bases: tuple[type[Any], ...] = (),
    **kwargs: Any,
) -> Any:
    """Make a config that `instantiate` turns into the result of calling a target.

    Args:
        target: The function or class to call. It must be found by a dotted path. A ``functools.partial`` of it
            brings its arguments; a config of it stands for the target itself.
        *args: Its positional arguments; any values that `just` takes.
        zen_partial: Whether `instantiate` gives ``functools.partial(target, ...)`` instead.
        zen_wrappers: A function, or a sequence of them, that takes the target and gives what is called in its
            place: of ``[f, g]`` it is ``g(f(target))``. Configs of such functions and interpolations are
            taken too, and None is passed over.
        zen_meta: Names and values of further fields, which are in the config and not given to the target.
        populate_full_signature: Whether the config gets a field for each parameter of the target, with the
            parameter's default, or mandatory if it has none. A default that no config can hold, such as a
            sentinel object, gets no field and stays the target's own. A config of a partial gets no
            mandatory fields.
        zen_exclude: Parameters that get no field: names and positions, or a function that is given a name and
            says whether to leave it out.
        zen_convert: How values become configs: a dict with ``dataclass`` and ``flat_target``.
        zen_dataclass: How the config's class is made: a dict with the arguments of
            ``dataclasses.make_dataclass``, and with ``module``, ``target`` and ``target_repr``.
        hydra_partial: The older name of ``zen_partial``.
        hydra_recursive: Hydra's ``_recursive_``: whether nested configs are instantiated too.
        hydra_convert: Hydra's ``_convert_``: "none", "partial", "object" or "all".
        hydra_defaults: The config's defaults list, in Hydra's form.
        builds_bases: Configs whose fields, and ways of calling the target, are taken over.
        **kwargs: The target's keyword arguments.

    Returns:
        A dataclass type; its instances, made with other values of the fields, are configs too.

    Raises:
        InvalidTargetError: No path leads to the target or to a wrapper.
        SignatureError: The arguments, with those of the bases, do not fit the target's signature.
        ConfigTypeError: The target cannot be called; or an option has a value that it does not take, or
            does not exist.
        UnsupportedValueError: No config can hold an argument.

    Example:
        >>> from zenrun import builds, instantiate
        >>> Conf = builds(dict, a=1, b=[2, 3])
        >>> instantiate(Conf)
        {'a': 1, 'b': [2, 3]}
        >>> square = instantiate(builds(pow, exp=2, zen_partial=True))
        >>> square(4)
        16
        >>> instantiate(builds(dict, a="${.unit}", zen_meta={"unit": "cm"}, builds_bases=(Conf,)))
        {'a': 'cm', 'b': [2, 3]}
    """
    options = checked_options(
        zen_partial=zen_partial,
        zen_wrappers=zen_wrappers,
        zen_meta=zen_meta,
        populate_full_signature=populate_full_signature,
        zen_exclude=zen_exclude,
        zen_convert=zen_convert,
        zen_dataclass=zen_dataclass,
        hydra_partial=hydra_partial,
        hydra_recursive=hydra_recursive,
        hydra_convert=hydra_convert,
        hydra_defaults=hydra_defaults,
        builds_bases=builds_bases,
    )
    return build_config(target, args, kwargs, options)


_builds.__name__ = _builds.__qualname__ = "builds"
builds: StdBuilds = _builds
