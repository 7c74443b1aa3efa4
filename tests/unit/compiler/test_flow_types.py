"""What the interpreter finds out about the types of column expressions, and where it lets go of them."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest
from glue_compiler.analysis import analyze
from glue_compiler.project.load import load_project
from glue_compiler.rules.glu643_operand_types import FILES, FILES_WITHOUT_CONTRACT
from glue_compiler.text.source import SourceText
from glue_compiler.workspace import Surroundings, Workspace

if TYPE_CHECKING:
    from pathlib import Path

IMPORTS = "from pyspark.sql import Window, functions as F\n\n\n"


def analysed(body: str):
    text = IMPORTS + "def model(dbt, session):\n    df = dbt.ref('x')\n"
    facts = analyze(text + textwrap.indent(textwrap.dedent(body), "    "))
    assert facts.syntax_errors == ()
    assert facts.flow.complete
    return facts.flow


def type_of(expression: str) -> str | None:
    flow = analysed(f"return df.select({expression}.alias('c'))")
    (column,) = flow.frames[flow.returns[0].frame].schema.columns
    return column.type


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("F.lit(1)", "int"),
        ("F.lit(3_000_000_000)", "bigint"),
        ("F.lit(2**70)", None),
        ("F.lit(True)", "boolean"),
        ("F.lit(None)", "void"),
        ("(F.col('a') > 1)", "boolean"),
        ("(F.col('a') | F.col('b'))", "boolean"),
        ("(~F.col('a'))", "boolean"),
        ("F.col('a').isNull()", "boolean"),
        ("(F.lit(1) + F.lit(2.5))", "double"),
        ("(F.lit(1) + F.lit('2'))", None),
        ("(F.lit(1) + F.col('a'))", None),
        ("F.col('a').cast('decimal(9,2)')", "decimal(9,2)"),
        ("F.max(F.lit('a'))", "string"),
        ("F.max('a')", None),
        ("F.sum(F.lit(1)).over(Window.partitionBy('a'))", "bigint"),
        ("F.to_date('a')", "date"),
        ("F.count('*')", "bigint"),
        ("F.when(F.col('a') > 1, F.lit(1)).otherwise(F.lit(None))", "int"),
        ("F.when(F.col('a') > 1, F.lit(1)).otherwise(F.lit(2.5))", None),
        ("F.when(F.col('a') > 1, F.lit(1)).when(F.col('a') > 2, F.col('b')).otherwise(3)", None),
        ("F.coalesce(F.lit('a'), F.lit('b'))", "string"),
        ("F.col('a').anything(F.lit(1))", None),
    ],
)
def test_an_expression_has_the_type_that_spark_gives_it(
    expression: str, expected: str | None
) -> None:
    assert type_of(expression) == expected


@pytest.mark.parametrize(
    "body",
    [
        "df = df.union(dbt.ref('y'))",
        "df = df.intersect(dbt.ref('y'))",
        "df = session.createDataFrame(df.toPandas())",
        "df = df.join(dbt.ref('y'), 'day', 'full')",
        "if dbt.config.get('a'):\n    df = df.withColumn('day', F.col('day').cast('string'))",
        "for name in df.columns:\n    df = df.withColumn(name, F.col(name).cast('string'))",
        "df = df.withColumn('day', F.col('day'))",
        "df = df.na.replace({1: 2}).toDF('day')",
    ],
)
def test_a_column_that_may_have_another_type_now_is_asked_for_none(body: str) -> None:
    """Of those that are asked about, the rules find the type among the relation's columns."""
    flow = analysed(f"{body}\nreturn df.filter(F.col('day') > 1)")
    compared = [fact for fact in flow.typed if fact.operation == "<"]
    for fact in compared:
        for operand in fact.operands:
            if operand.frame is None:
                continue
            schema = flow.frames[operand.frame].schema
            named = [column for column in schema.columns if column.name == operand.name]
            kept = [base for base in schema.bases if not base.changed]
            assert named == [] or named[0].type is None
            assert named != [] or kept == [] or not schema.has_all_names


def test_what_a_try_catches_is_not_recorded() -> None:
    body = "try:\n    df = df.filter(F.col('day') > 1)\nexcept Exception:\n    pass\nreturn df"
    assert analysed(body).typed == ()


@pytest.mark.parametrize(
    ("files", "severity"), [(FILES, "error"), (FILES_WITHOUT_CONTRACT, "warning")]
)
def test_types_that_nothing_enforces_are_doubted(
    files: dict[str, str], severity: str, tmp_path: Path
) -> None:
    project = {"dbt_project.yml": "name: shop\nprofile: shop\n", **files}
    for path, text in project.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    body = (
        "def model(dbt, session):\n    df = dbt.ref('orders')\n    return df.filter(df.day > 1)\n"
    )
    workspace = Workspace(Surroundings(tmp_path, load_project(tmp_path, cache=False)))
    (found,) = [
        item
        for item in workspace.findings("models/late.py", SourceText(body))
        if item.code == "GLU643"
    ]
    assert found.severity == severity
    assert found.help is not None
    assert "models/orders.yml:8" in found.help
