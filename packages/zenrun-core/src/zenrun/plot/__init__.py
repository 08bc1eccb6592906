"""Pictures of what came out of a sweep: they need matplotlib, the extra ``plot``.

All functions take what `zenrun.to_dataframe` takes, and give matplotlib's Axes, of a figure of their own or of
yours. They load matplotlib when they are called. This package must not know how jobs run.
"""

from __future__ import annotations

from zenrun.plot._curves import curves
from zenrun.plot._heatmap import heatmap
from zenrun.plot._history import history
from zenrun.plot._multiples import multiples
from zenrun.plot._overview import overview
from zenrun.plot._parallel import parallel
from zenrun.plot._value import value

__all__ = ["curves", "heatmap", "history", "multiples", "overview", "parallel", "value"]
