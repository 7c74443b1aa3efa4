"""Table buckets of S3 Tables as catalogs of Glue, and the same tables by the API of S3 Tables."""

from __future__ import annotations

import itertools
import os
import sqlite3
import uuid
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from glue_endpoint.buckets import Buckets
from glue_endpoint.catalog.catalog import Catalog
from glue_endpoint.catalog.catalogs import mount
from glue_endpoint.process.warehouse import Warehouse
from glue_endpoint.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_NUMBERS = itertools.count()
ACCOUNT = "000000000000"


@pytest.fixture
def bucket(s3tables: Any) -> str:
    """A new table bucket with the namespace `sales`."""
    name = f"tables-{next(_NUMBERS)}"
    arn = s3tables.create_table_bucket(name=name)["arn"]
    s3tables.create_namespace(tableBucketARN=arn, namespace=["sales"])
    return name


def arn_of(bucket: str) -> str:
    return f"arn:aws:s3tables:us-east-1:{ACCOUNT}:bucket/{bucket}"


def catalog_of(bucket: str) -> str:
    return f"{ACCOUNT}:s3tablescatalog/{bucket}"


def where(bucket: str) -> dict[str, str]:
    return {"CatalogId": catalog_of(bucket), "DatabaseName": "sales"}


def iceberg(name: str, location: str, metadata: str = "metadata/0.json") -> dict[str, Any]:
    """A TableInput as Iceberg's GlueCatalog has it."""
    return {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "StorageDescriptor": {"Location": location, "Columns": [{"Name": "id", "Type": "int"}]},
        "Parameters": {"table_type": "ICEBERG", "metadata_location": f"{location}/{metadata}"},
    }


def offered(glue: Any, bucket: str) -> str:
    """Where the database says that a new table may be."""
    answer = glue.get_database(CatalogId=catalog_of(bucket), Name="sales")
    location: str = answer["Database"]["LocationUri"]
    return location


def refused(call: Callable[..., Any], **request: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**request)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


# -- catalogs ------------------------------------------------------------------------------------


def test_a_table_bucket_is_a_catalog(glue: Any, bucket: str) -> None:
    found = glue.get_catalog(CatalogId=catalog_of(bucket))["Catalog"]
    assert (found["CatalogId"], found["Name"]) == (catalog_of(bucket), bucket)
    assert (
        found["ResourceArn"] == f"arn:aws:glue:us-east-1:{ACCOUNT}:catalog/s3tablescatalog/{bucket}"
    )
    assert found["FederatedCatalog"]["Identifier"] == arn_of(bucket)
    assert glue.get_catalog(CatalogId=f"s3tablescatalog/{bucket}")["Catalog"] == found
    inner = glue.get_catalogs(ParentCatalogId="s3tablescatalog")["CatalogList"]
    assert found in inner
    assert [each["Name"] for each in glue.get_catalogs()["CatalogList"]] == ["s3tablescatalog"]
    everything = glue.get_catalogs(Recursive=True, IncludeRoot=True)["CatalogList"]
    assert [each["CatalogId"] for each in everything[:2]] == [ACCOUNT, f"{ACCOUNT}:s3tablescatalog"]
    assert found in everything


@pytest.mark.parametrize(
    "catalog",
    [f"{ACCOUNT}:s3tablescatalog/none", "s3tablescatalog/none", "123456789012:s3tablescatalog/b", "a/b"],
)  # fmt: skip
def test_what_is_no_catalog(glue: Any, bucket: str, catalog: str) -> None:
    for call, more in (
        (glue.get_catalog, {}),
        (glue.get_databases, {}),
        (glue.get_database, {"Name": "sales"}),
        (glue.get_tables, {"DatabaseName": "sales"}),
        (glue.search_tables, {}),
        (glue.create_database, {"DatabaseInput": {"Name": "sales"}}),
    ):
        code, message = refused(call, CatalogId=catalog, **more)
        assert code == "EntityNotFoundException"
        assert message.startswith("Catalog ")
        assert message.endswith(" not found.")


