"""How Hydra finds, checks and calls a target, and a short way for targets that it has nothing on.

Hydra's own functions do all of it for every target that is not known to pass all checks whatever
its arguments are. It must not know what a config is.
"""

from __future__ import annotations

import abc
import contextlib
import functools
import os
import sys
import types
import weakref
from collections.abc import Callable, Iterator
from contextvars import Context, ContextVar
from typing import Any

import hydra
from hydra.errors import InstantiationException

from zenrun._instantiate._policy import POLICY, hydras, policies, whitelists

__all__ = [
    "KEEPS_PARENTS",
    "RESERVED",
    "Targets",
    "convert_node",
    "is_known",
    "open_targets",
    "wrapped",
]

# Versions whose checks of targets have been read: the short way skips what is known to pass.
_WITHOUT_POLICY = {"1.3.0", "1.3.1", "1.3.2"}
_WITH_POLICY = {"1.3.8"}
_WITH_WHITELIST = {"1.4.0rc3", "1.4.0.dev3"}
_KNOWN = _WITHOUT_POLICY | _WITH_POLICY | _WITH_WHITELIST

# 1.4 leaves configs where they stand, 1.3 works on a copy and takes arguments out of it.
KEEPS_PARENTS = whitelists is not None
# Keys that change how the whole call is carried out.
RESERVED = ("_isolate_", "_execution_whitelist_", "isolate") if KEEPS_PARENTS else ()

# Names of methods that the checks look at whatever they belong to.
_WATCHED_NAMES = {"clear", "delattr", "pop", "popitem", "setattr", "setdefault", "update"}
# Modules whose functions are looked at by name.
_WATCHED_MODULES = {"builtins", "operator", "_operator"}
# Types whose values no check refuses.
_FREE_RESULTS = {bool, int, float, complex, str, bytes, type(None), list, set}
# Types of which some values are refused.
_WATCHED_RESULTS = frozenset(
    (
        types.ModuleType,
        Context,
        ContextVar,
        functools.partial,
        types.CodeType,
        types.FrameType,
        types.TracebackType,
        types.MappingProxyType,
        frozenset,
        tuple,
        dict,
    )
)


def is_known() -> bool:
    """Say whether the installed Hydra's way of instantiating is one that has been read."""
    return hydra.__version__ in _KNOWN


def convert_node(node: Any, convert: str) -> Any:
    """Convert a config that a target gave, as ``_convert_`` says.

    Args:
        node: What the target gave.
        convert: The value of ``_convert_``.
    """
    return hydras._convert_node(node, convert)


def wrapped(value: Any) -> Any:
    """Give a value as Hydra puts it into a config that it makes.

    Args:
        value: The value.
    """
    return hydras._wrap_structured_config_as_object(value) if KEEPS_PARENTS else value


class _Passed:
    """A target that passed every check, with what the checks looked at."""

    __slots__ = ("first", "makes_callables", "module", "name", "names", "qualname", "reference")

    def __init__(self, path: str, target: Any, name: str, *, same_name_passes: bool) -> None:
        self.first, *self.names = path.split(".")
        self.makes_callables = same_name_passes and isinstance(target, type)
        self.reference: Any = weakref.ref(target)
        self.module = target.__module__
        self.qualname = target.__qualname__
        self.name = name

    def fits(self, target: Any) -> bool:
        return (
            self.reference() is target
            and target.__module__ is self.module
            and target.__qualname__ is self.qualname
        )


