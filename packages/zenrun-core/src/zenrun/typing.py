"""What configs look like to a type checker, under the names that users write in annotations.

A config that `instantiate` turns into ``target(...)`` is a ``Builds[target's type]``: of a class ``A`` it is a
``Builds[type[A]]``, of a function a ``Builds`` of that function's type. At run time the protocols are plain
classes that no config inherits from.

This module must not know how a config is made.
"""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field
from datetime import timedelta
from enum import Enum
from types import SimpleNamespace
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Literal,
    Optional,
    ParamSpec,
    Protocol,
    TypedDict,
    TypeVar,
    Union,
    runtime_checkable,
)

if TYPE_CHECKING:
    from omegaconf import DictConfig, ListConfig

__all__ = [
    "Builds",
    "BuildsWithSig",
    "CustomConfigType",
    "DataClass",
    "DataclassOptions",
    "DefaultsList",
    "HydraPartialBuilds",
    "HydraSupportedType",
    "Importable",
    "Just",
    "Partial",
    "PartialBuilds",
    "StoreEntry",
    "SupportedPrimitive",
    "ZenConvert",
    "ZenPartialBuilds",
    "ZenWrapper",
    "ZenWrappers",
]

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Importable = TypeVar("Importable", bound="type | Callable[..., Any]")
"""A class or a function that a dotted path leads to."""


@runtime_checkable
class DataClass(Protocol):
    """Any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    if TYPE_CHECKING:  # a config has fields which only running the code tells

        def __init__(self, *args: Any, **kwargs: Any) -> None: ...
        def __getattribute__(self, name: str, /) -> Any: ...
        def __setattr__(self, name: str, value: Any, /) -> None: ...


class _Config(Protocol[T_co]):
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    _target_: ClassVar[str]

    if TYPE_CHECKING:

        @property
        def _zenrun_builds_(self) -> T_co: ...  # no config has it
        def __getattribute__(self, name: str, /) -> Any: ...
        def __setattr__(self, name: str, value: Any, /) -> None: ...


@runtime_checkable
class Builds(_Config[T_co], Protocol[T_co]):
    """A config of a target of type ``T_co``: `instantiate` calls the target."""

    if TYPE_CHECKING:

        def __init__(self, *args: Any, **kwargs: Any) -> None: ...


@runtime_checkable
class BuildsWithSig(_Config[T_co], Protocol[T_co, P]):
    """A config whose arguments are those of its target."""

    if TYPE_CHECKING:

        def __init__(self, *args: P.args, **kwargs: P.kwargs) -> None: ...


@runtime_checkable
class Just(Builds[T_co], Protocol[T_co]):
    """A config that `instantiate` turns into the object itself, not what it returns."""

    path: str


@runtime_checkable
class HydraPartialBuilds(Builds[T_co], Protocol[T_co]):
    """A config with ``_partial_: true``: `instantiate` gives a partial of the target."""

    _partial_: Literal[True] = True


@runtime_checkable
class ZenPartialBuilds(Builds[T_co], Protocol[T_co]):
    """The same with ``_zen_partial: true``, as configs with meta fields or wrappers have it."""

    _zen_target: str
    _zen_partial: Literal[True] = True


PartialBuilds = Union[ZenPartialBuilds[T], HydraPartialBuilds[T]]  # noqa: UP007 - a generic alias
"""What `builds` gives with ``zen_partial=True`` or ``hydra_partial=True``."""


@runtime_checkable
class Partial(Protocol[T_co]):
    """What `instantiate` gives for a config of a partial: a ``functools.partial``."""

    @property
    def func(self) -> Callable[..., T_co]:
        """The function that will be called."""
        ...

    @property
    def args(self) -> tuple[Any, ...]:
        """Its positional arguments so far."""
        ...

    @property
    def keywords(self) -> dict[str, Any]:
        """Its keyword arguments so far."""
        ...

    def __call__(self, *args: Any, **kwargs: Any) -> T_co:
        """Call the function."""
        ...


# --- values ------------------------------------------------------------------------------------

HydraPrimitive = Union[None, bool, int, float, str, bytes, bytearray, memoryview, pathlib.Path]  # noqa: UP007

HydraSupportedType = Union[
    HydraPrimitive,
    DataClass,
    type[DataClass],
    "ListConfig",
    "DictConfig",
    Enum,
    Sequence["HydraSupportedType"],
    Mapping[Any, "HydraSupportedType"],
]
"""What OmegaConf holds."""

SupportedPrimitive = Union[
    HydraPrimitive,
    DataClass,
    type[DataClass],
    "ListConfig",
    "DictConfig",
    Enum,
    Callable[..., Any],
    complex,
    range,
    timedelta,
    SimpleNamespace,
    Partial[Any],
    "set[SupportedPrimitive]",
    "frozenset[SupportedPrimitive]",
    Sequence["SupportedPrimitive"],
    Mapping[Any, "SupportedPrimitive"],
]
"""What can stand in a config: OmegaConf's own types, and what is turned into a config by itself."""