def test_the_catalog_of_table_buckets_is_made_once_and_deleted(tmp_path: Path) -> None:
    catalog = Catalog(Store(tmp_path))
    source = {"Identifier": "arn:aws:s3tables:us-east-1:000000000000:bucket/*"}
    request = {
        "Name": "s3tablescatalog",
        "CatalogInput": {"FederatedCatalog": {**source, "ConnectionName": "aws:s3tables"}},
    }
    assert catalog.call("GetCatalogs", {})["CatalogList"] == []
    catalog.call("CreateCatalog", request)
    found = catalog.call("GetCatalog", {"CatalogId": "s3tablescatalog"})["Catalog"]
    assert found["FederatedCatalog"]["Identifier"] == source["Identifier"]
    with pytest.raises(Exception, match="Catalog already exists"):
        catalog.call("CreateCatalog", request)
    with pytest.raises(Exception, match="one catalog beside the account's own"):
        catalog.call("CreateCatalog", {**request, "Name": "redshift"})
    catalog.call("DeleteCatalog", {"CatalogId": "s3tablescatalog"})
    with pytest.raises(Exception, match="s3tablescatalog not found"):
        catalog.call("GetCatalog", {"CatalogId": "s3tablescatalog"})


# -- databases -----------------------------------------------------------------------------------


def test_namespaces_are_databases_of_their_own_catalog(
    glue: Any, s3tables: Any, bucket: str, database: str
) -> None:
    inside = {"CatalogId": catalog_of(bucket)}
    glue.create_database(**inside, DatabaseInput={"Name": database})
    listed = glue.get_databases(**inside)["DatabaseList"]
    assert [each["Name"] for each in listed] == sorted([database, "sales"])
    assert {each["CatalogId"] for each in listed} == {catalog_of(bucket)}
    federated = listed[0]["FederatedDatabase"]
    assert (federated["ConnectionType"], federated["Identifier"]) == (
        "aws:s3tables",
        arn_of(bucket),
    )
    assert "FederatedDatabase" not in glue.get_database(Name=database)["Database"]
    names = s3tables.list_namespaces(tableBucketARN=arn_of(bucket))["namespaces"]
    assert [each["namespace"] for each in names] == [[each["Name"]] for each in listed]
    glue.delete_database(**inside, Name=database)
    assert glue.get_database(Name=database)["Database"]["CatalogId"] == ACCOUNT


def test_what_no_namespace_can_be(glue: Any, bucket: str) -> None:
    inside = {"CatalogId": catalog_of(bucket)}
    for given, words in (
        ({"Name": "with-dash"}, "is no name for a namespace"),
        ({"Name": "there", "LocationUri": "s3://mine/"}, "leave out the location"),
    ):
        code, message = refused(glue.create_database, **inside, DatabaseInput=given)
        assert code == "InvalidInputException"
        assert words in message
    change = {"Name": "sales", "DatabaseInput": {"Name": "sales", "Description": "new"}}
    assert "cannot be altered" in refused(glue.update_database, **inside, **change)[1]
    function = {"FunctionInput": {"FunctionName": "f", "ClassName": "c"}}
    found = refused(glue.create_user_defined_function, **where(bucket), **function)
    assert "no functions" in found[1]
    code, message = refused(
        glue.create_database, CatalogId="s3tablescatalog", DatabaseInput={"Name": "d"}
    )
    assert "name one of its table buckets" in message


# -- tables --------------------------------------------------------------------------------------


def test_a_table_as_the_published_glue_catalog_makes_it(glue: Any, bucket: str) -> None:
    location = f"{offered(glue, bucket)}/orders"
    glue.create_table(**where(bucket), TableInput=iceberg("orders", location))
    found = glue.get_table(**where(bucket), Name="Orders")["Table"]
    assert found["StorageDescriptor"]["Location"] == location
    assert found["Parameters"]["metadata_location"] == f"{location}/metadata/0.json"
    assert (found["TableType"], found["CatalogId"]) == ("customer", catalog_of(bucket))
    assert found["FederatedTable"]["ConnectionType"] == "aws:s3tables"
    again = f"{offered(glue, bucket)}/orders"
    with pytest.raises(glue.exceptions.AlreadyExistsException):
        glue.create_table(**where(bucket), TableInput=iceberg("orders", again))
    second = iceberg("orders", location, "metadata/1.json")
    glue.update_table(**where(bucket), TableInput=second, VersionId="0")
    with pytest.raises(glue.exceptions.ConcurrentModificationException):
        glue.update_table(**where(bucket), TableInput=second, VersionId="0")
    assert glue.get_table(**where(bucket), Name="orders")["Table"]["VersionId"] == "1"


