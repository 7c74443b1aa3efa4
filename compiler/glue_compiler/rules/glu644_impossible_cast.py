"""GLU644: a cast between types that have none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules._types import Part, mistyped
from glue_compiler.rules.definition import Context, Finding, Rule
from glue_compiler.rules.glu643_operand_types import typed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.types import TypedExpression


def _is_cast(fact: TypedExpression) -> bool:
    return fact.operation == "cast"


def _check(context: Context) -> Iterator[Finding]:
    yield from mistyped(context, _is_cast, _said)


def _said(fact: TypedExpression, parts: list[Part]) -> tuple[str, str]:
    source, target = parts[0], fact.target or ""
    advice = "Cast to string, or compute what is meant."
    if target == "date" and source.type in ("int", "bigint"):
        advice = (
            "Of 20240131: `F.to_date(column.cast('string'), 'yyyyMMdd')`. "
            "Of days since 1970: `F.date_from_unix_date(column)`. Of seconds: `F.timestamp_seconds(column)`."
        )
    return f"there is no cast of {source.type} (`{source.text}`) to {target}", advice


RULE = Rule(
    code="GLU644",
    name="impossible-cast",
    severity=Severity.ERROR,
    summary="A cast between types that have none.",
    why="""
Spark refuses a cast that it does not have when the line is reached (`DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION`): of a
number or a boolean to a date, of an array to a number. The types are those of the code and of what the
project knows of its relations.
""",
    fix="Use the function that computes what is meant.",
    check=_check,
    valid=(
        typed("df = df.withColumn('a', F.col('id').cast('string'))"),
        typed("df = df.withColumn('a', F.col('name').cast('date'))"),
        typed("df = df.withColumn('a', F.col('at').cast('bigint'))"),
        typed("df = df.withColumn('a', F.col('tags').cast('string'))"),
        typed("df = df.withColumn('a', F.col('tags').cast('array<int>'))"),
        typed("df = df.withColumn('a', F.lit(None).cast('date'))"),
        typed("df = df.withColumn('a', F.col('day').cast('int'))"),
        typed("df = df.withColumn('a', F.lit(dbt.config.get('keys')[0]).cast('date'))"),
    ),
    invalid=(
        typed(
            "df = df.withColumn('a', ⟦F.col('id').cast('date')⟧)",
            message="there is no cast of bigint (`F.col('id')`) to date",
        ),
        typed("df = df.withColumn('a', ⟦df.paid.cast('date')⟧)", message="no cast of boolean"),
        typed(
            "df = df.withColumn('a', ⟦df['tags'].astype('double')⟧)",
            message="no cast of array<string>",
        ),
        typed(
            "from pyspark.sql.types import DateType\ndf = df.select(⟦F.size('tags').cast(DateType())⟧)",
            message="no cast of int",
        ),
    ),
)
