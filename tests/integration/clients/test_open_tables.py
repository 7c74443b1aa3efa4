"""Iceberg tables of an SQL and of a Python model, read by others than Spark: the same rows, types and snapshots."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.spark, pytest.mark.timeout(600)]

COLUMNS = """
    cast(id as int) as id, cast(id * 3000000000 as bigint) as big, id % 2 = 0 as even,
    cast(id as double) / 4 as half, cast(id as decimal(12, 3)) / 8 as exact, concat('näme ', id) as name,
    date_add(date'2026-01-30', cast(id as int)) as day, timestamp'2026-01-30 10:20:30.123456Z' as at,
    timestamp_ntz'2026-01-30 10:20:30.123456' as local, array(cast(id as int), null) as list,
    named_struct('a', cast(id as int), 'b', 'x') as pair, cast(null as string) as nothing
""".strip()
SQL = """
{{ config(materialized='incremental', file_format='iceberg', incremental_strategy='merge', unique_key='id',
          partition_by=['days(at)', 'bucket(4, id)']) }}
select %s from range({{ '1, 3' if is_incremental() else '0, 2' }})
"""
PYTHON = """
def model(dbt, session):
    dbt.config(
        materialized="incremental", file_format="iceberg", incremental_strategy="merge", unique_key="id",
        partition_by=["days(at)", "bucket(4, id)"],
    )
    rows = session.range(1, 3) if dbt.is_incremental else session.range(0, 2)
    return rows.selectExpr(%s)
"""
PROFILE = """
readers:
  target: local
  outputs:
    local: {{type: glue, endpoint: local, endpoint_dir: "{folder}", schema: readers, threads: 1, glue_version: "5.1"}}
"""


def test_models_are_read_as_spark_reads_them(
    tmp_path: Path, endpoint_dir: Path, run_program: Any
) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "dbt_project.yml").write_text("name: readers\nprofile: readers\n")
    (tmp_path / "profiles.yml").write_text(PROFILE.format(folder=endpoint_dir))
    (tmp_path / "models" / "by_sql.sql").write_text(SQL % COLUMNS)
    texts = ", ".join(repr(text) for text in columns_of(COLUMNS))
    (tmp_path / "models" / "by_python.py").write_text(PYTHON % texts)
    dbt = str(Path(sys.executable).with_name("dbt"))
    for _ in range(2):
        ran = subprocess.run(
            [dbt, "run"], cwd=tmp_path, capture_output=True, text=True, timeout=400, check=False
        )
        assert ran.returncode == 0, ran.stdout
    found = run_program("open_tables", "readers", "by_sql", "by_python")
    for name in ("by_sql", "by_python"):
        seen = found[name]
        rows = [dict(row) for row in seen["pyiceberg"]]
        assert [row["id"] for row in rows] == [0, 1, 2]
        assert rows[1] == {
            "id": 1,
            "big": 3000000000,
            "even": False,
            "half": 0.25,
            "exact": "0.125000",
            "name": "näme 1",
            "day": "2026-01-31",
            "at": "2026-01-30 10:20:30.123456+00:00",
            "local": "2026-01-30 10:20:30.123456",
            "list": [1, None],
            "pair": {"a": 1, "b": "x"},
            "nothing": None,
        }
        assert seen["duckdb"] == seen["pyiceberg"]
        assert seen["pandas"] == [3, sorted(rows[0])]
        assert seen["awswrangler"]["big"] == "bigint"
        assert seen["awswrangler"]["pair"] == "struct<a:int,b:string>"
        assert seen["snapshots"] == ["overwrite", "overwrite"]
        assert seen["partitions"] == [["day", "at_day"], ["bucket[4]", "id_bucket"]]
    assert json.dumps(found["by_sql"]["pyiceberg"]) == json.dumps(found["by_python"]["pyiceberg"])


def columns_of(text: str) -> list[str]:
    """The expressions of a SELECT list, at its commas that are in no parentheses."""
    parts, depth, start = [], 0, 0
    for position, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append(text[start:position].strip())
            start = position + 1
    return [*parts, text[start:].strip()]
