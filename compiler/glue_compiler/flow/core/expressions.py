"""The value of every form of expression."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from glue_compiler.flow.core.access import attribute_value, call_value, subscript_value
from glue_compiler.flow.core.dbt import THIS
from glue_compiler.flow.core.library import Loop
from glue_compiler.flow.core.objects import (
    ConstValue,
    DbtValue,
    DictValue,
    ListValue,
    ModuleValue,
    ScalarValue,
    TextValue,
    items_of,
)
from glue_compiler.flow.core.operators import (
    binary,
    boolean,
    comparison,
    conditional,
    sum_of,
    unary,
)
from glue_compiler.flow.core.state import Env, FunctionValue
from glue_compiler.flow.core.truth import ask
from glue_compiler.flow.core.values import NEVER, NONE, UNKNOWN, Value
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_compiler.facts.schemas import Relation
    from glue_compiler.flow.core.dispatch import Dispatch

_MOST_COMPREHENSION_ITEMS = 100
_MOST_DIGITS = 1000


def _name(it: Dispatch, node: cst.Name, env: Env) -> Value:
    name = node.value
    value = env.get(name)
    if value is not None:
        return value
    if name == "None":
        return NONE
    if name in ("True", "False"):
        return ConstValue(name == "True")
    home = env.scope.home(name)
    if home is not None:
        return NEVER if home is env.scope and home.kind == "function" else UNKNOWN
    return it.engine.session if name in it.engine.globals else ModuleValue(f"builtins.{name}")


def _string(it: Dispatch, node: cst.SimpleString, _env: Env) -> Value:
    known = it.literals.get(node)
    if known is not None:
        return known
    text = node.value
    span = it.spans[node]
    if text[0] in "'\"" and "\\" not in text:
        quote = 3 if text[:3] in ("'''", '"""') else 1
        value: object = text[quote:-quote]
        span = Span(span.start + quote, max(span.end - quote, span.start))
    else:
        value = node.evaluated_value
        span = string_span(it, node)
    it.literals[node] = result = ConstValue(value, span)
    return result


def string_span(it: Dispatch, node: cst.SimpleString) -> Span:
    """The span of a string's characters without prefix and quotes."""
    start, end = it.spans[node]
    quote = len(node.quote)
    return Span(start + len(node.prefix) + quote, max(end - quote, start))


def _number(it: Dispatch, node: cst.Integer | cst.Float, _env: Env) -> Value:
    known = it.literals.get(node)
    if known is not None:
        return known
    text = node.value
    result: Value
    try:
        plain = len(text) < _MOST_DIGITS and text.isdecimal() and text.isascii()
        result = ConstValue(int(text) if plain else node.evaluated_value)
    except (ValueError, SyntaxError):
        result = ScalarValue("int")
    it.literals[node] = result
    return result


def _concatenated(it: Dispatch, node: cst.ConcatenatedString, env: Env) -> Value:
    return sum_of(it.evaluate(node.left, env), it.evaluate(node.right, env))


def _formatted(it: Dispatch, node: cst.FormattedString, env: Env) -> Value:
    text: list[str] = []
    exact = True
    relations: list[Relation] = []
    scalars: list[ScalarValue] = []
    for part in node.parts:
        if type(part) is cst.FormattedStringText:
            raw = part.value.replace("{{", "{").replace("}}", "}")
            text.append(raw)
            exact = exact and "\\" not in raw
        elif type(part) is cst.FormattedStringExpression:
            value = it.evaluate(part.expression, env)
            it.escape(value, "formatted")
            if isinstance(value, ConstValue) and part.conversion is None and not part.format_spec:
                text.append(str(value.value))
                continue
            exact = False
            text.append("\0")
            if isinstance(value, DbtValue) and value.path == "this":
                relations.append(THIS)
            elif isinstance(value, TextValue):
                relations += value.relations
                scalars += value.scalars
            elif isinstance(value, ScalarValue) and value.maximum_of is not None:
                scalars.append(value)
    whole = "".join(text)
    if exact:
        return ConstValue(whole, it.spans[node])
    return TextValue(whole, tuple(relations), tuple(scalars))


def _sequence(it: Dispatch, node: cst.List | cst.Tuple | cst.Set, env: Env) -> Value:
    form = {cst.List: "list", cst.Tuple: "tuple", cst.Set: "set"}[type(node)]
    values: list[Value] = []
    exact = True
    for element in node.elements:
        value = it.evaluate(element.value, env)
        if type(element) is cst.StarredElement:
            items = items_of(value)
            if items is None:
                exact = False
                it.escape(value, "star_argument")
            else:
                values += items
        else:
            stored(it, value)
            values.append(value)
    return ListValue(tuple(values) if exact else None, form=form)


