"""A function as a command-line app of Hydra's.

This module must not know how the function takes its arguments.
"""

from __future__ import annotations

import functools
import inspect
import os
import types
from collections.abc import Callable, Mapping
from typing import Any

from zenrun import errors

_DEFAULT_VERSION_BASE = "1.3"


def run_app(
    task: Callable[[Any], Any],
    func: Any,
    *,
    config_path: str | os.PathLike[str] | None,
    config_name: str | None,
    version_base: str | None,
    options: Mapping[str, Any],
) -> None:
    """Run a task function with the arguments of the command line.

    Args:
        task: Called with each job's config.
        func: The function that the app is of: Hydra names the app by its file.
        config_path: As for ``hydra.main``.
        config_name: As for ``hydra.main``.
        version_base: As for ``hydra.main``.
        options: More arguments for it.

    Raises:
        TaskFunctionError: The installed Hydra has no such argument.
    """
    import hydra

    from zenrun._hydra import HYDRA_VERSION

    known = inspect.signature(hydra.main).parameters
    unknown = [name for name in options if name not in known]
    if unknown:
        msg = (
            f"hydra_main has no option {unknown[0]!r}: hydra.main of Hydra {hydra.__version__} takes "
            f"{', '.join(known)}"
        )
        raise errors.TaskFunctionError(msg)

    def app(cfg: Any) -> Any:
        return task(cfg)

    app.__wrapped__ = _declared(func)  # type: ignore[attr-defined]
    path = None if config_path is None else os.fspath(config_path)
    given = {"config_path": path, "config_name": config_name, **options}
    # 1.4 calls the parameter deprecated: its own default means the same there, without a warning.
    if HYDRA_VERSION < (1, 4) or version_base != _DEFAULT_VERSION_BASE:
        given["version_base"] = version_base
    main: Any = hydra.main
    main(**given)(app)()


def _declared(func: Any) -> Any:
    """Give the function or class by whose file Hydra is to know an app."""
    while isinstance(func, functools.partial):
        func = func.func
    named = (type, types.FunctionType, types.MethodType, types.BuiltinFunctionType)
    return func if isinstance(func, named) or hasattr(func, "__wrapped__") else type(func)