def test_every_table_has_storage_of_its_own(glue: Any, bucket: str) -> None:
    first, second = offered(glue, bucket), offered(glue, bucket)
    assert first != second
    for storage in (first, second):
        assert storage.startswith("s3://")
        assert storage.endswith("--table-s3")


def test_a_table_as_pyiceberg_makes_it(glue: Any, bucket: str) -> None:
    """First a name, for which the service has storage; then the metadata there."""
    glue.create_table(
        **where(bucket), TableInput={"Name": "t", "Parameters": {"format": "ICEBERG"}}
    )
    found = glue.get_table(**where(bucket), Name="t")["Table"]
    location = found["StorageDescriptor"]["Location"]
    assert location.endswith("--table-s3")
    update = {"TableInput": iceberg("t", location), "VersionId": found["VersionId"]}
    glue.update_table(**where(bucket), **update)
    renamed = refused(glue.create_table, **where(bucket), TableInput=iceberg("u", location))
    assert "cannot be renamed" in renamed[1]
    found = glue.get_table(**where(bucket), Name="t")["Table"]
    assert found["Parameters"]["metadata_location"].startswith(location)


def test_what_no_table_can_be(glue: Any, bucket: str) -> None:
    storage = offered(glue, bucket)
    glue.create_table(**where(bucket), TableInput=iceberg("there", f"{storage}/there"))
    view = {"Name": "v", "TableType": "VIRTUAL_VIEW", "ViewOriginalText": "select 1"}
    parquet = {"Name": "p", "StorageDescriptor": {"Location": f"{storage}/p"}}
    forged = f"s3://{'0' * 16}-{'0' * 20}--table-s3/mine"
    for given, words in (
        (view, "a table bucket has no views"),
        (parquet, "has Iceberg tables and no others"),
        (iceberg("mine", "s3://mine/mine"), "leave out the location s3://mine/mine"),
        (iceberg("mine", forged), "leave out the location"),
        (iceberg("Other", f"{storage}/there"), "cannot be renamed"),
        (iceberg("other-name", f"{storage}/other-name"), "is no name for a table"),
    ):
        code, message = refused(glue.create_table, **where(bucket), TableInput=given)
        assert code == "InvalidInputException"
        assert words in message
    elsewhere = iceberg("mine", f"{storage}/mine")
    elsewhere["Parameters"]["metadata_location"] = "s3://mine/0.json"
    message = refused(glue.create_table, **where(bucket), TableInput=elsewhere)[1]
    assert "its metadata must be below" in message
    moved = {"TableInput": iceberg("there", f"{storage}/moved")}
    assert "cannot be changed" in refused(glue.update_table, **where(bucket), **moved)[1]
    became = {"TableInput": {**view, "Name": "there"}}
    assert "no views" in refused(glue.update_table, **where(bucket), **became)[1]
    names = [each["Name"] for each in glue.get_tables(**where(bucket))["TableList"]]
    assert names == ["there"]


def test_a_dropped_table_takes_its_data_with_it(glue: Any, bucket: str, buckets: Buckets) -> None:
    kept, dropped = f"{offered(glue, bucket)}/kept", f"{offered(glue, bucket)}/dropped"
    for location in (kept, dropped):
        name = location.rpartition("/")[2]
        file = buckets.path(f"{location}/metadata/0.json")
        file.parent.mkdir(parents=True)
        file.write_text("{}")
        glue.create_table(**where(bucket), TableInput=iceberg(name, location))
    code, message = refused(glue.delete_database, CatalogId=catalog_of(bucket), Name="sales")
    assert (code, "is not empty" in message) == ("InvalidInputException", True)
    glue.delete_table(**where(bucket), Name="dropped")
    assert not buckets.path(dropped).parent.exists()
    assert buckets.path(f"{kept}/metadata/0.json").exists()
    glue.batch_delete_table(**where(bucket), TablesToDelete=["kept"])
    assert not buckets.path(kept).exists()
    glue.delete_database(CatalogId=catalog_of(bucket), Name="sales")


