"""The experiment's config: a descent of the paraboloid, its optimizer still to be chosen.

This module must not know which optimizers there are.
"""

from __future__ import annotations

from zenrun import builds
from zenrun_torch_examples.descent import gradient_descent
from zenrun_torch_examples.functions import paraboloid

__all__ = ["ConfigGradDesc"]

ConfigGradDesc = builds(
    gradient_descent,
    optim=None,  # chosen by an override: +optim=sgd
    landscape_fn=paraboloid,
    starting_xy=(-1.5, 0.5),
    num_steps=20,
    device="cpu",
)
"""A config of `gradient_descent` with 20 steps on `paraboloid` from (-1.5, 0.5)."""
