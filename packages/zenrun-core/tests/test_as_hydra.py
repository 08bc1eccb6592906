"""What a run writes is, byte for byte, what Hydra's command line writes for the same input."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

APP = textwrap.dedent(
    """
    import logging
    from dataclasses import dataclass, field
    from typing import Any
    import hydra
    from hydra.core.config_store import ConfigStore

    @dataclass
    class Optim:
        lr: float = 0.1

    @dataclass
    class Config:
        a: int = 1
        text: str = "some text"
        derived: str = "${a}-${hydra:job.name}"
        optim: Optim = field(default_factory=Optim)
        db: Any = None
        second: Any = None

    store = ConfigStore.instance()
    store.store(name="config", node=Config)
    store.store(group="db", name="mysql", node={"port": 3306})
    store.store(group="db", name="postgres", node={"port": 5432})

    def task(cfg):
        logging.getLogger("task").info("a is %s", cfg.a)
        print("TASK", cfg.derived, cfg.get("db"))
        return cfg.a

    if __name__ == "__main__":
        hydra.main(config_path=None, config_name="config", version_base="1.3")(task)()
    """
)
FROM_PYTHON = textwrap.dedent(
    """
    import sys
    from app import Config, task
    from zenrun import hydra_multirun, hydra_run
    run = hydra_multirun if sys.argv[1] == "--multirun" else hydra_run
    overrides = [item for item in sys.argv[1:] if item != "--multirun"]
    run(Config, task, overrides, config_name="config", job_name="app")
    """
)
RUN = "hydra.run.dir=out"
SWEEP = "hydra.sweep.dir=out"
# Two lines of hydra.yaml tell the moment: the default folder names, which the overrides replace.
CLOCK = re.compile(r"^\[[^]]*\]", re.MULTILINE)


def written_by(command, cwd):
    """Run a program and give every file it wrote under out/, and what it printed."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", *command],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    out = Path(cwd) / "out"
    files = {
        str(path.relative_to(out)): CLOCK.sub("[time]", path.read_text())
        for path in sorted(out.rglob("*"))
        if path.is_file() and ".zenrun" not in path.parts
    }
    shutil.rmtree(out)
    return files, CLOCK.sub("[time]", done.stdout)


@pytest.mark.parametrize(
    "overrides",
    [
        [RUN],
        [RUN, "a=5", "optim.lr=0.5", "text='with, commas'", "+new.key=[1,2]", "~text"],
        [RUN, "+db=postgres", "hydra.job.chdir=false", "hydra.verbose=true"],
        [RUN, "hydra.output_subdir=null", "++a=3"],
        [RUN, "+db@second=mysql", "hydra/job_logging=disabled"],
        ["--multirun", SWEEP, "a=1,2"],
        ["--multirun", SWEEP, "a=choice(3,4)", "+db=mysql,postgres", "text='x y'"],
        ["--multirun", SWEEP, "a=range(3)", "hydra.sweep.subdir=${hydra:job.override_dirname}"],
        ["--multirun", SWEEP, "hydra.sweeper.max_batch_size=1", "a=7,8"],
    ],
    ids=" ".join,
)
def test_run_writes_and_prints_what_the_command_line_does(overrides, tmp_path):
    """The same files with the same bytes, and the same lines, but for the times of the log."""
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "from_python.py").write_text(FROM_PYTHON)

    files, printed = written_by(["app.py", *overrides], tmp_path)
    ours, our_print = written_by(["from_python.py", *overrides], tmp_path)

    assert sorted(ours) == sorted(files)
    for name, text in files.items():
        assert ours[name] == text, name
    assert our_print == printed
    assert "TASK" in printed