def test_a_table_of_the_account_leaves_its_data(glue: Any, database: str, buckets: Buckets) -> None:
    file = buckets.path("s3://own/t/0.json")
    file.parent.mkdir(parents=True)
    file.write_text("{}")
    table = iceberg("t", "s3://own/t")
    glue.create_table(DatabaseName=database, TableInput=table)
    glue.delete_table(DatabaseName=database, Name="t")
    assert file.exists()


def test_what_a_killed_process_had_to_remove_goes_later(tmp_path: Path) -> None:
    store, buckets = Store(tmp_path), Buckets(tmp_path / "s3")
    folder = buckets.path("s3://x--table-s3/t")
    folder.mkdir(parents=True)
    store.write(lambda t: t.run("INSERT INTO purges (location) VALUES ('s3://x--table-s3')"))
    Catalog(store, buckets.remove).purge()
    assert not folder.parent.exists()
    assert store.read(lambda t: t.all("SELECT * FROM purges")) == []


def test_what_failing_statements_wrote_goes_at_a_later_start(tmp_path: Path) -> None:
    with closing(Warehouse(tmp_path)) as first:
        first.store.write(
            lambda t: t.run("INSERT INTO table_buckets (name, created) VALUES ('b', 0)")
        )
        first.store.write(mount)
        where = {"CatalogId": "s3tablescatalog/b", "DatabaseName": "d"}
        first.catalog.call(
            "CreateDatabase", {"CatalogId": where["CatalogId"], "DatabaseInput": {"Name": "d"}}
        )
        table = {"Name": "t", "Parameters": {"format": "ICEBERG"}}
        first.catalog.call("CreateTable", {**where, "TableInput": table})
        found = first.catalog.call("GetTable", {**where, "Name": "t"})["Table"]
        used = first.buckets.path(found["StorageDescriptor"]["Location"])
        folders = [used, *(first.buckets.path(f"s3://{name}--table-s3") for name in ("old", "new"))]
    for folder in folders:
        folder.mkdir(parents=True)
    for folder in folders[:2]:
        os.utime(folder, (0, 0))
    with closing(Warehouse(tmp_path)):
        assert [folder.exists() for folder in folders] == [True, False, True]


