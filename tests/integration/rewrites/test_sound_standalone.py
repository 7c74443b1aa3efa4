"""A standalone script, pasted: it shows what the model returns, and leaves the model's own table alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from glue_cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.spark

MODEL = """
def model(dbt, session):
    dbt.config(materialized="incremental")
    df = dbt.ref("orders")
    if dbt.is_incremental:
        df = df.filter("id > 2")
    return df
"""


def test_an_increment_does_not_replace_the_table(
    spark: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "dbt_project.yml").write_text("name: shop\nversion: '1'\nprofile: shop\n")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "daily.py").write_text(MODEL)
    (tmp_path / "models" / "orders.sql").write_text("select 1 as id")
    monkeypatch.chdir(tmp_path)
    for name, rows in (("orders", 4), ("daily", 3)):
        spark.range(rows).write.mode("overwrite").saveAsTable(name)
    wire = ["compile", "daily", "--incremental", "--standalone", "--show", "wire"]
    script = CliRunner().invoke(main, wire).stdout
    exec(compile(script, "<pasted>", "exec"), {"spark": spark})
    assert [row.id for row in spark.table("daily").orderBy("id").collect()] == [0, 1, 2]
    assert [row.id for row in spark.table("daily__standalone").collect()] == [3]
    printed = capfd.readouterr().out
    assert '"ok": true' in printed or '"ok":true' in printed
    assert "|3  |" in printed
    spark.sql("drop table daily__standalone")
    script = CliRunner().invoke(main, ["compile", "daily", "--incremental", "--standalone"]).stdout
    assert "glue_" not in script.replace("dbt_glue", "")
    exec(compile(script, "<pasted>", "exec"), {"spark": spark})
    assert [row.id for row in spark.table("daily").orderBy("id").collect()] == [0, 1, 2]
    assert [row.id for row in spark.table("daily__standalone").collect()] == [3]
    for name in ("orders", "daily", "daily__standalone"):
        spark.sql(f"drop table {name}")
