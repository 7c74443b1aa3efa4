"""Operators on abstract values: texts, columns, comparisons with a maximum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from glue_compiler.flow.core.guards import guard
from glue_compiler.flow.core.usage import OPERATORS, TURNED
from glue_compiler.flow.core.values import (
    UNKNOWN,
    ColumnValue,
    ConstValue,
    FrameValue,
    ListValue,
    MaximumFact,
    ScalarValue,
    SeriesValue,
    TextValue,
    Value,
    any_item,
    items_of,
    joined,
)
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from glue_compiler.facts.schemas import Relation
    from glue_compiler.flow.core.interpreter import Interpreter
    from glue_compiler.flow.core.state import Env
    from glue_compiler.text.source import Span


def added(left: Value, right: Value) -> Value:
    if isinstance(left, ConstValue) and isinstance(right, ConstValue):
        if isinstance(left.value, str) and isinstance(right.value, str):
            span = None
            return ConstValue(left.value + right.value, span)
        return ScalarValue("unknown")
    if isinstance(left, ListValue) and isinstance(right, ListValue):
        first, second = items_of(left), items_of(right)
        if first is not None and second is not None:
            return ListValue(first + second, form=left.form)
        return ListValue(None, joined(any_item(left), any_item(right)), left.form)
    if isinstance(left, (TextValue, ConstValue)) and isinstance(right, (TextValue, ConstValue)):
        return joined_text(left, right)
    return UNKNOWN


def joined_text(left: Value, right: Value) -> Value:
    prefix = ""
    relations: tuple[Relation, ...] = ()
    scalars: tuple[ScalarValue, ...] = ()
    for value in (left, right):
        if isinstance(value, TextValue):
            prefix += value.prefix
            relations += value.relations
            scalars += value.scalars
        elif isinstance(value, ConstValue):
            prefix += str(value.value)
    return TextValue(prefix, relations, scalars)


def binary(it: Interpreter, node: cst.BinaryOperation, env: Env) -> Value:
    left, right = it.evaluate(node.left, env), it.evaluate(node.right, env)
    if type(node.operator) is cst.Add:
        result = added(left, right)
        if result is not UNKNOWN:
            return result
    return combine(it, left, right)


def combine(it: Interpreter, left: Value, right: Value) -> Value:
    """An operator on two values: columns make columns, series make series."""
    if isinstance(left, ColumnValue) or isinstance(right, ColumnValue):
        return merged_columns([left, right])
    for value in (left, right):
        if isinstance(value, SeriesValue):
            it.escape(left if value is right else right, "operator")
            return SeriesValue(value.kind, value.frame)
    it.escape(left, "operator")
    it.escape(right, "operator")
    return UNKNOWN


def merged_columns(values: list[Value]) -> ColumnValue:
    """An expression of columns: it reads what its parts read."""
    reads: dict[Any, None] = {}
    python_udf = nondeterministic = False
    watermarks: tuple[MaximumFact, ...] = ()
    for value in values:
        if isinstance(value, ColumnValue):
            reads.update(dict.fromkeys(value.reads))
            python_udf = python_udf or value.python_udf
            nondeterministic = nondeterministic or value.nondeterministic
            watermarks += value.watermarks
        elif isinstance(value, ListValue):
            inner = merged_columns(list(value.items or ()))
            reads.update(dict.fromkeys(inner.reads))
            python_udf = python_udf or inner.python_udf
            watermarks += inner.watermarks
    return ColumnValue(
        tuple(reads), None, None, None, python_udf, nondeterministic, False, None, watermarks
    )


def comparison(it: Interpreter, node: cst.Comparison, env: Env) -> Value:
    left = it.evaluate(node.left, env)
    values = [left]
    result: Value | None = None
    for target in node.comparisons:
        right = it.evaluate(target.comparator, env)
        operator = OPERATORS.get(type(target.operator), "")
        values.append(right)
        if isinstance(left, ColumnValue) or isinstance(right, ColumnValue):
            found = merged_columns([left, right])
            mark = _watermark(it, node, target, left, right, operator)
            if mark is not None:
                found = changed(found, watermarks=(*found.watermarks, mark))
            result = found
        left = right
    if result is not None:
        return result
    for value in values:
        if isinstance(value, SeriesValue) and operator not in ("is", "is not", "in", "not in"):
            return SeriesValue(value.kind, value.frame)
    for value in values:
        if operator not in ("is", "is not"):
            it.escape(value, "compared")
    return ScalarValue("bool")


def _watermark(
    it: Interpreter,
    node: cst.Comparison,
    target: cst.ComparisonTarget,
    left: Value,
    right: Value,
    operator: str,
) -> MaximumFact | None:
    for value, expression, turned in (
        (right, target.comparator, False),
        (left, node.left, True),
    ):
        scalar = value.scalar if isinstance(value, ColumnValue) else value
        if not isinstance(scalar, ScalarValue) or scalar.maximum_of is None:
            continue
        word = TURNED.get(operator, operator) if turned else operator
        if word not in (">", ">="):
            continue
        return maximum_fact(it, it.spans[node], expression, scalar, word)
    return None


def maximum_fact(
    it: Interpreter, span: Span, expression: cst.CSTNode, scalar: ScalarValue, operator: str
) -> MaximumFact:
    """The comparison with a maximum as it will be reported when a filter uses it."""
    relations = scalar.maximum_of or ()
    return MaximumFact(
        span=span,
        value_span=it.spans[expression],
        source=scalar.source or it.spans[expression],
        relation=relations[0] if len(relations) == 1 else None,
        operator=operator,
        name=expression.value if type(expression) is cst.Name else None,
        guarded=scalar.guarded or it.guarded,
    )


def unary(it: Interpreter, node: cst.UnaryOperation, env: Env) -> Value:
    value = it.evaluate(node.expression, env)
    if type(node.operator) is cst.Not:
        if isinstance(value, FrameValue):
            it.escape(value, "tested")
        return ScalarValue("bool")
    negated = type(node.operator) is cst.Minus
    if negated and isinstance(value, ConstValue) and isinstance(value.value, (int, float)):
        return ConstValue(-value.value)
    if isinstance(value, ColumnValue):
        return merged_columns([value])
    if isinstance(value, SeriesValue):
        return value
    it.escape(value, "operator")
    return UNKNOWN


def boolean(it: Interpreter, node: cst.BooleanOperation, env: Env) -> Value:
    left = it.evaluate(node.left, env)
    truth = it.worlds.truth(node.left, env.scope, it.world)
    is_or = type(node.operator) is cst.Or
    if truth is not None and truth is is_or:
        return left
    guard(it, node.left, env)
    it.activation.tests += 1
    right = it.evaluate(node.right, env)
    it.activation.tests -= 1
    if truth is not None:
        return right
    if is_or and isinstance(left, ScalarValue) and left.maximum_of is not None:
        return UNKNOWN
    result = joined(left, right)
    if result is UNKNOWN:
        it.escape(left, "operator")
        it.escape(right, "operator")
    return result


def conditional(it: Interpreter, node: cst.IfExp, env: Env) -> Value:
    it.evaluate(node.test, env)
    truth = it.worlds.truth(node.test, env.scope, it.world)
    if truth is not None:
        return it.evaluate(node.body if truth else node.orelse, env)
    guard(it, node.test, env)
    it.activation.tests += 1
    body, orelse = it.evaluate(node.body, env), it.evaluate(node.orelse, env)
    it.activation.tests -= 1
    result = joined(body, orelse)
    if result is UNKNOWN:
        it.escape(body, "unknown")
        it.escape(orelse, "unknown")
    return result
