"""The front door: one job, or many, from Python.

Arguments are checked here; the work is done below. Hydra is loaded by the first run.
This module must not know how Hydra is run.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from zenrun.compose._swept import Combination, grids, job_overrides, sweep_overrides
from zenrun.errors import TaskFunctionError

if TYPE_CHECKING:
    from hydra.core.utils import JobReturn

    from zenrun.session import RunRequest

__all__ = ["hydra_multirun", "hydra_run"]

Overrides = Sequence[str] | Mapping[str, Any] | None
Where = str | Callable[[dict[str, Any]], Any] | None
Folder = str | os.PathLike[str]

# What Hydra does unasked depends on it: from 1.2 on the working directory stays where it is and
# 1.3 is the one value that both Hydra 1.3 and 1.4 take.
DEFAULT_VERSION_BASE = "1.3"


def hydra_run(
    config: Any,
    task_function: Callable[[Any], Any],
    overrides: Overrides = None,
    config_dir: Folder | Sequence[Folder] | None = None,
    config_name: str = "hydra_run",
    job_name: str = "hydra_run",
    with_log_configuration: bool = True,
    version_base: str | None = DEFAULT_VERSION_BASE,
    *,
    to_dictconfig: bool = False,
    executor: Any = None,
    timeout: float | None = None,
    resources: Mapping[str, Any] | None = None,
    **override_kwargs: Any,
) -> JobReturn:
    """Run one Hydra job.

    What a Hydra command line would do is done: the config is composed with the overrides, the
    output folder and its ``.hydra/`` files are written, logging is configured, callbacks and
    plugins take part. Hydra's globals, logging, working directory and environment are as before
    when the job ends, also by an error or Ctrl-C. It works inside another job and in threads.

    Args:
        config: The config: a dataclass type or instance, a result of `builds` or `make_config`,
            a dict, or a ``DictConfig``. It may have a defaults list and a ``hydra`` node.
        task_function: Called with the job's config (a ``DictConfig``). A function decorated
            with ``@hydra.main`` serves as well.
        overrides: A list of strings in Hydra's grammar, such as ``["x=1", "+optim=sgd"]``, or
            a dict from keys to Python values, which arrive as they are.
        config_dir: A folder, or several, with yaml configs and config groups.
        config_name: The name of the config.
        job_name: The name of the job: ``hydra.job.name``, and the name of the log file.
        with_log_configuration: Whether Hydra configures Python's logging for the job.
        version_base: The Hydra version whose defaults hold: "1.1" to "1.3", or None for those of
            the installed Hydra. Hydra 1.4 refuses "1.1" and "1.2".
        to_dictconfig: Whether to drop the types of a structured config: overrides are no longer
            checked against them.
        executor: Where the job runs, as for `hydra_multirun`; None for this process.
        timeout: How many seconds it may run, as for `hydra_multirun`.
        resources: What it needs, as for `hydra_multirun`.
        **override_kwargs: More overrides by key, as in a dict. A key that is named like an
            argument here goes into ``overrides``.

    Returns:
        Hydra's ``JobReturn``: ``return_value``, ``cfg``, ``hydra_cfg``, ``overrides``,
        ``working_dir``, ``task_name`` and ``status``.

    Raises:
        ConfigTypeError: The config is none.
        TaskFunctionError: The task function cannot be called with a config.
        ComposeError: The overrides or the config do not compose; its subclasses say why.
        OutputDirError: The output folder cannot be written.
        Exception: What the task function itself raised.

    Example:
        >>> from zenrun import builds, hydra_run, instantiate
        >>> job = hydra_run(builds(dict, a=1, b=1), instantiate, overrides=["a=2"])
        >>> job.return_value
        {'a': 2, 'b': 1}

    Source: https://hydra.cc/docs/configure_hydra/intro
    """
    from zenrun.session import run_job

    return run_job(
        _request(
            config,
            task_function,
            job_overrides(overrides, override_kwargs),
            config_dir,
            config_name=config_name,
            job_name=job_name,
            with_log_configuration=with_log_configuration,
            version_base=version_base,
            to_dictconfig=to_dictconfig,
            options={"executor": executor, "timeout": timeout, "resources": resources},
        )
    )


def hydra_multirun(
    config: Any,
    task_function: Callable[[Any], Any],
    overrides: Overrides | grids = None,
    config_dir: Folder | Sequence[Folder] | None = None,
    config_name: str = "hydra_run",
    job_name: str = "hydra_run",
    with_log_configuration: bool = True,
    version_base: str | None = DEFAULT_VERSION_BASE,
    *,
    where: Where = None,
    to_dictconfig: bool = False,
    executor: Any = None,
    concurrent: int | None = None,
    timeout: float | None = None,
    retries: int | None = None,
    backoff: float | None = None,
    resources: Mapping[str, Any] | None = None,
    on_failure: Literal["raise", "stop", "return"] | None = None,
    on_job_end: Callable[[JobReturn], Any] | None = None,
    progress: bool | None = None,
    resume: Folder | None = None,
    **override_kwargs: Any,
) -> Any:
    """Run the jobs of a sweep.

    Which jobs, the configured sweeper decides: the basic one runs every combination of the swept
    values, unless something else is said (`zipped`, `repeat`, `grids`, ``where``). Sweepers and launchers are chosen as on the command line (``hydra/sweeper=...``); their
    classes may live anywhere, not only in a ``hydra_plugins`` package.

    Args:
        config: As for `hydra_run`.
        task_function: As for `hydra_run`; called once for each job.
        overrides: As for `hydra_run`, with sweeps: ``["x=1,2", "y=range(3)"]``, or
            ``{"x": multirun([1, 2])}``. Values of a dict may be `zipped` or a `repeat`, and `grids`
            are several sweeps one after another.
        config_dir: As for `hydra_run`.
        config_name: As for `hydra_run`.
        job_name: As for `hydra_run`.
        with_log_configuration: As for `hydra_run`; Hydra's basic launcher configures logging
            for each job whatever is said here.
        version_base: As for `hydra_run`.
        where: Which combinations run: a condition on the overrides as text, such as
            ``"lr * width < 1"``, or a function of a dict from their keys to their values.
        to_dictconfig: As for `hydra_run`.
        executor: Where jobs run: None for this process, one after the other; ``"loky"`` for
            processes of this machine, ``"dask"``, ``"submitit"``; the address of a scheduler of
            Dask's, such as ``"tcp://10.0.0.1:8786"``; or an object with ``submit``, as
            `concurrent.futures.Executor` has it, which goes on to be yours. Task functions and
            results travel by cloudpickle, also those of ``__main__`` and of notebooks.
        concurrent: How many jobs run at once at most; by default as many as there are places.
        timeout: How many seconds a job may run; its process is ended then. Needs ``"loky"``,
            ``"dask"`` or ``"submitit"``.
        retries: How often a job that failed, or whose process died, is started again.
        backoff: How many seconds pass before that; each further time twice as many.
        resources: What each job needs: ``{"gpus": 1, "threads": 2}``. A job finds its GPUs in
            CUDA_VISIBLE_DEVICES; two jobs share one only if gpus is a part of one, such as 0.5.
        on_failure: What a failed job means: "raise" (the default) runs all others of its batch and
            raises the first exception; "stop" starts no further job; "return" gives all
            JobReturns, and reading ``return_value`` of a failed one raises.
        on_job_end: Called here with each JobReturn when its job has ended.
        progress: Whether a progress bar is shown; by default where there is somebody to see it.
        resume: The directory of a sweep to go on with, or "last". Jobs that have finished are not
            run again. What they returned is unpickled: use directories that you trust.
        **override_kwargs: More overrides by key. A key that is named like an argument here goes
            into ``overrides``.

    Returns:
        What the sweeper returns. For the basic one a list of batches, each a list of one
        ``JobReturn`` per job: ``jobs, = hydra_multirun(...)`` where there is one batch. The lists show
        themselves as tables; `to_dataframe` makes one to work with.

    Raises:
        ConfigTypeError: The config is none.
        TaskFunctionError: The task function cannot be called with a config.
        ComposeError: The overrides or the config do not compose; its subclasses say why.
        CombinationError: Zipped overrides do not fit together, or ``where`` leaves no job or fails.
        OutputDirError: The sweep's folder cannot be written.
        ExecutorError: Jobs cannot run where, or as, they should.
        NotPicklableError: Something that has to travel to a worker cannot.
        MissingExtraError: A library that the executor needs is not installed.
        ResumeError: The sweep to go on with is not the one that it was.
        SweepRunningError: Another process runs a sweep in the same directory.
        JournalError: The sweep's journal cannot be read or written.
        Exception: What the task function raised in the first job that failed. Whatever ends a
            sweep, Ctrl-C included, has the JobReturns of the jobs that have ended as its
            ``finished_jobs``, and they are in the sweep's directory: see `load_sweep`.

    Example:
        >>> from zenrun import builds, hydra_multirun, instantiate
        >>> jobs, = hydra_multirun(builds(dict, a=1, b=1), instantiate, overrides=["a=1,2"])
        >>> [job.return_value for job in jobs]
        [{'a': 1, 'b': 1}, {'a': 2, 'b': 1}]

    Source: https://hydra.cc/docs/tutorials/basic/running_your_app/multi-run
    """
    from zenrun.session import run_sweep

    common, combination = sweep_overrides(overrides, override_kwargs, where)
    return run_sweep(
        _request(
            config,
            task_function,
            common,
            config_dir,
            config_name=config_name,
            job_name=job_name,
            with_log_configuration=with_log_configuration,
            version_base=version_base,
            to_dictconfig=to_dictconfig,
            options={
                "executor": executor,
                "concurrent": concurrent,
                "timeout": timeout,
                "retries": retries,
                "backoff": backoff,
                "resources": resources,
                "on_failure": on_failure,
                "on_job_end": on_job_end,
                "progress": progress,
                "resume": resume,
            },
            combination=combination,
        )
    )


def _request(
    config: Any,
    task_function: Any,
    overrides: Sequence[str],
    config_dir: Any,
    *,
    config_name: Any,
    job_name: Any,
    with_log_configuration: bool,
    version_base: str | None,
    to_dictconfig: bool,
    options: Mapping[str, Any],
    combination: Combination | None = None,
) -> RunRequest:
    from zenrun.compose._primary import checked_name, config_folders, primary_config
    from zenrun.launchers._options import LaunchOptions
    from zenrun.session import RunRequest

    name = checked_name(config_name, "config_name")
    return RunRequest(
        node=primary_config(config, to_dictconfig=to_dictconfig),
        task_function=_checked_task(task_function),
        overrides=overrides,
        config_name=name,
        job_name=checked_name(job_name, "job_name"),
        config_dirs=config_folders(config_dir, name),
        with_log_configuration=with_log_configuration,
        version_base=version_base,
        options=LaunchOptions(**options),
        combination=combination or Combination(),
    )


def _checked_task(task_function: Any) -> Callable[[Any], Any]:
    """Give the task function, if one argument is enough to call it."""
    if not callable(task_function):
        msg = (
            "task_function is called with the config of each job; given was "
            f"{task_function!r} of type {type(task_function).__name__}"
        )
        raise TaskFunctionError(msg)
    try:
        inspect.signature(task_function, follow_wrapped=False).bind(object())
    except ValueError:
        pass  # a builtin that tells no signature
    except TypeError as error:
        msg = (
            f"task_function is called with one argument, the job's config, and {task_function!r} "
            f"cannot be: {error}. Wrap it: lambda cfg: ..."
        )
        raise TaskFunctionError(msg) from error
    checked: Callable[[Any], Any] = task_function
    return checked
