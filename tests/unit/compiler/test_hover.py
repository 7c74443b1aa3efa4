"""What a hover says: `⟦` and `⟧` surround the text that it is about, with the cursor inside."""

from __future__ import annotations

import pytest
from glue_compiler.analysis import analyze
from glue_compiler.editor.hover import hover
from glue_compiler.project.context import (
    FileLine,
    Node,
    ProjectContext,
    RelationColumn,
    SourceTable,
)
from glue_compiler.schemas.resolver import FrameSchemas
from glue_compiler.text.source import SourceText, Span

PROJECT = ProjectContext(
    "/shop",
    "shop",
    nodes=(
        Node(
            "model",
            "orders",
            "shop",
            "models/orders.sql",
            columns=(
                RelationColumn("id", "bigint", "contract", FileLine("models/s.yml", 4), "The key"),
                RelationColumn("amount", "double", "contract"),
            ),
            contract=True,
            columns_complete=True,
            description="One row per order",
        ),
        Node("model", "unknown_columns", "shop", "models/u.sql"),
        Node("model", "upstream", "shop", "models/upstream.py", "python"),
        Node(
            "model",
            "described",
            "shop",
            "models/described.py",
            "python",
            columns=(
                RelationColumn("ID", None, "yaml", FileLine("models/s.yml", 7), "Told in YAML"),
            ),
        ),
    ),
    sources=(SourceTable("raw", "events", "shop", FileLine("models/s.yml", 9)),),
    packages=("shop",),
)
UPSTREAM = 'def model(dbt, session):\n    return dbt.ref("orders").select("id")\n'
HEAD = """import numpy
from pyspark.sql import functions as F


def model(dbt, session):
"""


def hovered(line: str) -> tuple[str, str] | None:
    """The text that the hover is about and what it says."""
    marked = HEAD + "\n".join(f"    {part}" for part in line.split("\n")) + "\n    return 1\n"
    start, end = marked.index("⟦"), marked.index("⟧") - 1
    source = SourceText(marked.replace("⟦", "").replace("⟧", ""))
    facts = analyze(source)
    schemas = FrameSchemas.known(facts, PROJECT, lambda node: analyze(UPSTREAM))
    found = hover(facts, source, start + 1, schemas, PROJECT, "5.0")
    if found is None:
        return None
    assert found.span == Span(start, end)
    return source.slice(found.span), found.text


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ('x = dbt.ref("⟦orders⟧")', ["One row per order", "`id` | bigint", "The key", "contract"]),
        ('x = dbt.ref("⟦unknown_columns⟧")', ["not known"]),
        ('x = dbt.ref("⟦upstream⟧")', ["python model", "`id` | bigint", "inferred from its code"]),
        ('x = dbt.ref("described").select("⟦id⟧")', ["`bigint`", "Told in YAML"]),
        ('x = dbt.source("raw", "⟦events⟧")', ["raw.events", "models/s.yml"]),
        ('x = dbt.⟦ref⟧("orders")', ["frame of another model"]),
        ('dbt.config(⟦materialized⟧="table")', ["Default: `'table'`"]),
        ('dbt.config(packages=["⟦numpy==1.26⟧"])', ["numpy", "preinstalled in Glue 5.0"]),
        ('⟦x⟧ = dbt.ref("orders").select("id")', ["Spark frame", "1 column", "`id` | bigint"]),
        ('⟦x⟧ = dbt.ref("unknown_columns")', ["declare them in YAML"]),
        ('x = dbt.ref("orders").select("⟦id⟧")', ["`bigint`", "From `orders`", "The key"]),
        ('x = dbt.ref("orders").⟦withColumn⟧("a", F.lit(1))', ["withColumn(", "colName"]),
        ('x = dbt.ref("orders").⟦count⟧()', ["runs a job"]),
        ("x = 1  # noqa: ⟦GLU201⟧", ["lost-dbt-call", "**Fix**"]),
    ],
)
def test_a_hover_says(line: str, parts: list[str]) -> None:
    found = hovered(line)
    assert found is not None
    for part in parts:
        assert part in found[1]


@pytest.mark.parametrize("line", ["⟦x⟧ = 1", 'print("⟦orders⟧")', "# ⟦orders⟧"])
def test_a_hover_is_silent_about_the_rest(line: str) -> None:
    assert hovered(line) is None
