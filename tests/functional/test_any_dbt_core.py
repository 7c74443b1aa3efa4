"""One small project with whichever dbt-core is installed: each kind of node built, built again, and documented.

`make dbt-versions` runs this with every other supported version.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from dbt.tests.util import run_dbt, write_file
from glue_cli.main import main
from packaging.version import Version

pytestmark = pytest.mark.spark

CORE = Version(version("dbt-core"))
ORDERS = "id,day,amount,note\n1,2026-01-01,1.5,it's\n2,2026-01-02,2.25,\n"
LATER = "id,day,amount,note\n1,2026-01-01,9.5,\n2,2026-01-02,3.5,\n3,2026-01-02,4.5,\n"
MODELS = {
    "recent.sql": "{{ config(materialized='view') }} select * from {{ ref('orders') }} where id > 1",
    "lines.sql": "{{ config(materialized='table') }} select id, cast(amount * 2 as double) as twice from {{ ref('orders') }}",
    "days.sql": """
{{ config(materialized='incremental', incremental_strategy='insert_overwrite', partition_by='day') }}
select id, amount, day from {{ ref('orders') }}
{% if is_incremental() %} where day >= (select max(day) from {{ this }}) {% endif %}
""",
    "totals.py": """
from pyspark.sql import functions as F


def model(dbt, session):
    dbt.config(materialized="table")
    return dbt.ref("orders").groupBy("day").agg(F.sum("amount").alias("total"))
""",
    "named_v1.sql": "{{ config(materialized='table') }} select 1 as first",
    "named_v2.py": """
def model(dbt, session):
    dbt.config(materialized="table")
    return dbt.ref("orders").select("id")
""",
    "models.yml": """
models:
  - name: lines
    description: One line of each order, whose amount is doubled
    columns: [{name: id, description: "The order's number", data_tests: [unique, not_null]}]
  - name: named
    latest_version: 2
    config: {latest_version_pointer: {enabled: true}}
    versions: [{v: 1}, {v: 2}]
unit_tests:
  - name: doubles
    model: lines
    given: [{input: ref('orders'), rows: [{id: 7, amount: 1.5}]}]
    expect: {rows: [{id: 7, twice: 3.0}]}
""",
}
KEPT = """
snapshots:
  - name: kept
    relation: ref('orders')
    config: {unique_key: id, strategy: check, check_cols: [amount], file_format: parquet}
"""


class TestProject:
    @pytest.fixture(scope="class")
    def project_config_update(self) -> dict[str, Any]:
        return {"models": {"+persist_docs": {"relation": True, "columns": True}}}

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return MODELS

    @pytest.fixture(scope="class")
    def seeds(self) -> dict[str, str]:
        return {"orders.csv": ORDERS}

    @pytest.fixture(scope="class")
    def snapshots(self) -> dict[str, str]:
        return {"kept.yml": KEPT}

    @pytest.fixture(scope="class")
    def tests(self) -> dict[str, str]:
        return {"no_negative_amounts.sql": "select * from {{ ref('orders') }} where amount < 0"}

    def rows(self, project: Any, select: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in project.run_sql(select, fetch="all")]

    def build(self, *arguments: str) -> None:
        results = run_dbt(["build", *arguments])
        assert {str(result.status) for result in results} <= {"pass", "success"}

    def test_each_kind_of_node_is_built(self, project: Any) -> None:
        self.build()
        assert self.rows(project, "select count(*) from {schema}.recent") == [(1,)]
        assert self.rows(project, "select sum(twice) from {schema}.lines") == [(7.5,)]
        assert self.rows(project, "select sum(total) from {schema}.totals") == [(3.75,)]
        assert self.rows(project, "select note from {schema}.orders where id = 1") == [("it's",)]

    def test_a_second_build_adds_what_is_new(self, project: Any) -> None:
        write_file(LATER, project.project_root, "seeds", "orders.csv")
        self.build()
        days = self.rows(
            project, "select id, cast(amount as double) from {schema}.days order by id"
        )
        assert days == [(1, 1.5), (2, 3.5), (3, 4.5)]
        kept = self.rows(
            project,
            "select id, count(*), count(dbt_valid_to) from {schema}.kept group by id order by id",
        )
        assert kept == [(1, 2, 1), (2, 2, 1), (3, 1, 0)]

    def test_docs_have_what_the_catalog_has(self, project: Any) -> None:
        run_dbt(["docs", "generate"])
        path = Path(project.project_root) / "target" / "catalog.json"
        nodes = json.loads(path.read_text(encoding="utf-8"))["nodes"]
        lines = nodes["model.test.lines"]
        assert lines["metadata"]["comment"] == "One line of each order, whose amount is doubled"
        assert lines["columns"]["id"]["comment"] == "The order's number"
        assert set(nodes["model.test.totals"]["columns"]) == {"day", "total"}

    def test_the_manifest_is_read_by_the_checks(self, project: Any) -> None:
        run_dbt(["parse"])
        arguments = [
            "check",
            str(project.project_root),
            "--profiles-dir",
            str(project.profiles_dir),
        ]
        done = CliRunner().invoke(main, arguments)
        assert done.exit_code == 0, done.output

    def test_a_seed_without_rows_has_the_types_of_its_rows(self, project: Any) -> None:
        """From 1.12 on dbt-core itself leaves the rows out, and `dbt seed` takes `--empty`, too."""
        types = self.rows(project, "describe {schema}.orders")
        for command in ("build", "seed") if Version("1.12") <= CORE else ("build",):
            run_dbt([command, "--empty", "--full-refresh", "--select", "orders"])
            assert self.rows(project, "select count(*) from {schema}.orders") == [(0,)]
            assert self.rows(project, "describe {schema}.orders") == types

    if Version("1.12") <= CORE:

        def test_the_latest_version_has_a_view_under_the_name_alone(self, project: Any) -> None:
            found = self.rows(project, "select count(*) from {schema}.named")
            assert found == self.rows(project, "select count(*) from {schema}.named_v2")

        def test_a_statement_is_run_without_a_macro(self, project: Any) -> None:
            statement = f"create table {project.test_schema}.by_hand as select 7 as n"
            run_dbt(["run-operation", "--sql", statement])
            assert self.rows(project, "select n from {schema}.by_hand") == [(7,)]