def test_a_catalog_of_an_earlier_version_gets_what_it_lacks(tmp_path: Path) -> None:
    Catalog(Store(tmp_path)).call("CreateDatabase", {"DatabaseInput": {"Name": "kept"}})
    with sqlite3.connect(tmp_path / "catalog.sqlite") as connection:
        for table in ("catalogs", "table_buckets", "purges"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("PRAGMA user_version = 1")
    catalog = Catalog(Store(tmp_path))
    assert catalog.call("GetDatabase", {"Name": "kept"})["Database"]["Name"] == "kept"
    assert catalog.call("GetCatalogs", {})["CatalogList"] == []


# -- the API of S3 Tables ------------------------------------------------------------------------


def test_table_buckets(s3tables: Any, bucket: str) -> None:
    found = s3tables.get_table_bucket(tableBucketARN=arn_of(bucket))
    assert (found["arn"], found["name"], found["ownerAccountId"]) == (
        arn_of(bucket),
        bucket,
        ACCOUNT,
    )
    assert found["createdAt"].year > 2000
    pages = s3tables.get_paginator("list_table_buckets").paginate(
        prefix="tables-", PaginationConfig={"PageSize": 1}
    )
    names = [each["name"] for each in pages.build_full_result()["tableBuckets"]]
    assert bucket in names
    assert names == sorted(set(names))
    code, message = refused(s3tables.create_table_bucket, name=bucket)
    assert (code, message) == (
        "ConflictException",
        "The bucket that you tried to create already exists, and you own it.",
    )
    assert refused(s3tables.create_table_bucket, name="-x-")[0] == "BadRequestException"
    assert refused(s3tables.create_table_bucket, name="ABC")[0] == "BadRequestException"
    assert refused(s3tables.delete_table_bucket, tableBucketARN=arn_of(bucket))[0] == (
        "ConflictException"
    )
    s3tables.delete_namespace(tableBucketARN=arn_of(bucket), namespace="sales")
    s3tables.delete_table_bucket(tableBucketARN=arn_of(bucket))
    gone = refused(s3tables.get_table_bucket, tableBucketARN=arn_of(bucket))
    assert gone[0] == "NotFoundException"


def test_both_apis_see_the_same_tables(
    glue: Any, s3tables: Any, bucket: str, buckets: Buckets
) -> None:
    table = {"tableBucketARN": arn_of(bucket), "namespace": "sales", "name": "t"}
    made = s3tables.create_table(**table, format="ICEBERG")
    found = glue.get_table(**where(bucket), Name="t")["Table"]
    location = found["StorageDescriptor"]["Location"]
    assert made["tableARN"] == found["FederatedTable"]["Identifier"]
    seen = s3tables.get_table_metadata_location(**table)
    assert seen["warehouseLocation"] == location
    assert "metadataLocation" not in seen
    given = iceberg("t", location)
    glue.update_table(**where(bucket), TableInput=given, VersionId=made["versionToken"])
    whole = s3tables.get_table(**table)
    assert whole["metadataLocation"] == given["Parameters"]["metadata_location"]
    assert (whole["format"], whole["type"], whole["namespace"]) == (
        "ICEBERG",
        "customer",
        ["sales"],
    )
    assert {**s3tables.get_table(tableArn=whole["tableARN"]), "ResponseMetadata": 0} == {
        **whole,
        "ResponseMetadata": 0,
    }
    pointer = {"metadataLocation": f"{location}/metadata/1.json"}
    stale = refused(s3tables.update_table_metadata_location, **table, **pointer, versionToken="0")
    assert stale[0] == "ConflictException"
    moved = s3tables.update_table_metadata_location(
        **table, **pointer, versionToken=whole["versionToken"]
    )
    parameters = glue.get_table(**where(bucket), Name="t")["Table"]["Parameters"]
    assert (
        parameters["metadata_location"] == pointer["metadataLocation"] == moved["metadataLocation"]
    )
    assert parameters["previous_metadata_location"] == whole["metadataLocation"]
    listed = s3tables.list_tables(tableBucketARN=arn_of(bucket), namespace="sales")["tables"]
    assert [(each["name"], each["tableARN"]) for each in listed] == [("t", whole["tableARN"])]
    assert refused(s3tables.delete_namespace, tableBucketARN=arn_of(bucket), namespace="sales")[
        0
    ] == ("ConflictException")
    file = buckets.path(f"{location}/metadata/0.json")
    file.parent.mkdir(parents=True)
    file.write_text("{}")
    s3tables.delete_table(**table, versionToken=moved["versionToken"])
    assert not file.exists()
    assert refused(glue.get_table, **where(bucket), Name="t")[0] == "EntityNotFoundException"
    assert refused(s3tables.get_table, **table)[0] == "NotFoundException"


def test_what_the_api_of_s3_tables_does_not_do(s3tables: Any, bucket: str) -> None:
    table = {"tableBucketARN": arn_of(bucket), "namespace": "sales", "name": "t"}
    columns = {"iceberg": {"schema": {"fields": [{"name": "id", "type": "int"}]}}}
    code, message = refused(s3tables.create_table, **table, format="ICEBERG", metadata=columns)
    assert (code, "leave out `metadata`" in message) == ("BadRequestException", True)
    code, message = refused(s3tables.rename_table, **table, newName="u")
    assert (code, "does not serve s3tables:RenameTable" in message) == ("BadRequestException", True)
    code, message = refused(s3tables.get_table, name="t")
    assert "tableBucketARN, namespace too" in message
    other = arn_of(f"no-{uuid.uuid4().hex[:8]}")
    assert refused(s3tables.list_tables, tableBucketARN=other)[0] == "NotFoundException"
