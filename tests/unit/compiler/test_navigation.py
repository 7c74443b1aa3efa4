"""What names the same thing: refs with and without a package, unit tests in YAML, columns of one relation."""

from __future__ import annotations

import textwrap

import pytest
from glue_compiler.analysis import analyze
from glue_compiler.editor.navigation import same_places, target_at
from glue_compiler.editor.references import (
    Named,
    named,
    refs_in_python,
    refs_in_sql,
    unit_tests_in_yaml,
)
from glue_compiler.editor.topics import explain_topic
from glue_compiler.project.context import Node, ProjectContext, RelationColumn
from glue_compiler.schemas.resolver import FrameSchemas
from glue_compiler.text.source import SourceText


def node(name: str, package: str = "shop", *columns: str) -> Node:
    path = (
        f"models/{name}.sql" if package == "shop" else f"dbt_packages/{package}/models/{name}.sql"
    )
    found = tuple(RelationColumn(item) for item in columns)
    return Node("model", name, package, path, columns=found, columns_complete=True)


PROJECT = ProjectContext(
    "/shop",
    "shop",
    (
        node("orders", "shop", "id", "amount"),
        node("orders", "core", "id", "legacy"),
        node("customers", "shop", "id", "name"),
        node("dates", "core", "day"),
    ),
    (),
    ("shop", "core"),
)


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("{{ ref('orders') }} {{ ref('shop', 'orders') }}", Named("orders", "shop"), 2),
        ("{{ ref('core', 'orders') }}", Named("orders", "shop"), 0),
        ("{{ ref('core', 'orders') }} {{ ref('orders') }}", Named("orders", "core", False), 1),
        ("{{ ref('orders', v=2) }} {{ ref( \"orders\" ) }}", Named("orders", "shop"), 2),
        ("{{ xref('orders') }} {{ ref('orders_2') }}", Named("orders", "shop"), 0),
        ("tests: [{relationships: {to: ref('orders')}}]", Named("orders", "shop"), 1),
    ],
)
def test_refs_in_sql_and_yaml_heed_the_package(text: str, wanted: Named, found: int) -> None:
    spans = refs_in_sql(text, wanted)
    assert len(spans) == found
    assert all(text[start:end] == "orders" for start, end in spans)


def test_refs_in_python_heed_the_package_and_can_be_edited() -> None:
    text = textwrap.dedent("""
        def model(dbt, session):
            a = dbt.ref("orders")
            b = dbt.ref("shop", "orders")
            c = dbt.ref("core", "orders")
            d = dbt.ref("or" "ders")
            return a.join(b, "id").join(c, "id").join(d, "id")
        """)
    source = SourceText(text)
    spans = refs_in_python(analyze(source), source, Named("orders", "shop"))
    assert [source.slice(span) for span in spans] == ["orders", "orders"]
    assert [source.line_of(span.start) for span in spans] == [3, 4]


def test_a_ref_without_a_package_means_the_own_model() -> None:
    own, other, dates = PROJECT.nodes[0], PROJECT.nodes[1], PROJECT.nodes[3]
    assert named(PROJECT, own) == Named("orders", "shop", bare=True)
    assert named(PROJECT, other) == Named("orders", "core", bare=False)
    assert named(PROJECT, dates) == Named("dates", "core", bare=True)


def test_unit_tests_name_their_model() -> None:
    text = textwrap.dedent("""
        models:
          - name: report
            columns: [{name: model}]
        unit_tests:
          - name: adds
            model: orders  # the one
            given: []
          - model: 'orders'
          - model: orders_2
        metrics:
          - model: orders
        """)
    spans = unit_tests_in_yaml(text, "orders")
    assert [text[: span.start].count("\n") + 1 for span in spans] == [7, 9]
    assert all(text[start:end] == "orders" for start, end in spans)


def marked(text: str) -> tuple[str, int, list[str]]:
    """The text without markers, the offset of `|`, and the lines (1-based) with `#same`."""
    offset = text.index("|")
    text = text.replace("|", "", 1)
    return text, offset, [line for line in text.split("\n") if line.endswith("#same")]


@pytest.mark.parametrize(
    "text",
    [
        """
        def model(dbt, session):
            orders = dbt.ref("orders")
            people = dbt.ref("customers")
            a = orders.select("i|d")  #same
            b = people.select("id")
            c = orders.filter("amount > 0").select("id")  #same
            return a.join(c, a["amount"] == c["amount"])
        """,
        """
        def model(dbt, session):
            orders = dbt.ref("orders").withColumnRenamed("id", "key")  #same
            return orders.select("k|ey")  #same
        """,
        """
        def model(dbt, session):
            orders = dbt.ref("orders").withColumn("tax", dbt.ref("orders")["amount"])
            people = dbt.ref("customers").withColumn("tax", dbt.ref("customers")["id"])
            mine = orders.select("t|ax")  #same
            more = orders.filter("amount > 0").select("tax")  #same
            return mine.join(people.select("tax"), "tax", "cross")  #same
        """,
    ],
)
def test_a_column_is_the_same_in_frames_of_its_relation(text: str) -> None:
    text, offset, expected = marked(textwrap.dedent(text))
    source = SourceText(text)
    facts = analyze(source)
    target = target_at(facts, source, offset)
    assert target is not None
    assert target.kind == "column"
    found = same_places(facts, source, target, FrameSchemas.known(facts, PROJECT))
    lines = dict.fromkeys(source.line_text(source.line_of(span.start)).rstrip() for span in found)
    assert list(lines) == expected


def test_what_is_told_of_a_model_of_a_package_is_its_own() -> None:
    facts = analyze("def model(dbt, session):\n    return dbt.ref('orders')\n")
    schemas = FrameSchemas.known(facts, PROJECT)
    text = explain_topic(("ref", "core", "orders"), PROJECT, "5.0", schemas)
    assert text is not None
    assert "legacy" in text
    assert "amount" not in text
