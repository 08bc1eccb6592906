"""What happens in a process that submitit has started: a call, and what the cluster says meanwhile.

This module must not know what the call does, or who waits for its answer.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from typing import Any

from zenrun import errors
from zenrun._extras import library
from zenrun.launchers._travel import cloudpickle


def answer(
    environment: Mapping[str, str | None], function: Callable[..., Any], args: tuple[Any, ...]
) -> tuple[bool, Any]:
    """Call a function.

    Args:
        environment: What environment variables it has; None unsets one.
        function: The function.
        args: Its arguments.

    Returns:
        Whether it has returned, and what; or else its exception, pickled: submitit keeps the text alone.
    """
    for name, value in environment.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    if os.environ.get("SUBMITIT_EXECUTOR") in {"slurm", "local"}:  # not in the caller's own process
        _hear_of_the_end()
    try:
        return True, function(*args)
    except Exception as error:
        return False, cloudpickle().dumps(error)


def _hear_of_the_end() -> None:
    """Say in zenrun's words what submitit does when the cluster is about to end the job.

    A job whose time is over fails. One that others take the place of is put back into the queue: its
    process ends then without an answer, whatever the task does about `SystemExit`.
    """
    number = signal.Signals["SIG" + os.environ.get("SUBMITIT_PREEMPT_SIGNAL", "USR2")]
    submitits = signal.getsignal(number)
    if not callable(submitits):
        return
    over = library("submitit", extra="submitit", what_for="this").core.utils.UncompletedJobError

    def heard(signum: int, frame: Any) -> None:
        try:
            submitits(signum, frame)
        except SystemExit as end:
            os._exit(end.code % 256 if isinstance(end.code, int) else 1)
        except over as error:
            msg = (
                "The job was about to be ended by the cluster, whose time limit for it was over: give it "
                "more with timeout=, or without that with +hydra.launcher.parameters.timeout_min=..."
            )
            raise errors.JobTimeoutError(msg) from error

    signal.signal(number, heard)
