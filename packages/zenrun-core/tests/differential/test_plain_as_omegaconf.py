"""The config of a plain dict is what OmegaConf makes of it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from omegaconf import DictConfig, OmegaConf
from snapshots import differences, error_of, tree

from zenrun._from_plain import config_of


class Color(enum.Enum):
    RED = 1


@dataclass
class Leaf:
    width: int = 1


TEXTS = st.one_of(
    st.text(max_size=4),
    st.sampled_from(["???", "${a}", "x${.a}", "${oc.env:HOME}", "${", "\\${a}"]),
)
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        TEXTS,
        st.binary(max_size=3),
        st.sampled_from([Color.RED, Path("a"), Leaf, Leaf(2), (1, "x"), object, {1}]),
        st.builds(DictConfig, st.just({"a": 1})),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.one_of(st.text(max_size=3), st.integers(), st.booleans(), st.just(Color.RED)),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=12,
)


def made_by(function, content):
    """Describe what a function makes of a dict: its nodes, or its error."""
    try:
        return tree(function(content))
    except Exception as error:
        return error_of(error)


@given(st.dictionaries(st.text(max_size=3), VALUES, max_size=4))
def test_config_of_a_dict_is_omegaconfs(content):
    """Nodes, types and flags are the same, and so is what OmegaConf refuses."""
    ours, theirs = made_by(config_of, content), made_by(OmegaConf.structured, content)

    assert differences(ours, theirs) == []
