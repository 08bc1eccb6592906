"""What the tests that compare zenrun with Hydra have in common."""

from __future__ import annotations

import functools

import omegaconf.base
import pytest


@pytest.fixture(autouse=True)
def _interpolations_parsed_once(monkeypatch):
    """Parse the text of an interpolation once: to read all the configs is most of these tests' time."""
    parse = functools.lru_cache(maxsize=4096)(omegaconf.base.parse)
    monkeypatch.setattr(omegaconf.base, "parse", parse)
