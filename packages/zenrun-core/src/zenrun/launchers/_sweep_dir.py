"""The sweep's directory: one for each sweep, also where two start in the same second.

This module must not know what is written there.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, open_dict, read_write

from zenrun import _nodes, errors
from zenrun.compose._overrides import override_strings
from zenrun.results._find import newest_sweep

_KEY = "hydra.sweep.dir"


class SweepDir:
    """The directory of one sweep.

    Attributes:
        path: The directory, as Hydra's config names it.
        made: The folders that were made to have it, the outermost first.
    """

    def __init__(self, path: Path, made: list[Path]) -> None:
        self.path = path
        self.made = made

    @classmethod
    def of(cls, config: DictConfig) -> SweepDir:
        """Find the directory of a sweep, and make it if its name tells the time.

        A folder that is there already belongs to a sweep that started in the same second: this one
        gets a name of its own. A name that the user has written out is taken as it is.

        Args:
            config: The sweep's config, which is changed where the name is another one.
        """
        hydra = _nodes.child(config, ("hydra",))
        written = _nodes.raw_value(_nodes.child(hydra, ("sweep", "dir")))
        path = Path(str(config.hydra.sweep.dir))
        if "${now:" not in str(written):
            return cls(path, [])
        with contextlib.suppress(OSError):  # Hydra meets it as well, and it is explained then
            made = _made_parents(path)
            for number in range(10_000):
                name = path if number == 0 else path.with_name(f"{path.name}_{number}")
                try:
                    name.mkdir()
                except FileExistsError:
                    continue
                if number:
                    set_sweep_dir(config, name)
                return cls(name, [*made, name])
        return cls(path, [])

    def leave(self) -> None:
        """Take away the folders that were made here and that nothing has been put in."""
        with contextlib.suppress(OSError):
            for folder in reversed(self.made):
                folder.rmdir()


def _made_parents(path: Path) -> list[Path]:
    made = []
    for folder in reversed(path.parents):
        if not folder.exists():
            folder.mkdir(exist_ok=True)
            made.append(folder)
    return made


def set_sweep_dir(config: DictConfig, path: Path) -> None:
    """Have the jobs of a sweep work below another directory.

    Args:
        config: The sweep's config.
        path: The directory.
    """
    (override,) = override_strings({_KEY: str(path)}, {})
    with read_write(config), open_dict(config), read_write(config.hydra), open_dict(config.hydra):
        config.hydra.sweep.dir = str(path)
        config.hydra.overrides.hydra.append(override)


def find_sweep_dir(config: DictConfig, resume: Any) -> Path:
    """Find the directory of the sweep to go on with.

    Args:
        config: The sweep's config.
        resume: The directory, or "last" for the one that was written last where this sweep's
            own would be.

    Raises:
        JournalError: There is none.
    """
    if resume != "last":
        return Path(os.fspath(resume))
    hydra = _nodes.child(config, ("hydra",))
    written = str(_nodes.raw_value(_nodes.child(hydra, ("sweep", "dir"))))
    fixed = written.split("${", 1)[0]
    root = Path(fixed) if "${" not in written or fixed.endswith("/") else Path(fixed).parent
    found = newest_sweep(root)
    if found is None:
        msg = (
            f"resume='last' goes on with the sweep that was written last below {str(root)!r}, where "
            f"{_KEY} ({written}) puts them, and there is none. Name its directory: "
            "resume='multirun/...'"
        )
        raise errors.JournalError(msg)
    return found
