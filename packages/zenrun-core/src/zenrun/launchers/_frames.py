"""An exception's frames on their way from a worker: where it was raised, as if it had been here.

Who reads a traceback (Python, Hydra's own report, a notebook) then needs to know nothing of workers.
This module must not know what raised.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import CodeType, TracebackType
from typing import NamedTuple


class SentFrame(NamedTuple):
    """One frame of a traceback.

    Attributes:
        file: The source's file.
        name: The function's name.
        line: The line that was executed.
    """

    file: str
    name: str
    line: int


def frames_of(error: BaseException) -> list[SentFrame]:
    """List the frames of an exception's traceback, the outermost first.

    Args:
        error: The exception.
    """
    found, at = [], error.__traceback__
    while at is not None:
        code = at.tb_frame.f_code
        found.append(SentFrame(code.co_filename, code.co_name, at.tb_lineno))
        at = at.tb_next
    return found


def traceback_from(frames: Sequence[SentFrame]) -> TracebackType | None:
    """Make a traceback that shows frames of another process.

    Args:
        frames: The frames, the outermost first.
    """
    made: TracebackType | None = None
    for sent in reversed(frames):
        at = _raised(sent)
        made = TracebackType(made, at.tb_frame, at.tb_lasti, sent.line)
    return made


def _raised(sent: SentFrame) -> TracebackType:
    """Give the traceback of a code that is called like a frame, and raises."""
    code: CodeType = compile("raise StopIteration", sent.file, "exec")
    code = code.replace(co_name=sent.name, co_firstlineno=sent.line)
    try:
        exec(code, {"__name__": sent.name})  # noqa: S102 - the code is the line above
    except StopIteration as error:
        assert error.__traceback__ is not None
        at = error.__traceback__.tb_next
        assert at is not None
        return at
    raise AssertionError
