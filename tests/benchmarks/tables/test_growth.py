"""What a small change costs as its table grows, by format and by how the table is partitioned.

1,000,000 rows are 30 days, 10,000,000 rows are 300 of the same size: what a change of one day writes may not grow.
That is asserted, in bytes. Seconds depend on the machine and are printed, with their ratios.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.util import run_dbt

from dbt.adapters.glue.impl import GlueAdapter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.timeout(7200)

FORMATS = os.environ.get("DBT_GLUE_BENCH_FORMATS", "parquet,iceberg").split(",")
DAYS = (30, 300)
PER_DAY = 33_334
NEW = 1_000
ROUNDS = 3
STEADY = 1.5
"""How much more bytes a change of one day may write into 300 days than into 30."""

# Each day is written by a task of its own: days follow one another in files, as in tables that grow.
ROWS = (
    "select id, id * 2 as amount, hex(id * 2654435761) as text, "
    f"date_add(date'2024-01-01', cast(id div {PER_DAY} as int)) as day from range({{first}}, {{end}}, 1, {{tasks}})"
)


@dataclass(frozen=True)
class Case:
    """A table and a change of it: the first day's rows again, or 1,000 rows of the last day, half of them new."""

    change: str
    file_format: str
    days: int
    key: str = ""
    partitioned: bool = True
    whole: bool = False
    """Without the rewrite of single partitions, for comparison."""

    @property
    def name(self) -> str:
        how = "by day" if self.partitioned else "no partitions"
        key = f", key {self.key}" if self.key else ""
        return f"{self.change}, {self.file_format}, {how}{key}{', all rewritten' if self.whole else ''}"

    @property
    def rows(self) -> int:
        return self.days * PER_DAY

    @property
    def grows(self) -> bool:
        """Whether more of the table is written than the day that changes."""
        return self.whole or (self.file_format == "parquet" and not self.partitioned)

    def sql(self) -> str:
        config = {"materialized": "incremental", "file_format": self.file_format}
        config["incremental_strategy"] = self.change
        said = "".join(f"{key}='{value}', " for key, value in config.items())
        said += f"unique_key={self.key.split(', ')}, " if self.key else ""
        said += "partition_by=['day']" if self.partitioned else ""
        first = ROWS.format(first=0, end=self.rows, tasks=self.days)
        if self.change == "merge":
            last = self.rows - NEW // 2
            new = ROWS.format(first=last, end=last + NEW, tasks=1)
            day = f"date_add(date'2024-01-01', {self.days - 1})"
            new = f"select id, -amount as amount, 'new' as text, {day} as day from ({new})"
        else:
            new = ROWS.format(first=0, end=PER_DAY, tasks=1)
        return f"{{{{ config({said}) }}}}\n{{% if is_incremental() %}}\n{new}\n{{% else %}}\n{first}\n{{% endif %}}\n"


def cases() -> Iterator[Case]:
    for file_format in FORMATS:
        for days in DAYS:
            yield Case("merge", file_format, days, "id", partitioned=False)
            yield Case("merge", file_format, days, "id")
            yield Case("merge", file_format, days, "id, day")
            if file_format == "parquet":
                yield Case("merge", file_format, days, "id", whole=True)
            yield Case("insert_overwrite", file_format, days)


@dataclass(frozen=True)
class Cost:
    """Of one change: the median of its seconds, and the bytes of the files that it left new."""

    seconds: float
    size: int


def files(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}


class TestGrowth:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        texts = {f"m{number}.sql": case.sql() for number, case in enumerate(cases())}
        return {"warm.sql": "{{ config(file_format=var('format')) }} select 1 as n", **texts}

    @pytest.fixture(scope="class")
    def project_config_update(self) -> dict[str, Any]:
        return {"vars": {"format": FORMATS[-1]}}

    def cost(self, project: Any, case: Case, model: str, data: Path) -> Cost:
        seconds, sizes = [], []
        run_dbt(["run", "-s", model])
        with pytest.MonkeyPatch.context() as patched:
            if case.whole:
                patched.setattr(GlueAdapter, "may_rewrite_partitions", lambda *_arguments: False)
            for _ in range(ROUNDS):
                before = files(data)
                (result,) = run_dbt(["run", "-s", model])
                seconds.append(result.execution_time)
                sizes.append(sum(files(data)[path] for path in files(data).keys() - before.keys()))
        table = f"{'glue_catalog.' if case.file_format == 'iceberg' else ''}{project.test_schema}.{model}"
        count = project.run_sql(f"select count(*) from {table}", fetch="one")[0]
        assert count == case.rows + (NEW // 2 if case.change == "merge" else 0)
        return Cost(median(seconds), int(median(sizes)))

    def test_what_a_small_change_costs(self, project: Any, endpoint_dir: Path) -> None:
        run_dbt(["run", "-s", "warm"])
        costs: dict[str, dict[int, Cost]] = {}
        for number, case in enumerate(cases()):
            cost = self.cost(project, case, f"m{number}", endpoint_dir)
            costs.setdefault(case.name, {})[case.days] = cost
            run_dbt(["run-operation", "drop_model", "--args", f"{{name: m{number}}}"])
        few, many = DAYS
        print(f"\n| {NEW:,} rows, or a day of {PER_DAY:,}, into {few * PER_DAY:,} and {many * PER_DAY:,} rows "
              "| seconds | ratio | MB written | ratio |\n|---|---|---|---|---|")  # fmt: skip
        for name, cost in costs.items():
            a, b = cost[few], cost[many]
            print(f"| {name} | {a.seconds:.1f}, {b.seconds:.1f} | {b.seconds / a.seconds:.1f} "
                  f"| {a.size / 1e6:.2f}, {b.size / 1e6:.2f} | {b.size / a.size:.1f} |", flush=True)  # fmt: skip
        for case in cases():
            if case.days == many and not case.grows:
                assert costs[case.name][many].size < STEADY * costs[case.name][few].size, case.name

    @pytest.fixture(scope="class")
    def macros(self) -> dict[str, str]:
        drop = (
            "{% macro drop_model(name) %}{% do adapter.drop_relation("
            "adapter.get_relation(none, target.schema, name)) %}{% endmacro %}"
        )
        return {"drop_model.sql": drop}
