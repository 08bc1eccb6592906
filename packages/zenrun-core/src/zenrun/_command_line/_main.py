"""From the words of a command line to an exit code.

This module must not know what the commands do.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

from zenrun._command_line._parser import make_parser
from zenrun._command_line._print import complain
from zenrun.errors import ZenrunError

_WRONG = 2  # the usage is, or what was named cannot be read or written
# What a shell says of who dies by SIGINT and SIGPIPE.
_INTERRUPTED, _PIPE_CLOSED = 128 + 2, 128 + 13


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out a command line.

    Args:
        argv: Its words after the program's name; those that the process was started with by default.

    Returns:
        The exit code: 0; 1 where `compare` finds a difference or `plot` nothing to draw; 2 where the
        usage is wrong, or something cannot be read or written.
    """
    try:
        code = _carried_out(list(sys.argv[1:] if argv is None else argv))
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:  # who reads has gone: ``zenrun show | head``
        _write_no_more()
        return _PIPE_CLOSED
    except KeyboardInterrupt:
        return _INTERRUPTED
    except ZenrunError as error:
        complain(str(error))
        return _WRONG
    except OSError as error:
        where = f"{error.filename!r}: " if error.filename else ""
        complain(f"{where}{error.strerror or error}")
        return _WRONG
    return code


def _carried_out(words: list[str]) -> int:
    parser = make_parser()
    if not words:
        parser.print_help(sys.stderr)
        return _WRONG
    try:
        args = parser.parse_args(words)
    except SystemExit as done:  # the help has been printed, or what is wrong
        return int(done.code or 0)
    command = importlib.import_module(f"zenrun._command_line._{args.command}")
    code: int = command.run(args)
    return code


def _write_no_more() -> None:
    """Have Python not try once more, when it ends, to write what nobody reads."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
