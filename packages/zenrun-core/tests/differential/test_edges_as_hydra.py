"""Edges that a hostile review has found, each as Hydra has it."""

from __future__ import annotations

import pytest
from reference import Case, assert_as_hydra
from strategies import named


def sweep(config, *overrides, **more):
    return Case(config, overrides, **more)


def single(config, *overrides, **more):
    return Case(config, overrides, many=False, **more)


ADDED = [
    sweep({"a": {"k": 1}}, "+z=1,2", "+a.x=5"),
    sweep({"a": {"k": {"d": 1}}}, "+z=0", "+a.z=1,2", "+a.k.x=5"),
]


@pytest.mark.parametrize("case", ADDED, ids=named)
def test_keys_added_where_mappings_end_together_stand_as_hydras(case):
    """A key added to an inner mapping is written in it, not in what follows."""
    assert_as_hydra(case)
