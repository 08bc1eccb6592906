"""A study in PostgreSQL that two processes share."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from searching import share_by_two

pytest.importorskip("optuna")
pytest.importorskip("psycopg2")


def program(name):
    """Find one of PostgreSQL's programs; Debian does not put them on the path."""
    places = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"))]
    return shutil.which(name, path=os.pathsep.join([*places, os.environ.get("PATH", "")]))


@pytest.fixture
def database():
    """Give the URL of a database of a server of its own."""
    initdb, pg_ctl = program("initdb"), program("pg_ctl")
    if initdb is None or pg_ctl is None:
        pytest.skip("PostgreSQL's initdb is not installed (apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # a socket's path has to be short
    # The server does not run as root.
    as_user = []
    if os.geteuid() == 0:
        if shutil.which("runuser") is None:
            pytest.skip("PostgreSQL does not run as root, and there is no runuser")
        as_user = ["runuser", "-u", "postgres", "--"]
        shutil.chown(folder, "postgres")

    def run(*command):
        subprocess.run(
            [*as_user, *command], check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=60
        )

    data = folder / "data"
    try:
        run(initdb, "-D", str(data), "-U", "zenrun", "-A", "trust", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        run(pg_ctl, "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql+psycopg2://zenrun@/postgres?host={folder}"
        finally:
            run(pg_ctl, "-D", str(data), "-m", "immediate", "stop")
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(folder)


def test_optuna_study_in_postgresql_is_shared_by_two_processes(database):
    """Two processes that start at once make one study together, and lose no trial."""
    trials = share_by_two(database)
    assert [trial.number for trial in trials] == list(range(8))
    assert sorted(trial.user_attrs["who"] for trial in trials) == ["other"] * 4 + ["this"] * 4
