"""Hive's calls over the wire: what the catalog has afterwards, what lies on disk, and what is refused."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from glue_endpoint.api import quotas
from glue_endpoint.metastore.hive import HIVE
from thriftpy2.thrift import TApplicationException, TClient, TMessageType
from thriftpy2.transport import TTransportException

from tests.unit.endpoint.metastore.shapes import hive_partition, hive_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_endpoint.process.warehouse import Warehouse
    from thriftpy2.protocol.cybin import TCyBinaryProtocol

    Glue = Callable[..., dict[str, Any]]


@pytest.fixture
def database(hive: TClient) -> str:
    hive.create_database(HIVE.Database(name="d", locationUri="s3://bucket/d"))
    return "d"


# -- databases ---------------------------------------------------------------------------------


def test_the_first_client_makes_the_database_default(
    hive: TClient, glue: Glue, warehouse: Warehouse
) -> None:
    assert hive.set_ugi("me", ["mine"]) == ["mine"]
    made = glue("GetDatabase", Name="default")["Database"]
    assert (made["Description"], made["LocationUri"]) == (
        "Default Hive database",
        "s3://dbt-glue-local/warehouse",
    )
    assert warehouse.buckets.path(made["LocationUri"]).is_dir()
    hive.set_ugi("me", [])
    assert hive.get_all_databases() == ["default"]


def test_a_database_and_its_folder(hive: TClient, glue: Glue, warehouse: Warehouse) -> None:
    hive.create_database(HIVE.Database(name="d", locationUri="s3://bucket//d/", description="x"))
    assert glue("GetDatabase", Name="d")["Database"]["LocationUri"] == "s3://bucket/d"
    folder = warehouse.buckets.path("s3://bucket/d")
    assert folder.is_dir()
    changed = HIVE.Database(name="d", locationUri="s3://bucket/d", parameters={"k": "v"})
    hive.alter_database("d", changed)
    assert hive.get_database("d").parameters == {"k": "v"}
    hive.drop_database("d", True, False)
    assert not folder.exists()
    with pytest.raises(HIVE.NoSuchObjectException):
        hive.get_database("d")


def test_a_database_that_cannot_be_made_leaves_no_folder(
    hive: TClient, database: str, warehouse: Warehouse
) -> None:
    with pytest.raises(HIVE.AlreadyExistsException):
        hive.create_database(HIVE.Database(name=database, locationUri="s3://bucket/other"))
    assert not warehouse.buckets.path("s3://bucket/other").exists()


def test_patterns_of_databases_are_regular_expressions(hive: TClient) -> None:
    for name in ("sales", "sales_old", "x"):
        hive.create_database(HIVE.Database(name=name))
    assert hive.get_databases("*") == hive.get_databases(".*") == ["sales", "sales_old", "x"]
    assert hive.get_databases("sales.*") == ["sales", "sales_old"]
    assert hive.get_databases("sales*") == ["sales"]
    with pytest.raises(HIVE.MetaException, match="Unable to get databases"):
        hive.get_databases("(")


def test_a_database_with_tables_is_dropped_by_a_cascade_only(
    hive: TClient, database: str, glue: Glue, warehouse: Warehouse
) -> None:
    hive.create_table(hive_table("t"))
    with pytest.raises(HIVE.InvalidOperationException, match=r"Database d is not empty\."):
        hive.drop_database(database, True, False)
    hive.drop_database(database, True, True)
    assert glue("GetDatabases")["DatabaseList"] == []
    assert not warehouse.buckets.path("s3://bucket/d").exists()


def test_a_bucket_itself_is_never_removed(hive: TClient, warehouse: Warehouse) -> None:
    hive.create_database(HIVE.Database(name="whole", locationUri="s3://bucket/"))
    kept = warehouse.buckets.path("s3://bucket/kept")
    kept.mkdir(parents=True)
    hive.drop_database("whole", True, True)
    assert kept.is_dir()


def test_a_cascade_drops_one_by_one_only_what_hive_can_open(
    hive: TClient, database: str, glue: Glue
) -> None:
    hive.create_table(hive_table("t"))
    glue("CreateTable", DatabaseName=database, TableInput={"Name": "of_others"})
    assert hive.get_all_tables(database) == ["t"]
    assert hive.get_tables(database, "*") == ["of_others", "t"]


# -- tables ------------------------------------------------------------------------------------


def test_a_table_and_its_folder(
    hive: TClient, database: str, glue: Glue, warehouse: Warehouse
) -> None:
    hive.create_table_with_environment_context(hive_table("t"), None)
    table = glue("GetTable", DatabaseName=database, Name="t")["Table"]
    assert int(table["Parameters"]["transient_lastDdlTime"]) == int(table["CreateTime"])
    folder = warehouse.buckets.path("s3://bucket/d/t")
    assert folder.is_dir()
    (folder / "part").write_bytes(b"12345")
    hive.drop_table_with_environment_context(database, "t", False, None)
    assert folder.is_dir()
    hive.create_table(hive_table("t"))
    hive.drop_table(database, "t", True)
    assert not folder.exists()


@pytest.mark.parametrize(
    ("kind", "parameters", "stays"),
    [
        ("MANAGED_TABLE", {}, False),
        ("EXTERNAL_TABLE", {}, True),
        ("MANAGED_TABLE", {"EXTERNAL": "true"}, True),
        ("EXTERNAL_TABLE", {"EXTERNAL": "FALSE"}, False),
    ],
)
def test_only_data_of_managed_tables_is_removed(
    hive: TClient,
    database: str,
    warehouse: Warehouse,
    kind: str,
    parameters: dict[str, str],
    stays: bool,
) -> None:
    table = hive_table("t", keys={"p": "string"}, tableType=kind, parameters=parameters)
    hive.create_table(table)
    hive.add_partition(hive_partition(table, "1", location="s3://bucket/elsewhere/p=1"))
    hive.drop_table(database, "t", True)
    assert warehouse.buckets.path("s3://bucket/d/t").exists() is stays
    assert warehouse.buckets.path("s3://bucket/elsewhere/p=1").exists() is stays


@pytest.mark.parametrize("location", ["file:/tmp/x-metastore", "hdfs://host/x", "/tmp/x-metastore"])
def test_what_is_in_no_bucket_is_never_touched(
    hive: TClient, database: str, glue: Glue, warehouse: Warehouse, location: str
) -> None:
    hive.create_table(hive_table("t", storage={"location": location}))
    found = glue("GetTable", DatabaseName=database, Name="t")["Table"]
    assert found["StorageDescriptor"]["Location"] == location
    hive.drop_table(database, "t", True)
    assert [folder.name for folder in warehouse.buckets.root.iterdir()] == ["bucket"]


def test_a_location_that_leads_out_of_its_bucket_is_refused(hive: TClient, database: str) -> None:
    with pytest.raises(HIVE.MetaException, match="leads out of the bucket"):
        hive.create_table(hive_table("t", storage={"location": "s3://bucket/../../x"}))
    assert hive.get_tables(database, "*") == []


def test_a_table_that_names_no_place_lies_in_its_database_s(
    hive: TClient, database: str, glue: Glue
) -> None:
    hive.create_table(hive_table("t", storage={"location": None}))
    assert hive.get_table(database, "t").sd.location == "s3://bucket/d/t"
    glue("CreateDatabase", DatabaseInput={"Name": "nowhere"})
    with pytest.raises(HIVE.MetaException, match="Can not create a Path from an empty string"):
        hive.create_table(hive_table("t", dbName="nowhere", storage={"location": None}))


def test_a_table_that_is_there_is_not_made_again(
    hive: TClient, database: str, warehouse: Warehouse
) -> None:
    hive.create_table(hive_table("t"))
    with pytest.raises(HIVE.AlreadyExistsException, match=r"Table t already exists\."):
        hive.create_table(hive_table("t", storage={"location": "s3://bucket/other"}))
    assert not warehouse.buckets.path("s3://bucket/other").exists()
    with pytest.raises(HIVE.NoSuchObjectException):
        hive.create_table(hive_table("t", dbName="none"))
    assert hive.get_tables(database, "*") == ["t"]


def test_a_rename_is_refused_in_the_words_of_aws(hive: TClient, database: str) -> None:
    hive.create_table(hive_table("t"))
    with pytest.raises(HIVE.InvalidOperationException, match="'Table rename is not supported'"):
        hive.alter_table(database, "t", hive_table("t2"))
    with pytest.raises(HIVE.MetaException, match="'Table: no does not exists'"):
        hive.alter_table(database, "no", hive_table("no"))


@pytest.mark.parametrize(
    ("kind", "external", "becomes"),
    [
        ("MANAGED_TABLE", "TRUE", "EXTERNAL_TABLE"),
        ("EXTERNAL_TABLE", None, "MANAGED_TABLE"),
        ("EXTERNAL_TABLE", "TRUE", "EXTERNAL_TABLE"),
        ("VIRTUAL_VIEW", "TRUE", "VIRTUAL_VIEW"),
    ],
)
def test_the_type_follows_the_parameter_external(
    hive: TClient, database: str, kind: str, external: str | None, becomes: str
) -> None:
    hive.create_table(hive_table("t"))
    parameters = {"EXTERNAL": external} if external else {}
    hive.alter_table(database, "t", hive_table("t", tableType=kind, parameters=parameters))
    assert hive.get_table(database, "t").tableType == becomes


def test_a_change_counts_the_files_of_a_table_without_partitions(
    hive: TClient, database: str, warehouse: Warehouse
) -> None:
    hive.create_table(hive_table("t"))
    folder = warehouse.buckets.path("s3://bucket/d/t")
    (folder / "deep").mkdir()
    (folder / "part-1").write_bytes(b"12345")
    (folder / "deep" / "part-2").write_bytes(b"123")
    (folder / "_SUCCESS").write_bytes(b"hidden")
    hive.alter_table(database, "t", hive_table("t", parameters={"COLUMN_STATS_ACCURATE": "x"}))
    assert hive.get_table(database, "t").parameters == {"numFiles": "2", "totalSize": "8"}
    hive.alter_table(database, "t", hive_table("t", parameters={"DO_NOT_UPDATE_STATS": "true"}))
    assert hive.get_table(database, "t").parameters == {}
    keep = HIVE.EnvironmentContext(properties={"DO_NOT_UPDATE_STATS": "true"})
    hive.alter_table_with_environment_context(database, "t", hive_table("t"), keep)
    assert hive.get_table(database, "t").parameters == {}


def test_a_change_is_a_version_unless_it_says_otherwise(
    hive: TClient, database: str, glue: Glue
) -> None:
    hive.create_table(hive_table("t"))
    hive.alter_table(database, "t", hive_table("t"))
    skip = HIVE.EnvironmentContext(properties={"skipAWSGlueArchive": "true"})
    hive.alter_table_with_environment_context(database, "t", hive_table("t"), skip)
    versions = glue("GetTableVersions", DatabaseName=database, TableName="t")["TableVersions"]
    assert [each["VersionId"] for each in versions] == ["2", "0"]


def test_parameters_of_columns_are_lost_by_a_change_as_with_the_client_of_aws(
    hive: TClient, database: str, glue: Glue
) -> None:
    """Hive's columns have none, and AWS's client replaces a table by what Hive gave it."""
    hive.create_table(hive_table("t"))
    table = glue("GetTable", DatabaseName=database, Name="t")["Table"]
    storage = table["StorageDescriptor"]
    storage["Columns"][0]["Parameters"] = {"k": "v"}
    given = {"Name": "t", "TableType": table["TableType"], "StorageDescriptor": storage}
    glue("UpdateTable", DatabaseName=database, TableInput=given)
    kept = glue("GetTable", DatabaseName=database, Name="t")["Table"]["StorageDescriptor"]
    assert kept["Columns"] == [{"Name": "id", "Type": "bigint", "Parameters": {"k": "v"}}]
    hive.alter_table(database, "t", hive.get_table(database, "t"))
    changed = glue("GetTable", DatabaseName=database, Name="t")["Table"]["StorageDescriptor"]
    assert changed["Columns"] == [{"Name": "id", "Type": "bigint"}]


def test_a_cascade_gives_the_columns_to_the_partitions(hive: TClient, database: str) -> None:
    table = hive_table("t", keys={"p": "string"})
    hive.create_table(table)
    hive.add_partition(hive_partition(table, "1"))
    table.sd.cols.append(HIVE.FieldSchema(name="new", type="int"))
    hive.alter_table(database, "t", table)
    assert [c.name for c in hive.get_partition(database, "t", ["1"]).sd.cols] == ["id"]
    hive.alter_table_with_cascade(database, "t", table, True)
    assert [c.name for c in hive.get_partition(database, "t", ["1"]).sd.cols] == ["id", "new"]


def test_tables_by_pattern_type_and_name(hive: TClient, database: str) -> None:
    for name in ("sales", "sales_old", "other"):
        hive.create_table(hive_table(name))
    hive.create_table(hive_table("v", tableType="VIRTUAL_VIEW", viewOriginalText="select 1"))
    assert hive.get_tables(database, "*") == ["other", "sales", "sales_old", "v"]
    assert hive.get_tables(database, "SALES*|v") == ["sales", "sales_old", "v"]
    assert hive.get_tables_by_type(database, "*", "VIRTUAL_VIEW") == ["v"]
    request = HIVE.GetTablesRequest(dbName=database, tblNames=["v", "other"])
    found = hive.get_table_objects_by_name_req(request).tables
    assert [table.tableName for table in found] == ["v", "other"]
    with pytest.raises(HIVE.MetaException, match="none not found"):
        hive.get_table_objects_by_name(database, ["none"])
    one = hive.get_table_req(HIVE.GetTableRequest(dbName=database, tblName="v"))
    assert one.table.viewOriginalText == "select 1"


# -- partitions --------------------------------------------------------------------------------


@pytest.fixture
def partitioned(hive: TClient, database: str) -> Any:
    table = hive_table("t", keys={"day": "string", "n": "int"})
    hive.create_table(table)
    return table


def test_partitions_and_their_folders(
    hive: TClient, partitioned: Any, glue: Glue, warehouse: Warehouse
) -> None:
    parts = [
        hive_partition(partitioned, "2026-01-02", "1"),
        hive_partition(partitioned, "a/b", "2"),
    ]
    request = HIVE.AddPartitionsRequest(dbName="d", tblName="t", parts=parts, ifNotExists=True)
    assert [p.values for p in hive.add_partitions_req(request).partitions] == [
        ["2026-01-02", "1"],
        ["a/b", "2"],
    ]
    where = {"DatabaseName": "d", "TableName": "t", "PartitionValues": ["a/b", "2"]}
    stored = glue("GetPartition", **where)["Partition"]
    assert stored["StorageDescriptor"]["Location"] == "s3://bucket/d/t/day=a%2Fb/n=2"
    folder = warehouse.buckets.path("s3://bucket/d/t/day=a%2Fb/n=2")
    assert folder.is_dir()
    assert hive.get_partition_names("d", "t", -1) == ["day=2026-01-02/n=1", "day=a%2Fb/n=2"]
    assert hive.drop_partition_with_environment_context("d", "t", ["a/b", "2"], True, None)
    assert not folder.parent.exists()
    assert warehouse.buckets.path("s3://bucket/d/t/day=2026-01-02/n=1").is_dir()
    with pytest.raises(HIVE.NoSuchObjectException):
        hive.get_partition_with_auth("d", "t", ["a/b", "2"], "me", [])
    by_name = hive.drop_partition_by_name_with_environment_context
    assert by_name("d", "t", "day=2026-01-02/n=1", False, None)
    assert hive.get_partition_names("d", "t", -1) == []
    with pytest.raises(HIVE.NoSuchObjectException):
        hive.drop_partition_by_name("d", "t", "day=2026-01-02/n=1", False)


def test_partitions_that_are_there(hive: TClient, partitioned: Any, warehouse: Warehouse) -> None:
    hive.add_partition(hive_partition(partitioned, "a", "1"))
    folder = warehouse.buckets.path("s3://bucket/d/t/day=a/n=1")
    parts = [hive_partition(partitioned, "a", "1"), hive_partition(partitioned, "b", "1")]
    with pytest.raises(HIVE.AlreadyExistsException):
        hive.add_partitions(parts)
    assert folder.is_dir()
    request = HIVE.AddPartitionsRequest(dbName="d", tblName="t", parts=parts, ifNotExists=True)
    hive.add_partitions_req(request)
    assert hive.get_partition_names("d", "t", -1) == ["day=a/n=1", "day=b/n=1"]
    with pytest.raises(HIVE.MetaException, match="Number of table partition keys must match"):
        hive.add_partition(hive_partition(partitioned, "a"))


def test_a_look_for_partitions(hive: TClient, partitioned: Any) -> None:
    days = ["2026-01-01", "2026-01-02", "it's"]
    parts = [hive_partition(partitioned, day, str(n)) for day in days for n in range(3)]
    assert hive.add_partitions(parts) == 9

    def names(found: list[Any]) -> list[list[str]]:
        return [partition.values for partition in found]

    by_filter = hive.get_partitions_by_filter("d", "t", 'day = "2026-01-02" and n >= 1', -1)
    assert names(by_filter) == [["2026-01-02", "1"], ["2026-01-02", "2"]]
    assert len(hive.get_partitions_by_filter("d", "t", 'day like "2026.*"', -1)) == 6
    assert len(hive.get_partitions_by_filter("d", "t", 'day like "2026.*"', 2)) == 2
    assert len(hive.get_partitions("d", "t", -1)) == 9
    assert len(hive.get_partitions_with_auth("d", "t", 4, "me", [])) == 4
    assert names(hive.get_partitions_ps("d", "t", ["", "2"], -1)) == [[day, "2"] for day in days]
    assert names(hive.get_partitions_ps_with_auth("d", "t", ["it's"], 1, "me", [])) == [
        ["it's", "0"]
    ]
    assert hive.get_partition_names_ps("d", "t", ["it's", "1"], -1) == ["day=it%27s/n=1"]
    named = hive.get_partitions_by_names("d", "t", ["day=it%27s/n=1", "day=2026-01-01/n=0"])
    assert sorted(names(named)) == [["2026-01-01", "0"], ["it's", "1"]]
    with pytest.raises(HIVE.MetaException, match="Incorrect number of partition values"):
        hive.get_partitions_ps("d", "t", ["a", "b", "c"], -1)
    with pytest.raises(HIVE.MetaException, match="Unsupported expression"):
        hive.get_partitions_ps("d", "t", ["", "1 or n > 0"], -1)
    # AWS's client makes single quotes of all, and Glue cannot read this one.
    with pytest.raises(HIVE.MetaException, match="nsupported expression"):
        hive.get_partitions_by_filter("d", "t", 'day = "it\'s"', -1)
    assert hive.get_partition_names("d", "none", -1) == []
    with pytest.raises(HIVE.NoSuchObjectException):
        hive.get_partitions("d", "none", -1)


def test_more_partitions_than_fit_on_a_page(hive: TClient, partitioned: Any, glue: Glue) -> None:
    parts = [hive_partition(partitioned, "x", str(n)) for n in range(2500)]
    assert hive.add_partitions(parts) == 2500
    assert len(hive.get_partitions("d", "t", -1)) == 2500
    assert len(hive.get_partition_names("d", "t", -1)) == 2500
    assert len(hive.get_partitions("d", "t", 1200)) == 1200


def test_a_partition_changes(hive: TClient, partitioned: Any, warehouse: Warehouse) -> None:
    hive.add_partition(hive_partition(partitioned, "a", "1"))
    changed = hive_partition(partitioned, "a", "1", location="s3://bucket/d/t/new")
    hive.alter_partitions_with_environment_context("d", "t", [changed], None)
    found = hive.get_partition("d", "t", ["a", "1"])
    assert found.sd.location == "s3://bucket/d/t/new"
    first = found.parameters["transient_lastDdlTime"]
    changed.parameters = {"transient_lastDdlTime": "7"}
    hive.alter_partition_with_environment_context("d", "t", changed, None)
    assert first.isdecimal()
    assert hive.get_partition("d", "t", ["a", "1"]).parameters == {"transient_lastDdlTime": "7"}


def test_a_renamed_partition_of_a_managed_table_moves(
    hive: TClient, partitioned: Any, warehouse: Warehouse
) -> None:
    hive.add_partition(hive_partition(partitioned, "a", "1"))
    old = warehouse.buckets.path("s3://bucket/d/t/day=a/n=1")
    (old / "part").write_bytes(b"1")
    renamed = hive_partition(partitioned, "b", "2", location="s3://bucket/d/t/day=a/n=1")
    hive.rename_partition("d", "t", ["a", "1"], renamed)
    assert hive.get_partition("d", "t", ["b", "2"]).sd.location == "s3://bucket/d/t/day=b/n=2"
    assert (warehouse.buckets.path("s3://bucket/d/t/day=b/n=2") / "part").read_bytes() == b"1"
    assert not old.exists()
    hive.add_partition(hive_partition(partitioned, "c", "3"))
    with pytest.raises(HIVE.MetaException, match=r"Partition already exists\."):
        hive.rename_partition("d", "t", ["c", "3"], hive_partition(partitioned, "b", "2"))
    warehouse.buckets.path("s3://bucket/d/t/day=e/n=5").mkdir(parents=True)
    with pytest.raises(
        HIVE.InvalidOperationException, match="already exists : s3://bucket/d/t/day=e"
    ):
        hive.rename_partition("d", "t", ["c", "3"], hive_partition(partitioned, "e", "5"))
    assert hive.get_partition_names("d", "t", -1) == ["day=b/n=2", "day=c/n=3"]


# -- functions and settings --------------------------------------------------------------------


def test_functions(hive: TClient, database: str, glue: Glue) -> None:
    function = HIVE.Function(
        functionName="f",
        dbName=database,
        className="org.F",
        ownerName="me",
        ownerType=HIVE.PrincipalType.USER,
        resourceUris=[HIVE.ResourceUri(resourceType=HIVE.ResourceType.JAR, uri="s3://b/f.jar")],
    )
    hive.create_function(function)
    stored = glue("GetUserDefinedFunction", DatabaseName=database, FunctionName="f")
    assert stored["UserDefinedFunction"]["ResourceUris"] == [
        {"ResourceType": "JAR", "Uri": "s3://b/f.jar"}
    ]
    assert hive.get_functions(database, "*") == ["f"]
    assert [each.className for each in hive.get_all_functions().functions] == ["org.F"]
    function.className = "org.G"
    hive.alter_function(database, "f", function)
    assert hive.get_function(database, "f").className == "org.G"
    hive.drop_function(database, "f")
    with pytest.raises(HIVE.NoSuchObjectException, match="'f does not exist'"):
        hive.get_function(database, "f")


def test_settings_have_their_defaults(hive: TClient) -> None:
    assert hive.get_config_value("hive.anything", "x") == "x"
    assert hive.getMetaConf("hive.metastore.try.direct.sql") == ""
    with pytest.raises(HIVE.ConfigValSecurityException, match="cannot be accessed"):
        hive.get_config_value("java.home", "x")


# -- the service -------------------------------------------------------------------------------


def test_an_unknown_call_is_refused_once_in_the_log_and_the_connection_lives(
    hive: TClient, caplog: pytest.LogCaptureFixture
) -> None:
    def ask() -> Any:
        protocol: TCyBinaryProtocol = hive._oprot
        protocol.write_message_begin("get_index_names", TMessageType.CALL, 0)
        HIVE.ThriftHiveMetastore.get_tables_args(db_name="d", pattern="*").write(protocol)
        protocol.write_message_end()
        protocol.trans.flush()
        return hive._recv("get_tables")

    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            with pytest.raises(TApplicationException) as refused:
                ask()
            assert refused.value.type == TApplicationException.UNKNOWN_METHOD
    assert caplog.text.count("the metastore has no call 'get_index_names'") == 1
    assert hive.get_all_databases() == []


def test_whatever_fails_is_told_to_the_client_that_asked(
    hive: TClient, warehouse: Warehouse, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(HIVE.MetaException, match="'NoneType' object has no attribute"):
        hive.alter_database("d", None)
    assert "a metastore call failed" in caplog.text
    assert hive.get_all_databases() == []


def test_many_clients_at_once(connect: Callable[[], TClient], hive: TClient, database: str) -> None:
    hive.create_table(hive_table("t", keys={"p": "int"}))
    table = hive.get_table(database, "t")
    clients = [connect() for _ in range(8)]
    together = threading.Barrier(8)

    def work(number: int) -> None:
        together.wait()
        for n in range(20):
            clients[number].add_partition(hive_partition(table, str(number * 100 + n)))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert len(hive.get_partitions(database, "t", -1)) == 160


def test_a_client_s_farewell_ends_its_connection_alone(
    connect: Callable[[], TClient], hive: TClient
) -> None:
    other = connect()
    other.shutdown()
    with pytest.raises((TTransportException, ConnectionError)):
        other.get_all_databases()
    assert hive.get_all_databases() == []


def test_the_service_ends_with_its_connections(
    connect: Callable[[], TClient], warehouse: Warehouse
) -> None:
    client = connect()
    assert client.get_all_databases() == []
    warehouse.close()
    with pytest.raises((TTransportException, ConnectionError)):
        client.get_all_databases()
    with pytest.raises(TTransportException):
        connect()


# -- quotas ------------------------------------------------------------------------------------


def test_sparks_calls_count_in_the_accounts_quota(
    hive: TClient, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotas, "_WAITS", (0.0,) * 5)
    warehouse.quotas = quotas.Quotas(3, lambda: 0.0)
    assert hive.get_all_databases() == hive.get_all_databases()
    warehouse.quotas.take("GetDatabases")
    with pytest.raises(HIVE.MetaException, match="Rate exceeded"):
        hive.get_all_databases()
    with pytest.raises(HIVE.NoSuchObjectException):
        hive.get_database("gone")
