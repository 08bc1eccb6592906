"""What comes back of a job, and how: what is large comes in a file, and its name in the message.

Who reads a message from a pipe waits for the rest of it, and a worker that is killed half way sends none. Others
hold the pipe's other end, so nothing says that it will never come. What is short a pipe takes whole or
not at all, and a file is read once its worker has said that it is whole.

This module must not know which executor carries the message.
"""

from __future__ import annotations

import contextlib
import os
import pickle
from pathlib import Path
from typing import Any, NamedTuple

from zenrun.launchers._temporary import TemporaryFiles

_MOST = 3_000  # bytes; all of the message is to be less than PIPE_BUF, which is 4096 in Linux


class Reply(NamedTuple):
    """What comes back of one job.

    Attributes:
        missing: The parts that the worker has not got; the job has not been run then.
        status: The name of Hydra's JobStatus.
        value: What the task returned or raised, pickled.
        fields: The other fields of the JobReturn that differ from what the parent knows, pickled.
        file: The file that has the fields and the value instead, or None.
        output_dir: The folder of the job's files.
        start: When the job began, in seconds since 1970.
        end: When it ended.
        worker: The process that ran it, as "host:pid".
        written: The file in the journal that has the job's record, or None.
    """

    missing: tuple[str, ...] = ()
    status: str = ""
    value: bytes = b""
    fields: bytes = b""
    file: str | None = None
    output_dir: str | None = None
    start: float = 0.0
    end: float = 0.0
    worker: str = ""
    written: str | None = None

    def short(self, path: str) -> Reply:
        """Put what is large into a file.

        Args:
            path: The file. Where it cannot be written, as on another machine or a full disk, the reply
                stays as it is.
        """
        if len(self.value) + len(self.fields) <= _MOST:
            return self
        try:
            with Path(path).open("wb") as file:
                file.write(self.fields)
                file.write(self.value)
        except OSError:
            return self
        return self._replace(value=b"", fields=b"", file=path)

    def content(self) -> tuple[dict[str, Any], Any]:
        """Give the fields and the value, wherever they are.

        Raises:
            Exception: They cannot be read or unpickled here.
        """
        if self.file is None:
            return pickle.loads(self.fields), pickle.loads(self.value)  # noqa: S301 - our own
        with Path(self.file).open("rb") as file:
            return pickle.load(file), pickle.load(file)  # noqa: S301 - from our own processes


class ReplyFiles(TemporaryFiles):
    """The files of the replies to one sweep that are large."""

    def new(self) -> str:
        """Give the path of a file for another reply; nothing where there can be none."""
        try:
            return super().new()
        except OSError:  # the disk for temporary files is full
            return ""

    def remove(self, path: str) -> None:
        """Remove a file that nobody will read any more; if its worker has died, it may be a part of one.

        Args:
            path: What `new` gave. There need be no file.
        """
        if path:
            with contextlib.suppress(OSError):
                os.unlink(path)  # noqa: PTH108 - for each job
