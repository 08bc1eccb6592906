"""What the tests that compare zenrun with Hydra have in common."""

from __future__ import annotations

import functools
import zlib

import omegaconf.base
import pytest
from strategies import NIGHTLY

# A sweep that runs twice costs a second. Of these files every fourth case runs by day, all by night.
MANY = (
    "test_changes_as_hydra",
    "test_edges_as_hydra",
    "test_plugins_as_hydra",
    "test_sweep_corners_as_hydra",
)


def pytest_collection_modifyitems(config, items):
    """Leave out by day what runs by night."""
    left_out = [
        item
        for item in items
        if not NIGHTLY and item.path.stem in MANY and zlib.crc32(item.name.encode()) % 4
    ]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(autouse=True)
def _interpolations_parsed_once(monkeypatch):
    """Parse the text of an interpolation once: to read all the configs is most of these tests' time."""
    parse = functools.lru_cache(maxsize=4096)(omegaconf.base.parse)
    monkeypatch.setattr(omegaconf.base, "parse", parse)
