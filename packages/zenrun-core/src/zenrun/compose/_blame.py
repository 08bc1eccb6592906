"""What went wrong inside a run, read off its error: in the task, or in what Hydra does around it.

This module must not know how a config is composed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from types import TracebackType

from omegaconf import DictConfig
from omegaconf.errors import MissingMandatoryValue

from zenrun import _nodes
from zenrun.errors import MissingValueError, OutputDirError

_STDLIB = frozenset({"pathlib", "os", "logging", "codecs", "io", "contextlib"})
# The functions of Hydra that make folders and files, alone or through OmegaConf.
_WRITERS = frozenset(
    {"run_job", "_run_job", "_save_config", "configure_log", "configure_logging", "configure"}
    | {"launch", "sweep"}
)
_SAVERS = frozenset({"sweep", "launch"})


def _frames(error: BaseException) -> Iterator[tuple[str, str]]:
    """Give the module and the function of each frame that an error came through."""
    traceback: TracebackType | None = error.__traceback__
    while traceback is not None:
        frame = traceback.tb_frame
        yield str(frame.f_globals.get("__name__", "")), frame.f_code.co_name
        traceback = traceback.tb_next


def is_from_a_job(error: BaseException) -> bool:
    """Say whether an error was raised by what a job calls, not by what makes its config."""
    in_job = {"run_job", "_run_job", "return_value"}
    return any(
        module == "hydra.core.utils" and function in in_job for module, function in _frames(error)
    )


def hides_interrupt(error: BaseException) -> bool:
    """Say whether an error came of cleaning up after a Ctrl-C, outside of what a job calls.

    OmegaConf's cleaning up stumbles where a node was left half made.
    """
    if is_from_a_job(error):
        return False
    before = error.__context__
    while before is not None and not isinstance(before, KeyboardInterrupt):
        before = before.__context__
    return before is not None


def failed_write(error: BaseException) -> OSError | None:
    """Give the system's error, if Hydra met it while making folders and files of its own."""
    frames = [
        (module, function)
        for module, function in _frames(error)
        if module.split(".")[0] not in _STDLIB and not module.startswith("zenrun.")
    ]
    places = [place for place, (module, _) in enumerate(frames) if module.startswith("hydra.")]
    if not places:
        return None
    writer, after = frames[places[-1]][1], frames[places[-1] + 1 :]
    # A sweeper saves its config by OmegaConf; a job's frame followed by OmegaConf's is a task's.
    by_omegaconf = all(module.startswith("omegaconf") for module, _ in after)
    if not (writer in _WRITERS and not after) and not (writer in _SAVERS and by_omegaconf):
        return None
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno is not None:
            return cause
        cause = cause.__cause__
    return None


def about_output_dir(error: OSError, folder: str = "") -> OutputDirError:
    # Where the disk is full, the system names no file.
    path = os.fsdecode(error.filename) if error.filename is not None else folder
    place = f"to {path!r}" if path else "to its folder"
    msg = (
        f"The output of the run cannot be written {place}: {error.strerror or error}. The "
        "folders are hydra.run.dir for one job, and hydra.sweep.dir and hydra.sweep.subdir for a "
        "sweep: set them by overrides such as hydra.run.dir=/somewhere/else, or in the config"
    )
    return OutputDirError(msg, path=path)


def missing_value(error: BaseException, node: DictConfig) -> MissingMandatoryValue | None:
    """Give OmegaConf's error about a mandatory value of the run's own config, if it is one.

    A task may have configs of its own; what is missing in those is the task's to tell.
    """
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, MissingMandatoryValue):
        cause = cause.__cause__
    if cause is None or not cause.full_key:
        return None
    root = _nodes.root_of(cause)
    if not isinstance(root, DictConfig):
        return None
    own = {key for key in node if key not in {"hydra", "defaults"}}
    return cause if "hydra" in root or own <= set(root) else None


def about_missing_value(error: Exception, missing: MissingMandatoryValue) -> MissingValueError:
    """Name every value that is missing in the config in which one was read."""
    root = _nodes.root_of(missing)
    keys = sorted(_nodes.missing_paths(root)) if isinstance(root, DictConfig) else []
    keys = [key for key in keys if key.split(".")[0] != "hydra"]
    if missing.full_key and missing.full_key not in keys:
        keys = [missing.full_key, *keys]
    listed = ", ".join(keys) or "?"
    example = keys[0] if keys else "key"
    msg = (
        f"The config has no value for {listed}: mandatory ('???'), and none was given. Give it in "
        f"the config, or by an override such as {example}=1\nHydra says: {str(error).splitlines()[0]}"
    )
    return MissingValueError(msg, keys)
