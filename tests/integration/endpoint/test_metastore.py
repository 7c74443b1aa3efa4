"""Spark's tables in the Data Catalog, and the catalog's in Spark: as with AWS's client for Spark on AWS."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from glue_endpoint.process.warehouse import Warehouse
    from glue_endpoint.spark.host import SparkHost

NUMBERS = itertools.count()
NO_COLUMNS = [{"Name": "col", "Type": "array<string>", "Comment": "from deserializer"}]
NO_SKEW = {
    "SkewedColumnNames": [],
    "SkewedColumnValues": [],
    "SkewedColumnValueLocationMaps": {},
}


@pytest.fixture(scope="module")
def sql(spark_host: SparkHost) -> Callable[[str], list[tuple[Any, ...]]]:
    """Runs a statement in Spark; its rows, values as Java has them."""
    session = spark_host.session.newSession()

    def run(text: str) -> list[tuple[Any, ...]]:
        rows = session.sql(text).collect()
        return [tuple(row.get(n) for n in range(row.length())) for row in rows]

    return run


@pytest.fixture
def database(sql: Any) -> Iterator[str]:
    name = f"metastore_{next(NUMBERS)}"
    sql(f"create database {name} location 's3://catalog/{name}'")
    yield name
    sql(f"drop database {name} cascade")


@pytest.fixture
def table_of(warehouse: Warehouse, database: str) -> Callable[[str], dict[str, Any]]:
    """A table of the test's database as GetTable shows it."""
    return lambda name: warehouse.catalog.call(
        "GetTable", {"DatabaseName": database, "Name": name}
    )["Table"]


def failure(sql: Any, text: str) -> str:
    from py4j.protocol import Py4JJavaError

    with pytest.raises(Py4JJavaError) as failed:
        sql(text)
    return str(failed.value.java_exception.toString())


def test_a_data_source_table_that_hive_can_read(sql: Any, database: str, table_of: Any) -> None:
    sql(
        f"create table {database}.t using parquet partitioned by (p) "
        "comment 'said' as select id, id % 2 p from range(10)"
    )
    table = table_of("t")
    storage = table["StorageDescriptor"]
    assert storage["Columns"] == [{"Name": "id", "Type": "bigint"}]
    assert table["PartitionKeys"] == [{"Name": "p", "Type": "bigint"}]
    assert storage["Location"] == f"s3://catalog/{database}/t"
    assert storage["InputFormat"].endswith("parquet.MapredParquetInputFormat")
    assert storage["SerdeInfo"] == {
        "SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
        "Parameters": {
            "path": f"s3://catalog/{database}/t",
            "serialization.format": "1",
        },
    }
    assert (storage["NumberOfBuckets"], storage["Compressed"]) == (-1, False)
    assert (storage["SkewedInfo"], storage["StoredAsSubDirectories"]) == (NO_SKEW, False)
    assert (table["TableType"], table["Retention"], table["LastAccessTime"]) == (
        "MANAGED_TABLE",
        0,
        0,
    )
    assert "Description" not in table
    parameters = table["Parameters"]
    assert parameters["comment"] == "said"
    assert parameters["spark.sql.sources.provider"] == "parquet"
    assert parameters["spark.sql.partitionProvider"] == "catalog"
    assert "EXTERNAL" not in parameters
    assert sorted(sql(f"select id from {database}.t where p = 1")) == [
        (n,) for n in (1, 3, 5, 7, 9)
    ]


def test_a_data_source_table_that_hive_cannot_read(
    sql: Any, database: str, table_of: Any, warehouse: Warehouse
) -> None:
    """Its columns are a placeholder, and so is the location of one that names its place; as they are on AWS."""
    sql(f"create table {database}.managed (a int) using json")
    storage = table_of("managed")["StorageDescriptor"]
    assert storage["Columns"] == NO_COLUMNS
    assert storage["Location"] == f"s3://catalog/{database}/managed"
    sql(f"create table {database}.elsewhere (a int) using json location 's3://catalog/elsewhere'")
    table = table_of("elsewhere")
    assert table["TableType"] == "EXTERNAL_TABLE"
    assert table["Parameters"]["EXTERNAL"] == "TRUE"
    storage = table["StorageDescriptor"]
    assert storage["Columns"] == NO_COLUMNS
    assert storage["Location"] == f"s3://catalog/{database}/elsewhere-__PLACEHOLDER__"
    assert storage["SerdeInfo"]["Parameters"]["path"] == "s3://catalog/elsewhere"
    assert not warehouse.buckets.path(storage["Location"]).exists()
    sql(f"insert into {database}.elsewhere values (1)")
    sql(f"drop table {database}.elsewhere")
    assert any(warehouse.buckets.path("s3://catalog/elsewhere").iterdir())


