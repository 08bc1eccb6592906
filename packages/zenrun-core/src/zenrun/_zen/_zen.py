"""`Zen`: a function that is called with a config.

This module must not know how configs are read: `_config` does that.
"""

from __future__ import annotations

import contextvars
import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from inspect import Parameter
from os import PathLike
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

from zenrun import errors
from zenrun._zen._options import (
    functions_of,
    is_async,
    name_of,
    names_of,
    parameters_of,
    truth,
)
from zenrun._zen._travel import is_found_by_name

if TYPE_CHECKING:
    from omegaconf import DictConfig

__all__ = ["PreCalls", "Zen"]

P = ParamSpec("P")
R = TypeVar("R")

PreCalls = Callable[[Any], Any] | Iterable[Callable[[Any], Any]] | None

_BY_POSITION = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


class Zen(Generic[P, R]):
    """A function that is called with a config, from which it takes its arguments: see `zen`.

    Subclasses may say how values are instantiated (`instantiate`) and which parameter receives the
    whole config (``CFG_NAME``).

    Args:
        func: The function.
        exclude: As for `zen`.
        pre_call: As for `zen`.
        unpack_kwargs: As for `zen`.
        resolve_pre_call: As for `zen`.
        run_in_context: As for `zen`.
        instantiation_wrapper: As for `zen`.

    Attributes:
        CFG_NAME: The name of the parameter that receives the whole config.
        func: The function that was wrapped.
        parameters: The function's parameters by name.

    Raises:
        TaskFunctionError: The function tells no signature, or an option has a wrong value.

    Example:
        >>> from zenrun import Zen
        >>> add = Zen(lambda x, y=1: x + y)
        >>> add({"x": 2}), add.func(1, 2)
        (3, 3)
    """

    CFG_NAME: str = "zen_cfg"

    func: Callable[P, R]
    parameters: Mapping[str, Parameter]
    __qualname__: str

    def __init__(
        self,
        func: Callable[P, R],
        /,
        *,
        exclude: str | Iterable[str] | None = None,
        pre_call: PreCalls = None,
        unpack_kwargs: bool = False,
        resolve_pre_call: bool = True,
        run_in_context: bool = False,
        instantiation_wrapper: Callable[[Any], Any] | None = None,
    ) -> None:
        self.func = func
        self.parameters = parameters_of(func)
        self._exclude = names_of(exclude)
        self._pre_calls = functions_of(pre_call)
        self._unpack_kwargs = truth(unpack_kwargs, "unpack_kwargs")
        self._resolve_pre_call = truth(resolve_pre_call, "resolve_pre_call")
        self._run_in_context = truth(run_in_context, "run_in_context")
        if self._run_in_context and is_async(func):
            msg = (
                f"run_in_context=True runs {name_of(func)} in a copy of the context, and an async "
                "function runs after the call has ended. Leave it out: a task of asyncio has a "
                "context of its own"
            )
            raise errors.TaskFunctionError(msg)
        if instantiation_wrapper is not None and not callable(instantiation_wrapper):
            msg = (
                "instantiation_wrapper is called with each target and gives what is called in its "
                f"place; given was {instantiation_wrapper!r}"
            )
            raise errors.TaskFunctionError(msg)
        self._wrapper = instantiation_wrapper
        # Hydra finds the file of an app by it, and people the function's documentation.
        functools.update_wrapper(
            self, func, ("__module__", "__name__", "__qualname__", "__doc__"), ()
        )
        config = Parameter("cfg", Parameter.POSITIONAL_ONLY)
        self.__signature__ = inspect.Signature([config])

    def __repr__(self) -> str:
        return f"zen[{self._shown()}](cfg, /)"

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Pickle a decorated function by its name, which leads to this and not to the function."""
        return self.__qualname__ if is_found_by_name(self) else super().__reduce_ex__(protocol)

    def __call__(self, cfg: Any, /) -> R:
        """Call the function with what a config says.

        Args:
            cfg: A dict, a ``DictConfig``, a dataclass type or instance, yaml text, or the `Path` of
                a yaml file.

        Returns:
            What the function returns; of an async function its coroutine.

        Raises:
            ConfigTypeError: It is no config.
            TaskArgumentError: The config lacks what the function needs.
            MissingValueError: A value that is needed is mandatory, and was never given.
            hydra.errors.InstantiationException: A value of the config cannot be instantiated.
            Exception: What the function itself raised.
        """
        if self._run_in_context:
            return contextvars.copy_context().run(self._call, cfg)
        return self._call(cfg)

    def validate(self, cfg: Any, /) -> None:
        """Check that a config has what the function needs, without calling or instantiating.

        What a ``pre_call`` needs that is wrapped by `zen` is checked too.

        Args:
            cfg: As for calling.

        Raises:
            ConfigTypeError: It is no config.
            TaskArgumentError: The config lacks what the function needs.
            MissingValueError: A value that is needed is mandatory, and was never given.

        Example:
            >>> from zenrun import zen
            >>> zen(lambda lr: lr).validate({"lr": 0.1})
        """
        from zenrun._zen import _config

        node = _config.node_of(cfg)
        for function in self._pre_calls:
            if isinstance(function, Zen):
                function.validate(node)
        self._refuse_excluded()
        _config.check(node, self._shown(), self._required(), self._wanted())

    def instantiate(self, value: Any, /) -> Any:
        """Give the object for one value of a config, which is a config itself or a list.

        Subclasses say here how values are instantiated.

        Args:
            value: A ``DictConfig`` or ``ListConfig``, resolved.

        Returns:
            The object; dicts and lists for configs without a target, and instances of their
            dataclasses for structured ones.
        """
        from omegaconf import OmegaConf

        from zenrun._instantiate import instantiate

        made = instantiate(value, _target_wrapper_=self._wrapper)
        return OmegaConf.to_object(made) if OmegaConf.is_config(made) else made

    def hydra_main(
        self,
        config_path: str | PathLike[str] | None = None,
        config_name: str | None = None,
        version_base: str | None = "1.3",
        **options: Any,
    ) -> None:
        """Run the function as a command-line app of Hydra's, as ``@hydra.main`` does.

        Args:
            config_path: The folder of the app's yaml configs, absolute or relative to the file in
                which the function stands. None where the configs are in Hydra's ConfigStore.
            config_name: The name of the app's config.
            version_base: The Hydra version whose defaults hold, as for `hydra_run`.
            **options: More options of the installed Hydra's ``hydra.main``, such as
                ``execution_whitelist`` of Hydra 1.4.

        Raises:
            TaskFunctionError: The installed Hydra has no such option.
        """
        from zenrun._zen._app import run_app

        run_app(
            self,
            self.func,
            config_path=config_path,
            config_name=config_name,
            version_base=version_base,
            options=options,
        )

    def _call(self, cfg: Any) -> R:
        from zenrun._zen import _config

        node = _config.node_of(cfg)
        if self._pre_calls:
            node = _config.copied(node)
        whole = self.CFG_NAME in self.parameters
        if self._resolve_pre_call:
            node = _config.resolved(node, whole=whole)
        for function in self._pre_calls:
            function(node)
        if not self._resolve_pre_call:
            node = _config.resolved(node, whole=whole)
        self._refuse_excluded()
        _config.check(node, self._shown(), self._required(), self._wanted())
        args, kwargs = self._arguments(node, _config.items_of(node))
        func: Callable[..., R] = self.func if self._wrapper is None else self._wrapper(self.func)
        return func(*args, **kwargs)

    def _arguments(
        self, node: DictConfig, values: Mapping[Any, Any]
    ) -> tuple[list[Any], dict[str, Any]]:
        """Take the function's arguments from a config."""
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        kinds = {item.kind for item in self.parameters.values()}
        takes_more = Parameter.VAR_POSITIONAL in kinds and "_args_" in values
        for name, parameter in self.parameters.items():
            by_position = parameter.kind is Parameter.POSITIONAL_ONLY or (
                takes_more and parameter.kind is Parameter.POSITIONAL_OR_KEYWORD
            )
            if parameter.kind is Parameter.VAR_POSITIONAL:
                args += [self._value(item) for item in values["_args_"]] if takes_more else []
            elif parameter.kind is Parameter.VAR_KEYWORD:
                continue
            elif name == self.CFG_NAME or (name in values and name not in self._exclude):
                value = node if name == self.CFG_NAME else self._value(values[name])
                if by_position:
                    args.append(value)
                else:
                    kwargs[name] = value
            elif by_position:
                args.append(parameter.default)
        if self._unpack_kwargs and Parameter.VAR_KEYWORD in kinds:
            taken = {*self._named(), *self._exclude, *(["_args_"] if takes_more else [])}
            kwargs |= {
                key: self._value(values[key])
                for key in values
                if isinstance(key, str) and key not in taken
            }
        return args, kwargs

    def _value(self, value: Any) -> Any:
        from omegaconf import OmegaConf

        return self.instantiate(value) if OmegaConf.is_config(value) else value

    def _named(self) -> list[str]:
        """List the parameters that one key of a config each goes to."""
        kinds = (*_BY_POSITION, Parameter.KEYWORD_ONLY)
        return [name for name, item in self.parameters.items() if item.kind in kinds]

    def _wanted(self) -> list[str]:
        return [name for name in self._named() if name not in {*self._exclude, self.CFG_NAME}]

    def _required(self) -> list[str]:
        return [name for name in self._wanted() if self.parameters[name].default is Parameter.empty]

    def _refuse_excluded(self) -> None:
        needed = [
            name
            for name in self._named()
            if name in self._exclude
            and name != self.CFG_NAME
            and self.parameters[name].default is Parameter.empty
        ]
        if needed:
            msg = (
                f"{self._shown()} cannot be called: {', '.join(map(repr, needed))} is in exclude, and "
                "has no default. Give it one, or take it out of exclude"
            )
            raise errors.TaskArgumentError(msg, missing=needed)

    def _shown(self) -> str:
        return f"{name_of(self.func)}({', '.join(self.parameters)})"
