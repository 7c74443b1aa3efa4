"""Data cells filters: kept with a version, held to the table, and gone with it."""

from __future__ import annotations

from typing import Any

import pytest

CATALOG = "000000000000"


@pytest.fixture
def where(table: dict[str, str]) -> dict[str, str]:
    """The name of a filter of the table."""
    names = {"DatabaseName": table["DatabaseName"], "TableName": "t", "Name": "Mine"}
    return {"TableCatalogId": CATALOG, **names}


def test_filters_are_kept_with_a_version(lake: Any, where: dict[str, str]) -> None:
    data = {**where, "RowFilter": {"FilterExpression": "a = 1"}, "ColumnNames": ["a"]}
    lake.create_data_cells_filter(TableData=data)
    with pytest.raises(lake.exceptions.AlreadyExistsException):
        lake.create_data_cells_filter(TableData=data)
    first = lake.get_data_cells_filter(**where)["DataCellsFilter"]
    assert {key: first[key] for key in data} == data
    changed = {**data, "RowFilter": {"AllRowsWildcard": {}}, "VersionId": first["VersionId"]}
    lake.update_data_cells_filter(TableData=changed)
    with pytest.raises(lake.exceptions.ConcurrentModificationException):
        lake.update_data_cells_filter(TableData=changed)
    second = lake.get_data_cells_filter(**where)["DataCellsFilter"]
    assert second["RowFilter"] == {"FilterExpression": "TRUE", "AllRowsWildcard": {}}
    assert (first["VersionId"], second["VersionId"]) == ("1", "2")
    lake.update_data_cells_filter(TableData=second)
    third = lake.get_data_cells_filter(**where)["DataCellsFilter"]
    assert third == {**second, "VersionId": "3"}
    lake.delete_data_cells_filter(**where)
    for call in (lake.delete_data_cells_filter, lake.get_data_cells_filter):
        with pytest.raises(lake.exceptions.EntityNotFoundException, match="Mine"):
            call(**where)
    with pytest.raises(lake.exceptions.EntityNotFoundException, match="Mine"):
        lake.update_data_cells_filter(TableData=data)


def test_filters_are_listed_in_pages(lake: Any, where: dict[str, str]) -> None:
    rest = {"RowFilter": {"AllRowsWildcard": {}}, "ColumnWildcard": {"ExcludedColumnNames": ["k"]}}
    names = ["f1", "f2", "f3"]
    for name in names:
        lake.create_data_cells_filter(TableData={**where, **rest, "Name": name})
    table = {"CatalogId": CATALOG, "DatabaseName": where["DatabaseName"].upper(), "Name": "T"}
    pages = lake.get_paginator("list_data_cells_filter").paginate(
        Table=table, PaginationConfig={"PageSize": 2}
    )
    assert [[each["Name"] for each in page["DataCellsFilters"]] for page in pages] == [
        ["f1", "f2"],
        ["f3"],
    ]
    assert lake.list_data_cells_filter(Table={**table, "Name": "x"})["DataCellsFilters"] == []


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ({"ColumnNames": ["a"]}, "RowFilter"),
        ({"ColumnNames": ["a"], "RowFilter": {}}, "RowFilter"),
        ({"RowFilter": {"AllRowsWildcard": {}}}, "ColumnNames or a ColumnWildcard"),
        (
            {"RowFilter": {"AllRowsWildcard": {}}, "ColumnNames": ["a"], "ColumnWildcard": {}},
            "ColumnNames or a ColumnWildcard",
        ),
    ],
)
def test_a_filter_says_which_rows_and_columns(
    lake: Any, where: dict[str, str], rest: dict[str, Any], message: str
) -> None:
    with pytest.raises(lake.exceptions.InvalidInputException, match=message):
        lake.create_data_cells_filter(TableData={**where, **rest})


def test_a_filter_is_of_columns_that_are_there(lake: Any, where: dict[str, str]) -> None:
    rows = {"RowFilter": {"AllRowsWildcard": {}}}
    for columns in ({"ColumnNames": ["z"]}, {"ColumnWildcard": {"ExcludedColumnNames": ["z"]}}):
        with pytest.raises(lake.exceptions.EntityNotFoundException, match="Column z"):
            lake.create_data_cells_filter(TableData={**where, **rows, **columns})
    with pytest.raises(lake.exceptions.EntityNotFoundException, match="Table nothing"):
        lake.create_data_cells_filter(
            TableData={**where, **rows, "TableName": "nothing", "ColumnWildcard": {}}
        )
    nested = {"ColumnNames": ['"a"."zip"']}
    lake.create_data_cells_filter(TableData={**where, **rows, **nested})
    assert lake.get_data_cells_filter(**where)["DataCellsFilter"]["ColumnNames"] == ['"a"."zip"']


def test_a_filter_takes_its_permissions_with_it_and_goes_with_its_table(
    glue: Any, lake: Any, where: dict[str, str], who: dict[str, str]
) -> None:
    data = {**where, "RowFilter": {"AllRowsWildcard": {}}, "ColumnWildcard": {}}
    for end in ("filter", "table"):
        lake.create_data_cells_filter(TableData=data)
        lake.grant_permissions(
            Principal=who, Resource={"DataCellsFilter": where}, Permissions=["SELECT"]
        )
        assert len(lake.list_permissions(Principal=who)["PrincipalResourcePermissions"]) == 1
        if end == "filter":
            lake.delete_data_cells_filter(**where)
        else:
            glue.delete_table(DatabaseName=where["DatabaseName"], Name="t")
        assert lake.list_permissions(Principal=who)["PrincipalResourcePermissions"] == []
    of = {"CatalogId": CATALOG, "DatabaseName": where["DatabaseName"], "Name": "t"}
    assert lake.list_data_cells_filter(Table=of)["DataCellsFilters"] == []
