"""What a small change of a large table costs: merge and insert_overwrite, by how the table is partitioned.

Nothing is asserted about the times, which depend on the machine; the ratios are to the first line.
"""

from __future__ import annotations

from statistics import median
from typing import Any

import pytest
from dbt.tests.util import run_dbt, write_file

from dbt.adapters.glue.impl import GlueAdapter

ROWS = 1_000_000
NEW = 1_000
ROUNDS = 3

TABLE = (
    "select id, id * 2 as amount, sha2(string(id), 256) as text, {day} as day from range({rows})"
)
DAY = "date_add(date'2024-01-01', cast(id % {days} as int))"


def incremental(days: int, new: str, **config: Any) -> str:
    said = ", ".join(f"{key}={value!r}" for key, value in config.items())
    first = TABLE.format(day=DAY.format(days=days), rows=ROWS)
    return (
        f"{{{{ config(materialized='incremental', {said}) }}}}\n"
        f"{{% if is_incremental() %}}\n{new}\n{{% else %}}\n{first}\n{{% endif %}}\n"
    )


def some_of_one_day(days: int) -> str:
    """NEW rows, half of them of rows that are there, all of one day."""
    first = ROWS // days * days - days * (NEW // 2 - 1)
    return f"select * from (select id, -id as amount, 'new' as text, {DAY.format(days=days)} as day from (select {first} + id * {days} as id from range({NEW})))"


def one_day(days: int) -> str:
    return f"select * from ({TABLE.format(day=DAY.format(days=days), rows=ROWS)}) where id % {days} = 0"


def models() -> dict[str, tuple[str, bool]]:
    """The text of each model, by what is said of it, and whether it may rewrite single partitions."""
    listed = {
        "merge into no partitions": (incremental(300, some_of_one_day(300), unique_key="id"), True)
    }
    for days in (30, 300):
        for key, words in ((["id"], "key id"), (["id", "day"], "key id, day")):
            text = incremental(days, some_of_one_day(days), unique_key=key, partition_by="day")
            listed[f"merge into one of {days} days, {words}"] = (text, True)
        listed[f"merge into {days} days, all rewritten"] = (
            incremental(days, some_of_one_day(days), unique_key="id", partition_by="day"),
            False,
        )
        listed[f"insert_overwrite of one of {days} days"] = (
            incremental(
                days, one_day(days), incremental_strategy="insert_overwrite", partition_by="day"
            ),
            True,
        )
    return listed


class TestGrowth:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {"start.sql": "select 1 as n"}

    def test_what_a_small_change_costs(self, project: Any) -> None:
        times: dict[str, float] = {}
        for number, (name, (text, by_partition)) in enumerate(models().items()):
            write_file(text, project.project_root, "models", f"m{number}.sql")
            run_dbt(["run", "-s", f"m{number}"])
            with pytest.MonkeyPatch.context() as patched:
                if not by_partition:
                    patched.setattr(
                        GlueAdapter, "may_rewrite_partitions", lambda *_arguments: False
                    )
                runs = [run_dbt(["run", "-s", f"m{number}"])[0] for _ in range(ROUNDS)]
            times[name] = median(run.execution_time for run in runs)
            count = project.run_sql(f"select count(*) from {{schema}}.m{number}", fetch="one")[0]
            assert count == (ROWS if "insert" in name else ROWS + NEW // 2)
        print(f"\n{f'{NEW:,} rows into {ROWS:,}':<48}{'seconds':>9}{'ratio':>8}")
        whole = times["merge into no partitions"]
        for name, seconds in times.items():
            print(f"{name:<48}{seconds:>9.2f}{seconds / whole:>8.2f}")
