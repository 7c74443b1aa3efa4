"""Delta tables of an SQL and of a Python model, read by others than Spark: the same rows, types and versions."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.clients.test_open_tables import COLUMNS, PROFILE, columns_of

pytestmark = [pytest.mark.spark, pytest.mark.timeout(600)]

SQL = """
{{ config(materialized='incremental', file_format='delta', incremental_strategy='merge', unique_key='id',
          partition_by=['day']) }}
select %s from range({{ '1, 3' if is_incremental() else '0, 2' }})
"""
PYTHON = """
def model(dbt, session):
    dbt.config(
        materialized="incremental", file_format="delta", incremental_strategy="merge", unique_key="id",
        partition_by=["day"],
    )
    rows = session.range(1, 3) if dbt.is_incremental else session.range(0, 2)
    return rows.selectExpr(%s)
"""
REPLACED = """
{{ config(materialized='table', file_format='delta') }}
select cast(id as int) as id, concat('näme ', id) as name from range({{ var('rows') }})
"""


def test_models_are_read_as_spark_reads_them(
    tmp_path: Path, endpoint_dir: Path, run_program: Any
) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "dbt_project.yml").write_text("name: readers\nprofile: readers\n")
    profile = PROFILE.format(folder=endpoint_dir).replace(
        "schema: readers", "schema: delta_readers"
    )
    (tmp_path / "profiles.yml").write_text(profile)
    (tmp_path / "models" / "by_sql.sql").write_text(SQL % COLUMNS)
    texts = ", ".join(repr(text) for text in columns_of(COLUMNS))
    (tmp_path / "models" / "by_python.py").write_text(PYTHON % texts)
    (tmp_path / "models" / "replaced.sql").write_text(REPLACED)
    dbt = str(Path(sys.executable).with_name("dbt"))
    for rows in (3, 2):
        ran = subprocess.run(
            [dbt, "run", "--vars", f"rows: {rows}"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout
    found = run_program("delta_tables", "delta_readers", "by_sql", "by_python", "replaced")
    for name in ("by_sql", "by_python"):
        seen = found[name]
        rows = [dict(row) for row in seen["deltalake"]]
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
        assert [dict(row) for row in seen["duckdb"]] == rows
        assert seen["pandas"] == [3, list(rows[0])]
        assert seen["awswrangler"] == [3, list(rows[0])]
        types = seen["types"]
        assert (types["big"], types["exact"], types["at"]) == ("long", "decimal(15,6)", "timestamp")
        assert (types["local"], types["day"]) == ("timestamp_ntz", "date")
        assert seen["first"] == 2
        assert seen["operations"] == ["CREATE TABLE AS SELECT", "MERGE"]
        assert seen["partitions"] == ["day"]
    assert json.dumps(found["by_sql"]["deltalake"]) == json.dumps(found["by_python"]["deltalake"])
    assert found["replaced"]["operations"] == ["CREATE TABLE AS SELECT", "WRITE"]
    assert (found["replaced"]["first"], len(found["replaced"]["duckdb"])) == (3, 2)
