"""What a small change costs as its table grows, by format and by how the table is partitioned.

1,000,000 rows are 30 days, 10,000,000 rows are 300 of the same size: what a change of one day writes may not grow.
That is asserted, in bytes. Seconds depend on the machine and are printed, with their ratios.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.util import run_dbt

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(7200)

FORMATS = os.environ.get("DBT_GLUE_BENCH_FORMATS", "parquet,iceberg").split(",")
DAYS = (30, 300)
PER_DAY = 33_334
NEW = 1_000
ROUNDS = 2
STEADY = 1.5
"""How much more bytes a change of one day may write into 300 days than into 30."""

# Each day is written by a task of its own: days follow one another in files, as in tables that grow.
ROWS = (
    "select id, id * 2 as amount, concat('text ', id % 100) as text, "
    f"date_add(date'2024-01-01', cast(id div {PER_DAY} as int)) as day from range({{first}}, {{end}}, 1, {{tasks}})"
)


@dataclass(frozen=True)
class Grown:
    """A table of so many days, in one file or partition for each."""

    file_format: str
    days: int
    partitioned: bool

    @property
    def rows(self) -> int:
        return self.days * PER_DAY

    def name(self, change: str) -> str:
        return f"{change}, {self.file_format}, {'by day' if self.partitioned else 'no partitions'}"

    def changes(self) -> dict[str, dict[str, Any]]:
        """The configs of each change: 1,000 rows of the last day, half of them new, or the first day's rows again."""
        found: dict[str, dict[str, Any]] = {"merge": {"change": "merge", "key": ["id"]}}
        if self.partitioned and self.file_format == "parquet":
            # Then it is known without a look at the table in which partitions rows of the keys can be.
            found["merge, the day in the key"] = {"change": "merge", "key": ["id", "day"]}
        if self.partitioned:
            found["insert_overwrite"] = {"change": "insert_overwrite", "key": None}
        return found

    def sql(self) -> str:
        last = self.rows - NEW // 2
        new = ROWS.format(first=last, end=last + NEW, tasks=1)
        day = f"date_add(date'2024-01-01', {self.days - 1})"
        partitions = ", partition_by=['day']" if self.partitioned else ""
        return f"""
{{{{ config(materialized='incremental', file_format='{self.file_format}', unique_key=var('key', none),
  incremental_strategy=var('change', 'append'){partitions}) }}}}
{{% if not is_incremental() %}}
{ROWS.format(first=0, end=self.rows, tasks=self.days)}
{{% elif var('change') == 'merge' %}}
select id, -amount as amount, 'new' as text, {day} as day from ({new})
{{% else %}}
{ROWS.format(first=0, end=PER_DAY, tasks=1)}
{{% endif %}}
"""


TABLES = [
    Grown(file_format, days, partitioned)
    for file_format in FORMATS
    for partitioned in (False, True)
    for days in DAYS
]


@dataclass(frozen=True)
class Cost:
    """Of one change, the best of several: its seconds, and the bytes of the files that it left new."""

    seconds: float
    size: int


def files(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}


def cost(model: str, variables: dict[str, Any], data: Path) -> Cost:
    seconds, sizes = [], []
    for _ in range(ROUNDS):
        before = files(data)
        (result,) = run_dbt(["run", "-s", model, "--vars", json.dumps(variables)])
        seconds.append(result.execution_time)
        after = files(data)
        sizes.append(sum(after[path] for path in after.keys() - before.keys()))
    return Cost(min(seconds), min(sizes))


class TestGrowth:
    @pytest.fixture(scope="class")
    def dbt_profile_target(self, endpoint: Any, endpoint_dir: Path) -> dict[str, Any]:
        """Glue 5.1: Iceberg 1.7.1, which is that of 5.0, ends the JVM where it reads these tables by vectors."""
        return {
            "type": "glue", "endpoint": "local", "endpoint_dir": str(endpoint_dir), "threads": 1,
            "glue_version": "5.1",
        }  # fmt: skip

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        texts = {f"m{number}.sql": table.sql() for number, table in enumerate(TABLES)}
        return {"warm.sql": f"{{{{ config(file_format='{FORMATS[-1]}') }}}} select 1 as n", **texts}

    @pytest.fixture(scope="class")
    def macros(self) -> dict[str, str]:
        drop = (
            "{% macro drop_model(name) %}{% do adapter.drop_relation("
            "adapter.get_relation(none, target.schema, name)) %}{% endmacro %}"
        )
        return {"drop_model.sql": drop}

    def test_what_a_small_change_costs(self, project: Any, endpoint_dir: Path) -> None:
        run_dbt(["run", "-s", "warm"])
        costs: dict[str, dict[int, Cost]] = {}
        whole: set[str] = set()
        for number, table in enumerate(TABLES):
            model = f"m{number}"
            run_dbt(["run", "-s", model])
            for change, variables in table.changes().items():
                name = table.name(change)
                found = cost(model, variables, endpoint_dir / "s3")
                costs.setdefault(name, {})[table.days] = found
                print(f"\n{name}, {table.rows:,} rows: {found}", flush=True)
                if table.file_format == "parquet" and not table.partitioned:
                    whole.add(name)
            catalog = "glue_catalog." if table.file_format == "iceberg" else ""
            counting = f"select count(*) from {catalog}{project.test_schema}.{model}"
            assert project.run_sql(counting, fetch="one")[0] == table.rows + NEW // 2
            run_dbt(["run-operation", "drop_model", "--args", json.dumps({"name": model})])
        few, many = DAYS
        print(f"\n| {NEW:,} rows, or a day of {PER_DAY:,}, into {few * PER_DAY:,} and {many * PER_DAY:,} rows "
              "| seconds | ratio | MB written | ratio |\n|---|---|---|---|---|")  # fmt: skip
        for name, by_days in costs.items():
            a, b = by_days[few], by_days[many]
            print(f"| {name} | {a.seconds:.1f}, {b.seconds:.1f} | {b.seconds / a.seconds:.1f} "
                  f"| {a.size / 1e6:.2f}, {b.size / 1e6:.2f} | {b.size / a.size:.1f} |", flush=True)  # fmt: skip
        for name in costs.keys() - whole:
            assert costs[name][many].size < STEADY * costs[name][few].size, name
