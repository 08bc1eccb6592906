"""Conditions on the overrides of a job, as text: ``lr * width < 1 and optim != "sgd"``.

The text is read as a Python expression, of which only what computes with values is known: no attribute is
looked up, and no function is called but a handful. This module must not know what is swept over.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

from zenrun import errors

Values = Mapping[str, Any]
_Value = Callable[[Values], Any]

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "len": len,
    "max": max,
    "min": min,
    "round": round,
    "sum": sum,
}
_COMPARISONS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda item, several: item in several,
    ast.NotIn: lambda item, several: item not in several,
}
_UNARY: dict[type, Callable[[Any], Any]] = {
    ast.Not: operator.not_,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
_MOST_BITS = 4096
_MOST_CHARACTERS = 4000


class Condition:
    """A condition, read.

    Args:
        text: The condition.

    Attributes:
        text: As given.
        names: The names of overrides in it, such as "lr" and "optim.lr".

    Raises:
        CombinationError: It is no condition, or does what conditions cannot.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.names: list[str] = []
        try:
            self._value = self._read(_parsed(text))
        except SyntaxError as error:
            where = [] if error.offset is None else ["    " + " " * (error.offset - 1) + "^"]
            shown = "\n".join([f"    {text.strip()}", *where])
            raise _about_syntax(text, f"{error.msg}\n{shown}") from error
        except (ValueError, RecursionError, MemoryError) as error:
            raise _about_syntax(text, str(error) or "it is too deep") from error

    def __call__(self, values: Values) -> bool:
        """Say whether it holds.

        Args:
            values: The value of each override; one that the job does not have is None.

        Raises:
            Exception: What computing it raises.
        """
        return bool(self._value(values))

    def _read(self, node: ast.expr) -> _Value:
        if isinstance(node, ast.Constant) and not isinstance(node.value, type(...)):
            constant = node.value
            return lambda _: constant
        if isinstance(node, (ast.Name, ast.Attribute)):
            name = _dotted(node)
            self.names.append(name)
            return lambda values: values.get(name)
        if isinstance(node, ast.BoolOp):
            return self._read_bool(node)
        if isinstance(node, ast.UnaryOp) and type(node.op) in _UNARY:
            unary, inner = _UNARY[type(node.op)], self._read(node.operand)
            return lambda values: unary(inner(values))
        if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
            compute = _ARITHMETIC[type(node.op)]
            left, right = self._read(node.left), self._read(node.right)
            return lambda values: compute(left(values), right(values))
        if isinstance(node, ast.Compare):
            return self._read_comparison(node)
        if isinstance(node, ast.IfExp):
            test, then, other = map(self._read, (node.test, node.body, node.orelse))
            return lambda values: then(values) if test(values) else other(values)
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            items = [self._read(item) for item in node.elts]
            return lambda values: [item(values) for item in items]
        if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice):
            several, index = self._read(node.value), self._read(node.slice)
            return lambda values: several(values)[index(values)]
        if isinstance(node, ast.Call):
            return self._read_call(node)
        msg = f"{ast.unparse(node)!r} is none of what a condition can have"
        raise ValueError(msg)

    def _read_bool(self, node: ast.BoolOp) -> _Value:
        parts = [self._read(item) for item in node.values]
        is_and = isinstance(node.op, ast.And)

        def combined(values: Values) -> Any:
            value = None
            for part in parts:
                value = part(values)
                if bool(value) is not is_and:
                    break
            return value  # the one that decides, as in Python

        return combined

    def _read_comparison(self, node: ast.Compare) -> _Value:
        items = [self._read(item) for item in (node.left, *node.comparators)]
        compares = [_COMPARISONS[type(op)] for op in node.ops]

        def compared(values: Values) -> bool:
            left = items[0](values)
            for compare, item in zip(compares, items[1:], strict=True):
                right = item(values)
                if not compare(left, right):
                    return False
                left = right
            return True

        return compared

    def _read_call(self, node: ast.Call) -> _Value:
        name = node.func.id if isinstance(node.func, ast.Name) else None
        if name not in _FUNCTIONS or node.keywords:
            msg = (
                f"{ast.unparse(node)!r} calls what a condition cannot call; it can call "
                + ", ".join(_FUNCTIONS)
            )
            raise ValueError(msg)
        function, arguments = _FUNCTIONS[name], [self._read(item) for item in node.args]
        return lambda values: function(*(item(values) for item in arguments))


def _parsed(text: str) -> ast.expr:
    if len(text) > _MOST_CHARACTERS:
        msg = f"it has more than {_MOST_CHARACTERS} characters"
        raise ValueError(msg)
    return ast.parse(text.strip(), mode="eval").body


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    msg = f"{ast.unparse(node)!r} has an attribute, which a condition cannot look up"
    raise ValueError(msg)


def _on_numbers(compute: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Give arithmetic on numbers alone: that on texts and lists can fill the memory."""

    def computed(left: Any, right: Any) -> Any:
        for item in (left, right):
            if not isinstance(item, (int, float)):
                msg = f"arithmetic is of numbers, and {item!r} is none"
                raise TypeError(msg)
        return compute(left, right)

    return computed


def _power(base: Any, exponent: Any) -> Any:
    whole = isinstance(base, int) and isinstance(exponent, int)
    if whole and base.bit_length() * max(exponent, 0) > _MOST_BITS:
        msg = f"{exponent} is too high a power"
        raise OverflowError(msg)
    return base**exponent


_ARITHMETIC: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: _on_numbers(operator.add),
    ast.Sub: _on_numbers(operator.sub),
    ast.Mult: _on_numbers(operator.mul),
    ast.Div: _on_numbers(operator.truediv),
    ast.FloorDiv: _on_numbers(operator.floordiv),
    ast.Mod: _on_numbers(operator.mod),
    ast.Pow: _on_numbers(_power),
}


def _about_syntax(text: str, reason: str) -> errors.CombinationError:
    msg = (
        f"where={text!r} is no condition that can be read: {reason}\n"
        "A condition is an expression such as lr * width < 1 and optim != 'sgd': names of overrides, "
        "numbers, texts in quotes, lists, comparisons, and/or/not, in, arithmetic and "
        f"{', '.join(_FUNCTIONS)}. From Python, where= may also be a function"
    )
    return errors.CombinationError(msg)
