"""Generated single jobs are, in everything but the clock, what Hydra makes of them."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from reference import assert_as_hydra
from strategies import cases, examples

SLOW = list(HealthCheck)


@settings(max_examples=examples(4), suppress_health_check=SLOW)
@given(cases(many=False))
def test_run_generated_is_as_hydras(case):
    """Configs, groups, interpolations and overrides as users write them."""
    assert_as_hydra(case)


@settings(max_examples=examples(2), suppress_health_check=SLOW)
@given(cases(many=False, hopeless=True))
def test_run_with_a_mistake_fails_as_hydras(case):
    """One override that cannot be, among others: the same error."""
    assert_as_hydra(case)
