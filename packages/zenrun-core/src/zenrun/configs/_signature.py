"""Whether the arguments of a config fit its target, asked when the config is made.

This module must not know how configs are stored.
"""

from __future__ import annotations

import functools
import inspect
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from enum import EnumMeta
from inspect import Parameter, Signature
from typing import Any

from zenrun._nearest import did_you_mean
from zenrun.errors import SignatureError

_BY_POSITION = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
# The options of `builds` whose names could be arguments: others are told by how they begin.
_OPTIONS = ("populate_full_signature", "builds_bases")
_BY_NAME = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)


def signature_of(target: Any) -> Signature | None:
    """Give the signature with which a target is called.

    Args:
        target: A function or a class.

    Returns:
        The signature, or None where the target tells none (some builtins).
    """
    try:
        found = inspect.signature(target)
        if isinstance(target, type) and type(target).__call__ is not type.__call__:
            return _behind_metaclass(target, found)
    except (ValueError, TypeError):
        return None
    return found


def _behind_metaclass(target: Any, found: Signature) -> Signature:
    """Give a class's own signature where its metaclass, as of a singleton, hands all arguments on."""
    source = target.__new__
    if not isinstance(target, EnumMeta):  # calls of enums give members, or make new enums
        kinds = {item.kind for item in found.parameters.values()}
        if kinds != {Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD}:
            return found
        if target.__init__ is not object.__init__:
            source = target.__init__
    own = inspect.signature(source)
    return own.replace(parameters=list(own.parameters.values())[1:])


def hints_of(target: Any, signature: Signature, names: Iterable[str]) -> dict[str, Any]:
    """Give the type hints of some of a target's parameters, resolved where they can be.

    Args:
        target: The function or class.
        signature: Its signature.
        names: Names of arguments, of which some may be no parameters.
    """
    source = target
    if isinstance(target, type):
        by_new = "__new__" in vars(target) and "__init__" not in vars(target)
        source = getattr(target, "__new__" if by_new else "__init__")
    space = getattr(inspect.unwrap(source), "__globals__", {})
    parameters = signature.parameters
    return {
        name: _resolved(parameters[name].annotation, space)
        for name in names
        # An argument named as *args or **kwargs are is another one.
        if name in parameters
        and parameters[name].kind not in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
    }


def _resolved(hint: Any, space: dict[str, Any]) -> Any:
    """Resolve one hint on its own, so that a hint that cannot be spoils no other."""
    if hint is Parameter.empty:
        return Any
    try:
        found = eval(_compiled(hint), space) if isinstance(hint, str) else hint  # noqa: S307 - as get_type_hints does
        if type(found) in (type, EnumMeta):
            return found  # what it is for `get_type_hints` too
        holder = types.SimpleNamespace(__annotations__={"hint": found})
        return typing.get_type_hints(holder, space)["hint"]
    except Exception:  # names that hold for type checkers alone fail as they like
        return Any


@functools.lru_cache(maxsize=1024)  # a pure cache: the code depends on the text alone
def _compiled(hint: str) -> types.CodeType:
    return compile(hint, "<hint>", "eval")


def check_arguments(
    path: str,
    signature: Signature | None,
    args: Sequence[Any],
    kwargs: Iterable[str],
    inherited: Mapping[str, str],
) -> None:
    """Refuse arguments that a call of the target could never take.

    Arguments that are still missing are fine: a config may get them later.

    Args:
        path: The target's dotted path, for the message.
        signature: The target's signature, or None to check nothing.
        args: The positional arguments.
        kwargs: The names of the keyword arguments.
        inherited: The names of those that bases of the config bring, each with the base's name.

    Raises:
        SignatureError: There are too many, one is unknown, or one is given twice.
    """
    if signature is None:
        return
    by_position: list[Parameter] = []
    by_name: list[str] = []
    kinds = set()
    for item in signature.parameters.values():
        kinds.add(item.kind)
        if item.kind in _BY_POSITION:
            by_position.append(item)
        if item.kind in _BY_NAME:
            by_name.append(item.name)
    if Parameter.VAR_KEYWORD not in kinds:
        unknown = [name for name in (*kwargs, *inherited) if name not in by_name]
        if unknown:
            _refuse(path, signature, _unknown(unknown, by_name, inherited))
    if len(args) > len(by_position) and Parameter.VAR_POSITIONAL not in kinds:
        given = f"{len(args)} positional arguments are given, and it takes {len(by_position)}"
        _refuse(path, signature, given)
    taken = [item.name for item in by_position[: len(args)] if item.kind in _BY_NAME]
    twice = [name for name in (*kwargs, *inherited) if name in taken]
    if twice:
        _refuse(path, signature, f"{twice[0]!r} is given twice, by position and by name")


def _unknown(unknown: Iterable[str], allowed: Sequence[str], inherited: Mapping[str, str]) -> str:
    said = []
    for name in unknown:
        origin = f", which comes from the base {inherited[name]}" if name in inherited else ""
        near = did_you_mean(name, allowed) or did_you_mean(name, _OPTIONS)
        said.append(f"it has no parameter {name!r}{origin}{near}")
    return "; ".join(dict.fromkeys(said))


def _refuse(path: str, signature: Signature, reason: str) -> None:
    shown = signature.replace(
        parameters=[
            item.replace(annotation=Parameter.empty) for item in signature.parameters.values()
        ],
        return_annotation=Signature.empty,
    )
    msg = f"The config does not fit its target {path}{shown}: {reason}"
    raise SignatureError(msg, target=path)
