"""Front door: functions that know nothing of Hydra, as task functions.

This package must not know how runs are carried out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ParamSpec, TypeVar, overload

from zenrun import errors
from zenrun._zen._zen import PreCalls, Zen

__all__ = ["Zen", "zen"]

P = ParamSpec("P")
R = TypeVar("R")
W = Callable[[Any], Any] | None


@overload
def zen(
    func: Callable[P, R],
    /,
    *,
    unpack_kwargs: bool = False,
    pre_call: PreCalls = None,
    exclude: str | Iterable[str] | None = None,
    resolve_pre_call: bool = True,
    run_in_context: bool = False,
    ZenWrapper: type[Zen[Any, Any]] = Zen,
    instantiation_wrapper: W = None,
) -> Zen[P, R]: ...


@overload
def zen(
    func: None = None,
    /,
    *,
    unpack_kwargs: bool = False,
    pre_call: PreCalls = None,
    exclude: str | Iterable[str] | None = None,
    resolve_pre_call: bool = True,
    run_in_context: bool = False,
    ZenWrapper: type[Zen[Any, Any]] = Zen,
    instantiation_wrapper: W = None,
) -> Callable[[Callable[P, R]], Zen[P, R]]: ...


def zen(
    func: Any = None,
    /,
    *,
    unpack_kwargs: bool = False,
    pre_call: PreCalls = None,
    exclude: str | Iterable[str] | None = None,
    resolve_pre_call: bool = True,
    run_in_context: bool = False,
    ZenWrapper: type[Zen[Any, Any]] = Zen,
    instantiation_wrapper: W = None,
) -> Any:
    """Wrap a function so that it is called with a config, and takes its arguments from it.

    Of the config the keys that are named like the function's parameters are taken, resolved and
    instantiated; a key that is not there leaves the parameter its default. Lists and dicts arrive
    as such, structured configs as instances of their dataclasses. Further keys are not used.

    A parameter named ``zen_cfg`` receives the whole config, resolved. Items of a key ``_args_`` go
    to the function's ``*args``. The config that was given is never changed.

    Args:
        func: The function, class or other callable. Without it `zen` gives a decorator.
        unpack_kwargs: Whether a ``**kwargs`` of the function receives all other keys of the config.
        pre_call: A function, or several, called with the config before anything of it is
            instantiated: to seed random numbers, say. What it changes in the config holds for the
            function. One that is wrapped by `zen` takes its own arguments from the config.
        exclude: Names that are not taken from the config, as a list or as text with commas.
        resolve_pre_call: Whether interpolations are resolved before ``pre_call`` is called, or after.
        run_in_context: Whether the call, with its ``pre_call``, is run in a copy of the current
            context, so that context variables that it sets are as before when it ends.
        ZenWrapper: A subclass of `Zen` to use in its place.
        instantiation_wrapper: Wraps the function and every target before it is called; for instance
            `zenrun.third_party.pydantic.pydantic_parser`.

    Returns:
        A `Zen`: called with a config it gives what the function returns.

    Raises:
        TaskFunctionError: The function tells no signature, or an option has a wrong value.

    Example:
        >>> from zenrun import builds, zen
        >>> @zen
        ... def area(width: float, height: float = 1.0) -> float:
        ...     return width * height
        >>> area({"width": builds(float, "2.5"), "height": "${width}", "unused": None})
        6.25
    """
    if not (isinstance(ZenWrapper, type) and issubclass(ZenWrapper, Zen)):
        msg = f"ZenWrapper is a subclass of Zen; given was {ZenWrapper!r}"
        raise errors.TaskFunctionError(msg)

    def wrap(function: Callable[P, R]) -> Zen[P, R]:
        return ZenWrapper(
            function,
            pre_call=pre_call,
            exclude=exclude,
            unpack_kwargs=unpack_kwargs,
            resolve_pre_call=resolve_pre_call,
            run_in_context=run_in_context,
            instantiation_wrapper=instantiation_wrapper,
        )

    return wrap if func is None else wrap(func)
