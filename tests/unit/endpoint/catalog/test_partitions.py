"""Partitions, their indexes and statistics."""

from __future__ import annotations

from typing import Any

import pytest

KEYS = [{"Name": "year", "Type": "int"}, {"Name": "shop", "Type": "string"}]


@pytest.fixture
def sales(glue: Any, database: str) -> dict[str, str]:
    """A table with the partitions 2023/a, 2024/a and 2024/b, as requests name it."""
    storage = {"Columns": [{"Name": "n", "Type": "int"}], "Location": "s3://b/sales"}
    glue.create_table(
        DatabaseName=database,
        TableInput={"Name": "sales", "PartitionKeys": KEYS, "StorageDescriptor": storage},
    )
    where = {"DatabaseName": database, "TableName": "sales"}
    made = [partition("2024", "b"), partition("2023", "a"), partition("2024", "a")]
    assert glue.batch_create_partition(**where, PartitionInputList=made)["Errors"] == []
    return where


def partition(year: str, shop: str) -> dict[str, Any]:
    location = f"s3://b/sales/year={year}/shop={shop}"
    columns = [{"Name": "n", "Type": "int"}]
    return {
        "Values": [year, shop],
        "StorageDescriptor": {"Location": location, "Columns": columns},
    }


def values(glue: Any, where: dict[str, str], **request: Any) -> list[list[str]]:
    pages = glue.get_paginator("get_partitions").paginate(**where, **request)
    return [each["Values"] for page in pages for each in page["Partitions"]]


def codes(errors: list[dict[str, Any]], member: str = "PartitionValues") -> list[tuple[Any, str]]:
    return [(each[member], each["ErrorDetail"]["ErrorCode"]) for each in errors]


ALL = [["2023", "a"], ["2024", "a"], ["2024", "b"]]


def test_lists_in_pages_and_by_expression(glue: Any, sales: dict[str, str]) -> None:
    assert values(glue, sales) == ALL
    assert values(glue, sales, PaginationConfig={"PageSize": 1}) == ALL
    expression = "year = 2024 and shop in ('b', 'c')"
    assert values(glue, sales, Expression=expression) == [["2024", "b"]]
    some = {"Expression": "year >= 2023", "PaginationConfig": {"PageSize": 1}}
    assert values(glue, sales, **some) == ALL
    with pytest.raises(glue.exceptions.InvalidInputException, match="not a partition key"):
        values(glue, sales, Expression="n = 1")


@pytest.mark.parametrize("total", [1, 2, 10])
def test_segments_are_all_partitions_once(glue: Any, sales: dict[str, str], total: int) -> None:
    segments = [{"SegmentNumber": number, "TotalSegments": total} for number in range(total)]
    found = [each for segment in segments for each in values(glue, sales, Segment=segment)]
    assert sorted(found) == ALL
    with pytest.raises(glue.exceptions.InvalidInputException, match="no segment"):
        values(glue, sales, Segment={"SegmentNumber": total, "TotalSegments": total})


def test_leaves_the_columns_out(glue: Any, sales: dict[str, str]) -> None:
    found = glue.get_partitions(**sales, ExcludeColumnSchema=True)["Partitions"]
    assert [each["StorageDescriptor"] for each in found] == [
        {"Location": f"s3://b/sales/year={year}/shop={shop}"} for year, shop in ALL
    ]


def test_finds_one_and_several(glue: Any, sales: dict[str, str]) -> None:
    found = glue.get_partition(**sales, PartitionValues=["2024", "b"])["Partition"]
    assert found["StorageDescriptor"]["Location"] == "s3://b/sales/year=2024/shop=b"
    wanted = [{"Values": ["2024", "a"]}, {"Values": ["9", "z"]}]
    answer = glue.batch_get_partition(**sales, PartitionsToGet=wanted)
    assert [each["Values"] for each in answer["Partitions"]] == [["2024", "a"]]
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_partition(**sales, PartitionValues=["1", "a"])


def test_what_does_not_fit_the_keys_is_refused(glue: Any, sales: dict[str, str]) -> None:
    with pytest.raises(glue.exceptions.AlreadyExistsException):
        glue.create_partition(**sales, PartitionInput=partition("2023", "a"))
    with pytest.raises(glue.exceptions.InvalidInputException, match="number of partition keys"):
        glue.create_partition(**sales, PartitionInput={"Values": ["1"]})


def test_entries_of_one_batch_see_each_other(glue: Any, sales: dict[str, str]) -> None:
    twice, moved = {"Values": ["2030", "x"]}, {"Values": ["2031", "x"]}
    answer = glue.batch_create_partition(**sales, PartitionInputList=[twice, twice])
    assert codes(answer["Errors"]) == [(["2030", "x"], "AlreadyExistsException")]
    answer = glue.batch_update_partition(
        **sales,
        Entries=[
            {"PartitionValueList": ["2030", "x"], "PartitionInput": moved},
            {"PartitionValueList": ["2030", "x"], "PartitionInput": moved},
            {"PartitionValueList": ["2024", "a"], "PartitionInput": moved},
        ],
    )
    assert codes(answer["Errors"], "PartitionValueList") == [
        (["2030", "x"], "EntityNotFoundException"),
        (["2024", "a"], "AlreadyExistsException"),
    ]
    answer = glue.batch_delete_partition(**sales, PartitionsToDelete=[moved, moved])
    assert codes(answer["Errors"]) == [(["2031", "x"], "EntityNotFoundException")]
    assert values(glue, sales) == ALL


