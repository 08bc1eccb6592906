"""The space that every search of zenrun's searches: read once, the same for all of them.

This module only names what is public.
"""

from __future__ import annotations

from zenrun.sweep._dimensions import Choices, Dimension, Interval
from zenrun.sweep._read_space import read_space
from zenrun.sweep._space import Condition, SearchSpace

__all__ = ["Choices", "Condition", "Dimension", "Interval", "SearchSpace", "read_space"]