CustomConfigType = Union[T, SupportedPrimitive]  # noqa: UP007 - a generic alias
"""What a ``BuildsFn`` takes that knows one more type: ``BuildsFn[CustomConfigType[MyType]]``."""

ZenWrapper = Union[  # noqa: UP007 - forward references
    None,
    str,
    Callable[[T], T],
    Builds[Any],
    type[Builds[Any]],
    BuildsWithSig[Any, ...],
    type[BuildsWithSig[Any, ...]],
]
"""One of them: a function, its path, or a config of it."""
ZenWrappers = Union[ZenWrapper[T], Sequence[ZenWrapper[T]]]  # noqa: UP007
"""The option ``zen_wrappers`` of `builds`: functions that take the target and give what is called."""

DefaultsList = Sequence[
    Union[str, DataClass, type[DataClass], Mapping[str, Union[str, Sequence[str], None]]]  # noqa: UP007
]
"""A defaults list in Hydra's form."""


# --- options -----------------------------------------------------------------------------------


class ZenConvert(TypedDict, total=False):
    """How values are turned into configs.

    Attributes:
        dataclass: Whether dataclasses that have no target become configs of themselves.
        flat_target: Whether ``builds(builds(f))`` is ``builds(f)``.
    """

    dataclass: bool
    flat_target: bool


class DataclassOptions(TypedDict, total=False):
    """How the dataclass of a config is made: what ``dataclasses.make_dataclass`` takes, and more.

    Attributes:
        cls_name: The name of the class.
        module: The module that the class says it is from. With the name under which it stands there, the
            class pickles.
        namespace: Attributes and methods of the class.
        bases: Classes that it inherits from, beside ``builds_bases``.
        target: What stands as ``_target_`` in place of the target's own path.
        target_repr: Whether ``_target_`` is shown by ``repr``.
        init: As of `dataclasses`, like all that follow.
        repr: As of `dataclasses`.
        eq: As of `dataclasses`.
        order: As of `dataclasses`.
        unsafe_hash: As of `dataclasses`, but True where it is not given.
        frozen: As of `dataclasses`.
        match_args: As of `dataclasses`.
        kw_only: As of `dataclasses`.
        slots: As of `dataclasses`.
        weakref_slot: As of `dataclasses`; ignored by Python 3.10.
    """

    cls_name: Optional[str]  # noqa: UP045 - read at run time too
    module: Optional[str]  # noqa: UP045
    namespace: Optional[dict[str, Any]]  # noqa: UP045
    bases: tuple[type[Any], ...]
    target: str
    target_repr: bool
    init: bool
    repr: bool
    eq: bool
    order: bool
    unsafe_hash: bool
    frozen: bool
    match_args: bool
    kw_only: bool
    slots: bool
    weakref_slot: bool


class StoreEntry(TypedDict):
    """A config in a store, and where Hydra finds it.

    Attributes:
        name: Its name.
        group: Its config group.
        package: Its package.
        provider: Who says that it is there.
        node: The config.
    """

    name: str
    group: Optional[str]  # noqa: UP045
    package: Optional[str]  # noqa: UP045
    provider: Optional[str]  # noqa: UP045
    node: Any