def test_an_update_replaces_all_and_keeps_the_values(glue: Any, sales: dict[str, str]) -> None:
    glue.update_partition(
        **sales, PartitionValueList=["2023", "a"], PartitionInput={"Parameters": {"k": "v"}}
    )
    found = glue.get_partition(**sales, PartitionValues=["2023", "a"])["Partition"]
    assert found["Parameters"] == {"k": "v"}
    assert "StorageDescriptor" not in found
    glue.delete_partition(**sales, PartitionValues=["2023", "a"])
    assert values(glue, sales) == ALL[1:]


def test_partition_indexes(glue: Any, sales: dict[str, str]) -> None:
    for number in range(3):
        index = {"IndexName": f"hudi_managed_[{number}]", "Keys": ["Year", "shop"]}
        glue.create_partition_index(**sales, PartitionIndex=index)
    found = glue.get_partition_indexes(**sales)["PartitionIndexDescriptorList"]
    assert found[0] == {
        "IndexName": "hudi_managed_[0]",
        "Keys": [{"Name": "Year", "Type": "int"}, {"Name": "shop", "Type": "string"}],
        "IndexStatus": "ACTIVE",
    }
    with pytest.raises(glue.exceptions.ResourceNumberLimitExceededException):
        glue.create_partition_index(**sales, PartitionIndex={"IndexName": "i", "Keys": ["shop"]})
    glue.delete_partition_index(**sales, IndexName="hudi_managed_[1]")
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.delete_partition_index(**sales, IndexName="hudi_managed_[1]")
    with pytest.raises(glue.exceptions.AlreadyExistsException):
        glue.create_partition_index(**sales, PartitionIndex=index)
    with pytest.raises(glue.exceptions.InvalidInputException, match="no partition keys"):
        glue.create_partition_index(**sales, PartitionIndex={"IndexName": "i", "Keys": ["n"]})


def test_a_table_is_made_with_its_indexes(glue: Any, database: str) -> None:
    indexes = [{"IndexName": "i", "Keys": ["shop"]}]
    table = {"Name": "t", "PartitionKeys": KEYS}
    glue.create_table(DatabaseName=database, TableInput=table, PartitionIndexes=indexes)
    found = glue.get_partition_indexes(DatabaseName=database, TableName="t")
    assert [each["IndexName"] for each in found["PartitionIndexDescriptorList"]] == ["i"]
    with pytest.raises(glue.exceptions.InvalidInputException):
        glue.create_table(
            DatabaseName=database,
            TableInput={**table, "Name": "u"},
            PartitionIndexes=[{"IndexName": "i", "Keys": ["other"]}],
        )
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_table(DatabaseName=database, Name="u")


def test_statistics_of_a_partition_go_with_it(glue: Any, sales: dict[str, str]) -> None:
    data = {"MinimumValue": 1, "MaximumValue": 5, "NumberOfNulls": 0, "NumberOfDistinctValues": 5}
    statistics = {
        "ColumnName": "n",
        "ColumnType": "int",
        "AnalyzedTime": 1.0,
        "StatisticsData": {"Type": "LONG", "LongColumnStatisticsData": data},
    }
    of = {**sales, "PartitionValues": ["2023", "a"]}
    answer = glue.update_column_statistics_for_partition(
        **of, ColumnStatisticsList=[statistics, {**statistics, "ColumnName": "absent"}]
    )
    assert [
        (each["ColumnStatistics"]["ColumnName"], each["Error"]["ErrorCode"])
        for each in answer["Errors"]
    ] == [("absent", "InvalidInputException")]
    found = glue.get_column_statistics_for_partition(**of, ColumnNames=["n", "year"])
    assert [each["StatisticsData"] for each in found["ColumnStatisticsList"]] == [
        statistics["StatisticsData"]
    ]
    assert [each["ColumnName"] for each in found["Errors"]] == ["year"]
    glue.delete_partition(**of)
    glue.create_partition(**sales, PartitionInput=partition("2023", "a"))
    found = glue.get_column_statistics_for_partition(**of, ColumnNames=["n"])
    assert found["ColumnStatisticsList"] == []


def test_statistics_of_a_table(glue: Any, sales: dict[str, str]) -> None:
    data = {"NumberOfTrues": 1, "NumberOfFalses": 2, "NumberOfNulls": 3}
    statistics = {
        "ColumnName": "n",
        "ColumnType": "boolean",
        "AnalyzedTime": 1.0,
        "StatisticsData": {"Type": "BOOLEAN", "BooleanColumnStatisticsData": data},
    }
    glue.update_column_statistics_for_table(**sales, ColumnStatisticsList=[statistics])
    glue.delete_column_statistics_for_table(**sales, ColumnName="N")
    with pytest.raises(glue.exceptions.EntityNotFoundException, match="column n"):
        glue.delete_column_statistics_for_table(**sales, ColumnName="n")


def test_a_table_without_keys_has_no_partitions(glue: Any, database: str) -> None:
    glue.create_table(DatabaseName=database, TableInput={"Name": "plain"})
    for values in ({}, {"Values": []}, {"Values": ["a"]}):
        with pytest.raises(glue.exceptions.InvalidInputException, match="number of partition keys"):
            glue.create_partition(DatabaseName=database, TableName="plain", PartitionInput=values)
