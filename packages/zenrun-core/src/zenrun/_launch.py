"""Front door: `launch`, hydra-zen's one function for one job and for many.

This module must not know how Hydra is run.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, overload

from zenrun import errors
from zenrun._nearest import did_you_mean
from zenrun.compose._swept import grids
from zenrun.compose._texts import launch_overrides
from zenrun.run import DEFAULT_VERSION_BASE, Overrides, hydra_multirun, hydra_run

if TYPE_CHECKING:
    from hydra.core.utils import JobReturn

__all__ = ["launch"]


@overload
def launch(
    config: Any,
    task_function: Callable[[Any], Any],
    overrides: Overrides = None,
    multirun: Literal[False] = False,
    version_base: str | None = DEFAULT_VERSION_BASE,
    to_dictconfig: bool = False,
    config_name: str = "zen_launch",
    job_name: str = "zen_launch",
    with_log_configuration: bool = True,
    execution_whitelist: Any = None,
    *,
    run_options: Mapping[str, Any] | None = None,
    **override_kwargs: Any,
) -> JobReturn: ...


@overload
def launch(
    config: Any,
    task_function: Callable[[Any], Any],
    overrides: Overrides | grids = None,
    multirun: bool = False,
    version_base: str | None = DEFAULT_VERSION_BASE,
    to_dictconfig: bool = False,
    config_name: str = "zen_launch",
    job_name: str = "zen_launch",
    with_log_configuration: bool = True,
    execution_whitelist: Any = None,
    *,
    run_options: Mapping[str, Any] | None = None,
    **override_kwargs: Any,
) -> Any: ...


def launch(
    config: Any,
    task_function: Callable[[Any], Any],
    overrides: Overrides | grids = None,
    multirun: bool = False,
    version_base: str | None = DEFAULT_VERSION_BASE,
    to_dictconfig: bool = False,
    config_name: str = "zen_launch",
    job_name: str = "zen_launch",
    with_log_configuration: bool = True,
    execution_whitelist: Any = None,
    *,
    run_options: Mapping[str, Any] | None = None,
    **override_kwargs: Any,
) -> Any:
    """Run one Hydra job, or with ``multirun=True`` those of a sweep: hydra-zen's function.

    `hydra_run` and `hydra_multirun` do it, and say more. Here text in a dict or a keyword is read by
    Hydra's grammar where it is a sweep (``a="1,2,3"``), a list, a dict, an interpolation, or in
    quotes; there every value arrives as it is.

    Args:
        config: As for `hydra_run`.
        task_function: As for `hydra_run`; often a function wrapped by `zen`.
        overrides: A list of strings in Hydra's grammar, or a dict of values, with `multirun` and
            `hydra_list` among them; for a sweep also `zipped` and `repeat`, and `grids` of several.
        multirun: Whether jobs of a sweep are run.
        version_base: As for `hydra_run`.
        to_dictconfig: As for `hydra_run`.
        config_name: As for `hydra_run`.
        job_name: As for `hydra_run`.
        with_log_configuration: As for `hydra_run`.
        execution_whitelist: Which targets Hydra 1.4 lets the jobs of this process instantiate, as
            ``hydra.utils.execution_whitelist`` takes it. None for those it lets through anyway.
        run_options: Further options of `hydra_run` or `hydra_multirun` by name, such as
            ``{"executor": "loky"}``. They are no keywords here, where each is an override.
        **override_kwargs: More overrides by key.

    Returns:
        A ``JobReturn``; with ``multirun=True`` what the sweeper returns: for the basic one a list of
        batches, each a list of one ``JobReturn`` per job.

    Raises:
        ConfigTypeError: The config is none.
        TaskFunctionError: The task function cannot be called with a config.
        ComposeError: The overrides or the config do not compose; its subclasses say why.
        ExecutorError: ``run_options`` has an unknown name or a wrong value, or the installed Hydra
            has no execution whitelists.
        Exception: What `hydra_run` and `hydra_multirun` raise else.

    Example:
        >>> from zenrun import launch, make_config, zen
        >>> Config = make_config("a", b=1)
        >>> launch(Config, zen(lambda a, b: a + b), a=2).return_value
        3
        >>> jobs, = launch(Config, zen(lambda a, b: a + b), a="1,2", multirun=True)
        >>> [job.return_value for job in jobs]
        [2, 3]
    """
    run: Any = hydra_multirun if multirun else hydra_run
    with _whitelisted(execution_whitelist):
        return run(
            config,
            task_function,
            launch_overrides(overrides, override_kwargs),
            config_name=config_name,
            job_name=job_name,
            with_log_configuration=with_log_configuration,
            version_base=version_base,
            to_dictconfig=to_dictconfig,
            **_checked_options(run_options, run),
        )


def _checked_options(options: Any, run: Callable[..., Any]) -> dict[str, Any]:
    if options is None:
        return {}
    if not isinstance(options, Mapping):
        msg = (
            "run_options is a dict of options by name, such as {'executor': 'loky'}; given was "
            f"{options!r}"
        )
        raise errors.ExecutorError(msg)
    own = {*inspect.signature(launch).parameters}
    known = [name for name in inspect.signature(run).parameters if name not in own]
    for name in options:
        if name not in known:
            raise errors.ExecutorError(_about_option(name, known))
    return dict(options)


def _about_option(name: Any, known: list[str]) -> str:
    if name in inspect.signature(launch).parameters:
        return f"run_options has {name!r}, which is an argument of launch itself"
    if name in inspect.signature(hydra_multirun).parameters:
        return f"run_options has {name!r}, which is about a sweep: give multirun=True too"
    hint = did_you_mean(str(name), known)
    return f"run_options has {name!r}, which is no option{hint}. There are {', '.join(known)}"


@contextlib.contextmanager
def _whitelisted(whitelist: Any) -> Iterator[None]:
    if whitelist is None:
        yield
        return
    import hydra.utils

    allow = getattr(hydra.utils, "execution_whitelist", None)
    if allow is None:
        msg = (
            f"Hydra {hydra.__version__} has no execution_whitelist: it is from Hydra 1.4 on that a "
            "run can say which targets are let through. Leave it out"
        )
        raise errors.ExecutorError(msg)
    with allow(whitelist, reset=True):
        yield
