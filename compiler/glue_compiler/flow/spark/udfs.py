"""Python functions that Spark calls row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.frames import Udf
from glue_compiler.flow.core.values import FunctionValue, ObjectValue, Value, text_of

if TYPE_CHECKING:
    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpreter import Interpreter
    from glue_compiler.text.source import Span


def record_udf(
    it: Interpreter,
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


def made_udf(it: Interpreter, call: Call, form: str) -> Value:
    """`udf(function, type)`; without a function it makes a decorator."""
    function = call.value(0, "f")
    if not isinstance(function, FunctionValue):
        return ObjectValue("udf")
    kind = call.get(1, "returnType")
    record_udf(
        it,
        it.spans[call.node],
        form,
        function,
        None,
        return_type=None if kind is None else it.tree.text(kind.node),
    )
    return ObjectValue("udf")


def registered_udf(it: Interpreter, call: Call) -> Value:
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
    return ObjectValue("udf")