def test_a_hive_table_with_dynamic_partitions_and_pruned_reads(
    sql: Any, database: str, warehouse: Warehouse
) -> None:
    sql(
        f"create table {database}.h (id bigint) partitioned by (s string, n int, d date) stored as parquet"
    )
    sql("set hive.exec.dynamic.partition.mode=nonstrict")
    sql(
        f"insert into {database}.h select id, 's' || id % 3, cast(id % 2 as int), "
        "date_add(date '2026-01-01', cast(id % 2 as int)) from range(12)"
    )
    where = {"DatabaseName": database, "TableName": "h"}
    partitions = warehouse.catalog.call("GetPartitions", where)["Partitions"]
    first = partitions[0]
    assert first["Values"] == ["s0", "0", "2026-01-01"]
    assert first["StorageDescriptor"]["Location"] == (
        f"s3://catalog/{database}/h/s=s0/n=0/d=2026-01-01"
    )
    assert first["StorageDescriptor"]["Columns"] == [{"Name": "id", "Type": "bigint"}]

    def found(condition: str) -> list[int]:
        return sorted(row[0] for row in sql(f"select id from {database}.h where {condition}"))

    assert found("s = 's1' and n >= 1") == [1, 7]
    assert found("d = date '2026-01-02'") == [1, 3, 5, 7, 9, 11]
    assert found("d > date '2026-01-01' and s in ('s0', 's9')") == [3, 9]
    assert found("s like 's2%' or n not in (0, 1)") == [2, 5, 8, 11]
    assert found("s like '%2' and n = 0") == [2, 8]
    assert [row[0] for row in sql(f"show partitions {database}.h partition (s = 's0')")] == [
        "s=s0/n=0/d=2026-01-01",
        "s=s0/n=1/d=2026-01-02",
    ]
    sql(f"alter table {database}.h drop partition (s = 's0')")
    assert found("true") == [n for n in range(12) if n % 3]
    assert not warehouse.buckets.path(f"s3://catalog/{database}/h/s=s0").exists()
    sql(f"alter table {database}.h add partition (s='x y', n=7, d='2026-02-01')")
    sql(
        f"alter table {database}.h partition (s='x y', n=7, d='2026-02-01') "
        "rename to partition (s='z', n=7, d='2026-02-01')"
    )
    assert ("s=z/n=7/d=2026-02-01",) in sql(f"show partitions {database}.h")
    sql(f"insert overwrite table {database}.h partition (s='z', n=7, d='2026-02-01') values (99)")
    assert found("n = 7") == [99]


def test_a_quote_in_a_filter_fails_as_on_aws(sql: Any, database: str) -> None:
    """AWS's client makes a single quote of every double one, and Glue cannot read the outcome."""
    sql(f"create table {database}.q (id bigint) partitioned by (s string) stored as orc")
    sql(f"""insert into {database}.q partition (s="it's") values (1)""")
    said = failure(sql, f"""select * from {database}.q where s = "it's" """)
    assert "get partition metadata by filter" in said


def test_a_view_of_a_long_text(sql: Any, database: str, table_of: Any) -> None:
    text = f"select '{'x' * 40_000}' as a"
    sql(f"create view {database}.v as {text}")
    view = table_of("v")
    assert (view["TableType"], view["ViewOriginalText"], view["ViewExpandedText"]) == (
        "VIRTUAL_VIEW",
        text,
        text,
    )
    assert "Location" not in view["StorageDescriptor"]
    assert sql(f"select length(a) from {database}.v") == [(40_000,)]
    sql(f"alter view {database}.v as select 1 as a")
    assert table_of("v")["ViewOriginalText"] == "select 1 as a"
    assert sql(f"show views in {database}") == [(database, "v", False)]
    sql(f"drop view {database}.v")
    assert sql(f"show tables in {database}") == []


