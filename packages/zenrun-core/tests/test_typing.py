"""`zenrun.typing` at run time: its names can be imported, subscripted and asked of configs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

import zenrun.typing
from zenrun import BuildsFn, builds, just, make_config
from zenrun.typing import (
    Builds,
    BuildsWithSig,
    CustomConfigType,
    DataClass,
    DataclassOptions,
    HydraPartialBuilds,
    Just,
    Partial,
    PartialBuilds,
    ZenConvert,
    ZenPartialBuilds,
    ZenWrappers,
)


def test_typing_names_are_there():
    """Every name of __all__ is defined, and those of hydra_zen.typing are among them."""
    hydra_zens = {
        "Builds",
        "CustomConfigType",
        "DataclassOptions",
        "HydraPartialBuilds",
        "HydraSupportedType",
        "Just",
        "Partial",
        "PartialBuilds",
        "StoreEntry",
        "SupportedPrimitive",
        "ZenConvert",
        "ZenPartialBuilds",
        "ZenWrappers",
    }

    assert hydra_zens <= set(zenrun.typing.__all__)
    assert [name for name in zenrun.typing.__all__ if not hasattr(zenrun.typing, name)] == []


def test_typing_names_can_be_subscripted():
    """Annotations that are evaluated raise nothing, in base classes too."""
    found = [
        Builds[type[dict]],
        BuildsWithSig[type[dict], [int]],
        PartialBuilds[type[dict]],
        Partial[int],
        Just[type[dict]],
        ZenWrappers[Callable[..., Any]],
        CustomConfigType[range | slice],
    ]

    assert len(found) == 7
    assert type("Mine", (BuildsFn,), {}).__mro__[1] is BuildsFn[CustomConfigType[range]].__origin__
    assert DataclassOptions(frozen=True) == {"frozen": True}
    assert ZenConvert(dataclass=False) == {"dataclass": False}


@pytest.mark.parametrize(
    ("value", "kinds"),
    [
        (builds(dict), {Builds, BuildsWithSig, DataClass}),
        (builds(dict, zen_partial=True), {Builds, BuildsWithSig, HydraPartialBuilds, DataClass}),
        (
            builds(dict, zen_partial=True, zen_meta={"m": 1}),
            {Builds, BuildsWithSig, ZenPartialBuilds, DataClass},
        ),
        (just(len), {Builds, BuildsWithSig, Just, DataClass}),
        (make_config(a=1), {DataClass}),
        (functools.partial(len), {Partial}),
        (3, set()),
    ],
)
def test_typing_protocols_say_of_what_kind_a_config_is(value, kinds):
    """Isinstance looks at what a config has."""
    protocols = (
        Builds,
        BuildsWithSig,
        DataClass,
        HydraPartialBuilds,
        Just,
        Partial,
        ZenPartialBuilds,
    )

    assert {kind for kind in protocols if isinstance(value, kind)} == kinds
