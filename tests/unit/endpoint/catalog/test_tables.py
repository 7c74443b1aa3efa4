"""Databases, tables and their versions, as Glue's API reference has them."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError


def names(answer: dict[str, Any], member: str = "TableList") -> list[str]:
    return [each["Name"] for each in answer[member]]


def create(glue: Any, database: str, *tables: str, **given: Any) -> None:
    for table in tables:
        glue.create_table(DatabaseName=database, TableInput={"Name": table, **given})


def versions(glue: Any, database: str, table: str = "t") -> list[str]:
    pages = glue.get_paginator("get_table_versions").paginate(
        DatabaseName=database, TableName=table, PaginationConfig={"PageSize": 2}
    )
    return [each["VersionId"] for page in pages for each in page["TableVersions"]]


# -- databases -------------------------------------------------------------------------------------


def test_names_are_folded_to_lower_case(glue: Any, database: str) -> None:
    create(glue, database.upper(), "Orders")
    found = glue.get_table(DatabaseName=database.title(), Name="ORDERS")["Table"]
    assert (found["DatabaseName"], found["Name"]) == (database, "orders")
    with pytest.raises(glue.exceptions.AlreadyExistsException):
        create(glue, database, "oRDERS")
    with pytest.raises(glue.exceptions.AlreadyExistsException):
        glue.create_database(DatabaseInput={"Name": database.upper()})


def test_a_database_has_no_location_that_nobody_gave(glue: Any, database: str) -> None:
    found = glue.get_database(Name=database)["Database"]
    assert "LocationUri" not in found
    assert found["CreateTableDefaultPermissions"] == [
        {
            "Principal": {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"},
            "Permissions": ["ALL"],
        }
    ]


def test_a_fresh_catalog_is_empty_but_for_what_was_made(glue: Any) -> None:
    answer = glue.get_databases(CatalogId="111111111111")
    assert answer["DatabaseList"] == []


def test_catalogs_know_nothing_of_each_other(glue: Any, database: str) -> None:
    other = {"CatalogId": "123456789012"}
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_database(Name=database, **other)
    glue.create_database(DatabaseInput={"Name": database, "Description": "theirs"}, **other)
    glue.create_table(DatabaseName=database, TableInput={"Name": "t"}, **other)
    assert glue.get_table(DatabaseName=database, Name="t", **other)["Table"]["CatalogId"] == (
        "123456789012"
    )
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_table(DatabaseName=database, Name="t")
    assert "Description" not in glue.get_database(Name=database)["Database"]
    glue.delete_database(Name=database, **other)
    assert glue.get_database(Name=database)["Database"]["Name"] == database


def test_an_update_of_a_database_replaces_all(glue: Any, database: str) -> None:
    glue.update_database(
        Name=database,
        DatabaseInput={"Name": database, "Description": "d", "LocationUri": "s3://b/d"},
    )
    assert glue.get_database(Name=database)["Database"]["LocationUri"] == "s3://b/d"
    glue.update_database(Name=database, DatabaseInput={"Name": database})
    assert not {"Description", "LocationUri"} & glue.get_database(Name=database)["Database"].keys()
    with pytest.raises(glue.exceptions.InvalidInputException, match="renamed"):
        glue.update_database(Name=database, DatabaseInput={"Name": "other"})


def test_a_deleted_database_takes_all_that_is_in_it(glue: Any, database: str) -> None:
    create(glue, database, "t", PartitionKeys=[{"Name": "k", "Type": "string"}])
    where = {"DatabaseName": database, "TableName": "t"}
    glue.create_partition(**where, PartitionInput={"Values": ["a"]})
    arn = f"arn:aws:glue:us-east-1:000000000000:table/{database}/t"
    glue.tag_resource(ResourceArn=arn, TagsToAdd={"k": "v"})
    glue.delete_database(Name=database)
    glue.create_database(DatabaseInput={"Name": database})
    assert glue.get_tables(DatabaseName=database)["TableList"] == []
    create(glue, database, "t", PartitionKeys=[{"Name": "k", "Type": "string"}])
    assert glue.get_partitions(**where)["Partitions"] == []
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {}


# -- tables ----------------------------------------------------------------------------------------


def test_lists_in_pages_that_what_comes_and_goes_does_not_move(glue: Any, database: str) -> None:
    create(glue, database, "b", "d", "f", "h")
    first = glue.get_tables(DatabaseName=database, MaxResults=2)
    assert names(first) == ["b", "d"]
    create(glue, database, "a", "e")
    glue.delete_table(DatabaseName=database, Name="b")
    rest = glue.get_tables(DatabaseName=database, NextToken=first["NextToken"])
    assert names(rest) == ["e", "f", "h"]
    assert "NextToken" not in rest
    with pytest.raises(glue.exceptions.InvalidInputException, match="NextToken"):
        glue.get_tables(DatabaseName=database, NextToken="ü")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a.*", ["a1", "a2"]),
        ("A1|b1", ["a1", "b1"]),
        ("*1", ["a1", "b1"]),
        ("a*", ["a1", "a2"]),
        ("[ab]1", ["a1", "b1"]),
        ("[ab]*1", ["a1", "b1"]),
        ("a", []),
    ],
)
def test_lists_by_pattern(glue: Any, database: str, expression: str, expected: list[str]) -> None:
    create(glue, database, "a1", "a2", "b1")
    pages = glue.get_paginator("get_tables").paginate(
        DatabaseName=database, Expression=expression, PaginationConfig={"PageSize": 1}
    )
    assert [name for page in pages for name in names(page)] == expected


def test_says_what_is_wrong_with_a_pattern(glue: Any, database: str) -> None:
    with pytest.raises(glue.exceptions.InvalidInputException, match=r"'\(' is no regular expr"):
        glue.get_tables(DatabaseName=database, Expression="(")


def test_lists_only_names_where_they_are_all_that_is_wanted(glue: Any, database: str) -> None:
    create(glue, database, "t", Parameters={"k": "v"})
    found = glue.get_tables(DatabaseName=database, AttributesToGet=["NAME"])["TableList"]
    assert found == [{"Name": "t", "DatabaseName": database}]


def test_what_is_missing_is_said(glue: Any, database: str) -> None:
    missing = glue.exceptions.EntityNotFoundException
    with pytest.raises(missing, match="Table t not found"):
        glue.get_table(DatabaseName=database, Name="t")
    with pytest.raises(missing, match="Database nowhere not found"):
        glue.get_table(DatabaseName="nowhere", Name="t")
    with pytest.raises(missing):
        glue.get_tables(DatabaseName="nowhere")
    with pytest.raises(missing):
        glue.delete_table(DatabaseName=database, Name="t")
    with pytest.raises(missing):
        glue.update_table(DatabaseName=database, TableInput={"Name": "t"})


def test_names_are_data(glue: Any, database: str) -> None:
    name = 'it\'s "odd"; drop table x --'
    create(glue, database, name)
    assert names(glue.get_tables(DatabaseName=database)) == [name]
    with pytest.raises(ClientError, match="regular expression pattern"):
        glue.get_table(DatabaseName=database, Name="a\x00b")


def test_a_batch_deletes_what_is_there(glue: Any, database: str) -> None:
    create(glue, database, "m", "e")
    answer = glue.batch_delete_table(DatabaseName=database, TablesToDelete=["M", "absent", "e"])
    assert [(each["TableName"], each["ErrorDetail"]["ErrorCode"]) for each in answer["Errors"]] == [
        ("absent", "EntityNotFoundException")
    ]
    assert glue.get_tables(DatabaseName=database)["TableList"] == []


def test_iceberg_metadata_is_the_clients_business(glue: Any, database: str) -> None:
    with pytest.raises(ClientError, match="leave out OpenTableFormatInput"):
        glue.create_table(
            DatabaseName=database,
            TableInput={"Name": "t"},
            OpenTableFormatInput={"IcebergInput": {"MetadataOperation": "CREATE"}},
        )


def test_iceberg_metadata_is_not_changed_by_an_update_either(glue: Any, database: str) -> None:
    create(glue, database, "t")
    change: dict[str, Any] = {"UpdateIcebergInput": {"UpdateIcebergTableInput": {"Updates": []}}}
    with pytest.raises(ClientError, match="leave out UpdateOpenTableFormatInput"):
        glue.update_table(DatabaseName=database, Name="t", UpdateOpenTableFormatInput=change)
    assert versions(glue, database) == ["0"]


# -- versions --------------------------------------------------------------------------------------


def test_an_update_keeps_the_version_before(glue: Any, database: str) -> None:
    create(glue, database, "t", Description="first")
    made = glue.get_table(DatabaseName=database, Name="t")["Table"]
    for text in ("second", "third"):
        glue.update_table(DatabaseName=database, TableInput={"Name": "t", "Description": text})
    now = glue.get_table(DatabaseName=database, Name="t")["Table"]
    assert (made["VersionId"], now["VersionId"], now["Description"]) == ("0", "2", "third")
    assert (now["CreateTime"], now["UpdateTime"] >= made["UpdateTime"]) == (
        made["CreateTime"],
        True,
    )
    assert versions(glue, database) == ["2", "1", "0"]
    where = {"DatabaseName": database, "TableName": "t"}
    old = glue.get_table_version(**where, VersionId="0")["TableVersion"]
    assert (old["VersionId"], old["Table"]) == ("0", made)
    assert glue.get_table_version(**where)["TableVersion"]["Table"] == now


def test_an_update_without_archive_uses_its_number_up(glue: Any, database: str) -> None:
    create(glue, database, "t")
    for skip in (True, False, True):
        glue.update_table(DatabaseName=database, TableInput={"Name": "t"}, SkipArchive=skip)
    assert versions(glue, database) == ["3", "1"]


def test_an_update_of_an_old_version_is_refused(glue: Any, database: str) -> None:
    create(glue, database, "t")
    given = {"DatabaseName": database, "TableInput": {"Name": "t", "Description": "mine"}}
    glue.update_table(**given, VersionId="0")
    with pytest.raises(glue.exceptions.ConcurrentModificationException, match="version 1, not 0"):
        glue.update_table(**given, VersionId="0")
    assert versions(glue, database) == ["1", "0"]


def test_versions_are_deleted_but_for_the_present_one(glue: Any, database: str) -> None:
    create(glue, database, "t")
    for _ in range(3):
        glue.update_table(DatabaseName=database, TableInput={"Name": "t"})
    where = {"DatabaseName": database, "TableName": "t"}
    glue.delete_table_version(**where, VersionId="0")
    answer = glue.batch_delete_table_version(**where, VersionIds=["0", "1", "3"])
    assert [(each["VersionId"], each["ErrorDetail"]["ErrorCode"]) for each in answer["Errors"]] == [
        ("0", "EntityNotFoundException"),
        ("3", "InvalidInputException"),
    ]
    assert versions(glue, database) == ["3", "2"]
    with pytest.raises(glue.exceptions.InvalidInputException, match="'x' is no version"):
        glue.get_table_version(**where, VersionId="x")


def test_a_table_made_anew_has_no_past(glue: Any, database: str) -> None:
    create(glue, database, "t")
    glue.update_table(DatabaseName=database, TableInput={"Name": "t"})
    glue.delete_table(DatabaseName=database, Name="t")
    create(glue, database, "t")
    assert versions(glue, database) == ["0"]


def test_an_update_leaves_the_partitions(glue: Any, database: str) -> None:
    create(glue, database, "t", PartitionKeys=[{"Name": "k", "Type": "string"}])
    where = {"DatabaseName": database, "TableName": "t"}
    glue.create_partition(**where, PartitionInput={"Values": ["a"]})
    glue.update_table(DatabaseName=database, TableInput={"Name": "t"})
    assert [each["Values"] for each in glue.get_partitions(**where)["Partitions"]] == [["a"]]