class Targets:
    """The targets of one call of ``instantiate``."""

    def __init__(self, whitelist: Any = None, deferred_context: Any = None) -> None:
        self._known = _passed_under(whitelist)
        self._whitelist = whitelist
        self._extra = (whitelist,) if KEEPS_PARENTS else ()
        self._extra_call = (whitelist, deferred_context) if KEEPS_PARENTS else ()
        self._warns = KEEPS_PARENTS and whitelist is None
        self._deferred_context = deferred_context
        self._unchecked = hydra.__version__ in _WITHOUT_POLICY
        self._modules: list[Any] = []
        self._namespaces: set[int] = set()

    def find(self, path: str, full_key: Any) -> Any:
        """Find a target as Hydra does, with its checks.

        Args:
            path: The target's dotted path.
            full_key: Where in the config it stands.

        Raises:
            InstantiationException: As Hydra raises it.
        """
        return hydras._resolve_target(path, full_key, *self._extra)

    def call(
        self,
        path: str,
        arguments: Callable[[], tuple[Any, dict[str, Any]]],
        full_key: Any,
        *,
        partial: bool,
    ) -> Any:
        """Find a target and call it, with Hydra's checks before and after.

        Args:
            path: The target's dotted path.
            arguments: Gives the arguments; it is called when the target is found. None for the
                positional ones says that Hydra has to take them from ``_args_``.
            full_key: Where in the config the target stands.
            partial: Whether the call is put off.

        Returns:
            What the target returned.

        Raises:
            InstantiationException: As Hydra raises it.
        """
        known = self._known.get(path)
        target: Any = None
        if known is not None:
            target = _loaded(known.first, known.names)
            if target is None or not known.fits(target):
                known = None
        if known is None:
            target = hydras._resolve_target(path, full_key, *self._extra)
        elif self._warns:
            hydras._warn_legacy_execution_whitelist(path)
        args, kwargs = arguments()
        if known is None:
            known = self._admit(path, target)
        if known is None or args is None or (partial and KEEPS_PARENTS):
            given = () if args is None else args
            return hydras._call_target(target, partial, given, kwargs, full_key, *self._extra_call)
        args = tuple(args)
        if partial:
            return self._partial(known, target, args, kwargs, full_key)
        try:
            result = target(*args, **kwargs)
        except Exception as error:
            if KEEPS_PARENTS:
                whitelists._add_full_key_note(error, full_key)
                raise
            name = hydras._convert_target_to_string(target)
            msg = f"Error in call to target '{name}':\n{error!r}"
            if full_key:
                msg += f"\nfull_key: {full_key}"
            raise InstantiationException(msg) from error
        if self._unchecked or self._is_harmless(result, target if known.makes_callables else None):
            return result
        if KEEPS_PARENTS:
            return whitelists._mediate_target_result(
                result,
                known.name,
                full_key,
                *self._extra,
                discovery_path=None,
                call_context=self._deferred_context,
            )
        return policies._mediate_target_result(
            result, known.name, full_key, resolved_from_is_alias=False
        )

    def _partial(
        self, known: _Passed, target: Any, args: Any, kwargs: dict[str, Any], full_key: Any
    ) -> Any:
        if self._unchecked:
            return functools.partial(target, *args, **kwargs)
        deferred = policies._DeferredTarget(target, *args, **kwargs)
        deferred._hydra_resolved_from = known.name
        deferred._hydra_full_key = full_key
        return deferred

    def checked(self, path: str) -> Any:
        """Find a target, with Hydra's checks.

        Args:
            path: Its dotted path.

        Returns:
            The target; or Hydra's partial of it, which checks its arguments when it is called, where any
            check depends on them.

        Raises:
            InstantiationException: As Hydra raises it.
        """
        known = self._known.get(path)
        if known is not None:
            target = _loaded(known.first, known.names)
            if target is not None and known.fits(target):
                return target
        target = hydras._resolve_target(path, "", *self._extra)
        if self._admit(path, target) is not None:
            return target
        return hydras._call_target(target, True, (), {}, "", *self._extra_call)

    def _admit(self, path: str, target: Any) -> _Passed | None:
        """Remember a target that Hydra let through, if its arguments can make no difference."""
        if not _is_plain(target):
            return None
        if self._unchecked:
            name = ""
        else:
            if os.environ.get("HYDRA_INSTANTIATE_ALLOWLIST_OVERRIDE"):
                return None  # it may pass for that reason alone
            checks = whitelists if KEEPS_PARENTS else policies
            if checks._TRUSTED_INTERNAL_TARGET_CONTEXT.get() is not None:
                return None
            name = checks._get_resolved_target_name_for_check(target)
            if name != f"{target.__module__}.{target.__qualname__}":
                return None
            policy = checks._TARGET_POLICY_CONTEXT if not KEEPS_PARENTS else None
            rules = policy.get() if policy is not None else checks._current_execution_policy()
            if name in rules.discovery_targets or name in rules.non_callable_mock_targets:
                return None
        if len(self._known) >= 10_000:
            self._known.clear()
        known = self._known[path] = _Passed(
            path, target, name, same_name_passes=self._whitelist is None or name == path
        )
        return known

    def _is_harmless(self, result: Any, made_by: Any) -> bool:
        """Say whether Hydra's checks of results are known to let this one through unchanged.

        What can be called is checked by its name, and goes by that of its class if it has none:
        where ``made_by`` is the class, that name has passed.
        """
        cls = type(result)
        if cls in _FREE_RESULTS:
            return True
        if cls is dict:
            return not self._is_namespace(result)
        if result.__class__ is not cls or not _WATCHED_RESULTS.isdisjoint(cls.__mro__):
            return False
        if callable(result) and (
            cls is not made_by
            or getattr(result, "__name__", None) is not None
            or getattr(result, "__qualname__", None) is not None
            or getattr(result, "__objclass__", None) is not None
        ):
            return False
        module = cls.__module__
        return (
            type(module) is str
            and module != "builtins"
            and not module.startswith("hydra.")
            and module != "hydra"
        )

    def _is_namespace(self, result: dict[Any, Any]) -> bool:
        """Say whether a dict is a loaded module's, or the table of them."""
        modules = list(sys.modules.values())
        if modules != self._modules:
            self._modules = modules
            self._namespaces = {
                id(vars(item)) for item in modules if isinstance(item, types.ModuleType)
            }
        return id(result) in self._namespaces or result is sys.modules


