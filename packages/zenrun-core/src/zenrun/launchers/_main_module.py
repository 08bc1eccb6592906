"""What configs name of ``__main__``, a script or a notebook: it travels with them.

A config has a target as text, ``"__main__.Model"``, and a worker's ``__main__`` is another one.

This module must not know how anything is sent.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from typing import Any

_NAMED = re.compile(r"__main__\.(\w+)")
_SET_HERE = "__zenrun_sent__"


def names_of_main(packed: bytes) -> set[str]:
    """Give the names of ``__main__`` that something pickled has in its texts.

    Args:
        packed: What was pickled.
    """
    if b"__main__." not in packed:
        return set()
    found = set(_NAMED.findall(packed.decode(errors="ignore")))
    return {name for name in found if name in vars(_main())}


def things_of_main(
    names: Iterable[str], dumps: Callable[[dict[str, Any]], bytes]
) -> dict[str, Any]:
    """Give what has these names, but for what cannot be pickled.

    Args:
        names: The names.
        dumps: Pickles.
    """
    found = {}
    for name in names:
        thing = {name: vars(_main())[name]}
        try:
            dumps(thing)
        except Exception:  # noqa: S112 - where it is needed, Hydra says that it is not there
            continue
        found.update(thing)
    return found


def put_into_main(things: dict[str, Any]) -> None:
    """Give this process's ``__main__`` what another one's has. What it has itself stays.

    Args:
        things: What to put there, by name.
    """
    own = vars(_main())
    sent = own.setdefault(_SET_HERE, set())
    for name, thing in things.items():
        if name not in own or name in sent:
            own[name] = thing
            sent.add(name)


def _main() -> Any:
    return sys.modules["__main__"]
