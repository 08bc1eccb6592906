"""Which words the command line has, and what its help says.

This module must not know what the commands do.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Generator
from typing import Any, NoReturn

from zenrun._command_line._print import complain
from zenrun._nearest import did_you_mean

SHELLS = ("bash", "zsh", "fish")
PLOTS = ("value", "heatmap", "parallel", "history", "curves")
STATUSES = ("COMPLETED", "FAILED", "TIMED_OUT", "LOST", "CANCELLED", "RUNNING")
_DIR = (
    "the sweep's directory; by default the current one, if it is a sweep's, else the sweep below "
    "./multirun that was written last"
)
_AFTER = """\
examples:
  zenrun show                              the newest sweep
  zenrun show multirun/2026-01-31/12-00-00 --sort loss -n 10
  zenrun show 3                            all about job 3 of the newest sweep
  zenrun compare before after

exit codes: 0; 1 where compare finds a difference, or plot nothing to draw;
2 where the usage is wrong, or something cannot be read or written.
"""


_Actions = Generator[argparse.Action, None, None]


class _Help(argparse.HelpFormatter):
    """Help with room for the names at the left, and without a line that says COMMAND."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26)

    def _iter_indented_subactions(self, action: argparse.Action) -> _Actions:
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            yield from action._get_subactions()  # noqa: SLF001
        else:
            yield from super()._iter_indented_subactions(action)

    def _format_action(self, action: argparse.Action) -> str:
        text = super()._format_action(action)
        is_commands = isinstance(action, argparse._SubParsersAction)  # noqa: SLF001
        return text.split("\n", 1)[1] if is_commands else text


class _HelpOfAll(_Help, argparse.RawDescriptionHelpFormatter):
    """The same, with the examples as they are written."""


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, with the word that was probably meant."""

    def error(self, message: str) -> NoReturn:
        complain(f"{message}. See: {self.prog} --help")
        self.exit(2)

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        found, unknown = self.parse_known_args(args, namespace)
        if unknown:
            parser = commands_of(self).get(getattr(found, "command", ""), self)
            known = [name for action in parser._actions for name in action.option_strings]  # noqa: SLF001
            name = unknown[0].partition("=")[0]
            kind = "option" if name.startswith("-") else "argument"
            parser.error(f"unknown {kind} {name!r}{did_you_mean(name, known)}")
        return found

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            names = list(map(str, action.choices))
            what = (action.metavar or action.dest).lower()  # type: ignore[union-attr]
            hint = did_you_mean(str(value), names)
            message = f"unknown {what} {value!r}{hint}; there are: {', '.join(names)}"
            self.error(message)


def commands_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Give the commands' own parsers, by name.

    Args:
        parser: The whole parser.
    """
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to ask
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            return dict(action.choices)
    return {}


