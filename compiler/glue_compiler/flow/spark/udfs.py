"""Python functions that Spark calls row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.frames import Udf
from glue_compiler.flow.core.objects import ConstValue, text_of
from glue_compiler.flow.core.state import FunctionValue
from glue_compiler.flow.spark.columns import merged_columns
from glue_compiler.flow.spark.parts import NO_PARTS
from glue_compiler.flow.spark.udf_bodies import note_driver_names
from glue_compiler.flow.spark.values import UDF, ColumnName, MadeUdf, SparkColumn, UdfFunction
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.state import Env
    from glue_compiler.flow.core.values import Value
    from glue_compiler.text.source import Span

UDF_MAKERS = ("udf", "pandas_udf", "udtf")


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
    function = call.value(0, "f")
    if not isinstance(function, FunctionValue):
        return UDF
    kind = call.get(1, "returnType")
    record_udf(
        it,
        it.spans[call.node],
        form,
        function,
        None,
        return_type=None if kind is None else it.tree.text(kind.node),
    )
    return MadeUdf(function)


def registered_udf(it: Interpretation, call: Call) -> Value:
    """`session.udf.register(name, function, type)`."""
    name, function = text_of(call.value(0, "name")), call.value(1, "f")
    kind = call.get(2, "returnType")
    record_udf(
        it,
        it.spans[call.node],
        "udf_register",
        function,
        None,
        name=name,
        return_type=None if kind is None else it.tree.text(kind.node),
    )
    if isinstance(function, FunctionValue):
        note_driver_names(it, call.node, function)
        return MadeUdf(function)
    return UDF


def decorated_udf(
    it: Interpretation, decorator: cst.Decorator, name: str, function: FunctionValue
) -> FunctionValue | None:
    """A function under `@udf` and the like."""
    form = name.rpartition(".")[2]
    if form not in UDF_MAKERS:
        return None
    record_udf(it, it.spans[decorator], form, function, decorator.decorator)
    return UdfFunction(function.node, function.scope, function.env)


def udf_call(it: Interpretation, call: Call, udf: Value, _env: Env) -> Value:
    """A UDF on columns is a column."""
    function = udf.function if isinstance(udf, MadeUdf) else udf
    if isinstance(function, FunctionValue):
        note_driver_names(it, call.node, function)
    found = merged_columns([_as_column(arg.value) for arg in call.args])
    # A UDF may be one of pandas that aggregates.
    return changed(found, python_udf=True, form="", parts=NO_PARTS)


def _as_column(value: Value) -> Value:
    text = text_of(value)
    if text is not None and isinstance(value, ConstValue) and value.span is not None:
        return SparkColumn((ColumnName(text, value.span, "argument"),))
    return value
