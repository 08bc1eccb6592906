"""How much Hypothesis generates, in the suites of all packages: ZENRUN_HYPOTHESIS says it."""

from __future__ import annotations

import os

from hypothesis import settings

# How long an example takes says nothing: a run writes files, and machines are busy.
settings.register_profile("zenrun", deadline=None, print_blob=True)
settings.register_profile("nightly", settings.get_profile("zenrun"), max_examples=2000)
# For suites that run again with other versions. After a change for another version of Hydra,
# ZENRUN_HYPOTHESIS=zenrun runs all of it there.
settings.register_profile("quick", settings.get_profile("zenrun"), max_examples=10)
settings.load_profile(os.environ.get("ZENRUN_HYPOTHESIS", "zenrun"))
