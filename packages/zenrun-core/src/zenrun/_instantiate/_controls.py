"""The special keys of one dict of a config, and the keyword arguments that go over it.

It must not know what the values of the dict are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zenrun._instantiate._nodes import ListConfig
from zenrun._instantiate._plan import (
    PLANS,
    SPECIAL,
    Call,
    Given,
    Mapping,
    Sequence,
    Unsure,
    check_key,
    convert_mode,
    flag,
    target_path,
)
from zenrun._instantiate._targets import KEEPS_PARENTS, RESERVED

__all__ = ["Controls", "Overrides"]


class Overrides:
    """The keyword arguments of a call of ``instantiate``, and how one is planned."""

    __slots__ = ("given", "plan")

    def __init__(self, given: dict[str, Any], plan: Callable[..., Any]) -> None:
        """Keep them.

        Args:
            given: The values by key.
            plan: Gives the value or the plan of one, from the value and the two modes.
        """
        self.given = given
        self.plan = plan


class Controls:
    """How a dict of a config is instantiated."""

    __slots__ = (
        "_content",
        "_given",
        "_plan",
        "_read",
        "convert",
        "is_call",
        "partial",
        "recursive",
        "skipped",
    )

    def __init__(
        self,
        content: dict[Any, Any],
        overrides: Overrides | None,
        read: Callable[[Any, str], Any],
        convert: str,
        *,
        recursive: bool,
    ) -> None:
        """Read the special keys.

        Args:
            content: The dict.
            overrides: The keyword arguments, where this dict is the whole config.
            read: Gives the value of a special key of the dict, from what it holds and the key.
            convert: The mode around it.
            recursive: The mode around it.

        Raises:
            Unsure: A special key has a value that only Hydra can judge.
        """
        for key in RESERVED:
            if key in content:
                msg = f"the key {key}"
                raise Unsure(msg)
        given = self._given = overrides.given if overrides is not None else {}
        self._plan = overrides.plan if overrides is not None else None
        self._content = content
        self._read = read
        self.convert = convert
        self.recursive = recursive
        self.partial = False
        if "_convert_" in content or "_convert_" in given:
            self.convert = convert_mode(self._control("_convert_"))
        if "_recursive_" in content or "_recursive_" in given:
            self.recursive = flag(self._control("_recursive_"), "_recursive_")
        if "_partial_" in content or "_partial_" in given:
            self.partial = flag(self._control("_partial_"), "_partial_")
        self.is_call = "_target_" in content or "_target_" in given
        self.skipped: frozenset[str] = frozenset()
        if self.is_call or overrides is not None:
            self.skipped = SPECIAL

    @property
    def untouched(self) -> bool:
        """Whether the configs in it are left as they are: 1.4 leaves those in plain dicts too."""
        return not self.recursive and (self.is_call or KEEPS_PARENTS)

    def _control(self, key: str) -> Any:
        return self._given[key] if key in self._given else self._read(self._content[key], key)

    def override(self, key: str) -> Any:
        """Give the value or the plan of a keyword argument.

        Args:
            key: Its name.

        Raises:
            Unsure: Hydra has to say what becomes of it.
        """
        assert self._plan is not None
        value = self._plan(self._given[key], self.convert, recursive=self.recursive)
        if type(value) in PLANS and self.untouched:
            msg = "a keyword argument with a config that is not instantiated"
            raise Unsure(msg)
        return value

    def added(self) -> list[Any]:
        """Give the items of the keyword arguments that the dict has no key for.

        Raises:
            Unsure: Hydra has to say what becomes of one.
        """
        items = []
        for key in self._given:
            if key not in self._content and key not in self.skipped:
                check_key(key)
                value = self.override(key)
                items.append((key, value, type(value) in PLANS))
        return items

    def call(self, items: list[Any], plans: list[tuple[str, Any]]) -> Call:
        """Give the plan of a dict that has a target.

        Args:
            items: What the target receives.
            plans: The keys and plans of those that are no plain values.

        Raises:
            Unsure: The target is no plain string, or ``_args_`` no list.
        """
        listed = False
        for key, plan in plans:
            cls = type(plan)
            if (cls is Sequence or cls is Mapping) and not (
                plan.plain or KEEPS_PARENTS or self.convert == "none"
            ):
                msg = "a config that is converted when it is made"
                raise Unsure(msg)
            if key == "_args_":
                listed = cls is Sequence or (
                    cls is Given and type(plan.value) in {list, ListConfig}
                )
        if not listed and ("_args_" in self._content or "_args_" in self._given):
            msg = "_args_ is no list"
            raise Unsure(msg)
        return Call(
            target_path(self._control("_target_")),
            items,
            self.convert,
            partial=self.partial,
            is_leaf=not plans,
        )
