"""What a client gives is what it gets back, for anything that botocore's model allows."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings

from tests.unit.endpoint.catalog.from_model import members

_NUMBERS = itertools.count()
_ADDED = {
    "Database": {"CatalogId", "CreateTableDefaultPermissions", "CreateTime"},
    "Table": {
        "CatalogId", "CreateTime", "CreatedBy", "DatabaseName", "IsRegisteredWithLakeFormation",
        "UpdateTime", "VersionId",
    },
    "Partition": {"CatalogId", "CreationTime", "DatabaseName", "TableName"},
    "UserDefinedFunction": {"CatalogId", "CreateTime", "DatabaseName"},
}  # fmt: skip
"""What Glue itself adds to what it was given."""

anything = settings(
    max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


def same(kind: str, found: dict[str, Any], given: dict[str, Any], name: str = "Name") -> None:
    """`found` is what was given, and what Glue adds."""
    assert {key: found[key] for key in given} == {**given, **_folded(given, name)}
    assert found.keys() - given.keys() <= _ADDED[kind]


def _folded(given: dict[str, Any], name: str) -> dict[str, str]:
    return {name: given[name].lower()} if name in given else {}


@anything
@given(database=members("CreateDatabase", "DatabaseInput"))
def test_databases(glue: Any, database: dict[str, Any]) -> None:
    database["Name"] = f"{database['Name'][:200]}_{next(_NUMBERS)}"
    glue.create_database(DatabaseInput=database)
    same("Database", glue.get_database(Name=database["Name"])["Database"], database)
    glue.delete_database(Name=database["Name"])


@anything
@given(first=members("CreateTable", "TableInput"), second=members("UpdateTable", "TableInput"))
def test_tables_and_their_versions(
    glue: Any, database: str, first: dict[str, Any], second: dict[str, Any]
) -> None:
    name = second["Name"] = first["Name"] = f"{first['Name'][:200]}_{next(_NUMBERS)}"
    for key in (key for table in (first, second) for key in table.get("PartitionKeys", [])):
        key.pop("Parameters", None)  # the model has them, and Glue refuses them
    where = {"DatabaseName": database}
    glue.create_table(**where, TableInput=first)
    same("Table", glue.get_table(**where, Name=name)["Table"], first)
    glue.update_table(**where, TableInput=second)
    same("Table", glue.get_table(**where, Name=name)["Table"], second)
    versions = glue.get_table_versions(**where, TableName=name)["TableVersions"]
    assert [version["VersionId"] for version in versions] == ["1", "0"]
    same("Table", versions[1]["Table"], first)
    glue.delete_table(**where, Name=name)


@anything
@given(partition=members("CreatePartition", "PartitionInput"))
def test_partitions(glue: Any, database: str, partition: dict[str, Any]) -> None:
    name, values = f"t{next(_NUMBERS)}", partition.get("Values") or ["one"]
    partition["Values"] = values  # without keys a table has no partitions
    keys = [{"Name": f"key{number}", "Type": "string"} for number in range(len(values))]
    where = {"DatabaseName": database, "TableName": name}
    glue.create_table(DatabaseName=database, TableInput={"Name": name, "PartitionKeys": keys})
    glue.create_partition(**where, PartitionInput=partition)
    found = glue.get_partition(**where, PartitionValues=values)["Partition"]
    same("Partition", found, partition)
    assert glue.get_partitions(**where)["Partitions"] == [found]


@anything
@given(function=members("CreateUserDefinedFunction", "FunctionInput"))
def test_functions(glue: Any, database: str, function: dict[str, Any]) -> None:
    function["FunctionName"] = f"{function.get('FunctionName', '')[:200]}_{next(_NUMBERS)}"
    where = {"DatabaseName": database}
    glue.create_user_defined_function(**where, FunctionInput=function)
    found = glue.get_user_defined_function(**where, FunctionName=function["FunctionName"])
    same("UserDefinedFunction", found["UserDefinedFunction"], function, "FunctionName")


@anything
@given(statistics=members("UpdateColumnStatisticsForTable", "ColumnStatisticsList"))
def test_column_statistics(glue: Any, database: str, statistics: list[dict[str, Any]]) -> None:
    name = f"t{next(_NUMBERS)}"
    by_column = {each["ColumnName"].lower(): each for each in statistics}
    storage = {"Columns": [{"Name": column} for column in by_column]}
    glue.create_table(
        DatabaseName=database, TableInput={"Name": name, "StorageDescriptor": storage}
    )
    where = {"DatabaseName": database, "TableName": name}
    answer = glue.update_column_statistics_for_table(**where, ColumnStatisticsList=statistics)
    assert answer["Errors"] == []
    found = glue.get_column_statistics_for_table(**where, ColumnNames=list(by_column))
    assert found["ColumnStatisticsList"] == list(by_column.values())


_LONG = {
    "a name of 256 characters": ("create_database", {"DatabaseInput": {"Name": "n" * 256}}),
    "a description of 2,049": (
        "create_database",
        {"DatabaseInput": {"Name": "n", "Description": "d" * 2049}},
    ),
    "a location of 1,025": (
        "create_database",
        {"DatabaseInput": {"Name": "n", "LocationUri": "s3://" + "l" * 1020}},
    ),
    "a parameter of 512,001": (
        "create_database",
        {"DatabaseInput": {"Name": "n", "Parameters": {"k": "v" * 512_001}}},
    ),
    "a view of 409,601": (
        "create_table",
        {"DatabaseName": "d", "TableInput": {"Name": "n", "ViewOriginalText": "v" * 409_601}},
    ),
    "a type of 131,073": (
        "create_table",
        {
            "DatabaseName": "d",
            "TableInput": {"Name": "n", "PartitionKeys": [{"Name": "k", "Type": "t" * 131_073}]},
        },
    ),
    "101 partitions": (
        "batch_create_partition",
        {"DatabaseName": "d", "TableName": "t", "PartitionInputList": [{"Values": []}] * 101},
    ),
    "26 deletions": (
        "batch_delete_partition",
        {"DatabaseName": "d", "TableName": "t", "PartitionsToDelete": [{"Values": []}] * 26},
    ),
    "a line break in a name": ("create_database", {"DatabaseInput": {"Name": "a\nb"}}),
    "no name": ("create_database", {"DatabaseInput": {}}),
}


@pytest.mark.parametrize("case", _LONG)
def test_refuses_what_is_over_a_limit(glue: Any, case: str) -> None:
    call, request = _LONG[case]
    with pytest.raises(ClientError, match="failed to satisfy constraint"):
        getattr(glue, call)(**request)


def test_keeps_a_view_as_long_as_glue_allows(glue: Any, database: str) -> None:
    text = "select 1 as a -- é\n" * 21_557 + "x" * 17
    assert len(text) == 409_600
    glue.create_table(DatabaseName=database, TableInput={"Name": "v", "ViewOriginalText": text})
    assert glue.get_table(DatabaseName=database, Name="v")["Table"]["ViewOriginalText"] == text
