"""GLU604: `frame["x"] = ...` or `frame.x = ...` on a Spark frame."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules._statements import statement_at
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.frames import MemberUse


_SCREEN = Screen("members", lambda use, _frame, _options: use.store and use.kind == "spark")


def _check(context: Context) -> Iterator[Finding]:
    for use in context.kept_by(_SCREEN):
        item = use.member == "__setitem__"
        yield Finding(
            use.span,
            "Spark frames cannot be assigned to by column"
            if item
            else f"this gives the Python object an attribute `{use.member}`, and the frame no column",
            help="Make a new frame: frame = frame.withColumn(name, expression).",
            fixes=_fixes(context, use) if item else (),
            severity=None if item else Severity.WARNING,
        )


def _fixes(context: Context, use: MemberUse) -> tuple[Fix, ...]:
    statement = statement_at(context, use.span.start)
    if statement is None or not isinstance(statement.node, ast.Assign):
        return ()
    target, value = statement.node.targets[0], statement.node.value
    if len(statement.node.targets) != 1 or not isinstance(target, ast.Subscript):
        return ()
    if not isinstance(target.value, ast.Name) or not isinstance(
        value, (ast.Call, ast.BinOp, ast.Compare, ast.Subscript, ast.Attribute)
    ):
        return ()
    name, column = target.value.id, statement.source(target.slice)
    text = f"{name} = {name}.withColumn({column}, {statement.source(value)})"
    edit = Edit(statement.span, statement.indent + text)
    return (Fix("Use withColumn", (edit,), "unsafe"),)


_HEAD = "from pyspark.sql import functions as F\n\n\n"

RULE = Rule(
    code="GLU604",
    name="store-in-spark-frame",
    severity=Severity.ERROR,
    summary="A column of a Spark frame is assigned to, as in pandas.",
    why="""
Spark frames never change. `frame["x"] = value` raises a TypeError in the session. `frame.x = value` is
worse: Python lets any object have attributes, so nothing fails and the column is missing in the table.
""",
    fix='Write `frame = frame.withColumn("x", expression)`, with `F.lit(...)` around a constant.',
    check=_check,
    statement=_SCREEN,
    valid=(
        Case(model("df = dbt.ref('orders').toPandas()\ndf['x'] = 1\nreturn df")),
        Case(model("df = dbt.ref('orders').pandas_api()\ndf['x'] = df['y'] + 1\nreturn df")),
        Case(model("df = dbt.ref('orders')\nframes = {}\nframes['orders'] = df\nreturn df")),
    ),
    invalid=(
        Case(
            model("df = dbt.ref('orders')\n⟦df['x']⟧ = F.upper('name')\nreturn df", head=_HEAD),
            fixed=model(
                "df = dbt.ref('orders')\ndf = df.withColumn('x', F.upper('name'))\nreturn df",
                head=_HEAD,
            ),
            unsafe=True,
        ),
        Case(model("df = dbt.ref('orders')\n⟦df['x']⟧ = 1\nreturn df")),
        Case(
            model("df = dbt.ref('orders')\n⟦df.total⟧ = df.price * df.amount\nreturn df"),
            message="attribute",
        ),
    ),
)
