"""What a job returned, written so that it comes back as it was.

Plain values are JSON. All else is pickled, and stands beside a digest; it is unpickled only when
somebody asks, since unpickling runs what whoever wrote the file wants. This module must not know who returned the
value.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import importlib
import itertools
import json
import pickle
import reprlib
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zenrun.errors import JournalError
from zenrun.results._parts import plain_form
from zenrun.results._whole import write_whole

_MOST_JSON = 64 * 1024  # characters
_MOST_INLINE = 16 * 1024  # bytes
_DEEPEST = 40
_LONGEST_INT = 2000  # bits: Python refuses to write or read longer ones where it is told to
_SHOWN = 200
VALUES = "values"


def store_value(value: Any, folder: Path, num: int, attempt: int) -> dict[str, Any]:
    """Give what the journal says of a value; a large one goes into a file of its own.

    Args:
        value: The value.
        folder: The folder ``.zenrun`` of the sweep.
        num: The number of the job that returned it.
        attempt: Which attempt it was.

    Raises:
        OSError: The file cannot be written.
    """
    if _is_plain(value) and len(json.dumps(value)) <= _MOST_JSON:
        return {"json": value}
    entry = {**_seen(value), **_plainly(value)}
    try:
        packed = _dumps(value)
    except Exception as error:  # pickling calls what the value's class says
        return {"unstored": f"{type(error).__name__}: {error}"[:_SHOWN], **entry}
    entry["sha256"] = hashlib.sha256(packed).hexdigest()
    if len(packed) <= _MOST_INLINE:
        return {"pickle": base64.b64encode(packed).decode(), **entry}
    name = f"{VALUES}/{num}-{attempt}-{uuid.uuid4().hex[:8]}.pkl"
    (folder / VALUES).mkdir(parents=True, exist_ok=True)
    write_whole(folder / name, packed)
    return {"file": name, "size": len(packed), **entry}


def _is_plain(value: Any) -> bool:
    """Say whether JSON gives a value back as it is; no more is looked at than a line can hold."""
    left, layer = _MOST_JSON, [value]
    for _ in range(_DEEPEST):
        left -= len(layer)
        if left < 0 or not all(map(_is_plain_itself, layer)):
            return False
        below = (item for item in layer if type(item) in (list, dict))
        items = (item.values() if type(item) is dict else item for item in below)
        layer = list(itertools.islice(itertools.chain.from_iterable(items), left + 1))
        if not layer:
            return True
    return False


def _is_plain_itself(value: Any) -> bool:
    kind = type(value)
    if kind is int:
        return value.bit_length() <= _LONGEST_INT  # type: ignore[no-any-return]
    if kind is str:
        return _is_text(value)
    if kind is dict:
        return all(type(key) is str and _is_text(key) for key in value)
    return kind in (type(None), bool, float, list)


def _is_text(value: str) -> bool:
    if len(value) > _MOST_JSON:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:  # half a surrogate pair, which JSON's readers take amiss
        return False
    return True


def _dumps(value: Any) -> bytes:
    try:
        pickler: Any = importlib.import_module("cloudpickle")
    except ImportError:
        pickler = pickle
    packed: bytes = pickler.dumps(value)
    return packed


def _seen(value: Any) -> dict[str, Any]:
    """Give what can be shown of a value without unpickling it."""
    shown: dict[str, Any] = {}
    with contextlib.suppress(Exception):  # its class says how it is shown
        if isinstance(value, (str, bytes, bytearray)):
            value = value[:_SHOWN]
        text = repr(value) if isinstance(value, (int, float, str)) else _shorter.repr(value)
        shown["shown"] = text.encode("utf-8", "replace").decode()[:_SHOWN]
    with contextlib.suppress(Exception):
        if not isinstance(value, (str, bytes, bytearray)) and getattr(value, "ndim", 0) == 0:
            shown["number"] = float(value)
    return shown


def _plainly(value: Any) -> dict[str, Any]:
    """Give what tables and pictures need of a value, without unpickling it."""
    with contextlib.suppress(Exception):  # its class says what it has
        form = plain_form(value, _is_plain)
        if form is not None and len(json.dumps(form)) <= _MOST_INLINE:
            return {"plain": form}
    return {}


_shorter = reprlib.Repr()
_shorter.maxother = _shorter.maxstring = _SHOWN


class StoredValue:
    """A value in the journal.

    Args:
        entry: What the journal says of it.
        folder: The folder ``.zenrun`` of the sweep.
    """

    def __init__(self, entry: Mapping[str, Any], folder: Path) -> None:
        self._entry = entry
        self._folder = folder

    @property
    def is_plain(self) -> bool:
        """Whether it is read without unpickling anything."""
        return "json" in self._entry

    @property
    def shown(self) -> str:
        """The value as text, cut where it is long."""
        if self.is_plain:
            return repr(self._entry["json"])[:_SHOWN]
        return str(self._entry.get("shown", "?"))

    @property
    def form(self) -> Any:
        """What of the value is known without unpickling it; None if nothing is, and of a plain one."""
        return self._entry.get("plain")

    @property
    def number(self) -> float | None:
        """The value as a number, if it is one."""
        value = self._entry.get("json") if self.is_plain else self._entry.get("number")
        return float(value) if isinstance(value, (int, float)) else None

    def load(self) -> Any:
        """Give the value, unpickled if it is not plain.

        Raises:
            JournalError: It was not written, is not what was written, or cannot be unpickled here.
        """
        if self.is_plain:
            return self._entry["json"]
        if "unstored" in self._entry:
            msg = (
                f"What the job returned, {self.shown}, was not written down, as it cannot be pickled: "
                f"{self._entry['unstored']}"
            )
            raise JournalError(msg)
        packed = self._packed()
        if hashlib.sha256(packed).hexdigest() != self._entry.get("sha256"):
            where = self._folder / str(self._entry.get("file", "journal"))
            msg = (
                f"What a job returned, {self.shown}, is not in {str(where)!r} as it was written: its "
                "digest is another one. The file was changed or damaged since; run the job again"
            )
            raise JournalError(msg, str(where))
        try:
            return pickle.loads(packed)  # noqa: S301 - the caller has asked for it
        except Exception as error:  # it runs what the value's class says
            msg = (
                f"What a job returned, {self.shown}, cannot be unpickled here: {type(error).__name__}: "
                f"{error}. Unpickling needs the modules that defined it, in versions that fit"
            )
            raise JournalError(msg) from error

    def _packed(self) -> bytes:
        if "pickle" in self._entry:
            return base64.b64decode(self._entry["pickle"])
        path = self._folder / str(self._entry["file"])
        try:
            return path.read_bytes()
        except OSError as error:
            msg = f"What a job returned, {self.shown}, cannot be read from {str(path)!r}: {error}"
            raise JournalError(msg, str(path)) from error
