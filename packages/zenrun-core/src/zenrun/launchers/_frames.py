"""An exception from a worker, shown as if its job had run here.

Hydra's report of a failed job looks for its own frames in the traceback, to leave them out. This
module must not know what raised.
"""

from __future__ import annotations

import ast
import re
from types import TracebackType

from zenrun.launchers._outcomes import WorkerTracebackError

_WHOLE_LINE = 10_000  # which expression of it raised is not known
_MARK = {"_SyntheticTraceback": None}  # how Hydra 1.4 marks frames that it has rebuilt itself
_TOP = "Traceback (most recent call last):\n"
_FRAME = re.compile(r'^  File "(.*)", line (\d+), in (.*)$', re.MULTILINE)


def show_as_raised_here(error: Exception, file: str) -> None:
    """Give a job's exception the traceback that it had in its worker.

    Args:
        error: The exception. One that has a cause or a context of its own is left as it is.
        file: Where the code is that was sent, and has lost its file on the way.
    """
    cause = error.__cause__
    if not isinstance(cause, WorkerTracebackError):
        return
    text = str(cause)
    if text.count(_TOP) != 1:
        return
    made: TracebackType | None = None
    for source, line, name in reversed(_FRAME.findall(text)):
        at = _raised(file if source.startswith("<") else source, int(line), name)
        made = TracebackType(made, at.tb_frame, at.tb_lasti, int(line))
    error.__traceback__ = made
    error.__cause__ = None


def _raised(file: str, line: int, name: str) -> TracebackType:
    """Give the traceback of code that is named like a frame, and raises."""
    tree = ast.parse("raise StopIteration")
    for node in ast.walk(tree):
        if isinstance(node, (ast.stmt, ast.expr)):
            node.col_offset, node.end_col_offset = 0, _WHOLE_LINE
    code = compile(tree, file, "exec")
    code = code.replace(co_name=name, co_firstlineno=line)
    try:
        exec(code, dict(_MARK))  # noqa: S102 - the code is the line above
    except StopIteration as error:
        at = error.__traceback__ and error.__traceback__.tb_next
        assert at is not None
        return at
    raise AssertionError
