"""Files that are written whole or not at all.

This module must not know what is in them.
"""

from __future__ import annotations

import contextlib
import uuid
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that under its name there is all of it, or what was there before.

    Args:
        path: The file, in a folder that is there.
        content: What it is to hold.

    Raises:
        OSError: It cannot be written.
    """
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.partial")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
