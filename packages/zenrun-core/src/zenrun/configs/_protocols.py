"""The types of `builds` and of its variants, as type checkers see them.

This module must not know what `builds` does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal, ParamSpec, Protocol, TypeAlias, TypeVar, Union, overload

from zenrun.typing import (
    Builds,
    BuildsWithSig,
    DataclassOptions,
    DefaultsList,
    Importable,
    PartialBuilds,
    ZenConvert,
    ZenWrappers,
)

P = ParamSpec("P")
R = TypeVar("R")

Convert: TypeAlias = Literal["none", "partial", "all", "object"]
Exclude = Union[Collection[Union[str, int]], Callable[[str], bool]]  # noqa: UP007 - read at run time


class StdBuilds(Protocol):
    """`builds`."""

    @overload
    def __call__(
        self,
        target: type[BuildsWithSig[type[R], P]] | Callable[P, R],
        /,
        *,
        zen_partial: Literal[False] | None = ...,
        zen_wrappers: ZenWrappers[Any] = ...,
        zen_meta: Mapping[str, Any] | None = ...,
        populate_full_signature: Literal[True],
        zen_convert: ZenConvert | None = ...,
        zen_dataclass: DataclassOptions | None = ...,
        hydra_partial: Literal[False] | None = ...,
        hydra_recursive: bool | None = ...,
        hydra_convert: Convert | None = ...,
        hydra_defaults: DefaultsList | None = ...,
        builds_bases: tuple[()] = ...,
    ) -> type[BuildsWithSig[type[R], P]]: ...

    @overload
    def __call__(
        self,
        target: type[Builds[Importable]] | Importable,
        /,
        *args: Any,
        zen_partial: Literal[True],
        zen_wrappers: ZenWrappers[Any] = ...,
        zen_meta: Mapping[str, Any] | None = ...,
        populate_full_signature: bool = ...,
        zen_exclude: Exclude = ...,
        zen_convert: ZenConvert | None = ...,
        zen_dataclass: DataclassOptions | None = ...,
        hydra_partial: bool | None = ...,
        hydra_recursive: bool | None = ...,
        hydra_convert: Convert | None = ...,
        hydra_defaults: DefaultsList | None = ...,
        builds_bases: tuple[type[Any], ...] = ...,
        **kwargs: Any,
    ) -> type[PartialBuilds[Importable]]: ...

    @overload
    def __call__(
        self,
        target: Importable,
        /,
        *args: Any,
        zen_partial: bool | None = ...,
        zen_wrappers: ZenWrappers[Any] = ...,
        zen_meta: Mapping[str, Any] | None = ...,
        populate_full_signature: bool = ...,
        zen_exclude: Exclude = ...,
        zen_convert: ZenConvert | None = ...,
        zen_dataclass: DataclassOptions | None = ...,
        hydra_partial: Literal[True],
        hydra_recursive: bool | None = ...,
        hydra_convert: Convert | None = ...,
        hydra_defaults: DefaultsList | None = ...,
        builds_bases: tuple[type[Any], ...] = ...,
        **kwargs: Any,
    ) -> type[PartialBuilds[Importable]]: ...

    @overload
    def __call__(
        self,
        target: type[Builds[Importable]] | Importable,
        /,
        *args: Any,
        zen_partial: Literal[False] | None = ...,
        zen_wrappers: ZenWrappers[Any] = ...,
        zen_meta: Mapping[str, Any] | None = ...,
        populate_full_signature: bool = ...,
        zen_exclude: Exclude = ...,
        zen_convert: ZenConvert | None = ...,
        zen_dataclass: DataclassOptions | None = ...,
        hydra_partial: Literal[False] | None = ...,
        hydra_recursive: bool | None = ...,
        hydra_convert: Convert | None = ...,
        hydra_defaults: DefaultsList | None = ...,
        builds_bases: tuple[type[Any], ...] = ...,
        **kwargs: Any,
    ) -> type[Builds[Importable]]: ...

    @overload
    def __call__(
        self,
        target: Any,
        /,
        *args: Any,
        zen_partial: bool | None = ...,
        zen_wrappers: ZenWrappers[Any] = ...,
        zen_meta: Mapping[str, Any] | None = ...,
        populate_full_signature: bool = ...,
        zen_exclude: Exclude = ...,
        zen_convert: ZenConvert | None = ...,
        zen_dataclass: DataclassOptions | None = ...,
        hydra_partial: bool | None = ...,
        hydra_recursive: bool | None = ...,
        hydra_convert: Convert | None = ...,
        hydra_defaults: DefaultsList | None = ...,
        builds_bases: tuple[type[Any], ...] = ...,
        **kwargs: Any,
    ) -> type[Builds[Any]]: ...


class FullBuilds(Protocol):
    """`builds` with ``populate_full_signature=True``."""

    @overload
    def __call__(
        self,
        target: type[BuildsWithSig[type[R], P]] | Callable[P, R],
        /,
        *,
        zen_partial: Literal[False] | None = ...,
        zen_wrappers: ZenWrappers[Any] = ...,
        zen_meta: Mapping[str, Any] | None = ...,
        populate_full_signature: Literal[True] = ...,
        zen_convert: ZenConvert | None = ...,
        zen_dataclass: DataclassOptions | None = ...,
        hydra_partial: Literal[False] | None = ...,
        hydra_recursive: bool | None = ...,
        hydra_convert: Convert | None = ...,
        hydra_defaults: DefaultsList | None = ...,
        builds_bases: tuple[()] = ...,
    ) -> type[BuildsWithSig[type[R], P]]: ...

    @overload
    def __call__(
        self,
        target: type[Builds[Importable]] | Importable,
        /,
        *args: Any,
        zen_partial: Literal[True],
        zen_wrappers: ZenWrappers[Any] = ...,
        zen_meta: Mapping[str, Any] | None = ...,
        populate_full_signature: bool = ...,
        zen_exclude: Exclude = ...,
        zen_convert: ZenConvert | None = ...,
        zen_dataclass: DataclassOptions | None = ...,
        hydra_partial: bool | None = ...,
        hydra_recursive: bool | None = ...,
        hydra_convert: Convert | None = ...,
        hydra_defaults: DefaultsList | None = ...,
        builds_bases: tuple[type[Any], ...] = ...,
        **kwargs: Any,
    ) -> type[PartialBuilds[Importable]]: ...

    @overload
    def __call__(
        self,
        target: Importable,
        /,
        *args: Any,
        zen_partial: bool | None = ...,
        zen_wrappers: ZenWrappers[Any] = ...,
        zen_meta: Mapping[str, Any] | None = ...,
        populate_full_signature: bool = ...,
        zen_exclude: Exclude = ...,
        zen_convert: ZenConvert | None = ...,
        zen_dataclass: DataclassOptions | None = ...,
        hydra_partial: Literal[True],
        hydra_recursive: bool | None = ...,
        hydra_convert: Convert | None = ...,
        hydra_defaults: DefaultsList | None = ...,
        builds_bases: tuple[type[Any], ...] = ...,
        **kwargs: Any,
    ) -> type[PartialBuilds[Importable]]: ...

    @overload
    def __call__(
        self,
        target: type[Builds[Importable]] | Importable,
        /,
        *args: Any,
        zen_partial: Literal[False] | None = ...,
        zen_wrappers: ZenWrappers[Any] = ...,
        zen_meta: Mapping[str, Any] | None = ...,
        populate_full_signature: bool = ...,
        zen_exclude: Exclude = ...,
        zen_convert: ZenConvert | None = ...,
        zen_dataclass: DataclassOptions | None = ...,
        hydra_partial: Literal[False] | None = ...,
        hydra_recursive: bool | None = ...,
        hydra_convert: Convert | None = ...,
        hydra_defaults: DefaultsList | None = ...,
        builds_bases: tuple[type[Any], ...] = ...,
        **kwargs: Any,
    ) -> type[Builds[Importable]]: ...

    @overload
    def __call__(
        self,
        target: Any,
        /,
        *args: Any,
        zen_partial: bool | None = ...,
        zen_wrappers: ZenWrappers[Any] = ...,
        zen_meta: Mapping[str, Any] | None = ...,
        populate_full_signature: bool = ...,
        zen_exclude: Exclude = ...,
        zen_convert: ZenConvert | None = ...,
        zen_dataclass: DataclassOptions | None = ...,
        hydra_partial: bool | None = ...,
        hydra_recursive: bool | None = ...,
        hydra_convert: Convert | None = ...,
        hydra_defaults: DefaultsList | None = ...,
        builds_bases: tuple[type[Any], ...] = ...,
        **kwargs: Any,
    ) -> type[Builds[Any]]: ...


class PBuilds(Protocol):
    """`builds` with ``zen_partial=True``."""

    @overload
    def __call__(
        self,
        target: type[BuildsWithSig[type[R], P]] | Callable[P, R],
        /,
        *,
        zen_partial: Literal[False],
        zen_wrappers: ZenWrappers[Any] = ...,
        zen_meta: Mapping[str, Any] | None = ...,
        populate_full_signature: Literal[True],
        zen_convert: ZenConvert | None = ...,
        zen_dataclass: DataclassOptions | None = ...,
        hydra_partial: Literal[False] | None = ...,
        hydra_recursive: bool | None = ...,
        hydra_convert: Convert | None = ...,
        hydra_defaults: DefaultsList | None = ...,
        builds_bases: tuple[()] = ...,
    ) -> type[BuildsWithSig[type[R], P]]: ...

    @overload
    def __call__(
        self,
        target: type[Builds[Importable]] | Importable,
        /,
        *args: Any,
        zen_partial: Literal[True] | None = ...,
        zen_wrappers: ZenWrappers[Any] = ...,
        zen_meta: Mapping[str, Any] | None = ...,
        populate_full_signature: bool = ...,
        zen_exclude: Exclude = ...,
        zen_convert: ZenConvert | None = ...,
        zen_dataclass: DataclassOptions | None = ...,
        hydra_partial: bool | None = ...,
        hydra_recursive: bool | None = ...,
        hydra_convert: Convert | None = ...,
        hydra_defaults: DefaultsList | None = ...,
        builds_bases: tuple[type[Any], ...] = ...,
        **kwargs: Any,
    ) -> type[PartialBuilds[Importable]]: ...

    @overload
    def __call__(
        self,
        target: type[Builds[Importable]] | Importable,
        /,
        *args: Any,
        zen_partial: Literal[False],
        zen_wrappers: ZenWrappers[Any] = ...,
        zen_meta: Mapping[str, Any] | None = ...,
        populate_full_signature: bool = ...,
        zen_exclude: Exclude = ...,
        zen_convert: ZenConvert | None = ...,
        zen_dataclass: DataclassOptions | None = ...,
        hydra_partial: Literal[False] | None = ...,
        hydra_recursive: bool | None = ...,
        hydra_convert: Convert | None = ...,
        hydra_defaults: DefaultsList | None = ...,
        builds_bases: tuple[type[Any], ...] = ...,
        **kwargs: Any,
    ) -> type[Builds[Importable]]: ...

    @overload
    def __call__(
        self,
        target: Any,
        /,
        *args: Any,
        zen_partial: bool | None = ...,
        zen_wrappers: ZenWrappers[Any] = ...,
        zen_meta: Mapping[str, Any] | None = ...,
        populate_full_signature: bool = ...,
        zen_exclude: Exclude = ...,
        zen_convert: ZenConvert | None = ...,
        zen_dataclass: DataclassOptions | None = ...,
        hydra_partial: bool | None = ...,
        hydra_recursive: bool | None = ...,
        hydra_convert: Convert | None = ...,
        hydra_defaults: DefaultsList | None = ...,
        builds_bases: tuple[type[Any], ...] = ...,
        **kwargs: Any,
    ) -> type[Builds[Any]]: ...
