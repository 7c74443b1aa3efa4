"""A model is compiled without dbt into the program and plan of the run that dbt would make."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from glue_compiler.plan.report import plan_markdown
from glue_compiler.project.context import Node, ProjectContext, RelationColumn, SourceTable
from glue_compiler.project.profiles import Target
from glue_compiler.text.source import SourceText
from glue_compiler.workspace import Surroundings, Workspace

if TYPE_CHECKING:
    from glue_compiler.plan.preview import PlannedProgram

COUNTED = """def model(dbt, session):
    orders = dbt.ref("shop", "orders")
    events = dbt.source("raw", "events")
    if orders.filter("amount > 0").count() == 0:
        return orders
    print(orders.count())
    return orders.unionByName(events)
"""
ORDERS = Node("model", "orders", "shop", "models/orders.sql", schema="sales", alias="all`orders")
EVENTS = SourceTable("raw", "events", "shop", schema="landing")


def previewed(
    text: str,
    node: Node | None = None,
    incremental: bool = False,
    target: Target | None = None,
) -> PlannedProgram:
    nodes = (ORDERS,) if node is None else (ORDERS, node)
    project = ProjectContext("/shop", "shop", nodes, (EVENTS,), ("shop",))
    around = Surroundings(Path("/shop"), project, target=target or Target())
    path, source = "models/report.py", SourceText(text)
    return Workspace(around).program(path, source, incremental=incremental)


def model(**changes: object) -> Node:
    return Node("model", "report", "shop", "models/report.py", "python", **changes)  # type: ignore[arg-type]


def test_refs_and_sources_become_the_tables_that_the_project_tells() -> None:
    request = previewed(COUNTED).request
    (ref,) = request.refs
    (source,) = request.sources
    assert (ref.package, ref.name, ref.relation) == ("shop", "orders", "`sales`.`all``orders`")
    assert source.relation == "`landing`.`events`"
    assert request.unique_id == "model.shop.report"


def test_an_ephemeral_model_is_no_table() -> None:
    ephemeral = Node(
        "model", "cleaned", "shop", "models/cleaned.sql", config={"materialized": "ephemeral"}
    )
    text = 'def model(dbt, session):\n    return dbt.ref("cleaned")\n'
    (ref,) = previewed(text, ephemeral).request.refs
    assert ref.relation == "`__dbt__cte__cleaned`"


def test_an_incremental_run_adds_to_the_table_that_is_there() -> None:
    assert previewed(COUNTED).request.target.existing is None
    assert previewed(COUNTED, incremental=True).request.target.existing == "`default`.`report`"
    assert '"is_incremental": true' in previewed(COUNTED, incremental=True).text.replace("\\", "")


def test_the_program_is_the_same_each_time() -> None:
    assert previewed(COUNTED).text == previewed(COUNTED).text


def test_the_program_stores_its_result_as_the_configs_say() -> None:
    config = {
        "file_format": "ORC",
        "partition_by": "day",
        "clustered_by": ["id"],
        "buckets": 4,
        "options": {"compression": "zlib"},
        "table_properties": {"owner": "sales", "hot": True},
    }
    node = model(config=config, columns=(RelationColumn("id", "bigint"), RelationColumn("day")))
    target = previewed(COUNTED, node).request.target
    assert (target.file_format, target.partition_by) == ("orc", ("day",))
    assert (target.bucket_by, target.buckets) == (("id",), 4)
    assert target.options == {"compression": "zlib"}
    assert target.table_properties == {"owner": "sales", "hot": "true"}
    assert target.declared == {"id": "bigint"}


def test_the_new_rows_of_an_incremental_run_are_stored_plainly() -> None:
    node = model(config={"partition_by": ["day"], "file_format": "orc"})
    target = previewed(COUNTED, node, incremental=True).request.target
    assert (target.file_format, target.partition_by) == ("parquet", ())


def test_configs_that_the_text_sets_count_before_those_of_the_project() -> None:
    node = model(config={"partition_by": ["day"], "batch": 1})
    text = COUNTED.replace(":\n", ':\n    dbt.config(partition_by=["hour"])\n', 1)
    request = previewed(text, node).request
    assert request.target.partition_by == ("hour",)
    assert request.config == {"partition_by": ["hour"], "batch": 1}


def test_a_model_sees_no_config_that_only_dbt_reads() -> None:
    node = model(config={"pre-hook": ["select 1"], "post_hook": "x", "batch": 1, "tags": None})
    assert previewed(COUNTED, node).request.config == {"batch": 1}


def test_a_contract_travels_with_the_program() -> None:
    node = model(config={"columns_contract": "enforce"}, columns=(RelationColumn("id", "bigint"),))
    assert previewed(COUNTED, node).request.contract == {
        "mode": "enforce",
        "columns": [{"name": "id", "type": "bigint"}],
    }


def test_relations_of_unknown_schemas_are_in_that_of_the_target() -> None:
    request = previewed(COUNTED, target=Target(schema="analytics")).request
    assert request.this.relation == "`analytics`.`report`"
    assert request.database == "analytics"


def test_a_plan_holds_for_every_spark_that_the_session_may_have() -> None:
    text = COUNTED.replace(":\n", ':\n    orders = dbt.ref("orders").filter("a > 1")\n', 1)
    applied = {
        glue: [
            row["rewrite"]
            for row in previewed(text, target=Target(glue_version=glue)).plan.to_dict()["decisions"]
            if row["applied"]
        ]
        for glue in ("4.0", "5.0", "6.0")
    }
    assert applied["4.0"] == applied["5.0"] == ["emptiness", "shared_work"]
    ansi = previewed(text, model(config={"meta": {"glue_version": "6.0"}}))
    assert [row["applied"] for row in ansi.plan.to_dict()["decisions"]] == [
        row["applied"]
        for row in previewed(text, target=Target(glue_version="6.0")).plan.to_dict()["decisions"]
    ]


def test_the_plan_tells_what_was_applied_and_why_not() -> None:
    text = plan_markdown(previewed(COUNTED).plan, "report")
    assert text.startswith("# Plan of `report`\n\nIt returns a Spark frame.\n")
    assert "**Saved: stops at the first row" in text
    assert "## Applied\n\n| line | rewrite | saves |" in text
    assert "| 4 | `emptiness` | stops at the first row" in text
    assert "with nothing to change: " in text
    assert "counts (not_returned)" in text


def test_a_plan_that_was_not_made_says_why() -> None:
    text = plan_markdown(previewed(COUNTED, model(config={"optimize": False})).plan, "report")
    assert "The source runs as it is: optimize is false." in text


def test_the_program_is_python_with_its_request_as_json() -> None:
    text = previewed(COUNTED).text
    compile(text, "program.py", "exec")
    assert json.dumps("models/report.py")[1:-1] in text
