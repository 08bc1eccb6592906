"""``python -m zenrun_torch_examples``: its table, its picture and its exit status."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from zenrun_torch_examples.__main__ import main


def rows(capsys):
    """Give the printed table's rows, by the job's name."""
    lines = capsys.readouterr().out.splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith("job "))
    table = lines[begin + 1 : lines.index("The picture is trajectories.png")]
    return {row[0]: row[1:] for row in (line.rsplit(maxsplit=4) for line in table)}


def test_program_run_by_python_prints_a_table_and_saves_a_picture():
    """The program, run as a user would, sweeps over sgd and adam."""
    done = subprocess.run(
        [sys.executable, "-m", "zenrun_torch_examples"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "-0.435" in done.stdout
    assert Path("trajectories.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in Path("multirun").glob("*/*/[0-9]")) == ["0", "1"]


def test_program_adds_its_sweep_to_overrides_that_choose_no_optimizer(capsys):
    """Overrides of other values leave the sweep over sgd and adam in place."""
    assert main(["num_steps=3"]) == 0

    table = rows(capsys)
    assert list(table) == ["sgd", "adam"]
    assert [steps for steps, *_ in table.values()] == ["3", "3"]


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["+optim=rprop"], ["rprop"]),
        (["+optim=rprop", "num_steps=2"], ["rprop, num_steps=2"]),
        (["+optim=sgd,rprop", "num_steps=2"], ["sgd", "rprop"]),
        (["+optim=sgd", "optim.lr=0.1,0.2"], ["optim.lr=0.1", "optim.lr=0.2"]),
        (["+optim=sgd,sgd"], ["#0", "#1"]),
    ],
    ids=str,
)
def test_program_names_each_job_by_what_is_its_own(arguments, names, capsys):
    """A job is named by the overrides that it does not share, or else by its number."""
    assert main(arguments) == 0

    assert list(rows(capsys)) == names


def test_program_takes_every_optimizer(capsys):
    """A glob sweeps over the whole group."""
    assert main(["+optim=glob(ada*)", "num_steps=2"]) == 0

    assert {"adadelta", "adagrad", "adam", "adamax", "adamw"} <= set(rows(capsys))


def test_program_with_a_bad_override_says_so(capsys):
    """A bad override ends the program with status 2 and the error's text, without a traceback."""
    assert main(["+optim=nothing"]) == 2

    told = capsys.readouterr().err
    assert "no option 'nothing'" in told
    assert "Traceback" not in told
    assert not Path("trajectories.png").exists()


def test_program_that_cannot_draw_still_prints_its_table(capsys):
    """Trajectories that leave every picture cost the picture, not the table."""
    assert main(["+optim=sgd", "optim.lr=1e9"]) == 1

    streams = capsys.readouterr()
    assert "height" in streams.out
    assert "diverges" in streams.err
