"""Files in a folder for temporary ones, which is made for the first of them and goes with all.

This module must not know what is in them.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile


class TemporaryFiles:
    """Paths of files that are nobody else's."""

    def __init__(self) -> None:
        self._folder: str | None = None
        self._numbers = itertools.count()

    def new(self) -> str:
        """Give the path of another file, which is not made.

        Raises:
            OSError: There is no room for the folder.
        """
        if self._folder is None:
            self._folder = tempfile.mkdtemp(prefix="zenrun-")
        return f"{self._folder}/{next(self._numbers)}"

    def close(self) -> None:
        """Remove the folder with all that is in it."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