def make_parser() -> argparse.ArgumentParser:
    """Make the parser of the whole command line."""
    parser = _Parser(
        prog="zenrun",
        description="Look at what sweeps of Hydra experiments have left on disk.",
        epilog=_AFTER,
        formatter_class=_HelpOfAll,
        allow_abbrev=False,
        add_help=False,
    )
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", dest="command", required=True
    )
    options = parser.add_argument_group("options")
    options.add_argument("-h", "--help", action="help", help="show this; also after a command")
    options.add_argument("--version", action=_Version, nargs=0, help="show zenrun's version")

    def command(name: str, brief: str, description: str) -> argparse.ArgumentParser:
        return commands.add_parser(
            name,
            help=brief,
            description=description,
            formatter_class=_Help,
            allow_abbrev=False,
        )

    show = command(
        "show",
        "a sweep's jobs as a table, or all about one job",
        "Show a sweep: how it stands, and its jobs as a table of the terminal's width; all jobs in full "
        "where the output is no terminal. With JOB, show all about that job.",
    )
    show.add_argument("directory", nargs="?", metavar="DIR", help=_DIR)
    show.add_argument("job", nargs="?", metavar="JOB", type=_number, help="the number of one job")
    show.add_argument("--sort", metavar="COLUMN", help="sort the jobs by a column of the table")
    show.add_argument("-r", "--reverse", action="store_true", help="the largest first")
    some = show.add_mutually_exclusive_group()
    some.add_argument(
        "--status",
        type=str.upper,
        choices=STATUSES,
        metavar="STATUS",
        help=f"only jobs of a status: {', '.join(STATUSES)}",
    )
    some.add_argument(
        "--failed", action="store_true", help="only jobs that ended and did not complete"
    )
    show.add_argument(
        "-n",
        "--rows",
        metavar="ROWS",
        type=_rows,
        help="show the first ROWS jobs, or 'all'; by default a terminal gets the first and the last ten",
    )
    _json(show)

    plot = command(
        "plot",
        "pictures of a sweep",
        "Draw what came out of a sweep: the pictures that suit it, or one that is chosen by -x, -y or --kind. "
        "Prints the names of the files. Needs matplotlib: the extra 'plot'.",
    )
    plot.add_argument("directory", nargs="?", metavar="DIR", help=_DIR)
    plot.add_argument(
        "--value",
        metavar="NAME",
        help="what is drawn, of what the jobs returned: a column of the table",
    )
    plot.add_argument("-x", metavar="PARAMETER", help="draw the value against a parameter")
    plot.add_argument("-y", metavar="PARAMETER", help="with -x: draw a heat map over both")
    plot.add_argument("--by", metavar="PARAMETER", help="a colour for each choice of a parameter")
    plot.add_argument(
        "--kind", choices=PLOTS, metavar="KIND", help=f"one picture: {', '.join(PLOTS)}"
    )
    plot.add_argument(
        "-o",
        "--output",
        metavar="PATH",
        help="the folder for the pictures (plots), or the file of the one, such as loss.svg",
    )

    report = command(
        "report",
        "one HTML page about a sweep",
        "Write one HTML page about a sweep, with its table, its pictures, and each job's config, log and traceback. "
        "It needs no network and can be sent to others. Prints the name of the file.",
    )
    report.add_argument("directory", nargs="?", metavar="DIR", help=_DIR)
    report.add_argument(
        "-o", "--output", metavar="FILE", default="report.html", help="its name (report.html)"
    )
    report.add_argument("--title", metavar="TEXT", help="the title of the page")

    compare = command(
        "compare",
        "what differs between two sweeps",
        "Say what differs between two sweeps: their configs, their overrides, and what the jobs with the "
        "same overrides gave. The exit code is 1 if anything does.",
    )
    compare.add_argument("first", metavar="DIR", help="the directory of a sweep, called A")
    compare.add_argument("second", metavar="DIR", help="that of another one, called B")
    compare.add_argument(
        "-n", "--rows", metavar="ROWS", type=_rows, help="show at most so many jobs, or 'all'"
    )
    _json(compare)

    completion = command(
        "completion",
        "tab completion for a shell",
        "Print what a shell has to read to complete zenrun's commands, options and directories. "
        'For bash put eval "$(zenrun completion bash)" into ~/.bashrc, for zsh the same with zsh into '
        "~/.zshrc after compinit, for fish zenrun completion fish | source into config.fish.",
    )
    completion.add_argument("shell", choices=SHELLS, metavar="SHELL", help=" or ".join(SHELLS))
    return parser


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")


class _Version(argparse.Action):
    """Prints the version, which is looked up only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        from importlib.metadata import version

        print(f"zenrun {version('zenrun-core')}")  # noqa: T201
        parser.exit()


def _rows(text: str) -> int | None:
    if text == "all":
        return 0
    if not re.fullmatch("[1-9][0-9]{0,8}", text):
        msg = f"{text!r} is no number of rows: give 1 or more, or 'all'"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def _number(text: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", text):
        msg = f"{text!r} is no number of a job"
        raise argparse.ArgumentTypeError(msg)
    return int(text)
