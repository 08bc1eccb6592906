"""Plugins that Hydra discovers, and those that are broken."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest

RUN = textwrap.dedent(
    """
    from zenrun import hydra_multirun, hydra_run
    print("RUN", hydra_run(dict(a=1), lambda cfg: cfg.a).return_value)
    jobs = hydra_multirun(dict(a=1), lambda cfg: cfg.a, ["a=1,2"])
    print("SWEEP", [job.return_value for job in jobs[0]])
    """
)


def run_with_plugins(tmp_path, plugins, program=RUN):
    """Run a program with modules in its hydra_plugins package."""
    for name, text in plugins.items():
        package = tmp_path / "site" / "hydra_plugins" / name
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(textwrap.dedent(text))
    path = [str(tmp_path / "site"), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
    )


@pytest.mark.parametrize(
    "fault", ["raise ValueError('mutable default')", "import a_module_that_is_not_there", "1/0"]
)
def test_plugin_that_is_broken_costs_a_warning_that_names_it(fault, tmp_path):
    """A plugin that fails to import in any way is named in a warning, once, and left out."""
    done = run_with_plugins(tmp_path, {"broken_one": fault})

    assert "RUN 1" in done.stdout, done.stderr
    assert "SWEEP [1, 2]" in done.stdout
    assert done.stderr.count("'hydra_plugins.broken_one' could not be imported") == 1


def test_plugin_beside_a_broken_one_is_found(tmp_path):
    """The plugins that work are used, whatever is wrong with the others."""
    works = """
        from hydra.core.config_store import ConfigStore
        from hydra.plugins.search_path_plugin import SearchPathPlugin
        from hydra.plugins.sweeper import Sweeper

        class Four(Sweeper):
            def setup(self, *, hydra_context, task_function, config):
                pass
            def sweep(self, arguments):
                return 4

        class Paths(SearchPathPlugin):
            def manipulate_search_path(self, search_path):
                search_path.append("works", "pkg://hydra_plugins.works.conf")

        ConfigStore.instance().store(
            group="hydra/sweeper", name="four", node={"_target_": "hydra_plugins.works.Four"}
        )
    """
    program = textwrap.dedent(
        """
        from zenrun import hydra_multirun, hydra_run
        print("FOUR", hydra_multirun(dict(a=1), print, ["hydra/sweeper=four"]))
        job = hydra_run(dict(a=1), print)
        print("PATHS", [source.provider for source in job.hydra_cfg.hydra.runtime.config_sources])
        """
    )

    done = run_with_plugins(tmp_path, {"broken_one": "1/0", "works": works}, program)

    assert "FOUR 4" in done.stdout, done.stderr
    assert "'works'" in done.stdout


def test_plugin_module_with_underscore_is_not_imported(tmp_path):
    """Modules whose names begin with an underscore are left alone, as by Hydra."""
    folder = tmp_path / "site" / "hydra_plugins" / "one"
    folder.mkdir(parents=True)
    (folder / "_private.py").write_text("print('PRIVATE')")
    (folder / "public.py").write_text("print('PUBLIC')")
    (folder / "__init__.py").write_text("")

    done = run_with_plugins(tmp_path, {})

    assert "RUN 1" in done.stdout
    assert "PUBLIC" in done.stdout
    assert "PRIVATE" not in done.stdout


def test_plugin_registered_by_hand_is_used(tmp_path):
    """A class registered with Plugins.instance().register serves every run."""
    program = textwrap.dedent(
        """
        from hydra.core.plugins import Plugins
        from hydra.plugins.search_path_plugin import SearchPathPlugin
        from zenrun import hydra_run

        class Paths(SearchPathPlugin):
            def manipulate_search_path(self, search_path):
                search_path.append("by-hand", "file:///")

        Plugins.instance().register(Paths)
        job = hydra_run(dict(a=1), print)
        print("PATHS", [source.provider for source in job.hydra_cfg.hydra.runtime.config_sources])
        """
    )

    done = run_with_plugins(tmp_path, {}, program)

    assert "'by-hand'" in done.stdout, done.stderr


def test_plugin_of_several_broken_modules_costs_one_warning(tmp_path):
    """A plugin package is warned of once, however many of its modules fail."""
    folder = tmp_path / "site" / "hydra_plugins" / "many"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    for name in ("config", "sweeper"):
        (folder / f"{name}.py").write_text("raise ValueError('mutable default')")

    done = run_with_plugins(tmp_path, {})

    assert "RUN 1" in done.stdout, done.stderr
    assert done.stderr.count("could not be imported") == 1


def test_plugin_that_is_broken_costs_workers_of_a_launcher_no_job(tmp_path):
    """A launcher's worker, to which Hydra's state was sent, goes on without the broken plugin."""
    program = textwrap.dedent(
        """
        import pickle, subprocess, sys
        from hydra.core.singleton import Singleton
        from zenrun import hydra_run

        WORKER = (
            "import pickle, sys; from hydra.core.singleton import Singleton;"
            "from hydra.core.config_store import ConfigStore;"
            "Singleton.set_state(pickle.load(sys.stdin.buffer));"
            "print('WORKER', 'own.yaml' in ConfigStore.instance().repo)"
        )

        def task(cfg):
            state = Singleton.get_state() | {"omegaconf_resolvers": {}}
            done = subprocess.run(
                [sys.executable, "-c", WORKER], input=pickle.dumps(state), stdout=-1, check=True
            )
            return done.stdout.decode()

        print(hydra_run(dict(a=1), task, config_name="own").return_value)
        """
    )

    done = run_with_plugins(tmp_path, {"broken_one": "1/0"}, program)

    assert "WORKER True" in done.stdout, done.stderr
    # Once here and once in the worker.
    assert done.stderr.count("'hydra_plugins.broken_one' could not be imported") == 2
