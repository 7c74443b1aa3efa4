"""Iceberg tables of an SQL and of a Python model, read by others than Spark: the same rows, types and snapshots."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.clients.readers import SECOND, build_twice, two_models

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.spark, pytest.mark.timeout(600)]


def test_models_are_read_as_spark_reads_them(
    tmp_path: Path, endpoint_dir: Path, run_program: Any
) -> None:
    models = two_models("iceberg", ["days(at)", "bucket(4, id)"])
    build_twice(tmp_path, endpoint_dir, "readers", models)
    found = run_program("open_tables", "readers", "by_sql", "by_python")
    for name in ("by_sql", "by_python"):
        seen = found[name]
        rows = [dict(row) for row in seen["pyiceberg"]]
        assert [row["id"] for row in rows] == [0, 1, 2]
        assert rows[1] == SECOND
        assert seen["duckdb"] == seen["pyiceberg"]
        assert seen["pandas"] == [3, sorted(rows[0])]
        assert seen["awswrangler"]["big"] == "bigint"
        assert seen["awswrangler"]["pair"] == "struct<a:int,b:string>"
        assert seen["snapshots"] == ["overwrite", "overwrite"]
        assert seen["partitions"] == [["day", "at_day"], ["bucket[4]", "id_bucket"]]
    assert json.dumps(found["by_sql"]["pyiceberg"]) == json.dumps(found["by_python"]["pyiceberg"])
