"""Each test of the core works in a folder of its own and leaves Hydra's globals alone."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from zenrun.testing import isolated_hydra

# How long an example takes says nothing: a run writes files, and machines are busy.
settings.register_profile("zenrun", deadline=None, print_blob=True)
settings.register_profile("nightly", settings.get_profile("zenrun"), max_examples=2000)
# For suites that run again with other versions: what is compared with Hydra is compared once, and once runs what
# takes many jobs or processes to see and is little a matter of versions. After a change for another version
# of Hydra, ZENRUN_HYPOTHESIS=zenrun runs all of it there.
settings.register_profile("quick", settings.get_profile("zenrun"), max_examples=10)
PROFILE = os.environ.get("ZENRUN_HYPOTHESIS", "zenrun")
settings.load_profile(PROFILE)
if PROFILE == "quick":
    collect_ignore = [
        f"differential/test_{name}_as_hydra.py"
        for name in ("changes", "edges", "jobs", "plugins", "run", "sweep", "sweep_corners")
    ]
    collect_ignore += [
        f"launchers/test_{name}.py" for name in ("failures", "faults", "full_disk", "kills")
    ]
    collect_ignore += [
        f"{name}.py"
        for name in (
            "command_line/test_files",
            "command_line/test_process",
            "command_line/test_refusals",
            "launchers/test_ahead",
            "launchers/test_executors",
            "launchers/test_launcher_groups",
            "launchers/test_resume",
            "plot/test_plot_anything",
            "report/test_report",
            "report/test_report_in_chromium",
            "results/test_journal",
            "results/test_load_sweep",
            "results/test_shown_jobs",
            "results/test_stored_values",
            "results/test_tables",
            "sweep/test_search_settings",
            "sweep/test_searches",
            "sweep/test_sweeper_checks",
            "test_as_hydra",
            "test_cloudpickle",
            "test_combinations",
            "test_config_classes",
            "test_imports",
            "test_isolation",
            "test_overrides",
            "test_progress",
            "test_value_libraries",
        )
    ]


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with isolated_hydra():
        yield