def stored(it: Dispatch, value: Value) -> None:
    """A container may be joined with another, or change: converted frames in it are given up."""
    if not value.traced_in_containers:
        it.escape(value, "stored")


def _dict(it: Dispatch, node: cst.Dict, env: Env) -> Value:
    items: list[tuple[ConstValue, Value]] = []
    exact = True
    for element in node.elements:
        if not isinstance(element, cst.DictElement):
            it.escape(it.evaluate(element.value, env), "star_argument")
            exact = False
            continue
        key = it.evaluate(element.key, env)
        value = it.evaluate(element.value, env)
        stored(it, value)
        if isinstance(key, ConstValue):
            items.append((key, value))
        else:
            exact = False
    return DictValue(tuple(items) if exact else None)


def _walrus(it: Dispatch, node: cst.NamedExpr, env: Env) -> Value:
    value = it.evaluate(node.value, env)
    it.assign(node.target, value, env)
    return value


def _await(it: Dispatch, node: cst.Await, env: Env) -> Value:
    it.escape(it.evaluate(node.expression, env), "unknown")
    return UNKNOWN


def _yield(it: Dispatch, node: cst.Yield, env: Env) -> Value:
    if node.value is not None:
        value = node.value.item if type(node.value) is cst.From else node.value
        it.escape(it.evaluate(value, env), "yielded")
    return UNKNOWN


def _lambda(it: Dispatch, node: cst.Lambda, env: Env) -> Value:
    return FunctionValue(node, it.scopes.of[node], env)


def _comprehension(it: Dispatch, node: Any, env: Env) -> Value:
    clause: cst.CompFor = node.for_in
    iterated = it.evaluate(clause.iter, env)
    it.meanings[iterated.__class__].iteration(it, iterated, Loop(node, clause.iter))
    inner = Env(it.scopes.of[node], env)
    if iterated.deferred:
        it.escape(iterated, "iterated")
    items = items_of(iterated)
    simple = clause.inner_for_in is None and not clause.ifs and type(node) is not cst.DictComp
    form = {cst.SetComp: "set"}.get(type(node), "list")
    if items is not None and simple and len(items) <= _MOST_COMPREHENSION_ITEMS:
        found = []
        for item in items:
            it.assign(clause.target, item, inner)
            value = it.evaluate(node.elt, inner)
            stored(it, value)
            found.append(value)
        return ListValue(tuple(found), form=form)
    it.activation.tests += 1
    current: cst.CompFor | None = clause
    first = True
    while current is not None:
        value = iterated if first else it.evaluate(current.iter, inner)
        it.assign(current.target, value.any_item(), inner)
        for condition in current.ifs:
            ask(it, condition.test, it.evaluate(condition.test, inner), "if", condition.test)
        current, first = current.inner_for_in, False
    if type(node) is cst.DictComp:
        it.evaluate(node.key, inner)
        it.escape(it.evaluate(node.value, inner), "dict")
        it.activation.tests -= 1
        return DictValue(None)
    item = it.evaluate(node.elt, inner)
    stored(it, item)
    it.activation.tests -= 1
    return ListValue(None, item, form)


HANDLERS: dict[type, Callable[[Any, Any, Any], Value]] = {
    cst.Name: _name,
    cst.SimpleString: _string,
    cst.Integer: _number,
    cst.Float: _number,
    cst.ConcatenatedString: _concatenated,
    cst.FormattedString: _formatted,
    cst.List: _sequence,
    cst.Tuple: _sequence,
    cst.Set: _sequence,
    cst.Dict: _dict,
    cst.BinaryOperation: binary,
    cst.Comparison: comparison,
    cst.UnaryOperation: unary,
    cst.BooleanOperation: boolean,
    cst.IfExp: conditional,
    cst.NamedExpr: _walrus,
    cst.Await: _await,
    cst.Yield: _yield,
    cst.Lambda: _lambda,
    cst.ListComp: _comprehension,
    cst.SetComp: _comprehension,
    cst.GeneratorExp: _comprehension,
    cst.DictComp: _comprehension,
    cst.Attribute: attribute_value,
    cst.Subscript: subscript_value,
    cst.Call: call_value,
}
"""What evaluates each class of expressions; all others are Unknown."""
