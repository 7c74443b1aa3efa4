"""Operators: on texts, numbers and lists here, on any other value as its library says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.flow.core.guards import doubt, guard, remember
from glue_compiler.flow.core.library import Comparison
from glue_compiler.flow.core.missing import note_identity, note_missing
from glue_compiler.flow.core.objects import ConstValue, ListValue, ScalarValue, TextValue, items_of
from glue_compiler.flow.core.precedence import note_compared, note_operand
from glue_compiler.flow.core.truth import ask, ask_membership, is_asked
from glue_compiler.flow.core.usage import OPERATORS
from glue_compiler.flow.core.values import UNKNOWN, FrameValue, Value, joined
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from glue_compiler.facts.schemas import Relation
    from glue_compiler.flow.core.dispatch import Dispatch
    from glue_compiler.flow.core.state import Env

_ARITHMETIC = frozenset(
    {cst.Add, cst.Subtract, cst.Multiply, cst.Divide, cst.FloorDivide, cst.Modulo}
)


def sum_of(left: Value, right: Value) -> Value:
    """`left + right` of texts and lists; Unknown for anything else."""
    if isinstance(left, ConstValue) and isinstance(right, ConstValue):
        if isinstance(left.value, str) and isinstance(right.value, str):
            return ConstValue(left.value + right.value)
        return number_of(left, right) or ScalarValue("unknown")
    if isinstance(left, ListValue) and isinstance(right, ListValue):
        if left.form != right.form:
            return UNKNOWN
        first, second = items_of(left), items_of(right)
        if first is not None and second is not None:
            return ListValue(first + second, form=left.form)
        return ListValue(None, joined(left.any_item(), right.any_item()), left.form)
    if isinstance(left, (TextValue, ConstValue)) and isinstance(right, (TextValue, ConstValue)):
        return concatenated(left, right)
    return UNKNOWN


def number_of(left: Value, right: Value) -> ScalarValue | None:
    """What two numbers make by arithmetic; None where one of them may be anything else."""
    types = [
        type(value.value).__name__ if isinstance(value, ConstValue) else value.type
        for value in (left, right)
        if isinstance(value, (ConstValue, ScalarValue))
    ]
    plain = {name.removeprefix("numpy.") for name in types}
    if len(types) < 2 or not {"int", "float"}.issuperset(plain):
        return None
    prefix = "" if plain.issuperset(types) else "numpy."
    return ScalarValue(prefix + ("float" if "float" in plain else "int"))


def concatenated(left: Value, right: Value) -> TextValue:
    """The text that two values are together."""
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


def binary(it: Dispatch, node: cst.BinaryOperation, env: Env) -> Value:
    left, right = it.evaluate(node.left, env), it.evaluate(node.right, env)
    note_operand(it, node, left, right)
    if type(node.operator) is cst.Add:
        result = sum_of(left, right)
        if result is not UNKNOWN:
            return result
    number = number_of(left, right) if type(node.operator) in _ARITHMETIC else None
    if number is not None:
        divided = type(node.operator) is cst.Divide
        return changed(number, type=number.type.replace("int", "float")) if divided else number
    for value in (left, right):
        operator = it.meanings[value.__class__].operator
        if operator is not None:
            return operator(it, node, left, right)
    it.escape(left, "operator")
    it.escape(right, "operator")
    return UNKNOWN


def comparison(it: Dispatch, node: cst.Comparison, env: Env) -> Value:
    left = it.evaluate(node.left, env)
    values = [left]
    result: Value | None = None
    operator = ""
    for target in node.comparisons:
        right = it.evaluate(target.comparator, env)
        operator = OPERATORS.get(type(target.operator), "")
        values.append(right)
        if operator in ("in", "not in"):
            ask_membership(it, node, node.left, left, right)
        else:
            note_compared(it, node, left, right)
            note_missing(it, node, operator, left, right)
        compared: Value | None = None
        for value in (left, right):
            compare = it.meanings[value.__class__].comparison
            if compare is None:
                continue
            found = compare(it, Comparison(node, target, left, right, operator))
            if found is not None:
                result = compared = found
                break
        if compared is not None and target is not node.comparisons[-1]:
            ask(it, node, compared, "chain", node)
        left = right
    if result is not None:
        return result
    if note_identity(it, node, operator, values[0]):
        return UNKNOWN
    if operator not in ("is", "is not"):
        for value in values:
            it.escape(value, "compared")
        if operator not in ("in", "not in") and UNKNOWN in values:
            return UNKNOWN  # it may be a column, whose comparison is one
    return ScalarValue("bool")


def unary(it: Dispatch, node: cst.UnaryOperation, env: Env) -> Value:
    value = it.evaluate(node.expression, env)
    if type(node.operator) is cst.Not:
        ask(it, node.expression, value, "not", node)
        if isinstance(value, FrameValue):
            it.escape(value, "tested")
        return ScalarValue("bool")
    negated = type(node.operator) is cst.Minus
    if negated and isinstance(value, ConstValue) and isinstance(value.value, (int, float)):
        return ConstValue(-value.value)
    return it.meanings[value.__class__].sign(it, node, value)


def boolean(it: Dispatch, node: cst.BooleanOperation, env: Env) -> Value:
    left = it.evaluate(node.left, env)
    truth = it.worlds.truth(node.left, env.scope, it.world)
    is_or = type(node.operator) is cst.Or
    how = "or" if is_or else "and"
    ask(it, node.left, left, how, node)
    if truth is not None and truth is is_or:
        return left
    guard(node.left, env)
    it.activation.tests += 1
    forgotten = doubt(it, node.left, env, not is_or)
    right = it.evaluate(node.right, env)
    remember(env, forgotten)
    it.activation.tests -= 1
    if not left.has_no_truth() and is_asked(it, node):
        ask(it, node.right, right, how, node)
    if truth is not None:
        return right
    if is_or and isinstance(left, ScalarValue) and left.maximum_of is not None:
        return UNKNOWN
    result = joined(left, right)
    if result is UNKNOWN:
        it.escape(left, "operator")
        it.escape(right, "operator")
    return result


def conditional(it: Dispatch, node: cst.IfExp, env: Env) -> Value:
    ask(it, node.test, it.evaluate(node.test, env), "if", node.test)
    truth = it.worlds.truth(node.test, env.scope, it.world)
    if truth is not None:
        return it.evaluate(node.body if truth else node.orelse, env)
    guard(node.test, env)
    it.activation.tests += 1
    forgotten = doubt(it, node.test, env, True)
    body = it.evaluate(node.body, env)
    remember(env, forgotten)
    forgotten = doubt(it, node.test, env, False)
    orelse = it.evaluate(node.orelse, env)
    remember(env, forgotten)
    it.activation.tests -= 1
    result = joined(body, orelse)
    if result is UNKNOWN:
        it.escape(body, "unknown")
        it.escape(orelse, "unknown")
    return result
