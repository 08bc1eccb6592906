"""Which worker of a Dask cluster a place is, so that what waits at a place waits for that place's job.

Dask alone would have a job wait behind a long one, and another worker with nothing to do. This module
must not know what is called.
"""

from __future__ import annotations

import time
from typing import Any

_LOOK_AGAIN = 0.5  # seconds


class DaskPlaces:
    """The workers of a cluster, each as a place. A worker that is started anew gets the place of one that is gone.

    Args:
        client: A client of the cluster's.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._workers: list[str | None] = sorted(client.nthreads())
        self._looked = time.monotonic()

    def worker(self, place: int) -> str | None:
        """Give the address of the worker that a place is.

        Args:
            place: The place.

        Returns:
            The address; None where no worker has that place now.
        """
        return self._workers[place % len(self._workers)] if self._workers else None

    def are_due(self) -> bool:
        """Say whether it is time to look who is there."""
        return time.monotonic() - self._looked > _LOOK_AGAIN

    def look(self) -> set[str]:
        """Look who is there.

        Returns:
            The addresses of the workers.
        """
        there = set(self._client.nthreads())
        self._looked = time.monotonic()
        new = sorted(there - set(self._workers))
        kept = [item if item in there else None for item in self._workers]
        self._workers = [item or (new.pop(0) if new else None) for item in kept] + new
        return there
