"""The Data Catalog and Spark are one: what either writes, the other sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.spark

PARQUET = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {
        "SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
    },
}


@pytest.fixture
def database(api: Any, session: str, request: pytest.FixtureRequest) -> Any:
    """An empty database with a location, without which Spark makes no table there; gone afterwards."""
    name = request.node.name.split("[")[0][:60]
    api.glue.create_database(DatabaseInput={"Name": name, "LocationUri": f"s3://home/{name}"})
    yield name
    api.glue.delete_database(Name=name)


def table(api: Any, database: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = api.glue.get_table(DatabaseName=database, Name=name)["Table"]
    return found


def table_input(source: dict[str, Any], name: str) -> dict[str, Any]:
    """What a client copies from one table to make another."""
    members = (
        "StorageDescriptor", "PartitionKeys", "Parameters", "TableType", "ViewOriginalText",
        "ViewExpandedText", "Description", "Owner",
    )  # fmt: skip
    return {"Name": name, **{key: source[key] for key in members if key in source}}


# -- databases -------------------------------------------------------------------------------------


def test_databases_live_and_die(api: Any, session: str) -> None:
    api.glue.create_database(DatabaseInput={"Name": "Life", "LocationUri": "s3://b/l"})
    assert ("life",) in api.sql(session, "show databases")
    api.sql(session, "create table life.t as select 1 as a")
    assert table(api, "life", "t")["StorageDescriptor"]["Location"] == "s3://b/l/t"
    api.sql(session, "create database made location 's3://b/made'")
    assert api.glue.get_database(Name="made")["Database"]["LocationUri"] == "s3://b/made"
    for name in ("Life", "made"):
        api.glue.delete_database(Name=name)
    assert not {("life",), ("made",)} & set(api.sql(session, "show databases"))


def test_a_database_without_a_location_holds_no_managed_table(api: Any, session: str) -> None:
    """As on AWS, where people meet the same sentence."""
    api.glue.create_database(DatabaseInput={"Name": "homeless"})
    output = api.statement(
        session, "spark.sql('create table homeless.t using parquet as select 1 a')"
    )
    assert "Can not create a Path from an empty string" in output["Output"]["ErrorValue"]
    api.sql(session, "create table homeless.e using parquet location 's3://b/e' as select 1 a")
    assert api.sql(session, "select a from homeless.e") == [(1,)]
    api.glue.delete_database(Name="homeless")


# -- what Spark creates ----------------------------------------------------------------------------


def test_shows_a_managed_table(api: Any, session: str, database: str) -> None:
    api.sql(
        session,
        f"create table {database}.Orders (Id bigint, Amount decimal(10,2) comment 'in EUR', "
        "Tags array<struct<Name:string>>) using parquet comment 'all orders'",
    )
    found = table(api, database.upper(), "ORDERS")
    assert (found["Name"], found["DatabaseName"]) == ("orders", database)
    assert (found["TableType"], found["Parameters"]["comment"]) == ("MANAGED_TABLE", "all orders")
    assert [(c["Name"], c["Type"], c.get("Comment")) for c in found["StorageDescriptor"]["Columns"]] == [
        ("Id", "bigint", None),
        ("Amount", "decimal(10,2)", "in EUR"),
        ("Tags", "array<struct<Name:string>>", None),
    ]  # fmt: skip
    assert found["StorageDescriptor"]["Location"] == f"s3://home/{database}/orders"
    assert found["Parameters"]["spark.sql.sources.provider"] == "parquet"
    assert found["CreateTime"] == found["UpdateTime"]


def test_shows_a_table_that_hive_cannot_read_as_aws_does(
    api: Any, session: str, database: str
) -> None:
    api.sql(
        session,
        f"create table {database}.j (A int, M map<string,bigint>, day date) using json "
        "partitioned by (day) location 's3://elsewhere/j'",
    )
    found = table(api, database, "j")
    storage = found["StorageDescriptor"]
    assert [(each["Name"], each["Type"]) for each in storage["Columns"]] == [
        ("col", "array<string>")
    ]
    assert storage["Location"].endswith("j-__PLACEHOLDER__")
    assert storage["SerdeInfo"]["Parameters"]["path"] == "s3://elsewhere/j"
    assert [k["Name"] for k in found["PartitionKeys"]] == ["day"]
    assert '"name":"M"' in found["Parameters"]["spark.sql.sources.schema"]
    assert found["TableType"] == "EXTERNAL_TABLE"


def test_shows_a_view(api: Any, session: str, database: str) -> None:
    api.sql(session, f"create view {database}.v as select 1 as one")
    found = table(api, database, "v")
    assert (found["TableType"], found["ViewOriginalText"]) == ("VIRTUAL_VIEW", "select 1 as one")
    assert [each["Name"] for each in found["StorageDescriptor"]["Columns"]] == ["one"]


# -- what the catalog changes ----------------------------------------------------------------------


def test_spark_reads_a_table_that_the_catalog_made(api: Any, session: str, database: str) -> None:
    api.sql(
        session,
        f"create table {database}.src using parquet location 's3://b/made' as select 7 as n",
    )
    api.glue.create_table(
        DatabaseName=database,
        TableInput={
            "Name": "Made",
            "TableType": "EXTERNAL_TABLE",
            "Description": "by hand",
            "StorageDescriptor": {
                "Columns": [{"Name": "N", "Type": "int"}], "Location": "s3://b/made", **PARQUET
            },
        },
    )  # fmt: skip
    assert api.sql(session, f"select n from {database}.made") == [(7,)]
    found = table(api, database, "made")
    assert [each["Name"] for each in found["StorageDescriptor"]["Columns"]] == ["N"]


@pytest.mark.parametrize(
    "target",
    [
        "create table {t} (old string, other date) using parquet location 's3://b/old'",
        "create table {t} (old string) using parquet",
        "create table {t} (old string) using json location 's3://b/oldjson'",
        "create view {t} as select 'x' as old",
    ],
)
def test_one_update_switches_a_table_to_another(
    api: Any, session: str, database: str, target: str
) -> None:
    api.sql(session, target.format(t=f"{database}.target"))
    api.sql(session, f"select * from {database}.target")
    api.sql(
        session,
        f"create table {database}.staging using parquet location 's3://b/{database}/v2' "
        "as select 1 as Id, 'n' as name",
    )
    staging = table(api, database, "staging")
    api.glue.update_table(DatabaseName=database, TableInput=table_input(staging, "target"))
    api.glue.delete_table(DatabaseName=database, Name="staging")
    assert api.sql(session, f"select Id, name from {database}.target") == [(1, "n")]
    assert api.sql(session, f"show tables in {database}") == [(database, "target", False)]
    switched = table(api, database, "target")
    assert switched["TableType"] == "EXTERNAL_TABLE"
    assert switched["StorageDescriptor"]["Location"] == f"s3://b/{database}/v2"
    api.sql(session, f"insert into {database}.target values (2, 'm')")
    assert api.sql(session, f"select count(*) from {database}.target") == [(2,)]
    api.glue.delete_table(DatabaseName=database, Name="target")
    api.text(session, _delete(api, f"b/{database}/v2"))


def test_an_update_turns_a_table_into_a_view(api: Any, session: str, database: str) -> None:
    api.sql(session, f"create table {database}.t using parquet as select 1 as a")
    api.sql(session, f"create view {database}.v as select 2 as b, a from {database}.t")
    view = table(api, database, "v")
    api.sql(session, f"create table {database}.x (old int) using parquet")
    api.glue.update_table(DatabaseName=database, TableInput=table_input(view, "x"))
    assert api.sql(session, f"select * from {database}.x") == [(2, 1)]


def test_deleting_a_table_keeps_its_data(api: Any, session: str, database: str) -> None:
    api.sql(session, f"create table {database}.m using parquet as select 1 as a")
    api.sql(
        session, f"create table {database}.e using parquet location 's3://b/kept' as select 1 a"
    )
    answer = api.glue.batch_delete_table(DatabaseName=database, TablesToDelete=["M", "e", "absent"])
    assert [each["TableName"] for each in answer["Errors"]] == ["absent"]
    assert api.sql(session, f"show tables in {database}") == []
    for location in (f"s3://home/{database}/m", "s3://b/kept"):
        assert api.text(session, f"spark.read.parquet({location!r}).count()") == "1"
    api.text(session, _delete(api, "b/kept"))


def test_what_spark_changes_is_a_version(api: Any, session: str, database: str) -> None:
    api.sql(session, f"create table {database}.t (a int) using parquet")
    before = table(api, database, "t")
    api.sql(session, f"alter table {database}.t set tblproperties ('k' = 'v')")
    given = {"DatabaseName": database, "TableInput": table_input(before, "t")}
    with pytest.raises(api.glue.exceptions.ConcurrentModificationException):
        api.glue.update_table(**given, VersionId=before["VersionId"])
    api.glue.update_table(**given, VersionId=table(api, database, "t")["VersionId"])
    assert "k" not in table(api, database, "t")["Parameters"]


# -- partitions ------------------------------------------------------------------------------------


@pytest.fixture
def sales(api: Any, session: str, database: str) -> str:
    """A table with the partitions 2023/a, 2024/a and 2024/b."""
    api.sql(
        session,
        f"create table {database}.sales (n int, year int, shop string) using parquet "
        f"partitioned by (year, shop) location 's3://b/{database}/sales'",
    )
    api.sql(session, f"insert into {database}.sales values (1,2023,'a'),(2,2024,'a'),(3,2024,'b')")
    return database


def partitions(api: Any, database: str, **request: Any) -> list[list[str]]:
    paginator = api.glue.get_paginator("get_partitions")
    pages = paginator.paginate(DatabaseName=database, TableName="sales", **request)
    return [each["Values"] for page in pages for each in page["Partitions"]]


def test_shows_the_partitions_that_spark_made(api: Any, sales: str) -> None:
    expected = [["2023", "a"], ["2024", "a"], ["2024", "b"]]
    assert partitions(api, sales) == expected
    assert partitions(api, sales, PaginationConfig={"PageSize": 1}) == expected
    assert partitions(api, sales, Expression="year = 2024 and shop in ('b', 'c')") == [
        ["2024", "b"]
    ]
    one = api.glue.get_partition(
        DatabaseName=sales, TableName="Sales", PartitionValues=["2024", "b"]
    )["Partition"]
    assert one["StorageDescriptor"]["Location"] == f"s3://b/{sales}/sales/year=2024/shop=b"
    with pytest.raises(api.glue.exceptions.EntityNotFoundException):
        api.glue.get_partition(DatabaseName=sales, TableName="sales", PartitionValues=["1", "a"])


def test_spark_sees_partitions_that_the_catalog_changes(api: Any, session: str, sales: str) -> None:
    where = {"DatabaseName": sales, "TableName": "sales"}
    storage = table(api, sales, "sales")["StorageDescriptor"]

    def partition(year: int, shop: str, source: str) -> dict[str, Any]:
        location = f"s3://b/{sales}/sales/{source}"
        return {
            "Values": [str(year), shop],
            "StorageDescriptor": {**storage, "Location": location},
        }

    def read() -> Any:
        return api.sql(session, f"select year, shop, n from {sales}.sales order by year, shop")

    api.glue.delete_partition(**where, PartitionValues=["2023", "a"])
    answer = api.glue.batch_delete_partition(
        **where, PartitionsToDelete=[{"Values": ["2024", "b"]}, {"Values": ["9", "z"]}]
    )
    assert [each["PartitionValues"] for each in answer["Errors"]] == [["9", "z"]]
    assert read() == [(2024, "a", 2)]

    first = partition(2030, "x", "year=2023/shop=a")
    api.glue.create_partition(**where, PartitionInput=first)
    with pytest.raises(api.glue.exceptions.AlreadyExistsException):
        api.glue.create_partition(**where, PartitionInput=first)
    with pytest.raises(api.glue.exceptions.InvalidInputException, match="number of partition keys"):
        api.glue.create_partition(**where, PartitionInput={**first, "Values": ["1"]})
    answer = api.glue.batch_create_partition(
        **where, PartitionInputList=[first, partition(2031, "y", "year=2024/shop=b")]
    )
    assert [each["ErrorDetail"]["ErrorCode"] for each in answer["Errors"]] == [
        "AlreadyExistsException"
    ]
    assert read() == [(2024, "a", 2), (2030, "x", 1), (2031, "y", 3)]

    api.glue.update_partition(
        **where,
        PartitionValueList=["2030", "x"],
        PartitionInput=partition(2030, "x", "year=2024/shop=b"),
    )
    answer = api.glue.batch_update_partition(
        **where,
        Entries=[
            {
                "PartitionValueList": ["2031", "y"],
                "PartitionInput": partition(2031, "y", "year=2024/shop=a"),
            },
            {"PartitionValueList": ["9", "z"], "PartitionInput": partition(9, "z", "none")},
        ],
    )
    assert [each["PartitionValueList"] for each in answer["Errors"]] == [["9", "z"]]
    assert read() == [(2024, "a", 2), (2030, "x", 3), (2031, "y", 2)]
    found = api.glue.batch_get_partition(
        **where, PartitionsToGet=[{"Values": ["2031", "y"]}, {"Values": ["9", "z"]}]
    )["Partitions"]
    assert [each["Values"] for each in found] == [["2031", "y"]]


def test_the_buckets_are_folders_of_the_state_folder(
    api: Any, session: str, database: str, api_folder: Path
) -> None:
    api.sql(
        session, f"create table {database}.t using parquet location 's3://seen/t' as select 1 a"
    )
    assert [path for path in (api_folder / "s3/seen/t").glob("*.parquet") if path.is_file()]


def _delete(api: Any, key: str) -> str:
    """A statement that removes what a test wrote, through the session's own file system."""
    return (
        f"path = spark._jvm.org.apache.hadoop.fs.Path('s3://{key}')\n"
        "path.getFileSystem(spark._jsc.hadoopConfiguration()).delete(path, True)"
    )
