"""``zenrun report``: the page about a sweep.

This module must not know how it is made.
"""

from __future__ import annotations

import argparse

from zenrun._command_line._print import say
from zenrun._command_line._sweeps import find_directory
from zenrun.results._show import short_path


def run(args: argparse.Namespace) -> int:
    """Carry out the command.

    Args:
        args: Its options.
    """
    from zenrun._report import report

    made = report(find_directory(args.directory), args.output, title=args.title)
    say(short_path(made))
    return 0
