"""Hudi tables of an SQL and of a Python model, read by others than Spark: the same rows and types."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]

COLUMNS = (
    "cast(id as int) as id", "cast(id * 3000000000 as bigint) as big", "id % 2 = 0 as even",
    "cast(id as double) / 4 as half", "cast(cast(id as decimal(12, 3)) / 8 as decimal(12, 6)) as exact",
    "concat('näme ', id) as name", "date_add(date'2026-01-30', cast(id as int)) as day",
    "timestamp'2026-01-30 10:20:30.123456Z' as at", "array(cast(id as int), null) as list",
    "named_struct('a', cast(id as int), 'b', 'x') as pair", "cast(null as string) as nothing",
)  # fmt: skip
SQL = """
{{ config(materialized='incremental', file_format='hudi', incremental_strategy='merge', unique_key='id',
          partition_by=['day']) }}
select %s from range({{ '1, 3' if is_incremental() else '0, 2' }})
"""
PYTHON = """
def model(dbt, session):
    dbt.config(
        materialized="incremental", file_format="hudi", incremental_strategy="merge", unique_key="id",
        partition_by=["day"], hudi_options={"hoodie.datasource.write.table.type": "MERGE_ON_READ"},
    )
    rows = session.range(1, 3) if dbt.is_incremental else session.range(0, 2)
    return rows.selectExpr(%s)
"""
PROFILE = """
readers:
  target: local
  outputs:
    local: {{type: glue, endpoint: local, endpoint_dir: "{folder}", schema: hudi_readers, threads: 1, glue_version: "5.1"}}
"""


def test_models_are_read_as_spark_reads_them(
    tmp_path: Path, endpoint_dir: Path, run_program: Any
) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "dbt_project.yml").write_text("name: readers\nprofile: readers\n")
    (tmp_path / "profiles.yml").write_text(PROFILE.format(folder=endpoint_dir))
    (tmp_path / "models" / "by_sql.sql").write_text(SQL % ", ".join(COLUMNS))
    (tmp_path / "models" / "by_python.py").write_text(PYTHON % ", ".join(map(repr, COLUMNS)))
    dbt = str(Path(sys.executable).with_name("dbt"))
    for _ in range(2):
        ran = subprocess.run(
            [dbt, "run"], cwd=tmp_path, capture_output=True, text=True, timeout=400, check=False
        )
        assert ran.returncode == 0, ran.stdout
    found = run_program("hudi_tables", "hudi_readers", "by_sql", "by_python")
    for name, kind in (("by_sql", "COPY_ON_WRITE"), ("by_python", "MERGE_ON_READ")):
        seen = found[name]
        assert [row["id"] for row in seen["hudi"]] == [0, 1, 2]
        assert seen["hudi"][1] == {
            "id": 1,
            "big": 3000000000,
            "even": False,
            "half": 0.25,
            "exact": "0.125000",
            "name": "näme 1",
            "day": "2026-01-31",
            "at": "2026-01-30 10:20:30.123456+00:00",
            "list": [1, None],
            "pair": {"a": 1, "b": "x"},
            "nothing": None,
        }
        assert seen["types"]["exact"] == "decimal128(12, 6)"
        assert seen["types"]["at"] == "timestamp[us, tz=UTC]"
        assert seen["types"]["day"] == "date32[day]"
        assert seen["properties"] == [kind, "id"]
        assert seen["awswrangler"]["big"] == "bigint"
        assert seen["awswrangler"]["pair"] == "struct<a:int,b:string>"
        assert seen["partitions"] == [["2026-01-30"], ["2026-01-31"], ["2026-02-01"]]
    # The files of a copy-on-write table have all of its rows; of a merge-on-read one those before its logs.
    assert found["by_sql"]["duckdb"] == found["by_sql"]["hudi"]
    assert found["by_sql"]["pandas"] == [0, 1, 2]
    assert found["by_python"]["hudi"] == found["by_sql"]["hudi"]
