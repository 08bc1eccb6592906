"""What is known of a job beside Hydra's account of it: its number, duration and folder.

It goes along with the JobReturn, as plain values, and is no part of what Hydra compares, prints or documents.
This module must not know how jobs run.
"""

from __future__ import annotations

from typing import Any

_NAME = "_zenrun_facts"


def note_facts(job: Any, *, num: int, status: str, duration: float | None, directory: str) -> None:
    """Keep with a JobReturn what it does not tell itself.

    Args:
        job: Hydra's account of the job.
        num: Its number in the sweep.
        status: How the journal calls what came of it.
        duration: How many seconds it took, or None.
        directory: Its folder; empty if that is not known.
    """
    facts = {"num": num, "status": status, "duration": duration, "directory": directory}
    job.__dict__[_NAME] = facts


def facts_of(job: Any) -> dict[str, Any]:
    """Give what was kept with a JobReturn; an empty dict where that is nothing.

    Args:
        job: Hydra's account of a job.
    """
    found: dict[str, Any] = vars(job).get(_NAME) or {}
    return found


def kept_facts(job: Any) -> dict[str, Any] | None:
    """Give what a pickle of a JobReturn has to restore for them, if there are any.

    Args:
        job: Hydra's account of a job.
    """
    return {_NAME: facts_of(job)} if _NAME in vars(job) else None
