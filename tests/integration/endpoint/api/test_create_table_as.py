"""CREATE TABLE AS SELECT where a dropped table's data still is: what dbt-glue does on each second run.

Spark has refused it since 3.2 (SPARK-28551), and AWS Glue since 4.0: jobs there set the same setting
as dbt-glue's own tests do. With it, since Spark 3.4, a table `USING` a format is written anew, and one
`STORED AS` a format gets its new rows beside the old files (SPARK-41859, SPARK-48759).
"""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.spark

SETTING = "spark.sql.legacy.allowNonEmptyLocationInCTAS"
CREATE = "create table kept.{name} {format} location 's3://kept/{name}' as select {value} as n"


def keys(api: Any, name: str) -> list[str]:
    found = api.client("s3").list_objects_v2(Bucket="kept", Prefix=f"{name}/")
    return [item["Key"] for item in found.get("Contents", []) if item["Key"].endswith(".parquet")]


def create(name: str, value: int, how: str = "using parquet") -> str:
    return f"spark.sql({CREATE.format(name=name, value=value, format=how)!r})"


@pytest.fixture(scope="module")
def database(api: Any, session: str) -> None:
    api.text(session, "spark.sql(\"create database kept location 's3://kept/'\")")


@pytest.mark.usefixtures("database")
def test_data_of_a_dropped_table_stays_and_its_place_is_refused(api: Any, session: str) -> None:
    api.text(session, create("refused", 1))
    api.text(session, "spark.sql('drop table kept.refused')")
    assert len(keys(api, "refused")) == 1

    output = api.statement(session, create("refused", 2))["Output"]
    assert output["Status"] == "error"
    assert output["ErrorName"] == "AnalysisException"
    assert (
        "CREATE-TABLE-AS-SELECT cannot create table with location to a non-empty directory"
        in output["ErrorValue"]
    )
    assert SETTING in output["ErrorValue"]
    assert len(keys(api, "refused")) == 1


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("how", "rows"), [("using parquet", [(2,)]), ("stored as parquet", [(1,), (2,)])]
)
def test_with_the_setting_the_place_is_taken(api: Any, how: str, rows: list[Any]) -> None:
    name = how.replace(" ", "_")
    mine = api.session(DefaultArguments={"--conf": f"{SETTING}=true"})
    api.text(mine, create(name, 1, how))
    api.text(mine, f"spark.sql('drop table kept.{name}')")
    api.text(mine, create(name, 2, how))
    assert api.sql(mine, f"select n from kept.{name} order by n") == rows
    api.glue.delete_session(Id=mine)
