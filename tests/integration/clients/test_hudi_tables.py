"""Hudi tables of an SQL and of a Python model, read by others than Spark: the same rows and types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.clients.readers import COLUMNS, SECOND, build_twice, two_models

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]

# Hudi has no timestamp without a zone.
HUDI_COLUMNS = {name: text for name, text in COLUMNS.items() if name != "local"}
MERGE_ON_READ = "hudi_options={'hoodie.datasource.write.table.type': 'MERGE_ON_READ'}"


def test_models_are_read_as_spark_reads_them(
    tmp_path: Path, endpoint_dir: Path, run_program: Any
) -> None:
    models = two_models("hudi", ["day"], HUDI_COLUMNS, MERGE_ON_READ)
    build_twice(tmp_path, endpoint_dir, "hudi_readers", models)
    found = run_program("hudi_tables", "hudi_readers", "by_sql", "by_python")
    for name, kind in (("by_sql", "COPY_ON_WRITE"), ("by_python", "MERGE_ON_READ")):
        seen = found[name]
        rows = [dict(row) for row in seen["hudi"]]
        assert [row["id"] for row in rows] == [0, 1, 2]
        assert rows[1] == {name: SECOND[name] for name in HUDI_COLUMNS}
        assert seen["types"]["exact"] == "decimal128(15, 6)"
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
