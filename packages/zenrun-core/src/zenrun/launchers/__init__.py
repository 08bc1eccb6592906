"""Where the jobs of a sweep run.

`LokyWorkers` are processes of this machine. ``executor="loky"`` makes them for one sweep; made by
the program they serve several, without being started anew::

    with LokyWorkers(4) as workers:
        hydra_multirun(config, task, ["lr=0.1,0.2"], executor=workers)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zenrun.launchers._loky import LokyWorkers as LokyWorkers

__all__ = ["LokyWorkers"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from zenrun.launchers._loky import LokyWorkers

    return LokyWorkers
