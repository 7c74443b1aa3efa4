"""Constraints of a contract: rows that violate one end the run in every format, and the table stays as it was."""

from __future__ import annotations

from typing import Any

import pytest
from dbt.tests.util import run_dbt

pytestmark = pytest.mark.spark

MERGED = "materialized='incremental', on_schema_change='fail', unique_key='id'"
TABLES = {
    "parquet_replaced": "materialized='table'",
    "parquet_appended": "materialized='incremental', on_schema_change='fail', incremental_strategy='append'",
    "parquet_merged": MERGED,
    "iceberg_replaced": "materialized='table', file_format='iceberg'",
    "iceberg_merged": f"{MERGED}, file_format='iceberg'",
    "delta_merged": f"{MERGED}, file_format='delta'",
}

# By `more` it gives good rows, rows of which one has no id, or rows of which one is too small.
ROWS = """
select id, amount from (
  select 1 as id, 10 as amount
  {% if var('more', '') == 'good' %} union all select 2, null {% endif %}
  {% if var('more', '') == 'keyless' %} union all select 3, 30 union all select cast(null as int), 40 {% endif %}
  {% if var('more', '') == 'small' %} union all select 3, 30 union all select 4, -1 {% endif %}
) as all_rows
"""

CONTRACT = """
  - name: {name}
    config: {{contract: {{enforced: true}}}}
    constraints:
      - {{type: check, name: positive, expression: "amount > 0 or amount > 1 -- it's so"}}
    columns:
      - {{name: id, data_type: int, constraints: [{{type: not_null}}]}}
      - {{name: amount, data_type: int}}
"""

# Of the joined table only a row is left that meets the constraint; Spark would look at the others, too.
JOINED = """
{{ config(materialized='table') }}
select l.id, l.id as amount from {{ ref('loose') }} as l join {{ ref('parquet_replaced') }} as p on l.k = p.id
where l.k is not null
"""


class TestConstraints:
    @pytest.fixture(scope="class")
    @classmethod
    def models(cls) -> dict[str, str]:
        contracts = "".join(CONTRACT.format(name=name) for name in (*TABLES, "joined"))
        return {
            **{f"{name}.sql": f"{{{{ config({how}) }}}} {ROWS}" for name, how in TABLES.items()},
            "loose.sql": "{{ config(materialized='table') }} select 1 as k, 7 as id union all select 5, null",
            "joined.sql": JOINED,
            "schema.yml": f"models:{contracts}",
        }

    def rows(self, project: Any) -> dict[str, list[tuple[Any, ...]]]:
        """The rows of each table, which it has in one query."""
        each = " union all ".join(
            f"select '{name}' as name, id, amount from "
            f"{'glue_catalog.' if name.startswith('iceberg') else ''}{project.test_schema}.{name}"
            for name in (*TABLES, "joined")
        )
        found: dict[str, list[tuple[Any, ...]]] = {}
        for name, *row in project.run_sql(f"{each} order by name, id, amount", fetch="all"):
            found.setdefault(name, []).append(tuple(row))
        return found

    def test_good_rows_are_written(self, project: Any) -> None:
        run_dbt(["run"])
        run_dbt(["run", "-s", *TABLES, "--vars", "more: good"])
        expected = {name: [(1, 10), (2, None)] for name in TABLES}
        expected["parquet_appended"] = [(1, 10), (1, 10), (2, None)]
        assert self.rows(project) == {**expected, "joined": [(7, 7)]}

    @pytest.mark.parametrize(
        ("more", "told"),
        [
            ("keyless", 'null value in column "id" of {table} violates not-null constraint'),
            ("small", 'a row of {table} violates check constraint "positive": amount > 0 or'),
        ],
    )
    def test_a_row_that_violates_one_leaves_the_table_as_it_was(
        self, project: Any, more: str, told: str
    ) -> None:
        before = self.rows(project)
        results = run_dbt(["run", "-s", *TABLES, "--vars", f"more: {more}"], expect_pass=False)
        status = {result.node.name: str(result.status) for result in results}
        assert status == dict.fromkeys(TABLES, "error")
        for result in results:
            table = f"{project.test_schema}.{result.node.name}"
            assert told.format(table=table) in str(result.message)
        assert self.rows(project) == before
