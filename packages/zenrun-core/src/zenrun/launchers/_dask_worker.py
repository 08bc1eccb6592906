"""What runs in a worker of Dask's: one call, and the events that tell of its start and its end.

This module must not know what is called.
"""

from __future__ import annotations

import os
import pickle
import threading
from typing import Any

from zenrun._extras import library
from zenrun.launchers._travel import cloudpickle
from zenrun.launchers._worker import ALONE

_SMALL = 16_000  # bytes; Dask's scheduler keeps the last thousand events
_BEGUN = 0.02  # seconds; shorter jobs do not tell of their start
STARTED, REPLIED, ENDED = range(3)


def distributed() -> Any:
    """Give the module distributed.

    Raises:
        MissingExtraError: It is not installed.
    """
    return library("distributed", extra="dask", what_for="executor='dask'")


async def end_process() -> None:
    """End the process that a worker is."""
    os._exit(1)


def call_in_worker(topic: str, number: int, packed: bytes) -> bytes:
    """Call a function, in a worker.

    Args:
        topic: Where Dask's events tell of it.
        number: Which call it is.
        packed: The function and its arguments, pickled.

    Returns:
        What it gave, pickled; nothing where an event has brought that already.
    """
    worker = distributed().get_worker()
    with ALONE:  # its thread may be one of several
        done = threading.Event()

        def tell() -> None:
            if not done.is_set():
                worker.log_event(topic, (number, STARTED, worker.address))

        worker.loop.add_callback(worker.loop.call_later, _BEGUN, tell)
        try:
            function, args = pickle.loads(packed)  # noqa: S301 - from our own processes
            reply: bytes = cloudpickle().dumps(function(*args))
        finally:
            done.set()
    small = len(reply) <= _SMALL
    worker.log_event(topic, (number, REPLIED, reply) if small else (number, ENDED, None))
    return b"" if small else reply
