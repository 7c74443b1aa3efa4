"""Python functions that Spark calls row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.udfs import Udf
from glue_compiler.flow.core.calls import CallArgument
from glue_compiler.flow.core.objects import ConstValue, text_of
from glue_compiler.flow.core.state import FunctionValue
from glue_compiler.flow.core.values import UNKNOWN
from glue_compiler.flow.spark.batch_functions import note_pandas_udf
from glue_compiler.flow.spark.columns import merged_columns
from glue_compiler.flow.spark.held_udfs import note_held
from glue_compiler.flow.spark.parts import NO_PARTS
from glue_compiler.flow.spark.sql_text import note_text
from glue_compiler.flow.spark.udf_bodies import note_driver_names
from glue_compiler.flow.spark.udf_calls import note_udf_call
from glue_compiler.flow.spark.udf_returns import declared_type, note_returns
from glue_compiler.flow.spark.values import (
    UDF,
    ColumnName,
    MadeUdf,
    SparkColumn,
    UdfDecorator,
    UdfFunction,
)
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.state import Env
    from glue_compiler.flow.core.values import Value
    from glue_compiler.text.source import Span

UDF_MAKERS = ("udf", "pandas_udf", "udtf")
_TYPED = ("udf", "udf_register", "pandas_udf")


def record_udf(
    it: Interpretation,
    span: Span,
    form: str,
    function: Value,
    maker: cst.CSTNode | None,
    name: str | None = None,
    return_type: str | None = None,
) -> None:
    """Record a UDF; `maker` is the decorator or call that makes it."""
    if return_type is None and type(maker) is cst.Call:
        for arg in maker.args:
            named = arg.keyword is None or arg.keyword.value == "returnType"
            if named and type(arg.value) is not cst.Lambda:
                return_type = it.tree.text(arg.value)
    python_name = None
    parameters: tuple[str, ...] = ()
    expression: str | None = None
    expression_span: Span | None = None
    if isinstance(function, FunctionValue):
        node = function.node
        if type(node) is cst.FunctionDef:
            python_name = node.name.value
        parameters = tuple(param.name.value for param in node.params.params)
        body = only_expression(node)
        if body is not None:
            expression = it.tree.text(body)
            expression_span = it.spans[body]
    it.recorder.add(
        "udfs",
        Udf(
            span=span,
            form=form,
            name=name or python_name,
            function=python_name,
            return_type=return_type,
            parameters=parameters,
            expression=expression,
            expression_span=expression_span,
        ),
    )


def only_expression(node: cst.FunctionDef | cst.Lambda) -> cst.BaseExpression | None:
    """The expression that a function returns, when that is all it does."""
    if isinstance(node, cst.Lambda):
        return node.body
    statements: list[cst.CSTNode] = []
    for line in node.body.body:
        if isinstance(line, cst.SimpleStatementLine):
            statements += line.body
        else:
            statements.append(line)
    if (
        statements
        and type(statements[0]) is cst.Expr
        and isinstance(statements[0].value, (cst.SimpleString, cst.ConcatenatedString))
    ):
        statements = statements[1:]
    if len(statements) == 1 and type(statements[0]) is cst.Return:
        return statements[0].value
    return None


def made_udf(it: Interpretation, call: Call, form: str) -> Value:
    """`udf(function, type)`; without a function it makes a decorator."""
    first = call.get(0, "f")
    kind = call.get(1, "returnType")
    if first is not None and declared_type(first.value, first.node):
        first, kind = None, first
    _note_type(it, kind, form)
    declared, place = _declared(it, kind, form, unknown=call.open or _takes_arrow(call.node))
    if first is None:
        return UNKNOWN if call.open else UdfDecorator(form, declared, place)
    if not isinstance(first.value, FunctionValue):
        return UDF
    if form == "pandas_udf" and not call.open:
        typed = kind is not None
        hinted = call.get(2, "functionType") is None
        note_pandas_udf(it, call.node.func, first.value, typed=typed, hinted=hinted)
    return _made(it, call, form, first.value, None if kind is None else kind.node, declared, place)


def _made(
    it: Interpretation,
    call: Call,
    form: str,
    function: FunctionValue,
    kind: cst.CSTNode | None,
    declared: str,
    place: Span | None,
    name: str | None = None,
) -> MadeUdf:
    record_udf(
        it,
        it.spans[call.node],
        form,
        function,
        None,
        name=name,
        return_type=None if kind is None else it.tree.text(kind),
    )
    note_returns(it, function, declared, place, form)
    if form != "udf_register":
        note_held(it, call.node, function)
    return MadeUdf(function, form, declared, place)


def _declared(
    it: Interpretation, kind: CallArgument | None, form: str, *, unknown: bool
) -> tuple[str, Span | None]:
    """The type that a UDF returns, empty where it is not known; and where it is written."""
    if unknown or form not in _TYPED:
        return "", None
    if kind is None:
        return "" if form == "pandas_udf" else "string", None
    return declared_type(kind.value, kind.node), it.spans[kind.node]


def _note_type(it: Interpretation, kind: CallArgument | None, function: str) -> None:
    if kind is not None:
        note_text(it, kind.value, "type", function, it.spans[kind.node])


def _takes_arrow(node: cst.Call) -> bool:
    return any(arg.keyword is not None and arg.keyword.value == "useArrow" for arg in node.args)


def applied_decorator(it: Interpretation, call: Call, made: UdfDecorator, _env: Env) -> Value:
    """`udf(type)(function)`."""
    function = call.value(0, "f")
    if not isinstance(function, FunctionValue):
        return UDF
    return _made(it, call, made.form, function, None, made.declared, made.place)


def registered_udf(it: Interpretation, call: Call) -> Value:
    """`session.udf.register(name, function, type)`."""
    name, function = text_of(call.value(0, "name")), call.value(1, "f")
    kind = call.get(2, "returnType")
    _note_type(it, kind, "register")
    if not isinstance(function, FunctionValue):
        return_type = None if kind is None else it.tree.text(kind.node)
        span = it.spans[call.node]
        record_udf(it, span, "udf_register", function, None, name=name, return_type=return_type)
        return UDF
    note_driver_names(it, call.node, function)
    made = isinstance(function, UdfFunction)
    declared, place = _declared(it, kind, "udf_register", unknown=call.open or made)
    node = None if kind is None else kind.node
    return _made(it, call, "udf_register", function, node, declared, place, name)


def decorated_udf(
    it: Interpretation, decorator: cst.Decorator, name: str, function: FunctionValue
) -> FunctionValue | None:
    """A function under `@udf` and the like."""
    form = name.rpartition(".")[2]
    if form not in UDF_MAKERS:
        return None
    made = decorator.decorator
    record_udf(it, it.spans[decorator], form, function, made)
    kind, unknown = None, False
    if type(made) is cst.Call:
        unknown = _takes_arrow(made) or any(arg.star for arg in made.args)
        named = [arg for arg in made.args if arg.keyword and arg.keyword.value == "returnType"]
        typed = named or [arg for arg in made.args if arg.keyword is None]
        if typed:
            value = it.evaluate(typed[0].value, function.env)
            kind = CallArgument(value, typed[0].value)
    _note_type(it, kind, form)
    declared, place = _declared(it, kind, form, unknown=unknown)
    note_returns(it, function, declared, place, form)
    if form == "pandas_udf" and not unknown:
        hinted = type(made) is not cst.Call or len(made.args) <= (kind is not None)
        note_pandas_udf(it, made, function, typed=kind is not None, hinted=hinted)
    return UdfFunction(function.node, function.scope, function.env, form, declared, place)


def udf_call(it: Interpretation, call: Call, udf: Value, _env: Env) -> Value:
    """A UDF on columns is a column."""
    function = udf.function if isinstance(udf, MadeUdf) else udf
    note_udf_call(it, call, udf)
    if isinstance(function, FunctionValue):
        note_driver_names(it, call.node, function)
        if isinstance(udf, (MadeUdf, UdfFunction)):
            note_returns(it, function, udf.declared, udf.place, udf.form, called=True)
    found = merged_columns([_as_column(arg.value) for arg in call.args])
    # A UDF may be one of pandas that aggregates.
    return changed(found, python_udf=True, form="", parts=NO_PARTS)


def _as_column(value: Value) -> Value:
    text = text_of(value)
    if text is not None and isinstance(value, ConstValue) and value.span is not None:
        return SparkColumn((ColumnName(text, value.span, "argument"),))
    return value
