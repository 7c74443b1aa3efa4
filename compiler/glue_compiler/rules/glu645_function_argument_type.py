"""GLU645: a function of Spark gets a column of a type that it does not take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules._types import Part, mistyped
from glue_compiler.rules.definition import Context, Finding, Rule
from glue_compiler.rules.glu643_operand_types import typed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.types import TypedExpression


def _is_function(fact: TypedExpression) -> bool:
    return fact.argument is not None


def _check(context: Context) -> Iterator[Finding]:
    yield from mistyped(context, _is_function, _said)


def _said(fact: TypedExpression, parts: list[Part]) -> tuple[str, str]:
    part = parts[0]
    return (
        f"`{fact.operation}` does not take {part.type} (`{part.text}`)",
        "Cast it, or use another function.",
    )


RULE = Rule(
    code="GLU645",
    name="function-argument-type",
    severity=Severity.ERROR,
    summary="A function of Spark gets a column of a type that it does not take.",
    why="""
Spark refuses the call when the line is reached (`DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE`): `F.explode` of a string,
`F.sum` of a date, `F.year` of a number. Which types each function refuses was measured on each version of Spark, with
and without ANSI mode.
""",
    fix="Cast the column, split the text, or use another function.",
    check=_check,
    valid=(
        typed("df = df.withColumn('a', F.explode('tags'))"),
        typed(
            "df = df.groupBy('id').agg(F.sum(F.col('amount') + F.col('name') + F.col('n')).alias('a'), F.max('day').alias('b'), F.avg('n').alias('c'))"
        ),
        typed("df = df.withColumn('a', F.upper('id')).withColumn('b', F.length('n'))"),
        typed(
            "df = df.withColumn('a', F.year('day')).withColumn('b', F.year('at')).withColumn('c', F.year('name'))"
        ),
        typed("df = df.withColumn('a', F.size('tags')).withColumn('b', F.round('amount', 2))"),
        typed(
            "df = df.withColumn('a', F.date_add('day', 1)).withColumn('b', F.datediff('at', 'name'))"
        ),
        typed("df = df.withColumn('a', F.array_contains('tags', 'x'))"),
        typed("df = df.withColumn('a', F.explode(F.lit(dbt.config.get('keys'))))"),
    ),
    invalid=(
        typed(
            "df = df.withColumn('a', ⟦F.explode('name')⟧)",
            message="`explode` does not take string (`'name'`)",
        ),
        typed(
            "df = df.groupBy('id').agg(⟦F.sum('day')⟧.alias('s'))",
            message="`sum` does not take date",
        ),
        typed("df = df.withColumn('a', ⟦F.year('n')⟧)", message="`year` does not take int"),
        typed("df = df.withColumn('a', ⟦F.size('name')⟧)", message="`size` does not take string"),
        typed("df = df.groupBy('id').agg(⟦F.avg(df.paid)⟧)", message="`avg` does not take boolean"),
        typed(
            "df = df.withColumn('a', ⟦F.lower(F.col('tags'))⟧)",
            message="`lower` does not take array<string>",
        ),
        typed(
            "df = df.withColumn('a', ⟦F.array_distinct('name')⟧)",
            message="`array_distinct` does not take string",
        ),
    ),
)
