"""Delta tables of an SQL and of a Python model, read by others than Spark: the same rows, types and versions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.clients.readers import SECOND, build_twice, two_models

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.spark, pytest.mark.timeout(600)]

REPLACED = """
{{ config(materialized='table', file_format='delta') }}
select cast(id as int) as id, concat('näme ', id) as name from range({{ var('rows') }})
"""


def test_models_are_read_as_spark_reads_them(
    tmp_path: Path, endpoint_dir: Path, run_program: Any
) -> None:
    models = {**two_models("delta", ["day"]), "replaced.sql": REPLACED}
    build_twice(tmp_path, endpoint_dir, "delta_readers", models, ("rows: 3", "rows: 2"))
    found = run_program("delta_tables", "delta_readers", "by_sql", "by_python", "replaced")
    for name in ("by_sql", "by_python"):
        seen = found[name]
        rows = [dict(row) for row in seen["deltalake"]]
        assert [row["id"] for row in rows] == [0, 1, 2]
        assert rows[1] == SECOND
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