def test_alterations(sql: Any, database: str, table_of: Any, warehouse: Warehouse) -> None:
    sql(f"create table {database}.t using parquet as select 1 a")
    assert "transient_lastDdlTime" in table_of("t")["Parameters"]
    sql(f"alter table {database}.t add columns (b string comment 'new')")
    assert table_of("t")["StorageDescriptor"]["Columns"] == [
        {"Name": "a", "Type": "int"},
        {"Name": "b", "Type": "string", "Comment": "new"},
    ]
    sql(f"alter table {database}.t change column b comment 'other'")
    assert table_of("t")["StorageDescriptor"]["Columns"][1]["Comment"] == "other"
    sql(f"alter table {database}.t set tblproperties ('k' = 'v')")
    sql(f"comment on table {database}.t is 'said'")
    parameters = table_of("t")["Parameters"]
    assert (parameters["k"], parameters["comment"]) == ("v", "said")
    # Hive's client takes the time of the last change away, and AWS's does not put it back.
    assert "transient_lastDdlTime" not in parameters
    assert parameters["numFiles"] == "1"
    sql(f"analyze table {database}.t compute statistics for all columns")
    parameters = table_of("t")["Parameters"]
    assert parameters["spark.sql.statistics.numRows"] == "1"
    assert parameters["spark.sql.statistics.colStats.a.max"] == "1"
    sql(f"alter table {database}.t set location 's3://catalog/moved'")
    assert table_of("t")["StorageDescriptor"]["Location"] == "s3://catalog/moved"
    assert sql(f"select * from {database}.t") == []
    where = {"DatabaseName": database, "TableName": "t"}
    versions = warehouse.catalog.call("GetTableVersions", where)["TableVersions"]
    assert [each["VersionId"] for each in versions] == [str(n) for n in reversed(range(8))]


def test_a_rename_fails_as_on_aws(sql: Any, database: str) -> None:
    sql(f"create table {database}.t (a int) using parquet")
    said = failure(sql, f"alter table {database}.t rename to {database}.t2")
    assert "Table rename is not supported" in said
    assert sql(f"show tables in {database}") == [(database, "t", False)]


def test_what_other_clients_made(sql: Any, database: str, warehouse: Warehouse) -> None:
    call = warehouse.catalog.call

    def create(name: str, **members: Any) -> None:
        call("CreateTable", {"DatabaseName": database, "TableInput": {"Name": name, **members}})

    warehouse.buckets.path("s3://catalog/csv").mkdir(parents=True)
    (warehouse.buckets.path("s3://catalog/csv") / "a.csv").write_text("1,x\n2,y\n")
    create(
        "plain",
        TableType="EXTERNAL_TABLE",
        StorageDescriptor={
            "Columns": [{"Name": "n", "Type": "int"}, {"Name": "s", "Type": "string"}],
            "Location": "s3://catalog/csv",
            "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
            "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
            "SerdeInfo": {
                "SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
                "Parameters": {"field.delim": ","},
            },
        },
    )
    assert sql(f"select * from {database}.plain order by n") == [(1, "x"), (2, "y")]
    create("bare")
    assert "TableType cannot be null for table: bare" in failure(
        sql, f"select * from {database}.bare"
    )
    create("ice", TableType="EXTERNAL_TABLE", StorageDescriptor={"Location": "s3://catalog/ice"})
    expected = "StorageDescriptor#InputFormat cannot be null for table: ice"
    assert expected in failure(sql, f"select * from {database}.ice")
    assert expected in failure(sql, f"drop table {database}.ice")
    assert len(sql(f"show tables in {database} like 'b*|i*'")) == 2


def test_a_database_without_a_location_takes_no_table_without_one(
    sql: Any, warehouse: Warehouse
) -> None:
    warehouse.catalog.call("CreateDatabase", {"DatabaseInput": {"Name": "nowhere"}})
    said = failure(sql, "create table nowhere.t (a int) using parquet")
    assert "Can not create a Path from an empty string" in said
    sql("create table nowhere.t using parquet location 's3://catalog/nowhere' as select 1 a")
    assert sql("select a from nowhere.t") == [(1,)]
    sql("drop database nowhere cascade")


def test_functions(sql: Any, database: str, warehouse: Warehouse) -> None:
    sql(f"create function {database}.f as 'org.apache.hadoop.hive.ql.udf.UDFMd5'")
    where = {"DatabaseName": database, "FunctionName": "f"}
    found = warehouse.catalog.call("GetUserDefinedFunction", where)["UserDefinedFunction"]
    assert found["ClassName"] == "org.apache.hadoop.hive.ql.udf.UDFMd5"
    assert sql(f"select {database}.f('x')") == [("9dd4e461268c8034f5c8564e155c67a6",)]
    assert sql(f"show user functions in {database}") == [(f"spark_catalog.{database}.f",)]
    sql(f"drop function {database}.f")
    assert sql(f"show user functions in {database}") == []


def test_dropped_data(sql: Any, database: str, warehouse: Warehouse) -> None:
    sql(f"create table {database}.t using parquet partitioned by (p) as select 1 a, 2 p")
    folder = warehouse.buckets.path(f"s3://catalog/{database}/t")
    assert folder.is_dir()
    sql(f"truncate table {database}.t")
    assert sql(f"select * from {database}.t") == []
    sql(f"drop table {database}.t")
    assert not folder.exists()
