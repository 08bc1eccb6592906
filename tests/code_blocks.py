"""Reads the code blocks of a page and runs them as a reader would: in order, in one session."""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import subprocess
import sys
import textwrap
import traceback
import types
from dataclasses import dataclass
from pathlib import Path

# What the page's commands are called by, as this Python has them.
PROGRAMS = {"python": [sys.executable], "zenrun": [sys.executable, "-m", "zenrun"]}
LOG_LINE = re.compile(r"^\[\d{4}-\d\d-\d\d [\d:,]+\]")
TOOK = re.compile(r"(?:\b\d+(?:\.\d+)?|\.\.\.) ?m?s\b")


@dataclass(frozen=True)
class Block:
    """One code block: its language, its text, its first line on the page, and a file's name."""

    language: str
    text: str
    line: int
    file: str | None = None


def markdown_blocks(text: str) -> list[Block]:
    """Give the fenced blocks of a Markdown page; ``file=NAME`` after the language names a file."""
    blocks = []
    for match in re.finditer(r"^```(\w+)([^\n]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        language, info, body = match.groups()
        file = re.search(r"file=(\S+)", info)
        line = text[: match.start()].count("\n") + 2
        blocks.append(Block(language, body, line, file.group(1) if file else None))
    return blocks


def rst_blocks(text: str) -> list[Block]:
    """Give the blocks of a reStructuredText page: code directives, literals, and doctests."""
    lines, blocks, index = text.splitlines(), [], 0
    while index < len(lines):
        directive = re.match(r"\.\. code(?:-block)?:: (\w+)", lines[index])
        literal = lines[index].endswith("::") and not lines[index].startswith("..")
        doctest_starts = lines[index].startswith("  >>>")
        if not (directive or literal or doctest_starts):
            index += 1
            continue
        start = index if doctest_starts else index + 1
        end = start
        while end < len(lines) and (not lines[end].strip() or lines[end].startswith(" ")):
            end += 1
        body = lines[start:end]
        options = [line for line in body if re.match(r"\s+:\w+:", line)]
        caption = next((line.split()[-1] for line in options if ":caption:" in line), None)
        code = textwrap.dedent("\n".join(line for line in body if line not in options)).strip("\n")
        language = directive.group(1) if directive else ("pycon" if doctest_starts else "shell")
        language = "pycon" if code.startswith(">>>") else language
        blocks.append(Block(language, code + "\n", start + 1, caption))
        index = end
    return blocks


class Session:
    """Runs blocks one after another; what one defines the next can use, and configs can name.

    Args:
        name: The name of the module that the blocks are run in.
        folder: Where files of the page are written and programs are run.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.module = types.ModuleType(name)
        self.folder = folder
        sys.modules[name] = self.module
        with contextlib.suppress(ImportError):  # to workers it goes as a script's __main__ does
            import cloudpickle

            cloudpickle.register_pickle_by_value(self.module)

    def run(self, block: Block) -> None:
        """Run a block and compare what it prints with what the page says."""
        if block.file is not None:
            (self.folder / block.file).write_text(block.text)
        elif block.language in {"python", "py"}:
            exec(compile(block.text, f"line {block.line}", "exec"), vars(self.module))
        elif block.language == "pycon":
            self._run_doctest(block)
        elif block.language in {"shell", "console"}:
            self._run_shell(block)

    def _run_doctest(self, block: Block) -> None:
        for example in doctest.DocTestParser().get_examples(block.text):
            said = io.StringIO()
            where = f"line {block.line + example.lineno}: {example.source}"
            try:
                with contextlib.redirect_stdout(said):
                    exec(compile(example.source, where, "single"), vars(self.module))
            except Exception as error:
                if example.exc_msg is None:
                    raise
                raised = "".join(traceback.format_exception_only(error))
                assert same_output(example.exc_msg.strip(), raised.strip()), f"{where}\n{raised}"
                continue
            got, want = without_log(said.getvalue()), without_log(example.want)
            assert same_output(want, got), f"{where}\nwant:\n{want}\ngot:\n{got}"

    def _run_shell(self, block: Block) -> None:
        commands = re.split(r"^\s*\$\s+", block.text, flags=re.MULTILINE)[1:]
        for command in commands:
            line, _, want = command.partition("\n")
            args = [item for part in _split(line) for item in PROGRAMS.get(part, [part])]
            done = subprocess.run(
                args, cwd=self.folder, capture_output=True, text=True, timeout=300, check=False
            )
            found = args[1:3] == ["-m", "zenrun"] and done.returncode == 1  # a difference
            assert found or done.returncode == 0, f"{line}\n{done.stderr}"
            got = without_log(done.stdout)
            assert same_output(without_log(want), got), f"{line}\nwant:\n{want}\ngot:\n{got}"


def _split(line: str) -> list[str]:
    import shlex

    return shlex.split(line)


class LogFreeChecker(doctest.OutputChecker):
    """Compares outputs without Hydra's log lines."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        """Compare an example's output with what came."""
        clean = without_log(got)
        return super().check_output(want, clean + "\n" if clean else "", optionflags)


def without_log(text: str) -> str:
    """Drop Hydra's log lines, whose times differ from run to run."""
    kept = [line.rstrip() for line in textwrap.dedent(text).splitlines()]
    return "\n".join(line for line in kept if not LOG_LINE.match(line.strip())).strip("\n")


def same_output(want: str, got: str) -> bool:
    """Say whether an output is the page's, up to blanks, ``...``, and how long something took.

    Of a random search the form counts. Of the running-experiments page's two arrays, the form and
    the starting point: their other figures are not of the settings that the page shows
    (see `test_seed_page`).
    """
    if not want:
        return True
    want, got = (TOOK.sub("0 s", text) for text in (want, got))
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    if doctest.OutputChecker().check_output(want + "\n", got + "\n", flags):
        return True
    number = r"-?\d+\.\d*(?:e[+-]\d+)?"
    if want.startswith("({'best"):
        blank = [re.sub(number, "0", "".join(text.split())) for text in (want, got)]
        return blank[0] == blank[1]
    if want.startswith("array"):
        numbers = [[float(item) for item in re.findall(number, text)] for text in (want, got)]
        ends = want.rsplit("]]", 1)[1] == got.rsplit("]]", 1)[1]
        return ends and numbers[0][:2] == numbers[1][:2]
    return False
