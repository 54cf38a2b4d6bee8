"""Metric math: what alarms and dashboards commonly use of it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html

An expression reads nearly as Python does, so Python's own parser reads it; only the nodes known here are evaluated.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Series = dict[int, float]
Value = Any  # a Series, a number, or a list of Series

_WORDS = {"AND": " and ", "OR": " or ", "&&": " and ", "||": " or ", "^": "**"}
_BINARY: dict[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.And: lambda a, b: bool(a) and bool(b),
    ast.Or: lambda a, b: bool(a) or bool(b),
}


@dataclass(frozen=True)
class Scope:
    """What an expression may name.

    Attributes:
        values: results by id.
        moments: begins of all periods in question, which FILL fills.
        period: in seconds.
    """

    values: Mapping[str, Value]
    moments: tuple[int, ...]
    period: int


class ExpressionError(ValueError):
    """An expression that cannot be evaluated."""


def names(expression: str) -> set[str]:
    """Return the ids that an expression names."""
    tree = _parse(expression)
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - called - {"REPEAT", "LINEAR"}


def evaluate(expression: str, scope: Scope) -> Value:
    """Return the value of an expression.

    Raises:
        ExpressionError: it cannot be parsed, or uses what is not known here.
    """
    try:
        return _value(_parse(expression).body, scope)
    except (ArithmeticError, AttributeError, TypeError) as error:  # a number where a time series belongs, or 1 / 0
        raise ExpressionError(f"Error in expression '{expression}': {error}") from error


@lru_cache(1024)  # alarms evaluate the same ones minute by minute
def _parse(expression: str) -> ast.Expression:
    text = re.sub(r"\bAND\b|\bOR\b|&&|\|\||\^", lambda found: _WORDS[found[0]], expression)
    try:
        return ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        raise ExpressionError(f"Error in expression '{expression}': Syntax error") from error


def _value(node: ast.AST, scope: Scope) -> Value:  # noqa: PLR0911  one return a kind of node
    match node:
        case ast.Constant(value=int() | float() | str() as value):
            return value
        case ast.Name(id=name) if name in scope.values:
            return scope.values[name]
        case ast.List(elts=parts):
            return [_value(part, scope) for part in parts]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return combine(operator.sub, 0, _value(operand, scope))
        case ast.BinOp(left=left, op=sign, right=right):
            return combine(_sign(sign), _value(left, scope), _value(right, scope))
        case ast.Compare(left=left, ops=[sign], comparators=[right]):
            return combine(_sign(sign), _value(left, scope), _value(right, scope))
        case ast.BoolOp(op=sign, values=parts):
            result, *rest = (_value(part, scope) for part in parts)
            for part in rest:
                result = combine(_sign(sign), result, part)
            return result
        case ast.Call(func=ast.Name(id=name), args=arguments) if name in FUNCTIONS:
            return FUNCTIONS[name](scope, *(_argument(part, scope) for part in arguments))
    raise ExpressionError(f"the local cloud's metric math does not know: {ast.unparse(node)}")


def _argument(node: ast.AST, scope: Scope) -> Value:
    if isinstance(node, ast.Name) and node.id in {"REPEAT", "LINEAR"}:
        return node.id
    return _value(node, scope)


def _sign(node: ast.AST) -> Callable[[float, float], float]:
    try:
        return _BINARY[type(node)]
    except KeyError:
        raise ExpressionError(f"metric math has no operator {type(node).__name__}") from None


def combine(function: Callable[[float, float], float], left: Value, right: Value) -> Value:
    """Apply a function moment by moment; a moment that one side lacks is missing, and so is a division by zero."""
    if isinstance(left, list):
        return [combine(function, one, right) for one in left]
    if isinstance(right, list):
        return [combine(function, left, one) for one in right]
    if isinstance(left, dict) and isinstance(right, dict):
        return _moments({at: (left[at], right[at]) for at in left if at in right}, function)
    if isinstance(left, dict):
        return _moments({at: (value, right) for at, value in left.items()}, function)
    if isinstance(right, dict):
        return _moments({at: (left, value) for at, value in right.items()}, function)
    return float(function(left, right))


def _moments(pairs: dict[int, tuple[float, float]], function: Callable[[float, float], float]) -> Series:
    result: Series = {}
    for at, (left, right) in pairs.items():
        try:
            result[at] = float(function(left, right))
        except ZeroDivisionError:
            continue
    return result


def _if(scope: Scope, condition: Value, then: Value, otherwise: Value = None) -> Value:
    if not isinstance(condition, dict):
        condition = dict.fromkeys(scope.moments, condition)
    result: Series = {}
    for at, holds in condition.items():
        chosen = then if holds else otherwise
        value = chosen.get(at) if isinstance(chosen, dict) else chosen
        if value is not None:
            result[at] = float(value)
    return result


def _fill(scope: Scope, series: Value, filler: Value) -> Value:
    if isinstance(series, list):
        return [_fill(scope, one, filler) for one in series]
    if filler == "LINEAR":
        raise ExpressionError("the local cloud's FILL takes a number, a metric or REPEAT")
    result, last = dict(series), None
    for at in scope.moments:
        last = series.get(at, last)
        value = last if filler == "REPEAT" else filler.get(at) if isinstance(filler, dict) else filler
        if at not in result and value is not None:
            result[at] = float(value)
    return dict(sorted(result.items()))


def _aggregate(function: Callable[[list[float]], float]) -> Callable[..., Value]:
    """Return an aggregate: over all moments of one series a number, over a list of series a series."""

    def aggregate(_scope: Scope, value: Value) -> Value:
        if isinstance(value, dict):
            return function(list(value.values())) if value else {}
        moments = sorted({at for series in value for at in series})
        return {at: function([series[at] for series in value if at in series]) for at in moments}

    return aggregate


def _each(function: Callable[[float], float]) -> Callable[..., Value]:
    return lambda _scope, series: {at: float(function(value)) for at, value in series.items()}


def _metrics(scope: Scope, part: str = "") -> list[Series]:
    return [value for name, value in scope.values.items() if part in name and isinstance(value, dict)]


def _difference(scope: Scope, series: Series, *, per_second: bool = False) -> Series:
    pairs = zip(list(series)[:-1], list(series)[1:], strict=True)
    return {b: (series[b] - series[a]) / ((b - a) if per_second else 1) for a, b in pairs if b - a == scope.period}


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "IF": _if,
    "FILL": _fill,
    "METRICS": _metrics,
    "SUM": _aggregate(math.fsum),
    "AVG": _aggregate(lambda values: math.fsum(values) / len(values)),
    "MIN": _aggregate(min),
    "MAX": _aggregate(max),
    "ABS": _each(abs),
    "CEIL": _each(math.ceil),
    "FLOOR": _each(math.floor),
    "PERIOD": lambda scope, _series: float(scope.period),
    "DIFF": _difference,
    "RATE": lambda scope, series: _difference(scope, series, per_second=True),
}
