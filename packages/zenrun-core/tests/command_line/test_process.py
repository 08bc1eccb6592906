"""The command as a process of its own: what it loads, pipes that close, Ctrl-C, the shells' completion."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from zenrun._command_line._parser import commands_of, make_parser
from zenrun.results._writer import JournalWriter

ZENRUN = [sys.executable, "-m", "zenrun"]


@pytest.fixture
def sweep():
    """A sweep of 500 jobs."""
    journal = JournalWriter(Path("out"), {"sweep": "1", "config": "x: 1\n"})
    for num in range(500):
        journal.job_ended(num, [f"x={num}"], 1, "1", "COMPLETED", 0, 1, value="é" * 300)
    journal.end("FINISHED")
    journal.close()


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **more)


@pytest.mark.parametrize(
    "args",
    [["show", "out"], ["show", "out", "3", "--json"], ["compare", "out", "out"]],
    ids=" ".join,
)
def test_command_loads_neither_hydra_nor_what_draws(args, sweep):
    """It is there at once: nothing is imported that looking at a sweep does not need."""
    code = (
        "import sys; from zenrun._command_line import main\n"
        f"code = main({args!r})\n"
        "heavy = {'hydra', 'omegaconf', 'antlr4', 'numpy', 'pandas', 'matplotlib', 'rich'}\n"
        "sys.exit(code or str(sorted(heavy & set(sys.modules)) or '') or 0)"
    )

    done = run(sys.executable, "-W", "error", "-c", code)

    assert (done.returncode, done.stderr) == (0, "")


def test_command_is_installed():
    """The script is beside Python, where pip puts it, and does what `python -m zenrun` does."""
    script = shutil.which("zenrun", path=os.path.dirname(sys.executable))
    if script is None:
        pytest.skip("zenrun runs from its sources")

    assert run(script, "--version").stdout == run(*ZENRUN, "--version").stdout != ""


def test_command_whose_reader_has_gone_says_nothing(sweep):
    """`zenrun show | head`: no traceback, and the shell hears of the closed pipe."""
    with subprocess.Popen(
        [*ZENRUN, "show", "out"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 141


def test_command_prints_what_the_output_cannot_show_as_question_marks(sweep):
    """An output that knows ASCII alone is no reason to fail."""
    done = run(*ZENRUN, "show", "out", "1", env={**os.environ, "PYTHONIOENCODING": "ascii"})

    assert (done.returncode, done.stderr) == (0, "")
    assert "?" * 300 in done.stdout


def test_command_ends_at_ctrl_c_without_a_traceback(sweep):
    """It says nothing, and the shell hears that it was interrupted."""
    path = Path("out/.zenrun/journal/waits.jsonl")
    os.mkfifo(path)
    with subprocess.Popen([*ZENRUN, "show", "out"], stderr=subprocess.PIPE) as process:
        try:
            writer = opened(path, process)
            process.send_signal(signal.SIGINT)
            os.close(writer)  # a read that began after the signal ends as well
            assert process.wait(60) == 130
            assert process.stderr.read() == b""
        finally:
            process.kill()


def opened(path, process):
    """Open a pipe that a process is about to read."""
    deadline = time.monotonic() + 60
    while True:
        with contextlib.suppress(OSError):
            return os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_completion_in_bash(sweep):
    """Commands, options, values of options, directories with blanks, and nothing else."""
    os.makedirs("a dir/inside")
    Path("a file").touch()
    asked = [
        ("zenrun ", 1),
        ("zenrun sh", 1),
        ("zenrun show --s", 2),
        ("zenrun show --status FA", 3),
        ("zenrun show a", 2),
        ("zenrun show ", 2),
        ("zenrun show --sort ", 3),
        ("zenrun report -o a", 3),
        ("zenrun completion ", 2),
        ("zenrun nothing ", 2),
    ]
    script = f'eval "$({sys.executable} -m zenrun completion bash)"\ncomplete -p zenrun\n'
    for line, at in asked:
        words = " ".join(map(repr, line.split(" ")))
        script += f"COMP_WORDS=({words}); COMP_CWORD={at}; _zenrun; "
        script += 'printf "%s|" "${COMPREPLY[@]}"; echo\n'

    done = run("bash", "--norc", "-c", script)

    assert done.stderr == ""
    said = [sorted(line.split("|")[:-1]) for line in done.stdout.splitlines()[1:]]
    assert said == [
        sorted([*commands_of(make_parser()), "--help", "--version"]),
        ["show"],
        ["--sort", "--status"],
        ["FAILED"],
        ["a dir"],
        ["a dir", "out"],
        [""],
        ["a dir", "a file"],
        ["bash", "fish", "zsh"],
        [""],
    ]


@pytest.mark.parametrize(("shell", "check"), [("zsh", "-n"), ("fish", "--no-execute")])
def test_completion_for_other_shells_names_every_option(shell, check):
    """Each option of each command is there; where the shell is installed it reads the script."""
    script = run(*ZENRUN, "completion", shell).stdout

    for name, command in commands_of(make_parser()).items():
        (lines,) = [[x for x in script.splitlines() if name in x and "-" in x]]
        for option in (o for action in command._actions for o in action.option_strings):
            flag = f" -l {option[2:]} " if option.startswith("--") else f" -s {option[1:]} "
            word = flag if shell == "fish" else option
            assert any(word in line for line in lines), (name, option)
    if shutil.which(shell):
        Path("script").write_text(script)
        assert run(shell, check, "script").stderr == ""
