"""What is offered where: `|` marks the cursor in a model as a person would have left it."""

from __future__ import annotations

import pytest
from glue_compiler.analysis import analyze
from glue_compiler.editor.completion import Place, complete
from glue_compiler.project.context import Node, ProjectContext, RelationColumn, SourceTable
from glue_compiler.project.settings import Settings
from glue_compiler.text.source import SourceText

COLUMNS = (
    RelationColumn("id", "bigint", "contract"),
    RelationColumn("amount", "double", "contract"),
    RelationColumn("day", "date", "contract"),
)
PROJECT = ProjectContext(
    "/shop",
    "shop",
    nodes=(
        Node(
            "model",
            "orders",
            "shop",
            "models/orders.sql",
            columns=COLUMNS,
            contract=True,
            columns_complete=True,
        ),
        Node("model", "totals", "shop", "models/totals_v1.sql", version="1", is_latest=False),
        Node("model", "totals", "shop", "models/totals_v2.sql", version="2"),
        Node("model", "dates", "tools", "dbt_packages/tools/models/dates.sql"),
        Node("model", "hidden", "shop", "models/hidden.sql", enabled=False),
    ),
    sources=(
        SourceTable("raw", "events", "shop", columns=(RelationColumn("kind", "string"),)),
        SourceTable("raw", "users", "shop"),
    ),
    packages=("shop", "tools"),
)
HEAD = """from pyspark.sql import functions as F
import pandas as pd


def model(dbt, session):
    orders = dbt.ref("orders")
"""


def labels(line: str, after: str = "    return orders\n", head: str = HEAD) -> list[str]:
    """The labels offered at the `|` of a line of a model."""
    text = head + "\n".join(f"    {part}" for part in line.split("\n"))
    offset = text.index("|")
    source = SourceText(text.replace("|", "", 1) + "\n" + after)
    good = analyze(head + after)
    found = complete(Place(source, offset, analyze, Settings(), PROJECT, lambda: good))
    return [] if found is None else [item.label for item in found.items]


NAMES = ["orders", "totals", "dates", "tools"]
ORDERS = ["id", "amount", "day"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('x = dbt.ref("|', NAMES),
        ('x = dbt.ref("|")', NAMES),
        ("x = dbt.ref('or|')", NAMES),
        ("x = dbt.ref(|", NAMES),
        ('x = dbt.ref("tools", "|', ["dates"]),
        ('x = dbt.ref("orders", "|', []),
        ('x = dbt.ref("totals", v=|', ["1", "2"]),
        ('x = dbt.source("|', ["raw"]),
        ('x = dbt.source("raw", "|', ["events", "users"]),
        ('x = dbt.source("other", "|', []),
        ('dbt.config(materialized="|', ["table", "incremental"]),
        ("dbt.config(materialized=|", ["table", "incremental"]),
        ("dbt.config(enabled=|", ["True", "False"]),
        ('dbt.config(unique_key="|', ORDERS),
        ('dbt.config(partition_by=["id", "|', ORDERS),
        ("dbt.this.|", ["database", "schema", "identifier"]),
        ("dbt.config.|", ["get", "meta_get"]),
    ],
)
def test_calls_of_dbt(line: str, expected: list[str]) -> None:
    assert labels(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        'orders.select("|',
        'orders.select("id", "|")',
        'orders.select(["id", "|',
        'orders.select(\n    "id",\n    "|',
        'x = orders["|"]',
        'x = orders[["id", "|',
        'orders.where(F.col("|',
        'orders.groupBy("|',
        'orders.groupBy("day").agg(F.sum("|',
        'orders.orderBy(F.desc("|")',
        'orders.join(orders, on=["|',
        'orders.join(orders, "|"',
        'orders.drop("|")',
        'orders.withColumn("n", F.upper(F.col("|',
        'orders.fillna(0, subset=["|',
        'if True:\n    orders.select("|',
        'try:\n    orders.select("|',
        'for name in ["a"]:\n    orders.select("|',
        'y = (broken\nz = orders.select("|',
        'dbt.ref("orders").filter("id > 1").select("|',
        'orders.toPandas()["|',
    ],
)
def test_columns_where_a_column_is_named(line: str) -> None:
    assert labels(line) == ORDERS


@pytest.mark.parametrize(
    "line",
    [
        'print("|',
        "# orders.select(|",
        'x = "|',
        'orders.write.format("|',
        'orders.select(F.lit("|',
        'orders.select(F.date_format("day", "|',
        'x = f"{orders}|',
        "x = or|",
        "import |",
        "pd.|",
        "F.|",
        'unknown.select("|',
    ],
)
def test_nothing_outside_of_our_contexts(line: str) -> None:
    assert labels(line) == []


def test_columns_follow_the_frame() -> None:
    line = 'x = orders.select("id", F.col("amount").alias("spent"))\nx.select("|'
    assert labels(line) == ["id", "spent"]
    assert labels('orders.drop("day").groupBy("id").agg(F.sum("amount").alias("n")).select("|') == [
        "id",
        "n",
    ]


def test_members_by_kind_and_spark_version() -> None:
    spark = labels("orders.|")
    assert spark[:3] == ORDERS
    assert {"withColumn", "groupBy", "toPandas"} <= set(spark)
    assert "iterrows" not in spark
    pandas = labels("orders.toPandas().|")
    assert "iterrows" in pandas
    assert "withColumn" not in pandas
    assert "agg" in labels('orders.groupBy("id").|')
    assert "table" in labels("session.|")


def test_config_keys_that_are_not_written_yet() -> None:
    found = labels('dbt.config(materialized="table", |')
    assert "unique_key" in found
    assert "materialized" not in found
    assert "dist" not in found


def test_packages_of_the_glue_version() -> None:
    found = labels('dbt.config(packages=["|')
    assert "numpy" in found


def test_the_name_of_the_dbt_object_counts_not_its_spelling() -> None:
    head = "def model(d, spark):\n    pass\n"
    assert labels('x = d.ref("|', head=head) == NAMES
    assert labels('x = dbt.ref("|', head=head) == []


def test_what_is_written_is_replaced() -> None:
    source = SourceText(HEAD + '    x = dbt.ref("ord")\n')
    offset = source.text.index('ord")') + 3
    found = complete(Place(source, offset, analyze, Settings(), PROJECT))
    assert found is not None
    assert source.slice(found.span) == "ord"