def _is_plain(target: Any) -> bool:
    """Say whether Hydra's checks look at nothing but the names of a target that they let through.

    They look at the arguments too where the target is built in, bound to something, a method
    by which state is changed, a metaclass or a partial.
    """
    cls = type(target)
    if cls is types.FunctionType:
        plain = target.__module__ not in _WATCHED_MODULES
    elif cls is type or cls is abc.ABCMeta:
        plain = not issubclass(target, (type, functools.partial))
    else:
        plain = False
    name = getattr(target, "__name__", None)
    return (
        plain
        and type(name) is str
        and type(target.__module__) is str
        and type(target.__qualname__) is str
        and not (name.startswith("__") and name.endswith("__"))
        and name not in _WATCHED_NAMES
        and getattr(target, "__objclass__", None) is None
        and getattr(target, "__self__", None) is None
    )


def _loaded(first: str, names: list[str]) -> Any:
    """Give what a dotted path leads to where nothing is to be imported, else None."""
    found: Any = sys.modules.get(first)
    # While a module is being imported, importing it again waits for the thread that does.
    spec = getattr(found, "__spec__", None)
    if spec is not None and getattr(spec, "_initializing", False):
        return None
    try:
        for name in names:
            found = getattr(found, name)
    except Exception:  # Hydra's own answer comes next
        return None
    return found


@functools.lru_cache(maxsize=8)
def _passed_under(_: Any) -> dict[str, _Passed]:
    """Give the targets that are known to pass under a whitelist."""
    return {}


@contextlib.contextmanager
def open_targets(source: Any = None) -> Iterator[Targets]:
    """Do what Hydra does around all the calls of one ``instantiate``.

    Args:
        source: The caller's own DictConfig or ListConfig, if that is what is instantiated.

    Yields:
        The targets.
    """
    if KEEPS_PARENTS:
        whitelist = whitelists._resolve_execution_whitelist(None)
        unsafe = whitelist is whitelists.UNSAFE_DISABLE_EXECUTION_CHECKS
        policy = None if unsafe else POLICY.get()
        token = hydras._ISOLATE_CONFIG_ARGUMENTS.set(False)
        try:
            with whitelists._execution_policy_context(policy):
                if source is None:
                    yield Targets(whitelist)
                    return
                deferred = hydras._ReadOnlyDeferredTargetContext(source)
                with hydras._read_only_config_tree(source):
                    yield Targets(whitelist, deferred)
        finally:
            hydras._ISOLATE_CONFIG_ARGUMENTS.reset(token)
    elif policies is not None:
        policy = POLICY.get()
        with policies._target_policy_context(policy):
            yield Targets()
    else:
        yield Targets()
