"""Hydra's JobReturn, with the parts that are built when somebody reads them.

This module must not know how they are built.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from hydra.core.utils import JobReturn

from zenrun.results._facts import kept_facts


def returned(job: JobReturn) -> Any:
    """Give what a job returned or raised; reading ``return_value`` would raise it.

    Args:
        job: Hydra's account of the job.
    """
    return job.__dict__.get("_return_value")


_FIELDS = tuple(field.name for field in dataclasses.fields(JobReturn))


class _BuiltWhenRead:
    """A field whose value is built at the first reading; from then on it is a plain attribute."""

    def __set_name__(self, _: type, name: str) -> None:
        self.name = name

    def __get__(self, job: Any, _: type | None = None) -> Any:
        if job is None:
            return None  # the default, as in Hydra's class
        build = job.__dict__.get("_build")
        value = None if build is None else build(self.name)
        return job.__dict__.setdefault(self.name, value)  # another thread may have been quicker


class LazyJobReturn(JobReturn):
    """Hydra's account of a job. It pickles, copies, compares and prints as Hydra's own."""

    cfg = _BuiltWhenRead()
    hydra_cfg = _BuiltWhenRead()

    @classmethod
    def building(cls, build: Callable[[str], Any]) -> LazyJobReturn:
        """Make one that is empty.

        Args:
            build: Gives ``cfg`` or ``hydra_cfg``, by name, when it is read first.
        """
        made: LazyJobReturn = object.__new__(cls)
        made.__dict__["_build"] = build
        return made

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in _FIELDS)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, JobReturn):
            return NotImplemented
        return self._values() == tuple(getattr(other, name) for name in _FIELDS)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return JobReturn, self._values(), kept_facts(self)


LazyJobReturn.__qualname__ = JobReturn.__qualname__  # it is in what dataclasses print
