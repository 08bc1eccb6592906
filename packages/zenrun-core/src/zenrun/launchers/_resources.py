"""What of a machine each job gets: GPUs and threads.

This module must not know how a job is started.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zenrun import errors

GPUS_VARIABLE = "CUDA_VISIBLE_DEVICES"
THREADS_VARIABLES = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
_KNOWN = ("gpus", "threads")


@dataclass(frozen=True)
class Resources:
    """What a job needs.

    Attributes:
        gpus: How many GPUs: a whole number, or a part of one, such as 0.5, where jobs may share.
        threads: How many threads numerical libraries start; None for a fair share of the cores.
    """

    gpus: float = 0
    threads: int | None = None

    @classmethod
    def read(cls, given: Any) -> Resources:
        """Read what a user has given as ``resources``.

        Args:
            given: A dict such as ``{"gpus": 1, "threads": 2}``, or None.

        Raises:
            ExecutorError: It is no such thing.
        """
        if given is None:
            return cls()
        if not isinstance(given, Mapping) or set(given) - set(_KNOWN):
            msg = (
                "resources is a dict with what each job needs: 'gpus' (1, 2, ..., or a part such "
                f"as 0.5) and 'threads' (1, 2, ...); given was {given!r}"
            )
            raise errors.ExecutorError(msg)
        gpus, threads = given.get("gpus", 0), given.get("threads")
        number = isinstance(gpus, (int, float)) and not isinstance(gpus, bool)
        if not number or gpus < 0 or (gpus > 1 and gpus != int(gpus)):
            msg = f"resources['gpus'] is a whole number, or a part of one GPU; given was {gpus!r}"
            raise errors.ExecutorError(msg)
        if threads is not None and (type(threads) is not int or threads < 1):
            msg = f"resources['threads'] is a whole number from 1 on; given was {threads!r}"
            raise errors.ExecutorError(msg)
        return cls(gpus, threads)


class Shares:
    """How a machine is shared out among places.

    Args:
        resources: What each place's jobs need.
    """

    def __init__(self, resources: Resources | None = None) -> None:
        self._resources = resources or Resources()
        self._gpus = visible_gpus() if self._resources.gpus else []
        if self._resources.gpus > len(self._gpus):
            msg = (
                f"resources asks for gpus={self._resources.gpus} for each job, and this machine has "
                f"{len(self._gpus) or 'none'} that can be seen (by {GPUS_VARIABLE} or nvidia-smi). "
                "Ask for less, or run the jobs where there are GPUs"
            )
            raise errors.ExecutorError(msg)

    def places(self, wanted: int) -> int:
        """Give how many places there can be.

        Args:
            wanted: How many are wanted.
        """
        gpus = self._resources.gpus
        if not gpus:
            return wanted
        fit = len(self._gpus) * int(1 / gpus) if gpus < 1 else len(self._gpus) // int(gpus)
        return min(wanted, fit)

    def environment(self, place: int, places: int, cores: int) -> dict[str, str]:
        """Give the environment variables of a place. No two places share a GPU unless that was asked.

        Args:
            place: Which one, from 0 on.
            places: How many there are.
            cores: How many cores they share.
        """
        threads = self._resources.threads
        fair = str(threads or max(1, cores // places))
        made = {
            name: fair
            for name in THREADS_VARIABLES
            if threads is not None or name not in os.environ  # what the user has set holds
        }
        gpus = self._resources.gpus
        if gpus >= 1:
            own = self._gpus[place * int(gpus) : (place + 1) * int(gpus)]
            made[GPUS_VARIABLE] = ",".join(own)
        elif gpus:
            made[GPUS_VARIABLE] = self._gpus[place % len(self._gpus)]
        return made


def visible_gpus() -> list[str]:
    """List the GPUs of this machine that this process may use, as CUDA names them."""
    told = os.environ.get(GPUS_VARIABLE)
    if told is not None:
        return [name.strip() for name in told.split(",") if name.strip() not in {"", "-1"}]
    try:
        found = subprocess.run(
            ["nvidia-smi", "-L"],  # noqa: S607 - it is wherever the driver has put it
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
    except (OSError, subprocess.SubprocessError):
        return []
    lines = [line for line in found.stdout.splitlines() if line.startswith("GPU ")]
    return [str(index) for index in range(len(lines))]
