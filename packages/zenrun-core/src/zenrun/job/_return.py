"""Hydra's JobReturn, with the parts that are built when somebody reads them.

This module must not know how they are built.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from hydra.core.utils import JobReturn

# Attributes as they are kept, whatever `vars` is told.
_own_dict = JobReturn.__dict__["__dict__"].__get__
_FIELDS = tuple(field.name for field in dataclasses.fields(JobReturn))


class _BuiltWhenRead:
    """A field whose value is built at the first reading; from then on it is a plain attribute."""

    def __set_name__(self, _: type, name: str) -> None:
        self.name = name

    def __get__(self, job: Any, _: type | None = None) -> Any:
        if job is None:
            return None  # the default, as in Hydra's class
        value = job._build(self.name)  # noqa: SLF001 - of the same module
        return _own_dict(job).setdefault(self.name, value)  # another thread may have been quicker


class LazyJobReturn(JobReturn):
    """Hydra's account of a job. It pickles, copies, compares and prints as Hydra's own.

    Args:
        build: Gives ``cfg`` or ``hydra_cfg``, by name.
    """

    __slots__ = ("_build",)
    _build: Callable[[str], Any]

    cfg = _BuiltWhenRead()
    hydra_cfg = _BuiltWhenRead()

    def __init__(self, build: Callable[[str], Any]) -> None:
        self._build = build

    @property  # type: ignore[misc, unused-ignore]
    def __class__(self) -> Any:  # type: ignore[override, unused-ignore]
        """What `dataclasses.replace` makes."""
        return JobReturn

    @property
    def __dict__(self) -> Any:  # type: ignore[misc, override, unused-ignore]
        """What `vars` gives: all fields, in their order."""
        own = _own_dict(self)
        whole = {name: getattr(self, name) for name in _FIELDS} | own
        own.clear()
        own.update(whole)
        return own

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in _FIELDS)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, JobReturn):
            return NotImplemented
        return self._values() == tuple(getattr(other, name) for name in _FIELDS)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return JobReturn, self._values()


LazyJobReturn.__qualname__ = JobReturn.__qualname__  # it is in what dataclasses print
