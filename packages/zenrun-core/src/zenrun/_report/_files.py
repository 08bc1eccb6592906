"""Files in a folder, read so that none outside of it is, and no more of them than is wanted.

The folder may be anybody's: links are not followed, and what is no ordinary file is not opened.
This module must not know what the files are for.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

_MOST_WHOLE = 1 << 20  # bytes of a file that is read as a whole
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a pipe would keep whoever opens it waiting
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


@dataclass(frozen=True)
class Tail:
    """The end of a file.

    Attributes:
        text: It, from the beginning of a line on.
        size: How many bytes the file has.
        is_cut: Whether there is more before it.
    """

    text: str
    size: int
    is_cut: bool


class Folder:
    """A folder.

    Args:
        path: Where it is.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._real = os.path.realpath(path)

    def below(self, path: str | os.PathLike[str]) -> Folder | None:
        """Give a folder that is in this one; None where that, its links followed, is elsewhere.

        Args:
            path: Where it is.
        """
        found = Folder(path)
        inside = self._real.rstrip(os.sep) + os.sep
        return found if found._real == self._real or found._real.startswith(inside) else None

    def text(self, name: str) -> str | None:
        """Give a file's text; None where there is none, it is a link, or it is too long.

        Args:
            name: The file's path from the folder on, with slashes.
        """
        found = self.tail(name, _MOST_WHOLE)
        return None if found is None or found.is_cut else found.text

    def tail(self, name: str, most: int) -> Tail | None:
        """Give the end of a file; None where there is none, or it is a link.

        Args:
            name: The file's path from the folder on, with slashes.
            most: How many bytes are read.
        """
        path = self._real
        for part in name.split("/"):
            path = os.path.join(path, part)
            if os.path.islink(path):
                return None
        try:
            file = os.open(path, _FLAGS)
        except (OSError, ValueError):
            return None
        try:
            seen = os.fstat(file)
            if not stat.S_ISREG(seen.st_mode):
                return None
            begin = max(seen.st_size - most, 0)
            os.lseek(file, begin, os.SEEK_SET)
            content = _read(file, most)
        except OSError:
            return None
        finally:
            os.close(file)
        if begin:
            content = content[content.find(b"\n") + 1 :]
        return Tail(content.decode("utf-8", "replace"), seen.st_size, is_cut=begin > 0)

    def names(self, ending: str) -> list[str]:
        """Give the names of the files right in the folder, sorted.

        Args:
            ending: What they end in.
        """
        try:
            with os.scandir(self._real) as found:
                return sorted(item.name for item in found if item.name.endswith(ending))
        except OSError:
            return []


def _read(file: int, most: int) -> bytes:
    parts = []
    while most > 0:
        part = os.read(file, most)
        if not part:
            break
        parts.append(part)
        most -= len(part)
    return b"".join(parts)


def shown_path(path: str | os.PathLike[str], inside: Path | None) -> str:
    """Give a path as it is told: from a folder on, where it is in it.

    Args:
        path: The path.
        inside: The folder, or None.
    """
    text = os.fspath(path)
    if inside is not None:
        text = text.removeprefix(f"{inside}{os.sep}")
    return text
