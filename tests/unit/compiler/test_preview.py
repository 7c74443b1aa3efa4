"""A model is compiled without dbt into the same program and plan, wherever it is asked for."""

from __future__ import annotations

from glue_compiler.analysis import analyze
from glue_compiler.facts.options import AnalysisOptions
from glue_compiler.plan.preview import Preview, plan_markdown, preview
from glue_compiler.project.context import Node, ProjectContext, SourceTable

COUNTED = """def model(dbt, session):
    orders = dbt.ref("shop", "orders")
    events = dbt.source("raw", "events")
    if orders.filter("amount > 0").count() == 0:
        return orders
    print(orders.count())
    return orders.unionByName(events)
"""
PROJECT = ProjectContext(
    "/shop",
    "shop",
    (Node("model", "orders", "shop", "models/orders.sql", schema="sales", alias="all`orders"),),
    (SourceTable("raw", "events", "shop", schema="landing"),),
    ("shop",),
)


def previewed(text: str, node: Node | None = None, incremental: bool = False) -> Preview:
    return preview(
        analyze(text, AnalysisOptions.for_glue("5.0")),
        text,
        filename="models/report.py",
        stem="report",
        project=PROJECT,
        node=node,
        incremental=incremental,
        glue_version="5.0",
    )


def test_refs_and_sources_become_the_tables_that_the_project_tells() -> None:
    request = previewed(COUNTED).request
    (ref,) = request.refs
    (source,) = request.sources
    assert (ref.package, ref.name, ref.relation) == ("shop", "orders", "`sales`.`all``orders`")
    assert source.relation == "`landing`.`events`"
    assert request.unique_id == "model.shop.report"


def test_an_incremental_run_adds_to_the_table_that_is_there() -> None:
    assert previewed(COUNTED).request.target.existing is None
    assert previewed(COUNTED, incremental=True).request.target.existing == "`default`.`report`"
    assert '"is_incremental": true' in previewed(COUNTED, incremental=True).program.replace(
        "\\", ""
    )


def test_the_program_is_the_same_each_time() -> None:
    assert previewed(COUNTED).program == previewed(COUNTED).program


def test_the_plan_tells_what_was_applied_and_why_not() -> None:
    text = plan_markdown(previewed(COUNTED).plan, "report")
    assert text.startswith("# Plan of `report`\n\nIt returns a Spark frame.\n")
    assert "| line | rewrite | | why | saves |" in text
    assert "| 4 | `emptiness` | applied |" in text
    assert "| 6 | `counts` | refused | dbt reports" in text
    assert "## Why rewrites were refused" in text


def test_a_plan_that_was_not_made_says_why() -> None:
    node = Node("model", "report", "shop", "models/report.py", "python", config={"optimize": False})
    text = plan_markdown(previewed(COUNTED, node).plan, "report")
    assert "The source runs as it is: optimize is false." in text
