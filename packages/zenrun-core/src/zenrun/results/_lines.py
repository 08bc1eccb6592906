"""One line of the journal: an entry as JSON, with a checksum, so that half a line is none.

This module must not know what the entries say.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any

_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
_CRC = b',"crc":"'
_TAIL = len(_CRC) + 8 + 2  # eight digits, and the two characters that close the object


def encode_line(entry: Mapping[str, Any]) -> bytes:
    """Write an entry as a line.

    Args:
        entry: A mapping that is not empty, of what JSON can hold.
    """
    body = _encode(entry)[:-1].encode()
    return b'%s%s%08x"}\n' % (body, _CRC, zlib.crc32(body))


def decode_line(line: bytes) -> dict[str, Any] | None:
    """Read a line.

    Args:
        line: The line, without its end.

    Returns:
        The entry; None where it is not what was written.
    """
    body, tail = line[:-_TAIL], line[-_TAIL:]
    if not tail.startswith(_CRC) or not tail.endswith(b'"}'):
        return None
    if tail[len(_CRC) : -2] != b"%08x" % zlib.crc32(body):
        return None
    try:
        entry = json.loads(body + b"}")
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None
